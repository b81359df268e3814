"""Trees found by recurrences: the best reduce tree for a message's length, and the published lower bound.

A subtree matters to its parent only by its size and by when its message begins to arrive, and earlier is
never worse. So the best tree of p places in pre-order is found size by size, O(P^2) in all:

    T(p) = min over 1 <= s < p of max(G(p - s) + setup, T(s) + latency(p - s)),   T(1) = setup
    G(p) = T(p) + B,   G(1) = 0

T(p) is when the root of p places begins to pass its sum on, G(p) when it has received everything; s is the
size of the last, farthest child's subtree, p - s its distance. This optimizes the cycles that `timing` gives,
contention at each PE and software costs included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .timing import LineCosts
from .trees import Arm, LineTree, middle

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]

NEVER = 2**30
"""Larger than any energy."""


def _best_splits(most: int, wavelets: int, costs: LineCosts) -> tuple[IntArray, IntArray]:
    """Return T(p) and the size of the last child's subtree, for p from 0 to `most`."""
    import numpy as np  # not above: to list passes takes no arrays

    setup = costs.comm_setup_cycles
    distance = np.array([costs.latency(hops) for hops in range(most + 1)], np.int64)
    sends = np.full(most + 1, setup, np.int64)
    ready = np.full(most + 1, setup, np.int64)
    """G(p) + setup"""
    last = np.zeros(most + 1, np.int64)
    for p in range(2, most + 1):
        times = np.maximum(ready[p - 1 : 0 : -1], sends[1:p] + distance[p - 1 : 0 : -1])
        # The largest of equally good subtrees leaves the parent the fewest children.
        best = p - 2 - int(np.argmin(times[::-1]))
        sends[p], last[p] = times[best], best + 1
        ready[p] = times[best] + wavelets + setup
    return sends, last


def best_tree(parts: int, wavelets: int, costs: LineCosts, root: int | None = None) -> LineTree:
    """Return a tree in pre-order that no other one beats by `timing.reduce_cycles`; the root is in the middle
    unless `root` says where.
    """
    import numpy as np  # not above: to list passes takes no arrays

    at = middle(parts) if root is None else root
    low, high = at, parts - 1 - at
    sends, last = _best_splits(max(low, high) + 1, wavelets, costs)
    ends = np.zeros(1, np.int64)
    arms: list[Arm] = []
    for length in (low, high):
        ends, chosen = _root_splits(int(ends[-1]), length, wavelets, costs, sends)
        arms.append(_root_arm(length, chosen, last))
    return LineTree(arms[0], arms[1])


def _root_splits(
    start: int, length: int, wavelets: int, costs: LineCosts, sends: IntArray
) -> tuple[IntArray, list[int]]:
    """Return when a root that is free at `start` has received the nearest 0, 1, ... `length` places of an
    arm, and the size of the last subtree then.
    """
    import numpy as np  # not above: to list passes takes no arrays

    distance = np.array([costs.latency(hops) for hops in range(length + 1)], np.int64)
    ends = np.full(length + 1, start, np.int64)
    chosen = [0] * (length + 1)
    for covered in range(1, length + 1):
        sizes = np.arange(covered, 0, -1)
        before = covered - sizes
        begins = np.maximum(ends[before] + costs.comm_setup_cycles, sends[sizes] + distance[before + 1])
        best = int(np.argmin(begins))
        ends[covered], chosen[covered] = begins[best] + wavelets, int(sizes[best])
    return ends, chosen


def _root_arm(length: int, chosen: list[int], last: IntArray) -> Arm:
    """Build the arm from the sizes of the last subtrees."""
    parents = [0] * (length + 1)
    left = length
    while left:
        size = chosen[left]
        left -= size
        # Place `left + 1` heads a subtree of `size` places.
        pending = [(left + 1, size)]
        while pending:
            head, count = pending.pop()
            while count > 1:
                below = int(last[count])
                count -= below
                parents[head + count] = head
                pending.append((head + count, below))
    return tuple(parents[1:])


def energies(parts: int) -> IntArray:
    """Return int64[parts + 1, parts]: the least total hops E(p, d) of a reduce of p PEs with at most d
    steps one after the other; `NEVER` where d steps do not do.

    The recurrence of 'Near-Optimal Wafer-Scale Reduce' (HPDC 2024):
    E(p, d) = min(E(p, d - 1), min over 1 <= s < p of E(s, d - 1) + E(p - s, d) + p - s), E(1, d) = 0.
    All depths are done at once for one p after the other: O(P^3) additions in all.
    """
    import numpy as np  # not above: to list passes takes no arrays

    depths = max(parts, 1)
    energy = np.full((parts + 1, depths), NEVER, np.int64)
    energy[1] = 0
    for p in range(2, parts + 1):
        sizes = np.arange(1, p)
        costs = energy[1:p, :-1] + energy[p - 1 : 0 : -1, 1:] + (p - sizes)[:, None]
        energy[p, 1:] = np.minimum.accumulate(np.minimum(costs.min(axis=0), NEVER))
    return energy


def recurrence_bound(energy: IntArray, parts: int, wavelets: int, ramp_cycles: int) -> float:
    """Return the published lower bound of a reduce of `parts` PEs: the least over all depths D of
    B E(P, D) / (P - 1) + P - 1 + D (2 T_R + 1). `energy` is that of `energies` for as many PEs or more.
    """
    import numpy as np  # not above: to list passes takes no arrays

    if parts == 1:
        return 0.0
    depth = np.arange(parts)
    usable = energy[parts, :parts] < NEVER
    times = wavelets * energy[parts, :parts] / (parts - 1) + parts - 1 + depth * (2 * ramp_cycles + 1)
    return float(times[usable].min())
