"""Routes of an all-reduce along a row or column: two chains into the middle, one multicast back.

The PEs of one axis fall into a few segments of equal role. A router has one route per color, so a
chain alternates between two colors: a PE receives on one and sends on the other.
"""

from __future__ import annotations

from dataclasses import dataclass

COLORS_PER_AXIS = 3
COLLECTIVE_COLORS = 2 * COLORS_PER_AXIS
CHAIN, BROADCAST = 0, 2
"""First color of an axis's chains (two, in turn) and the color of its multicast, within the axis's three."""
AXIS_DIRECTIONS = {"x": ("W", "E"), "y": ("N", "S")}
"""Towards lower and towards higher coordinates."""


@dataclass(frozen=True, slots=True)
class Segment:
    """PEs `start, start + step, ...` (`count` of them) that do the same in an all-reduce.

    `role` is `single` (alone on the axis), `end`, `inner` or `root`; `sources` are the colors on which
    partial values arrive (with the direction they come from), `sink` the color and direction of the own
    send; all colors count from 0 within the axis's three. `broadcast_from`/`broadcast_to` are the
    multicast's directions.
    """

    start: int
    count: int
    step: int
    role: str
    sources: tuple[tuple[int, str], ...]
    sink: tuple[int, str] | None
    broadcast_from: str
    broadcast_to: tuple[str, ...]


def root_of(parts: int) -> int:
    """Return the coordinate of the root: the middle, so that both chains are as short as can be."""
    return (parts - 1) // 2


def segments(axis: str, parts: int) -> list[Segment]:
    """Return the segments of an axis of `parts` PEs, by start; together they cover each PE once."""
    low, high = AXIS_DIRECTIONS[axis]
    if parts == 1:
        return [Segment(0, 1, 1, "single", (), None, "RAMP", ())]
    root = root_of(parts)
    found: list[Segment] = []
    # Left of the root a PE at distance d sends on color d mod 2, right of it on (d + 1) mod 2:
    # so the root hears its two neighbours on different colors.
    for side, length, phase in ((-1, root, 0), (1, parts - 1 - root, 1)):
        inward, outward = (high, low) if side < 0 else (low, high)
        for parity in (0, 1):
            distances = [d for d in range(1, length) if d % 2 == parity]
            if distances:
                far, near = root + side * distances[-1], root + side * distances[0]
                found.append(
                    Segment(
                        min(far, near),
                        len(distances),
                        2,
                        "inner",
                        (((parity + phase + 1) % 2, outward),),
                        ((parity + phase) % 2, inward),
                        inward,
                        (outward, "RAMP"),
                    )
                )
        if length:
            end = root + side * length
            sink = ((length + phase) % 2, inward)
            found.append(Segment(end, 1, 1, "end", (), sink, inward, ("RAMP",)))
    sources = ((1, low), (0, high)) if root else ((0, high),)
    outputs = (low, high) if root else (high,)
    found.append(Segment(root, 1, 1, "root", sources, None, "RAMP", outputs))
    return sorted(found, key=lambda segment: segment.start)
