"""The best k-level chains with groups of one size at each level: all sizes are tried by their closed form."""

from __future__ import annotations

from .timing import LineCosts, levels_reduce_cycles


def best_levels(low: int, high: int, wavelets: int, costs: LineCosts) -> str:
    """Return the shape (see `trees.line_tree`) of two- or three-level chains on arms of `low` and `high`
    places that no other ones with groups of one size at each level beat by `timing.reduce_cycles`.
    """
    import numpy as np  # not above: to list passes takes no arrays

    most = max(low, high) + 1
    # A level of groups as large as the line does nothing.
    sizes = [(a, most) for a in range(2, max(most, 3))]
    sizes += [(a, b) for a in range(2, most) for b in range(2, most // a + 1)]
    cycles = levels_reduce_cycles(low, high, np.array(sizes, np.int64), wavelets, costs)
    first, second = sizes[int(np.argmin(cycles))]
    return f"levels {first}" if second == most else f"levels {first} {second}"
