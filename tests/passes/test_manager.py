"""The pass manager: order, records, verification, and what instrumentations are told."""

from dataclasses import dataclass, field
from typing import ClassVar

import pytest

from wsc.ir.attributes import F16, TensorType, string
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, Severity, error_at
from wsc.ir.location import FileLoc
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.passes.base import Pass, PassContext
from wsc.passes.manager import BrokenModuleError, Instrumentation, PassManager

MODULE = '"dist.grid"() {sym_name = "io"} : () -> () loc("m.wdl":2:3)\n'


@dataclass(frozen=True, slots=True)
class Rename(Pass):
    """Give the grid another name."""

    name: ClassVar[str] = "rename"

    to: str = "io"

    def run(self, module: Operation, context: PassContext) -> None:
        module.body.operations[0].attributes["sym_name"] = string(self.to)
        context.warn(f"now it is {self.to}", module.location)


@dataclass(frozen=True, slots=True)
class Break(Pass):
    """Leave operations that the verifier rejects."""

    name: ClassVar[str] = "break"

    def run(self, module: Operation, context: PassContext) -> None:
        module.body.operations[0].attributes.clear()
        kind = TensorType((1, 8), F16)
        module.body.append(Operation("nn.constant", (), [kind], location=FileLoc("m.wdl", 4, 5)))


@dataclass(frozen=True, slots=True)
class Refuse(Pass):
    """Say that the input cannot be compiled."""

    name: ClassVar[str] = "refuse"

    def run(self, module: Operation, context: PassContext) -> None:
        raise error_at("no", module.location)


@dataclass(frozen=True, slots=True)
class Leave(Pass):
    """End the process."""

    name: ClassVar[str] = "leave"

    def run(self, module: Operation, context: PassContext) -> None:
        raise SystemExit(0)


@dataclass
class Watcher(Instrumentation):
    asks: bool = False
    seen: list[str] = field(default_factory=list)

    @property
    def wants_changes(self) -> bool:
        return self.asks

    def before(self, pass_: Pass, module: Operation) -> None:
        self.seen.append(f"before {pass_.specification()}")

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        self.seen.append(f"after {pass_.specification()}: {changed}")

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        self.seen.append(f"failed {pass_.specification()}: {type(error).__name__}")


def test_records_and_remarks() -> None:
    context = PassContext()
    records = PassManager([Rename("a"), Rename("b")]).run(parse_module(MODULE), context)
    assert [(record.name, record.operations) for record in records] == [("rename", 2), ("rename", 2)]
    assert all(record.seconds >= 0 for record in records)
    assert [remark.message for remark in context.remarks] == ["now it is a", "now it is b"]


def test_changes_are_found_when_somebody_asks() -> None:
    asks, takes = Watcher(asks=True), Watcher()
    passes = [Rename("a"), Rename("a"), Rename("b")]
    PassManager(passes, instrumentations=[asks, takes]).run(parse_module(MODULE))
    expected = [
        *("before rename{to=a}", "after rename{to=a}: True"),
        *("before rename{to=a}", "after rename{to=a}: False"),
        *("before rename{to=b}", "after rename{to=b}: True"),
    ]
    assert asks.seen == takes.seen == expected
    alone = Watcher()
    PassManager(passes, instrumentations=[alone]).run(parse_module(MODULE))
    assert alone.seen == [line.replace("False", "True") for line in expected]


def test_a_broken_module_names_the_pass_and_all_places() -> None:
    watcher = Watcher()
    manager = PassManager([Rename("a"), Break(), Rename("b")], instrumentations=[watcher])
    with pytest.raises(BrokenModuleError) as caught:
        manager.run(parse_module(MODULE))
    assert caught.value.pass_name == "break"
    problems = caught.value.diagnostics
    assert problems[0].message.startswith("pass 'break' left an invalid module: '")
    assert [str(problem.location) for problem in problems] == ['"m.wdl":2:3', '"m.wdl":4:5']
    assert watcher.seen[-2:] == ["before break", "failed break: BrokenModuleError"]


def test_without_verification_nobody_notices() -> None:
    records = PassManager([Break()], verify_each=False).run(parse_module(MODULE))
    assert [record.operations for record in records] == [3]


def test_an_invalid_input_is_no_pass_s_fault() -> None:
    watcher = Watcher()
    module = parse_module('"dist.grid"() : () -> ()\n', "in.mlir")
    with pytest.raises(DiagnosticError) as caught:
        PassManager([Rename("a")], instrumentations=[watcher]).run(module)
    assert not isinstance(caught.value, BrokenModuleError)
    assert str(caught.value.diagnostics[0].location) == '"in.mlir":1:1'
    assert watcher.seen == []


def test_operations_of_others_are_allowed_when_asked_for() -> None:
    text = f'{MODULE}"other.thing"() : () -> ()\n'
    with pytest.raises(DiagnosticError, match=r"other\.thing"):
        PassManager([Rename("a")]).run(parse_module(text))
    assert PassManager([Rename("a")], allow_unregistered=True).run(parse_module(text))


def test_a_failing_pass_stops_the_pipeline() -> None:
    watcher = Watcher()
    with pytest.raises(DiagnosticError) as caught:
        PassManager([Refuse(), Rename("a")], instrumentations=[watcher]).run(parse_module(MODULE, "in.mlir"))
    assert caught.value.diagnostics == [Diagnostic(Severity.ERROR, "no", FileLoc("in.mlir", 1, 1))]
    assert watcher.seen == ["before refuse", "failed refuse: DiagnosticError"]


def test_a_pass_cannot_end_the_process_as_if_all_were_well() -> None:
    watcher = Watcher()
    with pytest.raises(RuntimeError, match=r"SystemExit\(0\)"):
        PassManager([Leave()], instrumentations=[watcher]).run(parse_module(MODULE))
    assert watcher.seen == ["before leave", "failed leave: RuntimeError"]
