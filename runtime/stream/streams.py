"""Streams: what cores ask of the network, and when it is done."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import state as st
from .kernel import run_kernel
from .network import DIRECTIONS, StreamNetwork
from .state import Constants, Halves, Work, make_queues, make_resources

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


class LostWavelet(Exception):  # noqa: N818 - a fault is what hardware has
    """A wavelet goes where no route takes its color."""

    def __init__(self, server: int, cycle: int) -> None:
        self.server = server
        self.cycle = cycle
        super().__init__(server, cycle)


class Streams:
    """The network in the state of one launch.

    `data` keeps `moves`, `log` keeps `runs`.
    """

    def __init__(self, network: StreamNetwork, pes: int, *, data: bool = False, log: bool = False) -> None:
        tables = network.tables
        servers, lanes = tables.first_position.size - 1, tables.lane_server.size
        self.network = network
        self.queues = make_queues(tables)
        self._pes = pes
        self._halves = Halves(
            np.zeros(2 * pes * st.HALF_FIELDS, np.int64), np.zeros(pes, np.int8), np.zeros(pes, np.int8)
        )
        self._resources = make_resources(network.resources)
        self._work = Work(
            tasks=np.zeros(servers + pes, np.int32),
            waiting=np.zeros(servers + pes, np.int8),
            completed=np.zeros(pes, np.int32),
            moves=np.zeros((2 * pes + 1024) * st.MOVE_FIELDS if data else 0, np.int32),
            runs=np.zeros(_RUN_ROWS * st.RUN_FIELDS if log else 0, np.int64),
            lanes=np.zeros(lanes, np.int32),
            times=np.zeros(lanes, np.int64),
            counters=np.zeros(st.COUNTERS, np.int64),
        )
        self._constants = Constants(servers, network.up_ramp, int(data), int(log))
        self.moves: NDArray[np.int32] = np.zeros((0, st.MOVE_FIELDS), np.int32)
        """[rows, MOVE_FIELDS] wavelets that moved in the last run, in an order in which data can follow"""
        self.runs: Array = np.zeros((0, st.RUN_FIELDS), np.int64)
        """[rows, RUN_FIELDS] runs of slots behind the first, of operations in the last run"""

    @property
    def counters(self) -> Array:
        """Link hops and the like, see `state`."""
        return self._work.counters

    @property
    def in_flight(self) -> int:
        """Wavelets in lanes and sinks."""
        return int(self.queues.lane_level.sum()) + int(self.queues.sink_level.sum())

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

        Its first slot is in cycle `begins` at the earliest. `receive` has the sink and the number of wavelets
        of each, `transmit` the lane and their number; numbers are at least 1. A coupled operation sends
        in the slot in which it takes.
        """
        numbers = self._halves.numbers.reshape(self._pes, 2, st.HALF_FIELDS)
        for half, operation in ((st.RECEIVE, receive), (st.TRANSMIT, transmit)):
            if operation is None:
                numbers[pes, half, st.LEFT] = 0
                numbers[pes, half, st.FIRST] = -1
                continue
            queues, counts = operation
            for column, value in (
                (st.QUEUE, queues),
                (st.LEFT, counts),
                (st.DONE, 0),
                (st.NEXT, begins),
                (st.FIRST, -1),
            ):
                numbers[pes, half, column] = value
        self._halves.coupled[pes] = coupled
        self._halves.busy[pes] = (receive is not None) + (transmit is not None)
        self._wake(pes)

    def _wake(self, pes: Array) -> None:
        work, counters = self._work, self._work.counters
        tasks = self._constants.servers + pes[work.waiting[self._constants.servers + pes] == 0]
        work.waiting[tasks] = 1
        at = (int(counters[st.TASK_HEAD] + counters[st.TASK_COUNT]) + np.arange(tasks.size)) % work.tasks.size
        work.tasks[at] = tasks
        counters[st.TASK_COUNT] += tasks.size

    def run(self) -> Completed:
        """Go on as far as all that is known allows; return what has ended (nothing: nothing can go on).

        Raises `StreamConflict` and `LostWavelet`.
        """
        work, counters = self._work, self._work.counters
        counters[[st.COMPLETED, st.MOVES, st.RUNS]] = 0
        moves: list[NDArray[np.int32]] = []
        runs: list[Array] = []
        while True:
            status = run_kernel(
                self.network.tables, self.queues, self._halves, self._resources, work, self._constants
            )
            moves.append(work.moves.reshape(-1, st.MOVE_FIELDS)[: counters[st.MOVES]].copy())
            runs.append(work.runs.reshape(-1, st.RUN_FIELDS)[: counters[st.RUNS]].copy())
            if status == st.STATUS_DONE:
                break
            if status == st.STATUS_CONFLICT:
                raise self._conflict()
            if status == st.STATUS_LOST:
                raise LostWavelet(int(counters[st.SUBJECT]), int(counters[st.CYCLE]))
            counters[[st.MOVES, st.RUNS]] = 0
        self.moves, self.runs = np.concatenate(moves), np.concatenate(runs)
        return self._completed(work.completed[: counters[st.COMPLETED]].astype(np.int64))

    def _completed(self, pes: Array) -> Completed:
        numbers = self._halves.numbers.reshape(self._pes, 2, st.HALF_FIELDS)[pes]
        first = numbers[:, :, st.FIRST]
        last = np.where(first >= 0, numbers[:, :, st.NEXT] - 1, -1)
        cause = np.where(first >= 0, numbers[:, :, st.FIRST_CAUSE], -1)
        end = last.max(axis=1, initial=-1) + 1
        rx, tx = st.RECEIVE, st.TRANSMIT
        return Completed(
            pes, end, first[:, rx], last[:, rx], cause[:, rx], first[:, tx], last[:, tx], cause[:, tx]
        )

    def _conflict(self) -> StreamConflict:
        counters, network = self._work.counters, self.network
        resource = int(counters[st.SUBJECT])
        return StreamConflict(
            int(network.resource_router[resource]),
            DIRECTIONS[int(network.resource_direction[resource])],
            int(counters[st.CYCLE]),
            (int(counters[st.USER]), int(counters[st.OTHER])),
        )
