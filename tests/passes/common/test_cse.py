"""Where merged operations come from, and where the line between dead and alive runs."""

import pytest

from wsc.ir.location import FileLoc, FusedLoc
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.passes.common.cse import CSE
from wsc.passes.common.effects import is_removable, written_variables
from wsc.passes.manager import PassManager

MODULE = """
"nn.variable"() {kind = "cache", source = "c", sym_name = "c", type = tensor<4x8xf16>} : () -> ()
"nn.func"() ({
^bb0(%x: tensor<1x8xf16>):
  %0 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16> loc("m.wdl":3:1)
  %1 = "nn.exp"(%x) : (tensor<1x8xf16>) -> tensor<1x8xf16> loc("m.wdl":7:5)
  %2 = "nn.repeat"(%0) ({
  ^bb0(%i: index, %y: tensor<1x8xf16>):
    %3 = "nn.append"(%y) {variable = @c} : (tensor<1x8xf16>) -> tensor<?x8xf16>
    "nn.yield"(%1) : (tensor<1x8xf16>) -> ()
  }) {count = 2 : i64, label = "a"} : (tensor<1x8xf16>) -> tensor<1x8xf16>
  "nn.return"(%2) : (tensor<1x8xf16>) -> ()
}) {function_type = (tensor<1x8xf16>) -> tensor<1x8xf16>, sym_name = "decode"} : () -> ()
"""


def named(module: Operation, name: str) -> Operation:
    (found,) = (op for op in module.walk() if op.name == name)
    return found


def test_a_merged_operation_has_both_locations() -> None:
    module = parse_module(MODULE)
    PassManager([CSE()]).run(module)
    expected = FusedLoc((FileLoc("m.wdl", 3, 1), FileLoc("m.wdl", 7, 5)))
    assert named(module, "nn.exp").location == expected


def test_what_is_written() -> None:
    module = parse_module(MODULE)
    assert written_variables(module) == {"c"}
    assert written_variables(named(module, "nn.repeat")) == {"c"}
    assert written_variables(named(module, "nn.return")) == frozenset()
    assert written_variables(Operation("pe.recv")) is None
    assert written_variables(Operation("other.thing")) is None


@pytest.mark.parametrize(
    ("name", "removable"),
    [
        *(("nn.exp", True), ("nn.read", True), ("nn.append", False), ("nn.fused", True)),
        *(("nn.repeat", False), ("nn.variable", False), ("nn.return", False), ("pe.load", False)),
        *(("dist.all_reduce", True), ("fabric.receive", False), ("other.thing", False)),
    ],
)
def test_what_may_go(name: str, removable: bool) -> None:
    assert is_removable(Operation(name)) == removable


def test_unknown_operations_may_write_and_may_be_isolated() -> None:
    text = """
"nn.variable"() {kind = "cache", source = "c", sym_name = "c", type = tensor<4x8xf16>} : () -> ()
"other.func"() ({
  %0 = "nn.read"() {variable = @c} : () -> tensor<4x8xf16>
  "other.call"() : () -> ()
  %1 = "nn.read"() {variable = @c} : () -> tensor<4x8xf16>
  "other.region"() ({
    %2 = "nn.read"() {variable = @c} : () -> tensor<4x8xf16>
    "other.use"(%0, %1, %2) : (tensor<4x8xf16>, tensor<4x8xf16>, tensor<4x8xf16>) -> ()
  }) : () -> ()
}) : () -> ()
"""
    module = parse_module(text)
    before = str(module)
    PassManager([CSE()], allow_unregistered=True).run(module)
    assert str(module) == before
