"""Operators along an axis, moved elements, arithmetic on weights, tied weights: all passes against the nn
interpreter, on grids that divide nothing.
"""

from itertools import cycle

import numpy as np
import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.interpreter.dist import DistInterpreter
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.parser import parse_module
from wsc.ir.weights import random_weights
from wsc.passes.base import operations_named

from ..support.compiled import TOLERANCE, PassTexts, Runner, check_model, compile_shaped
from ..support.windows import check_window

SHAPES = [(3, 2), (5, 3)]


def vector_model(expression: str, result: str = "[seq, 7]") -> str:
    """A model of a vector x of 7 elements that returns `expression`."""
    return f"""model vector {{
  dtype f16 accumulate f32
  weight w: [7, 7], u: [7, 2], v: [7, 1], b: [7], c: [7], one: [1]
  forward(x: [seq, 7]) -> {result} {{
    return {expression}
  }}
  decode = forward
}}
"""


ALONG_AN_AXIS = [
    "softmax(x) + softmax(x @ w)",
    "reshape(softmax(reshape(x * x, [seq, 1, 7]), axis = 2), [seq, 7]) + b",
    "x - mean(x) * max(x @ w)",
    "(sum(x @ w) - x) / (x * x + 1)",
    "max(x) / (x * x + 1)",
    "x * rsqrt(mean(x * x) + 1e-5) * b",
    "sum(x @ u) * slice(x @ w, 2, 3) * x",
    "x + (x @ w) * (x @ v) * max(x @ v)",
]
FRACTIONS = ["1 / (x * x + 2)", "b / (x * x + 2)", "2 - 1 / (1 + exp(-x))", "one / (x * x + one) * sum(x)"]
OF_WEIGHTS = [
    "(b + c) * x",
    "x @ (w * 2 + tanh(w) * one)",
    "x @ transpose(1 - w + w)",
    "rmsnorm(x, b * c) + x / (1 / (b * b + 1))",
    "softmax(b) * x + concat(slice(c, 0, 2), slice(b, 2, 7)) * (x @ w)",
    "x @ reshape(reshape(w, [49]), [7, 7])",
]
MOVED = [
    "concat(slice(x, 3, 7), slice(x, 0, 3))",
    "concat(slice(x @ w, 3, 7), slice(x, 0, 3))",
    "x + concat(x @ u, slice(x, 0, 4), sum(x))",
    "concat(slice(x, 1, 2), x @ u, slice(softmax(x), 0, 4)) @ w",
    "slice(concat(x, x @ w, b * x), 5, 12)",
    "reshape(transpose(reshape(x, [seq, 1, 7])), [seq, 7]) + x @ w",
    "x @ transpose(w) + x @ w @ transpose(transpose(w))",
]
POSITIONS = ["w[position] + x", "x @ w * (b + w[position])"]


EXPRESSIONS = ALONG_AN_AXIS + FRACTIONS + OF_WEIGHTS + MOVED + POSITIONS


@pytest.mark.parametrize(("expression", "shape"), list(zip(EXPRESSIONS, cycle(SHAPES), strict=False)))
def test_an_expression(expression: str, shape: tuple[int, int]) -> None:
    check_model(vector_model(expression), shape)


IN_A_WINDOW = [
    "softmax(x) - mean(x @ w) * max(x) / (x * x + 1)",
    "concat(slice(x @ w, 2, 7), x @ v, sum(x)) * (b + one)",
    "x @ transpose(w) @ (w + tanh(w)) + w[position]",
    "x / (sum(x @ u) * sum(x @ u) + one) + one / (x * x + 1)",
    "softmax(b) * x + concat(slice(c, 0, 2), softmax(slice(b, 2, 7))) * (x @ w) + sum(c) * max(b)",
]


def windowed(expression: str, window: int) -> str:
    """A model whose entry `encode` takes `window` rows of 7 elements."""
    text = vector_model(expression).replace("decode = forward", "encode = forward")
    return text.replace("  dtype", f"  const window = {window}\n  dtype")


@pytest.mark.parametrize("expression", IN_A_WINDOW)
@pytest.mark.parametrize("window", [3, 7])
def test_an_expression_of_a_window(expression: str, window: int) -> None:
    check_window(windowed(expression, window), (3, 2), verify_each=True)


