"""Dialect dist, choices: the rules of `top_k`, `pick` and mixtures."""

import pytest

from ...support.verified import problems_of

N, V, R = "!dist.tensor<@g, [2], i32>", "!dist.tensor<@g, [2], f32>", "!dist.tensor<@g, [5], f32>"
X, SPLIT = "!dist.tensor<@g, [5], f16>", "!dist.tensor<@g, [5 x], f16>"
Y, Y16, PARTIAL = (
    "!dist.tensor<@g, [8 y], f32>",
    "!dist.tensor<@g, [8 y], f16>",
    "!dist.tensor<@g, [8 y], f32, partial add over x>",
)


def top_k(x: str = X, k: int = 2, indices: str = N, values: str = V, rest: str = R) -> str:
    return f"""%x = "t.make"() : () -> {x}
      %i, %v, %r = "dist.top_k"(%x) {{k = {k} : i64}} : ({x}) -> ({indices}, {values}, {rest})"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (top_k(), ""),
        (top_k(x=R), ""),
        (top_k(x=SPLIT), "a choice needs the whole vector on each PE, and leaves the rest of it"),
        (top_k(rest=V), "a choice needs the whole vector on each PE, and leaves the rest of it"),
        (top_k(k=0), "k must be from 1 to 5, not 0"),
        (top_k(k=3), "there must be 3 indices and values on each PE"),
        (top_k(values=R), "there must be 2 indices and values on each PE"),
        (top_k(indices=V), "indices must be i32, values f32"),
        (top_k(rest=X), "indices must be i32, values f32"),
    ],
)
def test_top_k(text: str, message: str) -> None:
    found = problems_of(text)
    assert found[:1] == ([f"'dist.top_k' {message}"] if message else [])


@pytest.mark.parametrize(
    ("x", "indices", "result", "message"),
    [
        (X, N, "!dist.tensor<@g, [2], f16>", ""),
        (SPLIT, N, "!dist.tensor<@g, [2], f16>", "the vector and the indices (i32) must be whole on each PE"),
        (X, V, "!dist.tensor<@g, [2], f16>", "the vector and the indices (i32) must be whole on each PE"),
        (X, N, V, "the result must have an element of the vector for each index"),
        (X, N, X, "the result must have an element of the vector for each index"),
    ],
)
def test_pick(x: str, indices: str, result: str, message: str) -> None:
    text = f"""%x = "t.make"() : () -> {x}
      %i = "t.make"() : () -> {indices}
      %p = "dist.pick"(%x, %i) : ({x}, {indices}) -> {result}"""
    assert problems_of(text) == ([f"'dist.pick' {message}"] if message else [])


def mixture(
    experts: str = N, weights: str = V, argument: str = "%n: index", given: str = Y16, result: str = Y
) -> str:
    return f"""
      %e = "t.make"() : () -> {experts}
      %w = "t.make"() : () -> {weights}
      %y = "t.make"() : () -> {given}
      %s = "dist.mixture"(%e, %w) ({{
      ^bb0({argument}):
        "dist.yield"(%y) : ({given}) -> ()
      }}) {{count = 5 : i64, label = "expert"}} : ({experts}, {weights}) -> {result}"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (mixture(), ""),
        (mixture(given=Y), ""),
        (mixture(argument=f"%n: {Y}"), "the body must take the expert's number"),
        (mixture(argument="%n: index, %m: index"), "the body must take the expert's number"),
        (mixture(weights=R), "experts (i32) and weights (f32) must be whole on each PE"),
        (mixture(weights=N), "experts (i32) and weights (f32) must be whole on each PE"),
        (mixture(result=Y16), "the result must be f32, complete, and split as what the body gives"),
        (mixture(given=PARTIAL), "the result must be f32, complete, and split as what the body gives"),
        (mixture().replace(f'"(%y) : ({Y16})', '"() : ()'), "the body must give one value"),
    ],
)
def test_a_mixture(text: str, message: str) -> None:
    found = problems_of(text)
    assert len(found) == (1 if message else 0)
    assert all(f"'dist.mixture' {message}" in problem for problem in found)
