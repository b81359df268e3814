"""Multicast trees: they reach exactly the PEs they are for, without loops."""

from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wsc.ir.routes import Point
from wsc.passes.fabric.trees import Tree, length, row_tree

from ...support.routes import flows_of, route

SIZE = 12
COORDINATE = st.integers(0, SIZE - 1)


@dataclass(frozen=True, slots=True)
class Case:
    """The arguments of a tree."""

    source: Point
    row: int
    first: int
    last: int
    trunk: int

    @property
    def sinks(self) -> list[Point]:
        row = [(x, self.row) for x in range(self.first, self.last + 1)]
        return [point for point in row if point != self.source]

    def tree(self) -> Tree:
        return row_tree(self.source, self.row, self.first, self.last, self.trunk)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    first = draw(COORDINATE)
    last = draw(st.integers(first, SIZE - 1))
    case = Case((draw(COORDINATE), draw(COORDINATE)), draw(COORDINATE), first, last, draw(COORDINATE))
    assume(case.sinks)
    return case


@given(cases())
def test_it_reaches_exactly_its_row(case: Case) -> None:
    ops = [route((*at, 1, 1, 1, 1), s.input, " ".join(s.outputs)) for at, s in case.tree().items()]
    flows, problems = flows_of(ops, SIZE, SIZE)
    assert problems == []
    (flow,) = flows
    assert flow.source == case.source
    assert sorted(flow.sinks) == case.sinks
    assert len(flow.links) == length(case.tree())


@given(cases())
def test_it_has_one_link_less_than_routers(case: Case) -> None:
    assert length(case.tree()) == len(case.tree()) - 1


@given(cases())
def test_it_is_as_long_as_source_trunk_and_row_say(case: Case) -> None:
    x, y = case.source
    corner = x if y == case.row else case.trunk
    to_corner = abs(corner - x) + abs(case.row - y)
    assert length(case.tree()) == to_corner + max(case.last, corner) - min(case.first, corner)


def test_a_tree_to_nobody() -> None:
    with pytest.raises(ValueError, match=r"from \(3, 4\) to itself"):
        row_tree((3, 4), 4, 3, 3, 0)
