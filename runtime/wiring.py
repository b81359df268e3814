"""Wiring: from switch settings over rectangles of routers to the queues of the wavelet engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .fault import FaultDetail, MachineFault
from .wavelet import state as st
from .wavelet.bitmap import bitmap
from .wavelet.prefetch import PADDING
from .wavelet.state import Network

Rect = tuple[int, int, int, int, int, int]
"""x0, y0, nx, ny, step x, step y."""

_OFFSETS = {st.NORTH: (0, -1), st.EAST: (1, 0), st.SOUTH: (0, 1), st.WEST: (-1, 0)}
_OPPOSITE = {st.NORTH: st.SOUTH, st.SOUTH: st.NORTH, st.EAST: st.WEST, st.WEST: st.EAST}


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


@dataclass(frozen=True, slots=True)
class QueueDepths:
    """How many wavelets each kind of queue holds, and the cycles of a way; names as in a target.

    A wavelet that left a router in cycle D may leave the next one in D + `hop_cycles`, and `turn_cycles`
    later where that router sends it anywhere but straight on or up the ramp.
    """

    ramp_cycles: int
    router_queue_wavelets: int
    core_input_queue_wavelets: int
    core_output_queue_wavelets: int
    hop_cycles: int = 1
    turn_cycles: int = 0


@dataclass(frozen=True, slots=True)
class Wiring:
    """The network before a launch, and which flow each router queue belongs to."""

    network: Network
    first_route: NDArray[np.int32]
    """[routers + 1] first router queue of each router"""
    flow: NDArray[np.int32]
    """[routes] number of the flow"""
    flows: tuple[str, ...]
    input: NDArray[np.int8]
    """[routes] direction that the route takes wavelets from"""

    @property
    def queues(self) -> NDArray[np.int32]:
        """[queues + 1, QUEUE_FIELDS] the queues as a table, the last row unused"""
        return self.network.queues.reshape(-1, st.QUEUE_FIELDS)

    @property
    def routes(self) -> int:
        """Number of router queues."""
        return self.flow.size

    def flow_of(self, queue: int) -> str:
        """Return the flow that a queue, router's or core's, belongs to."""
        route = queue if queue < self.routes else int(self.queues[queue, st.SOURCE])
        return self.flows[int(self.flow[route])]


def rect_points(rect: Rect) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the x and y of all points of a rectangle, row by row."""
    x0, y0, nx, ny, sx, sy = rect
    y, x = np.mgrid[0:ny, 0:nx]
    return (x0 + x.ravel() * sx).astype(np.int64), (y0 + y.ravel() * sy).astype(np.int64)


def wire(
    width: int, height: int, routes: Sequence[Route], depths: QueueDepths, core_of_router: NDArray[np.int32]
) -> Wiring:
    """Return the queues of `routes` on a grid of routers (number y * width + x).

    `core_of_router` has the number of each router's core, or -1. Raises `MachineFault` (`off-wafer`) when
    a route lies or leads off the wafer, and (`program`) when two routes want one color at one router.
    """
    flows = tuple(dict.fromkeys(route.flow for route in routes))
    flow_numbers = {flow: number for number, flow in enumerate(flows)}
    parts: list[NDArray[np.int64]] = []
    for route in routes:
        x, y = rect_points(route.rect)
        if x.size and (min(x.min(), y.min()) < 0 or x.max() >= width or y.max() >= height):
            detail = FaultDetail(int(x.max()), int(y.max()), "not on the wafer", route.color, route.flow)
            raise MachineFault("off-wafer", f"a route lies off the {width} x {height} wafer", (detail,))
        if route.input in route.outputs or len(set(route.outputs)) != len(route.outputs):
            detail = FaultDetail(
                route.rect[0], route.rect[1], "leads back or twice the same way", route.color, route.flow
            )
            raise MachineFault("program", "a route is not one that a router can switch", (detail,))
        links = sum(1 << st.DIRECTIONS.index(output) for output in route.outputs)
        row = np.empty((x.size, 5), np.int64)
        row[:, 0] = y * width + x
        row[:, 1:] = (route.color, st.DIRECTIONS.index(route.input), links, flow_numbers[route.flow])
        parts.append(row)
    table = np.concatenate(parts) if parts else np.empty((0, 5), np.int64)
    colors = int(table[:, 1].max()) + 1 if len(table) else 1
    keys = table[:, 0] * colors + table[:, 1]
    order = np.argsort(keys, kind="stable")
    table, keys = table[order], keys[order]
    _check_unique(keys, table, width, flows)
    return _build(width, height, colors, table, keys, flows, depths, core_of_router)


def _check_unique(
    keys: NDArray[np.int64], table: NDArray[np.int64], width: int, flows: tuple[str, ...]
) -> None:
    same = np.flatnonzero(keys[1:] == keys[:-1])
    if same.size:
        details = tuple(
            _detail(table[row], width, flows, f"also routed by flow '{flows[int(table[row + 1, 4])]}'")
            for row in same
        )
        raise MachineFault("program", "a router has two routes for one color", details)


