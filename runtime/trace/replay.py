"""What a PE did between its communications, found by executing its program once more, for a few PEs.

Logs of large machines have communications only. Scalars are executed again, vector instructions take their
time; where the program comes to its next communication is compared with the log. From the first place on
where the two differ (a branch that hung on a number which is not in memory any more) nothing is claimed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from .. import bytecode as bc
from .. import step_log as sl
from ..machine import Machine
from ..stream.execution.lanes import LaneFault, holds, scalar
from ..stream.execution.rows import Row, rows_of
from ..stream.execution.vectors import vector_cycles
from ..wavelet import state as st

MOST_INSTRUCTIONS = 2_000_000
"""Of one PE: a number that is not in memory any more may be the end of a loop."""

Local = tuple[int, int, int]
"""pc, start and end of a local instruction."""


class _LostError(Exception):
    """The program cannot have come here."""


class Replay:
    """Executes programs of a machine PE by PE."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine

    @cached_property
    def _rows(self) -> list[Row]:
        return rows_of(self._machine.code)

    def local(self, pe: int, position: int, runs: Sequence[Sequence[int]]) -> tuple[list[Local], int]:
        """Return the local instructions of `pe` in a step, and up to which cycle they are known.

        The step was at `position`; `runs` are the runs that the log has of the PE, to its end.
        """
        core = _Core(self._machine, self._rows, pe, position)
        found: list[Local] = []
        known = at = 0
        try:
            while core.comes_to(runs[at]):
                found += core.taken()
                known = core.time
                if core.row.opcode == bc.HALT:
                    break
                at, core.time = _behind(runs, at, self._rows)
                core.pc += 1
        except (_LostError, LaneFault):
            return found, known
        return found, known


def _behind(runs: Sequence[Sequence[int]], at: int, rows: Sequence[Row]) -> tuple[int, int]:
    """Return the first run behind the communication that begins with run `at`, and when it ended."""
    awaits = runs[at][sl.RUN_CAUSE] == st.CAUSE_AWAIT
    end = runs[at][sl.RUN_SLOT] + runs[at][sl.RUN_COUNT]
    at += 1
    while rows[runs[at][sl.RUN_PC]].opcode in bc.STARTING if awaits else runs[at][sl.RUN_FIRST] > 0:
        end = max(end, runs[at][sl.RUN_SLOT] + runs[at][sl.RUN_COUNT])
        at += 1
    return at, end


class _Core:
    """A PE that executes: its registers, what it stored, its time, and the local instructions so far."""

    def __init__(self, machine: Machine, rows: list[Row], pe: int, position: int) -> None:
        tile = machine.tiles[int(machine.pe_tile[pe])]
        program = machine.programs[tile.program]
        self.rows = rows
        self.pc = sum(len(before.code) for before in machine.programs[: tile.program])
        self.time = 0
        self.registers = [0] * program.registers
        self.registers[bc.R_X] = int(machine.pe_x[pe]) - tile.origin[0]
        self.registers[bc.R_Y] = int(machine.pe_y[pe]) - tile.origin[1]
        self.registers[bc.R_POSITION] = position
        self.registers[bc.R_LAYER_FIRST] = tile.layers[0]
        self.registers[bc.R_LAYER_COUNT] = tile.layers[1] - tile.layers[0]
        self._words = machine.integers[pe]
        self._stored: dict[int, int] = {}
        self._local: list[Local] = []
        self._executed = 0

    @property
    def row(self) -> Row:
        """The instruction to come."""
        return self.rows[self.pc]

    def taken(self) -> list[Local]:
        """Return the local instructions since the last time."""
        local, self._local = self._local, []
        return local

    def comes_to(self, run: Sequence[int]) -> bool:
        """Execute up to the next communication that moves wavelets, or the end; return whether that is `run`.

        Raises `_LostError` or `LaneFault` where no program goes.
        """
        while not self._at_communication():
            start, row = self.time, self.row
            self._execute(row)
            self._executed += 1
            if self._executed > MOST_INSTRUCTIONS:
                raise _LostError
            if self.time > start and not bc.SEND <= row.opcode < bc.START_SEND:
                self._local.append((row.pc, start, self.time))
        return run[sl.RUN_PC] == self.pc and run[sl.RUN_START] == self.time

    def _at_communication(self) -> bool:
        row = self.row
        if bc.SEND <= row.opcode < bc.START_SEND:
            return self._operand(row, 1) * self._operand(row, 3) > 0
        return row.opcode in (bc.HALT, bc.AWAIT)

    def _operand(self, row: Row, place: int) -> int:
        value = row.operands[place]
        return self.registers[value] if place in row.registers else value

    def _execute(self, row: Row) -> None:
        self.pc += 1
        if bc.MAP_UNARY <= row.opcode < bc.SEND:
            _, cycles = vector_cycles(row, [self._operand(row, place) for place in range(15)])
            self.time += int(cycles)
            return
        self.time += row.call_cycles
        if row.opcode >= bc.SEND:  # no wavelets, or a stream that goes on when it is awaited
            return
        a, b = self._operand(row, 0), self._operand(row, 1)
        if row.opcode == bc.IF:
            self.pc = self.pc if holds(row.function, a, b) else row.jump
        elif row.opcode == bc.FOR:
            self.registers[row.target] = a
            self.pc = self.pc if a < b else row.jump
        elif row.opcode == bc.NEXT:
            count = self.registers[row.target] + 1
            if count < b:
                self.registers[row.target] = count
                self.pc = row.jump
        elif row.opcode == bc.STORE:
            self._stored[a] = b if row.function != bc.F32 else int(np.float32(b).view(np.int32))
        elif row.opcode == bc.LOAD:
            if a % 4 or not 0 <= a < 4 * self._words.size:
                raise _LostError
            self.registers[row.target] = self._stored.get(a, int(self._words[a // 4]))
        else:
            value = scalar(row.opcode, a, b)
            assert isinstance(value, int), "one PE has one number"
            self.registers[row.target] = value
