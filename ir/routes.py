"""What routers do with each color: `fabric.route` operations as one table, checked for contradictions.

It shares nothing with the passes that write routes, so it can judge them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .attributes import ArrayAttr, IntegerAttr, StringAttr
from .dialects.fabric import numbers, switch_position
from .operation import Operation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]

DIRECTIONS = ("N", "E", "S", "W", "RAMP")
"""Directions by their number in a table."""
RAMP = DIRECTIONS.index("RAMP")
STEP = {"N": (0, -1), "S": (0, 1), "E": (1, 0), "W": (-1, 0)}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}
Point = tuple[int, int]
Report = list[tuple[str, Operation]]


def rect_points(rect: tuple[int, ...]) -> Iterator[Point]:
    """Yield the points of a strided rectangle x0, y0, nx, ny, step x, step y, row by row."""
    x0, y0, nx, ny, sx, sy = rect
    for j in range(ny):
        for i in range(nx):
            yield x0 + i * sx, y0 + j * sy


def rect_end(rect: tuple[int, ...]) -> Point:
    """Return the last point of a strided rectangle, without going through all of them."""
    x0, y0, nx, ny, sx, sy = rect
    return x0 + (nx - 1) * sx, y0 + (ny - 1) * sy


def rect_numbers(rect: tuple[int, ...], width: int) -> IntArray:
    """Return the numbers y * `width` + x of the points of a strided rectangle, row by row."""
    import numpy as np  # not above: to read and print programs takes no arrays

    x0, y0, nx, ny, sx, sy = rect
    rows = (y0 + sy * np.arange(ny, dtype=np.int64)) * width
    return (rows[:, None] + (x0 + sx * np.arange(nx, dtype=np.int64))).reshape(-1)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the routers of a `width` x `height` wafer do: one row for each router, color and switch position.

    Rows are ordered by these three; all arrays are [rows] but those of channels. A *channel* is a color at a
    router; positions of a channel count from 0.
    """

    width: int
    height: int
    routes: tuple[Operation, ...]
    flows: tuple[str, ...]
    """Names of flows."""
    route: IntArray
    """Number of the operation that says so."""
    flow: IntArray
    """Number of the flow's name."""
    router: IntArray
    """y * width + x."""
    color: IntArray
    position: IntArray
    input: IntArray
    """Number of the direction that wavelets come from."""
    outputs: IntArray
    """Bit d is set if copies go out in direction number d."""
    messages: IntArray
    """Messages after which the channel moves to its next position; 0 if it stays for ever."""
    keys: IntArray
    """[channels] router * colors + color."""
    first: IntArray
    """[channels + 1] first row of each channel."""
    colors: int

    def point(self, row: int) -> Point:
        """Return the router of a row as a point."""
        router = int(self.router[row])
        return router % self.width, router // self.width

    def op(self, row: int) -> Operation:
        """Return the operation that a row comes from."""
        return self.routes[int(self.route[row])]

    def name(self, row: int) -> str:
        """Return the name of a row's flow."""
        return self.flows[int(self.flow[row])]

    def channel(self, router: IntArray, color: IntArray) -> IntArray:
        """Return the channel of each color at each router, -1 where the router does not have it."""
        import numpy as np

        if not self.keys.size:
            return np.full(router.shape, -1, np.int64)
        wanted = router * self.colors + color
        found = np.minimum(np.searchsorted(self.keys, wanted), self.keys.size - 1)
        return np.where(self.keys[found] == wanted, found, -1)

    def rows_at(self, point: Point, color: int) -> range:
        """Return the rows of a color at a router, by position; none if the router does not have it."""
        import numpy as np

        router, wanted = (np.array([n], np.int64) for n in (point[1] * self.width + point[0], color))
        channel = int(self.channel(router, wanted)[0]) if color < self.colors else -1
        return range(0) if channel < 0 else range(int(self.first[channel]), int(self.first[channel + 1]))


