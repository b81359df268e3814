"""Which reduce tree a line's all-reduces take: the one whose closed form says the fewest cycles."""

from __future__ import annotations

from functools import lru_cache

from .grouping import best_groups
from .timing import LineCosts, all_reduce_cycles
from .trees import line_tree, middle


def shapes_for(parts: int, wavelets: int, costs: LineCosts) -> tuple[str, ...]:
    """Return the shapes worth trying on a line with its root in the middle, for messages of that length.

    They are those in which no two messages ever want a link or ramp at the same time, so that every run can
    be certified, and which have few kinds of PEs. (Only the root of a star has many children.)
    """
    root = middle(parts)
    return ("chain", "star", best_groups(root, parts - 1 - root, wavelets, costs))


@lru_cache(maxsize=4096)
def shape_cycles(shape: str, parts: int, wavelets: int, costs: LineCosts) -> int:
    """Return the cycles of an all-reduce along a tree of that shape with its root in the middle."""
    return all_reduce_cycles(line_tree(shape, parts), wavelets, costs)


@lru_cache(maxsize=4096)
def best_shape(parts: int, messages: tuple[int, ...], costs: LineCosts) -> tuple[str, int]:
    """Return the shape with the fewest cycles for all-reduces of these many wavelets, one after the other,
    and those cycles. Empty messages take nothing.
    """
    lengths = [wavelets for wavelets in messages if wavelets > 0]
    if parts == 1 or not lengths:
        return "chain", 0
    shapes = dict.fromkeys(s for wavelets in sorted(set(lengths)) for s in shapes_for(parts, wavelets, costs))
    cycles = {shape: sum(shape_cycles(shape, parts, w, costs) for w in lengths) for shape in shapes}
    best = min(cycles, key=lambda shape: cycles[shape])
    return best, cycles[best]
