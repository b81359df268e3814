"""Collectives on which engines are compared: every building block on rows, columns and rectangles."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from collective_runs import CollectiveRun

from wsc.passes.fabric.collectives.all_reduce import all_reduce_plan
from wsc.passes.fabric.collectives.auto import best_tree
from wsc.passes.fabric.collectives.broadcast import broadcast_plan
from wsc.passes.fabric.collectives.plan import LinePlan
from wsc.passes.fabric.collectives.rectangle import (
    RectanglePlan,
    all_reduce_rectangle,
    broadcast_rectangle,
    reduce_rectangle,
    row_plan,
)
from wsc.passes.fabric.collectives.reduce import reduce_plan
from wsc.passes.fabric.collectives.ring import (
    all_gather_plan,
    interleaved_shift_plan,
    reduce_scatter_plan,
    ring_all_reduce_plan,
    shift_plan,
)
from wsc.passes.fabric.collectives.timing import LineCosts
from wsc.passes.fabric.collectives.trees import line_tree
from wsc.runtime import bytecode as bc
from wsc.runtime.machine import Machine
from wsc.runtime.wiring import QueueDepths

from .compare import Outcome, compare

SHAPES = ("star", "chain", "binary", "two-phase", "levels 3 3")
SIZES: dict[str, tuple[tuple[int, ...], tuple[int, ...]]] = {
    "quick": ((2, 7), (1, 20)),
    "medium": ((2, 3, 8, 33), (1, 7, 64)),
    "full": ((2, 3, 4, 5, 8, 16, 33, 64, 128), (1, 2, 7, 64, 300, 1024)),
}
"""PEs of a line and wavelets of a message, by size."""
RECTANGLES: dict[str, tuple[tuple[int, int], ...]] = {
    "quick": ((4, 3),),
    "medium": ((2, 2), (7, 5)),
    "full": ((2, 2), (7, 5), (16, 9), (5, 31), (64, 2)),
}
_MOST_SKEW = 300


def line_plans(parts: int, wavelets: int, costs: LineCosts) -> Iterator[tuple[str, LinePlan]]:
    """Yield every building block on a line by name."""
    for shape in SHAPES:
        for root, where in ((None, "middle"), (0, "end")):
            tree = line_tree(shape, parts, root)
            yield f"{shape} reduce to the {where}", reduce_plan(tree)
        yield f"{shape} all-reduce", all_reduce_plan(line_tree(shape, parts))
    yield "auto-generated reduce", reduce_plan(best_tree(parts, wavelets, costs))
    yield "broadcast from the middle", broadcast_plan(parts, (parts - 1) // 2)
    yield "broadcast from the end", broadcast_plan(parts, 0)
    yield "ring all-reduce", ring_all_reduce_plan(parts)
    yield "reduce-scatter", reduce_scatter_plan(parts)
    yield "all-gather", all_gather_plan(parts)
    yield "shift up", shift_plan(parts, 1)
    yield "shift down", shift_plan(parts, -1)
    yield "two-hop interleaved shift", interleaved_shift_plan(parts)


def rectangle_plans(width: int, height: int) -> Iterator[tuple[str, RectanglePlan]]:
    """Yield collectives on a rectangle by name."""
    for shape in ("chain", "two-phase"):
        x, y = line_tree(shape, width), line_tree(shape, height)
        yield f"{shape} reduce", reduce_rectangle(x, y)
        yield f"{shape} all-reduce", all_reduce_rectangle(x, y)
    yield "broadcast", broadcast_rectangle(width, height, ((width - 1) // 2, 0))


def collectives(size: str, seed: int) -> Iterator[tuple[str, Callable[[], Outcome]]]:
    """Yield the comparison of each collective, once with all PEs starting at once and once with random
    skews, on queues and latencies that change from one to the next.
    """
    rng = np.random.default_rng(seed)
    for name, plan, wavelets, costs in _plans(size):
        for skewed in (False, True):
            run = CollectiveRun(
                plan,
                wavelets,
                type=int(rng.choice((bc.F16, bc.F32))),
                costs=costs,
                depths=random_depths(rng, costs),
                skewed=skewed,
                rounds=int(rng.integers(1, 4)),
            )
            title = f"{name}, {plan.width} x {plan.height}, {wavelets} wavelets{', skewed' if skewed else ''}"
            yield title, partial(compare_run, run, int(rng.integers(2**32)))


def _plans(size: str) -> Iterator[tuple[str, RectanglePlan, int, LineCosts]]:
    lengths, messages = SIZES[size]
    number = 0
    for parts in lengths:
        for wavelets in messages:
            costs = LineCosts(2, comm_setup_cycles=15, await_cycles=30)
            for name, plan in line_plans(parts, wavelets, costs):
                # Some cost nothing in software, as in the closed forms.
                number += 1
                mine = LineCosts(2) if number % 3 == 0 else costs
                yield name, row_plan(plan, "xy"[number % 2], 1 + number % 4 // 3), wavelets, mine
    for width, height in RECTANGLES[size]:
        for wavelets in messages[:4]:
            for name, rectangle in rectangle_plans(width, height):
                yield name, rectangle, wavelets, LineCosts(2, comm_setup_cycles=15, await_cycles=30)


def random_depths(rng: np.random.Generator, costs: LineCosts) -> QueueDepths:
    """Return queues that a target may have."""
    ramp = costs.ramp_cycles
    return QueueDepths(
        ramp_cycles=ramp,
        router_queue_wavelets=int(rng.choice((2, 2, 3))),
        core_input_queue_wavelets=ramp + 1 + int(rng.integers(0, 5)),
        core_output_queue_wavelets=ramp + 2 + int(rng.integers(0, 5)),
        hop_cycles=costs.hop_cycles,
        turn_cycles=int(rng.integers(0, 2)),
    )


def compare_run(run: CollectiveRun, seed: int) -> Outcome:
    """Compare the engines on one collective."""
    return compare(_filled(run, seed), _filled(run, seed))


def _filled(run: CollectiveRun, seed: int) -> Machine:
    machine = run.machine()
    rng = np.random.default_rng(seed)
    width, height = run.plan.width, run.plan.height
    values = rng.uniform(0.5, 1.5, (height, width, run.elements))
    skews = rng.integers(0, _MOST_SKEW, (height, width)) if run.skewed else None
    run.fill(machine, values, skews)
    return machine
