"""Plans found without search: regions in order on shelves or in columns, between obstacles if any."""

from __future__ import annotations

from collections.abc import Sequence

from .obstacles import Obstacles, pack
from .shapes import Candidate, Plan, Rectangle, twice_cost


def shelves_hold(candidate: Candidate, width: int, height: int) -> bool:
    """Whether the regions, all of one height, fit on shelves of that height."""
    shelves = height // candidate.height
    if candidate.stages == 0:
        return shelves >= 1
    beside_top = (width - candidate.top_width) // candidate.stage_width
    return beside_top + (shelves - 1) * (width // candidate.stage_width) >= candidate.stages


def _on_shelves(candidate: Candidate, width: int, height: int) -> tuple[Rectangle, ...] | None:
    """Put the regions in order on shelves, every other one from right to left; None if they do not fit."""
    tall, wide, top = candidate.height, candidate.stage_width, candidate.top_width
    if tall > height or max(wide, top) > width:
        return None
    placed = [Rectangle(0, 0, top, tall)]
    last = len(range(top, width - wide + 1, wide)) if candidate.stages else 0
    placed += [Rectangle(top + i * wide, 0, wide, tall) for i in range(min(last, candidate.stages))]
    for shelf in range(1, height // tall):
        row = range(0, width - wide + 1, wide) if len(placed) <= candidate.stages else ()
        placed += [Rectangle(x, shelf * tall, wide, tall) for x in (row if shelf % 2 == 0 else row[::-1])]
    return tuple(placed[: candidate.stages + 1]) if len(placed) > candidate.stages else None


def _in_columns(candidate: Candidate, width: int, height: int) -> tuple[Rectangle, ...] | None:
    """Put the regions in order in columns, every other one upwards; None if they do not fit."""
    tall, wide, top = candidate.height, candidate.stage_width, candidate.top_width
    first = max(top, wide)
    if tall > height or first > width:
        return None
    ys = range(0, height - tall + 1, tall)
    placed = [Rectangle(0, y, wide if y else top, tall) for y in ys[: candidate.stages + 1]]
    for column, x in enumerate(range(first, width - wide + 1, wide) if candidate.stages else ()):
        rows = ys if len(placed) <= candidate.stages else ()
        placed += [Rectangle(x, y, wide, tall) for y in (rows if column % 2 else rows[::-1])]
    return tuple(placed[: candidate.stages + 1]) if len(placed) > candidate.stages else None


def between_obstacles(
    c: Candidate, width: int, height: int, tallest_stacked: int, obstacles: Obstacles
) -> list[tuple[Rectangle, ...]]:
    """Return the ways found to put a candidate's regions between obstacles: on shelves, in columns."""
    stackable = c.height <= tallest_stacked
    shelves = height // c.height if stackable else 1
    wide = c.stage_width or c.top_width
    found = [pack((c.top_width, wide, c.stages), c.height, (width, height), obstacles, shelves)]
    if stackable and c.stages:
        first = max(c.top_width, wide)
        columns = pack(
            (c.height, c.height, c.stages), first, (height, width), obstacles.turned(), width // first
        )
        if columns is not None:
            turned = [Rectangle(r.y, r.x, wide, c.height) for r in columns]
            found.append((Rectangle(turned[0].x, turned[0].y, c.top_width, c.height), *turned[1:]))
    return [plan for plan in found if plan is not None]


def simple_plan(
    candidates: Sequence[Candidate], width: int, height: int, tallest_stacked: int, obstacles: Obstacles
) -> Plan | None:
    """Return the best plan that stands on shelves or in columns; None if no candidate fits so."""
    plans: list[Plan] = []
    for c in candidates:
        if obstacles:
            between = between_obstacles(c, width, height, tallest_stacked, obstacles)
            plans += [(c, rectangles) for rectangles in between]
            continue
        stackable = c.height <= tallest_stacked
        rows = height if stackable else min(height, c.height)
        found = [_on_shelves(c, width, rows), _in_columns(c, width, rows)]
        plans += [(c, rectangles) for rectangles in found if rectangles is not None]
    return min(plans, key=twice_cost, default=None)
