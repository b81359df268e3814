"""Choices at the nn level: what `top_k`, `pick` and mixtures compute, their weights, their rules."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from wsc.compiler.frontend import compile_wdl
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.interpreter.functions import top_k
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.weights import load_weights, random_weights

from ..support.verified import problems_of
from ..support.wdl import small

TEXT = """model moe {
  const dim = 4, experts = 3, layers = 2
  dtype f32
  layer expert(x: [seq, dim]) -> [seq, dim] {
    weight w: [dim, dim]
    return tanh(x @ w)
  }
  layer block(x: [seq, dim]) -> [seq, dim] {
    weight router: [dim, experts]
    return x + mixture(experts, expert, x, x @ router, k = 2)
  }
  forward(x: [seq, dim]) -> [seq, dim] { return repeat(layers, block, x) }
  decode = forward
}
"""
INFINITY, NAN = float("inf"), float("nan")


def test_a_mixture_is_a_weighted_sum_for_each_row() -> None:
    module = compile_wdl(TEXT, "m.wdl")
    weights = random_weights(module, 3)
    x = np.random.default_rng(1).standard_normal((5, 4)).astype(np.float32)
    (found,) = NnInterpreter(module, weights).step("decode", x, 0)
    expected = x.astype(np.float64)
    for layer in range(2):
        scores = expected @ weights["block.router"][layer]
        gates = np.exp(scores) * (scores >= np.sort(scores)[:, -2:-1])  # 0 for the least of three
        gates /= gates.sum(axis=1, keepdims=True)
        every = np.tanh(np.einsum("ri,eio->reo", expected, weights["block.expert.w"][layer]))
        expected = expected + np.einsum("re,reo->ro", gates, every)
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_each_row_has_its_position_in_an_expert() -> None:
    text = """model m { dtype f32
      weight after: [9, 2]
      layer expert(x: [seq, 2]) -> [seq, 2] { weight place: [9, 2] return x + place[position] }
      forward(x: [seq, 2]) -> [seq, 2] { return mixture(2, expert, x, x, k = 1) + after[position] }
      decode = forward }"""
    place = np.arange(36, dtype=np.float32).reshape(2, 9, 2)
    rows = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    module = compile_wdl(text, "m.wdl")
    (found,) = NnInterpreter(module, {"expert.place": place, "after": -place[0]}).step("decode", rows, 4)
    chosen = np.array([place[0, 4], place[1, 5], place[0, 6]])
    assert np.array_equal(found, rows + chosen - place[0, 4:7])


def test_weights_of_experts_are_tensors_of_their_own(tmp_path: Path) -> None:
    module = compile_wdl(TEXT, "m.wdl")
    weights = random_weights(module, 1)
    stored = {
        f"block.{layer}.expert.{expert}.w": weights["block.expert.w"][layer, expert]
        for layer in range(2)
        for expert in range(3)
    }
    stored |= {f"block.{layer}.router": weights["block.router"][layer] for layer in range(2)}
    assert len({value.tobytes() for value in stored.values()}) == 8
    save_file(
        {name: np.ascontiguousarray(value) for name, value in stored.items()}, tmp_path / "w.safetensors"
    )
    loaded = load_weights(module, tmp_path / "w.safetensors")
    assert loaded.keys() == weights.keys()
    assert all(np.array_equal(loaded[name], weights[name]) for name in weights)


@pytest.mark.parametrize(
    ("row", "k", "expected"),
    [
        ([1.0, 3.0, 2.0], 1, [1]),
        ([1.0, 3.0, 2.0], 3, [1, 2, 0]),
        ([5.0, 7.0, 7.0, 7.0], 3, [1, 2, 3]),
        ([0.0, -0.0], 2, [0, 1]),
        ([-INFINITY, 1.0, -INFINITY], 2, [1, 0]),
        ([NAN, 1.0, INFINITY], 2, [2, 1]),
        ([NAN, NAN], 2, [0, 0]),
    ],
)
def test_top_k(row: list[float], k: int, expected: list[int]) -> None:
    x = np.array([row, row], np.float32)
    found = top_k(x, k)
    assert found.dtype == np.int32
    assert found.tolist() == [expected, expected]
    assert np.array_equal(x, np.array([row, row], np.float32), equal_nan=True)


def test_pick_and_lookup_of_what_was_chosen() -> None:
    text = small("i = top_k(x)\nreturn pick(x, i) + reshape(w[i], [seq, 8]) @ b", result="[seq, 2]")
    text = text.replace("b: [4]", "b: [8, 2]").replace("f16", "f32")
    x = np.array([[1.0, 4.0, 2.0, 3.0], [0.5, 0.0, 0.0, -1.0]], np.float32)
    w, b = (np.random.default_rng(2).standard_normal(shape).astype(np.float32) for shape in ((4, 4), (8, 2)))
    (found,) = NnInterpreter(compile_wdl(text, "m.wdl"), {"w": w, "b": b}).step("decode", x, 0)
    expected = [[4, 3] + np.concatenate([w[1], w[3]]) @ b, [0.5, 0] + np.concatenate([w[0], w[1]]) @ b]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


def test_an_index_outside_of_its_row() -> None:
    text = small("return pick(x, top_k(x @ w, k = 4))").replace("w: [4, 4], b: [4]", "w: [4, 9]")
    interpreter = NnInterpreter(compile_wdl(text, "m.wdl"), {"w": np.eye(4, 9, 5, dtype=np.float16)})
    with pytest.raises(DiagnosticError, match="6:12: error: index 8 is outside a row of 4 elements"):
        interpreter.step("decode", np.array([[1.0, 2.0, 3.0, 4.0]], np.float16), 0)


X, S, INDICES = "tensor<?x4xf16>", "tensor<?x3xf16>", "tensor<?x2xi32>"


def mixture(scores: str = S, argument: str = X, result: str = X, count: int = 3, k: int = 2) -> str:
    return f"""
      %x = "t.make"() : () -> {X}
      %s = "t.make"() : () -> {scores}
      %y = "nn.mixture"(%x, %s) ({{
      ^bb0(%expert: index, %row: {argument}):
        "nn.yield"(%row) : ({argument}) -> ()
      }}) {{count = {count} : i64, k = {k} : i64, label = "expert"}} : ({X}, {scores}) -> {result}
    """


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (mixture(), ""),
        (mixture(k=3), ""),
        (mixture(k=4), "k must be from 1 to 3, the number of experts, not 4"),
        (mixture(k=0), "k must be from 1 to 3, the number of experts, not 0"),
        (mixture(count=4), "there must be a score for each row and expert, not [seq, 3]"),
        (mixture(scores="tensor<3xf16>"), "there must be a score for each row and expert, not [3]"),
        (
            mixture(argument=S, result=S),
            "the body must take the expert's number (index) and rows as x has them",
        ),
        (mixture(result=S), "nn.yield's types differ from the results'"),
    ],
)
def test_rules_of_a_mixture(text: str, message: str) -> None:
    assert problems_of(text) == ([f"'nn.mixture' {message}"] if message else [])


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (f'"nn.top_k"(%x) {{k = 2 : i64}} : ({X}) -> {INDICES}', ""),
        (
            f'"nn.top_k"(%x) {{k = 5 : i64}} : ({X}) -> {INDICES}',
            "k must be from 1 to the row's length, not 5 of",
        ),
        (f'"nn.top_k"(%x) {{k = 3 : i64}} : ({X}) -> {INDICES}', "result must be [seq, 3], not [seq, 2]"),
        (f'"nn.pick"(%x, %i) : ({X}, {INDICES}) -> tensor<?x2xf16>', ""),
        (f'"nn.pick"(%x, %i) : ({X}, {INDICES}) -> {S}', "result must be [seq, 2], not [seq, 3]"),
        (
            f'"nn.pick"(%row, %i) : (tensor<4xf16>, {INDICES}) -> tensor<?x2xf16>',
            "operands must have the same rows",
        ),
    ],
)
def test_rules_of_choices(operation: str, message: str) -> None:
    makers = {"x": X, "i": INDICES, "row": "tensor<4xf16>"}
    text = "\n".join(f'%{name} = "t.make"() : () -> {kind}' for name, kind in makers.items())
    problems = problems_of(f"{text}\n%r = {operation}")
    assert len(problems) == (1 if message else 0)
    assert all(message in problem for problem in problems)
