"""Multicast trees on the mesh: from one PE to the PEs of a row segment, by rows and columns."""

from __future__ import annotations

from dataclasses import dataclass

from ...ir.routes import OPPOSITE, STEP, Point


@dataclass(frozen=True, slots=True)
class Switch:
    """The setting of one router: where wavelets come in and where copies go out."""

    input: str
    outputs: tuple[str, ...]


Tree = dict[Point, Switch]
"""The switch settings of one flow, by router."""


def row_tree(source: Point, row: int, first: int, last: int, trunk: int) -> Tree:
    """Return the tree from `source` to all PEs of `row` from column `first` to `last`.

    It runs along the source's row to column `trunk`, along that column to `row`, then both ways. When the
    source is in that row already, the trunk does not matter. The source itself is never a sink. Raises
    `ValueError` if there is no other PE to reach.
    """
    if source == (first, row) and first == last:
        raise ValueError(f"a tree from {source} to itself")
    outputs: dict[Point, list[str]] = {}
    inputs: dict[Point, str] = {source: "RAMP"}

    def walk(start: Point, direction: str, steps: int) -> Point:
        x, y = start
        for _ in range(steps):
            exits = outputs.setdefault((x, y), [])
            if direction not in exits:
                exits.append(direction)
            x, y = x + STEP[direction][0], y + STEP[direction][1]
            inputs.setdefault((x, y), OPPOSITE[direction])
        return x, y

    corner = source
    if source[1] != row:
        corner = walk(corner, "E" if trunk > source[0] else "W", abs(trunk - source[0]))
        corner = walk(corner, "S" if row > source[1] else "N", abs(row - source[1]))
    walk(corner, "E", last - corner[0])
    walk(corner, "W", corner[0] - first)
    for x in range(first, last + 1):
        if (x, row) != source:
            outputs.setdefault((x, row), []).append("RAMP")
    return {point: Switch(entry, tuple(outputs[point])) for point, entry in inputs.items()}


def length(tree: Tree) -> int:
    """Return the number of links that the tree uses."""
    return sum(len([exit for exit in switch.outputs if exit != "RAMP"]) for switch in tree.values())
