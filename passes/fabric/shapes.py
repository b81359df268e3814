"""Shapes and places of regions as plain data, and what a plan of them costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A choice of shapes: `top_width` x `height` for the first region, `stage_width` x `height` for each
    stage.

    `cycles` is what one token's work costs in these shapes, hand-overs excluded.
    """

    stages: int
    height: int
    top_width: int
    stage_width: int
    cycles: int


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A placed region, in PEs; `x`, `y` is its upper left corner."""

    x: int
    y: int
    width: int
    height: int


Plan = tuple[Candidate, tuple[Rectangle, ...]]
"""A candidate and its regions."""


def twice_hops(rectangles: Sequence[Rectangle]) -> int:
    """Twice the Manhattan distances between the middles of consecutive regions and back to the first."""
    around = [*rectangles[1:], rectangles[0]]
    return sum(
        abs(2 * a.x + a.width - 2 * b.x - b.width) + abs(2 * a.y + a.height - 2 * b.y - b.height)
        for a, b in zip(rectangles, around, strict=True)
    )


def twice_cost(plan: Plan) -> int:
    """Twice the cycles and hops that a plan costs."""
    return 2 * plan[0].cycles + twice_hops(plan[1])
