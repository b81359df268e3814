"""Every vector instruction on random descriptors, types and overlaps, against elements done one by one."""

from __future__ import annotations

import random
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from numpy.typing import NDArray

from wsc.runtime import bytecode as bc
from wsc.runtime.arithmetic import number
from wsc.runtime.bytecode import Descriptor, Instruction
from wsc.runtime.fault import MachineFault

from ...support.wafers import machine

BYTES = 512
DTYPES = {bc.F16: np.float16, bc.F32: np.float32, bc.I32: np.int32}
F = np.float32
I32_LARGEST = 2**31 - 1


def random_memory(rng: random.Random) -> NDArray[np.uint16]:
    """Halves, floats and integers all of a reasonable size, whichever way one reads them."""
    values = np.random.default_rng(rng.randrange(2**32)).normal(0, 2, BYTES // 2)
    return values.astype(np.float16).view(np.uint16)


def random_descriptor(rng: random.Random, type_number: int, n0: int, n1: int) -> Descriptor:
    """A descriptor inside of the memory; steps may be zero or negative."""
    size = 2 if type_number == bc.F16 else 4
    while True:
        s0, s1 = rng.choice([0, 1, n1, 3, -2]), rng.choice([1, 1, 1, 0, 2, -1])
        base = size * rng.randrange(BYTES // size)
        ends = [base + size * (o * s0 + i * s1) for o in (0, max(n0 - 1, 0)) for i in (0, max(n1 - 1, 0))]
        if min(ends) >= 0 and max(ends) + size <= BYTES:
            return Descriptor(type_number, base, n0, s0, n1, s1)


class Memory:
    """A PE's memory as elements of any type."""

    def __init__(self, halves: NDArray[np.uint16]) -> None:
        self.halves = halves.copy()

    def at(self, d: Descriptor, o: int, i: int) -> tuple[NDArray[Any], int]:
        view = self.halves.view(DTYPES[d.type])
        assert isinstance(d.base, int)
        assert isinstance(d.s0, int)
        assert isinstance(d.s1, int)
        return view, d.base // view.itemsize + o * d.s0 + i * d.s1

    def bits(self, d: Descriptor, o: int, i: int) -> Any:
        view, index = self.at(d, o, i)
        return view[index]

    def get(self, d: Descriptor, o: int, i: int) -> np.float32:
        return F(self.bits(d, o, i))

    def put(self, d: Descriptor, o: int, i: int, value: Any) -> None:
        view, index = self.at(d, o, i)
        if d.type == bc.I32 and not isinstance(value, int | np.integer):
            value = number.integer_of_float(F(value))
        view[index] = value


def expected_memory(instruction: Instruction, halves: NDArray[np.uint16], constant: float) -> Memory:
    """What an instruction leaves behind."""
    memory = Memory(halves)
    first, *others = instruction.descriptors
    code, function = instruction.opcode, instruction.function
    shape = others[0] if code == bc.ARGMAX else first
    best: float | None = None
    assert isinstance(shape.n0, int)
    assert isinstance(shape.n1, int)
    for o in range(shape.n0):
        for i in range(shape.n1):
            inputs = [memory.get(d, o, i) for d in others]
            integers = all(d.type == bc.I32 for d in instruction.descriptors)
            if code == bc.FILL:
                memory.put(first, o, i, F(constant))
            elif code == bc.FMA:
                memory.put(first, o, i, memory.get(first, o, i) + inputs[0] * inputs[1])
            elif code == bc.ARGMAX:
                if best is None or inputs[0] > best:
                    best = inputs[0]
                    winner = o * shape.n1 + i
            elif code == bc.KEEP_EQUAL:
                if inputs[0] != inputs[1]:
                    memory.put(first, o, i, I32_LARGEST if first.type == bc.I32 else F(np.inf))
            elif code == bc.MAP_UNARY:
                if function == bc.COPY and first.type == others[0].type:
                    memory.put(first, o, i, memory.bits(others[0], o, i))
                elif integers and function in (bc.NEG, bc.ABS):
                    value = int(memory.bits(others[0], o, i))
                    memory.put(first, o, i, np.int64(abs(value) if function == bc.ABS else -value))
                else:
                    memory.put(first, o, i, F(number.unary(function, inputs[0])))
            elif integers and function != bc.F_DIV:
                a = memory.bits(others[0], o, i)
                b = memory.bits(others[1], o, i) if len(others) > 1 else np.int32(round(constant))
                memory.put(first, o, i, np.int32(number.integer_binary(function, a, b)))
            else:
                b = inputs[1] if len(inputs) > 1 else F(constant)
                memory.put(first, o, i, F(number.binary(function, inputs[0], b)))
    if best is not None:
        memory.put(first, 0, 0, int(winner))
    return memory


def random_instruction(rng: random.Random, opcode: int) -> tuple[Instruction, float]:
    n0, n1 = rng.choice([0, 1, 1, 2, 3]), rng.choice([0, 1, 2, 5, 9, 17])
    count = bc.DESCRIPTORS[opcode]
    types = rng.choice(
        [
            [bc.F16] * 3,
            [bc.F32] * 3,
            [bc.F32, bc.F16, bc.F16],
            [rng.randrange(3) for _ in range(3)],
            [bc.I32] * 3,
        ]
    )
    descriptors = [random_descriptor(rng, types[k], n0, n1) for k in range(count)]
    if opcode == bc.ARGMAX:
        descriptors[0] = random_descriptor(rng, bc.I32, 1, 1)
    if opcode == bc.MAP_UNARY:
        function = rng.choice([bc.COPY, bc.NEG, bc.ABS, bc.RELU, bc.SIGMOID, bc.COS])
    else:
        function = rng.choice([bc.F_ADD, bc.F_SUB, bc.F_MUL, bc.F_MAX, bc.F_MIN, bc.F_DIV])
    constant = rng.choice([0.0, 1.0, -2.5, 3.25])
    (bits,) = struct.unpack("<I", struct.pack("<f", constant))
    return Instruction(opcode, descriptors=descriptors, function=function, constant=bits), constant


@settings(max_examples=150)
@given(seed=some.integers(0, 2**32))
@pytest.mark.parametrize("opcode", bc.DESCRIPTORS, ids=lambda opcode: f"{bc.OPCODE_NAMES[opcode]}{opcode}")
def test_like_one_by_one(opcode: int, seed: int) -> None:
    rng = random.Random(seed)
    instruction, constant = random_instruction(rng, opcode)
    one = machine(1, 1, [], {(0, 0): [instruction]}, sram_bytes=BYTES)
    memory = random_memory(rng)
    one.sram[0] = memory
    one.run_step()
    with np.errstate(all="ignore"):
        expected = expected_memory(instruction, memory, constant).halves
    if np.array_equal(one.sram[0], expected):
        return
    # A NaN may have other bits; whatever the type written, both memories have it in the same place.
    written = DTYPES[instruction.descriptors[0].type]
    got, wanted = one.sram[0].view(written), expected.view(written)
    assert np.array_equal(got, wanted, equal_nan=written is not np.int32)


def value_program(write: Callable[[], list[Instruction]]) -> NDArray[np.int32]:
    one = machine(1, 1, [], {(0, 0): write()}, sram_bytes=64)
    one.integers[0, :4] = [7, -7, 2, 0]
    one.run_step({"position": 40})
    return one.integers[0]


@pytest.mark.parametrize(
    ("opcode", "a", "b", "expected"),
    [
        *((bc.ADD, 5, -7, -2), (bc.SUBTRACT, 5, 7, -2), (bc.MULTIPLY, -5, 7, -35)),
        *((bc.DIVIDE, 7, 2, 3), (bc.DIVIDE, -7, 2, -4), (bc.DIVIDE, 7, -2, -4), (bc.DIVIDE, -7, -2, 3)),
        *((bc.REMAINDER, -7, 3, 2), (bc.REMAINDER, 7, -3, -2), (bc.REMAINDER, 7, 3, 1)),
        *((bc.MINIMUM, -7, 3, -7), (bc.MAXIMUM, -7, 3, 3)),
    ],
)
def test_scalars(opcode: int, a: int, b: int, expected: int) -> None:
    result = bc.Register(9)
    memory = value_program(
        lambda: [
            Instruction(opcode, [a, b], target=9),
            Instruction(bc.STORE, [8, result], function=bc.I32),
            Instruction(bc.STORE, [12, result], function=bc.F32),
        ]
    )
    assert memory[2] == expected
    assert memory.view(np.float32)[3] == expected


def test_load_and_position() -> None:
    memory = value_program(
        lambda: [
            Instruction(bc.LOAD, [4], target=6),
            Instruction(bc.ADD, [bc.Register(6), bc.Register(bc.R_POSITION)], target=6),
            Instruction(bc.STORE, [16, bc.Register(6)], function=bc.I32),
        ]
    )
    assert memory[4] == 33


@pytest.mark.parametrize(
    ("instruction", "message"),
    [
        (Instruction(bc.DIVIDE, [1, 0], target=5), "a division by zero"),
        (Instruction(bc.REMAINDER, [1, 0], target=5), "a division by zero"),
        (Instruction(bc.MULTIPLY, [2**20, 2**20], target=5), f"the result {2**40} does not fit into 32 bits"),
        (Instruction(bc.SUBTRACT, [-(2**31), 1], target=5), "does not fit into 32 bits"),
        (Instruction(bc.LOAD, [64], target=5), "the address reaches outside"),
        (Instruction(bc.LOAD, [-4], target=5), "the address reaches outside"),
        (Instruction(bc.STORE, [2, 1], function=bc.I32), "the address is not aligned"),
        (Instruction(bc.STORE, [64, 1], function=bc.F32), "the address reaches outside"),
        (
            Instruction(bc.FILL, descriptors=[Descriptor(bc.F16, 60, 1, 0, 3, 1)]),
            "descriptor 0 reaches outside",
        ),
        (
            Instruction(bc.FILL, descriptors=[Descriptor(bc.F32, 2, 1, 0, 1, 1)]),
            "descriptor 0 is not aligned",
        ),
        (
            Instruction(bc.FILL, descriptors=[Descriptor(bc.F16, 1, 1, 0, 1, 1)]),
            "descriptor 0 is not aligned",
        ),
        (
            Instruction(bc.FILL, descriptors=[Descriptor(bc.F16, 0, 1, 0, -1, 1)]),
            "descriptor 0 has a negative",
        ),
        (
            Instruction(bc.FILL, descriptors=[Descriptor(bc.F16, 0, 2, -1, 1, 1)]),
            "descriptor 0 reaches outside",
        ),
        (
            Instruction(bc.FILL, descriptors=[Descriptor(bc.F32, 60, 2, 1, 1, 0)]),
            "descriptor 0 reaches outside",
        ),
        (
            Instruction(
                bc.FMA,
                descriptors=[
                    Descriptor(bc.F16, 0, 1, 0, 4, 1),
                    Descriptor(bc.F16, 0, 1, 0, 4, 1),
                    Descriptor(bc.F16, 0, 1, 0, 3, 1),
                ],
            ),
            "descriptor 2 has other extents",
        ),
        (
            Instruction(
                bc.MAP_UNARY,
                descriptors=[Descriptor(bc.F16, 0, 1, 0, 4, 1), Descriptor(bc.F16, 58, 1, 0, 4, 1)],
            ),
            "descriptor 1 reaches outside",
        ),
    ],
)
def test_faults(instruction: Instruction, message: str) -> None:
    one = machine(1, 1, [], {(0, 0): [instruction]}, sram_bytes=64)
    with pytest.raises(MachineFault) as caught:
        one.run_step()
    assert message in str(caught.value)
    assert "PE (0, 0)" in str(caught.value)


def test_an_empty_descriptor_may_lie_anywhere() -> None:
    nowhere = Descriptor(bc.F16, 10**6, 1, 0, 0, 1)
    one = machine(1, 1, [], {(0, 0): [Instruction(bc.FILL, descriptors=[nowhere])]}, sram_bytes=64)
    assert one.run_step().cycles == 0
