"""Colors for flows: never two of one color at a router, as few as possible where they are scarce."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.passes.fabric import coloring
from wsc.passes.fabric.coloring import color_flows, conflicts, exact_coloring, saturation_coloring

ROUTERS = st.lists(
    st.sets(st.tuples(st.integers(0, 3), st.integers(0, 2)), min_size=1, max_size=4), min_size=1, max_size=9
)
# Seven flows, two at a time at a router: the greedy coloring takes 4 colors, 3 are enough.
MEETINGS = [(2, 0), (3, 2), (4, 1), (4, 2), (4, 3), (5, 0), (5, 1), (6, 0), (6, 1), (6, 5)]
HARD = [{(low, high) for high, low in MEETINGS if flow in (low, high)} for flow in range(7)]


def legal(routers: list[set[tuple[int, int]]], colors: list[int]) -> bool:
    used = [(point, color) for points, color in zip(routers, colors, strict=True) for point in points]
    return len(used) == len(set(used))


def fewest(routers: list[set[tuple[int, int]]]) -> int:
    for count in range(1, len(routers) + 1):
        if any(legal(routers, list(colors)) for colors in product(range(count), repeat=len(routers))):
            return count
    raise AssertionError("as many colors as flows are always enough")


@given(ROUTERS)
def test_conflicts_are_shared_routers(routers: list[set[tuple[int, int]]]) -> None:
    found = conflicts(routers)
    for flow, points in enumerate(routers):
        expected = {i for i, other in enumerate(routers) if i != flow and points & other}
        assert found[flow] == expected


@given(ROUTERS)
def test_greedy_colors_are_legal(routers: list[set[tuple[int, int]]]) -> None:
    neighbours = conflicts(routers)
    colors = saturation_coloring(neighbours)
    assert legal(routers, colors)
    assert max(colors) <= max(map(len, neighbours))


@settings(max_examples=25)
@given(ROUTERS.filter(lambda routers: len(routers) <= 6), st.integers(0, 6))
def test_colors_within_a_budget(routers: list[set[tuple[int, int]]], budget: int) -> None:
    colors = color_flows(routers, budget)
    if colors is None:
        assert fewest(routers) > budget
        return
    assert legal(routers, colors)
    assert all(0 <= color < budget for color in colors)
    assert color_flows(routers, budget) == colors


def test_the_solver_is_asked_only_where_greedy_colors_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def greedy(neighbours: list[set[int]]) -> list[int]:
        return list(range(len(neighbours)))

    def exact(neighbours: list[set[int]], budget: int, limit: float) -> list[int] | None:
        asked.append(budget)
        return exact_coloring(neighbours, budget, limit)

    monkeypatch.setattr(coloring, "saturation_coloring", greedy)
    monkeypatch.setattr(coloring, "exact_coloring", exact)
    routers = [{(i, 0)} for i in range(4)]
    assert color_flows(routers, 4) == [0, 1, 2, 3]
    assert asked == []
    assert color_flows(routers, 3) == [0, 0, 0, 0]
    assert asked == [3]
    # Without any color there is nothing to solve.
    assert color_flows(routers, 0) is None
    assert asked == [3]


def test_the_solver_finds_what_greedy_misses() -> None:
    assert max(saturation_coloring(conflicts(HARD))) == 3
    colors = color_flows(HARD, 3)
    assert colors is not None
    assert legal(HARD, colors)
    assert sorted(set(colors)) == [0, 1, 2]
    assert color_flows(HARD, 2) is None


def test_the_solver_s_work_is_limited() -> None:
    assert exact_coloring(conflicts(HARD), 3, 0.0) is None


def test_no_flows() -> None:
    assert color_flows([], 3) == []
    assert color_flows([], 0) == []
