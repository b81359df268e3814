"""The pretty form: names from the model, short attributes, places at the right margin."""

import pytest

from wsc.ir import parse_module
from wsc.ir.diff import difference
from wsc.ir.listing import list_operation
from wsc.ir.location import FileLoc, FusedLoc
from wsc.ir.pretty import list_pretty, with_margin

TEXT = """\
"nn.func"() ({
^bb0(%x: f16, %arg1: f16):
  %h = "nn.relu"(%x) : (f16) -> f16 loc("m.wdl":3:5)
  %0:2 = "nn.split"(%h) {n = 3 : i64, flag, s = array<i64: 1, -2>, of = [@a, 4 : i8]} : (f16) -> (f16, i1)
  %1 = "nn.loop"(%0#1) ({
  ^bb0(%g: i1):
    "nn.jump"(%g)[^bb1] : (i1) -> ()
  ^bb1:
    "nn.end"() : () -> ()
  }) {f = 0.5 : f32, long = "................................................................"} : (i1) -> f16
  "nn.return"(%1) : (f16) -> ()
}) {sym_name = "decode"} : () -> ()
"""
PRETTY = """\
builtin.module ({
  nn.func @decode ({
  ^bb0(%x: f16, %arg1: f16):
    %h = nn.relu %x : f16
    %1:2 = nn.split %h {flag, n = 3, of = [@a, 4], s = [1, -2]} : f16, i1
    %2 = nn.loop %1#1 ({
    ^bb0(%h_2: i1):
      nn.jump %h_2[^bb1]
    ^bb1:
      nn.end
    }) {f = 0.5 : f32, long = "..............................................…} : f16
    nn.return %2
  })
})"""


def test_the_form() -> None:
    module = parse_module(TEXT)
    for op in module.walk():
        if op.name == "nn.jump":
            op.operands[0].name_hint = "h"  # as if it came from another function
    assert "\n".join(map(str, list_pretty(module).lines())) == PRETTY


def test_locations_on_request() -> None:
    lines = [str(line) for line in list_pretty(parse_module(TEXT), locations=True).lines()]
    assert lines[3] == '    %h = nn.relu %x : f16 loc("m.wdl":3:5)'


def test_places_stand_at_the_margin_if_there_is_room() -> None:
    module = parse_module(TEXT)
    relu = module.body.operations[0].body.operations[0]
    (line,) = (line for line in list_pretty(module).lines() if "nn.relu" in line.text)
    assert with_margin(line, 40) == "    %h = nn.relu %x : f16        m.wdl:3"
    assert with_margin(line, 34) == "    %h = nn.relu %x : f16  m.wdl:3"
    assert with_margin(line, 33) == str(line)
    relu.location = FusedLoc((FileLoc("m.wdl", 3, 5), FileLoc("n.wdl", 1, 1)))
    (line,) = (line for line in list_pretty(module).lines() if "nn.relu" in line.text)
    assert with_margin(line, 42) == "    %h = nn.relu %x : f16       m.wdl:3 +1"


@pytest.mark.parametrize(("before", "after"), [("n = 3", "n = 4"), ('...."', '....!"')])
def test_a_difference_in_what_is_cut_counts(before: str, after: str) -> None:
    old, new = (parse_module(text) for text in (TEXT, TEXT.replace(before, after)))
    found = difference(list_pretty(old), list_pretty(new))
    assert found.summary() == difference(list_operation(old), list_operation(new)).summary() != "no change"
    signs = [line.sign for line in found.lines if line.sign != " "]
    assert signs == ["-", "+"]
    assert ("not shown" in str(found)) is ("!" in after)
