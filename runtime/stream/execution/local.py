"""Local instructions, for all PEs of a group at once: scalars, branches, memory words, vectors."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ... import bytecode as bc
from ...arithmetic.vector import MISALIGNED, OUTSIDE
from ...wavelet import state as st
from .groups import Cycles, Group
from .lanes import I32_LARGEST, LaneFault, Lanes, Value, alignment, bounds, holds, lanes, raw, scalar, take
from .log import Layer, StreamLog
from .rows import Row
from .vectors import DescriptorFault, check_descriptors, vector_cycles
from .wafer import Wafer


class ProgramFault(Exception):  # noqa: N818 - it becomes a machine's fault
    """An instruction, begun in `cycle`, went wrong: a kind `FAULT_...` of `wavelet.state` with its detail."""

    def __init__(self, kind: int, pe: int, pc: int, cycle: int, detail: int) -> None:
        self.kind = kind
        self.pe = pe
        self.pc = pc
        self.cycle = cycle
        self.detail = detail
        super().__init__(kind, pe, pc, cycle, detail)


class VectorUnit(Protocol):
    """What does vector instructions to memories."""

    def execute(self, row: Row, operands: list[Value], pes: NDArray[np.int32]) -> None:
        """Do the vector instruction `row` on the memory of each of `pes`."""
        ...


def operand(row: Row, group: Group, place: int) -> Value:
    """Return an operand of `row`."""
    value = row.operands[place]
    return group.registers[value] if place in row.registers else value


def operands_of(row: Row, group: Group) -> list[Value]:
    """Return the operands of the descriptors of `row`."""
    registers = group.registers
    return [registers[value] if is_register else value for is_register, value in row.sources]


class LocalInstructions:
    """Executes what touches no other PE. `vectors` is None if vector instructions only take their time."""

    def __init__(self, wafer: Wafer, limit: int, log: StreamLog | None, vectors: VectorUnit | None) -> None:
        self.wafer = wafer
        self.limit = limit
        self.log = log
        self.vectors = vectors
        self._known: dict[tuple[int, ...], tuple[Cycles, Cycles]] = {}
        """What vector instructions with operands that are equal in all lanes take."""
        self.overwritten: list[tuple[NDArray[np.int64], NDArray[np.int32]]] = []
        """Words that programs stored to, and what was there, when that is all that changes memories."""

    def restore(self) -> None:
        """Undo all stores, the last one first."""
        while self.overwritten:
            at, words = self.overwritten.pop()
            self.wafer.words[at] = words

    def execute(self, row: Row, group: Group) -> Group | None:
        """Execute `row` and bring `group` to the next one.

        Returns the PEs that go another way, as a group of their own, if it parts. Raises `ProgramFault`.
        """
        opcode = row.opcode
        try:
            if opcode >= bc.MAP_UNARY:
                self._vector(row, group)
            elif opcode in (bc.FOR, bc.NEXT, bc.IF):
                return self._control(row, group)
            elif opcode == bc.STORE:
                self._store(row, group)
            else:
                if opcode == bc.LOAD:
                    value = self._load(row, group)
                else:
                    value = scalar(opcode, operand(row, group, 0), operand(row, group, 1))
                group.registers[row.target] = value
                group.ahead += row.call_cycles
        except LaneFault as fault:
            kind = st.FAULT_DIVISION if fault.value is None else st.FAULT_OVERFLOW
            raise self.fault(kind, row, group, fault.lane, fault.value or 0) from fault
        except DescriptorFault as fault:
            raise self.fault(st.FAULT_MEMORY, row, group, fault.lane, fault.detail) from fault
        group.pc += 1
        return None

    @staticmethod
    def fault(kind: int, row: Row, group: Group, lane: int, detail: int = 0) -> ProgramFault:
        """Return what went wrong at a lane of `group`."""
        time = group.time
        cycle = time if isinstance(time, int) else int(time[lane])
        return ProgramFault(kind, int(group.members.pes[lane]), row.pc, cycle, detail)

    def check_time(self, row: Row, group: Group) -> None:
        """Raise `ProgramFault` if a PE of `group` is past the last cycle, or executes for ever."""
        late = np.atleast_1d(np.asarray(group.time > self.limit))
        if group.executed > self.limit or late.any():
            raise self.fault(st.FAULT_ENDLESS, row, group, int(np.argmax(late)))

    # ---- vector instructions

    def _vector(self, row: Row, group: Group) -> None:
        operands = operands_of(row, group)
        key = (row.pc, *(value for value in operands if isinstance(value, int)))
        known = self._known.get(key) if len(key) > len(operands) else None
        if known is None:
            check_descriptors(row, operands, self.wafer.sram_bytes)
            known = vector_cycles(row, operands)
            if len(key) > len(operands):
                self._known[key] = known
        if self.vectors is not None:
            self.vectors.execute(row, operands, group.members.pes)
        work, cycles = known
        group.compute = group.compute + work
        group.ahead = group.ahead + cycles

    # ---- control

    def _control(self, row: Row, group: Group) -> Group | None:
        group.ahead += row.call_cycles
        if row.opcode == bc.IF:
            goes_on = holds(row.function, operand(row, group, 0), operand(row, group, 1))
            return self._branch(group, goes_on, row.pc + 1, row.jump)
        end = operand(row, group, 1)
        if row.opcode == bc.FOR:
            first = operand(row, group, 0)
            group.registers[row.target] = first
            enters = holds(bc.LESS, first, end)
            left = self._branch(group, enters, row.pc + 1, row.jump)
            if row.constant and self.log is not None and group.pc == row.pc + 1:
                self.log.layer(Layer(row.pc, group.members, 0, group.time))
            return left
        self.check_time(row, group)
        before = group.registers[row.target]
        count = _counted(before)
        if row.constant and self.log is not None:
            self.log.layer(Layer(row.pc, group.members, count, group.time))
        again = holds(bc.LESS, count, end)
        group.registers[row.target] = count
        left = self._branch(group, again, row.jump, row.pc + 1)
        # Who leaves keeps the last number.
        if row.target in self.wafer.rows[row.pc + 1].needed:
            if left is not None:
                left.registers[row.target] = take(before, ~np.asarray(again))
            elif group.pc != row.jump:
                group.registers[row.target] = before
        return left

    def _branch(
        self, group: Group, condition: bool | NDArray[np.bool_], then: int, otherwise: int
    ) -> Group | None:
        """Let lanes where `condition` holds go on at `then`, the others at `otherwise`; those are returned.

        Nothing is returned if all go the same way.
        """
        if not isinstance(condition, bool):
            met = int(np.count_nonzero(condition))
            if 0 < met < group.size:
                left = group.part(self.wafer.rows[otherwise], ~condition)
                stays = group.part(self.wafer.rows[then], condition)
                group.pc, group.members, group.registers = stays.pc, stays.members, stays.registers
                group.since, group.ahead, group.compute = stays.since, stays.ahead, stays.compute
                group.send, group.receive = stays.send, stays.receive
                return left
            condition = met > 0
        group.pc = then if condition else otherwise
        return None

    # ---- memory

    def _addresses(self, row: Row, group: Group) -> NDArray[np.int64]:
        """Return the word of `Wafer.words` that each lane names. Raises `DescriptorFault`."""
        address = operand(row, group, 0)
        least, largest = bounds(address)
        words = self.wafer.sram_bytes >> 2
        if least < 0 or largest + 4 > self.wafer.sram_bytes or alignment(address) % 4:
            values = np.atleast_1d(np.asarray(raw(address), np.int64))
            crooked = values % 4 != 0
            wrong = crooked | (values < 0) | (values + 4 > self.wafer.sram_bytes)
            if wrong.any():
                lane = int(np.argmax(wrong))
                raise DescriptorFault(lane, MISALIGNED if crooked[lane] else OUTSIDE)
        return group.members.pes.astype(np.int64) * words + (raw(address) >> 2)

    def _load(self, row: Row, group: Group) -> Value:
        return lanes(self.wafer.words[self._addresses(row, group)])

    def _store(self, row: Row, group: Group) -> None:
        at, value = self._addresses(row, group), raw(operand(row, group, 1))
        if self.vectors is None:
            self.overwritten.append((at, self.wafer.words[at]))
        if row.function == bc.F32:
            self.wafer.floats[at] = np.asarray(value).astype(np.float32)
        else:
            self.wafer.words[at] = np.asarray(value).astype(np.int32)
        group.ahead += row.call_cycles


def _counted(counter: Value) -> Value:
    """Return a loop's counter + 1, which is kept only where it is below the loop's end."""
    if isinstance(counter, int):
        return counter + 1
    # What has come to the largest integer leaves the loop in any case.
    values = np.minimum(counter.values, I32_LARGEST - 1) + np.int32(1)
    return Lanes(values, counter.least, min(counter.largest + 1, I32_LARGEST))
