"""Listings: the lines are those of the printer, and values stand apart from the text."""

import pytest
from hypothesis import given, settings

from wsc.ir import parse_module, print_operation
from wsc.ir.listing import collapsed, list_operation, render
from wsc.ir.location import FileLoc
from wsc.ir.operation import Operation

from ..support.random_ir import modules

TEXT = """\
"builtin.module"() ({
  %0:2 = "t.a"() : () -> (f32, i1) loc("m.wdl":1:2)
  "t.two"(%0#1) ({
  ^bb0(%arg0: f32, %arg1: f32):
    "t.use"(%arg1, %0#0)[^bb1] {s = "%arg1"} : (f32, f32) -> ()
  ^bb1:
    "t.end"() : () -> ()
  }, {
  }) {sym_name = "two"} : (i1) -> ()
}) : () -> ()
"""


@given(modules())
@settings(max_examples=15)
def test_lines_are_those_of_the_printer(module: Operation) -> None:
    for locations in (False, True):
        for elide_large in (None, 2):
            listing = list_operation(module, locations=locations, elide_large=elide_large)
            text = print_operation(module, locations=locations, elide_large=elide_large)
            assert "\n".join(map(str, listing.lines())) == text


def test_what_is_known_of_an_operation() -> None:
    listing = list_operation(parse_module(TEXT))
    root, first, two, use, end = listing.root.walk()
    assert [op.name for op in (root, first, two, use, end)] == [
        *("builtin.module", "t.a", "t.two", "t.use", "t.end"),
    ]
    assert listing.root.count() == 5
    assert first.places == (FileLoc("m.wdl", 1, 2),)
    assert (first.symbol, two.symbol) == (None, "two")
    assert first.results in two.operands
    assert use.operands == (two.regions[0][0].arguments[1], first.results)
    assert render(use.head, listing.names) == '"t.use"(%arg1, %0#0)[^bb1]'
    assert collapsed(two, listing.names) == '"t.two"(%0#1) ({...}, {...}) {sym_name = "two"} : (i1) -> ()'
    lines = {line.operation.name: str(line) for line in listing.lines() if line.operation is not None}
    assert lines["t.end"] == '    "t.end"() : () -> ()'


@pytest.mark.parametrize(("elements", "differ"), [("1, 2, 3", False), ("1, 2, 4", True)])
def test_elided_elements_can_be_told_apart(elements: str, differ: bool) -> None:
    def elided(values: str) -> str:
        module = parse_module(f'"t.a"() {{v = dense<[{values}]> : tensor<3xi8>}} : () -> ()')
        return list_operation(module, elide_large=2).root.regions[0][0].operations[0].elided

    assert elided("1, 2, 3")
    assert (elided("1, 2, 3") != elided(elements)) is differ
    assert list_operation(parse_module(TEXT), elide_large=2).root.elided == ""


def test_a_value_that_nothing_defines() -> None:
    module = parse_module(TEXT)
    first = module.body.operations[0]
    first.detach()
    assert "\n".join(map(str, list_operation(module).lines())) == print_operation(module)
