"""Wiring: from switch settings over rectangles of routers to the queues of the wavelet engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..ir.arrays import different_values
from .fault import MachineFault
from .prefetch import PADDING
from .route import OFFSETS, OPPOSITE, Route, SettingTable, setting_table
from .wavelet import state as st
from .wavelet.bitmap import bitmap
from .wavelet.state import Network


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
    first_sink: NDArray[np.int32]
    """[routers + 1] first core input queue of each router"""
    flow: NDArray[np.int32]
    """[routes] number of the flow, of the first position where a switch changes it"""
    flows: tuple[str, ...]
    locations: Mapping[str, str]
    """Of each flow, where the model asks for it"""
    input: NDArray[np.int8]
    """[routes] direction that the lane takes wavelets from"""
    sink_route: NDArray[np.int32]
    """[core input queues] a lane that leads to it"""
    core: NDArray[np.int32]
    """[routers] the router's core, or -1"""
    _initial: _Initial = field(repr=False)

    @property
    def queues(self) -> NDArray[np.int32]:
        """[queues + 1, QUEUE_FIELDS] the queues as a table, the last row without room"""
        return self.network.queues.reshape(-1, st.QUEUE_FIELDS)

    @property
    def routes(self) -> int:
        """Number of router queues."""
        return self.flow.size

    @property
    def settings(self) -> int:
        """Number of settings of switches."""
        return self.network.settings.size >> st.SETTING_SHIFT

    def flow_of(self, queue: int) -> str:
        """Return the flow that a queue, router's or core's, belongs to."""
        route = queue if queue < self.routes else int(self.sink_route[queue - self.routes])
        return self.flows[int(self.flow[route])]

    def reset(self) -> None:
        """Empty all queues; give them back to the cores; bring all switches to their first position."""
        queues, network = self.queues, self.network
        queues[:, st.LEVEL] = 0
        queues[self._initial.rows] = self._initial.queues
        network.switches[...] = self._initial.switches
        routers = network.router
        queues[self.routes : -1, st.DOWN] = self.core[routers[self.routes :]]
        from_core = np.flatnonzero(self.input == st.RAMP)
        queues[from_core, st.SOURCE] = self.core[routers[from_core]]


@dataclass(frozen=True, slots=True)
class _Initial:
    """What switches change, as it is before a launch."""

    rows: NDArray[np.int64]
    """Numbers of queues"""
    queues: NDArray[np.int32]
    """[rows, QUEUE_FIELDS]"""
    switches: NDArray[np.int32]


def wire(
    width: int, height: int, routes: Sequence[Route], depths: QueueDepths, core_of_router: NDArray[np.int32]
) -> Wiring:
    """Return the queues of `routes` on a grid of routers (number y * width + x).

    `core_of_router` has the number of each router's core, or -1. Raises `MachineFault` (`off-wafer`) when
    a route lies or leads off the wafer, and (`program`) when two routes want one color at one router in one
    switch position, or positions do not count from 0 or lack their number of messages.
    """
    table = setting_table(width, height, routes)
    return _Wires(table, depths, core_of_router).wiring()


