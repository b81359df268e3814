"""Memory packing: offsets for buffers that live at different times, so that they share space."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A buffer of `size` bytes that is in use from step `start` to step `end`, both included."""

    start: int
    end: int
    size: int


def pack(items: Sequence[Lifetime], alignment: int = 4) -> tuple[list[int], int]:
    """Return an offset for each item and the peak in bytes; items that live at once do not overlap.

    Largest first, each at the lowest offset where it fits (offsets are multiples of `alignment`).
    """
    offsets = [0] * len(items)
    placed: list[int] = []
    peak = 0
    for index in sorted(range(len(items)), key=lambda i: (-items[i].size, items[i].start, i)):
        item = items[index]
        neighbours = sorted(
            (offsets[other], offsets[other] + items[other].size)
            for other in placed
            if items[other].start <= item.end and item.start <= items[other].end
        )
        offset = 0
        for low, high in neighbours:
            if offset + item.size <= low:
                break
            offset = max(offset, -(-high // alignment) * alignment)
        offsets[index] = offset
        placed.append(index)
        peak = max(peak, offset + item.size)
    return offsets, peak


def liveness_bound(items: Sequence[Lifetime]) -> int:
    """Return the most bytes that are in use at one step: no packing can need less."""
    steps = {item.start for item in items}
    return max((sum(i.size for i in items if i.start <= step <= i.end) for step in steps), default=0)
