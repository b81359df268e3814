"""The floorplanner: legal plans, optimal on tiny wafers, the same every time, found wherever there is one."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.passes.fabric.floorplan import Floorplan, check, pareto, solve
from wsc.passes.fabric.shapes import Candidate, Rectangle


def candidates(most_stages: int, most: int) -> st.SearchStrategy[Candidate]:
    """Candidates with regions of up to `most` PEs each way; without stages they have no width."""
    sizes = st.integers(1, most)
    with_stages = st.builds(Candidate, st.integers(1, most_stages), sizes, sizes, sizes, st.integers(0, 20))
    alone = st.builds(Candidate, st.just(0), sizes, sizes, st.just(0), st.integers(0, 20))
    return st.one_of(with_stages, alone)


def twice_hops(rectangles: tuple[Rectangle, ...]) -> int:
    middles = [(2 * r.x + r.width, 2 * r.y + r.height) for r in rectangles]
    around = zip(middles, [*middles[1:], middles[0]], strict=True)
    return sum(abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in around)


def all_plans(c: Candidate, width: int, height: int, tallest_stacked: int) -> Iterator[tuple[Rectangle, ...]]:
    """Every legal placement of a candidate's regions."""
    corners = [(x, y) for y in range(height) for x in range(width)]
    for places in product(corners, repeat=c.stages + 1):
        wide = [c.top_width] + c.stages * [c.stage_width]
        rectangles = tuple(Rectangle(x, y, w, c.height) for (x, y), w in zip(places, wide, strict=True))
        same_rows = c.height <= tallest_stacked or len({y for _, y in places}) == 1
        if same_rows and not check(Floorplan(c, rectangles, 0, 0, True), width, height):
            yield rectangles


def best_twice_cost(found: list[Candidate], width: int, height: int, tallest_stacked: int) -> int | None:
    costs = [
        2 * c.cycles + min(map(twice_hops, plans))
        for c in found
        if (plans := list(all_plans(c, width, height, tallest_stacked)))
    ]
    return min(costs, default=None)


# ---- the solver


@settings(max_examples=25)
@given(
    st.lists(candidates(2, 3), min_size=1, max_size=3),
    st.integers(1, 4),
    st.integers(1, 3),
    st.integers(0, 3),
)
def test_the_optimum(found: list[Candidate], width: int, height: int, tallest_stacked: int) -> None:
    plan = solve(found, width, height, tallest_stacked)
    best = best_twice_cost(found, width, height, tallest_stacked)
    if plan is None:
        assert best is None
        return
    assert best is not None
    assert plan.optimal
    assert 2 * plan.candidate.cycles + twice_hops(plan.rectangles) == best
    assert plan.hop_cycles == twice_hops(plan.rectangles) // 2
    assert plan.bound_cycles == best // 2


@settings(max_examples=25)
@given(
    st.lists(candidates(5, 6), min_size=1, max_size=5),
    st.integers(3, 12),
    st.integers(3, 9),
    st.integers(0, 9),
)
def test_a_plan_is_legal(found: list[Candidate], width: int, height: int, tallest_stacked: int) -> None:
    plan = solve(found, width, height, tallest_stacked, 0.05)
    if plan is None:
        assert pareto(found, width, height, tallest_stacked) == []
        return
    assert plan.candidate in found
    assert check(plan, width, height) == []
    c = plan.candidate
    assert [(r.width, r.height) for r in plan.rectangles] == [(c.top_width, c.height)] + c.stages * [
        (c.stage_width, c.height)
    ]
    if c.height > tallest_stacked:
        assert len({r.y for r in plan.rectangles}) == 1
    assert plan.bound_cycles <= c.cycles + plan.hop_cycles
    assert solve(found, width, height, tallest_stacked, 0.05) == plan


@pytest.mark.parametrize(
    ("candidate", "width", "height", "tallest_stacked"),
    [
        (Candidate(80, 100, 70, 70, 1000), 750, 994, 1000),
        (Candidate(32, 7, 100, 100, 1000), 750, 994, 7),
        (Candidate(79, 7, 7, 7, 1000), 100, 99, 7),
        (Candidate(6, 1, 5, 1, 0), 5, 3, 1),
    ],
)
def test_many_regions_are_placed_however_little_work_is_allowed(
    candidate: Candidate, width: int, height: int, tallest_stacked: int
) -> None:
    plan = solve([candidate], width, height, tallest_stacked, 0.001)
    assert plan is not None
    assert check(plan, width, height) == []


