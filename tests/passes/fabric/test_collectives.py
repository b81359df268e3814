"""Routes of an all-reduce along an axis: who sends to whom, on how many colors."""

import pytest

from wsc.ir.flows import Flow
from wsc.ir.operation import Operation
from wsc.ir.routes import Point, rect_points
from wsc.passes.fabric.collectives import (
    AXIS_DIRECTIONS,
    BROADCAST,
    COLORS_PER_AXIS,
    Segment,
    root_of,
    segments,
)

from ...support import routes as routes_support
from ...support.routes import route

PARTS = range(1, 41)
OPPOSITE = {"W": "E", "E": "W", "N": "S", "S": "N"}


def places(segment: Segment) -> list[int]:
    return [segment.start + index * segment.step for index in range(segment.count)]


def on_axis(axis: str, at: int) -> Point:
    return (at, 0) if axis == "x" else (0, at)


def flows_of(axis: str, parts: int) -> tuple[list[Flow], list[str]]:
    """The flows of all segments' settings on one row or column."""
    routes: list[Operation] = []

    def add(segment: Segment, color: int, entry: str, outputs: tuple[str, ...]) -> None:
        step = (segment.step, 1) if axis == "x" else (1, segment.step)
        size = (segment.count, 1) if axis == "x" else (1, segment.count)
        routes.append(route((*on_axis(axis, segment.start), *size, *step), entry, " ".join(outputs), color))

    for segment in segments(axis, parts):
        if segment.sink is not None:
            add(segment, segment.sink[0], "RAMP", (segment.sink[1],))
        for color, direction in segment.sources:
            add(segment, color, direction, ("RAMP",))
        if segment.broadcast_to:
            add(segment, BROADCAST, segment.broadcast_from, segment.broadcast_to)
    return routes_support.flows_of(routes, 50, 50)


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("parts", PARTS)
def test_segments_cover_each_pe_once(axis: str, parts: int) -> None:
    found = segments(axis, parts)
    assert sorted(at for segment in found for at in places(segment)) == list(range(parts))
    assert [segment.start for segment in found] == sorted(segment.start for segment in found)
    roles = {at: segment.role for segment in found for at in places(segment)}
    if parts == 1:
        assert roles == {0: "single"}
        return
    ends = {0, parts - 1} - {root_of(parts)}
    assert roles[root_of(parts)] == "root"
    assert {at for at, role in roles.items() if role == "end"} == ends
    assert all(role == "inner" for at, role in roles.items() if at not in {*ends, root_of(parts)})


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("parts", PARTS)
def test_two_chains_into_the_root_and_one_multicast_back(axis: str, parts: int) -> None:
    flows, problems = flows_of(axis, parts)
    assert problems == []
    root = root_of(parts)
    expected = {}
    for at in range(parts):
        if at != root:
            expected[on_axis(axis, at)] = {on_axis(axis, at + (1 if at < root else -1))}
    reduce = {flow.source: set(flow.sinks) for flow in flows if flow.color != BROADCAST}
    assert reduce == expected
    broadcast = [flow for flow in flows if flow.color == BROADCAST]
    if parts > 1:
        (tree,) = broadcast
        assert tree.source == on_axis(axis, root)
        assert sorted(tree.sinks) == [on_axis(axis, at) for at in range(parts) if at != root]
        assert len(tree.links) == parts - 1
    else:
        assert broadcast == []


@pytest.mark.parametrize("axis", ["x", "y"])
@pytest.mark.parametrize("parts", PARTS)
def test_a_pe_hears_and_sends_on_different_colors(axis: str, parts: int) -> None:
    for segment in segments(axis, parts):
        colors = [color for color, _ in segment.sources]
        if segment.sink is not None:
            colors.append(segment.sink[0])
        assert len(set(colors)) == len(colors)
        assert all(0 <= color < COLORS_PER_AXIS and color != BROADCAST for color in colors)
        directions = [direction for _, direction in segment.sources]
        assert set(directions) <= set(AXIS_DIRECTIONS[axis])
        if segment.role == "inner":
            assert segment.sink is not None
            assert segment.sink[1] == OPPOSITE[directions[0]]


@pytest.mark.parametrize("parts", PARTS)
def test_there_are_few_classes_however_long_the_axis_is(parts: int) -> None:
    assert len(segments("x", parts)) <= 7


@pytest.mark.parametrize("parts", PARTS)
def test_both_chains_are_as_short_as_can_be(parts: int) -> None:
    root = root_of(parts)
    assert max(root, parts - 1 - root) == parts // 2


def test_rectangles_of_strided_segments_do_not_meet() -> None:
    seen: set[Point] = set()
    for segment in segments("x", 23):
        points = set(rect_points((segment.start, 0, segment.count, 1, segment.step, 1)))
        assert not points & seen
        seen |= points
    assert len(seen) == 23
