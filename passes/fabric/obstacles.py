"""Room between defects: where a rectangle can stand, and the largest one that is left.

Defects become points of a grid with twice the coordinates: PE (x, y) is (2x, 2y), the link to its right
(2x + 1, 2y), the one below (2x, 2y + 1). A rectangle of PEs covers the points between its corners.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ...ir.defects import Defects
from .shapes import Rectangle


@dataclass(frozen=True, slots=True)
class Obstacles:
    """Points of the doubled grid that no region may cover, sorted by row, then column."""

    points: tuple[tuple[int, int], ...] = ()

    @staticmethod
    def of(defects: Defects) -> Obstacles:
        """Return the obstacles of a wafer with these defects."""
        points = {(2 * x, 2 * y) for x, y in defects.pes}
        points |= {(2 * x + 1, 2 * y) for x, y in defects.east}
        points |= {(2 * x, 2 * y + 1) for x, y in defects.south}
        return Obstacles(tuple(sorted(points, key=lambda point: (point[1], point[0]))))

    def __bool__(self) -> bool:
        return bool(self.points)

    def in_rows(self, y: int, height: int) -> list[int]:
        """Return the doubled columns of the obstacles that rows `y` to `y + height - 1` cover, ascending."""
        low = bisect_left(self.points, 2 * y, key=lambda point: point[1])
        high = bisect_left(self.points, 2 * (y + height) - 1, key=lambda point: point[1])
        return sorted(u for u, _ in self.points[low:high])

    def turned(self) -> Obstacles:
        """Return the obstacles with rows and columns exchanged."""
        return Obstacles(
            tuple(sorted(((v, u) for u, v in self.points), key=lambda point: (point[1], point[0])))
        )

    def starts(self, height: int) -> list[int]:
        """Return the rows at which a strip `height` rows high has just passed, or just meets, an obstacle."""
        found = {0}
        for _, v in self.points:
            found |= {v // 2 + 1, max(0, (v + 1) // 2 - height)}
        return sorted(found)


NO_OBSTACLES = Obstacles()


def first_fit(columns: Sequence[int], x: int, width: int, end: int) -> int | None:
    """Return the first place from `x` on where `width` columns lie left of `end` without an obstacle.

    `columns` are the doubled columns of obstacles, ascending.
    """
    for u in columns[bisect_left(columns, 2 * x) :]:
        if u > 2 * (x + width) - 2:
            break
        x = u // 2 + 1
    return x if x + width <= end else None


def _strip(columns: Sequence[int], end: int, widths: Iterator[int]) -> Iterator[tuple[int, int]]:
    """Yield places and widths of rectangles side by side, from the left, as many as there is room for."""
    x = 0
    for width in widths:
        place = first_fit(columns, x, width, end)
        if place is None:
            return
        yield place, width
        x = place + width


def pack(
    need: tuple[int, int, int], strip: int, size: tuple[int, int], obstacles: Obstacles, strips: int
) -> tuple[Rectangle, ...] | None:
    """Return rectangles in order on strips between obstacles, or None if no way was found.

    `need` is the width of the first one, that of the others, and how many others; all are `strip` rows high,
    on a wafer of `size` (width, height). At most `strips` strips are filled, every other one from right to
    left.
    """
    count = need[2]
    width, height = size
    for start in obstacles.starts(strip):
        placed: list[Rectangle] = []
        y = start
        for number in range(strips):
            found = _best_strip(placed, need, (y, strip), size, obstacles)
            if found is None:
                break
            y, row = found
            xs = row if number % 2 == 0 else _from_the_right(row, width, obstacles.in_rows(y, strip))
            placed += [Rectangle(x, y, wide, strip) for x, wide in xs]
            if len(placed) > count:
                return tuple(placed[: count + 1])
            y += strip
            if y + strip > height:
                break
    return None


def _best_strip(
    placed: Sequence[Rectangle],
    need: tuple[int, int, int],
    rows: tuple[int, int],
    size: tuple[int, int],
    obstacles: Obstacles,
) -> tuple[int, list[tuple[int, int]]] | None:
    """Return the row, up to a strip further down, at which most of what is left fits, and how it does."""
    (first, others, count), (y, strip), (width, height) = need, rows, size
    left = count + 1 - len(placed)
    widths = ([first] if not placed else []) + [others] * (left - (not placed))
    best: tuple[int, list[tuple[int, int]]] | None = None
    places = [y, *(p for p in obstacles.starts(strip) if y < p <= y + strip)] if placed else [y]
    for place in places:
        if place + strip > height:
            break
        row = list(_strip(obstacles.in_rows(place, strip), width, iter(widths)))
        if row and (best is None or len(row) > len(best[1])):
            best = place, row
    return best


def _from_the_right(
    row: Sequence[tuple[int, int]], width: int, columns: Sequence[int]
) -> list[tuple[int, int]]:
    """Return as many places as `row` has, found from the right."""
    mirrored = [2 * (width - 1) - u for u in reversed(columns)]
    found = _strip(mirrored, width, iter([wide for _, wide in row]))
    return [(width - place - wide, wide) for place, wide in found]


def largest_rectangle(width: int, height: int, obstacles: Obstacles) -> Rectangle | None:
    """Return the rectangle of most PEs without an obstacle, the first from above and left among equals.

    None if there is none. For every row below which one may begin, the obstacles are met from there
    downwards, and the widest gap between their columns is kept.
    """
    best: tuple[int, Rectangle] | None = None
    tops = sorted({0, *(v // 2 + 1 for _, v in obstacles.points)})
    for top in tops:
        start = bisect_left(obstacles.points, 2 * top, key=lambda point: point[1])
        columns = [-1, 2 * width - 1]
        widest = (width, 0)
        rows = [*obstacles.points[start:], (-1, 2 * height - 1)]
        for index, (u, v) in enumerate(rows):
            if index == 0 or v != rows[index - 1][1]:
                tall = (v + 1) // 2 - top
                area = widest[0] * tall
                if area > 0 and (best is None or area > best[0]):
                    best = area, Rectangle(widest[1], top, widest[0], tall)
            if u >= 0:
                widest = _add_column(columns, u, widest)
    return best[1] if best is not None else None


def _add_column(columns: list[int], u: int, widest: tuple[int, int]) -> tuple[int, int]:
    """Add an obstacle's column; return the widest gap (PEs, first column), knowing it as it was before."""
    insort(columns, u)
    if not 2 * widest[1] <= u <= 2 * (widest[0] + widest[1]) - 2:
        return widest
    gaps = ((left // 2 + 1, (right + 1) // 2) for left, right in pairwise(columns))
    return max(((max(0, end - start), start) for start, end in gaps), key=lambda gap: (gap[0], -gap[1]))
