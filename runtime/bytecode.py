"""Bytecode: a PE program as a table of integers, what the engines execute.

Each instruction is one row of `ROW_FIELDS` int64 numbers. A scalar operand is an immediate or the
number of a register: bit `k` of field `REGISTERS` says that operand `k` is a register. A memory
descriptor takes five operands in a row: base (bytes), n0, s0, n1, s1 (elements), as `pe.dsd` does;
descriptor `j` of an instruction starts at operand `5 * j`. Costs are resolved when a program is
decoded (SRAM ports included): an instruction takes `CALL_CYCLES`, a vector instruction
`n0 * (CALL_CYCLES + ceil(n1 * ELEMENT_NUMERATOR / ELEMENT_DENOMINATOR))`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# ---- fields of a row -----------------------------------------------------------------------------

OPCODE = 0
FUNCTION = 1
"""Number of the function, reduction, predicate or (in `STORE`) type."""
TYPES = 2
"""Element types of the descriptors: two bits each, descriptor 0 in the lowest."""
REGISTERS = 3
TARGET = 4
"""Register that is written: result of a scalar instruction, counter of a loop."""
JUMP = 5
"""Row to go on with: behind an empty loop or a false condition, or the start of a loop's body."""
CHANNEL_IN = 6
CHANNEL_OUT = 7
CALL_CYCLES = 8
ELEMENT_NUMERATOR = 9
ELEMENT_DENOMINATOR = 10
CONSTANT = 11
"""Bits of the float32 constant of `MAP_CONSTANT` and `FILL`; 1 in a loop over layers (`FOR`, `NEXT`)."""
OPERANDS = 12
"""The first of up to 15 operands."""
ROW_FIELDS = 27

# ---- instructions --------------------------------------------------------------------------------

HALT = 0
ADD = 1
SUBTRACT = 2
MULTIPLY = 3
DIVIDE = 4
"""Rounds down."""
REMAINDER = 5
"""Has the divisor's sign."""
MINIMUM = 6
MAXIMUM = 7
LOAD = 8
"""Operand 0: address of an i32."""
STORE = 9
"""Operand 0: address, operand 1: value; written as the type whose number is `FUNCTION`."""
FOR = 10
"""Operands 0 and 1: first number and end. Starts the counter; goes to `JUMP` if nothing is to count."""
NEXT = 11
"""Operand 1: end. Counts, and goes to `JUMP` for another iteration."""
IF = 12
"""Operands 0 and 1 compared by `FUNCTION`; goes to `JUMP` when that is false."""
MAP_UNARY = 13
MAP_BINARY = 14
MAP_CONSTANT = 15
FMA = 16
FILL = 17
ARGMAX = 18
KEEP_EQUAL = 19
SEND = 20
"""This and all higher ones talk to other PEs."""
RECEIVE = 21
REDUCE = 22
"""Receives and reduces into memory."""
REDUCE_FORWARD = 23
START_SEND = 24
"""This and the two after it set a stream up; it moves during `AWAIT`."""
START_RECEIVE = 25
START_REDUCE = 26
AWAIT = 27
"""Lets the started streams, one send and one receive at most, go on until both have ended."""

STARTING = (START_SEND, START_RECEIVE, START_REDUCE)
SENDING = (SEND, REDUCE_FORWARD, START_SEND)
RECEIVING = (RECEIVE, REDUCE, REDUCE_FORWARD, START_RECEIVE, START_REDUCE)

OPCODE_NAMES = (
    *("halt", "add", "subtract", "multiply", "divide", "remainder", "minimum", "maximum", "load", "store"),
    *("for", "next", "if", "map", "map", "map", "fma", "fill", "argmax", "keep_equal"),
    *("send", "recv", "recv_reduce", "recv_reduce_forward"),
    *("start_send", "start_recv", "start_recv_reduce", "await"),
)

