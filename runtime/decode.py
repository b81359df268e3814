"""Decoding: from the operations of a `pe.program` to bytecode with costs and registers.

Constants, coordinates, addresses and arguments cost nothing: they are known when a program is loaded and
become immediates or preset registers. All other scalars get registers by linear scan, which is exact
here because control flow is structured.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..ir.attributes import FloatAttr, IntegerAttr, StringAttr, SymbolRefAttr
from ..ir.diagnostics import DiagnosticError, error_at
from ..ir.dialects.pe import DsdType
from ..ir.location import place_text
from ..ir.operation import Block, Operation, Value
from . import bytecode as bc
from .bytecode import Costs, Descriptor, Instruction, Operand, Program, Register, Site

_SCALARS = {
    "pe.addi": bc.ADD,
    "pe.subi": bc.SUBTRACT,
    "pe.muli": bc.MULTIPLY,
    "pe.divi": bc.DIVIDE,
    "pe.remi": bc.REMAINDER,
    "pe.mini": bc.MINIMUM,
    "pe.maxi": bc.MAXIMUM,
}
_COMMUNICATION = {
    "pe.send": bc.SEND,
    "pe.recv": bc.RECEIVE,
    "pe.recv_reduce": bc.REDUCE,
    "pe.recv_reduce_forward": bc.REDUCE_FORWARD,
    "pe.start_send": bc.START_SEND,
    "pe.start_recv": bc.START_RECEIVE,
    "pe.start_recv_reduce": bc.START_REDUCE,
}


@dataclass(slots=True)
class _Lifetime:
    """A virtual register: the instruction that defines it, the last one that needs it."""

    start: int
    end: int


def decode_program(program: Operation, name: str, buffers: Mapping[str, int], costs: Costs) -> Program:
    """Return the bytecode of a `pe.program`; `buffers` has the byte offset of each buffer of its region.

    Raises `DiagnosticError` for an operation that a PE does not have.
    """
    decoder = _Decoder(buffers, costs)
    decoder.block(program.body)
    if not decoder.instructions or decoder.instructions[-1].opcode != bc.HALT:
        raise _error("the program does not end in pe.return", program)
    return bc.assemble(name, _allocate(decoder.instructions, decoder.lifetimes))


class _Decoder:
    """Writes instructions over virtual registers, numbered from `PRESET_REGISTERS` on."""

    def __init__(self, buffers: Mapping[str, int], costs: Costs) -> None:
        self.buffers = buffers
        self.costs = costs
        self.instructions: list[Instruction] = []
        self.operands: dict[Value, Operand] = {}
        self.lifetimes: list[_Lifetime] = []
        self.loops: list[tuple[int, list[Register]]] = []
        """Loops around the operation being decoded: first instruction, registers used inside."""

    def block(self, block: Block) -> None:
        """Decode the operations of a block."""
        for op in block.operations:
            self.operation(op)

    def operation(self, op: Operation) -> None:
        """Decode one operation."""
        match op.name:
            case "pe.constant":
                self.operands[op.result] = op.attribute("value", IntegerAttr).value
            case "pe.coord":
                self.operands[op.result] = Register(bc.R_X if _string(op, "axis") == "x" else bc.R_Y)
            case "pe.argument":
                self.operands[op.result] = Register(bc.ARGUMENT_REGISTERS[_string(op, "name")])
            case "pe.address":
                buffer = op.attribute("buffer", SymbolRefAttr).leaf
                if buffer not in self.buffers:
                    raise _error(f"there is no buffer '{buffer}'", op)
                self.operands[op.result] = self.buffers[buffer]
            case "pe.dsd" | "pe.yield":
                pass
            case "pe.return":
                self.emit(op, bc.HALT)
            case "pe.await":
                self.emit(op, bc.AWAIT, call_cycles=self.costs.await_cycles)
            case "pe.load":
                self.emit(op, bc.LOAD, (0,), call_cycles=self.costs.scalar_cycles)
                self.define(op.result)
            case "pe.store":
                type_number = bc.TYPE_NUMBERS[str(op.attributes["type"])]
                self.emit(op, bc.STORE, (0, 1), function=type_number, call_cycles=self.costs.scalar_cycles)
            case "pe.for":
                self.loop(op)
            case "pe.if":
                self.condition(op)
            case _ if op.name in _SCALARS:
                self.emit(op, _SCALARS[op.name], (0, 1), call_cycles=self.costs.scalar_cycles)
                self.define(op.result)
            case _ if op.name in _COMMUNICATION:
                self.communication(op)
            case _:
                self.vector(op)

    # ---- values

    def emit(
        self,
        op: Operation,
        opcode: int,
        scalars: tuple[int, ...] = (),
        descriptors: int = 0,
        *,
        function: int = 0,
        call_cycles: int = 0,
    ) -> Instruction:
        """Append an instruction with these scalar operands of `op`, or its first so many descriptors."""
        instruction = Instruction(
            opcode,
            [self.scalar(op, op.operands[index]) for index in scalars],
            [self.descriptor(op, op.operands[index]) for index in range(descriptors)],
            function=function,
            call_cycles=call_cycles,
            site=_site(op),
        )
        self.instructions.append(instruction)
        return instruction

    def define(self, value: Value) -> Register:
        """Give `value` a virtual register, written by the last instruction."""
        register = Register(bc.PRESET_REGISTERS + len(self.lifetimes))
        last = len(self.instructions) - 1
        self.lifetimes.append(_Lifetime(last, last))
        self.operands[value] = register
        self.instructions[-1].target = register.number
        return register

    def scalar(self, op: Operation, value: Value) -> Operand:
        """Return the operand that holds `value`, which the instruction to come uses."""
        if value not in self.operands:
            raise _error("an operand is not an integer known here", op)
        operand = self.operands[value]
        if isinstance(operand, Register) and operand.number >= bc.PRESET_REGISTERS:
            self.use(operand)
        return operand

    def use(self, register: Register) -> None:
        """Keep `register` for the instruction to come, and if it is from outside a loop until that ends."""
        lifetime = self.lifetimes[register.number - bc.PRESET_REGISTERS]
        lifetime.end = max(lifetime.end, len(self.instructions))
        for start, used in self.loops:
            if lifetime.start < start:
                used.append(register)

    def descriptor(self, op: Operation, value: Value) -> Descriptor:
        """Return the descriptor that `value`, a result of `pe.dsd`, stands for."""
        source = value.defining_op
        if source is None or source.name != "pe.dsd" or not isinstance(value.type, DsdType):
            raise _error("an operand is not made by pe.dsd", op)
        fields = [self.scalar(op, operand) for operand in source.operands]
        return Descriptor(bc.TYPE_NUMBERS[str(value.type.element)], *fields)

    # ---- control

    def loop(self, op: Operation) -> None:
        """Decode a loop: its start, its body, its end."""
        start = self.emit(op, bc.FOR, (0, 1))
        first = len(self.instructions) - 1
        counter = self.define(op.body.arguments[0])
        bound = op.operands[1].defining_op
        layers = bound is not None and bound.name == "pe.argument" and _string(bound, "name") == "layer_count"
        start.constant = int(layers)
        self.loops.append((first, []))
        self.block(op.body)
        self.use(counter)
        upper = self.scalar(op, op.operands[1])
        end = self.emit(op, bc.NEXT, call_cycles=self.costs.branch_cycles)
        end.operands = (0, upper)
        end.target, end.jump, end.constant = counter.number, first + 1, start.constant
        start.jump = len(self.instructions)
        _, used = self.loops.pop()
        for register in used:
            lifetime = self.lifetimes[register.number - bc.PRESET_REGISTERS]
            lifetime.end = max(lifetime.end, len(self.instructions) - 1)

    def condition(self, op: Operation) -> None:
        """Decode a condition and what it guards."""
        predicate = bc.PREDICATE_NUMBERS[_string(op, "predicate")]
        test = self.emit(op, bc.IF, (0, 1), function=predicate, call_cycles=self.costs.branch_cycles)
        self.block(op.body)
        test.jump = len(self.instructions)

    # ---- vectors and wavelets

    def communication(self, op: Operation) -> None:
        """Decode a send or a receive."""
        instruction = self.emit(op, _COMMUNICATION[op.name], (), 1, call_cycles=self.costs.comm_setup_cycles)
        if "fn" in op.attributes:
            instruction.function = bc.BINARY_NUMBERS[_string(op, "fn")]
        both = instruction.opcode == bc.REDUCE_FORWARD
        if instruction.opcode in bc.RECEIVING:
            instruction.channel_in = _integer(op, "in_channel" if both else "channel")
        if instruction.opcode in bc.SENDING:
            instruction.channel_out = _integer(op, "out_channel" if both else "channel")

    def vector(self, op: Operation) -> None:
        """Decode a vector operation."""
        count = len(op.operands)
        function = _string(op, "fn") if "fn" in op.attributes else ""
        constant = op.attributes.get("value")
        match op.name:
            case "pe.map" if function in bc.UNARY_NUMBERS and count == 2:
                opcode, number = bc.MAP_UNARY, bc.UNARY_NUMBERS[function]
            case "pe.map" if function in bc.BINARY_NUMBERS and count == 2 and constant is not None:
                opcode, number = bc.MAP_CONSTANT, bc.BINARY_NUMBERS[function]
            case "pe.map" if function in bc.BINARY_NUMBERS and count == 3:
                opcode, number = bc.MAP_BINARY, bc.BINARY_NUMBERS[function]
            case "pe.fma":
                opcode, number = bc.FMA, 0
            case "pe.fill":
                opcode, number = bc.FILL, 0
            case "pe.argmax":
                opcode, number = bc.ARGMAX, 0
            case "pe.keep_equal":
                opcode, number = bc.KEEP_EQUAL, 0
            case _:
                raise _error("not an operation that a PE executes", op)
        instruction = self.emit(
            op, opcode, (), count, function=number, call_cycles=self.costs.vector_call_cycles
        )
        if opcode == bc.ARGMAX and instruction.descriptors[0].type != bc.I32:
            raise _error("the result is an i32", op)
        if isinstance(constant, FloatAttr):
            (instruction.constant,) = struct.unpack("<I", struct.pack("<f", constant.value))
        instruction.element_cycles = element_cycles(opcode, function, instruction.descriptors, self.costs)


def element_cycles(
    opcode: int, function: str, descriptors: Sequence[Descriptor], costs: Costs
) -> tuple[int, int]:
    """Return numerator and denominator of the cycles that an element of a vector instruction takes.

    That is what the slowest of three takes: the arithmetic, the port that SRAM is read through, the one that
    it is written through.
    """
    arithmetic = _arithmetic_cycles(opcode, function, [descriptor.type for descriptor in descriptors], costs)
    target, *sources = descriptors
    if opcode == bc.FMA:
        sources.append(target)
    reads = sum(map(_streamed_bytes, sources)), costs.sram_read_bytes_per_cycle
    writes = 0 if opcode == bc.ARGMAX else _streamed_bytes(target), costs.sram_write_bytes_per_cycle
    slowest = max(Fraction(*cycles) for cycles in (arithmetic, reads, writes))
    return slowest.as_integer_ratio()


def _streamed_bytes(descriptor: Descriptor) -> int:
    """Return the bytes that each element moves: none if all of a call are known to be the same one."""
    if descriptor.s1 == 0:
        return 0
    return 2 if descriptor.type == bc.F16 else 4


def _arithmetic_cycles(opcode: int, function: str, types: list[int], costs: Costs) -> tuple[int, int]:
    if function in bc.SPECIAL_FUNCTIONS:
        return costs.special_function_cycles, 1
    if opcode in (bc.ARGMAX, bc.KEEP_EQUAL):
        return costs.compare_cycles, 1
    if all(type_number == bc.F16 for type_number in types):
        return 1, costs.f16_elements_per_cycle
    if opcode == bc.FMA and types == [bc.F32, bc.F16, bc.F16]:
        return 1, costs.mixed_fma_per_cycle
    return 1, costs.f32_elements_per_cycle


def _allocate(instructions: list[Instruction], lifetimes: list[_Lifetime]) -> list[Instruction]:
    """Return the instructions with as few registers as their lifetimes allow."""
    numbers: dict[int, int] = {}
    free: list[int] = []
    ending: dict[int, list[int]] = {}
    following = bc.PRESET_REGISTERS
    begins = {lifetime.start: number for number, lifetime in enumerate(lifetimes)}
    for at in range(len(instructions)):
        # A register that is read for the last time here may be written here: reads come first.
        free.extend(ending.pop(at, ()))
        if at in begins:
            virtual = begins[at]
            if free:
                free.sort(reverse=True)
                physical = free.pop()
            else:
                physical, following = following, following + 1
            numbers[virtual + bc.PRESET_REGISTERS] = physical
            ending.setdefault(max(lifetimes[virtual].end, at + 1), []).append(physical)

    def renamed(operand: Operand) -> Operand:
        if isinstance(operand, Register):
            return Register(numbers.get(operand.number, operand.number))
        return operand

    return [
        replace(
            instruction,
            operands=[renamed(operand) for operand in instruction.operands],
            descriptors=[
                Descriptor(descriptor.type, *(renamed(operand) for operand in descriptor.operands))
                for descriptor in instruction.descriptors
            ],
            target=numbers.get(instruction.target, 0),
        )
        for instruction in instructions
    ]


def _error(message: str, op: Operation) -> DiagnosticError:
    return error_at(f"'{op.name}': {message}", op.location)


def _string(op: Operation, key: str) -> str:
    return op.attribute(key, StringAttr).value


def _integer(op: Operation, key: str) -> int:
    return op.attribute(key, IntegerAttr).value


def _site(op: Operation) -> Site:
    """Return an operation's name with what tells it from others, and where it was written."""
    words = [op.name]
    for key in ("fn", "predicate"):
        value = op.attributes.get(key)
        if isinstance(value, StringAttr):
            words.append(value.value)
    for key in ("channel", "in_channel", "out_channel"):
        value = op.attributes.get(key)
        if isinstance(value, IntegerAttr):
            words.append(f"{key.replace('_', ' ')} {value.value}")
    return Site(" ".join(words), place_text(op.location))
