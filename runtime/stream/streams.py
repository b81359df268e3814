"""Streams: what cores ask of the network, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..wavelet.state import DIRECTIONS
from . import state as st
from .kernel import run_kernel
from .network import StreamNetwork
from .state import Net, aligned

Array = NDArray[np.int64]
_RUN_ROWS = 1 << 16
_MEETING_ROWS = 1 << 16
_MOST_PROLONGED = 256
"""Cycles that one meeting is taken to last at most."""


@dataclass(frozen=True, slots=True)
class Completed:
    """Operations that have ended, one for each PE of `pes`; slots and causes are -1 where a half is missing.

    `end` is the last slot + 1. Causes say why the first slot was not earlier (`state.CAUSE_...`).
    """

    pes: Array
    end: Array
    rx_first: Array
    rx_last: Array
    rx_cause: Array
    tx_first: Array
    tx_last: Array
    tx_cause: Array


@dataclass(frozen=True, slots=True)
class Waits:
    """What replays have learnt, in order of resource and cycle: in that cycle servers of higher colors than
    that of `servers` wait for a resource.
    """

    resources: Array
    cycles: Array
    servers: Array

    @property
    def rows(self) -> Array:
        """int64[waits, 3]: the same as a table"""
        return np.stack([self.resources, self.cycles, self.servers], axis=1)


NO_WAITS = Waits(*(np.zeros(0, np.int64) for _ in range(3)))


class StreamConflict(Exception):  # noqa: N818 - it is not the program's mistake
    """Colors want one link or ramp in one cycle, and replays do not settle who waits: only the wavelet engine
    can say what happens.
    """

    def __init__(self, router: int, direction: str, cycle: int, server: int, *, forgotten: bool) -> None:
        self.router = router
        self.direction = direction
        self.cycle = cycle
        self.server = server
        """The server (color at that router) with the lower color."""
        self.forgotten = forgotten
        """It wants it so early that it is not known any more who used it then."""
        super().__init__(router, direction, cycle, server, forgotten)


class TooLong(Exception):  # noqa: N818 - it is not the program's mistake
    """A step takes more cycles than the engine's times can hold."""


class LostWavelet(Exception):  # noqa: N818 - a fault is what hardware has
    """A wavelet goes where no route takes its color."""

    def __init__(self, server: int, cycle: int) -> None:
        self.server = server
        self.cycle = cycle
        super().__init__(server, cycle)


