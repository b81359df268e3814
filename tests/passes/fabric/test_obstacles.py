"""Floor plans between defects: legal, optimal on tiny wafers, found where there is one, repeatable."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir.defects import DefectMap, Defects
from wsc.passes.fabric.floorplan import Floorplan, check, pareto, solve
from wsc.passes.fabric.obstacles import Obstacles, first_fit, largest_rectangle
from wsc.passes.fabric.shapes import Candidate, Rectangle, twice_cost
from wsc.passes.fabric.shelves import between_obstacles

Size = tuple[int, int]


@st.composite
def wafers(draw: st.DrawFn, most: Size, most_defects: int) -> tuple[Size, Defects]:
    """A small wafer with defects."""
    width, height = draw(st.integers(1, most[0])), draw(st.integers(1, most[1]))
    point = st.tuples(st.integers(0, width - 1), st.integers(0, height - 1))
    found = draw(st.lists(st.tuples(point, st.sampled_from(["PE", "E", "S"])), max_size=most_defects))
    pes = [place for place, kind in found if kind == "PE"]
    links = [(x, y, kind) for (x, y), kind in found if kind != "PE"]
    return (width, height), Defects.of(pes, links).within(width, height)


def candidates(most_stages: int, most: int) -> st.SearchStrategy[Candidate]:
    """Candidates with regions of up to `most` PEs each way; without stages they have no width."""
    sizes = st.integers(1, most)
    with_stages = st.builds(Candidate, st.integers(1, most_stages), sizes, sizes, sizes, st.integers(0, 20))
    alone = st.builds(Candidate, st.just(0), sizes, sizes, st.just(0), st.integers(0, 20))
    return st.one_of(with_stages, alone)


def all_plans(
    c: Candidate, size: Size, tallest_stacked: int, defects: Defects
) -> Iterator[tuple[Rectangle, ...]]:
    """Every legal placement of a candidate's regions."""
    width, height = size
    corners = [(x, y) for y in range(height) for x in range(width)]
    for places in product(corners, repeat=c.stages + 1):
        wide = [c.top_width] + c.stages * [c.stage_width]
        rectangles = tuple(Rectangle(x, y, w, c.height) for (x, y), w in zip(places, wide, strict=True))
        same_rows = c.height <= tallest_stacked or len({y for _, y in places}) == 1
        if same_rows and not check(Floorplan(c, rectangles, 0, 0, True), width, height, defects):
            yield rectangles


@settings(max_examples=15)
@given(wafers((4, 3), 3), st.lists(candidates(1, 3), min_size=1, max_size=3), st.integers(0, 3))
def test_the_optimum(wafer: tuple[Size, Defects], found: list[Candidate], tallest_stacked: int) -> None:
    size, defects = wafer
    plan = solve(found, *size, tallest_stacked, obstacles=Obstacles.of(defects))
    costs = [
        twice_cost((c, rectangles))
        for c in found
        for rectangles in all_plans(c, size, tallest_stacked, defects)
    ]
    if plan is None:
        assert costs == []
        return
    assert plan.optimal
    assert twice_cost((plan.candidate, plan.rectangles)) == min(costs)


@settings(max_examples=20)
@given(wafers((12, 9), 8), st.lists(candidates(4, 5), min_size=1, max_size=5), st.integers(0, 9))
def test_a_plan_is_legal(wafer: tuple[Size, Defects], found: list[Candidate], tallest_stacked: int) -> None:
    (width, height), defects = wafer
    obstacles = Obstacles.of(defects)
    plan = solve(found, width, height, tallest_stacked, 0.05, obstacles)
    assert solve(found, width, height, tallest_stacked, 0.05, obstacles) == plan
    if plan is None:
        assert not any(between_obstacles(c, width, height, tallest_stacked, obstacles) for c in found)
        return
    assert plan.candidate in found
    assert check(plan, width, height, defects) == []
    if plan.candidate.height > tallest_stacked:
        assert len({r.y for r in plan.rectangles}) == 1


