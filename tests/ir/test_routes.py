"""Switch settings read back into flows, and cycles of waits."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import ArrayAttr, i64, i64_array, string
from wsc.ir.operation import Operation
from wsc.ir.routes import Flow, collect_settings, extract_flows, find_cycle, rect_points


def route(rect: Sequence[int], entry: str, outputs: str, color: int = 0, flow: str = "f") -> Operation:
    """A `fabric.route`; `outputs` holds directions, separated by blanks."""
    return Operation(
        "fabric.route",
        attributes={
            "flow": string(flow),
            "color": i64(color),
            "rect": i64_array(tuple(rect)),
            "input": string(entry),
            "outputs": ArrayAttr(tuple(map(string, outputs.split()))),
        },
    )


def flows_of(*routes: Operation, width: int = 8, height: int = 8) -> tuple[list[Flow], list[str]]:
    settings, problems = collect_settings(routes, width, height)
    flows, more = extract_flows(settings)
    return flows, [text for text, _ in (*problems, *more)]


def test_points_of_a_strided_rectangle() -> None:
    assert list(rect_points((1, 2, 3, 2, 2, 5))) == [(1, 2), (3, 2), (5, 2), (1, 7), (3, 7), (5, 7)]


def test_a_line() -> None:
    flows, problems = flows_of(
        route((0, 3, 1, 1, 1, 1), "RAMP", "E"),
        route((1, 3, 3, 1, 1, 1), "W", "E"),
        route((4, 3, 1, 1, 1, 1), "W", "RAMP"),
    )
    assert problems == []
    (flow,) = flows
    assert (flow.name, flow.color, flow.source, flow.sinks) == ("f", 0, (0, 3), [(4, 3)])
    assert sorted(flow.links) == [((x, 3), "E") for x in range(4)]


def test_a_multicast_tree() -> None:
    flows, problems = flows_of(
        route((2, 2, 1, 1, 1, 1), "RAMP", "E W S"),
        route((1, 2, 1, 1, 1, 1), "E", "RAMP"),
        route((3, 2, 1, 1, 1, 1), "W", "RAMP N"),
        route((3, 1, 1, 1, 1, 1), "S", "RAMP"),
        route((2, 3, 1, 1, 1, 1), "N", "RAMP"),
    )
    assert problems == []
    (flow,) = flows
    assert sorted(flow.sinks) == [(1, 2), (2, 3), (3, 1), (3, 2)]


def test_rows_and_colors_do_not_mix() -> None:
    flows, problems = flows_of(
        route((0, 0, 1, 4, 1, 1), "RAMP", "E", 0, "a"),
        route((1, 0, 1, 4, 1, 1), "W", "RAMP", 0, "a"),
        route((1, 0, 1, 4, 1, 1), "RAMP", "W", 1, "b"),
        route((0, 0, 1, 4, 1, 1), "E", "RAMP", 1, "b"),
    )
    assert problems == []
    found = sorted((flow.name, flow.color, flow.source, tuple(flow.sinks)) for flow in flows)
    assert found == [("a", 0, (0, y), ((1, y),)) for y in range(4)] + [
        ("b", 1, (1, y), ((0, y),)) for y in range(4)
    ]


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        (
            [route((6, 0, 3, 1, 1, 1), "RAMP", "S"), route((6, 1, 2, 1, 1, 1), "N", "RAMP")],
            "flow 'f' has a route at (8, 0), off the 8 x 8 wafer",
        ),
        (
            [
                route((0, 0, 1, 1, 1, 1), "RAMP", "E"),
                route((1, 0, 1, 1, 1, 1), "W", "RAMP"),
                route((1, 0, 1, 1, 1, 1), "N", "RAMP", flow="g"),
            ],
            "flows 'f' and 'g' both use color 0 at router (1, 0)",
        ),
        (
            [route((0, 0, 1, 1, 1, 1), "RAMP", "E")],
            "color 0 leaves (0, 0) to E, but router (1, 0) does not take it",
        ),
        (
            [route((0, 0, 1, 1, 1, 1), "RAMP", "N")],
            "color 0 leaves (0, 0) to N, but router (0, -1) does not take it",
        ),
        (
            [route((0, 0, 1, 1, 1, 1), "RAMP", "E"), route((1, 0, 1, 1, 1, 1), "N", "RAMP")],
            "color 0 leaves (0, 0) to E, but router (1, 0) does not take it",
        ),
        (
            [route((0, 0, 1, 1, 1, 1), "RAMP", "E", 0), route((1, 0, 1, 1, 1, 1), "W", "RAMP", 1)],
            "color 0 leaves (0, 0) to E, but router (1, 0) does not take it",
        ),
        (
            [route((3, 3, 1, 1, 1, 1), "W", "RAMP", 2)],
            "the route of color 2 at (3, 3) (flow 'f') has no source",
        ),
        (
            [
                route((3, 3, 1, 1, 1, 1), "S", "E"),
                route((4, 3, 1, 1, 1, 1), "W", "S"),
                route((4, 4, 1, 1, 1, 1), "N", "W"),
                route((3, 4, 1, 1, 1, 1), "E", "N"),
            ],
            "the route of color 0 at (4, 4) (flow 'f') has no source",
        ),
    ],
)
def test_a_problem_is_found(routes: list[Operation], message: str) -> None:
    assert message in flows_of(*routes)[1]


def test_two_sources_do_not_feed_one_router() -> None:
    _, problems = flows_of(route((0, 0, 1, 1, 1, 1), "RAMP", "E"), route((1, 0, 1, 1, 1, 1), "RAMP", "W"))
    assert problems == [
        "color 0 leaves (0, 0) to E, but router (1, 0) does not take it",
        "color 0 leaves (1, 0) to W, but router (0, 0) does not take it",
    ]


# ---- cycles


@given(st.dictionaries(st.integers(0, 8), st.lists(st.integers(0, 8), max_size=4), max_size=9))
def test_a_cycle_is_found_if_there_is_one(edges: dict[int, list[int]]) -> None:
    cycle = find_cycle({**edges})
    if cycle is not None:
        for node, after in zip(cycle, [*cycle[1:], cycle[0]], strict=True):
            assert after in edges[node]
        return
    # Without a cycle, nodes without successors can be taken away until none is left.
    left = {node: set(after) for node, after in edges.items()}
    while True:
        ends = [node for node, after in left.items() if not after & left.keys()]
        if not ends:
            break
        for node in ends:
            del left[node]
    assert left == {}


def test_a_long_chain_has_no_cycle() -> None:
    edges: dict[object, list[object]] = {index: [index + 1] for index in range(50_000)}
    assert find_cycle(edges) is None
    edges[50_000] = [0]
    cycle = find_cycle(edges)
    assert cycle is not None
    assert len(cycle) == 50_001
