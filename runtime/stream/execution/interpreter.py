"""The interpreter: groups of PEs run until they must wait for wavelets, then the network goes on.

In a program the group at the lowest instruction runs first, so that groups which parted at a branch meet
again behind it and become one.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import bytecode as bc
from ...wavelet import state as st
from ..streams import Streams
from .communication import Mover, Poster
from .groups import Cycles, Group, I64Array, Members, merge, mergeable, spread
from .lanes import Value, lanes
from .layers import Layers
from .local import LocalInstructions, VectorUnit
from .log import End, StreamLog
from .wafer import Wafer


@dataclass(frozen=True, slots=True)
class Waiting:
    """PEs in a communication `pc`; where two go on side by side, the one that receives."""

    pc: int
    pes: NDArray[np.int32]


class LimitReached(Exception):  # noqa: N818 - it becomes a machine's fault
    """The last cycle came before the ends of the programs: who was in which communication then."""

    def __init__(self, waiting: list[Waiting]) -> None:
        self.waiting = waiting
        super().__init__(waiting)


class Interpreter:
    """Runs all programs of a wafer from their first instruction to their ends."""

    def __init__(
        self,
        wafer: Wafer,
        streams: Streams,
        limit: int,
        position: int,
        log: StreamLog | None,
        unit: VectorUnit | None = None,
        mover: Mover | None = None,
        *,
        reuse_layers: bool = False,
    ) -> None:
        self.wafer = wafer
        self.streams = streams
        self.log = log
        self.ends: I64Array = np.full(wafer.pes, -1, np.int64)
        """[PEs] when each program has ended"""
        self.local = LocalInstructions(wafer, limit, log, unit)
        self.poster = Poster(wafer, streams, log, mover)
        self._position = position
        self.layers: Layers | None = None
        if reuse_layers and unit is None and log is not None:
            self.layers = Layers(wafer, streams, log, self.local.overwritten)
        self._ready: dict[int, list[Group]] = defaultdict(list)
        self._order: list[int] = []
        """A heap of the instructions that groups are ready at."""

    def run(self) -> list[Waiting]:
        """Run all programs; return who waits for ever (nobody, if all have ended).

        Raises `ProgramFault`, `LimitReached` and what `Streams.run` raises.
        """
        for group in self._first_groups():
            self._put(group)
        while True:
            while self._order:
                self._step(self._take())
            completed = self.streams.run()
            if (completed.end > self.local.limit + 1).any():
                raise LimitReached(self._waiting())
            resumed = self.poster.resume(completed)
            for group in resumed:
                self._put(group)
            if not resumed and not self._next_layers():
                return self._waiting()

    def _next_layers(self) -> bool:
        """Let the groups go on that wait at the end of a layer; returns whether there were any."""
        groups = [] if self.layers is None else self.layers.release()
        for group in groups:
            group.executed += 1
            left = self.local.execute(self.wafer.rows[group.pc], group)
            self._put(group)
            if left is not None:
                self._put(left)
        return bool(groups)

    def _waiting(self) -> list[Waiting]:
        """Return who is in a communication."""
        return [Waiting(posted.waits_in.pc, posted.waiting()) for posted in self.poster.waiting()]

    def _first_groups(self) -> Iterable[Group]:
        """Yield one group for each program, at its first instruction."""
        wafer = self.wafer
        for pc in np.unique(wafer.first_pc).tolist():
            pes = np.flatnonzero(wafer.first_pc == pc).astype(np.int32)
            registers: list[Value] = [0] * wafer.registers
            for number in range(bc.PRESET_REGISTERS):
                registers[number] = lanes(wafer.preset[pes, number])
            registers[bc.R_POSITION] = self._position
            yield Group(pc, Members(pes), registers, 0)

    # ---- who runs next

    def _put(self, group: Group) -> None:
        if not self._ready[group.pc]:
            heapq.heappush(self._order, group.pc)
        self._ready[group.pc].append(group)

    def _take(self) -> Group:
        """Take the groups at the lowest instruction, as one; those that cannot be one stay."""
        pc = self._order[0]
        groups = self._ready.pop(pc)
        kind = mergeable(groups[0])
        same = [group for group in groups if mergeable(group) == kind]
        others = [group for group in groups if mergeable(group) != kind]
        if others:
            self._ready[pc] = others
        else:
            heapq.heappop(self._order)
        return merge(same, self.wafer.rows[pc])

    def _step(self, group: Group) -> None:
        """Run a group until it waits, has ended, or comes to where others are."""
        stop = self._order[0] if self._order else len(self.wafer.rows)
        rows = self.wafer.rows
        while group.pc < stop:
            row = rows[group.pc]
            if (
                row.opcode == bc.NEXT
                and row.constant
                and self.layers is not None
                and self.layers.holds(group)
            ):
                return
            group.executed += 1
            if row.opcode == bc.HALT:
                self._halt(group)
                return
            if row.opcode >= bc.SEND:
                self.local.check_time(row, group)
                for part in self.poster.begin(row, group):
                    self._put(part)
                return
            left = self.local.execute(row, group)
            if left is not None:
                self._put(left)
                stop = min(stop, left.pc)
        self._put(group)

    def _halt(self, group: Group) -> None:
        row = self.wafer.rows[group.pc]
        self.local.check_time(row, group)
        if group.send is not None or group.receive is not None:
            raise self.local.fault(st.FAULT_THREAD, row, group, 0, st.THREAD_UNAWAITED)
        time = group.time
        self.ends[group.members.pes] = spread(time, group.size)
        if self.log is not None:
            software: Cycles = group.ahead - group.compute
            self.log.end(End(row.pc, group.members, time, group.compute, software))
