"""The trace of rewrites: every pattern that was applied, with the operations before and after."""

import json

import pytest
from hypothesis import given, settings

from wsc.ir.location import FileLoc
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.rewriter import RewriteListener
from wsc.passes.base import PassContext
from wsc.passes.manager import PassManager
from wsc.passes.pipeline import parse_pipeline
from wsc.passes.rewrite_trace import Rewrite, RewriteTrace

from ..support import random_nn
from ..support.compiled import front_end

FUNCTIONS = """\
model m {
  const n = 4
  dtype f16
  f(x: [seq, n]) -> [seq, n] { return relu(exp(x)) }
  forward(x: [seq, n]) -> [seq, n] { return x + f(x) }
  decode = forward
}
"""
PROGRAM = """\
"pe.program"() ({
  %0 = "pe.constant"() {value = 2 : i64} : () -> index loc("m.wdl":1:1)
  %1 = "pe.constant"() {value = 3 : i64} : () -> index loc("m.wdl":2:1)
  %2 = "pe.argument"() {name = "position"} : () -> index loc("m.wdl":3:1)
BODY
  "pe.store"(%2, %9) {type = i32} : (index, index) -> () loc("m.wdl":5:1)
  "pe.return"() : () -> () loc("m.wdl":6:1)
}) {sym_name = "a"} : () -> () loc("m.wdl":7:1)
"""


def traced(text: str, pipeline: str) -> list[Rewrite]:
    """The rewrites of a pipeline on a module."""
    found: list[Rewrite] = []
    module = parse_module(text, "m.mlir")
    PassManager(parse_pipeline(pipeline), instrumentations=[RewriteTrace(found.append)]).run(module)
    return found


def body(*lines: str) -> str:
    return PROGRAM.replace(
        "BODY", "\n".join(f'  {line} loc("m.wdl":4:{i + 1})' for i, line in enumerate(lines))
    )


def texts(text: str, pipeline: str) -> list[str]:
    return [rewrite.as_text() for rewrite in traced(text, pipeline)]


def test_a_fold() -> None:
    (text,) = texts(body('%9 = "pe.addi"(%0, %1) : (index, index) -> index'), "canonicalize")
    assert (
        text
        == """\
// rewrite 1 canonicalize: fold-integers at m.wdl:4:1
    %0 = "pe.constant"() {value = 2 : i64} : () -> index
    %1 = "pe.constant"() {value = 3 : i64} : () -> index
  - %3 = "pe.addi"(%0, %1) : (index, index) -> index
  + %4 = "pe.constant"() {value = 5 : i64} : () -> index
  %3 is now %4"""
    )


def test_a_change_in_place_and_what_follows() -> None:
    first, second = texts(
        body(
            '%3 = "pe.addi"(%0, %2) : (index, index) -> index',
            '%9 = "pe.addi"(%3, %1) : (index, index) -> index',
        ),
        "canonicalize",
    )
    assert (
        first
        == """\
// rewrite 1 canonicalize: constant-to-the-right at m.wdl:4:1
    %0 = "pe.constant"() {value = 2 : i64} : () -> index
    %2 = "pe.argument"() {name = "position"} : () -> index
  - %3 = "pe.addi"(%0, %2) : (index, index) -> index
  + %3 = "pe.addi"(%2, %0) : (index, index) -> index"""
    )
    assert (
        second
        == """\
// rewrite 2 canonicalize: regroup-constants at m.wdl:4:2, m.wdl:4:1
    %1 = "pe.constant"() {value = 3 : i64} : () -> index
  - %4 = "pe.addi"(%3, %1) : (index, index) -> index
  - %3 = "pe.addi"(%2, %0) : (index, index) -> index
  + %5 = "pe.constant"() {value = 5 : i64} : () -> index
  + %6 = "pe.addi"(%2, %5) : (index, index) -> index
  %4 is now %6"""
    )


def test_a_body_that_moves_out() -> None:
    inner = '"pe.store"(%2, %0) {type = i32} : (index, index) -> () loc("m.wdl":4:9)'
    (text,) = texts(
        body(
            '%9 = "pe.addi"(%2, %2) : (index, index) -> index',
            f'"pe.if"(%0, %1) ({{ {inner} "pe.yield"() : () -> () }}) {{predicate = "lt"}} : '
            "(index, index) -> ()",
        ),
        "canonicalize",
    )
    assert text.splitlines()[3:] == [
        '  - "pe.yield"() : () -> ()',
        '  - "pe.if"(%0, %1) ({...}) {predicate = "lt"} : (index, index) -> ()',
        '  + "pe.store"(%2, %0) {type = i32} : (index, index) -> ()',
    ]


