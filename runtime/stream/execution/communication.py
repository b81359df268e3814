"""Communications: groups give their operations to the network and go on when those have ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ... import bytecode as bc
from ...wavelet import state as st
from .. import state as net
from ..streams import Completed, Streams
from .groups import Cycles, Group, I32Array, I64Array, Members, Started
from .lanes import Value, lanes, raw, take
from .local import LocalInstructions, operands_of
from .log import Await, Operation, StreamLog
from .rows import Row
from .vectors import DescriptorFault, check_descriptors, elements_of, span_of
from .wafer import Wafer

_IN, _OUT = "in", "out"
_NO_COLOR = -2


class Mover(Protocol):
    """What moves the wavelets' data."""

    def begin(
        self,
        row: Row,
        operands: Sequence[Value],
        members: Members,
        sinks: I32Array | None,
        lanes: I32Array | None,
    ) -> None:
        """Get ready for the communication `row` of some PEs, which have these sinks or lanes."""
        ...

    def move(self, moves: NDArray[np.int32]) -> None:
        """Move wavelets: int32[rows, 3] PE, half, how many."""
        ...


class Posted:
    """Operations of a group that the network has, or can never begin."""

    def __init__(self, row: Row, group: Group, start: Cycles, count: Value) -> None:
        self.row = row
        self.group = group
        self.start = start
        """When the instruction began."""
        self.count = count
        """Wavelets; 0 for an `AWAIT`, whose streams have their own."""
        self.gone = np.zeros(group.size, np.bool_)
        self.left = group.size

    @property
    def waits_in(self) -> Row:
        """The instruction to name when it does not end: for an `AWAIT`, one that started a stream."""
        started = self.group.receive or self.group.send
        return self.row if started is None else started.row

    def waiting(self) -> I32Array:
        """Return the PEs whose operations have not ended."""
        return self.group.members.pes[~self.gone]