DESCRIPTORS: Mapping[int, int] = {
    MAP_UNARY: 2,
    MAP_BINARY: 3,
    MAP_CONSTANT: 2,
    FMA: 3,
    FILL: 1,
    ARGMAX: 2,
    KEEP_EQUAL: 3,
}
"""Descriptors of vector instructions; those that communicate have one."""

# ---- types and functions -------------------------------------------------------------------------

F16 = 0
F32 = 1
I32 = 2
TYPE_NAMES = ("f16", "f32", "i32")
TYPE_NUMBERS: Mapping[str, int] = {name: number for number, name in enumerate(TYPE_NAMES)}

COPY, NEG, ABS, RELU = 0, 1, 2, 3
EXP, TANH, SIGMOID, SILU, GELU = 4, 5, 6, 7, 8
RSQRT, SQRT, RECIPROCAL, SIN, COS = 9, 10, 11, 12, 13
UNARY_NUMBERS: Mapping[str, int] = {
    name: number
    for number, name in enumerate(
        (
            *("copy", "neg", "abs", "relu", "exp", "tanh", "sigmoid", "silu", "gelu"),
            *("rsqrt", "sqrt", "reciprocal", "sin", "cos"),
        )
    )
}
F_ADD, F_SUB, F_MUL, F_MAX, F_MIN, F_DIV = 0, 1, 2, 3, 4, 5
BINARY_NUMBERS: Mapping[str, int] = {
    name: number for number, name in enumerate(("add", "sub", "mul", "max", "min", "div"))
}
SPECIAL_FUNCTIONS = frozenset(
    {"exp", "tanh", "sigmoid", "silu", "gelu", "rsqrt", "sqrt", "reciprocal", "sin", "cos", "div"}
)
"""Functions that cost `special_function_cycles` an element."""
EQUAL, LESS, LESS_EQUAL = 0, 1, 2
PREDICATE_NUMBERS: Mapping[str, int] = {"eq": EQUAL, "lt": LESS, "le": LESS_EQUAL}

# ---- registers that hold something before the first instruction -----------------------------------

R_X = 0
R_Y = 1
R_POSITION = 2
R_LAYER_COUNT = 3
R_LAYER_FIRST = 4
PRESET_REGISTERS = 5
ARGUMENT_REGISTERS: Mapping[str, int] = {
    "position": R_POSITION,
    "layer_count": R_LAYER_COUNT,
    "layer_first": R_LAYER_FIRST,
}


@dataclass(frozen=True, slots=True)
class Costs:
    """What instructions take, in cycles; the names are those of a target's numbers."""

    f16_elements_per_cycle: int
    mixed_fma_per_cycle: int
    f32_elements_per_cycle: int
    vector_call_cycles: int
    special_function_cycles: int
    compare_cycles: int
    scalar_cycles: int
    branch_cycles: int
    comm_setup_cycles: int
    await_cycles: int
    sram_read_bytes_per_cycle: int
    sram_write_bytes_per_cycle: int


@dataclass(frozen=True, slots=True)
class Site:
    """What an instruction was decoded from: the operation as text, and its `.wdl` location or ''."""

    operation: str
    location: str

    def __str__(self) -> str:
        return f"{self.operation} ({self.location})" if self.location else self.operation


@dataclass(frozen=True, slots=True)
class Program:
    """A decoded program: `code` is int64[instructions, ROW_FIELDS], `sites` says where each row is from."""

    name: str
    code: NDArray[np.int64]
    registers: int
    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Register:
    """An operand that is a register."""

    number: int