class _Wires:
    """Makes queues of a table of settings."""

    def __init__(self, table: SettingTable, depths: QueueDepths, core_of_router: NDArray[np.int32]) -> None:
        self.table = table
        self.depths = depths
        self.core = core_of_router
        lane_keys = (table.router * table.colors + table.color) * 5 + table.source
        self.keys: NDArray[np.int64] = lane_keys
        """Router, color and input of each lane as one number, in order"""
        self.lane: NDArray[np.int64] = np.arange(lane_keys.size)
        """[settings] their lanes"""
        if table.switched.any():
            self.keys, self.lane = np.unique(lane_keys, return_inverse=True)
        self.lanes = self.keys.size
        self.lane_color, self.lane_source = self.keys // 5 % table.colors, self.keys % 5
        self.lane_router = self.keys // 5 // table.colors
        switched = np.zeros(self.lanes, np.bool_)
        switched[self.lane[table.switched]] = True
        self.switched = switched
        up = np.flatnonzero(table.links >> st.RAMP & 1)
        sink_keys = table.router[up] * table.colors + table.color[up]
        self.sinks, first = np.unique(sink_keys, return_index=True)
        """Router and color of each core input queue as one number, in order"""
        self.sink_route = self.lane[up[first]]

    def wiring(self) -> Wiring:
        """Return the network and what belongs to it."""
        table, routers = self.table, np.arange(self.core.size + 1)
        queues = np.full((self.lanes + self.sinks.size + 1, st.QUEUE_FIELDS), -1, np.int32)
        queues[:, st.LEVEL] = 0
        queues[-1] = 0
        from_core = self.lane_source == st.RAMP
        queues[: self.lanes, st.SOURCE] = np.where(from_core, self.core[self.lane_router], -1)
        sink_router = self.sinks // table.colors
        queues[self.lanes : -1, st.DOWN] = self.core[sink_router]
        latency = self._latencies()
        slots = self._shape(queues, latency)
        down, outputs = self._downs()
        links = table.links
        bits = (outputs << st.OUTPUTS_SHIFT) + (links << st.LINKS_SHIFT)
        bits += outputs - (links >> st.RAMP & 1) << st.MESH_OUTPUTS_SHIFT
        # Lanes that the first position does not take lead to the last row, which has no room.
        closed = np.ones(self.lanes, np.bool_)
        first = np.flatnonzero(table.position == 0)
        closed[self.lane[first]] = False
        queues[self.lane[first], st.SHAPE] += bits[first].astype(np.int32)
        queues[self.lane[first], st.DOWN :] = down[first]
        for output in range(4):
            fed = first[down[first, output] >= 0]
            queues[down[fed, output], st.SOURCE] = self.lane[fed]
        queues[np.flatnonzero(closed), st.SHAPE] += 1 << st.OUTPUTS_SHIFT
        queues[np.flatnonzero(closed), st.DOWN] = len(queues) - 1
        switch, switches, settings = self._switches(bits, down)
        awake, awake_words = bitmap(self.lanes)
        network = Network(
            queues=queues.reshape(-1),
            slots=np.zeros(slots + 1, np.uint32),
            router=np.append(self.lane_router, sink_router).astype(np.int32),
            color=np.append(self.lane_color, self.sinks % table.colors).astype(np.int32),
            awake=awake,
            awake_words=awake_words,
            moves=np.zeros(self.lanes + PADDING, np.int32),
            loads=np.zeros(0, np.int64),
            latency=latency.astype(np.int32),
            switch=switch,
            switches=switches,
            settings=settings,
        )
        flow = np.zeros(self.lanes, np.int32)
        flow[self.lane[::-1]] = table.flow[::-1]
        changing = down[table.switched]
        rows = different_values(np.append(np.flatnonzero(self.switched), changing[changing >= 0]))
        return Wiring(
            network,
            np.searchsorted(self.lane_router, routers).astype(np.int32),
            (self.lanes + np.searchsorted(sink_router, routers)).astype(np.int32),
            flow,
            table.flows,
            table.locations,
            self.lane_source.astype(np.int8),
            self.sink_route.astype(np.int32),
            self.core,
            _Initial(rows, queues[rows].copy(), switches.copy()),
        )

    def _latencies(self) -> NDArray[np.int64]:
        """Return the cycles of each lane from link to link: those of its slowest setting."""
        table, depths = self.table, self.depths
        latency = np.full(self.lanes, depths.hop_cycles)
        straight = np.array([1 << OPPOSITE.get(direction, direction) for direction in range(5)])
        turns = table.links & ~straight[table.source] & ~(1 << st.RAMP)
        turns[table.source == st.RAMP] = 0
        latency[self.lane[turns != 0]] += depths.turn_cycles
        return latency

    def _shape(self, queues: NDArray[np.int32], latency: NDArray[np.int64]) -> int:
        """Write capacities, flags and bases of all queues; return how many numbers their slots take."""
        depths, from_core = self.depths, self.lane_source == st.RAMP
        capacity = np.full(len(queues) - 1, depths.core_input_queue_wavelets, np.int64)
        on_links = depths.router_queue_wavelets + latency - 1
        capacity[: self.lanes] = np.where(from_core, depths.core_output_queue_wavelets, on_links)
        if capacity.max(initial=0) > st.CAPACITY_MASK:
            raise MachineFault("program", f"a queue has at most {st.CAPACITY_MASK} slots")
        marked = np.zeros(self.table.colors, np.bool_)
        marked[self.lane_color[self.switched]] = True
        timed = from_core | marked[self.lane_color]
        if depths.hop_cycles > 1 or depths.turn_cycles > 0:
            timed[...] = True
        queues[:-1, st.SHAPE] = capacity
        queues[: self.lanes, st.SHAPE] += (
            from_core * st.FROM_CORE + timed * st.TIMED + self.switched * st.SWITCHED
        )
        numbers = np.where(np.append(timed, np.ones(self.sinks.size, np.bool_)), 2 * capacity, capacity)
        ends = np.cumsum(numbers)
        if ends.size and ends[-1] >= 2**31:
            raise MachineFault("program", "the machine has more queue slots than the engine can number")
        queues[:-1, st.BASE] = ends - numbers
        return int(numbers.sum())

    def _downs(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return int64[settings, 4], the queues that each leads to or codes, and how many each has."""
        table = self.table
        down = np.full((table.router.size, 4), -1, np.int64)
        outputs = np.zeros(table.router.size, np.int64)
        for direction in range(5):
            rows = np.flatnonzero(table.links >> direction & 1)
            if direction == st.RAMP:
                keys = table.router[rows] * table.colors + table.color[rows]
                found = self.lanes + np.searchsorted(self.sinks, keys)
            else:
                found = self._neighbours(rows, direction)
            down[rows, outputs[rows]] = found
            outputs[rows] += 1
        return down, outputs

    def _neighbours(self, rows: NDArray[np.int64], direction: int) -> NDArray[np.int64]:
        """Return the lane that takes what the settings `rows` send in `direction`, else a code."""
        table = self.table
        dx, dy = OFFSETS[direction]
        x, y = table.router[rows] % table.width + dx, table.router[rows] // table.width + dy
        height = self.core.size // table.width
        outside = (x < 0) | (x >= table.width) | (y < 0) | (y >= height)
        table.raise_for(rows[outside], "off-wafer", "a route leads off the wafer", _LEADS_OFF[direction])
        lanes = ((y * table.width + x) * table.colors + table.color[rows]) * 5
        wanted = lanes + OPPOSITE[direction]
        found = np.minimum(np.searchsorted(self.keys, wanted), self.lanes - 1)
        other = np.searchsorted(self.keys, lanes) < np.searchsorted(self.keys, lanes + 5)
        return np.where(self.keys[found] == wanted, found, np.where(other, st.OTHER_INPUT, st.NO_ROUTE))

    def _switches(
        self, bits: NDArray[np.int64], down: NDArray[np.int64]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return the switch of each lane (nothing if there are none), all switches, and their settings."""
        table = self.table
        rows = np.flatnonzero(table.switched)
        if rows.size == 0:
            none = np.zeros(0, np.int32)
            return none, none, none
        settings = np.zeros((rows.size, 1 << st.SETTING_SHIFT), np.int32)
        settings[:, st.SETTING_LANE], settings[:, st.SETTING_SHAPE] = self.lane[rows], bits[rows]
        settings[:, st.SETTING_MESSAGES] = table.messages[rows]
        settings[:, st.SETTING_DOWN :] = down[rows]
        first = np.flatnonzero(table.position[rows] == 0)
        switches = np.zeros((first.size, 1 << st.SWITCH_SHIFT), np.int32)
        switches[:, st.FIRST_SETTING] = first
        switches[:, st.POSITIONS] = np.diff(np.append(first, rows.size))
        switches[:, st.MESSAGES_LEFT] = table.messages[rows[first]]
        switch = np.full(self.lanes, -1, np.int32)
        switch[self.lane[rows]] = np.cumsum(table.position[rows] == 0) - 1
        return switch, switches.reshape(-1), settings.reshape(-1)


_LEADS_OFF = {number: f"leads {name}, off the wafer" for number, name in enumerate(st.DIRECTIONS)}
