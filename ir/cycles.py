"""Cycles of directed graphs that are too large for a step in Python per edge."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .routes import IntArray


def find_cycle(tails: IntArray, heads: IntArray) -> list[int] | None:
    """Return the nodes of a cycle of the graph with edges `tails[i]` to `heads[i]`, or None.

    Nodes are any integers. All nodes without predecessors are taken away at once, again and again (Kahn
    1962), so it takes as many rounds as the longest path has nodes.
    """
    import numpy as np  # not above: to read and print programs takes no arrays

    edges = tails.size
    names, numbers = np.unique(np.concatenate([tails, heads]), return_inverse=True)
    tail, head = numbers[:edges], numbers[edges:]
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], np.arange(names.size + 1))
    successors = head[order]
    waits_for = np.bincount(head, minlength=names.size)
    free = np.flatnonzero(waits_for == 0)
    while free.size:
        count = first[free + 1] - first[free]
        ends = np.cumsum(count)
        edges_of_free = np.repeat(first[free] - ends + count, count) + np.arange(int(ends[-1]))
        after, times = np.unique(successors[edges_of_free], return_counts=True)
        waits_for[after] -= times
        free = after[waits_for[after] == 0]
    if not waits_for.any():
        return None
    # Each node that is left has a predecessor that is left: go back until a node comes again.
    left = (waits_for[tail] > 0) & (waits_for[head] > 0)
    before = dict(zip(head[left].tolist(), tail[left].tolist(), strict=True))
    path: dict[int, int] = {}
    node = int(np.argmax(waits_for > 0))
    while node not in path:
        path[node] = len(path)
        node = before[node]
    return [int(names[n]) for n in list(path)[path[node] :]][::-1]
