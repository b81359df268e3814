"""Decoding: the operations of a `pe.program` become bytecode, with their costs and where they come from."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from ..ir.attributes import FloatAttr, IntegerAttr, StringAttr, SymbolRefAttr
from ..ir.dialects.pe import dsd_type
from ..ir.location import file_locations
from ..ir.operation import Block, Operation, Value
from . import bytecode as bc
from .bytecode import Costs, Descriptor, Instruction, Operand, Program, Register, Site, assemble

_SCALARS = {
    "pe.addi": bc.ADD,
    "pe.subi": bc.SUBTRACT,
    "pe.muli": bc.MULTIPLY,
    "pe.divi": bc.DIVIDE,
    "pe.remi": bc.REMAINDER,
    "pe.mini": bc.MINIMUM,
    "pe.maxi": bc.MAXIMUM,
}
_REDUCTIONS = {"add": bc.F_ADD, "max": bc.F_MAX, "min": bc.F_MIN}


def decode_program(program: Operation, offsets: Mapping[str, int], costs: Costs) -> Program:
    """Return the bytecode of a verified `pe.program`; `offsets` gives the byte offset of each buffer by name."""
    return _Decoder(offsets, costs).program(program)


class _Decoder:
    def __init__(self, offsets: Mapping[str, int], costs: Costs) -> None:
        self.offsets = offsets
        self.costs = costs
        self.code: list[Instruction] = []
        self.operands: dict[Value, Operand] = {}
        self.descriptors: dict[Value, Descriptor] = {}
        self.registers = bc.PRESET_REGISTERS

    def program(self, op: Operation) -> Program:
        self.block(op.body)
        return assemble(str(op.symbol_name), self.code)

    def block(self, block: Block) -> None:
        for op in block.operations:
            self.operation(op)

    # ---- operands

    def register(self, value: Value) -> int:
        """Give `value` a register of its own."""
        number = self.registers
        self.registers += 1
        self.operands[value] = Register(number)
        return number

    def values(self, op: Operation) -> list[Operand]:
        return [self.operands[value] for value in op.operands]

    def dsds(self, op: Operation) -> list[Descriptor]:
        return [self.descriptors[value] for value in op.operands]

    def add(self, op: Operation, opcode: int, call_cycles: int = 0, **fields: object) -> Instruction:
        """Append an instruction that comes from `op`."""
        places = file_locations(op.location)
        where = f"{places[0].file}:{places[0].line}:{places[0].column}" if places else ""
        function = op.attributes.get("fn")
        name = f"{op.name} {function.value}" if isinstance(function, StringAttr) else op.name
        instruction = Instruction(opcode, call_cycles=call_cycles, site=Site(name, where), **fields)  # type: ignore[arg-type]
        self.code.append(instruction)
        return instruction

    # ---- operations

    def operation(self, op: Operation) -> None:
        name = op.name
        if name in _SCALARS:
            operands = self.values(op)
            self.add(
                op,
                _SCALARS[name],
                self.costs.scalar_cycles,
                operands=operands,
                target=self.register(op.result),
            )
        elif name == "pe.yield":
            return
        else:
            getattr(self, f"_{name.partition('.')[2]}")(op)

    def _constant(self, op: Operation) -> None:
        self.operands[op.result] = op.attribute("value", IntegerAttr).value

    def _coord(self, op: Operation) -> None:
        axis = op.attribute("axis", StringAttr).value
        self.operands[op.result] = Register(bc.R_X if axis == "x" else bc.R_Y)

    def _argument(self, op: Operation) -> None:
        self.operands[op.result] = Register(bc.ARGUMENT_REGISTERS[op.attribute("name", StringAttr).value])

    def _address(self, op: Operation) -> None:
        self.operands[op.result] = self.offsets[op.attribute("buffer", SymbolRefAttr).leaf]

    def _dsd(self, op: Operation) -> None:
        base, n0, s0, n1, s1 = self.values(op)
        element = bc.TYPE_NUMBERS[str(dsd_type(op.result).element)]
        self.descriptors[op.result] = Descriptor(element, base, n0, s0, n1, s1)

    def _load(self, op: Operation) -> None:
        operands = self.values(op)
        self.add(op, bc.LOAD, self.costs.scalar_cycles, operands=operands, target=self.register(op.result))

    def _store(self, op: Operation) -> None:
        kind = bc.TYPE_NUMBERS[str(op.attributes["type"])]
        self.add(op, bc.STORE, self.costs.scalar_cycles, operands=self.values(op), function=kind)

    def _return(self, op: Operation) -> None:
        self.add(op, bc.HALT)

    def _for(self, op: Operation) -> None:
        lower, upper = self.values(op)
        counter = self.register(op.body.arguments[0])
        # The loop over layers is the one that runs as often as the instance has layers.
        layers = int(upper == Register(bc.R_LAYER_COUNT))
        start = self.add(
            op, bc.FOR, self.costs.branch_cycles, operands=[lower, upper], target=counter, constant=layers
        )
        first = len(self.code)
        self.block(op.body)
        self.add(
            op,
            bc.NEXT,
            self.costs.branch_cycles,
            operands=[lower, upper],
            target=counter,
            jump=first,
            constant=layers,
        )
        start.jump = len(self.code)

    def _if(self, op: Operation) -> None:
        predicate = bc.PREDICATE_NUMBERS[op.attribute("predicate", StringAttr).value]
        test = self.add(op, bc.IF, self.costs.branch_cycles, operands=self.values(op), function=predicate)
        self.block(op.body)
        test.jump = len(self.code)

    # ---- vectors

    def vector(self, op: Operation, opcode: int, element_cycles: tuple[int, int], **fields: object) -> None:
        """Append a vector instruction on all of `op`'s descriptors."""
        self.add(
            op,
            opcode,
            self.costs.vector_call_cycles,
            descriptors=self.dsds(op),
            element_cycles=element_cycles,
            **fields,
        )

    def rate(self, op: Operation) -> tuple[int, int]:
        """Cycles per element, as a fraction, of plain arithmetic."""
        half = all(descriptor.type == bc.F16 for descriptor in self.dsds(op))
        return (1, self.costs.f16_elements_per_cycle if half else self.costs.f32_elements_per_cycle)

    def _map(self, op: Operation) -> None:
        name = op.attribute("fn", StringAttr).value
        special = name in bc.SPECIAL_FUNCTIONS
        cycles = (self.costs.special_function_cycles, 1) if special else self.rate(op)
        if name in bc.UNARY_NUMBERS:
            self.vector(op, bc.MAP_UNARY, cycles, function=bc.UNARY_NUMBERS[name])
        elif "value" in op.attributes:
            bits = self._float_bits(op)
            self.vector(op, bc.MAP_CONSTANT, cycles, function=bc.BINARY_NUMBERS[name], constant=bits)
        else:
            self.vector(op, bc.MAP_BINARY, cycles, function=bc.BINARY_NUMBERS[name])

    @staticmethod
    def _float_bits(op: Operation) -> int:
        (bits,) = struct.unpack("<I", struct.pack("<f", op.attribute("value", FloatAttr).value))
        return int(bits)

    def _fma(self, op: Operation) -> None:
        dst, *sources = self.dsds(op)
        mixed = dst.type == bc.F32 and all(source.type == bc.F16 for source in sources)
        self.vector(op, bc.FMA, (1, self.costs.mixed_fma_per_cycle) if mixed else self.rate(op))

    def _fill(self, op: Operation) -> None:
        self.vector(op, bc.FILL, self.rate(op), constant=self._float_bits(op))

    def _argmax(self, op: Operation) -> None:
        self.vector(op, bc.ARGMAX, (self.costs.compare_cycles, 1))

    def _keep_equal(self, op: Operation) -> None:
        self.vector(op, bc.KEEP_EQUAL, (self.costs.compare_cycles, 1))

    # ---- communication

    def exchange(self, op: Operation, opcode: int, **fields: object) -> None:
        """Append an instruction that talks to other PEs."""
        self.add(op, opcode, self.costs.comm_setup_cycles, descriptors=self.dsds(op), **fields)

    def _send(self, op: Operation) -> None:
        self.exchange(op, bc.SEND, channel_out=op.attribute("channel", IntegerAttr).value)

    def _recv(self, op: Operation) -> None:
        self.exchange(op, bc.RECEIVE, channel_in=op.attribute("channel", IntegerAttr).value)

    def _recv_reduce(self, op: Operation) -> None:
        function = _REDUCTIONS[op.attribute("fn", StringAttr).value]
        channel = op.attribute("channel", IntegerAttr).value
        self.exchange(op, bc.REDUCE, function=function, channel_in=channel)

    def _recv_reduce_forward(self, op: Operation) -> None:
        function = _REDUCTIONS[op.attribute("fn", StringAttr).value]
        self.exchange(
            op,
            bc.REDUCE_FORWARD,
            function=function,
            channel_in=op.attribute("in_channel", IntegerAttr).value,
            channel_out=op.attribute("out_channel", IntegerAttr).value,
        )
