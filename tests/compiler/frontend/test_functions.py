"""Functions that a model defines: what they may be, how they are called, what they lower to."""

import numpy as np
import pytest

from wsc.compiler.frontend import compile_wdl
from wsc.ir.attributes import StringAttr, SymbolRefAttr
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.operation import Operation
from wsc.ir.verifier import verify
from wsc.ir.weights import random_weights

from ...golden import Golden
from ...support.wdl import headlines, messages

GATED = """model gated {
  const n = 4
  dtype f16 accumulate f32
  weight w: [n, 6], v: [n, 6], down: [6, n], g: [n]

  gate(x: [seq, n], a: [n, 6], b: [n, 6]) -> [seq, 6] { return silu(x @ a) * (x @ b) }

  norm(x: [seq, n], s: []) -> [seq, n] {
    y = rmsnorm(x, g)
    return y * s
  }

  forward(x: [seq, n]) -> [seq, n] {
    y = gate(norm(x, 0.5), w, v) @ down
    return x + norm(y, n / 2)
  }

  decode = forward
}
"""
BY_HAND = GATED.replace(
    "y = gate(norm(x, 0.5), w, v) @ down",
    "h = rmsnorm(x, g) * 0.5\n    y = (silu(h @ w) * (h @ v)) @ down",
).replace("norm(y, n / 2)", "rmsnorm(y, g) * (n / 2)")


def model(functions: str, result: str = "x", declarations: str = "") -> str:
    """Return a model whose functions stand one a line from line 5 on."""
    return (
        f"model m {{\n  const n = 4\n  dtype f16\n  weight w: [n, n], v: [6] {declarations}\n{functions}\n"
        f"  forward(x: [seq, n]) -> [seq, n] {{ return {result} @ w }}\n  decode = forward\n}}\n"
    )


def functions_of(module: Operation) -> dict[str | None, Operation]:
    return {op.symbol_name: op for op in module.body.operations if op.name == "nn.func"}


def test_a_function_is_private_and_called(golden: Golden) -> None:
    module = compile_wdl(GATED, "gated.wdl")
    assert verify(module) == []
    golden(str(module))


def test_it_computes_what_its_body_says() -> None:
    called, by_hand = compile_wdl(GATED, "m.wdl"), compile_wdl(BY_HAND, "m.wdl")
    weights = random_weights(called, 3)
    # A weight that a function takes for a norm's is still a norm's.
    assert all(np.array_equal(value, random_weights(by_hand, 3)[name]) for name, value in weights.items())
    rows = np.linspace(-2, 2, 12, dtype=np.float32).reshape(3, 4)
    results = [NnInterpreter(module, weights).step("decode", rows, 0)[0] for module in (called, by_hand)]
    assert np.array_equal(results[0], results[1])
    assert np.any(results[0] != 0)


def test_functions_are_known_before_they_are_defined_and_call_each_other() -> None:
    text = model(
        "f(x: [seq, n]) -> [seq, n] { return g(x) }\ng(x: [seq, n]) -> [seq, n] { return -x }", "f(x)"
    )
    assert headlines(text) == ["4:21 warning: weight 'v' is never used"]
    called = [
        op.attribute("callee", SymbolRefAttr).leaf
        for op in compile_wdl(text, "m.wdl").walk()
        if op.name == "nn.call"
    ]
    assert called == ["g", "f"]


def test_indices_go_in_and_come_out() -> None:
    text = """model m {
  dtype f16
  weight table: [8, 4]
  same(t: [seq] index) -> [seq] index { return t }
  look(t: [seq] index, from: [8, 4]) -> [seq, 4] { return from[same(t)] }
  forward(t: [seq] index) -> [seq, 4] { return look(t, table) }
  decode = forward
}
"""
    assert messages(text) == ""
    module = compile_wdl(text, "m.wdl")
    table = np.arange(32, dtype=np.float16).reshape(8, 4)
    (rows,) = NnInterpreter(module, {"table": table}).step("decode", np.array([3, 1]), 0)
    assert np.array_equal(rows, table[[3, 1]])


def test_a_function_that_is_not_called_is_checked_and_left_out() -> None:
    text = model("f(x: [seq, n]) -> [seq, n] { return x + v }")
    assert headlines(text) == ["5:39 error: shapes do not agree in '+'"]
    text = model("g(x: [seq, n]) -> [seq, n] { return -x }")
    assert headlines(text) == [
        "4:21 warning: weight 'v' is never used",
        "5:1 warning: function 'g' is never called",
    ]
    assert list(functions_of(compile_wdl(text, "m.wdl"))) == ["decode"]


def test_visibility() -> None:
    functions = functions_of(compile_wdl(GATED, "m.wdl"))
    visible = {name: op.attributes.get("sym_visibility") for name, op in functions.items()}
    private = StringAttr("private")
    assert visible == {"gate": private, "norm": private, "decode": None}


