"""Collectives alone on the wavelet engine: what they compute, and the cycles that closed forms say."""

from __future__ import annotations

import numpy as np
import pytest
from collective_runs import CollectiveRun

from wsc.passes.fabric.collectives.all_reduce import all_reduce_plan
from wsc.passes.fabric.collectives.auto import best_tree
from wsc.passes.fabric.collectives.broadcast import broadcast_plan
from wsc.passes.fabric.collectives.grouping import best_groups
from wsc.passes.fabric.collectives.plan import HIGH, chunk_bounds
from wsc.passes.fabric.collectives.rectangle import (
    all_reduce_rectangle,
    broadcast_rectangle,
    reduce_rectangle,
    row_plan,
)
from wsc.passes.fabric.collectives.reduce import reduce_plan
from wsc.passes.fabric.collectives.ring import (
    interleaved_shift_plan,
    reduce_scatter_plan,
    ring_all_reduce_plan,
    ring_order,
    shift_plan,
)
from wsc.passes.fabric.collectives.timing import (
    LineCosts,
    all_reduce_cycles,
    broadcast_cycles,
    reduce_cycles,
    ring_all_reduce_cycles,
    ring_rounds_cycles,
)
from wsc.passes.fabric.collectives.trees import LineTree, line_tree, middle
from wsc.runtime import bytecode as bc

COSTS = [LineCosts(2), LineCosts(2, 15, 30), LineCosts(0, 1)]
SHAPES = ("star", "chain", "binary", "levels 3 2", "groups 1 3 2", "best")
CONFLICT_FREE = ("star", "chain", "groups 1 3 2", "best groups")


def tree_named(shape: str, parts: int, wavelets: int, costs: LineCosts, root: int | None = None) -> LineTree:
    """A tree by its shape; `best` and `best groups` depend on the rest."""
    at = middle(parts) if root is None else root
    if shape == "best":
        return best_tree(parts, wavelets, costs, at)
    found = best_groups(at, parts - 1 - at, wavelets, costs) if shape == "best groups" else shape
    return line_tree(found, parts, at)


@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize(("parts", "wavelets"), [(2, 1), (5, 40), (16, 3), (33, 12)])
def test_trees_take_what_their_forms_say(shape: str, parts: int, wavelets: int, costs: LineCosts) -> None:
    for root in (0, middle(parts)):
        tree = tree_named(shape, parts, wavelets, costs, root)
        run = CollectiveRun(row_plan(reduce_plan(tree)), wavelets, bc.F16, costs=costs)
        machine = run.machine()
        run.fill(machine, np.ones((1, parts, run.elements)))
        result = machine.run_step()
        # Where two colors compete for a link, one is late by a few cycles.
        slack = 0 if result.contended == 0 else 4
        assert shape not in CONFLICT_FREE or slack == 0
        assert 0 <= result.end_cycles[root] - reduce_cycles(tree, wavelets, costs) <= slack
        assert (run.result(machine)[0, root] == parts).all()
        both = CollectiveRun(row_plan(all_reduce_plan(tree)), wavelets, costs=costs)
        machine = both.machine()
        both.fill(machine, np.ones((1, parts, both.elements)))
        assert 0 <= machine.run_step().cycles - all_reduce_cycles(tree, wavelets, costs) <= slack
        assert (both.result(machine) == parts).all()


@pytest.mark.parametrize("shape", CONFLICT_FREE)
@pytest.mark.parametrize(("parts", "wavelets"), [(9, 1), (24, 50)])
def test_messages_of_a_tree_never_want_the_same_link(shape: str, parts: int, wavelets: int) -> None:
    costs = LineCosts(2, 15)
    plan = all_reduce_plan(tree_named(shape, parts, wavelets, costs))
    run = CollectiveRun(row_plan(plan), wavelets, costs=costs, skewed=True, rounds=2)
    machine = run.machine()
    for seed in range(4):
        skews = np.random.default_rng(seed).integers(0, 20 * 5**seed, (1, parts))
        run.fill(machine, np.ones((1, parts, run.elements)), skews)
        assert machine.run_step().contended == 0
        assert (run.result(machine) == parts**2).all()


