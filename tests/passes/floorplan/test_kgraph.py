"""The contest's files: what is read, and how many mistakes one run finds."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir.diagnostics import DiagnosticError
from wsc.passes.floorplan.contest_kernels import ContestKernel
from wsc.passes.floorplan.kgraph import parse_kgraph, read_kgraph
from wsc.passes.floorplan.problem import Connection

HEADER = """(*
test=small
width=100
height=80
wdeltat=1
wlength=4
wadapter=0
memlimit=24576
*)
"""
NODES = """(* Node Definitions *)
input[ 0] n=[8 8 16] name='k0'
cblock[ 1] f=16 h=8 w=8 name='k1'
conv[2] W=4 H=5 R=3 S=2 C=16 K=8 T=2 U=2 name='k2'
output[3] n=[ 2 ]
"""
EDGES = """input[0]:_ -> cblock[1]:x, shape:[8][8][16]
cblock[1]:y\t->\tconv[2]:x, shape:[4][4][16]
cblock[1]:y -> conv[2]:x
conv[2]:y -> output[3]:_
"""
SMALL = HEADER + NODES + EDGES


def test_a_file_is_read() -> None:
    instance = parse_kgraph(SMALL, "small.kgraph")
    assert (instance.name, instance.width, instance.height) == ("small", 100, 80)
    assert (instance.time_weight, instance.wire_weight, instance.memory_limit) == (1, 4, 24576)
    assert [(k.name, k.contest) for k in instance.kernels] == [
        ("k1", ContestKernel("cblock", (8, 8, 16))),
        ("k2", ContestKernel("conv", (5, 4, 3, 2, 16, 8, 2))),
    ]
    assert instance.connections == (Connection(0, 1), Connection(0, 1))
    assert instance.ticks == 4
    problem = instance.problem
    # A tick is a quarter of a unit of time, so a unit of wire costs 16 times as much as a tick.
    assert (problem.time_weight, problem.wire_weight, instance.cost_shares) == (1, 16, 4)


def test_weights_may_have_fractions() -> None:
    text = SMALL.replace("wlength=4", "wlength=0.25").replace("wdeltat=1", "wdeltat=1.5")
    instance = parse_kgraph(text, "small.kgraph")
    assert (instance.time_weight, instance.wire_weight) == (Fraction(3, 2), Fraction(1, 4))
    problem = instance.problem
    assert Fraction(problem.time_weight, problem.wire_weight) == Fraction(3, 2) / 4 / Fraction(1, 4)
    assert instance.cost_shares * Fraction(1, 4) == problem.wire_weight


WRONG = """(* width=100
hight=80
wdeltat=x
wlength=1
memlimit=24576 *)
conv[1] W=4 H=4 R=1 S=1 C=4 K=4 T= U=1
covn[3] W=7 H=7
dblock[4] f=7 h=7 w=1
dblock[4] f=8 h=7 w=1
conv[9] W=14
 H=14 R=3
conv[1]:y -> conv[3]:x
dblock[4]:y -> conv[7]:x
conv[4]:y -> dblock[4]:x
"""


def test_one_run_tells_all_mistakes_in_order() -> None:
    with pytest.raises(DiagnosticError) as caught:
        parse_kgraph(WRONG, "wrong.kgraph")
    assert str(caught.value).split("\n") == [
        "wrong.kgraph:1:1: error: setting 'height' is missing; did you mean 'hight'?",
        "wrong.kgraph:3:9: error: setting 'wdeltat' is 'x', not a number from 0",
        "wrong.kgraph:6:36: error: unexpected 'U'; expected '[', a number or a text in quotes",
        "wrong.kgraph:7:1: error: unknown kind of node 'covn'; did you mean 'conv'?",
        "wrong.kgraph:8:1: error: this dblock cannot be: F = 7 is not a multiple of 4, as a block's channels "
        "must be",
        "wrong.kgraph:9:8: error: node 4 is defined twice, first in line 8",
        "wrong.kgraph:10:1: error: a conv needs S, C, K, T",
        "wrong.kgraph:13:21: error: there is no node 7",
        "wrong.kgraph:14:1: error: node 4 is a dblock, defined in line 8",
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (NODES + EDGES, "", "there is no kernel in this file"),
        ("wlength=4", "wlength=4\nwlength=5", "'wlength' is given twice"),
        ("width=100", "width=0", "width is 0; it can be from 1 to"),
        ("width=100", "width=10.5", "not a whole number from 0"),
        ("memlimit=24576", "memlimit=-1", "not a whole number from 0"),
        ("R=3", "R=3 R=4", "'R' is given twice"),
        ("R=3", "R=[3]", "'R' must be a whole number"),
        ("R=3", "R=99999999999", "'R' is larger than"),
        ("conv[2]:x\nconv[2]:y", "\nconv[2]:y", "expected a name after '->'"),
        ("shape:[8][8][16]", "shape:[8][8", "expected ']' or a number"),
        ("(* Node", "( Node", "a comment begins with '(*'"),
        ("*)\n(* Node Definitions *)", "\n", "(*"),
    ],
)
def test_a_mistake_is_told(old: str, new: str, message: str) -> None:
    assert old in SMALL
    with pytest.raises(DiagnosticError) as caught:
        parse_kgraph(SMALL.replace(old, new, 1), "small.kgraph")
    notes = [str(note) for entry in caught.value.diagnostics for note in entry.notes]
    assert message in "\n".join([str(caught.value), *notes])


def test_what_does_not_count_is_told() -> None:
    text = SMALL.replace("wadapter=0", "wadapter=3").replace("U=2", "U=1 X=5")
    instance, found = read_kgraph(text, "small.kgraph")
    assert instance is not None
    messages = [entry.message for entry in found.entries]
    assert messages == [
        "adapters are not counted: the rule for them was not published",
        "both strides are taken to be T: U is not used",
        "'X' of a conv is not used",
    ]


def test_a_kernel_that_fits_nowhere_is_told_where_it_stands() -> None:
    text = SMALL.replace("memlimit=24576", "memlimit=3").replace("width=100", "width=2")
    with pytest.raises(DiagnosticError) as caught:
        _ = parse_kgraph(text, "small.kgraph").problem
    assert str(caught.value).startswith("small.kgraph:12:1: error: 'k1' fits in no shape")


@settings(max_examples=40, deadline=None)
@given(st.text(), st.integers(0, len(SMALL)), st.integers(0, 30))
def test_any_text_is_read_or_told_to_be_wrong(inserted: str, at: int, removed: int) -> None:
    instance, found = read_kgraph(SMALL[:at] + inserted + SMALL[at + removed :], "small.kgraph")
    assert (instance is None) == found.has_errors
