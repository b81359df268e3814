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
from .groups import Cycles, Group, I32Array, I64Array, Members
from .lanes import Value, lanes, raw, take
from .local import LocalInstructions, operand
from .log import Operation, StreamLog
from .rows import Row
from .vectors import DescriptorFault, check_descriptors, elements_of
from .wafer import Wafer

_IN, _OUT = "in", "out"


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

    def __init__(self, row: Row, group: Group, count: Value) -> None:
        self.row = row
        self.group = group
        self.count = count
        self.gone = np.zeros(group.size, np.bool_)
        self.left = group.size

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
        """Begin the communication `row`; return who goes on at once, having nothing to send or receive.

        Raises `ProgramFault`.
        """
        operands = [operand(row, group, place) for place in range(5)]
        try:
            check_descriptors(row, operands, self.wafer.sram_bytes)
        except DescriptorFault as fault:
            raise LocalInstructions.fault(st.FAULT_MEMORY, row, group, fault.lane, fault.detail) from fault
        elements = elements_of(operands)
        wavelets = (elements + 1) // 2 if row.types & 3 == bc.F16 else elements
        count = wavelets if isinstance(wavelets, int) else lanes(wavelets)
        following = self.wafer.rows[row.pc + 1]
        if isinstance(count, int):
            if count == 0:
                _pass(row, group)
                return [group]
            self._post(row, group, operands, count)
            return []
        some = count.values > 0
        if some.all():
            self._post(row, group, operands, count)
            return []
        rest = group.part(following, ~some)
        _pass(row, rest)
        rest.pc = following.pc
        busy = group.part(row, some)
        self._post(row, busy, [take(value, some) for value in operands], take(count, some))
        return [rest]

    def _post(self, row: Row, group: Group, operands: Sequence[Value], count: Value) -> None:
        members = group.members
        sinks = lanes_out = None
        receives, sends = row.opcode != bc.SEND, row.opcode in (bc.SEND, bc.REDUCE_FORWARD)
        if receives:
            sinks = self._queues(row, group, _IN, row.channel_in)
        if sends:
            lanes_out = self._queues(row, group, _OUT, row.channel_out)
        number = self._free.pop() if self._free else len(self._posted)
        if number == len(self._posted):
            self._posted.append(None)
        self._posted[number] = Posted(row, group, count)
        self._number[members.pes] = number
        self._lane[members.pes] = np.arange(group.size, dtype=np.int32)
        if self.mover is not None:
            self.mover.begin(row, operands, members, sinks, lanes_out)
        begins = np.broadcast_to(np.asarray(group.time + row.call_cycles, np.int64), (group.size,))
        counts = np.broadcast_to(np.asarray(raw(count), np.int64), (group.size,))
        pes = members.pes.astype(np.int64)
        if sinks is not None and (sinks < 0).any():
            # No route leads here: these wait for ever.
            there = np.flatnonzero(sinks >= 0)
            pes, begins, counts, sinks = pes[there], begins[there], counts[there], sinks[there]
            lanes_out = None if lanes_out is None else lanes_out[there]
        self.streams.post(
            pes,
            begins,
            None if sinks is None else (sinks, counts),
            None if lanes_out is None else (lanes_out, counts),
            coupled=receives and sends,
        )

    def _queues(self, row: Row, group: Group, way: str, channel: int) -> I32Array:
        """Return the sink or the lane of a channel for each PE. Raises `ProgramFault`."""
        key = (way, channel)
        found = group.members.known.get(key)
        if found is not None:
            return found
        wafer = self.wafer
        pes = group.members.pes
        tiles = wafer.tile[pes]
        if channel >= wafer.channels.shape[1]:
            raise LocalInstructions.fault(st.FAULT_CHANNEL, row, group, 0, channel)
        colors = wafer.channels[tiles, channel]
        without = np.flatnonzero(colors < 0)
        if without.size:
            raise LocalInstructions.fault(st.FAULT_CHANNEL, row, group, int(without[0]), channel)
        table = wafer.network.sink_of if way == _IN else wafer.network.source_of
        known = colors < table.shape[1]
        found = np.where(known, table[pes, np.where(known, colors, 0)], -1).astype(np.int32)
        if way == _OUT:
            missing = np.flatnonzero(found < 0)
            if missing.size:
                lane = int(missing[0])
                raise LocalInstructions.fault(st.FAULT_NO_SEND_ROUTE, row, group, lane, int(colors[lane]))
        group.members.known[key] = found
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
        lane = self._lane[completed.pes[chosen]]
        whole = lane.size == group.size
        if whole:
            # All at once: the results are brought into the order of the lanes.
            order = np.empty_like(chosen)
            order[lane] = chosen
            chosen = order
            resumed, count = group, posted.count
        else:
            resumed, count = group.part(self.wafer.rows[row.pc + 1], lane), take(posted.count, lane)
        posted.left -= lane.size
        posted.gone[lane] = True
        if self.log is not None:
            self._log(row, resumed, count, completed, chosen)
        resumed.pc = row.pc + 1
        resumed.since, resumed.ahead, resumed.compute, resumed.executed = completed.end[chosen], 0, 0, 0
        return resumed

    def _log(self, row: Row, group: Group, count: Value, completed: Completed, chosen: I64Array) -> None:
        assert self.log is not None
        software: Cycles = group.ahead - group.compute
        if row.opcode == bc.SEND:
            half, first, last = net.TRANSMIT, completed.tx_first, completed.tx_last
            cause = completed.tx_cause
        else:
            half = net.BOTH if row.opcode == bc.REDUCE_FORWARD else net.RECEIVE
            first, last, cause = completed.rx_first, completed.rx_last, completed.rx_cause
        self.log.operation(
            Operation(
                row.pc,
                group.members,
                half,
                group.time,
                first[chosen].astype(np.int32),
                last[chosen].astype(np.int32),
                count,
                cause[chosen].astype(np.int8),
                group.compute,
                software,
            )
        )


def _pass(row: Row, group: Group) -> None:
    """Let a group go on behind a communication of no wavelets, which only takes its set-up."""
    group.ahead = group.ahead + row.call_cycles
    group.pc = row.pc + 1


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
