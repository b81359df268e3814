"""Closed forms of our collectives in cycles, software costs included.

Everything counts from the cycle in which all PEs begin. A message's wavelets leave a core one each cycle,
and the first of them reaches another core `latency(hops)` cycles after it was sent. A receive is set up
when the one before it has ended; the last one passes the sum on while it arrives. The forms assume queues
that keep the full rate, which the verifier of a target asks for. They are exact for stars, chains, groups and
broadcasts; in other trees two messages may compete for a link, which makes one late by a few cycles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .trees import LineTree, children, post_order

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class LineCosts:
    """What a target charges for communication along a line, in cycles; names as in a target."""

    ramp_cycles: int
    comm_setup_cycles: int = 0
    await_cycles: int = 0
    hop_cycles: int = 1

    def latency(self, hops: int) -> int:
        """Cycles from sending a wavelet to receiving it `hops` routers further."""
        return self.ramp_cycles + 1 + hops * self.hop_cycles + max(self.ramp_cycles, 1)


def send_times(arm: Sequence[int], wavelets: int, costs: LineCosts) -> list[int]:
    """Return for each place of an arm when the first wavelet of its own message leaves it; that of place 0
    is when the last of its messages begins to arrive.
    """
    setup = costs.comm_setup_cycles
    below = children(arm)
    times = [setup] * (len(arm) + 1)
    for place in post_order(arm):
        end = 0
        for child in below[place]:
            times[place] = max(end + setup, times[child] + costs.latency(abs(child - place)))
            end = times[place] + wavelets
    return times


def reduce_cycles(tree: LineTree, wavelets: int, costs: LineCosts) -> int:
    """Return when the root of `tree` has received everything: 0 for a single PE."""
    end = 0
    for arm in (tree.low, tree.high):
        times = send_times(arm, wavelets, costs)
        for child in children(arm)[0]:
            begins = max(end + costs.comm_setup_cycles, times[child] + costs.latency(child))
            end = begins + wavelets
    return end


def broadcast_cycles(parts: int, root: int, wavelets: int, costs: LineCosts) -> int:
    """Return when the farthest place has received what the root sends from cycle 0 on."""
    if parts == 1:
        return 0
    hops = max(root, parts - 1 - root)
    return costs.comm_setup_cycles + costs.latency(hops) + wavelets


def all_reduce_cycles(tree: LineTree, wavelets: int, costs: LineCosts) -> int:
    """Return when the place farthest from the root has the result of a reduce and a broadcast."""
    reduce = reduce_cycles(tree, wavelets, costs)
    return reduce + broadcast_cycles(tree.parts, tree.root, wavelets, costs)


def ring_rounds_cycles(parts: int, rounds: int, wavelets: int, costs: LineCosts) -> int:
    """Return when `rounds` rounds of a folded ring with chunks of `wavelets / parts` wavelets have ended.

    In each round the set-up of both streams, joining them, the way to the next PE (two hops but for two
    edges of the ring) and the wavelets of the largest chunk follow one another.
    """
    if parts == 1 or wavelets == 0:
        return 0
    software = 2 * costs.comm_setup_cycles + costs.await_cycles
    chunk = -(-wavelets // parts)
    one_hop = 2 * rounds // parts
    hops = 2 * rounds - one_hop if parts > 2 else rounds
    return rounds * (software + costs.latency(0) + chunk) + hops * costs.hop_cycles


def ring_all_reduce_cycles(parts: int, wavelets: int, costs: LineCosts) -> int:
    """Return the cycles of a reduce-scatter and an all-gather around a folded ring."""
    return ring_rounds_cycles(parts, 2 * (parts - 1), wavelets, costs)


def levels_reduce_cycles(low: int, high: int, groups: IntArray, wavelets: int, costs: LineCosts) -> IntArray:
    """Return `reduce_cycles` of many trees of k-level chains at once, without building them.

    `groups` is int64[trees, k], all at least 2; the arms have `low` and `high` places. A chain of q heads
    with their blocks below them, all alike but the last, passes the sum on at whichever is later: the end of
    the last block, carried over q - 1 steps, or that of a whole block, set up and carried over q - 2.
    """
    import numpy as np  # not above: to list passes takes no arrays

    trees, depth = len(groups), int(groups.shape[1])
    sizes = np.concatenate([np.ones((trees, 1), np.int64), np.cumprod(groups, axis=1)], axis=1)
    setup = costs.comm_setup_cycles
    base = costs.latency(0)

    def latency(hops: IntArray) -> IntArray:
        return np.asarray(base + hops * costs.hop_cycles, np.int64)

    def chain(level: int, block: IntArray) -> IntArray:
        """When the head of a block of that many places, in a chain of blocks of `level`, sends."""
        if level < 0:
            return np.full(trees, setup, np.int64)
        size = sizes[:, level]
        blocks = -(-block // size)
        rest = block - (blocks - 1) * size
        last = chain(level - 1, rest)
        if level == 0:
            whole_end = np.zeros(trees, np.int64)
        else:
            whole_end = np.where(size > 1, chain(level - 1, size) + wavelets, 0)
        hop = latency(size)
        first = np.where(blocks > 1, whole_end + setup + (blocks - 2) * hop, 0)
        return np.maximum(first, last + (blocks - 1) * hop)

    end = np.zeros(trees, np.int64)
    for length in (low, high):
        for level in range(depth + 1):
            size = sizes[:, level]
            block = np.full(trees, length + 1, np.int64)
            if level < depth:
                block = np.minimum(block, sizes[:, level + 1])
            there = block > size
            sent = chain(level, np.maximum(block - size, 1))
            begins = np.maximum(end + setup, sent + latency(size))
            end = np.where(there, begins + wavelets, end)
    return end