class Streams:
    """The network in the state of one launch.

    `data` keeps `moves`, `log` keeps `runs`; `waits` is what an earlier run of the same launch was told by
    `lesson`.
    """

    def __init__(
        self,
        network: StreamNetwork,
        pes: int,
        *,
        data: bool = False,
        log: bool = False,
        waits: Waits = NO_WAITS,
    ) -> None:
        servers = network.first_position.size - 1
        constants = np.array([servers, network.queue_shift, data, log], np.int64)
        resources = aligned(network.resources << st.RESOURCE_SHIFT)
        resources[...] = -1
        rows = resources.reshape(-1, 1 << st.RESOURCE_SHIFT)
        rows[:, [st.NEWEST, st.HAS_WAITS]] = 0
        rows[waits.resources, st.HAS_WAITS] = 1
        self._waits = waits
        self.network = network
        self.net = Net(
            servers=_copy(network.servers),
            positions=network.positions,
            first_position=network.first_position,
            position_loads=np.zeros(network.positions.size >> st.SERVER_SHIFT, np.int64),
            queues=_copy(network.queues),
            pes=aligned(pes << st.PE_SHIFT),
            resources=resources,
            tasks=np.zeros(servers + pes, np.int32),
            posted=np.zeros(pes, np.int32),
            completed=np.zeros(pes, np.int32),
            moves=np.zeros((2 * pes + 1024) * st.MOVE_FIELDS if data else 0, np.int32),
            runs=np.zeros(_RUN_ROWS * st.RUN_FIELDS if log else 0, np.int32),
            meetings=np.zeros(_MEETING_ROWS * st.MEETING_FIELDS if network.resources else 0, np.int32),
            wait_keys=waits.resources << st.WAIT_SHIFT | waits.cycles,
            wait_server=waits.servers.astype(np.int32),
            wait_flags=np.zeros(waits.servers.size, np.int32),
            lanes=np.zeros(network.lanes, np.int32),
            times=np.zeros(network.lanes, np.int32),
            counters=np.zeros(st.COUNTERS, np.int64),
            constants=constants,
        )
        """Everything that the kernel works on."""
        self._rows = self.net.pes.reshape(-1, 1 << st.PE_SHIFT)
        self.moves: NDArray[np.int32] = np.zeros((0, st.MOVE_FIELDS), np.int32)
        """[rows, MOVE_FIELDS] wavelets that moved in the last run, in an order in which data can follow"""
        self.runs: NDArray[np.int32] = np.zeros((0, st.RUN_FIELDS), np.int32)
        """[rows, RUN_FIELDS] runs of slots behind the first, of operations in the last run"""

    @property
    def counters(self) -> Array:
        """Link hops and the like, see `state`."""
        return self.net.counters

    @property
    def loads(self) -> Array:
        """[positions] wavelets that left in each position of the servers"""
        servers = self.net.servers.reshape(-1, 1 << st.SERVER_SHIFT)
        loads = self.net.position_loads.copy()
        np.add.at(loads, servers[:, st.POSITION], servers[:, st.LOAD])
        return loads

    @property
    def levels(self) -> NDArray[np.int32]:
        """[queues] wavelets in each queue"""
        return self.net.queues.reshape(-1, 1 << self.network.queue_shift)[:, st.LEVEL]

    def post(
        self,
        pes: Array,
        begins: Array,
        receive: tuple[NDArray[np.int32], Array] | None,
        transmit: tuple[NDArray[np.int32], Array] | None,
        *,
        coupled: bool = False,
    ) -> None:
        """Let each of `pes`, which must have nothing to do, begin an operation.

        Its first slot is in cycle `begins` at the earliest. `receive` has the queue of each and the number of
        wavelets, at least 1, `transmit` the lane and the number. A coupled operation sends in the slots in
        which it takes. Raises `TooLong` if times do not fit any more.
        """
        if begins.max(initial=0) > st.TIME_LIMIT:
            raise TooLong(f"cycle {begins.max()} is beyond {st.TIME_LIMIT}")
        rows = np.zeros((pes.size, 1 << st.PE_SHIFT), np.int32)
        rows[:, st.NEXT] = rows[:, st.TRANSMIT_FIELDS + st.NEXT] = begins
        rows[:, st.FIRST] = rows[:, st.TRANSMIT_FIELDS + st.FIRST] = -1
        for first, operation in ((0, receive), (st.TRANSMIT_FIELDS, transmit)):
            if operation is not None:
                rows[:, first + st.QUEUE], rows[:, first + st.TO_GO] = operation
        rows[:, st.COUPLED] = coupled
        rows[:, st.BUSY] = (receive is not None) + (transmit is not None)
        rows[:, st.PE_WAITING] = self._rows[pes, st.PE_WAITING]
        self._rows[pes] = rows
        posted = int(self.counters[st.POSTED])
        self.net.posted[posted : posted + pes.size] = pes
        self.counters[st.POSTED] += pes.size

    def run(self) -> Completed:
        """Go on as far as all that is known allows; return what has ended (nothing: nothing can go on).

        Raises `StreamConflict` and `LostWavelet`. What a run says is true once `lesson` has nothing to tell.
        """
        net, counters = self.net, self.counters
        counters[[st.COMPLETED, st.MOVES, st.RUNS]] = 0
        moves: list[NDArray[np.int32]] = []
        runs: list[NDArray[np.int32]] = []
        while True:
            status = run_kernel(net)
            moves.append(net.moves.reshape(-1, st.MOVE_FIELDS)[: counters[st.MOVES]].copy())
            runs.append(net.runs.reshape(-1, st.RUN_FIELDS)[: counters[st.RUNS]].copy())
            if status == st.STATUS_DONE:
                break
            if status == st.STATUS_FORGOTTEN:
                place = (counters[st.SUBJECT], counters[st.CYCLE], counters[st.USER])
                raise self._conflict(*map(int, place), forgotten=True)
            if status == st.STATUS_LOST:
                raise LostWavelet(int(counters[st.SUBJECT]), int(counters[st.CYCLE]))
            counters[[st.MOVES, st.RUNS]] = 0
        counters[[st.POSTED, st.TRIED]] = 0
        self.moves, self.runs = np.concatenate(moves), np.concatenate(runs)
        return self._completed(net.completed[: counters[st.COMPLETED]].astype(np.int64))

    def _completed(self, pes: Array) -> Completed:
        rows = self._rows[pes].astype(np.int64)
        parts: list[Array] = []
        end = np.zeros(pes.size, np.int64)
        for half in (0, st.TRANSMIT_FIELDS):
            first = rows[:, half + st.FIRST]
            last = np.where(first >= 0, rows[:, half + st.NEXT] - 1, -1)
            parts += [first, last, np.where(first >= 0, rows[:, half + st.CAUSE], -1)]
            end = np.maximum(end, last + 1)
        return Completed(pes, end, *parts)

    def lesson(self) -> Waits | None:
        """Return what is to be given to the next run of the launch, None if this one was true.

        It was if no two servers used a resource in one cycle and whoever waited for another waited for a use
        that did happen: in the first cycle in which a run differs from what happens, one or the other fails.
        """
        meetings, flags = self._meetings(), self.net.wait_flags
        explained = flags & st.EXPLAINED != 0
        if not len(meetings) and not (flags[~explained] & st.HEEDED).any():
            return None
        rows = np.concatenate([self._waits.rows[explained], self._prolonged(meetings)])
        # The lowest color has it, if several met.
        rows = rows[np.lexsort((rows[:, 2], rows[:, 1], rows[:, 0]))]
        first = np.append(True, (rows[1:, :2] != rows[:-1, :2]).any(axis=1))[: len(rows)]
        return Waits(*(np.ascontiguousarray(column) for column in rows[first].T))

    def _prolonged(self, meetings: Array) -> Array:
        """Return meetings, and the cycles that follow each while its server goes on to use the resource.

        Whoever waits would meet it there next; that would take a replay for each cycle.
        """
        resource, cycle, server = meetings.T
        runs = self.net.resources.reshape(-1, 1 << st.RESOURCE_SHIFT)[resource, st.RUN :]
        runs = runs[:, : st.RUNS_KEPT * st.RUN_WIDTH].reshape(-1, st.RUNS_KEPT, st.RUN_WIDTH)
        mine = (runs[:, :, st.RUN_USER] == server[:, None]) & (runs[:, :, st.RUN_START] <= cycle[:, None])
        ends = np.where(mine, runs[:, :, st.RUN_END], -1).max(axis=1, initial=-1)
        lengths = np.clip(ends - cycle + 1, 1, _MOST_PROLONGED)
        number = np.repeat(np.arange(len(meetings)), lengths)
        later = np.arange(number.size) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        return np.stack([resource[number], cycle[number] + later, server[number]], axis=1)

    def unsettled(self) -> StreamConflict:
        """Return the first meeting of a run that was not true, or the first wait for nothing."""
        vain = self._waits.rows[self.net.wait_flags == st.HEEDED]
        rows = np.concatenate([self._meetings(), vain])
        resource, cycle, server = rows[np.argmin(rows[:, 1])].tolist()
        return self._conflict(resource, cycle, server, forgotten=False)

    def _meetings(self) -> Array:
        """Return int64[meetings, MEETING_FIELDS]."""
        rows = self.net.meetings.reshape(-1, st.MEETING_FIELDS)
        return rows[: self.counters[st.MEETINGS]].astype(np.int64)

    def _conflict(self, resource: int, cycle: int, server: int, *, forgotten: bool) -> StreamConflict:
        router = int(self.network.resource_router[resource])
        direction = DIRECTIONS[int(self.network.resource_direction[resource])]
        return StreamConflict(router, direction, cycle, server, forgotten=forgotten)


def _copy(table: NDArray[np.int32]) -> NDArray[np.int32]:
    result = aligned(table.size)
    result[...] = table
    return result
