"""Random models through all passes: whatever is written, the final module computes it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ..support.compiled import Runner, compile_shaped
from ..support.wdl import replaced
from ..support.windows import compare_window

TOLERANCE = 2e-2
"""Roundings to f16 add up over a chain of norms; a wrong value is farther off."""
FORMS = [
    *("{a} + {b}", "{a} - tanh({b})", "{a} * sigmoid({b})", "{a} * 0.5 + {b}"),
    *("{a} @ {w}", "{a} @ {w}", "relu({a})", "gelu({a})", "silu({a})"),
    *("rmsnorm({a} + 1.0, {g})", "layernorm({a}, {g}, {h}, eps = 0.1)"),
    *("softmax({a})", "{a} - mean({b})", "{a} * sum({b} * 0.1)", "max({a}) - {b}"),
    *("{a} / (1 + exp(max({b})))", "{g} / (1 + {a} * {a})", "{a} * ({g} + {h})"),
    *("{a} @ transpose({w})", "{a} + {w}[position]"),
    *("concat(slice({a}, 1, n), slice({b}, 0, 1))", "slice(concat({a}, {b}), half, half + n)"),
]


@st.composite
def bodies(draw: st.DrawFn, values: list[str], weights: list[str], vectors: tuple[str, str]) -> list[str]:
    """Statements, each of earlier values, that end with the value of the last three."""
    known, lines = list(values), list[str]()
    for index in range(draw(st.integers(1, 5))):
        a, b = draw(st.sampled_from(known)), draw(st.sampled_from(known))
        w, (g, h) = draw(st.sampled_from(weights)), vectors
        lines.append(f"v{index} = " + draw(st.sampled_from(FORMS)).format(a=a, b=b, w=w, g=g, h=h))
        known.append(f"v{index}")
    return [*lines, f"return tanh({' + '.join(known[-3:])})"]


@st.composite
def models(draw: st.DrawFn) -> str:
    """A model of vectors with a layer that is repeated three times."""
    n = draw(st.sampled_from([3, 4, 6, 7]))
    layer = draw(bodies(["x"], ["a", "b"], ("g", "h")))
    top = draw(bodies(["x", "y"], ["w", "u"], ("c", "d")))
    return "\n".join(
        [
            "model random {",
            f"  const n = {n}, half = {n // 2}",
            "  dtype f16 accumulate f32",
            "  layer block(x: [seq, n]) -> [seq, n] {",
            "    weight a: [n, n], b: [n, n], g: [n], h: [n]",
            *layer,
            "  }",
            "  weight w: [n, n], u: [n, n], c: [n], d: [n]",
            "  forward(x: [seq, n]) -> [seq, n] {",
            f"    y = repeat(3, block, {draw(st.sampled_from(['x', 'x @ w', 'x + 0.5']))})",
            *top,
            "  }",
            "  decode = forward",
            "}",
        ]
    )


@settings(max_examples=25)
@given(models(), st.tuples(st.integers(1, 5), st.integers(1, 4)), st.integers(1, 3))
def test_a_random_model(text: str, shape: tuple[int, int], stages: int) -> None:
    compiled = compile_shaped(text, shape, stages=stages, verify_each=False)
    assert Runner(compiled).compare(2) <= TOLERANCE


@settings(max_examples=10)
@given(models(), st.tuples(st.integers(1, 5), st.integers(1, 4)), st.integers(1, 3))
def test_a_window_of_a_random_model(text: str, shape: tuple[int, int], window: int) -> None:
    text = replaced(text, ("decode =", "encode ="), ("const n", f"const window = {window}, n"))
    compiled = compile_shaped(text, shape, stages=1, verify_each=False, entry="encode")
    assert compare_window(Runner(compiled)) <= TOLERANCE
