"""Switch settings as a table, and read back into flows."""

import pytest

from wsc.ir.flows import Flow
from wsc.ir.operation import Operation
from wsc.ir.routes import collect_settings, rect_numbers, rect_points

from ..support import routes as routes_support
from ..support.routes import route


def flows_of(*routes: Operation) -> tuple[list[Flow], list[str]]:
    return routes_support.flows_of(routes, 8, 8)


def test_points_of_a_strided_rectangle() -> None:
    assert list(rect_points((1, 2, 3, 2, 2, 5))) == [(1, 2), (3, 2), (5, 2), (1, 7), (3, 7), (5, 7)]
    assert rect_numbers((1, 2, 3, 2, 2, 5), 10).tolist() == [21, 23, 25, 71, 73, 75]


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


# ---- switch positions


def test_a_reduce_in_order_of_the_tree() -> None:
    """The PEs at 1 and 2 send to 0, then 1 lets the message of 2 pass."""
    flows, problems = flows_of(
        route((0, 0, 1, 1, 1, 1), "E", "RAMP"),
        route((1, 0, 1, 1, 1, 1), "RAMP", "W", messages=1),
        route((1, 0, 1, 1, 1, 1), "E", "W", position=1, messages=1),
        route((2, 0, 1, 1, 1, 1), "RAMP", "W"),
    )
    assert problems == []
    assert [(flow.source, flow.sinks) for flow in flows] == [((1, 0), [(0, 0)]), ((2, 0), [(0, 0)])]


def test_one_message_each_for_those_on_the_way() -> None:
    """Three messages leave (0, 0): each PE on the way takes the first that is left."""
    flows, problems = flows_of(
        route((0, 0, 1, 1, 1, 1), "RAMP", "E", messages=3),
        route((1, 0, 1, 1, 1, 1), "W", "RAMP", messages=1),
        route((1, 0, 1, 1, 1, 1), "W", "E", position=1, messages=2),
        route((2, 0, 1, 1, 1, 1), "W", "RAMP", messages=1),
        route((2, 0, 1, 1, 1, 1), "W", "E", position=1, messages=1),
        route((3, 0, 1, 1, 1, 1), "W", "RAMP"),
    )
    assert problems == []
    (flow,) = flows
    assert flow.sinks == [(1, 0), (2, 0), (3, 0)]


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        (
            [
                route((1, 0, 1, 1, 1, 1), "RAMP", "W", messages=1),
                route((1, 0, 1, 1, 1, 1), "E", "W", position=2, messages=1),
            ],
            "color 0 at router (1, 0) has switch position 2, but none before it",
        ),
        (
            [
                route((1, 0, 1, 1, 1, 1), "RAMP", "W"),
                route((1, 0, 1, 1, 1, 1), "E", "W", position=1, messages=1),
            ],
            "switch position 0 of color 0 at router (1, 0) lasts for ever",
        ),
        (
            [
                route((1, 0, 1, 1, 1, 1), "RAMP", "W", position=1, messages=1),
                route((1, 0, 1, 1, 1, 1), "E", "W", position=1, messages=1),
            ],
            "flows 'f' and 'f' both use color 0 at router (1, 0) in switch position 1",
        ),
        (
            [
                route((0, 0, 1, 1, 1, 1), "E", "RAMP"),
                route((1, 0, 1, 1, 1, 1), "RAMP", "W", messages=1),
                route((1, 0, 1, 1, 1, 1), "E", "W", position=1, messages=2),
                route((2, 0, 1, 1, 1, 1), "RAMP", "W", messages=1),
                route((2, 0, 1, 1, 1, 1), "S", "W RAMP", position=1, messages=1),
            ],
            "switch position 1 of color 0 at (1, 0) (flow 'f') gets 1 messages in a round, not 2",
        ),
        (
            [
                route((0, 0, 1, 1, 1, 1), "E", "RAMP", messages=1),
                route((0, 0, 1, 1, 1, 1), "S", "RAMP", position=1, messages=1),
                route((1, 0, 1, 1, 1, 1), "RAMP", "W", messages=2),
            ],
            "color 0 leaves (1, 0) to W, but router (0, 0) takes fewer messages in a round",
        ),
    ],
)
def test_a_problem_of_positions_is_found(routes: list[Operation], message: str) -> None:
    assert message in flows_of(*routes)[1]


def test_messages_that_go_round_in_a_circle() -> None:
    """Each router of the circle lets one message in, and passes on for ever what comes."""
    corners = [((3, 3), "S", "E"), ((4, 3), "W", "S"), ((4, 4), "N", "W"), ((3, 4), "E", "N")]
    circle = [
        op
        for (x, y), entry, exit in corners
        for op in (
            route((x, y, 1, 1, 1, 1), "RAMP", exit, messages=1),
            route((x, y, 1, 1, 1, 1), entry, exit, position=1, messages=1 << 30),
        )
    ]
    assert "color 0 goes round in a circle at (3, 3)" in flows_of(*circle)[1]


def test_a_contradiction_is_said_once() -> None:
    """However many routers it is at."""
    _, problems = collect_settings(
        [route((0, 0, 8, 8, 1, 1), "RAMP", "E"), route((0, 0, 8, 8, 1, 1), "RAMP", "W", flow="g")], 8, 8
    )
    assert [text for text, _ in problems] == ["flows 'f' and 'g' both use color 0 at router (0, 0)"]


def test_the_rows_of_a_channel() -> None:
    settings, _ = collect_settings([route((2, 1, 2, 1, 3, 1), "RAMP", "E", color=4)], 8, 8)
    (row,) = settings.rows_at((5, 1), 4)
    assert (settings.point(row), settings.name(row), int(settings.color[row])) == ((5, 1), "f", 4)
    assert [len(settings.rows_at(at, c)) for at, c in (((3, 1), 4), ((5, 1), 3), ((5, 1), 9))] == [0, 0, 0]
