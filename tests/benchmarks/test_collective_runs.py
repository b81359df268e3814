"""Collectives alone on the wavelet engine: what they compute, and the cycles that closed forms say."""

from __future__ import annotations

import numpy as np
import pytest
from collective_runs import CollectiveRun

from wsc.passes.fabric.collectives.broadcast import broadcast_plan
from wsc.passes.fabric.collectives.rectangle import broadcast_rectangle, row_plan
from wsc.passes.fabric.collectives.reduce import reduce_plan
from wsc.passes.fabric.collectives.timing import LineCosts, broadcast_cycles, reduce_cycles
from wsc.passes.fabric.collectives.trees import line_tree
from wsc.runtime import bytecode as bc

COSTS = [LineCosts(2), LineCosts(2, comm_setup_cycles=7), LineCosts(0, comm_setup_cycles=1)]


@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize(("parts", "wavelets"), [(2, 1), (5, 7), (16, 3), (33, 40)])
def test_a_chain_takes_what_its_form_says(parts: int, wavelets: int, costs: LineCosts) -> None:
    tree = line_tree("chain", parts, 0)
    run = CollectiveRun(row_plan(reduce_plan(tree)), wavelets, bc.F16, costs=costs)
    machine = run.machine()
    run.fill(machine, np.ones((1, parts, run.elements)))
    assert machine.run_step().end_cycles[0] == reduce_cycles(tree, wavelets, costs)
    assert (run.result(machine)[0, 0] == parts).all()


@pytest.mark.parametrize("costs", COSTS)
@pytest.mark.parametrize(("parts", "root", "wavelets"), [(2, 0, 1), (7, 2, 9), (20, 19, 3)])
def test_a_broadcast_takes_what_its_form_says(parts: int, root: int, wavelets: int, costs: LineCosts) -> None:
    run = CollectiveRun(row_plan(broadcast_plan(parts, root), "y", 2), wavelets, bc.I32, costs=costs)
    machine = run.machine()
    values = np.arange(parts * 2 * wavelets).reshape(parts, 2, wavelets)
    run.fill(machine, values)
    assert machine.run_step().cycles == broadcast_cycles(parts, root, wavelets, costs)
    assert (run.result(machine) == values[root]).all()


def test_a_broadcast_over_a_rectangle_from_late_pes() -> None:
    run = CollectiveRun(broadcast_rectangle(5, 4, (3, 1)), 6, skewed=True, origin=(2, 1))
    machine = run.machine()
    skews = np.random.default_rng(1).integers(0, 50, (4, 5))
    values = np.arange(120).reshape(4, 5, 6)
    run.fill(machine, values, skews)
    result = machine.run_step()
    assert (run.result(machine) == values[1, 3]).all()
    assert (result.end_cycles.reshape(4, 5) > skews).all()