@pytest.mark.parametrize("expression", IN_A_WINDOW)
def test_every_level_computes_the_same(expression: str) -> None:
    """The dist module too, on grids of other shapes."""
    watcher = PassTexts()
    compiled = compile_shaped(windowed(expression, 5), (3, 2), entry="encode", watchers=[watcher])
    weights = random_weights(compiled.model, 1)
    rows = np.random.default_rng(1).standard_normal((5, 7)).astype(np.float16)
    (expected,) = NnInterpreter(compiled.model, weights).step("encode", rows, 0)
    for stage in ("partition", "combine-collectives"):
        module = parse_module(watcher.texts[stage])
        (found,) = DistInterpreter(module, weights, {"io": (2, 5)}).step("encode", rows, 0)
        error = np.abs(found.astype(np.float32).reshape(expected.shape) - expected).max()
        assert error <= TOLERANCE * np.abs(expected).max()


@pytest.mark.parametrize(
    "expression",
    ["softmax(x @ w) / (b * b + 1)", "concat(slice(x, 1, 7), sum(x)) @ transpose(w) + w[position]"],
)
def test_an_expression_in_f32(expression: str) -> None:
    text = vector_model(expression).replace("dtype f16 accumulate f32", "dtype f32")
    assert Runner(compile_shaped(text, (3, 2), verify_each=False)).compare(2) <= 1e-5


def test_a_window_longer_than_the_table_of_positions() -> None:
    with pytest.raises(DiagnosticError, match="the table has 7 positions, the window 8"):
        check_window(windowed("w[position] + x", 8), (1, 1))


NUMBERS = """model numbers {
  dtype f16 accumulate f32
  layer block(x: [seq, 1]) -> [seq, 1] {
    weight a: [1, 1], b: [1]
    return tanh(x @ a + mean(x) * b)
  }
  weight v: [7, 1], u: [1, 7], w: [7, 7], g: [1]
  forward(x: [seq, 7]) -> [seq, RESULT] {
    s = repeat(3, block, START)
    return END
  }
  decode = forward
}
"""


@pytest.mark.parametrize(
    ("start", "end", "result"),
    [
        ("max(x)", "slice(s, 0, 1) + sum(s) / (1 + s * s)", "1"),
        ("x @ v", "s @ u + x", "7"),
        ("slice(x, 2, 3)", "concat(rmsnorm(s, g) * x, x @ w, softmax(s))", "15"),
    ],
)
def test_rows_of_one_number(start: str, end: str, result: str) -> None:
    """Numbers that each PE has become vectors of one element where vectors are wanted, and back."""
    text = NUMBERS.replace("START", start).replace("END", end).replace("RESULT", result)
    check_model(text, (2, 5), stages=2, positions=2, verify_each=True)


TIED = """model tied {
  const vocab = 11, dim = 7, context = 5
  dtype f16 accumulate f32
  layer block(x: [seq, dim]) -> [seq, dim] {
    weight up: [dim, 9], down: [9, dim], norm: [dim], bias: [dim]
    h = layernorm(x, norm, bias)
    return x + gelu(h @ up) @ down
  }
  weight wte: [vocab, dim], wpe: [context, dim]
  forward(tokens: [seq] index) -> [seq, vocab] {
    x = repeat(2, block, wte[tokens] + wpe[position])
    return HEAD @ transpose(wte)
  }
  decode = greedy(forward)
}
"""


@pytest.mark.parametrize("shape", [(3, 2), (1, 1), (2, 5)])
@pytest.mark.parametrize("head", ["x", "tanh(x @ up)"])
def test_a_tied_head_shares_the_embedding(head: str, shape: tuple[int, int]) -> None:
    """Also where the vector lies across the embedding's features: then it is moved, not the matrix."""
    text = TIED.replace("HEAD", head)
    if "up" in head:
        text = text.replace("wpe: [context, dim]", "wpe: [context, dim], up: [dim, dim]")
    compiled = compile_shaped(text, shape, stages=1, verify_each=False)
    names = [str(op.symbol_name) for op in operations_named(compiled.module, "pe.variable")]
    assert [name for name in names if name.startswith("wte")] == ["wte"]
    assert Runner(compiled).compare(4) <= TOLERANCE