@settings(max_examples=30)
@given(wafers((12, 9), 8), candidates(6, 4), st.integers(0, 9))
def test_packing_is_legal_and_in_the_right_shapes(
    wafer: tuple[Size, Defects], c: Candidate, tallest_stacked: int
) -> None:
    (width, height), defects = wafer
    for rectangles in between_obstacles(c, width, height, tallest_stacked, Obstacles.of(defects)):
        assert check(Floorplan(c, rectangles, 0, 0, True), width, height, defects) == []
        shapes = [(r.width, r.height) for r in rectangles]
        assert shapes == [(c.top_width, c.height)] + c.stages * [(c.stage_width, c.height)]
        if c.height > tallest_stacked:
            assert len({r.y for r in rectangles}) == 1


def test_regions_go_around_a_dead_pe_and_a_dead_link() -> None:
    """Two regions of 2 x 2 PEs beside each other would cover either."""
    both = Candidate(1, 2, 2, 2, 0)
    without = solve([both], 6, 2, 2)
    assert without is not None
    assert without.rectangles == (Rectangle(0, 0, 2, 2), Rectangle(2, 0, 2, 2))
    around = solve([both], 6, 2, 2, obstacles=Obstacles.of(Defects.of([(2, 1)])))
    assert around is not None
    assert around.rectangles == (Rectangle(0, 0, 2, 2), Rectangle(3, 0, 2, 2))
    # A dead link between two regions is in nobody's way.
    between = Obstacles.of(Defects.of(links=[(1, 0, "E")]))
    assert solve([both], 6, 2, 2, obstacles=between) == without
    through = solve([both], 6, 2, 2, obstacles=Obstacles.of(Defects.of(links=[(2, 1, "E")])))
    assert through is not None
    assert [r.x for r in through.rectangles] == [1, 3]


def test_a_whole_wafer_with_a_hundred_defects() -> None:
    """However little the solver may do, the plan that it starts from stands."""
    defects = Defects.of([(37 * i % 750, 61 * i % 994) for i in range(100)])
    plan = solve([Candidate(20, 60, 50, 50, 1000)], 750, 994, 1000, 0.001, Obstacles.of(defects))
    assert plan is not None
    assert check(plan, 750, 994, defects) == []


@given(wafers((12, 9), 8), st.lists(candidates(4, 5), max_size=5), st.integers(0, 9))
def test_what_is_tried_between_obstacles(
    wafer: tuple[Size, Defects], found: list[Candidate], tallest_stacked: int
) -> None:
    """The fastest one that is sure to fit is kept, or one that beats it in every respect."""
    (width, height), defects = wafer
    obstacles = Obstacles.of(defects)
    kept = pareto(found, width, height, tallest_stacked, obstacles)
    assert set(kept) <= set(found)
    open_plans = pareto(found, width, height, tallest_stacked)
    sure = [c for c in open_plans if between_obstacles(c, width, height, tallest_stacked, obstacles)]
    assert not sure or any(c.cycles <= sure[0].cycles for c in kept)


# ---- room


@settings(max_examples=40)
@given(wafers((9, 8), 7))
def test_the_largest_rectangle(wafer: tuple[Size, Defects]) -> None:
    (width, height), defects = wafer
    where = DefectMap(defects)
    free = [
        (-w * h, y, x)
        for y in range(height)
        for x in range(width)
        for h in range(1, height - y + 1)
        for w in range(1, width - x + 1)
        if not where.inside(x, y, w, h)
    ]
    found = largest_rectangle(width, height, Obstacles.of(defects))
    if found is None:
        assert not free
        return
    assert not where.inside(found.x, found.y, found.width, found.height)
    assert -found.width * found.height == min(free)[0]


def test_the_largest_rectangle_of_a_large_wafer() -> None:
    defects = Defects.of([(37 * i % 750, 61 * i % 994) for i in range(300)])
    found = largest_rectangle(750, 994, Obstacles.of(defects))
    assert found is not None
    assert not DefectMap(defects).inside(found.x, found.y, found.width, found.height)


@pytest.mark.parametrize(
    ("columns", "x", "width", "place"),
    [
        ([], 0, 10, 0),
        ([], 1, 10, None),
        ([6], 0, 3, 0),
        ([6], 0, 4, 4),
        ([7], 0, 4, 0),
        ([7], 0, 5, 4),
        ([6, 14], 0, 4, None),
        ([6, 14], 0, 3, 0),
        ([6, 14], 1, 3, 4),
    ],
)
def test_the_first_fit(columns: list[int], x: int, width: int, place: int | None) -> None:
    """Doubled column 6 is PE 3, 7 the link between PEs 3 and 4."""
    assert first_fit(columns, x, width, 10) == place
