"""The network of the stream engine: servers and queues, from switch settings over rectangles.

A *server* is what a router does with one color: positions that follow each other, each with the lane that
it takes wavelets from and the outputs that it sends them to. A *lane* is a queue in front of a server, one
for each direction that it takes wavelets from; a lane that is fed by a core is its output queue. A *sink*
is a core's input queue of one color. A *resource* is a link or a ramp that several colors use: only on
those can wavelets meet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..route import OFFSETS, OPPOSITE, Route, rect_points
from ..wavelet.state import DIRECTIONS, RAMP
from ..wiring import QueueDepths
from . import state as st
from .state import I32, NO_PE, NOBODY, aligned

I64 = NDArray[np.int64]


class Paths(NamedTuple):
    """Where wavelets go."""

    positions: I32
    """rows of `state.SERVER_SHIFT`, from `LANE` on"""
    first_position: I32
    """[servers + 1]"""
    takers: I32
    """[queues] the server that takes from each, negative for a core's"""


@dataclass(frozen=True, slots=True)
class StreamNetwork:
    """Tables in the state of a launch (see `state`), and how to find one's way in them."""

    servers: I32
    positions: I32
    first_position: I32
    queues: I32
    queue_shift: int
    lanes: int
    """Queues in front of servers; they come first."""
    sink_of: I32
    """[PEs, colors] the queue that a color leads to, `NOBODY` if none"""
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

    @property
    def paths(self) -> Paths:
        """Where wavelets go, for those who follow them without asking when."""
        takers = self.queues.reshape(-1, 1 << self.queue_shift)[:, st.TAKER]
        return Paths(self.positions, self.first_position, np.ascontiguousarray(takers))

    def server_of(self, queue: int) -> int:
        """Return the server that takes from a lane or feeds a sink."""
        row = self.queues.reshape(-1, 1 << self.queue_shift)[queue]
        return int(row[st.TAKER] if queue < self.lanes else row[st.FEEDER])

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
    router, color, entry, links, messages, flow = _expand(routes, flows, width)
    colors = int(color.max(initial=0)) + 1
    key = router * colors + color
    server_key, first_position, server = _groups(key)
    lane_key, lane = _numbered(key * 5 + entry)

    # Outputs, setting by setting, by direction.
    out_position, out_direction = (
        found.astype(np.int64) for found in np.nonzero(links[:, None] >> np.arange(5) & 1)
    )
    first_output = np.searchsorted(out_position, np.arange(key.size + 1))
    to_core = out_direction == RAMP
    sink_key, sink = _numbered(key[out_position[to_core]])
    target = np.full(out_position.size, st.LOST, np.int64)
    target[to_core] = lane_key.size + sink
    feeder = np.full(lane_key.size, NO_PE, np.int64)
    for direction, (dx, dy) in OFFSETS.items():
        rows = np.flatnonzero(out_direction == direction)
        after = router[out_position[rows]] + dx + dy * width
        found = _find((after * colors + color[out_position[rows]]) * 5 + OPPOSITE[direction], lane_key)
        takes = found >= 0
        target[rows[takes]] = found[takes]
        feeder[found[takes]] = server[out_position[rows[takes]]]
    from_core = np.flatnonzero(lane_key % 5 == RAMP)
    feeder[from_core] = _as_taker(core_of_router[lane_key[from_core] // (5 * colors)])
    shared, resource = _shared(router[out_position] * 5 + out_direction, color[out_position], colors)

    turns = np.zeros(lane_key.size, np.bool_)
    for direction in range(4):
        straight = 1 << OPPOSITE[direction] | 1 << RAMP
        turns[lane[(entry == direction) & (links & ~straight != 0)]] = True
    latency = np.where(turns, depths.hop_cycles + depths.turn_cycles, depths.hop_cycles)
    capacity = depths.router_queue_wavelets + latency - 1
    latency[from_core], capacity[from_core] = depths.ramp_cycles + 1, depths.core_output_queue_wavelets

    sink_taker = _as_taker(core_of_router[sink_key // colors])
    deepest = max(int(capacity.max(initial=0)), depths.core_input_queue_wavelets)
    queue_shift = max((st.SLOTS + deepest - 1).bit_length(), 4)
    queues = aligned(lane_key.size + sink_key.size << queue_shift)
    table = queues.reshape(-1, 1 << queue_shift)
    table[:, st.TAKER] = np.concatenate([np.searchsorted(server_key, lane_key // 5), sink_taker])
    table[:, st.FEEDER] = np.concatenate([feeder, np.searchsorted(server_key, sink_key)])
    table[:, st.DEPTH] = depths.core_input_queue_wavelets
    table[: lane_key.size, st.DEPTH] = capacity
    table[:, st.LATENCY] = max(depths.ramp_cycles, 1)
    table[: lane_key.size, st.LATENCY] = latency
    table[:, st.TAKEN] = -1

    positions = aligned(key.size << st.SERVER_SHIFT)
    table = positions.reshape(-1, 1 << st.SERVER_SHIFT)
    table[:, st.LANE], table[:, st.MESSAGES] = lane, messages
    table[:, st.OUTPUTS] = np.diff(first_output)
    place = np.arange(out_position.size) - first_output[out_position]
    table[out_position, st.TARGET + place] = target
    table[out_position, st.RESOURCE + place] = resource
    servers = aligned(server_key.size << st.SERVER_SHIFT)
    table = servers.reshape(-1, 1 << st.SERVER_SHIFT)
    table[...] = positions.reshape(-1, 1 << st.SERVER_SHIFT)[first_position[:-1]]
    table[:, st.LEFT], table[:, st.POSITION] = table[:, st.MESSAGES], first_position[:-1]
    table[:, st.LAST] = -1

    pes = int(core_of_router.max(initial=-1)) + 1
    sink_of, source_of = (np.full((pes, colors), NOBODY, np.int32) for _ in range(2))
    mine = np.flatnonzero(sink_taker != NO_PE)
    sink_of[-1 - sink_taker[mine], sink_key[mine] % colors] = lane_key.size + mine
    mine = from_core[feeder[from_core] != NO_PE]
    source_of[-1 - feeder[mine], lane_key[mine] // 5 % colors] = mine
    return StreamNetwork(
        servers=servers,
        positions=positions,
        first_position=_i32(first_position),
        queues=queues,
        queue_shift=queue_shift,
        lanes=lane_key.size,
        sink_of=sink_of,
        source_of=source_of,
        server_router=_i32(server_key // colors),
        server_color=_i32(server_key % colors),
        server_flow=_i32(flow[first_position[:-1]]),
        flows=flows,
        resource_router=_i32(shared // 5),
        resource_direction=_i32(shared % 5),
    )


def _expand(routes: Sequence[Route], flows: tuple[str, ...], width: int) -> tuple[I64, ...]:
    """Return router, color, input, output bits, messages and flow of each setting, in order of router, color,
    position.
    """
    numbers = {flow: number for number, flow in enumerate(flows)}
    parts: list[I64] = [np.empty((0, 7), np.int64)]
    for route in routes:
        links = sum(1 << DIRECTIONS.index(output) for output in route.outputs)
        x, y = rect_points(route.rect)
        part = np.empty((x.size, 7), np.int64)
        part[:, 0] = y * width + x
        entry = DIRECTIONS.index(route.input)
        part[:, 1:] = (route.color, route.position, entry, links, route.messages, numbers[route.flow])
        parts.append(part)
    table = np.concatenate(parts)
    order = np.lexsort((table[:, 2], table[:, 1], table[:, 0]))
    return tuple(np.ascontiguousarray(table[order, column]) for column in (0, 1, 3, 4, 5, 6))


def _groups(key: I64) -> tuple[I64, I64, I64]:
    """Return the different values of sorted `key`, where each begins (and the end), and each row's number."""
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if key.size else np.zeros(0, np.int64)
    bounds = np.append(begins, key.size)
    return key[begins], bounds, np.repeat(np.arange(begins.size), np.diff(bounds))


def _numbered(values: I64) -> tuple[I64, I64]:
    """Return the different values in order, and the number of each one among them."""
    if (values[1:] > values[:-1]).all():
        return values, np.arange(values.size)
    different = _different(values)
    return different, _find(values, different)


def _different(values: I64) -> I64:
    """Return the different values in order; `np.unique` is several times slower."""
    ordered = np.sort(values)
    return _groups(ordered)[0]


def _shared(link: I64, color: I64, colors: int) -> tuple[I64, I64]:
    """Return the links that several colors use, and for each output the number of its link among them."""
    names, bounds, _ = _groups(_different(link * colors + color) // colors)
    shared = names[np.diff(bounds) > 1]
    return shared, _find(link, shared)


def _find(wanted: I64, among: I64) -> I64:
    """Return where each number stands in sorted `among`, -1 where it does not."""
    if not among.size:
        return np.full(wanted.size, -1, np.int64)
    place = np.searchsorted(among, wanted).astype(np.int64)
    place[place == among.size] = 0
    return np.where(among[place] == wanted, place, -1)


def _as_taker(pe: I32) -> I64:
    return np.where(pe >= 0, -1 - pe.astype(np.int64), NO_PE)


def _i32(values: I64 | I32) -> I32:
    return np.ascontiguousarray(values, np.int32)