def _build(
    width: int,
    height: int,
    colors: int,
    table: NDArray[np.int64],
    keys: NDArray[np.int64],
    flows: tuple[str, ...],
    depths: QueueDepths,
    core_of_router: NDArray[np.int32],
) -> Wiring:
    router, color, source, links = (table[:, column] for column in range(4))
    count = len(table)
    to_core = np.flatnonzero(links >> st.RAMP & 1)
    queues = np.full((count + to_core.size, st.QUEUE_FIELDS), -1, np.int32)
    queues[:, st.LEVEL] = 0
    from_core = source == st.RAMP
    queues[:count, st.SOURCE] = np.where(from_core, core_of_router[router], -1)
    filled = np.zeros(count, np.int64)
    x, y = router % width, router // width
    for direction in range(5):
        rows = np.flatnonzero(links >> direction & 1)
        if direction == st.RAMP:
            down = count + np.arange(rows.size)
        else:
            dx, dy = _OFFSETS[direction]
            place = x[rows] + dx, y[rows] + dy
            down = _neighbours((width, height, colors), keys, source, place, color[rows], direction)
            _check_on_wafer(down, table[rows], width, direction, flows)
        queues[rows, st.DOWN + filled[rows]] = down
        filled[rows] += 1
        fed = down >= 0
        queues[down[fed], st.SOURCE] = rows[fed]
    queues[count:, st.DOWN] = core_of_router[router[to_core]]
    capacity = np.full(len(queues), depths.core_input_queue_wavelets, np.int64)
    capacity[:count] = np.where(from_core, depths.core_output_queue_wavelets, depths.router_queue_wavelets)
    queues[:, st.SHAPE] = capacity
    queues[:count, st.SHAPE] += (
        (filled << st.OUTPUTS_SHIFT)
        + (filled - (links >> st.RAMP & 1) << st.MESH_OUTPUTS_SHIFT)
        + (links << st.LINKS_SHIFT)
        + from_core * st.FROM_CORE
    )
    # A slot is two numbers (wavelet, time) at a core, one elsewhere.
    numbers = np.where(np.append(from_core, np.ones(to_core.size, np.bool_)), 2 * capacity, capacity)
    ends = np.cumsum(numbers)
    queues[:, st.BASE] = ends - numbers
    if count and ends[-1] >= 2**31:
        raise MachineFault("program", "the machine has more queue slots than the engine can number")
    bits, summary = bitmap(count)
    network = Network(
        queues=np.append(queues.reshape(-1), np.zeros(st.QUEUE_FIELDS, np.int32)),
        slots=np.zeros(int(numbers.sum()) + 1, np.uint32),
        router=np.append(router, router[to_core]).astype(np.int32),
        color=np.append(color, color[to_core]).astype(np.int32),
        awake=bits,
        awake_words=summary,
        moves=np.zeros(count + PADDING, np.int32),
        loads=np.zeros(0, np.int64),
    )
    first_route = np.searchsorted(router, np.arange(width * height + 1)).astype(np.int32)
    return Wiring(network, first_route, table[:, 4].astype(np.int32), flows, source.astype(np.int8))


def _neighbours(
    sizes: tuple[int, int, int],
    keys: NDArray[np.int64],
    source: NDArray[np.int64],
    place: tuple[NDArray[np.int64], NDArray[np.int64]],
    color: NDArray[np.int64],
    direction: int,
) -> NDArray[np.int64]:
    """Return the queue at each place that takes `color` in `direction`, else a code; -3 off the wafer."""
    width, height, colors = sizes
    x, y = place
    wanted = (y * width + x) * colors + color
    found = np.minimum(np.searchsorted(keys, wanted), keys.size - 1)
    down = np.where(source[found] == _OPPOSITE[direction], found, st.OTHER_INPUT)
    down = np.where(keys[found] == wanted, down, st.NO_ROUTE)
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    return np.where(inside, down, -3)


def _check_on_wafer(
    down: NDArray[np.int64], table: NDArray[np.int64], width: int, direction: int, flows: tuple[str, ...]
) -> None:
    outside = table[down == -3]
    if len(outside):
        text = f"leads {st.DIRECTIONS[direction]}, off the wafer"
        details = tuple(_detail(row, width, flows, text) for row in outside)
        raise MachineFault("off-wafer", "a route leads off the wafer", details)


def _detail(row: NDArray[np.int64], width: int, flows: tuple[str, ...], message: str) -> FaultDetail:
    """Return what there is to say about a row (router, color, input, links, flow) of the table of routes."""
    router = int(row[0])
    return FaultDetail(router % width, router // width, message, int(row[1]), flows[int(row[4])])
