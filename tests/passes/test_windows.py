"""Entry `encode` through all passes: the final module computes what the nn module says, for all rows."""

import numpy as np
import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.interpreter.dist import DistInterpreter
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.parser import parse_module
from wsc.ir.weights import random_weights

from ..support.compiled import (
    SMALL_TALE,
    TOLERANCE,
    Compiled,
    PassTexts,
    Runner,
    compile_model,
    compile_shaped,
)
from ..support.wdl import TALE, replaced
from ..support.windows import check_window, compare_window

SHAPES = [(1, 1), (3, 2), (5, 3)]

MLP = """model mlp {
  const inputs = 6, hidden = 5, classes = 3, window = 4
  dtype f16 accumulate f32
  weight w1: [inputs, hidden], b1: [hidden], w2: [hidden, classes]
  forward(x: [seq, inputs]) -> [seq, classes] { return relu(x @ w1 + b1) @ w2 }
  encode = forward
}
"""

BERT = """model bert {
  const vocab = 11, dim = 12, layers = 2, heads = 3, kv_heads = 3, head_dim = 4, ffn = 10, window = 5
  const causal_rows = false
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight n1: [dim], m1: [dim], n2: [dim], m2: [dim]
    weight wq: [dim, heads * head_dim], wk: [dim, kv_heads * head_dim], wv: [dim, kv_heads * head_dim]
    weight bq: [heads * head_dim], wo: [heads * head_dim, dim], bo: [dim]
    weight up: [dim, ffn], bu: [ffn], down: [ffn, dim], bd: [dim]

    h = layernorm(x, n1, m1)
    q = rope(reshape(h @ wq + bq, [seq, heads, head_dim]))
    k = rope(reshape(h @ wk, [seq, kv_heads, head_dim]))
    v = reshape(h @ wv, [seq, kv_heads, head_dim])
    a = attention(q, k, v, causal = causal_rows)
    y = x + reshape(a, [seq, heads * head_dim]) @ wo + bo
    n = layernorm(y, n2, m2)
    return y + gelu(n @ up + bu) @ down + bd
  }

  weight embed: [vocab, dim], places: [window, dim], norm: [dim], head: [dim, vocab]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens] + places[position]
    x = repeat(layers, block, x)
    return rmsnorm(x, norm) @ head
  }

  encode = greedy(forward)
}
"""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("window", ["1", "4", "9"])
def test_rows_of_numbers(shape: tuple[int, int], window: str) -> None:
    check_window(MLP, shape, {"window": window}, verify_each=True)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("stages", [1, 2])
def test_a_whole_encoder(shape: tuple[int, int], stages: int) -> None:
    check_window(BERT, shape, stages=stages, verify_each=True)


@pytest.mark.parametrize(
    "overrides",
    [
        {"causal_rows": "true"},
        {"causal_rows": "true", "heads": "6", "window": "13"},
        {"heads": "4", "kv_heads": "1"},
        {"heads": "1", "kv_heads": "1", "head_dim": "10", "window": "2"},
        {"window": "1"},
    ],
    ids=lambda overrides: "-".join(f"{key}{value}" for key, value in overrides.items()),
)
def test_rows_that_see_each_other(overrides: dict[str, str]) -> None:
    check_window(BERT, (5, 3), overrides, stages=1)


def test_f32_throughout() -> None:
    text = replaced(BERT, ("dtype f16", "dtype f32"))
    runner = Runner(compile_shaped(text, (5, 3), stages=2, entry="encode"))
    assert compare_window(runner) <= 1e-5


def test_a_window_of_the_solver() -> None:
    assert compare_window(Runner(compile_model(BERT, (4, 6), entry="encode"))) <= TOLERANCE


ATTEND = (
    "reshape(attention(reshape(x, [seq, 1, 6]), reshape(x, [seq, 1, 6]), reshape(x, [seq, 1, 6]),"
    " causal = true), [seq, 6])"
)
VECTORS = """model vectors {{
  const window = 5
  dtype f16 accumulate f32
  weight w: [6, 6], b: [6], c: [6]
  forward(x: [seq, 6]) -> [seq, 6] {{ return {expression} }}
  encode = forward
}}
"""


@pytest.mark.parametrize(
    "expression",
    [
        *("x + x @ w", "x @ w @ w * x - x", "x / (x @ w * (x @ w) + 1.0)", "tanh(x) * b - 0.25"),
        *("rmsnorm(x, b) @ w + rmsnorm(x @ w, b)", "layernorm(x @ w, b, c) + layernorm(x, b, c)"),
        "reshape(rope(reshape(x @ w, [seq, 3, 2])), [seq, 6])",
        ATTEND,
    ],
)
def test_values_on_both_axes(expression: str) -> None:
    check_window(VECTORS.format(expression=expression), (4, 3))


@pytest.mark.parametrize("text", [MLP, VECTORS.format(expression=ATTEND)], ids=["mlp", "attention"])
def test_more_pes_than_features_and_rows(text: str) -> None:
    check_window(text, (7, 8))


# ---- the dist level


@pytest.fixture(scope="module")
def stages() -> tuple[Compiled, dict[str, str]]:
    """The encoder's nn module, and its text after each pass of the dist level."""
    watcher, sizes = PassTexts(), {"causal_rows": "true", "heads": "6"}
    compiled = compile_model(
        BERT, (8, 8), sizes, entry="encode", stop_after="combine-collectives", watchers=[watcher]
    )
    return compiled, watcher.texts


@pytest.mark.parametrize("shape", [*SHAPES, (14, 3)])
@pytest.mark.parametrize("stage", ["partition", "combine-collectives"])
def test_the_dist_level_says_the_same(
    stages: tuple[Compiled, dict[str, str]], stage: str, shape: tuple[int, int]
) -> None:
    compiled, texts = stages
    weights, rows = random_weights(compiled.model, 1), np.array([3, 0, 10, 3, 7], np.int32)
    right = NnInterpreter(compiled.model, weights).step("encode", rows, 0)
    run = DistInterpreter(parse_module(texts[stage]), weights, {"io": shape, "block": shape[::-1]})
    tokens, logits = run.step("encode", rows, 0)
    assert np.array_equal(tokens, right[0])
    assert np.allclose(logits, right[1], rtol=0, atol=TOLERANCE * np.abs(right[1]).max())


# ---- what cannot be done


def test_a_cache_in_a_window() -> None:
    text = replaced(TALE, ("decode =", "encode ="), ("context = 256", "context = 256, window = 4"))
    with pytest.raises(DiagnosticError) as caught:
        compile_model(text, (2, 2), SMALL_TALE, entry="encode")
    (found,) = caught.value.diagnostics
    assert found.message == "rows that are all there at once cannot be appended to a cache"


def test_attention_without_caches_in_decode() -> None:
    with pytest.raises(DiagnosticError) as caught:
        compile_model(BERT.replace("encode =", "decode ="), (2, 2))
    (found,) = caught.value.diagnostics
    assert found.message == "attention reads its keys and values from caches; append them first"
    assert found.notes == ("rows that are all there at once are for entry 'encode'",)