class Poster:
    """Begins communications and resumes groups."""

    def __init__(self, wafer: Wafer, streams: Streams, log: StreamLog | None, mover: Mover | None) -> None:
        self.wafer = wafer
        self.streams = streams
        self.log = log
        self.mover = mover
        self._posted: list[Posted | None] = []
        self._free: list[int] = []
        self._number: I32Array = np.zeros(wafer.pes, np.int32)
        """[PEs] number of what the PE is waiting in, and its lane there"""
        self._lane: I32Array = np.zeros(wafer.pes, np.int32)

    def waiting(self) -> list[Posted]:
        """Return what has not ended."""
        return [posted for posted in self._posted if posted is not None]

    # ---- beginning

    def begin(self, row: Row, group: Group) -> list[Group]:
        """Begin the communication `row`; return who goes on at once, having nothing to wait for.

        Raises `ProgramFault`.
        """
        if row.opcode == bc.AWAIT:
            return self._await(row, group)
        starts = row.opcode in bc.STARTING
        self._check_threads(row, group)
        operands = operands_of(row, group)
        try:
            check_descriptors(row, operands, self.wafer.sram_bytes)
        except DescriptorFault as fault:
            raise LocalInstructions.fault(st.FAULT_MEMORY, row, group, fault.lane, fault.detail) from fault
        elements = elements_of(operands)
        wavelets = (elements + 1) // 2 if row.types & 3 == bc.F16 else elements
        count = wavelets if isinstance(wavelets, int) else lanes(wavelets)
        some: bool | NDArray[np.bool_] = count > 0 if isinstance(count, int) else count.values > 0
        sinks, sources = self._queues_of(row, group, some)
        if starts:
            self._start(row, group, operands, count)
            if self.mover is not None:
                self.mover.begin(row, operands, group.members, sinks, sources)
            return [group]
        rest: list[Group] = []
        if not isinstance(some, bool) and not some.all():
            part = group.part(self.wafer.rows[row.pc + 1], ~some)
            part.ahead = part.ahead + row.call_cycles
            rest.append(part)
            if not some.any():
                return rest
            group = group.part(row, some)
            operands, count = [take(value, some) for value in operands], take(count, some)
            sinks, sources = self._queues_of(row, group, True)
        elif some is False:
            group.ahead = group.ahead + row.call_cycles
            group.pc += 1
            return [group]
        if self.mover is not None:
            self.mover.begin(row, operands, group.members, sinks, sources)
        counts = np.broadcast_to(np.asarray(raw(count), np.int64), (group.size,))
        start = group.time
        self._post(
            Posted(row, group, start, count),
            start + row.call_cycles,
            None if sinks is None else (sinks, counts),
            None if sources is None else (sources, counts),
            coupled=sinks is not None and sources is not None,
        )
        return rest

    @staticmethod
    def _check_threads(row: Row, group: Group) -> None:
        """Raise `ProgramFault` if a started stream forbids this communication."""
        if row.opcode not in bc.STARTING:
            if group.send is not None or group.receive is not None:
                raise LocalInstructions.fault(st.FAULT_THREAD, row, group, 0, st.THREAD_BLOCKED)
        elif (group.send if row.opcode == bc.START_SEND else group.receive) is not None:
            raise LocalInstructions.fault(st.FAULT_THREAD, row, group, 0, st.THREAD_TWICE)

    def _start(self, row: Row, group: Group, operands: Sequence[Value], count: Value) -> None:
        started = Started(row, count, *span_of(row, operands))
        if row.opcode == bc.START_SEND:
            group.send = started
        else:
            group.receive = started
        if group.send is not None and group.receive is not None:
            low, high = (
                function(getattr(group.send, name), getattr(group.receive, name))
                for function, name in ((np.maximum, "low"), (np.minimum, "high"))
            )
            shared = np.atleast_1d(np.asarray(low < high))
            if shared.any():
                lane = int(np.argmax(shared))
                raise LocalInstructions.fault(st.FAULT_THREAD, row, group, lane, st.THREAD_OVERLAP)
        group.ahead = group.ahead + row.call_cycles
        group.pc += 1

    def _await(self, row: Row, group: Group) -> list[Group]:
        """Let the streams that were started go on; who has none with wavelets goes on at once."""
        if group.send is None and group.receive is None:
            raise LocalInstructions.fault(st.FAULT_THREAD, row, group, 0, st.THREAD_NOTHING)
        start = group.time
        begins = start + row.call_cycles
        if self.log is not None:
            software = group.ahead - group.compute
            self.log.operation(Await(row.pc, group.members, start, begins, group.compute, software))
        group.since, group.ahead, group.compute = start, 0, 0
        rest: list[Group] = []
        sends = _busy(group.send, group.size)
        receives = _busy(group.receive, group.size)
        for which in range(4):
            chosen = (sends == bool(which & 1)) & (receives == bool(which & 2))
            number = int(np.count_nonzero(chosen))
            if number == 0:
                continue
            part = group if number == group.size else group.part(row, chosen)
            if which == 0:
                part.since, part.send, part.receive = part.since + row.call_cycles, None, None
                part.pc += 1
                rest.append(part)
                continue
            halves: list[tuple[I32Array, I64Array] | None] = []
            for started, busy in ((part.receive, which & 2), (part.send, which & 1)):
                if started is None or not busy:
                    halves.append(None)
                    continue
                queues = next(q for q in self._queues_of(started.row, part, True) if q is not None)
                halves.append((queues, np.broadcast_to(np.asarray(raw(started.counts), np.int64), (number,))))
            self._post(Posted(row, part, part.since, 0), part.since + row.call_cycles, *halves, coupled=False)
        return rest

    def _post(
        self,
        posted: Posted,
        begins: Cycles,
        receive: tuple[I32Array, I64Array] | None,
        transmit: tuple[I32Array, I64Array] | None,
        *,
        coupled: bool,
    ) -> None:
        """Give operations to the network."""
        members, size = posted.group.members, posted.group.size
        number = self._free.pop() if self._free else len(self._posted)
        if number == len(self._posted):
            self._posted.append(None)
        self._posted[number] = posted
        self._number[members.pes] = number
        self._lane[members.pes] = np.arange(size, dtype=np.int32)
        pes = members.pes.astype(np.int64)
        times = np.broadcast_to(np.asarray(begins, np.int64), (size,))
        if receive is not None and (receive[0] < 0).any():
            # No route leads here: these wait for ever.
            there = np.flatnonzero(receive[0] >= 0)
            pes, times, receive = pes[there], times[there], (receive[0][there], receive[1][there])
            transmit = None if transmit is None else (transmit[0][there], transmit[1][there])
        self.streams.post(pes, times, receive, transmit, coupled=coupled)

    def _queues_of(
        self, row: Row, group: Group, used: bool | NDArray[np.bool_]
    ) -> tuple[I32Array | None, I32Array | None]:
        """Return the sink and the lane of the channels of `row` for each PE, None for one that it has not.

        Raises `ProgramFault` if a PE of those `used` has no color for it, or no route from its core.
        """
        found: list[I32Array | None] = []
        for way, opcodes, channel in (
            (_IN, bc.RECEIVING, row.channel_in),
            (_OUT, bc.SENDING, row.channel_out),
        ):
            if row.opcode not in opcodes:
                found.append(None)
                continue
            queues = self._queues(group.members, way, channel)
            found.append(queues)
            wrong = (queues == _NO_COLOR) | ((queues < 0) if way == _OUT else False)
            if wrong.any() and (wrong & used).any():
                lane = int(np.argmax(wrong & used))
                if queues[lane] == _NO_COLOR:
                    raise LocalInstructions.fault(st.FAULT_CHANNEL, row, group, lane, channel)
                color = int(self.wafer.channels[self.wafer.tile[group.members.pes[lane]], channel])
                raise LocalInstructions.fault(st.FAULT_NO_SEND_ROUTE, row, group, lane, color)
        return found[0], found[1]

    def _queues(self, members: Members, way: str, channel: int) -> I32Array:
        """Return the sink or lane of a channel for each PE: -1 if there is none, `_NO_COLOR` without one."""
        key = (way, channel)
        known = members.known.get(key)
        if known is not None:
            return known
        wafer, pes = self.wafer, members.pes
        if channel >= wafer.channels.shape[1]:
            found = np.full(pes.size, _NO_COLOR, np.int32)
        else:
            table = wafer.network.sink_of if way == _IN else wafer.network.source_of
            colors = wafer.channels[wafer.tile[pes], channel]
            inside = (colors >= 0) & (colors < table.shape[1])
            found = np.full(pes.size, -1, np.int32)
            found[inside] = table[pes[inside], colors[inside]]
            found[colors < 0] = _NO_COLOR
        members.known[key] = found
        return found

    # ---- going on

    def resume(self, completed: Completed) -> list[Group]:
        """Return the groups whose operations have ended, behind them; move data and log on the way."""
        if self.mover is not None:
            self.mover.move(self.streams.moves)
        if self.log is not None:
            self.log.breaks(self.streams.runs)
        numbers = self._number[completed.pes]
        groups: list[Group] = []
        for number, chosen in _by_value(numbers):
            posted = self._posted[number]
            assert posted is not None, "a completed operation was posted"
            groups.append(self._resume(posted, completed, chosen))
            if posted.left == 0:
                self._posted[number] = None
                self._free.append(number)
        return groups

    def _resume(self, posted: Posted, completed: Completed, chosen: I64Array) -> Group:
        row, group = posted.row, posted.group
        lane = self._lane[completed.pes[chosen]].astype(np.int64)
        whole = lane.size == group.size
        if whole:
            # All at once: the results are brought into the order of the lanes.
            order = np.empty_like(chosen)
            order[lane] = chosen
            chosen = order
            resumed = group
        else:
            resumed = group.part(self.wafer.rows[row.pc + 1], lane)
        posted.left -= lane.size
        posted.gone[lane] = True
        if self.log is not None:
            self._log(posted, resumed, None if whole else lane, completed, chosen)
        resumed.pc = row.pc + 1
        resumed.since, resumed.ahead, resumed.compute, resumed.executed = completed.end[chosen], 0, 0, 0
        resumed.send = resumed.receive = None
        return resumed

    def _log(
        self, posted: Posted, group: Group, lane: I64Array | None, completed: Completed, chosen: I64Array
    ) -> None:
        """Note what has ended for lanes `lane` of what was posted, all of them if that is None."""
        assert self.log is not None
        row, start, count = posted.row, posted.start, posted.count
        if lane is not None:
            start, count = start if isinstance(start, int) else start[lane], take(count, lane)
        software: Cycles = group.ahead - group.compute
        streams = [(row, count, group.compute, software)]
        if row.opcode == bc.AWAIT:
            streams = [
                (started.row, started.counts, 0, 0)
                for started in (group.send, group.receive)
                if started is not None
            ]
        for begun, wavelets, compute, spent in streams:
            if begun.opcode in (bc.SEND, bc.START_SEND):
                half, cause = net.TRANSMIT, completed.tx_cause
                first, last = completed.tx_first, completed.tx_last
            else:
                half = net.BOTH if begun.opcode == bc.REDUCE_FORWARD else net.RECEIVE
                first, last, cause = completed.rx_first, completed.rx_last, completed.rx_cause
            if wavelets == 0 or first[chosen[0]] < 0:
                continue
            self.log.operation(
                Operation(
                    begun.pc,
                    group.members,
                    half,
                    start,
                    first[chosen].astype(np.int32),
                    last[chosen].astype(np.int32),
                    wavelets,
                    cause[chosen].astype(np.int8),
                    compute,
                    spent,
                )
            )


def _busy(started: Started | None, size: int) -> NDArray[np.bool_]:
    """Return where a started stream has wavelets."""
    if started is None:
        return np.zeros(size, np.bool_)
    return np.broadcast_to(np.asarray(raw(started.counts)) > 0, (size,))


def _by_value(numbers: I32Array) -> list[tuple[int, I64Array]]:
    """Return for each value, ascending, where it is."""
    if not numbers.size:
        return []
    first = int(numbers[0])
    if (numbers == first).all():
        return [(first, np.arange(numbers.size))]
    order = np.argsort(numbers, kind="stable")
    values, starts = np.unique(numbers[order], return_index=True)
    return list(zip(values.tolist(), np.split(order, starts[1:]), strict=True))