@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize(("parts", "root", "wavelets"), [(2, 0, 1), (7, 2, 9), (20, 19, 3)])
def test_a_broadcast_takes_what_its_form_says(parts: int, root: int, wavelets: int, costs: LineCosts) -> None:
    run = CollectiveRun(row_plan(broadcast_plan(parts, root), "y", 2), wavelets, bc.I32, costs=costs)
    machine = run.machine()
    values = np.arange(parts * 2 * wavelets).reshape(parts, 2, wavelets)
    run.fill(machine, values)
    assert machine.run_step().cycles == broadcast_cycles(parts, root, wavelets, costs)
    assert (run.result(machine) == values[root]).all()


@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize(("parts", "wavelets"), [(2, 8), (5, 5), (8, 64), (13, 130)])
def test_a_ring_takes_about_what_its_form_says(parts: int, wavelets: int, costs: LineCosts) -> None:
    run = CollectiveRun(row_plan(ring_all_reduce_plan(parts)), wavelets, costs=costs)
    machine = run.machine()
    values = np.arange(parts * wavelets).reshape(1, parts, wavelets)
    run.fill(machine, values)
    result = machine.run_step()
    assert abs(result.cycles - ring_all_reduce_cycles(parts, wavelets, costs)) <= 2
    assert result.contended == 0
    assert (run.result(machine) == values.sum(axis=1)).all()
    half = CollectiveRun(row_plan(reduce_scatter_plan(parts)), wavelets, costs=costs)
    machine = half.machine()
    half.fill(machine, values)
    cycles = machine.run_step().cycles
    assert abs(cycles - ring_rounds_cycles(parts, parts - 1, wavelets, costs)) <= 2
    for place in range(parts):
        first, end = chunk_bounds(place, parts, wavelets)
        assert (half.result(machine)[0, place, first:end] == values[0, :, first:end].sum(axis=0)).all()


def test_shifts() -> None:
    values = np.arange(7 * 5).reshape(1, 7, 5)
    order = ring_order(7)
    run = CollectiveRun(row_plan(interleaved_shift_plan(7)), 5, bc.I32, costs=LineCosts(2, 3, 4))
    machine = run.machine()
    run.fill(machine, values)
    machine.run_step()
    assert (run.result(machine, 1)[0, [*order[1:], order[0]]] == values[0, order]).all()
    run = CollectiveRun(row_plan(shift_plan(7, HIGH)), 5, bc.I32)
    machine = run.machine()
    run.fill(machine, values)
    machine.run_step()
    assert (run.result(machine, 1)[0, 1:] == values[0, :-1]).all()
    assert (run.result(machine) == values).all()


# ---- rectangles


def test_a_broadcast_over_a_rectangle_from_late_pes() -> None:
    run = CollectiveRun(broadcast_rectangle(5, 4, (3, 1)), 6, skewed=True, origin=(2, 1))
    machine = run.machine()
    skews = np.random.default_rng(1).integers(0, 50, (4, 5))
    values = np.arange(120).reshape(4, 5, 6)
    run.fill(machine, values, skews)
    result = machine.run_step()
    assert (run.result(machine) == values[1, 3]).all()
    assert (result.end_cycles.reshape(4, 5) > skews).all()


@pytest.mark.parametrize("shape", ["chain", "groups 1 2", "binary"])
def test_reduces_over_a_rectangle(shape: str) -> None:
    x, y = line_tree(shape, 7), line_tree(shape, 6)
    values = np.arange(7 * 6 * 4).reshape(6, 7, 4)
    total = values.sum(axis=(0, 1))
    one = CollectiveRun(reduce_rectangle(x, y), 4, bc.I32)
    machine = one.machine()
    one.fill(machine, values)
    machine.run_step()
    assert (one.result(machine)[y.root, x.root] == total).all()
    everybody = CollectiveRun(all_reduce_rectangle(x, y), 4, bc.I32, bc.F_MAX, skewed=True)
    machine = everybody.machine()
    everybody.fill(machine, values, np.arange(42).reshape(6, 7))
    machine.run_step()
    assert (everybody.result(machine) == values.max(axis=(0, 1))).all()
