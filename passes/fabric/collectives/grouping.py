"""The best two-level chains: groups of different sizes, so that no head waits for its own group.

Far from the root a head hears early of the groups behind it, so its own must be short; near the root there
was time for long ones. Programs stay as few as with equal groups: a head has one chain and one head below.
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
    """Return the shape of two-level chains on arms of `low` and `high` places (see `trees.line_tree`) that no
    other two-level chains beat by `timing.reduce_cycles`. O(P^2), for all splits of one size at once.
    """
    sends, sizes = _best_heads(max(low, high), wavelets, costs)
    end = 0
    shapes: list[str] = []
    for length in (low, high):
        end, own = _root_group(end, length, wavelets, costs, sends)
        found = [own]
        left = length + 1 - own
        while left:
            found.append(int(sizes[left]))
            left -= found[-1]
        shapes.append("groups " + " ".join(map(str, found)))
    return " | ".join(shapes) if shapes[0] != shapes[1] else shapes[0]


@lru_cache(maxsize=1 << 14)
def grouped_all_reduce_cycles(parts: int, wavelets: int, costs: LineCosts) -> int:
    """Return `timing.all_reduce_cycles` of the best two-level chains with their root in the middle."""
    if parts == 1 or wavelets == 0:
        return 0
    root = middle(parts)
    # The same table serves all lines of a size.
    sends, _ = _best_heads(1 << (parts // 2).bit_length(), wavelets, costs)
    end = 0
    for length in (root, parts - 1 - root):
        end, _ = _root_group(end, length, wavelets, costs, sends)
    return end + broadcast_cycles(parts, root, wavelets, costs)


@lru_cache(maxsize=256)
def _best_heads(most: int, wavelets: int, costs: LineCosts) -> tuple[IntArray, IntArray]:
    """Return for p from 0 to `most`: when the head of the p farthest places sends, and its group's size.

    Its own chain of g - 1 places has come at C(g), then the next head's message is passed on as it arrives:
    T(p) = min over g < p of max(C(g) + setup, T(p - g) + latency(g)), or the chain alone.
    """
    import numpy as np  # not above: to list passes takes no arrays

    setup, hop = costs.comm_setup_cycles, costs.latency(1)
    size = np.arange(most + 1)
    arrives = setup + (size - 1) * hop
    free = np.where(size > 1, arrives + wavelets, 0) + setup
    distance = costs.latency(0) + size * costs.hop_cycles
    sends = arrives.copy()
    sizes = size.copy()
    for p in range(2, most + 1):
        times = np.maximum(free[1:p], sends[p - 1 : 0 : -1] + distance[1:p])
        best = int(np.argmin(times))
        if times[best] < sends[p]:
            sends[p], sizes[p] = times[best], best + 1
    return sends, sizes


def _root_group(start: int, length: int, wavelets: int, costs: LineCosts, sends: IntArray) -> tuple[int, int]:
    """Return when a root that is free at `start` has heard an arm of `length` places, and the size of its own
    group there, itself included.
    """
    import numpy as np  # not above: to list passes takes no arrays

    if length == 0:
        return start, 1
    setup, hop = costs.comm_setup_cycles, costs.latency(1)
    own = np.arange(1, length + 2)
    chained = np.maximum(start + setup, setup + (own - 1) * hop) + wavelets
    free = np.where(own > 1, chained, start)
    heads = own[:-1]
    begins = np.maximum(
        free[:-1] + setup, sends[length + 1 - heads] + costs.latency(0) + heads * costs.hop_cycles
    )
    ends = np.append(begins + wavelets, free[-1])
    best = int(np.argmin(ends))
    return int(ends[best]), best + 1
