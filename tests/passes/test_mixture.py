"""Mixtures of experts through all passes: equal to the nn interpreter, and paid for by who is chosen."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir.attributes import IntegerAttr
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.weights import random_weights
from wsc.runtime.session import Session

from ..support.compiled import Runner, check_model, compile_model, compile_shaped
from .test_random_models import TOLERANCE as RANDOM_TOLERANCE
from .test_random_models import bodies

SINGLE = """model single {
  const dim = 7, ffn = 6, experts = 5, classes = 4
  dtype f16 accumulate f32
  layer expert(x: [seq, dim]) -> [seq, classes] {
    weight up: [dim, ffn], bias: [ffn], down: [ffn, classes]
    return relu(x @ up + bias) @ down
  }
  weight router: [dim, experts], head: [dim, classes]
  forward(x: [seq, dim]) -> [seq, classes] {
    return mixture(experts, expert, x, x @ router, k = 2) + x @ head
  }
  decode = forward
}
"""
REPEATED = """model repeated {
  const dim = 6, ffn = 5, experts = 4, layers = 3
  dtype f16 accumulate f32
  layer expert(x: [seq, dim]) -> [seq, dim] {
    weight gate: [dim, ffn], up: [dim, ffn], down: [ffn, dim]
    return (silu(x @ gate) * (x @ up)) @ down
  }
  layer block(x: [seq, dim]) -> [seq, dim] {
    weight norm: [dim], router: [dim, experts]
    h = rmsnorm(x, norm)
    return x + mixture(experts, expert, h, h @ router, k = 2)
  }
  layer last(x: [seq, dim]) -> [seq, dim] {
    weight w: [dim, dim]
    return x @ w
  }
  weight router: [dim, 3], scale: [dim]
  forward(x: [seq, dim]) -> [seq, dim] {
    y = repeat(layers, block, x)
    return rmsnorm(mixture(3, last, y, y @ router, k = 1), scale)
  }
  decode = forward
}
"""


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 5), (6, 4)])
@pytest.mark.parametrize("k", [1, 2, 5])
def test_a_mixture_in_forward(shape: tuple[int, int], k: int) -> None:
    check_model(SINGLE.replace("k = 2", f"k = {k}"), shape)


@pytest.mark.parametrize(("shape", "stages"), [((1, 2), 1), ((3, 2), 3), ((2, 3), 2)])
def test_a_mixture_in_a_repeated_layer_and_one_behind_it(shape: tuple[int, int], stages: int) -> None:
    check_model(REPEATED, shape, stages=stages, verify_each=True)


def model(declarations: str, expert: str, result: str) -> str:
    """A model of x [seq, 7] with experts, whose result is [seq, 4]."""
    return f"""model other {{
      dtype f16 accumulate f32
      layer expert(x: [seq, 7]) -> [seq, 4] {{ {expert} }}
      weight {declarations}
      forward(x: [seq, 7]) -> [seq, 4] {{ return {result} }}
      decode = forward
    }}"""


UP = "weight up: [7, 4] return relu(x @ up)"


@pytest.mark.parametrize(
    ("declarations", "expert", "result"),
    [
        ("r: [7, 5], b: [5]", UP, "mixture(5, expert, tanh(x), tanh(x @ r) * 2 + b)"),
        ("w: [7, 4]", UP, "mixture(7, expert, x, relu(x)) * sigmoid(x @ w)"),
        ("r: [7, 5], w: [7, 4]", f"{UP} + x @ w", "mixture(5, expert, x, x @ r)"),
        (
            "r: [7, 5], w: [7, 4]",
            "weight g: [4] return rmsnorm(x @ w, g)",
            "mixture(5, expert, x, x @ r, k = 3)",
        ),
        ("r: [4, 5], w: [7, 4], s: [4, 4]", UP, "mixture(5, expert, x, x @ w @ r) @ s"),
    ],
    ids=[
        "scores computed",
        "input as scores",
        "the model's weights",
        "a norm",
        "other axis",
    ],
)
def test_other_mixtures(declarations: str, expert: str, result: str) -> None:
    """What surrounds a mixture, and what an expert is made of."""
    check_model(model(declarations, expert, result), (3, 2), verify_each=True)


HEADS = """model heads {
  dtype f16 accumulate f32
  layer expert(x: [seq, 8]) -> [seq, 8] { weight scale: [8], bias: [8] return x * scale + bias }
  weight q: [6, 8], k: [6, 4], v: [6, 4], router: [6, 4], out: [8, 5]
  cache keys: [4, 1, 4], values: [4, 1, 4]
  forward(x: [seq, 6]) -> [seq, 5] {
    ks = append(keys, rope(reshape(x @ k, [seq, 1, 4])))
    vs = append(values, reshape(x @ v, [seq, 1, 4]))
    a = attention(rope(reshape(x @ q, [seq, 2, 4])), ks, vs)
    return mixture(4, expert, reshape(a, [seq, 8]), x @ router) @ out
  }
  decode = forward
}
"""


def test_experts_work_on_features_as_heads_order_them() -> None:
    check_model(HEADS, (3, 2), verify_each=True)


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 7)])
@pytest.mark.parametrize(
    ("declarations", "statements"),
    [
        ("r: [7, 5], v: [7, 5], b: [3]", "i = top_k(x @ r, k = 3) return pick(x @ v, i) + b"),
        ("r: [5, 3]", "return softmax(pick(x, top_k(x, k = 5)) * 2.0) @ r"),
        ("r: [7, 9], m: [9, 6], v: [12, 3]", "i = top_k(x @ r) return reshape(m[i], [seq, 12]) @ v"),
        ("r: [7, 9], m: [9, 3], b: [3]", "i = top_k(x @ r, k = 1) return reshape(m[i], [seq, 3]) * b"),
        (
            "r: [7, 6], m: [6, 5], g: [15], v: [15, 3], u: [3, 3]",
            "s = x @ r i = top_k(s, k = 3) y = reshape(m[i], [seq, 15]) "
            "return rmsnorm(y, g) * g @ v + pick(s, i) @ u",
        ),
    ],
    ids=["pick", "sort", "two rows", "one row", "all"],
)
def test_choices_by_hand(shape: tuple[int, int], declarations: str, statements: str) -> None:
    check_model(
        f"""model choices {{ dtype f16 weight {declarations}
        forward(x: [seq, 7]) -> [seq, 3] {{ {statements} }} decode = forward }}""",
        shape,
        verify_each=True,
    )


@st.composite
def random_mixtures(draw: st.DrawFn) -> str:
    """A random expert, all of whom work: which are chosen could hang on a rounding."""
    expert = "\n".join(draw(bodies(["x"], ["a", "b"], ("g", "h"))))
    n, count = draw(st.integers(3, 7)), draw(st.integers(1, 4))
    return f"""model random {{ const n = {n}, half = {n // 2} dtype f16
      layer expert(x: [seq, n]) -> [seq, n] {{ weight a: [n, n], b: [n, n], g: [n], h: [n] {expert} }}
      layer block(x: [seq, n]) -> [seq, n] {{
        weight r: [n, {count}]
        return x + mixture({count}, expert, {draw(st.sampled_from(["x", "tanh(x)"]))}, x @ r, k = {count})
      }}
      forward(x: [seq, n]) -> [seq, n] {{ return tanh(repeat(2, block, x)) }}
      decode = forward }}"""


@settings(max_examples=12)
@given(random_mixtures(), st.tuples(st.integers(1, 5), st.integers(1, 4)))
def test_a_random_mixture(text: str, shape: tuple[int, int]) -> None:
    assert Runner(compile_shaped(text, shape, stages=1)).compare(2) <= RANDOM_TOLERANCE


def test_features_that_are_wanted_in_two_orders() -> None:
    text = """model two { dtype f16 weight r: [7, 9], m: [9, 6], o: [9, 4]
    forward(x: [seq, 7]) -> [seq, 12] {
      return reshape(m[top_k(x @ r)], [seq, 12]) + reshape(o[top_k(x @ r, k = 3)], [seq, 12])
    } decode = forward }"""
    with pytest.raises(DiagnosticError, match="3 rows of a table cannot be used as what has other parts"):
        compile_model(text, (2, 2))


def with_scores(scores: Mapping[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """An input and a router that give these scores, 0 to experts that are not mentioned."""
    router = np.zeros((7, 5), np.float16)
    for expert, score in scores.items():
        router[0, expert] = score
    x = np.random.default_rng(4).standard_normal((1, 7)).astype(np.float16)
    x[0, 0] = 1
    return x, router


@pytest.mark.parametrize(
    ("scores", "chosen"),
    [
        ({3: 1.0, 1: 1.0}, [1, 3]),
        ({}, [0, 1]),
        ({4: 0.5}, [4, 0]),
        ({0: -1.0, 1: -1.0, 2: -1.0}, [3, 4]),
        ({2: 20.0, 4: -20.0}, [2, 0]),
        ({2: np.inf}, None),
        ({1: -np.inf, 4: 1.0}, [4, 0]),
    ],
)
def test_which_experts_work(scores: Mapping[int, float], chosen: list[int] | None) -> None:
    """Of equal scores the first is chosen, by all PEs; only chosen experts matter."""
    compiled = compile_shaped(SINGLE, (3, 2))
    weights = random_weights(compiled.model, 5)
    x, weights["router"] = with_scores(scores)
    if chosen is not None:
        for name in ("expert.up", "expert.bias", "expert.down"):
            others = [expert for expert in range(5) if expert not in chosen]
            weights[name][others] = np.nan
    report = Session(compiled.module, weights).step(0, x)
    (expected,) = NnInterpreter(compiled.model, weights).step("decode", x, 0)
    found = report.outputs["output0"]
    assert np.isnan(found).all() == (chosen is None)
    np.testing.assert_allclose(found, expected[0], rtol=0, atol=4e-3 * np.abs(expected).max())


def cycles(k: int, experts: int) -> int:
    text = SINGLE.replace("k = 2", f"k = {k}")
    compiled = compile_shaped(text, (3, 2), {"experts": str(experts), "ffn": "24"})
    x = np.ones((1, 7), np.float16)
    return Session(compiled.module, random_weights(compiled.model, 1)).step(0, x).cycles


def test_who_is_not_chosen_costs_nothing() -> None:
    """Cycles grow with the experts that work; others add their score to the choice, and no work."""
    by_chosen = [cycles(k, 8) for k in (1, 2, 3)]
    each = by_chosen[1] - by_chosen[0]
    assert each > 0.3 * by_chosen[0]
    assert abs(by_chosen[2] - by_chosen[1] - each) < 0.05 * each
    # A few cycles for each further score to compare, k times, and to exchange.
    assert 0 <= cycles(2, 16) - cycles(2, 8) < 8 * 16


def test_all_experts_need_memory() -> None:
    """Each expert's weights have their place, and a mixture with too many of them does not fit."""
    sizes = {
        experts: {
            str(op.symbol_name): op.attribute("bytes", IntegerAttr).value
            for op in compile_shaped(SINGLE, (2, 2), {"experts": str(experts)}).module.walk()
            if op.name == "pe.buffer"
        }["expert.up"]
        for experts in (2, 4, 9)
    }
    assert sizes[4] == 2 * sizes[2] > 0
    assert sizes[9] == 9 * sizes[2] // 2
    with pytest.raises(DiagnosticError, match="the model does not fit on 2 x 2 PEs"):
        compile_model(SINGLE, (2, 2), {"experts": "2000"})
