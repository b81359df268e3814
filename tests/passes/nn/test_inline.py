"""Pass inline: places of what comes out of functions, recursion, calls that fit nothing, a second run."""

import numpy as np
import pytest

from wsc.compiler.frontend import compile_wdl
from wsc.ir.diagnostics import DiagnosticError, render
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.location import CallSiteLoc, FileLoc
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.verifier import verify
from wsc.ir.weights import random_weights
from wsc.passes.base import PassContext
from wsc.passes.nn.inline import Inline
from wsc.passes.nn.specialize import Specialize

MODEL = """model m {
  dtype f16
  weight w: [4, 4], g: [4]
  twice(x: [seq, 4]) -> [seq, 4] { return once(once(x)) }
  once(x: [seq, 4]) -> [seq, 4] { return rmsnorm(x, g) @ w }
  layer block(x: [seq, 4]) -> [seq, 4] { return x + twice(x) }
  forward(x: [seq, 4]) -> [seq, 4] { return once(repeat(2, block, x)) }
  decode = forward
}
"""
CIRCLE = """
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  %0 = "nn.call"(%x) {callee = @g} : (tensor<4xf32>) -> tensor<4xf32> loc("m.wdl":1:1)
  "nn.return"(%0) : (tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "f"} : () -> () loc("m.wdl":1:9)
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  %0 = "nn.call"(%x) {callee = @h} : (tensor<4xf32>) -> tensor<4xf32> loc("m.wdl":2:1)
  "nn.return"(%0) : (tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "g"} : () -> () loc("m.wdl":2:9)
"nn.func"() ({
^bb0(%x: tensor<4xf32>):
  %0 = "nn.call"(%x) {callee = @g} : (tensor<4xf32>) -> tensor<4xf32> loc("m.wdl":3:1)
  "nn.return"(%0) : (tensor<4xf32>) -> ()
}) {function_type = (tensor<4xf32>) -> tensor<4xf32>, sym_name = "h"} : () -> () loc("m.wdl":3:9)
"""


def inline(text: str) -> str:
    module = parse_module(text, "m.mlir")
    Inline().run(module, PassContext())
    return print_operation(module, locations=True)


def test_it_computes_the_same_and_a_second_run_changes_nothing() -> None:
    module = compile_wdl(MODEL, "m.wdl")
    before = print_operation(module, locations=True)
    weights = random_weights(module, 5)
    rows = np.linspace(-1, 1, 8, dtype=np.float32).reshape(2, 4)
    (wanted,) = NnInterpreter(module, weights).step("decode", rows, 0)
    Inline().run(module, PassContext())
    assert verify(module) == []
    (found,) = NnInterpreter(module, weights).step("decode", rows, 0)
    assert np.array_equal(found, wanted)
    once = print_operation(module, locations=True)
    assert inline(once) == once != before


def test_a_place_names_the_calls_that_led_to_it() -> None:
    module = compile_wdl(MODEL, "m.wdl")
    Inline().run(module, PassContext())
    found = [op.location for op in module.walk() if op.name == "nn.rmsnorm"]

    def at(line: int, column: int) -> FileLoc:
        return FileLoc("m.wdl", line, column)

    once, caller = at(5, 42), at(6, 53)
    assert found == [
        CallSiteLoc(CallSiteLoc(once, at(4, 48)), caller),
        CallSiteLoc(CallSiteLoc(once, at(4, 43)), caller),
        CallSiteLoc(once, at(7, 45)),
    ]
    # Text and back.
    printed = print_operation(module, locations=True)
    assert print_operation(parse_module(printed, "m.mlir"), locations=True) == printed


def test_recursion_is_refused_with_the_way_round() -> None:
    with pytest.raises(DiagnosticError) as caught:
        inline(CIRCLE)
    assert render(caught.value.diagnostics, {"m.wdl": ""}) == (
        "error: function '@g' calls itself and cannot be inlined\n"
        " --> m.wdl:2:9\n"
        "note: @h is called here\n"
        " --> m.wdl:2:1\n"
        "note: @g is called here\n"
        " --> m.wdl:3:1"
    )


def test_the_interpreter_refuses_recursion() -> None:
    interpreter = NnInterpreter(parse_module(CIRCLE, "m.mlir"), {})
    with pytest.raises(DiagnosticError, match="function '@g' calls itself"):
        interpreter.step("f", np.zeros(4, np.float32), 0)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("callee = @h", "callee = @i"), "attribute 'callee' refers to @i, which is not defined"),
        (
            (
                "(%x) {callee = @g} : (tensor<4xf32>)",
                "(%x, %x) {callee = @g} : (tensor<4xf32>, tensor<4xf32>)",
            ),
            "(tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>, but '@g' is (tensor<4xf32>) -> tensor<4xf32>",
        ),
        (('sym_name = "g"', 'sym_name = "g", sym_visibility = "secret"'), '"public" or "private"'),
    ],
)
def test_a_call_that_fits_nothing(edit: tuple[str, str], expected: str) -> None:
    assert edit[0] in CIRCLE
    problems = [str(problem) for problem in verify(parse_module(CIRCLE.replace(*edit, 1), "m.mlir"))]
    assert any(expected in problem for problem in problems), problems


def test_specialize_wants_calls_inlined() -> None:
    module = compile_wdl(MODEL, "m.wdl")
    with pytest.raises(DiagnosticError, match="a call must be inlined before"):
        Specialize().run(module, PassContext())
