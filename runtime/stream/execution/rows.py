"""The table of instructions as objects, with the registers that are still needed at each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import bytecode as bc

WRITES = frozenset({*range(bc.ADD, bc.LOAD + 1), bc.FOR, bc.NEXT})
"""Opcodes that write register `target`."""


@dataclass(frozen=True, slots=True)
class Row:
    """An instruction. An operand is a register's number if its place is in `registers`, else an immediate."""

    pc: int
    opcode: int
    function: int
    types: int
    target: int
    jump: int
    channel_in: int
    channel_out: int
    call_cycles: int
    numerator: int
    denominator: int
    constant: int
    registers: frozenset[int]
    operands: tuple[int, ...]
    sources: tuple[tuple[bool, int], ...]
    """The operands of its descriptors: whether each is a register, and its number or the immediate."""
    needed: tuple[int, ...]
    """Registers that this instruction or a later one may read."""

    @property
    def reads(self) -> set[int]:
        """Registers that the instruction reads."""
        found = {self.operands[place] for place in self.registers}
        return found | {self.target} if self.opcode == bc.NEXT else found

    @property
    def successors(self) -> tuple[int, ...]:
        """Rows that may be executed next."""
        if self.opcode == bc.HALT:
            return ()
        return (self.pc + 1, self.jump) if self.opcode in (bc.FOR, bc.NEXT, bc.IF) else (self.pc + 1,)


def rows_of(code: NDArray[np.int64]) -> list[Row]:
    """Return the rows of a table int64[instructions, ROW_FIELDS], whose jumps count from its start."""
    plain = [_row(pc, numbers, ()) for pc, numbers in enumerate(code.tolist())]
    needed = _needed(plain)
    return [_row(pc, numbers, tuple(sorted(needed[pc]))) for pc, numbers in enumerate(code.tolist())]


def _row(pc: int, numbers: list[int], needed: tuple[int, ...]) -> Row:
    mask = numbers[bc.REGISTERS]
    operands = tuple(numbers[bc.OPERANDS :])
    descriptors = bc.DESCRIPTORS.get(numbers[bc.OPCODE], 1)
    return Row(
        pc,
        numbers[bc.OPCODE],
        numbers[bc.FUNCTION],
        numbers[bc.TYPES],
        numbers[bc.TARGET],
        numbers[bc.JUMP],
        numbers[bc.CHANNEL_IN],
        numbers[bc.CHANNEL_OUT],
        numbers[bc.CALL_CYCLES],
        numbers[bc.ELEMENT_NUMERATOR],
        numbers[bc.ELEMENT_DENOMINATOR],
        numbers[bc.CONSTANT],
        frozenset(place for place in range(len(operands)) if mask >> place & 1),
        operands,
        tuple((bool(mask >> place & 1), operands[place]) for place in range(5 * descriptors)),
        needed,
    )


def _needed(rows: Sequence[Row]) -> list[set[int]]:
    """Return for each row the registers that it or a row behind it may read (liveness, backwards)."""
    needed: list[set[int]] = [set() for _ in rows]
    changed = True
    while changed:
        changed = False
        for row in reversed(rows):
            after: set[int] = set()
            for pc in row.successors:
                after |= needed[pc] if pc < len(rows) else set()
            found = (after - {row.target} if row.opcode in WRITES else after) | row.reads
            if found != needed[row.pc]:
                needed[row.pc] = found
                changed = True
    return needed
