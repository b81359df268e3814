"""The network of the stream engine: servers, lanes and sinks, from switch settings over rectangles.

A *server* is what a router does with one color: positions that follow each other, each with the lane that
it takes wavelets from and the outputs that it sends them to. A *lane* is a queue in front of a server, one
for each direction that it takes wavelets from; a lane that is fed by a core is its output queue. A *sink*
is a core's input queue of one color. A *resource* is a link or a ramp that several colors use: only on
those can wavelets meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..route import Rect, Route, rect_points
from ..wiring import QueueDepths

I32 = NDArray[np.int32]

DIRECTIONS = ("N", "E", "S", "W", "RAMP")
RAMP = 4
_STEPS = ((0, -1), (1, 0), (0, 1), (-1, 0))
_OPPOSITE = (2, 3, 0, 1)
NOBODY = -1
LOST = -(2**31)
"""In `output_target`: the next router does not take the color from here."""
NO_PE = -(2**31)
"""In `lane_feeder`: nothing feeds the lane."""


class Tables(NamedTuple):
    """What does not change while a machine runs. Slots of lanes and sinks lie in one array."""

    first_position: I32
    """[servers + 1] first row of the position arrays of each server"""
    position_lane: I32
    """[positions] the lane that moves in this position"""
    position_messages: I32
    """[positions] messages after which the server moves on; 0: it has but one position"""
    first_output: I32
    """[positions + 1]"""
    output_target: I32
    """[outputs] a lane, -1 - sink, or `LOST`"""
    output_resource: I32
    """[outputs] a resource, `NOBODY` if no other color uses the link or ramp"""
    lane_server: I32
    lane_slots: I32
    """[lanes + 1] first slot"""
    lane_latency: I32
    """[lanes] cycles from leaving the router before (or from the core's slot) to leaving this one"""
    lane_feeder: I32
    """[lanes] the server that feeds the lane, -1 - PE for a core, or `NO_PE`"""
    sink_server: I32
    sink_pe: I32
    """[sinks] the PE, `NOBODY` if no program runs there"""
    sink_slots: I32
    """[sinks + 1] first slot, counted on from those of lanes"""


class StreamNetwork(NamedTuple):
    """The tables, and how to find one's way in them."""

    tables: Tables
    sink_of: I32
    """[PEs, colors] the sink that a color leads to, `NOBODY` if none"""
    source_of: I32
    """[PEs, colors] the lane that a PE sends on, `NOBODY` if none"""
    server_router: I32
    server_color: I32
    server_flow: I32
    """[servers] number of the flow of the first position"""
    flows: tuple[str, ...]
    resource_router: I32
    """[resources] the router that the link or ramp leaves"""
    resource_direction: I32
    up_ramp: int
    """Cycles from a router to its core."""

    @property
    def resources(self) -> int:
        """Links and ramps that several colors use."""
        return self.resource_router.size


def stream_network(
    width: int, height: int, routes: Sequence[Route], depths: QueueDepths, core_of_router: I32
) -> StreamNetwork:
    """Return the network of `routes`, which must lie on the wafer, at most one for a router, color, position.

    `core_of_router` has the number of the PE at each router (y * width + x), or -1.
    """
    flows = tuple(dict.fromkeys(route.flow for route in routes))
    table = _expand(routes, flows, width)
    router, color, _, entry, links, messages, flow = table.T
    colors = int(color.max(initial=0)) + 1
    key = router * colors + color
    server_key, first_position, server = _groups(key)
    lane_key, lane = _numbered(key * 5 + entry)
    lane_server = np.searchsorted(server_key, lane_key // 5)
    lane_entry = lane_key % 5

    # Outputs, setting by setting, by direction.
    out_position, out_direction = np.nonzero(links[:, None] >> np.arange(5) & 1)
    first_output = np.searchsorted(out_position, np.arange(len(table) + 1))
    out_router, out_color = router[out_position], color[out_position]
    to_core = out_direction == RAMP
    sink_key, sink = _numbered(key[out_position[to_core]])
    target = np.full(out_position.size, LOST, np.int64)
    target[to_core] = -1 - sink
    feeder = np.full(lane_key.size, NO_PE, np.int64)
    for direction, (dx, dy) in enumerate(_STEPS):
        rows = np.flatnonzero(out_direction == direction)
        if not rows.size:
            continue
        after = out_router[rows] + dx + dy * width
        wanted = (after * colors + out_color[rows]) * 5 + _OPPOSITE[direction]
        found = _find(wanted, lane_key)
        takes = found >= 0
        target[rows[takes]] = found[takes]
        feeder[found[takes]] = server[out_position[rows[takes]]]
    from_core = np.flatnonzero(lane_entry == RAMP)
    pe_of_lane = core_of_router[lane_key[from_core] // 5 // colors].astype(np.int64)
    feeder[from_core] = np.where(pe_of_lane >= 0, -1 - pe_of_lane, NO_PE)

    turns = np.zeros(len(table), np.bool_)
    for direction in range(4):
        straight = 1 << _OPPOSITE[direction] | 1 << RAMP
        turns |= (entry == direction) & (links & ~straight != 0)
    lane_turns = np.zeros(lane_key.size, np.bool_)
    np.logical_or.at(lane_turns, lane, turns)
    latency = depths.hop_cycles + depths.turn_cycles * lane_turns
    capacity = depths.router_queue_wavelets + latency - 1
    latency[from_core], capacity[from_core] = depths.ramp_cycles + 1, depths.core_output_queue_wavelets
    lane_slots = np.concatenate([[0], np.cumsum(capacity)])
    sink_slots = lane_slots[-1] + depths.core_input_queue_wavelets * np.arange(sink_key.size + 1)

    link = out_router * 5 + out_direction
    resource_key, resource = _shared(link, out_color, colors)
    sink_pe = core_of_router[sink_key // colors]
    pes = int(core_of_router.max(initial=-1)) + 1
    sink_of, source_of = (np.full((pes, colors), NOBODY, np.int32) for _ in range(2))
    mine = np.flatnonzero(sink_pe >= 0)
    sink_of[sink_pe[mine], sink_key[mine] % colors] = mine
    mine = from_core[pe_of_lane >= 0]
    source_of[pe_of_lane[pe_of_lane >= 0], lane_key[mine] // 5 % colors] = mine
    tables = Tables(
        first_position=_i32(first_position),
        position_lane=_i32(lane),
        position_messages=_i32(messages),
        first_output=_i32(first_output),
        output_target=_i32(target),
        output_resource=_i32(resource),
        lane_server=_i32(lane_server),
        lane_slots=_i32(lane_slots),
        lane_latency=_i32(latency),
        lane_feeder=_i32(feeder),
        sink_server=_i32(np.searchsorted(server_key, sink_key)),
        sink_pe=_i32(sink_pe),
        sink_slots=_i32(sink_slots),
    )
    return StreamNetwork(
        tables,
        sink_of,
        source_of,
        _i32(server_key // colors),
        _i32(server_key % colors),
        _i32(flow[first_position[:-1]]),
        flows,
        _i32(resource_key // 5),
        _i32(resource_key % 5),
        max(depths.ramp_cycles, 1),
    )


def _expand(routes: Sequence[Route], flows: tuple[str, ...], width: int) -> NDArray[np.int64]:
    """Return one row (router, color, position, input, output bits, messages, flow) a setting, in order."""
    numbers = {flow: number for number, flow in enumerate(flows)}
    parts: list[NDArray[np.int64]] = [np.empty((0, 7), np.int64)]
    for route in routes:
        links = sum(1 << DIRECTIONS.index(output) for output in route.outputs)
        routers = _routers(route.rect, width)
        part = np.empty((routers.size, 7), np.int64)
        part[:, 0] = routers
        entry = DIRECTIONS.index(route.input)
        part[:, 1:] = (route.color, route.position, entry, links, route.messages, numbers[route.flow])
        parts.append(part)
    table = np.concatenate(parts)
    return table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]


def _routers(rect: Rect, width: int) -> NDArray[np.int64]:
    x, y = rect_points(rect)
    return y * width + x


def _numbered(values: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the different values in order, and the number of each one among them."""
    different, numbers = np.unique(values, return_inverse=True)
    return different, numbers.astype(np.int64)


def _groups(key: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the different values of sorted `key`, where each begins (and the end), and each row's number."""
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if key.size else np.zeros(0, np.int64)
    bounds = np.append(begins, key.size)
    return key[begins], bounds, np.repeat(np.arange(begins.size), np.diff(bounds))


def _shared(
    link: NDArray[np.int64], color: NDArray[np.int64], colors: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the links that several colors use, and for each output the number of its link among them."""
    users = np.unique(link * colors + color) // colors
    names, counts = np.unique(users, return_counts=True)
    shared = names[counts > 1]
    return shared, _find(link, shared)


def _find(wanted: NDArray[np.int64], among: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where each number stands in sorted `among`, -1 where it does not."""
    if not among.size:
        return np.full(wanted.size, -1, np.int64)
    place = np.searchsorted(among, wanted).astype(np.int64)
    place[place == among.size] = 0
    return np.where(among[place] == wanted, place, -1)


def _i32(values: NDArray[np.int64] | I32) -> I32:
    return np.ascontiguousarray(values, np.int32)
