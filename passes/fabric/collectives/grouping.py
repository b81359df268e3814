"""The best two-level chains: groups of different sizes, so that no head waits for its own group.

Far from the root a head hears early of the groups behind it, so its own must be short; near the root there
was time for long ones. Programs are few: a head has one chain and one head below it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .timing import LineCosts, broadcast_cycles
from .trees import middle

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]


def best_groups(low: int, high: int, wavelets: int, costs: LineCosts) -> str:
    """Return the shape of groups on arms of `low` and `high` places (see `trees.line_tree`) that no other
    groups beat by `timing.reduce_cycles`. O(P^2), for all splits of one size at once.
    """
    _, sizes = _best_heads(_table_size(max(low, high)), wavelets, costs)
    shapes: list[str] = []
    for length in (low, high):
        found: list[int] = []
        left = length
        while left > 1:
            found.append(int(sizes[left]))
            left -= found[-1]
        while found and found[-1] == 1:
            found.pop()
        shapes.append("groups " + " ".join(map(str, found)) if found else "chain")
    return " | ".join(shapes) if shapes[0] != shapes[1] else shapes[0]


@lru_cache(maxsize=1 << 14)
def grouped_all_reduce_cycles(parts: int, wavelets: int, costs: LineCosts) -> int:
    """Return `timing.all_reduce_cycles` of the best groups with their root in the middle."""
    if parts == 1 or wavelets == 0:
        return 0
    root = middle(parts)
    arrives, _ = _best_heads(_table_size(parts // 2), wavelets, costs)
    end = 0
    for length in (root, parts - 1 - root):
        if length:
            end = max(end + costs.comm_setup_cycles, int(arrives[length])) + wavelets
    return end + broadcast_cycles(parts, root, wavelets, costs)


def _table_size(length: int) -> int:
    """Return a length whose table serves `length`, too: few lengths share most tables."""
    return 1 << length.bit_length()


@lru_cache(maxsize=256)
def _best_heads(most: int, wavelets: int, costs: LineCosts) -> tuple[IntArray, IntArray]:
    """Return for p from 0 to `most`: when the message of the p farthest places begins to arrive at the place
    before them, and the size of the group there.

    A group's own chain of g - 1 places has come to its head at C(g), then the message of those behind it is
    passed on as it arrives: A(p) = min over g < p of max(C(g) + setup, A(p - g)) + latency(g).
    """
    import numpy as np  # not above: to list passes takes no arrays

    setup, hop = costs.comm_setup_cycles, costs.latency(1)
    size = np.arange(most + 1)
    chained = setup + (size - 1) * hop
    free = np.where(size > 1, chained + wavelets, 0) + setup
    distance = costs.latency(0) + size * costs.hop_cycles
    arrives = setup + distance
    sizes = np.ones(most + 1, np.int64)
    for p in range(2, most + 1):
        times = np.maximum(free[1:p], arrives[p - 1 : 0 : -1]) + distance[1:p]
        best = int(np.argmin(times))
        arrives[p], sizes[p] = times[best], best + 1
    return arrives, sizes