def test_regions_in_a_row_are_proven_optimal_at_once() -> None:
    plan = solve([Candidate(7, 20, 30, 25, 500)], 300, 40, 7, 0.5)
    assert plan is not None
    assert plan.optimal
    assert plan.bound_cycles == 500 + plan.hop_cycles


def test_nothing_fits() -> None:
    assert solve([], 4, 4, 4) is None
    assert solve([Candidate(1, 3, 3, 3, 0)], 5, 5, 5) is None
    assert solve([Candidate(0, 5, 1, 0, 0)], 4, 4, 4) is None
    # Two regions of two rows do not stand above each other if rows may not hand over downwards.
    assert solve([Candidate(1, 2, 4, 4, 0)], 4, 4, 1) is None
    assert solve([Candidate(1, 2, 4, 4, 0)], 4, 4, 2) is not None


@pytest.mark.parametrize(("near_cycles", "stages"), [(10, 1), (15, 3)])
def test_faster_and_farther_are_weighed(near_cycles: int, stages: int) -> None:
    """2 hops after more cycles, or 12 hops after 4."""
    plan = solve([Candidate(1, 1, 1, 1, near_cycles), Candidate(3, 1, 2, 2, 4)], 8, 1, 1)
    assert plan is not None
    assert plan.candidate.stages == stages
    assert plan.hop_cycles == (2 if stages == 1 else 12)


def test_among_equals_the_origin_is_preferred() -> None:
    plan = solve([Candidate(1, 2, 3, 2, 0)], 20, 20, 1)
    assert plan is not None
    assert plan.rectangles == (Rectangle(0, 0, 3, 2), Rectangle(3, 0, 2, 2))


# ---- what is worth trying


@settings(max_examples=30)
@given(st.lists(candidates(2, 3), max_size=5), st.integers(1, 4), st.integers(1, 3), st.integers(0, 3))
def test_what_pareto_keeps(found: list[Candidate], width: int, height: int, tallest_stacked: int) -> None:
    kept = pareto(found, width, height, tallest_stacked)
    assert set(kept) <= set(found)
    assert all(solve([c], width, height, tallest_stacked) is not None for c in kept)
    assert pareto(kept, width, height, tallest_stacked) == kept
    assert pareto(found[::-1], width, height, tallest_stacked) == kept


def test_what_is_beaten_goes() -> None:
    good = Candidate(1, 2, 2, 2, 10)
    worse = [
        Candidate(1, 2, 2, 2, 11),
        Candidate(1, 3, 2, 2, 10),
        Candidate(1, 2, 3, 2, 10),
        Candidate(1, 2, 2, 3, 10),
        Candidate(2, 2, 2, 2, 10),
    ]
    other = [Candidate(1, 1, 2, 2, 12), Candidate(1, 4, 2, 2, 9)]
    assert pareto([*worse, good, *other], 16, 16, 16) == [other[1], good, other[0]]


def test_what_no_wire_can_make_up_for_goes() -> None:
    fast, slow = Candidate(1, 4, 2, 2, 100), Candidate(1, 1, 2, 2, 165)
    assert pareto([fast, slow], 16, 16, 16) == [fast]
    assert pareto([fast, Candidate(1, 1, 2, 2, 164)], 16, 16, 16) == [fast, Candidate(1, 1, 2, 2, 164)]


# ---- the check, which shares nothing with the solver


@pytest.mark.parametrize(
    ("rectangles", "problems"),
    [
        ([Rectangle(0, 0, 2, 2), Rectangle(2, 0, 2, 2)], []),
        ([Rectangle(0, 0, 2, 2), Rectangle(0, 2, 2, 2)], []),
        ([Rectangle(0, 0, 2, 2), Rectangle(1, 1, 2, 2)], ["regions 0 and 1 overlap"]),
        ([Rectangle(0, 0, 4, 4), Rectangle(1, 1, 1, 1)], ["regions 0 and 1 overlap"]),
        ([Rectangle(3, 0, 2, 2)], ["region 0 leaves the 4 x 4 wafer"]),
        ([Rectangle(0, 3, 2, 2)], ["region 0 leaves the 4 x 4 wafer"]),
        ([Rectangle(-1, 0, 2, 2)], ["region 0 leaves the 4 x 4 wafer"]),
    ],
)
def test_check(rectangles: list[Rectangle], problems: list[str]) -> None:
    plan = Floorplan(Candidate(len(rectangles) - 1, 2, 2, 2, 0), tuple(rectangles), 0, 0, True)
    assert check(plan, 4, 4) == problems