def collect_settings(routes: Iterable[Operation], width: int, height: int) -> tuple[Settings, Report]:
    """Return the settings of all routers, and the problems.

    Problems: routers off the wafer, two settings of one color at a router in one switch position, positions
    that are left out or last for ever among several. Each is reported once for the operations it is of.
    """
    import numpy as np

    ops = tuple(routes)
    problems: Report = []
    flows: dict[str, int] = {}
    facts = np.zeros((len(ops), 6), np.int64)
    points: list[IntArray] = []
    for number, op in enumerate(ops):
        name = op.attribute("flow", StringAttr).value
        rect = numbers(op, "rect")
        first, last = rect[:2], rect_end(rect)
        inside = min(first) >= 0 and last[0] < width and last[1] < height
        if not inside:
            point = last if min(first) >= 0 else (first[0], first[1])
            problems.append((f"flow '{name}' has a route at {point}, off the {width} x {height} wafer", op))
        points.append(rect_numbers(rect, width) if inside else np.zeros(0, np.int64))
        outputs = (a.value for a in op.attribute("outputs", ArrayAttr) if isinstance(a, StringAttr))
        facts[number] = (
            flows.setdefault(name, len(flows)),
            op.attribute("color", IntegerAttr).value,
            DIRECTIONS.index(op.attribute("input", StringAttr).value),
            sum(1 << DIRECTIONS.index(output) for output in outputs),
            *switch_position(op),
        )
    route = np.repeat(np.arange(len(ops)), [p.size for p in points])
    router = np.concatenate(points) if points else np.zeros(0, np.int64)
    colors = int(facts[:, 1].max(initial=0)) + 1
    positions = int(facts[:, 4].max(initial=0)) + 1
    order = np.argsort((router * colors + facts[route, 1]) * positions + facts[route, 4], kind="stable")
    route, router = route[order], router[order]
    keys, position = router * colors + facts[route, 1], facts[route, 4]
    twice = np.flatnonzero((keys[1:] == keys[:-1]) & (position[1:] == position[:-1])) + 1
    problems += _contradictions(ops, facts, tuple(flows), route, router, twice, width)
    kept = np.delete(np.arange(route.size), twice)
    route, router, keys = route[kept], router[kept], keys[kept]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if keys.size else np.zeros(0, np.int64)
    settings = Settings(
        width,
        height,
        ops,
        tuple(flows),
        route,
        facts[route, 0],
        router,
        facts[route, 1],
        facts[route, 4],
        facts[route, 2],
        facts[route, 3],
        facts[route, 5],
        keys[starts],
        np.append(starts, keys.size),
        colors,
    )
    return settings, [*problems, *_wrong_positions(settings)]


def _contradictions(
    ops: tuple[Operation, ...],
    facts: IntArray,
    flows: tuple[str, ...],
    route: IntArray,
    router: IntArray,
    twice: IntArray,
    width: int,
) -> Report:
    """Say which operations want one color at one router in one position, each pair once."""
    problems: dict[tuple[int, int], tuple[str, Operation]] = {}
    for row in twice.tolist():
        other, mine = int(route[row - 1]), int(route[row])
        if (other, mine) in problems:
            continue
        _, color, _, _, position, _ = facts[mine].tolist()
        point = (int(router[row]) % width, int(router[row]) // width)
        when = f" in switch position {position}" if position else ""
        names = [flows[int(facts[number, 0])] for number in (other, mine)]
        text = f"flows '{names[0]}' and '{names[1]}' both use color {color} at router {point}{when}"
        problems[other, mine] = (text, ops[mine])
    return list(problems.values())


def _wrong_positions(settings: Settings) -> Report:
    """Say where switch positions are left out, or last for ever although others follow."""
    import numpy as np

    count = np.diff(settings.first)
    rank = np.arange(settings.route.size) - np.repeat(settings.first[:-1], count)
    several = np.repeat(count, count) > 1
    problems: dict[int, tuple[str, Operation]] = {}
    for row in np.flatnonzero((settings.position != rank) | (several & (settings.messages == 0))).tolist():
        color, point, position = int(settings.color[row]), settings.point(row), int(settings.position[row])
        if position != int(rank[row]):
            text = f"color {color} at router {point} has switch position {position}, but none before it"
        else:
            text = f"switch position {position} of color {color} at router {point} lasts for ever"
        problems.setdefault(int(settings.route[row]), (text, settings.op(row)))
    return list(problems.values())
