"""Routes: switch settings over rectangles of routers, and the table of what each single router does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .fault import FaultDetail, MachineFault
from .wavelet import state as st

OFFSETS = {st.NORTH: (0, -1), st.EAST: (1, 0), st.SOUTH: (0, 1), st.WEST: (-1, 0)}
"""x and y of the neighbour in each direction."""
OPPOSITE = {st.NORTH: st.SOUTH, st.SOUTH: st.NORTH, st.EAST: st.WEST, st.WEST: st.EAST}

Rect = tuple[int, int, int, int, int, int]
"""x0, y0, nx, ny, step x, step y."""


@dataclass(frozen=True, slots=True)
class Route:
    """How the routers of a strided rectangle switch one color; directions are `N`, `E`, `S`, `W`, `RAMP`.

    A router with several routes of a color starts in `position` 0 and moves to the next one, after the last
    back to 0, when `messages` messages have left it. `messages` is 0 where a position is the only one.
    """

    flow: str
    color: int
    rect: Rect
    input: str
    outputs: tuple[str, ...]
    position: int = 0
    messages: int = 0
    location: str = ""
    """Where the model asks for it, as file:line:column"""


def rect_points(rect: Rect) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the x and y of all points of a rectangle, row by row."""
    x0, y0, nx, ny, sx, sy = rect
    y, x = np.mgrid[0:ny, 0:nx]
    return (x0 + x.ravel() * sx).astype(np.int64), (y0 + y.ravel() * sy).astype(np.int64)


@dataclass(frozen=True, slots=True)
class SettingTable:
    """One row a router, color and switch position, in this order; all but the first five are int64[rows]."""

    width: int
    """Routers in a row; router number y * width + x"""
    colors: int
    flows: tuple[str, ...]
    locations: Mapping[str, str]
    """Of each flow, where the model asks for it"""
    switched: NDArray[np.bool_]
    """[rows] whether the router has several positions of the color"""
    router: NDArray[np.int64]
    color: NDArray[np.int64]
    position: NDArray[np.int64]
    source: NDArray[np.int64]
    """Direction that wavelets come from"""
    links: NDArray[np.int64]
    """Directions they go to, one bit each"""
    messages: NDArray[np.int64]
    flow: NDArray[np.int64]
    """Number of the flow"""

    def raise_for(self, rows: NDArray[np.int64], kind: str, message: str, text: str) -> None:
        """Raise `MachineFault` with `text` for each of `rows`, if there are any."""
        if rows.size:
            raise MachineFault(kind, message, tuple(self.detail(row, text) for row in rows.tolist()))

    def detail(self, row: int, text: str) -> FaultDetail:
        """Return `text` about a row."""
        y, x = divmod(int(self.router[row]), self.width)
        flow = self.flows[int(self.flow[row])]
        return FaultDetail(x, y, text, int(self.color[row]), flow, location=self.locations[flow])


def setting_table(width: int, height: int, routes: Sequence[Route]) -> SettingTable:
    """Return what each router does. Raises `MachineFault` as `wire` does, but for ways off the wafer."""
    flows = tuple(dict.fromkeys(route.flow for route in routes))
    flow_numbers = {flow: number for number, flow in enumerate(flows)}
    parts = [_rows(width, height, route, flow_numbers[route.flow]) for route in routes]
    rows = np.concatenate(parts) if parts else np.empty((0, 7), np.int64)
    # Most routers do one thing only with a color; then routers and colors are order enough.
    colors, positions = (int(rows[:, k].max(initial=0)) + 1 for k in (1, 2))
    keys = (rows[:, 0] * colors + rows[:, 1]) * positions + rows[:, 2]
    order = np.argsort(keys, kind="stable")
    rows, keys = rows[order], keys[order]
    places = keys // positions
    same = np.flatnonzero(places[1:] == places[:-1])
    switched = np.zeros(len(rows), np.bool_)
    switched[same] = switched[same + 1] = True
    columns = [np.ascontiguousarray(rows[:, k]) for k in range(7)]
    locations = {route.flow: route.location for route in reversed(routes)}
    table = SettingTable(width, colors, flows, locations, switched, *columns)
    _check_positions(table, same)
    return table


def _rows(width: int, height: int, route: Route, flow: int) -> NDArray[np.int64]:
    """Return the rows of one route."""
    x, y = rect_points(route.rect)
    if x.size and (min(x.min(), y.min()) < 0 or x.max() >= width or y.max() >= height):
        place = int(x.max()), int(y.max())
        detail = FaultDetail(*place, "not on the wafer", route.color, route.flow, location=route.location)
        raise MachineFault("off-wafer", f"a route lies off the {width} x {height} wafer", (detail,))
    if route.input in route.outputs or len(set(route.outputs)) != len(route.outputs):
        text = "leads back or twice the same way"
        place = route.rect[:2]
        detail = FaultDetail(*place, text, route.color, route.flow, location=route.location)
        raise MachineFault("program", "a route is not one that a router can switch", (detail,))
    links = sum(1 << st.DIRECTIONS.index(output) for output in route.outputs)
    rows = np.empty((x.size, 7), np.int64)
    rows[:, 0] = y * width + x
    source = st.DIRECTIONS.index(route.input)
    rows[:, 1:] = (route.color, route.position, source, links, route.messages, flow)
    return rows


def _check_positions(table: SettingTable, same: NDArray[np.int64]) -> None:
    """Raise for what positions cannot be; rows `same` are of one router and color with the next ones."""
    twice = same[table.position[same] == table.position[same + 1]]
    if twice.size:
        details = tuple(
            table.detail(row, f"also routed by flow '{table.flows[int(table.flow[row + 1])]}'")
            for row in twice.tolist()
        )
        raise MachineFault("program", "a router has two routes for one color", details)
    expected = np.zeros(table.router.size, np.int64)
    expected[same + 1] = table.position[same] + 1
    wrong = np.flatnonzero(table.position != expected)
    message = "the positions of a switch do not count from 0"
    table.raise_for(wrong, "program", message, "comes after a position that is not there")
    lasting = np.flatnonzero(table.switched & (table.messages < 1))
    message = "a switch position does not say for how many messages it lasts"
    table.raise_for(lasting, "program", message, "one of several positions, without messages")
