"""Consts: arithmetic, errors in it, and setting them from outside."""

import pytest

from wsc.compiler.frontend import compile_wdl
from wsc.ir.attributes import DictAttr

from ...support.wdl import TALE, headlines, messages, replaced, small


def constants(text: str, **overrides: str) -> dict[str, str]:
    """Return the final consts as their attributes' text."""
    module = compile_wdl(text, "m.wdl", overrides)
    return {name: str(value) for name, value in module.attribute("nn.constants", DictAttr).entries}


def with_const(const: str) -> str:
    return replaced(small("return x @ w + b"), ("half = n / 2", f"half = n / 2, k = {const}"))


@pytest.mark.parametrize(
    ("const", "expected"),
    [
        ("n * 3 + 2", "14 : i64"),
        ("n - half - 1", "1 : i64"),
        ("-n", "-4 : i64"),
        ("-(n - 5) * 2", "2 : i64"),
        ("n / 2 / 2", "1 : i64"),
        ("n * scale", "2.0 : f64"),
        ("1 / 4.0", "0.25 : f64"),
        ("1e-5", "1.0e-05 : f64"),
        ("true", "true"),
        ("9223372036854775807", "9223372036854775807 : i64"),
    ],
)
def test_arithmetic(const: str, expected: str) -> None:
    assert constants(with_const(const))["k"] == expected


@pytest.mark.parametrize(
    ("const", "expected"),
    [
        ("n / 3", "4 / 3 is not a whole number; integers must divide exactly"),
        ("n / (n - 4)", "4 / 0 divides by zero"),
        ("scale / 0", "0.5 / 0 divides by zero"),
        ("true + 1", "'+' needs numbers, not true or false"),
        ("-true", "'-' needs a number, not true or false"),
        ("9223372036854775807 + n", "this integer does not fit in 64 bits"),
        ("9223372036854775808", "this integer does not fit in 64 bits"),
        ("1e300 * 1e300", "this number is too large for a float"),
        ("k", "const 'k' is used before it is defined"),
        ("hal", "unknown const 'hal'; did you mean 'half'?"),
        ("seq", "'seq' is not known at compile time"),
        ("n @ n", "this is not a constant: only consts, numbers and + - * / can stand here"),
        ("silu(n)", "this is not a constant: only consts, numbers and + - * / can stand here"),
        ("w", "unknown const 'w'"),
    ],
)
def test_errors(const: str, expected: str) -> None:
    found = headlines(with_const(const))
    assert len(found) == 1
    assert found[0].partition(" error: ")[2] == expected


def test_constants_in_expressions_are_folded_and_rounded_to_the_dtype() -> None:
    module = str(compile_wdl(small("return x * (n / 2 - 1) + 0.1 * scale"), "m.wdl"))
    assert "dense<1.0> : tensor<f16>" in module
    assert "dense<0.05> : tensor<f16>" in module
    assert module.count('nn.constant"') == 2


# ---- --set


def test_an_override_and_what_is_computed_from_it() -> None:
    assert constants(TALE)["head_dim"] == "16 : i64"
    found = constants(TALE, dim="32", heads="4")
    assert (found["dim"], found["heads"], found["head_dim"]) == ("32 : i64", "4 : i64", "8 : i64")


def test_an_override_of_a_computed_const() -> None:
    text = small("return x @ w + b")
    assert constants(text, half="7")["half"] == "7 : i64"
    # What it replaces may even be wrong.
    assert headlines(text, {"n": "5"})
    assert constants(text, n="5", half="7")["half"] == "7 : i64"


def test_an_override_keeps_the_kind() -> None:
    text = with_const("true")
    assert constants(text, scale="2")["scale"] == "2.0 : f64"
    assert constants(text, scale=" 2.5e-1")["scale"] == "0.25 : f64"
    assert constants(text, k="false")["k"] == "false"
    assert headlines(text, {"n": "4.0", "scale": "true", "k": "1"}) == [
        "2:9 error: '--set n=4.0': 'n' must be an integer",
        "2:16 error: '--set scale=true': 'scale' must be a number",
        "2:43 error: '--set k=1': 'k' must be true or false",
    ]


def test_an_override_that_does_not_divide_points_at_the_const() -> None:
    assert messages(TALE, {"dim": "10"}) == (
        "error: 10 / 4 is not a whole number; integers must divide exactly\n"
        " --> m.wdl:4:24\n"
        "  |\n"
        "4 |   const head_dim = dim / heads\n"
        "  |                        ^\n"
        "  = note: here dim = 10 (--set), heads = 4"
    )


def test_an_override_of_nothing() -> None:
    assert messages(TALE, {"dimm": "10"}) == (
        "error: '--set dimm=10': the model has no const 'dimm'; did you mean 'dim'?\n"
        "  = note: its consts are context, dim, ffn, head_dim, heads, kv_heads, layers, vocab"
    )
    text = "model m { dtype f16 forward(x: [seq, 4]) -> [seq, 4] { return x } decode = forward }"
    assert messages(text, {"dim": "1"}).endswith("= note: it has no consts")


@pytest.mark.parametrize("value", ["", "x", "1 + 1", "0x10", "1" * 50, "--1", "nan", "1e999", "9" * 30])
def test_an_override_that_is_no_number(value: str) -> None:
    found = headlines(TALE, {"dim": value})
    assert len(found) == 1
    assert found[0].startswith("3:22 error: ")


@pytest.mark.parametrize("value", ["0", "-3"])
def test_an_override_that_is_no_extent_is_reported_once(value: str) -> None:
    found = headlines(TALE, {"vocab": value})
    assert found == [f"24:18 error: an extent must be a positive integer, not {value}"]
    assert f"= note: here vocab = {value} (--set)" in messages(TALE, {"vocab": value})


def test_all_wrong_overrides_are_reported() -> None:
    assert headlines(TALE, {"dim": "x", "ffm": "1", "heads": "1.5"}) == [
        "error: '--set ffm=1': the model has no const 'ffm'; did you mean 'ffn'?",
        "3:22 error: '--set dim=x': 'dim' must be an integer",
        "3:44 error: '--set heads=1.5': 'heads' must be an integer",
    ]
