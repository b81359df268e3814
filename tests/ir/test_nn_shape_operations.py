"""The interpreter of the nn level: work along an axis, moved elements, positions, broadcasts."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wsc.compiler.frontend import compile_wdl
from wsc.ir.interpreter.nn import NnInterpreter

X = np.array([[0.5, -1.0, 2.0, 0.25], [3.0, 1.5, -2.5, 0.0], [1.0, 4.0, -0.75, 8.0]])
W = np.arange(-7.0, 9.0).reshape(4, 4)
B = np.array([1.0, -2.0, 4.0, 0.5])


def softmax(x: NDArray[Any], axis: int) -> NDArray[Any]:
    return np.exp(x) / np.exp(x).sum(axis, keepdims=True)


def evaluate(expression: str, result: str, position: int = 0) -> NDArray[Any]:
    """The value of an f32 expression of x: [3, 4], w: [4, 4] and b: [4]; all of them are used."""
    text = f"""model m {{ dtype f32 weight w: [4, 4], b: [4]
      forward(x: [seq, 4]) -> {result} {{ unused = x @ w + b return {expression} }} decode = forward }}"""
    module = compile_wdl(text, "m.wdl")
    weights = {"w": W.astype(np.float32), "b": B.astype(np.float32)}
    (found,) = NnInterpreter(module, weights).step("decode", X, position)
    return found


@pytest.mark.parametrize(
    ("expression", "result", "expected"),
    [
        ("softmax(x)", "[seq, 4]", softmax(X, 1)),
        ("softmax(x, axis = 0)", "[seq, 4]", softmax(X, 0)),
        ("sum(x)", "[seq, 1]", X.sum(1, keepdims=True)),
        ("mean(x, axis = 0)", "[1, 4]", X.mean(0, keepdims=True)),
        ("max(reshape(x, [seq, 2, 2]), axis = 1)", "[seq, 1, 2]", X.reshape(3, 2, 2).max(1, keepdims=True)),
        ("transpose(x)", "[4, seq]", X.T),
        ("transpose(reshape(x, [seq, 2, 2]))", "[seq, 2, 2]", X.reshape(3, 2, 2).transpose(0, 2, 1)),
        ("concat(x, x @ w, x)", "[seq, 12]", np.hstack([X, X @ W, X])),
        ("slice(x, 1, 3)", "[seq, 2]", X[:, 1:3]),
        ("x @ slice(w, 0, 3)", "[seq, 3]", X @ W[:, :3]),
        ("x @ transpose(w)", "[seq, 4]", X @ W.T),
        ("(x - mean(x)) * (b + b)", "[seq, 4]", (X - X.mean(1, keepdims=True)) * 2 * B),
        ("1 / (x * x + 1) + b / (x * x + 2)", "[seq, 4]", 1 / (X * X + 1) + B / (X * X + 2)),
        ("sum(x) - x", "[seq, 4]", X.sum(1, keepdims=True) - X),
    ],
)
def test_values(expression: str, result: str, expected: NDArray[Any]) -> None:
    found = evaluate(expression, result)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("position", [0, 1])
def test_rows_know_their_positions(position: int) -> None:
    found = evaluate("w[position]", "[seq, 4]", position)
    np.testing.assert_array_equal(found, W[position : position + 3])


def test_softmax_does_not_overflow() -> None:
    np.testing.assert_allclose(evaluate("softmax(x * 1e6)", "[seq, 4]")[0], [0, 0, 1, 0])
