"""The contract of the text form: xdsl-opt and mlir-opt read what we print, we read what they print.

xDSL runs in this process; mlir-opt in `make slow`.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from xdsl.context import Context
from xdsl.dialects import get_all_dialects
from xdsl.parser import Parser
from xdsl.printer import Printer

from wsc.ir import load_dialects, parse_module, parse_type, print_operation, registered_dialects
from wsc.ir.attributes import F32, ArrayAttr, DenseElementsAttr, TensorType
from wsc.ir.operation import Block, Operation, Region
from wsc.ir.scope import scoped

from ..support.mlir_opt import MLIR_OPT, needs_mlir_opt, through_mlir_opt
from ..support.random_ir import modules

EXAMPLE = """\
"builtin.module"() ({
  %0 = "nn.constant"() {u, value = dense<[1.0, 2.5]> : tensor<2xf32>} : () -> tensor<2xf32> loc("f.wdl":3:5)
  %1:2 = "nn.thing"(%0) ({
  ^bb0(%arg0: index):
    %2 = "nn.inner"(%0) : (tensor<2xf32>) -> !dist.tensor<@g, [64 x], f16> loc("f.wdl":4:5)
    "nn.end"(%2, %arg0)[^bb1] : (!dist.tensor<@g, [64 x], f16>, index) -> () loc("f.wdl":4:9)
  ^bb1:
    "nn.stop"() : () -> () loc(fused["f.wdl":4:9, "g.wdl":1:1, "and others"])
  }, {
    %2 = "nn.second"(%1#1) {split = #dist.split<64 x>} : (f32) -> ((i32) -> i32) loc(unknown)
  }) {"odd key" = @a::@"b c", where = array<i64: 1, -2>} : (tensor<2xf32>) -> (f32, f32) loc("f.wdl":5:1)
  "nn.none"() ({
  }) : () -> () loc("f.wdl":6:1)
  "nn.empty"() ({
  ^bb0:
  }) : () -> () loc(callsite("f.wdl":7:1 at "f.wdl":9:2))
}) {nn.nan = dense<"0x0000C07F0000807F"> : tensor<2xf32>, sym_name = "m"} : () -> () loc("f.wdl":1:1)"""


def through_xdsl(text: str) -> str:
    """What xDSL makes of `text`, in generic form with locations."""
    context = Context(allow_unregistered=True)
    for name, factory in get_all_dialects().items():
        context.register_dialect(name, factory)
    stream = io.StringIO()
    printer = Printer(stream, print_generic_format=True, print_debuginfo=True)
    printer.print_op(Parser(context, text).parse_module())
    return stream.getvalue()


def assert_same(theirs: str, ours: str) -> None:
    assert print_operation(parse_module(theirs), locations=True) == ours


def test_example_is_what_we_print() -> None:
    assert print_operation(parse_module(EXAMPLE), locations=True) == EXAMPLE


def test_xdsl_reads_the_example() -> None:
    assert_same(through_xdsl(EXAMPLE), EXAMPLE)


@given(modules())
@settings(max_examples=15)
def test_xdsl_reads_random_modules(module: Operation) -> None:
    text = print_operation(module, locations=True)
    assert_same(through_xdsl(text), text)


def test_xdsl_opt_reads_the_example() -> None:
    command = [
        sys.executable,
        "-m",
        "xdsl.tools.xdsl_opt",
        "--allow-unregistered-dialect",
        "--print-op-generic",
    ]
    result = subprocess.run(
        command,
        input=print_operation(parse_module(EXAMPLE)),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert result.returncode == 0, result.stderr
    assert print_operation(parse_module(result.stdout)) == print_operation(parse_module(EXAMPLE))


@needs_mlir_opt
def test_mlir_opt_reads_the_example() -> None:
    assert_same(through_mlir_opt(EXAMPLE, "--mlir-print-debuginfo"), EXAMPLE)


@needs_mlir_opt
@given(modules())
@settings(max_examples=15)
def test_mlir_opt_reads_random_modules(module: Operation) -> None:
    text = print_operation(module, locations=True)
    assert_same(through_mlir_opt(text, "--mlir-print-debuginfo"), text)


@needs_mlir_opt
@pytest.mark.parametrize("element", ["i1", "i8", "i13", "i64", "index", "f16", "bf16", "f32", "f64"])
def test_mlir_opt_prints_large_constants_in_hex(element: str) -> None:
    type = TensorType((3, 43), parse_type(element))
    values = [value % 2 if element == "i1" else value - 60 for value in range(129)]
    constant = DenseElementsAttr(tuple(values), type)
    text = print_operation(Operation("zoo.a", attributes={"c": constant}))
    theirs = through_mlir_opt(text)
    assert 'dense<"0x' in theirs
    assert parse_module(theirs).body.operations[0].attributes["c"] == constant


GONE = "dense_resource<__elided__>"
ELIDED = f"""\
"builtin.module"() ({{
  "z.a"() {{c = {GONE} : tensor<5xf32>, d = [{GONE} : tensor<9xi8>]}} : () -> ()
}}) : () -> ()"""


def elided() -> str:
    """A module printed without the elements of its constants."""
    large = DenseElementsAttr(tuple(range(5)), TensorType((5,), F32))
    nested = ArrayAttr((DenseElementsAttr(tuple(range(9)), TensorType((9,), parse_type("i8"))),))
    block = Block()
    block.append(Operation("z.a", attributes={"c": large, "d": nested}))
    return print_operation(Operation("builtin.module", regions=[Region([block])]), elide_large=4)


def test_elided_constants_are_what_others_read() -> None:
    assert elided() == ELIDED
    assert print_operation(parse_module(ELIDED)) == ELIDED
    assert GONE in through_xdsl(ELIDED)


@needs_mlir_opt
def test_mlir_opt_reads_elided_constants() -> None:
    assert print_operation(parse_module(through_mlir_opt(elided()))) == ELIDED


SCOPED = """\
"nn.variable"() {sym_name = "w", type = tensor<4xf16>} : () -> ()
"nn.func"() ({
^bb0(%arg0: f16):
  %0 = "nn.exp"(%arg0) : (f16) -> f16
  %1 = "nn.repeat"(%0) ({
  ^bb0(%arg1: index, %arg2: f16):
    %2 = "nn.read"(%arg1) {variable = @w} : (index) -> tensor<4xf16>
    %3 = "nn.exp"(%arg2) : (f16) -> f16
    "nn.update"(%3, %2) {variable = @w} : (f16, tensor<4xf16>) -> ()
    "nn.yield"(%3) : (f16) -> ()
  }) {label = "block"} : (f16) -> f16
  "nn.return"(%1) : (f16) -> ()
}) {function_type = (f16) -> f16, sym_name = "decode"} : () -> ()"""


def scope_of(name: str) -> str:
    part = scoped(parse_module(SCOPED), name)
    assert part is not None
    return print_operation(part, locations=True)


@pytest.mark.parametrize("name", ["w", "block", "decode"])
def test_xdsl_reads_scopes(name: str) -> None:
    assert_same(through_xdsl(scope_of(name)), scope_of(name))


@needs_mlir_opt
@pytest.mark.parametrize("name", ["w", "block", "decode"])
def test_mlir_opt_reads_scopes(name: str) -> None:
    assert_same(through_mlir_opt(scope_of(name), "--mlir-print-debuginfo"), scope_of(name))


def our_dialects() -> set[str]:
    load_dialects()
    return {dialect.name for dialect in registered_dialects()} - {"builtin"}


def test_xdsl_has_none_of_our_dialects() -> None:
    assert our_dialects() >= {"nn", "dist", "fabric", "pe"}
    assert not our_dialects() & set(get_all_dialects())


@needs_mlir_opt
def test_mlir_opt_has_none_of_our_dialects() -> None:
    assert MLIR_OPT is not None
    listed = subprocess.run(
        [MLIR_OPT, "--show-dialects"], capture_output=True, text=True, check=True, timeout=60
    )
    theirs = set(re.findall(r"[A-Za-z_][\w$.]*", listed.stdout))
    assert "builtin" in theirs
    assert not our_dialects() & theirs
