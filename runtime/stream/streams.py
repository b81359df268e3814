"""Streams: what cores ask of the network, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import state as st
from .kernel import run_kernel
from .network import DIRECTIONS, StreamNetwork
from .state import Net, aligned

Array = NDArray[np.int64]
_RUN_ROWS = 1 << 16


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


class StreamConflict(Exception):  # noqa: N818 - it is not the program's mistake
    """Two colors want one link or ramp in one cycle (or it is not known that they do not): only the wavelet
    engine can say who goes first.
    """

    def __init__(self, router: int, direction: str, cycle: int, servers: tuple[int, int]) -> None:
        self.router = router
        self.direction = direction
        self.cycle = cycle
        self.servers = servers
        """The servers (colors at that router) that meet, the second one -1 if it is not known any more."""
        super().__init__(router, direction, cycle, servers)


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

    `data` keeps `moves`, `log` keeps `runs`; `ordered` serves wavelets on shared links and ramps in the order
    of time, so that there is no conflict.
    """

    def __init__(
        self,
        network: StreamNetwork,
        pes: int,
        *,
        data: bool = False,
        log: bool = False,
        ordered: bool = False,
    ) -> None:
        servers = network.first_position.size - 1
        constants = np.array([servers, network.queue_shift, data, log, ordered], np.int64)
        resources = aligned(network.resources << st.RESOURCE_SHIFT)
        resources[...] = -1
        resources[st.NEWEST :: 1 << st.RESOURCE_SHIFT] = 0
        self.network = network
        self._net = Net(
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
            lanes=np.zeros(network.lanes, np.int32),
            times=np.zeros(network.lanes, np.int32),
            heap=np.zeros(servers if ordered else 0, np.int64),
            listed=np.zeros(servers if ordered else 0, np.int8),
            counters=np.zeros(st.COUNTERS, np.int64),
            constants=constants,
        )
        self._rows = self._net.pes.reshape(-1, 1 << st.PE_SHIFT)
        self.moves: NDArray[np.int32] = np.zeros((0, st.MOVE_FIELDS), np.int32)
        """[rows, MOVE_FIELDS] wavelets that moved in the last run, in an order in which data can follow"""
        self.runs: NDArray[np.int32] = np.zeros((0, st.RUN_FIELDS), np.int32)
        """[rows, RUN_FIELDS] runs of slots behind the first, of operations in the last run"""

    @property
    def net(self) -> Net:
        """Everything that the kernel works on."""
        return self._net

    @property
    def counters(self) -> Array:
        """Link hops and the like, see `state`."""
        return self._net.counters

    @property
    def loads(self) -> Array:
        """[positions] wavelets that left in each position of the servers"""
        servers = self._net.servers.reshape(-1, 1 << st.SERVER_SHIFT)
        loads = self._net.position_loads.copy()
        np.add.at(loads, servers[:, st.POSITION], servers[:, st.LOAD])
        return loads

    @property
    def levels(self) -> NDArray[np.int32]:
        """[queues] wavelets in each queue"""
        return self._net.queues.reshape(-1, 1 << self.network.queue_shift)[:, st.LEVEL]

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
        self._net.posted[posted : posted + pes.size] = pes
        self.counters[st.POSTED] += pes.size

    def run(self) -> Completed:
        """Go on as far as all that is known allows; return what has ended (nothing: nothing can go on).

        Raises `StreamConflict` and `LostWavelet`.
        """
        net, counters = self._net, self.counters
        counters[[st.COMPLETED, st.MOVES, st.RUNS]] = 0
        moves: list[NDArray[np.int32]] = []
        runs: list[NDArray[np.int32]] = []
        while True:
            status = run_kernel(net)
            moves.append(net.moves.reshape(-1, st.MOVE_FIELDS)[: counters[st.MOVES]].copy())
            runs.append(net.runs.reshape(-1, st.RUN_FIELDS)[: counters[st.RUNS]].copy())
            if status == st.STATUS_DONE:
                break
            if status == st.STATUS_CONFLICT:
                raise self._conflict()
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

    def _conflict(self) -> StreamConflict:
        counters, network = self.counters, self.network
        resource = int(counters[st.SUBJECT])
        return StreamConflict(
            int(network.resource_router[resource]),
            DIRECTIONS[int(network.resource_direction[resource])],
            int(counters[st.CYCLE]),
            (int(counters[st.USER]), int(counters[st.OTHER])),
        )


def _copy(table: NDArray[np.int32]) -> NDArray[np.int32]:
    result = aligned(table.size)
    result[...] = table
    return result
