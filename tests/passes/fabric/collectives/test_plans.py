"""Plans of collectives: who contributes to what, once each, whatever the order in which PEs come to it."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir import load_dialects
from wsc.ir.dialects.pe import PE
from wsc.passes.fabric.collectives.all_reduce import BROADCAST, COLORS_PER_AXIS, all_reduce_plan
from wsc.passes.fabric.collectives.broadcast import broadcast_plan
from wsc.passes.fabric.collectives.plan import (
    HIGH,
    LOW,
    STEP_KINDS,
    LinePlan,
    chunk_bounds,
    grouped,
    runs_of,
    setting_runs,
)
from wsc.passes.fabric.collectives.reduce import reduce_plan
from wsc.passes.fabric.collectives.ring import (
    all_gather_plan,
    interleaved_shift_plan,
    reduce_scatter_plan,
    ring_all_reduce_plan,
    ring_order,
    shift_plan,
)
from wsc.passes.fabric.collectives.trees import LineTree, line_tree

from ....support.plan_semantics import Outcome, check_settings, execute

SHAPES = ("star", "chain", "binary", "two-phase", "levels 3 2", "groups 1 3 2")
PARTS = (1, 2, 3, 4, 5, 8, 13, 16)


@st.composite
def arms(draw: st.DrawFn, most: int = 12) -> tuple[int, ...]:
    path = [0]
    arm: list[int] = []
    for vertex in range(1, draw(st.integers(0, most)) + 1):
        up = draw(st.integers(0, len(path) - 1))
        path = path[: len(path) - up]
        arm.append(path[-1])
        path.append(vertex)
    return tuple(arm)


trees = st.builds(LineTree, arms(), arms())
randoms = st.integers(0, 10**6).map(Random)


def run(plan: LinePlan, random: Random, rounds: int = 1) -> Outcome:
    check_settings(plan)
    outcome = execute(plan, random, rounds)
    assert outcome.finished
    assert outcome.left == 0
    assert outcome.at_start
    return outcome


@given(trees, randoms)
def test_a_reduce_counts_each_place_once(tree: LineTree, random: Random) -> None:
    plan = reduce_plan(tree)
    outcome = run(plan, random)
    assert outcome.buffers[tree.root][0] == [tuple(range(tree.parts))]
    assert plan.colors == (2 if tree.parts > 1 else 0)


@given(trees, randoms)
def test_an_all_reduce_may_be_repeated(tree: LineTree, random: Random) -> None:
    outcome = run(all_reduce_plan(tree), random, rounds=3)
    (first,) = outcome.buffers[0][0]
    assert all(buffers[0] == [first] for buffers in outcome.buffers)
    assert len(first) == tree.parts**3


@given(trees)
def test_a_pe_hears_and_sends_on_different_colors(tree: LineTree) -> None:
    plan = all_reduce_plan(tree)
    for place, (steps, parent) in enumerate(zip(plan.steps, tree.parents(), strict=True)):
        kinds = [step.kind for step in steps]
        heard = {step.source for step in steps if step.kind.startswith("recv_reduce")}
        sent = {step.sink for step in steps if step.sink is not None}
        assert len(heard) <= 1
        assert heard.isdisjoint(sent)
        if place != tree.root:
            assert kinds[-1] == "recv"
            assert kinds.count("recv_reduce_forward") + kinds.count("send") == 1
            assert parent >= 0
        elif tree.parts > 1:
            assert kinds[-1] == "send"
    assert plan.colors == (COLORS_PER_AXIS if tree.parts > 1 else 0)


@given(trees)
def test_the_messages_that_leave_a_router_are_those_of_the_tree(tree: LineTree) -> None:
    """Counted from the parents alone: for each color its own, those to it, those that pass over it."""
    plan = reduce_plan(tree)
    parents = tree.parents()
    root = tree.root
    for place, settings in enumerate(plan.settings):
        over = [u for u, p in enumerate(parents) if p >= 0 and min(u, p) < place < max(u, p)]
        below = [u for u, p in enumerate(parents) if p == place]
        wanted = len(over) + len(below) + (place != root)
        switched = sum(s.messages for s in settings if s.messages)
        alone = [s for s in settings if not s.messages]
        assert switched <= wanted <= switched + (len(over) + len(below) + 1) * len(alone)


@pytest.mark.parametrize("parts", PARTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_all_shapes(shape: str, parts: int) -> None:
    outcome = run(all_reduce_plan(line_tree(shape, parts)), Random(parts))
    assert all(buffers[0] == [tuple(range(parts))] for buffers in outcome.buffers)


@pytest.mark.parametrize("parts", PARTS)
def test_broadcast(parts: int) -> None:
    for root in range(parts):
        outcome = run(broadcast_plan(parts, root), Random(root))
        assert all(buffers[0] == [(root,)] for buffers in outcome.buffers)
    with pytest.raises(ValueError, match="not on a line"):
        broadcast_plan(parts, parts)


# ---- rings and shifts


@pytest.mark.parametrize("parts", range(1, 20))
def test_a_ring_on_a_line_has_short_edges(parts: int) -> None:
    order = ring_order(parts)
    assert sorted(order) == list(range(parts))
    assert all(abs(a - b) <= 2 for a, b in zip(order, [*order[1:], order[0]], strict=True))


@pytest.mark.parametrize("parts", PARTS)
def test_reduce_scatter_then_all_gather(parts: int) -> None:
    everybody = tuple(range(parts))
    scattered = run(reduce_scatter_plan(parts), Random(1))
    assert all(scattered.buffers[place][0][place] == everybody for place in range(parts) if parts > 1)
    gathered = run(all_gather_plan(parts), Random(2))
    if parts > 1:
        assert all(buffers[0] == [(place,) for place in range(parts)] for buffers in gathered.buffers)
    reduced = run(ring_all_reduce_plan(parts), Random(3))
    if parts > 1:
        assert all(buffers[0] == [everybody] * parts for buffers in reduced.buffers)


@pytest.mark.parametrize("parts", [p for p in PARTS if p > 1])
def test_shifts(parts: int) -> None:
    order = ring_order(parts)
    moved = run(interleaved_shift_plan(parts), Random(4))
    for before, place in zip(order, [*order[1:], order[0]], strict=True):
        assert moved.buffers[place] == {0: [(place,)], 1: [(before,)]}
    for way in (LOW, HIGH):
        moved = run(shift_plan(parts, way), Random(5))
        for place in range(parts):
            came = (place - way,) if 0 <= place - way < parts else ()
            assert moved.buffers[place] == {0: [(place,)], 1: [came]}


def test_steps_are_operations_of_a_pe() -> None:
    plans = [all_reduce_plan(line_tree("groups 2 2", 9)), ring_all_reduce_plan(5), shift_plan(4, HIGH)]
    kinds = {step.kind for plan in plans for steps in plan.steps for step in steps}
    assert kinds == set(STEP_KINDS)
    load_dialects()
    assert all(f"pe.{kind}" in PE.operations for kind in kinds)


# ---- grouping


@given(st.sets(st.integers(0, 120)))
def test_runs_cover_each_place_once(places: set[int]) -> None:
    runs = runs_of(sorted(places))
    covered = [start + k * step for start, count, step in runs for k in range(count)]
    assert sorted(covered) == sorted(places)
    assert len(runs) <= max(1, len(places))
    assert all(count >= 1 and step >= 1 for _, count, step in runs)


def test_runs_are_few() -> None:
    assert runs_of(range(3, 90, 4)) == [(3, 22, 4)]
    assert runs_of([]) == []
    assert grouped("abababc") == {"a": [(0, 3, 2)], "b": [(1, 3, 2)], "c": [(6, 1, 1)]}


@given(trees)
def test_settings_as_runs_are_the_settings(tree: LineTree) -> None:
    plan = all_reduce_plan(tree)
    found: list[set[object]] = [set() for _ in plan.settings]
    for setting, (start, count, step) in setting_runs(plan):
        for k in range(count):
            assert setting not in found[start + k * step]
            found[start + k * step].add(setting)
    assert found == [set(settings) for settings in plan.settings]


@pytest.mark.parametrize("parts", [420, 660])
def test_two_level_chains_have_few_kinds_of_pes_and_routes(parts: int) -> None:
    tree = line_tree("groups 1 44 37 30 24 19 15 12 9 7 5 3 2 1", parts)
    plan = all_reduce_plan(tree)
    kinds = {tuple(step.kind for step in steps) for steps in plan.steps}
    assert len(kinds) <= 5
    assert len(setting_runs(plan)) < 300
    assert max(setting.position for settings in plan.settings for setting in settings) == 1


@given(st.integers(1, 50), st.integers(0, 300))
def test_chunks_cover_the_message(chunks: int, wavelets: int) -> None:
    bounds = [chunk_bounds(index, chunks, wavelets) for index in range(chunks)]
    assert [first for first, _ in bounds] == [0, *(end for _, end in bounds[:-1])]
    assert bounds[-1][1] == wavelets
    assert max(end - first for first, end in bounds) - min(end - first for first, end in bounds) <= 1


def test_colors_of_the_parts_of_an_all_reduce() -> None:
    plan = all_reduce_plan(line_tree("chain", 5))
    assert {step.sink for steps in plan.steps for step in steps if step.kind == "send"} >= {BROADCAST}
    moved = plan.moved(7)
    assert moved.colors == 10
    assert {s.color for found in moved.settings for s in found} == {7, 8, 9}