# ---- mistakes


@pytest.mark.parametrize(
    ("function", "result", "expected"),
    [
        ("f(x: [seq, n]) -> [seq, n] { return f(x) }", "f(x)", "5:37 error: function 'f' calls itself"),
        (
            "silu(x: [seq, n]) -> [seq, n] { return x }",
            "silu(x)",
            "5:1 error: 'silu' is an operator and cannot be defined",
        ),
        (
            "w(x: [seq, n]) -> [seq, n] { return x }",
            "x",
            "5:1 error: 'w' is defined twice",
        ),
        (
            "decode(x: [seq, n]) -> [seq, n] { return x }",
            "decode(x)",
            "7:3 error: 'decode' is defined twice",
        ),
        (
            "f(n: [seq, n]) -> [seq, n] { return n }",
            "x",
            "5:3 error: 'n' is a const and cannot be a parameter",
        ),
        (
            "f(x: [seq, n]) -> [seq, n] { weight u: [n, n] return x @ u }",
            "f(x)",
            "5:37 error: a weight is declared in the model or in a layer, not in 'f'",
        ),
        (
            "f(x: [seq, n]) -> [seq, 6] { return x }",
            "x",
            "5:30 error: 'f' must return [seq, 6], not [seq, 4]",
        ),
        (
            "f(x: [seq, n]) -> [seq, n] { return x }",
            "f(x, w)",
            "6:45 error: function 'f' takes 1 argument, not 2",
        ),
        (
            "f(x: [seq, n], g: [n]) -> [seq, n] { return x * g }",
            "f(x, v)",
            "6:50 error: argument 'g' of 'f' must be [4], not [6]",
        ),
        (
            "f(x: [seq, n], g: [n]) -> [seq, n] { return x * g }",
            "f(x, 2)",
            "6:50 error: argument 'g' of 'f' must be [4], not a constant",
        ),
        (
            "f(x: [seq, n], g: [n]) -> [seq, n] { return x * g }",
            "f(x, g = v)",
            "6:50 error: function 'f' has no options; its arguments stand in order",
        ),
        (
            "gated(x: [seq, n]) -> [seq, n] { return -x }",
            "gatd(x)",
            "6:45 error: unknown operator 'gatd'; did you mean 'gated'?",
        ),
        (
            "f(x: [seq, n]) -> [seq, n] { return forward(x) }",
            "f(x)",
            "5:37 error: 'forward' is what the model computes and cannot be called",
        ),
    ],
)
def test_mistakes(function: str, result: str, expected: str) -> None:
    assert [found for found in headlines(model(function, result)) if "warning" not in found] == [expected]


def test_a_circle_of_calls_is_shown_once() -> None:
    functions = (
        "f(x: [seq, n]) -> [seq, n] { return -g(x) }\n"
        "g(x: [seq, n]) -> [seq, n] { return h(relu(x)) + h(x) }\n"
        "h(x: [seq, n]) -> [seq, n] { return f(x) }\n"
        "k(x: [seq, n]) -> [seq, n] { return f(x) }"
    )
    assert messages(model(functions, "k(x)")) == (
        "error: function 'f' calls itself in a circle: f -> g -> h -> f\n"
        " --> m.wdl:5:38\n"
        "  |\n"
        "5 | f(x: [seq, n]) -> [seq, n] { return -g(x) }\n"
        "  |                                      ^\n"
        "  = note: a call is replaced by the function's body; it must end\n"
        "note: 'g' calls 'h' here\n"
        " --> m.wdl:6:37\n"
        "  |\n"
        "6 | g(x: [seq, n]) -> [seq, n] { return h(relu(x)) + h(x) }\n"
        "  |                                     ^\n"
        "note: 'h' calls 'f' here\n"
        " --> m.wdl:7:37\n"
        "  |\n"
        "7 | h(x: [seq, n]) -> [seq, n] { return f(x) }\n"
        "  |                                     ^"
    )


def test_caches_and_repeat_stay_out_of_functions() -> None:
    text = model(
        "f(x: [seq, n]) -> [position + seq, n] { return append(keys, x) }\n"
        "layer l(x: [seq, n]) -> [seq, n] { return -x }\n"
        "g(x: [seq, n]) -> [seq, n] { return repeat(2, l, x) }",
        "g(x)",
        "cache keys: [8, n]",
    )
    assert headlines(text) == [
        "5:55 error: cache 'keys' is declared outside the function: each call would append to it",
        "7:37 error: 'repeat' can be used in 'forward' only, not in a function",
    ]


def test_consts_set_on_the_command_line_reach_functions() -> None:
    text = model("f(x: [seq, n], g: [n]) -> [seq, n] { return x * g }", "f(x, v)")
    assert "argument 'g' of 'f' must be [4], not [6]" in messages(text)
    assert messages(text, {"n": "6"}) == ""
