"""Trees around defects: a shortest way from a PE to a row, then along the row."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heappop, heappush

from ...ir.defects import DefectMap
from ...ir.routes import OPPOSITE, STEP, Point
from .trees import Switch, Tree

_STEP_COST = 1 << 16
"""A step counts more than all turns of a way."""
_CROWD_COST = _STEP_COST // 4
"""What a router costs for each flow that it has already: to meet others takes colors."""

_State = tuple[Point, str]
"""A router and the direction in which its wavelets came."""


def is_legal(tree: Tree, defects: DefectMap) -> bool:
    """Whether no router of the tree is dead and no link."""
    return not any(
        point in defects.dead
        or any(exit != "RAMP" and defects.is_cut(point, exit) for exit in switch.outputs)
        for point, switch in tree.items()
    )


def detour(
    source: Point,
    sinks: tuple[int, int, int],
    size: tuple[int, int],
    defects: DefectMap,
    crowd: Mapping[Point, int],
) -> Tree | None:
    """Return a tree from `source` to all PEs of a row around defects; None if there is none.

    `sinks` are the row, its first and last column; the source is none of them. `size` is the wafer's,
    `crowd` counts the flows that routers have already. The way to the row is one with the least steps and
    flows met, then turns; among equals the same one is found every time.
    """
    way = _way(source, sinks, size, defects, crowd)
    if way is None:
        return None
    row, first, last = sinks
    inputs, outputs = {source: "RAMP"}, dict[Point, list[str]]()
    point = source

    def step(direction: str) -> None:
        nonlocal point
        outputs.setdefault(point, []).append(direction)
        point = (point[0] + STEP[direction][0], point[1] + STEP[direction][1])
        inputs[point] = OPPOSITE[direction]

    for direction in way:
        step(direction)
    entry = point
    for direction, steps in (("E", last - entry[0]), ("W", entry[0] - first)):
        point = entry
        for _ in range(steps):
            step(direction)
    for x in range(first, last + 1):
        outputs.setdefault((x, row), []).append("RAMP")
    tree = {at: Switch(came, tuple(outputs[at])) for at, came in inputs.items()}
    return tree if is_legal(tree, defects) else None


def _way(
    source: Point,
    sinks: tuple[int, int, int],
    size: tuple[int, int],
    defects: DefectMap,
    crowd: Mapping[Point, int],
) -> list[str] | None:
    """Return the directions of a cheapest way to the row (A*; Hart, Nilsson and Raphael 1968)."""
    row, first, last = sinks

    def rest(x: int, y: int) -> int:
        return (abs(y - row) + max(first - x, x - last, 0)) * _STEP_COST

    start: _State = (source, "")
    cost: dict[_State, int] = {start: 0}
    came: dict[_State, _State] = {}
    heap: list[tuple[int, int, _State]] = [(rest(*source), 0, start)]
    while heap:
        _, so_far, state = heappop(heap)
        (x, y), facing = state
        if so_far > cost[state]:
            continue
        if y == row and first <= x <= last:
            way: list[str] = []
            while state in came:
                way.append(state[1])
                state = came[state]
            return way[::-1]
        for direction, (dx, dy) in STEP.items():
            point = x + dx, y + dy
            inside = 0 <= point[0] < size[0] and 0 <= point[1] < size[1]
            back = facing != "" and direction == OPPOSITE[facing]
            if not inside or back or point in defects.dead or defects.is_cut((x, y), direction):
                continue
            turn = facing not in ("", direction)
            price = so_far + _STEP_COST + turn + _CROWD_COST * crowd.get(point, 0)
            after = point, direction
            if price < cost.get(after, price + 1):
                cost[after], came[after] = price, state
                heappush(heap, (price + rest(*point), price, after))
    return None