Operand = int | Register
"""An immediate or a register."""


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A memory descriptor: element (o, i) at `base` bytes + (o * s0 + i * s1) elements, o < n0, i < n1."""

    type: int
    base: Operand
    n0: Operand
    s0: Operand
    n1: Operand
    s1: Operand

    @property
    def operands(self) -> tuple[Operand, ...]:
        """The five operands in the order of the row."""
        return (self.base, self.n0, self.s0, self.n1, self.s1)


@dataclass(slots=True)
class Instruction:
    """One row with names, for writing programs."""

    opcode: int
    operands: Sequence[Operand] = ()
    descriptors: Sequence[Descriptor] = ()
    function: int = 0
    target: int = 0
    jump: int = 0
    channel_in: int = 0
    channel_out: int = 0
    call_cycles: int = 0
    element_cycles: tuple[int, int] = (0, 1)
    constant: int = 0
    site: Site = Site("", "")

    def row(self) -> list[int]:
        """Return the `ROW_FIELDS` numbers."""
        operands = [*self.operands]
        types = 0
        for index, descriptor in enumerate(self.descriptors):
            types |= descriptor.type << (2 * index)
            operands.extend(descriptor.operands)
        row = [0] * ROW_FIELDS
        row[OPCODE], row[FUNCTION], row[TYPES], row[TARGET] = self.opcode, self.function, types, self.target
        row[JUMP], row[CHANNEL_IN], row[CHANNEL_OUT] = self.jump, self.channel_in, self.channel_out
        row[CALL_CYCLES], row[CONSTANT] = self.call_cycles, self.constant
        row[ELEMENT_NUMERATOR], row[ELEMENT_DENOMINATOR] = self.element_cycles
        for index, operand in enumerate(operands):
            if isinstance(operand, Register):
                row[REGISTERS] |= 1 << index
                row[OPERANDS + index] = operand.number
            else:
                row[OPERANDS + index] = operand
        return row


def assemble(name: str, instructions: Sequence[Instruction]) -> Program:
    """Return the program of `instructions`, which must end in `HALT`. Raises `ValueError` if it does not."""
    if not instructions or instructions[-1].opcode != HALT:
        raise ValueError(f"program '{name}' does not end in a return")
    rows = [instruction.row() for instruction in instructions]
    used = [PRESET_REGISTERS - 1, *(instruction.target for instruction in instructions)]
    sites = tuple(
        instruction.site if instruction.site.operation else Site(f"pe.{OPCODE_NAMES[instruction.opcode]}", "")
        for instruction in instructions
    )
    return Program(name, np.array(rows, np.int64), max(used) + 1, sites)


def disassemble(program: Program) -> str:
    """Return one line an instruction: row, name, operands, where it comes from.

    A descriptor is written `type[base: n0 x s0, n1 x s1]`.
    """
    return "\n".join(
        f"{index:4d}  {_text(row)}  ; {program.sites[index]}"
        for index, row in enumerate(program.code.tolist())
    )


def _text(row: list[int]) -> str:
    """Return an instruction as text."""
    opcode = row[OPCODE]

    def operand(index: int) -> str:
        value = row[OPERANDS + index]
        return f"r{value}" if row[REGISTERS] >> index & 1 else str(value)

    def descriptor(index: int) -> str:
        base, n0, s0, n1, s1 = (operand(5 * index + k) for k in range(5))
        name = TYPE_NAMES[row[TYPES] >> 2 * index & 3]
        return f"{name}[{base}: {n0} x {s0}, {n1} x {s1}]"

    if opcode >= MAP_UNARY and opcode != AWAIT:
        operands = [descriptor(index) for index in range(DESCRIPTORS.get(opcode, 1))]
        if opcode in RECEIVING:
            operands.append(f"in {row[CHANNEL_IN]}")
        if opcode in SENDING:
            operands.append(f"out {row[CHANNEL_OUT]}")
    else:
        scalars = 0 if opcode in (HALT, AWAIT) else 1 if opcode == LOAD else 2
        operands = [operand(index) for index in range(scalars)]
        if opcode in (FOR, NEXT, IF):
            operands.append(f"else {row[JUMP]}" if opcode == IF else f"to {row[JUMP]}")
        if opcode not in (HALT, STORE, IF, AWAIT):
            operands.insert(0, f"r{row[TARGET]} =")
    return f"{OPCODE_NAMES[opcode]} {', '.join(operands)}".replace("=, ", "= ").rstrip()
