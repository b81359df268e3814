"""Which widths and heights of a grid are worth trying, and how much memory a tensor's tiles take there."""

from __future__ import annotations

from collections.abc import Iterable

from ...ir.layout import Split

MOST_SIZES = 24


def useful_sizes(splits: Iterable[Split], limit: int, most: int = MOST_SIZES) -> list[int]:
    """Return numbers of PEs up to `limit` at which some split's largest tile becomes smaller, ascending.

    Between two of them more PEs only lengthen the wires. At most `most` are kept, evenly spread, the largest
    always; up to 16 all are useful enough to keep.
    """
    sizes = set(range(1, min(limit, 16) + 1))
    for split in splits:
        parts = 1
        while split.tile(parts) > split.tile(limit):
            parts = _next_smaller(split, parts, limit)
            sizes.add(parts)
    ordered = sorted(sizes)
    if len(ordered) <= most:
        return ordered
    picks = {round(i * (len(ordered) - 1) / (most - 1)) for i in range(most)}
    return [ordered[i] for i in sorted(picks)]


def _next_smaller(split: Split, parts: int, limit: int) -> int:
    """Return the least number of PEs at which the largest tile is smaller than with `parts` PEs.

    Tiles never grow with more PEs, so it is searched by halves; with `limit` PEs the tile must be smaller.
    """
    low, high = parts, limit
    while high - low > 1:
        middle = (low + high) // 2
        if split.tile(middle) < split.tile(parts):
            high = middle
        else:
            low = middle
    return high
