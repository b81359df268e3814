"""The log of the stream engine: one record for a group's instruction, told PE by PE when asked."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...step_log import OPERATION_FIELDS, RUN_FIELDS
from ...wavelet import state as st
from ..state import TRANSMIT
from .groups import Cycles, Members
from .lanes import Value, lanes, raw

# Columns of a row about wavelets that did not follow the one before in the next cycle.
BREAK_PE, BREAK_HALF, BREAK_FIRST, BREAK_SLOT, BREAK_CAUSE = range(5)


@dataclass(frozen=True, slots=True)
class Operation:
    """A communication of some PEs: `first` and `last` are the cycles of its first and last wavelet."""

    pc: int
    members: Members
    half: int
    start: Cycles
    first: NDArray[np.int32]
    last: NDArray[np.int32]
    count: Value
    cause: NDArray[np.int8]
    compute: Cycles
    software: Cycles
    later: int = 0
    """Cycles by which all of it was later than the times here say."""


@dataclass(frozen=True, slots=True)
class Await:
    """The instruction that lets started streams go on, which they do from `begins` on."""

    pc: int
    members: Members
    start: Cycles
    begins: Cycles
    compute: Cycles
    software: Cycles
    later: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """The end of a program."""

    pc: int
    members: Members
    time: Cycles
    compute: Cycles
    software: Cycles


@dataclass(frozen=True, slots=True)
class Layer:
    """The start (number 0) or end of a layer."""

    pc: int
    members: Members
    number: Value
    time: Cycles
    later: int = 0


@dataclass(frozen=True, slots=True)
class LogMark:
    """How much a log held at a moment."""

    operations: tuple[int, ...]
    layers: int
    breaks: int


class StreamLog:
    """A log by programs: `first_rows` has the first row of each in the table of instructions, ascending."""

    def __init__(self, first_rows: Sequence[int]) -> None:
        self._first_rows = list(first_rows)
        self._operations: list[list[Operation | Await]] = [[] for _ in first_rows]
        self._ends: list[list[End]] = [[] for _ in first_rows]
        self._layers: list[Layer] = []
        self._breaks: list[NDArray[np.int64]] = []
        self._sorted_breaks: NDArray[np.int64] | None = None

    # ---- writing

    def operation(self, operation: Operation | Await) -> None:
        """Note a communication that has ended, or the start of those that go on side by side."""
        self._operations[self._program(operation.pc)].append(operation)

    def end(self, end: End) -> None:
        """Note the end of a program."""
        self._ends[self._program(end.pc)].append(end)

    def layer(self, layer: Layer) -> None:
        """Note the start or the end of a layer."""
        self._layers.append(layer)

    def breaks(self, rows: NDArray[np.int32]) -> None:
        """Note int32[rows, 5]: PE, half, number of the wavelet that came late, its cycle, why."""
        if len(rows):
            self._breaks.append(rows.astype(np.int64))

    # ---- repeating

    def mark(self) -> LogMark:
        """Return how much there is now."""
        return LogMark(tuple(map(len, self._operations)), len(self._layers), len(self._breaks))

    def members_since(self, start: LogMark, end: LogMark) -> list[Members]:
        """Return whose communications were noted between two moments."""
        found: dict[int, Members] = {}
        for operations, first, last in zip(self._operations, start.operations, end.operations, strict=True):
            found |= {id(one.members): one.members for one in operations[first:last]}
        return list(found.values())

    def repeat(self, start: LogMark, end: LogMark, cycles: int, times: int) -> None:
        """Note what was noted between two moments `times` more, each time `cycles` later, a layer further."""
        for number in range(1, times + 1):
            later = number * cycles
            for operations, first, last in zip(
                self._operations, start.operations, end.operations, strict=True
            ):
                operations += [replace(one, later=one.later + later) for one in operations[first:last]]
            self._layers += [
                replace(one, number=_plus(one.number, number), later=one.later + later)
                for one in self._layers[start.layers : end.layers]
            ]
            for rows in self._breaks[start.breaks : end.breaks]:
                moved = rows.copy()
                moved[:, BREAK_SLOT] += later
                self._breaks.append(moved)

    def _program(self, pc: int) -> int:
        return bisect_right(self._first_rows, pc) - 1

    # ---- reading

    def runs_of(self, pe: int) -> NDArray[np.int64]:
        """See `StepLog`."""
        rows: list[list[int]] = []
        for ends, operations in zip(self._ends, self._operations, strict=True):
            for end in ends:
                lane = end.members.lane_of(pe)
                if lane >= 0:
                    rows = self._runs(pe, operations)
                    time = _at(end.time, lane)
                    spent = [_at(end.compute, lane), _at(end.software, lane)]
                    rows.append([end.pc, time, time, 0, 0, st.CAUSE_HALT, *spent])
                    return np.array(rows, np.int64).reshape(-1, RUN_FIELDS)
        return np.zeros((0, RUN_FIELDS), np.int64)

    def _runs(self, pe: int, operations: Sequence[Operation | Await]) -> list[list[int]]:
        breaks = self._breaks_of(pe)
        # When the wavelet engine would have written each down: a run when the next one begins, or it ends.
        found: list[tuple[int, int, list[int]]] = []
        for operation in operations:
            lane = operation.members.lane_of(pe)
            if lane < 0:
                continue
            later = operation.later
            start = _at(operation.start, lane) + later
            spent = [_at(operation.compute, lane), _at(operation.software, lane)]
            if isinstance(operation, Await):
                begins = _at(operation.begins, lane) + later
                found.append((start, 0, [operation.pc, start, begins, 0, 0, st.CAUSE_AWAIT, *spent]))
                continue
            first, last = _at(operation.first, lane) + later, _at(operation.last, lane) + later
            count = _at(raw(operation.count), lane)
            mine = breaks[
                (breaks[:, BREAK_HALF] == operation.half)
                & (breaks[:, BREAK_SLOT] > first)
                & (breaks[:, BREAK_SLOT] <= last)
            ].tolist()
            begins = [0, *(row[BREAK_FIRST] for row in mine)]
            slots = [first, *(row[BREAK_SLOT] for row in mine)]
            causes = [_at(operation.cause, lane), *(row[BREAK_CAUSE] for row in mine)]
            written = [*slots[1:], last]
            # Of two streams, the one that sends has its turn first.
            turn = 1 if operation.half == TRANSMIT else 2
            for number, begin in enumerate(begins):
                end = [*begins, count][number + 1]
                row = [operation.pc, start, slots[number], begin, end - begin, causes[number], *spent]
                found.append((written[number], turn, row))
                spent = [0, 0]
        return [row for _, _, row in sorted(found, key=lambda entry: entry[:2])]

    def _breaks_of(self, pe: int) -> NDArray[np.int64]:
        if self._sorted_breaks is None:
            rows = np.concatenate([np.zeros((0, 5), np.int64), *self._breaks])
            self._sorted_breaks = rows[np.argsort(rows[:, BREAK_PE], kind="stable")]
        pes = self._sorted_breaks[:, BREAK_PE]
        return self._sorted_breaks[np.searchsorted(pes, pe) : np.searchsorted(pes, pe, side="right")]

    def layers(self) -> NDArray[np.int64]:
        """See `StepLog`."""
        parts = [np.zeros((0, 4), np.int64)]
        for layer in self._layers:
            part = np.empty((len(layer.members), 4), np.int64)
            part[:, 0], part[:, 1] = layer.members.pes, layer.pc
            part[:, 2], part[:, 3] = raw(layer.number), layer.time + layer.later
            parts.append(part)
        return np.concatenate(parts)

    def operations(self) -> NDArray[np.int64]:
        """See `StepLog`."""
        parts = [np.zeros((0, OPERATION_FIELDS), np.int64)]
        for operations in self._operations:
            for operation in operations:
                if isinstance(operation, Await):
                    continue
                part = np.empty((len(operation.members), OPERATION_FIELDS), np.int64)
                part[:, 0], part[:, 1], part[:, 2] = operation.members.pes, operation.pc, operation.start
                part[:, 3], part[:, 4], part[:, 5] = operation.first, operation.last, raw(operation.count)
                part[:, 2:5] += operation.later
                parts.append(part)
        table = np.concatenate(parts)
        return table[np.lexsort((table[:, 2], table[:, 1], table[:, 0]))]


def _plus(value: Value, number: int) -> Value:
    return value + number if isinstance(value, int) else lanes(value.values.astype(np.int64) + number)


def _at(value: int | NDArray[np.int64] | NDArray[np.int32] | NDArray[np.int8], lane: int) -> int:
    return value if isinstance(value, int) else int(value[lane])
