"""From `pe` operations to bytecode: registers, control, costs, fields, locations."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wsc.ir.attributes import F16, F32, I32, INDEX, Attribute, f32, i64, string, symbol
from wsc.ir.builder import Builder
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.dialects.pe import DsdType
from wsc.ir.location import FileLoc
from wsc.ir.operation import Block, Operation, Region, Value
from wsc.ir.target import load_target
from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Operand, Program, disassemble
from wsc.runtime.cores import Tile
from wsc.runtime.decode import decode_program, element_cycles
from wsc.runtime.machine import Machine
from wsc.runtime.module import costs_of

from ..support.wafers import DEPTHS, at

TARGET = load_target("tiny").target
COSTS = costs_of(TARGET)
SLOTS = 12


class Writer:
    """Writes a `pe.program`."""

    def __init__(self) -> None:
        self.block = Block()
        self.builder = Builder(self.block, location=FileLoc("model.wdl", 7, 3))

    def make(self, op: str, /, *operands: Value, **attributes: Attribute) -> Value:
        return self.builder.create(op, operands, [INDEX], attributes).result

    def constant(self, value: int) -> Value:
        return self.make("pe.constant", value=i64(value))

    def do(self, op: str, /, *operands: Value, **attributes: Attribute) -> Operation:
        return self.builder.create(op, operands, (), attributes)

    def dsd(self, element: Attribute, base: int, n: int, n0: int = 1) -> Value:
        operands = [self.constant(value) for value in (base, n0, n, n, 1)]
        return self.builder.create("pe.dsd", operands, [DsdType(element)]).result  # type: ignore[arg-type]

    def decode(self, buffers: dict[str, int] | None = None) -> Program:
        self.do("pe.return")
        op = Operation("pe.program", (), (), {"sym_name": string("main")}, [Region([self.block])])
        return decode_program(op, "block.main", buffers or {}, COSTS)


INTEGER_OPERATIONS = {
    "pe.addi": lambda a, b: a + b,
    "pe.subi": lambda a, b: a - b,
    "pe.mini": min,
    "pe.maxi": max,
}


class RandomProgram:
    """Writes random scalar code and works out what it leaves in memory and how long it takes."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.writer = Writer()
        self.known: list[Value] = [
            self.writer.make("pe.coord", axis=string("x")),
            self.writer.make("pe.coord", axis=string("y")),
            self.writer.make("pe.argument", name=string("position")),
            self.writer.make("pe.argument", name=string("layer_first")),
            self.writer.make("pe.address", buffer=symbol("block", "q")),
        ]
        self.preset = dict(zip(self.known, [1, 2, 40, 5, 8], strict=True))

    def body(self, depth: int, known: list[Value]) -> None:
        """Write a few operations that use the values in `known`."""
        rng, writer = self.rng, self.writer
        known = list(known)
        for _ in range(rng.randint(1, 7)):
            choice = rng.random()
            if choice < 0.15:
                known.append(writer.constant(rng.randint(-9, 9)))
            elif choice < 0.5:
                name = rng.choice(list(INTEGER_OPERATIONS))
                known.append(writer.make(name, rng.choice(known), rng.choice(known)))
            elif choice < 0.7 or depth == 3:
                slot = writer.constant(4 * rng.randrange(SLOTS))
                if rng.random() < 0.3:
                    known.append(writer.make("pe.load", slot))
                else:
                    writer.do("pe.store", slot, rng.choice(known), type=I32)
            else:
                self.nested(depth, known)

    def nested(self, depth: int, known: list[Value]) -> None:
        writer, outer = self.writer, self.writer.builder
        loop = self.rng.random() < 0.6
        block = Block([INDEX] if loop else [])
        operands = [self.rng.choice(known), self.rng.choice(known)]
        if loop:
            # Few iterations: from some value up to a little more.
            operands[1] = writer.make("pe.addi", operands[0], writer.constant(self.rng.randint(-1, 3)))
        writer.builder = Builder(block, location=outer.location)
        self.body(depth + 1, known + block.arguments)
        writer.do("pe.yield")
        writer.builder = outer
        attributes: dict[str, Attribute] = (
            {} if loop else {"predicate": string(self.rng.choice(["eq", "lt", "le"]))}
        )
        outer.create("pe.for" if loop else "pe.if", operands, (), attributes, [Region([block])])

    def execute(self) -> tuple[list[int], int]:
        """Return memory and cycles after the program."""
        memory, cycles = [0] * SLOTS, 0
        values = dict(self.preset)

        def run(block: Block) -> None:
            nonlocal cycles
            for op in block.operations:
                inputs = [values[operand] for operand in op.operands]
                if op.name in INTEGER_OPERATIONS:
                    values[op.result] = INTEGER_OPERATIONS[op.name](*inputs)
                    cycles += TARGET.scalar_cycles
                elif op.name == "pe.constant":
                    values[op.result] = op.attributes["value"].value  # type: ignore[attr-defined]
                elif op.name == "pe.load":
                    values[op.result] = memory[inputs[0] // 4]
                    cycles += TARGET.scalar_cycles
                elif op.name == "pe.store":
                    memory[inputs[0] // 4] = inputs[1]
                    cycles += TARGET.scalar_cycles
                elif op.name == "pe.for":
                    for i in range(*inputs):
                        values[op.body.arguments[0]] = i
                        run(op.body)
                        cycles += TARGET.branch_cycles
                elif op.name == "pe.if":
                    a, b = inputs
                    cycles += TARGET.branch_cycles
                    if {"eq": a == b, "lt": a < b, "le": a <= b}[op.attributes["predicate"].value]:  # type: ignore[attr-defined]
                        run(op.body)

        run(self.writer.block)
        return memory, cycles


def machine_of(program: Program) -> Machine:
    """PE (1, 2) of an instance at (3, 4) runs `program` on layers 5 to 6."""
    tile = Tile(0, at(4, 6), (3, 4), tuple(range(8)), (5, 7))
    return Machine(8, 8, [], [tile], [program], DEPTHS, 4 * 64)


@settings(max_examples=200)
@given(seed=some.integers(0, 2**32))
def test_scalar_programs(seed: int) -> None:
    random_program = RandomProgram(seed)
    random_program.body(0, random_program.known)
    memory, cycles = random_program.execute()
    if max(map(abs, memory)) > 2**30:
        return
    wafer = machine_of(random_program.writer.decode({"q": 8}))
    assert wafer.run_step({"position": 40}).cycles == cycles
    assert wafer.integers[0, :SLOTS].tolist() == memory


def test_registers_are_reused() -> None:
    writer = Writer()
    x = writer.make("pe.coord", axis=string("x"))
    for k in range(50):
        x = writer.make("pe.addi", x, writer.constant(k))
    writer.do("pe.store", writer.constant(0), x, type=I32)
    program = writer.decode()
    assert program.registers == bc.PRESET_REGISTERS + 1
    wafer = machine_of(program)
    wafer.run_step()
    assert wafer.integers[0, 0] == 1 + sum(range(50))


def vector_cycles(name: str, elements: list[Attribute], n: int, n0: int = 1, **attributes: Attribute) -> int:
    writer = Writer()
    descriptors = [writer.dsd(element, 64 * k, n, n0) for k, element in enumerate(elements)]
    writer.do(name, *descriptors, **attributes)
    return machine_of(writer.decode()).run_step().cycles


CALL = TARGET.vector_call_cycles
SPECIAL = TARGET.special_function_cycles


@pytest.mark.parametrize(
    ("name", "elements", "fn", "cycles"),
    [
        ("pe.map", [F16, F16], "copy", CALL + 3),
        ("pe.map", [F32, F16], "copy", CALL + 9),
        ("pe.map", [I32, I32], "copy", CALL + 9),
        ("pe.map", [F16, F16, F16], "add", CALL + 3),
        ("pe.map", [F16, F16, F32], "add", CALL + 9),
        ("pe.map", [F16, F16], "exp", CALL + 9 * SPECIAL),
        ("pe.map", [F16, F16, F16], "div", CALL + 9 * SPECIAL),
        # Three f16 are read for each one: 16 bytes a cycle are 8 elements in 3 cycles.
        ("pe.fma", [F16, F16, F16], None, CALL + 4),
        ("pe.fma", [F32, F16, F16], None, CALL + 5),
        ("pe.fma", [F32, F32, F16], None, CALL + 9),
        ("pe.fill", [F16], None, CALL + 3),
        ("pe.fill", [F32], None, CALL + 9),
        ("pe.keep_equal", [I32, F32, F32], None, CALL + 9 * TARGET.compare_cycles),
    ],
)
def test_vector_costs(name: str, elements: list[Attribute], fn: str | None, cycles: int) -> None:
    attributes: dict[str, Attribute] = {} if fn is None else {"fn": string(fn)}
    if name == "pe.fill":
        attributes["value"] = f32(1.5)
    assert vector_cycles(name, elements, 9, **attributes) == cycles
    assert vector_cycles(name, elements, 9, 3, **attributes) == 3 * cycles


@pytest.mark.parametrize(
    ("reads", "writes", "opcode", "strides", "cycles"),
    [
        # fma d += a * b in f16 at 8 elements a cycle: reads d, a, b and writes d.
        (48, 16, bc.FMA, (1, 1, 1), (1, 8)),
        (16, 16, bc.FMA, (1, 1, 1), (3, 8)),
        (16, 16, bc.FMA, (1, 0, 1), (1, 4)),
        (16, 16, bc.FMA, (0, 1, 1), (1, 4)),
        (16, 16, bc.FMA, (0, 0, 1), (1, 8)),
        (16, 8, bc.FMA, (1, 0, 1), (1, 4)),
        (48, 2, bc.FMA, (1, 0, 1), (1, 1)),
        (48, 2, bc.FMA, (0, 1, 1), (1, 8)),
        (48, 2, bc.FMA, (bc.Register(5), 1, 1), (1, 1)),
        # A copy reads a and writes d; a fill only writes.
        (16, 8, bc.MAP_UNARY, (1, 1), (1, 4)),
        (4, 8, bc.MAP_UNARY, (1, 1), (1, 2)),
        (1, 8, bc.FILL, (1,), (1, 4)),
        (1, 8, bc.FILL, (0,), (1, 8)),
    ],
)
def test_ports(reads: int, writes: int, opcode: int, strides: tuple[Operand, ...], cycles: object) -> None:
    costs = replace(
        COSTS, f16_elements_per_cycle=8, sram_read_bytes_per_cycle=reads, sram_write_bytes_per_cycle=writes
    )
    descriptors = [Descriptor(bc.F16, 0, 1, 0, 8, stride) for stride in strides]
    assert element_cycles(opcode, "", descriptors, costs) == cycles


def test_ports_are_wide_enough_for_arithmetic_in_software() -> None:
    descriptors = [Descriptor(bc.F32, 0, 1, 0, 8, 1)] * 2
    assert element_cycles(bc.MAP_UNARY, "exp", descriptors, COSTS) == (SPECIAL, 1)


def test_argmax_costs_by_what_it_searches() -> None:
    writer = Writer()
    writer.do("pe.argmax", writer.dsd(I32, 0, 1), writer.dsd(F16, 64, 9, 2))
    cycles = machine_of(writer.decode()).run_step().cycles
    assert cycles == 2 * (CALL + 9 * TARGET.compare_cycles)


def test_without_data_only_scalars_reach_memory() -> None:
    """Vectors take their time and leave memory as it is; scalar loads and stores work as ever."""
    writer = Writer()
    writer.do("pe.fill", writer.dsd(F32, 0, 3), value=f32(1.5))
    loaded = writer.make("pe.load", writer.constant(4))
    writer.do("pe.store", writer.constant(16), loaded, type=I32)
    wafer = machine_of(writer.decode())
    wafer.integers[0, :4] = 9
    cycles = wafer.run_step(data=False).cycles
    assert wafer.integers[0, :5].tolist() == [9] * 5
    assert wafer.run_step().cycles == cycles
    assert wafer.floats[0, :3].tolist() == [1.5] * 3


def test_maps_with_a_constant() -> None:
    writer = Writer()
    a, b = writer.dsd(F32, 0, 3), writer.dsd(F32, 16, 3)
    writer.do("pe.map", b, a, fn=string("mul"), value=f32(-0.1))
    writer.do("pe.fill", a, value=f32(0.3))
    wafer = machine_of(writer.decode())
    wafer.floats[0, :3] = [1, 2, 3]
    wafer.run_step()
    assert np.array_equal(wafer.floats[0, 4:7], np.array([1, 2, 3], np.float32) * np.float32(-0.1))
    assert np.array_equal(wafer.floats[0, :3], np.full(3, 0.3, np.float32))


def test_disassembly_and_sites() -> None:
    writer = Writer()
    data = writer.dsd(F16, 4, 6)
    count = writer.make("pe.argument", name=string("layer_count"))
    body = Block([INDEX])
    outer, writer.builder = writer.builder, Builder(body, location=FileLoc("model.wdl", 9, 1))
    wide = writer.dsd(F32, 32, 2)
    writer.do("pe.recv_reduce_forward", wide, in_channel=i64(1), out_channel=i64(2), fn=string("max"))
    writer.do("pe.recv", data, channel=i64(3))
    writer.do("pe.yield")
    writer.builder = outer
    outer.create("pe.for", [writer.constant(0), count], (), {}, [Region([body])])
    writer.do("pe.send", data, channel=i64(0))
    writer.do("pe.store", writer.constant(8), count, type=F32)
    writer.do("pe.start_recv_reduce", data, channel=i64(1), fn=string("min"))
    writer.do("pe.start_send", data, channel=i64(2))
    writer.do("pe.await")
    program = writer.decode()
    assert disassemble(program).splitlines() == [
        "   0  for r5 = 0, r3, to 4  ; pe.for (model.wdl:7:3)",
        "   1  recv_reduce_forward f32[32: 1 x 2, 2 x 1], in 1, out 2"
        "  ; pe.recv_reduce_forward max in channel 1 out channel 2 (model.wdl:9:1)",
        "   2  recv f16[4: 1 x 6, 6 x 1], in 3  ; pe.recv channel 3 (model.wdl:9:1)",
        "   3  next r5 = 0, r3, to 1  ; pe.for (model.wdl:7:3)",
        "   4  send f16[4: 1 x 6, 6 x 1], out 0  ; pe.send channel 0 (model.wdl:7:3)",
        "   5  store 8, r3  ; pe.store (model.wdl:7:3)",
        "   6  start_recv_reduce f16[4: 1 x 6, 6 x 1], in 1"
        "  ; pe.start_recv_reduce min channel 1 (model.wdl:7:3)",
        "   7  start_send f16[4: 1 x 6, 6 x 1], out 2  ; pe.start_send channel 2 (model.wdl:7:3)",
        "   8  await  ; pe.await (model.wdl:7:3)",
        "   9  halt  ; pe.return (model.wdl:7:3)",
    ]
    assert program.code[[0, 3], bc.CONSTANT].tolist() == [1, 1]
    costs = [TARGET.comm_setup_cycles, TARGET.comm_setup_cycles, TARGET.await_cycles]
    assert program.code[[4, 6, 8], bc.CALL_CYCLES].tolist() == costs


@pytest.mark.parametrize(
    ("write", "message"),
    [
        (lambda w: w.do("nn.add"), "'nn.add': not an operation that a PE executes"),
        (lambda w: w.do("pe.map", w.dsd(F16, 0, 1), fn=string("exp")), "not an operation that a PE executes"),
        (lambda w: w.do("pe.send", w.constant(1), channel=i64(0)), "an operand is not made by pe.dsd"),
        (lambda w: w.make("pe.address", buffer=symbol("block", "k")), "there is no buffer 'k'"),
        (
            lambda w: w.do("pe.argmax", w.dsd(F16, 0, 1), w.dsd(F16, 8, 4)),
            "'pe.argmax': the result is an i32",
        ),
    ],
)
def test_what_a_pe_does_not_have(write, message: str) -> None:  # type: ignore[no-untyped-def]
    writer = Writer()
    write(writer)
    with pytest.raises(DiagnosticError, match=message):
        writer.decode()
