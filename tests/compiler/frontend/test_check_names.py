"""Errors of meaning: names that are unknown, defined or assigned twice, and what they stand for."""

import pytest

from wsc.compiler.frontend.operators import OPERATORS

from ...support.wdl import MLP, TALE, headlines, messages, replaced, small

# ---- names


def test_an_unknown_name() -> None:
    assert messages(replaced(TALE, ("@ wo", "@ w0"))) == (
        "error: unknown name 'w0'; did you mean 'wo'?\n"
        "  --> m.wdl:19:38\n"
        "   |\n"
        "19 |     y = x + reshape(a, [seq, dim]) @ w0\n"
        "   |                                      ^^"
    )


def test_an_unknown_name_is_reported_once_with_all_its_places() -> None:
    text = replaced(TALE, (", context = 256", ""), ("h = rmsnorm(x, norm1, eps = 1e-5)", ""))
    assert headlines(text) == [
        "12:19 error: unknown const 'context'",
        "15:22 error: unknown name 'h'",
    ]
    assert messages(text).endswith(
        "error: unknown name 'h'\n"
        "  --> m.wdl:15:22\n"
        "   |\n"
        "15 |     q = rope(reshape(h @ wq, [seq, heads, head_dim]), theta = 10000.0)\n"
        "   |                      ^\n"
        "  --> m.wdl:16:35\n"
        "   |\n"
        "16 |     k = append(keys, rope(reshape(h @ wk, [seq, kv_heads, head_dim]), theta = 10000.0))\n"
        "   |                                   ^\n"
        "  --> m.wdl:17:32\n"
        "   |\n"
        "17 |     v = append(values, reshape(h @ wv, [seq, kv_heads, head_dim]))\n"
        "   |                                ^"
    )


def test_all_errors_are_found_at_once_and_in_order() -> None:
    text = replaced(
        TALE,
        ("@ head", "@ headd"),
        ("silu(n", "sillu(n"),
        ("wq: [dim, heads * head_dim]", "wq: [dim, heads * hed_dim]"),
        ("theta", "tetha"),
        ("repeat(layers, block, x)", "repeat(layers, blok, x)"),
        ("greedy(forward)", "greddy(forward)"),
    )
    assert headlines(text) == [
        "9:30 error: unknown const 'hed_dim'; did you mean 'head_dim'?",
        "15:55 error: unknown option 'tetha' of 'rope'; did you mean 'theta'?",
        "21:17 error: unknown operator 'sillu'; did you mean 'silu'?",
        "28:24 error: the second operand of 'repeat' must be the name of a layer, not 'blok'; "
        "did you mean 'block'?",
        "29:43 error: unknown name 'headd'; did you mean 'head'?",
        "32:12 error: unknown function 'greddy'; did you mean 'greedy'?",
    ]


def test_an_error_does_not_spread() -> None:
    """What depends on a wrong value is unknown, and nothing is said about it."""
    body = "y = x @ nowhere\nz = rmsnorm(y, b) + reshape(y, [seq, 7])\nreturn arcsinh(z) @ w"
    assert headlines(small(body)) == [
        "6:13 error: unknown name 'nowhere'",
        "8:12 error: unknown operator 'arcsinh'",
    ]


@pytest.mark.parametrize("name", ["permute", "my_function"])
def test_an_operator_that_does_not_exist(name: str) -> None:
    shown = messages(small(f"return {name}(x)", "").replace("weight w: [4, 4], b: [4]", ""))
    assert f"error: unknown operator '{name}'" in shown
    assert f"= note: the operators are {', '.join(sorted(OPERATORS))}" in shown


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("silu", "'silu' is an operator; use it as silu(x: [...])"),
        ("c", "'c' is a cache; its rows come from 'append(c, rows)'"),
        ("seq", "'seq' can be used in an extent only, not as a value"),
        ("forward", "'forward' is what the model computes and no value"),
        ("[seq, n]", "a list of extents is no value; only 'reshape' takes one"),
        ("n", "the result must be a tensor, not a constant"),
    ],
)
def test_what_is_no_value(expression: str, expected: str) -> None:
    found = headlines(small(f"return {expression}", "cache c: [8, 4]"))
    assert found == [f"6:12 error: {expected}"]


def test_a_layer_is_no_operator() -> None:
    text = replaced(TALE, ("repeat(layers, block, x)", "block(x)"))
    assert headlines(text) == ["28:9 error: 'block' is a layer; apply it with 'repeat(count, block, x)'"]


def test_a_shape_that_is_partly_unknown_is_no_ground_for_an_error() -> None:
    text = small("y = x @ u + b\nz = rmsnorm(y, u)\nreturn reshape(z, [seq, nope, 7])", "weight u: [4, nope]")
    assert headlines(text) == ["4:42 error: unknown const 'nope'"]


# ---- assignments


def test_a_name_is_assigned_once() -> None:
    shown = messages(small("y = x @ w\ny = x + b\nreturn y"))
    assert shown == (
        "error: 'y' is assigned twice, and this assignment does not use its first value\n"
        " --> m.wdl:7:5\n"
        "  |\n"
        "7 |     y = x + b\n"
        "  |     ^\n"
        "  = note: only 'x = ...x...' may assign again; choose another name than 'y'\n"
        "note: 'y' gets its first value here\n"
        " --> m.wdl:6:5\n"
        "  |\n"
        "6 |     y = x @ w\n"
        "  |     ^"
    )


def test_a_value_may_take_the_name_of_one_it_is_made_of() -> None:
    assert messages(small("x = x @ w\nx = x + b\nx = -x\nreturn x")) == ""


def test_a_parameter_is_not_overwritten() -> None:
    assert headlines(small("y = x + b\nx = y @ w\nreturn x")) == [
        "7:5 error: 'x' is assigned twice, and this assignment does not use its first value"
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("n", "a const"),
        ("w", "a weight"),
        ("c", "a cache"),
        ("seq", "built in"),
        ("position", "built in"),
        ("forward", "a function"),
    ],
)
def test_names_that_cannot_be_assigned(name: str, kind: str) -> None:
    found = headlines(small(f"{name} = x + 1\nreturn x", "cache c: [8, 4]"))
    assert found == [f"6:5 error: '{name}' is {kind} and cannot be assigned"]


def test_a_body_returns_once_and_last() -> None:
    assert headlines(small("y = x + b")) == ["7:3 error: 'forward' does not return a value"]
    assert headlines(small("return x\ny = x")) == ["7:5 error: nothing may follow 'return'"]
    assert headlines(small("return x @ w", "", "[seq, 5]")) == [
        "6:5 error: 'forward' must return [seq, 5], not [seq, 4]"
    ]


def test_names_are_defined_once() -> None:
    text = replaced(TALE, ("norm2: [dim]", "norm1: [dim]"), ("layers = 3", "dim = 3"), ("norm2", "norm1"))
    assert headlines(text)[:2] == [
        "3:32 error: 'dim' is defined twice",
        "8:26 error: 'norm1' is defined twice",
    ]
    found = headlines(replaced(MLP, ("weight w2", "weight seq")))
    assert "7:10 error: 'seq' is built in and cannot be defined" in found


def test_both_of_two_layers_of_one_name_are_checked() -> None:
    layer = "layer block(x: [seq], y: [seq]) -> [seq] { return nothing }"
    found = headlines(replaced(TALE, ("weight embed", f"{layer} weight embed")))
    assert found == ["24:9 error: 'block' is defined twice", "24:53 error: unknown name 'nothing'"]


def test_a_layer_may_use_names_of_the_model_again() -> None:
    text = TALE.replace("norm1", "norm")
    assert messages(text) == ""