def test_passes_without_patterns() -> None:
    lines = body(
        '%3 = "pe.addi"(%2, %2) : (index, index) -> index',
        '%9 = "pe.addi"(%2, %2) : (index, index) -> index',
    )
    found = traced(lines, "cse,dce")
    assert [(r.number, r.pass_name, r.iteration, r.pattern, r.operation) for r in found] == [
        (1, "cse", 1, "merge-equal", "pe.addi"),
        (2, "dce", 1, "erase-unused", "pe.constant"),
        (3, "dce", 2, "erase-unused", "pe.constant"),
    ]
    assert found[0].replaced == (("%4", "%3"),)
    assert found[0].after == ()
    assert found[0].location == FileLoc("m.wdl", 4, 2)


def test_an_inlined_call() -> None:
    module = front_end(FUNCTIONS)
    found: list[Rewrite] = []
    PassManager(parse_pipeline("inline"), instrumentations=[RewriteTrace(found.append)]).run(module)
    (rewrite,) = found
    assert (rewrite.pattern, rewrite.operation) == ("inline-call", "nn.call")
    assert rewrite.before[0].startswith('%0 = "nn.call"(%arg0)')
    assert [line.split(" = ")[1].split("(")[0] for line in rewrite.after] == ['"nn.exp"', '"nn.relu"']
    assert rewrite.location == FileLoc("m.wdl", 5, 49)


def test_names_are_those_of_a_dump_before_the_pass() -> None:
    """After `dce` the constants are gone, so later passes count anew."""
    lines = body(
        '%3 = "pe.addi"(%2, %2) : (index, index) -> index',
        '%4 = "pe.addi"(%2, %2) : (index, index) -> index',
        '%9 = "pe.muli"(%3, %4) : (index, index) -> index',
    )
    assert traced(lines, "dce,cse")[-1].replaced == (("%2", "%1"),)


def test_json() -> None:
    (rewrite,) = traced(body('%9 = "pe.muli"(%2, %0) : (index, index) -> index', *[]), "dce")
    assert json.loads(json.dumps(rewrite.as_json())) == {
        "rewrite": 1,
        "pass": "dce",
        "iteration": 1,
        "pattern": "erase-unused",
        "operation": "pe.constant",
        "location": [{"file": "m.wdl", "line": 2, "column": 1}],
        "operands": [],
        "before": ['%1 = "pe.constant"() {value = 3 : i64} : () -> index'],
        "after": [],
        "replaced": {},
    }


class Accountant(RewriteListener):
    """Keeps the operations that there are, going only by what it hears."""

    def __init__(self, module: Operation) -> None:
        self.there = set(module.walk())
        self.applications = 0

    def inserted(self, operation: Operation) -> None:
        self.there |= set(operation.walk())

    def erasing(self, operation: Operation) -> None:
        self.there -= set(operation.walk())

    def applied(self, name: str, operation: Operation) -> None:
        self.applications += 1


@pytest.mark.parametrize("pipeline", ["canonicalize", "cse", "dce", "fuse"])
def test_listeners_hear_of_all_operations(pipeline: str) -> None:
    (pass_,) = parse_pipeline(pipeline)
    applications = 0

    @settings(max_examples=40)
    @given(random_nn.modules())
    def check(module: Operation) -> None:
        nonlocal applications
        accountant = Accountant(module)
        pass_.run(module, PassContext(listeners=(accountant,)))
        assert accountant.there == set(module.walk())
        applications += accountant.applications

    check()
    assert applications > 5


@settings(max_examples=20)
@given(random_nn.modules())
def test_listening_changes_nothing(module: Operation) -> None:
    quiet, watched = module.clone(), module.clone()
    passes = parse_pipeline("canonicalize,cse,dce,fuse")
    PassManager(passes).run(quiet)
    found: list[Rewrite] = []
    PassManager(passes, instrumentations=[RewriteTrace(found.append)]).run(watched)
    assert str(quiet) == str(watched)
    assert [rewrite.number for rewrite in found] == list(range(1, len(found) + 1))
