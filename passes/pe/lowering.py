"""From `dist` operations to instructions of one class of PEs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...ir.attributes import (
    F32,
    I32,
    ArrayAttr,
    Attribute,
    FloatAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttribute,
    i64,
    string,
)
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor, experts_of, matrix_dims
from ...ir.operation import Block, Operation, Value
from .allocate import BUFFERS_ATTRIBUTE
from .choice_lowering import ChoiceLowering
from .program_builder import ProgramBuilder
from .roles import Role, axis_channel
from .shape_lowering import ShapeLowering
from .window_lowering import is_window

INFINITY = float("inf")
_START = {"add": 0.0, "max": -INFINITY, "min": INFINITY}


@dataclass(frozen=True, slots=True)
class PeClass:
    """What distinguishes the programs of a region: a PE's role on each axis."""

    x: Role
    y: Role

    def role(self, axis: str) -> Role:
        """The role on `axis`."""
        return self.x if axis == "x" else self.y


class OperationLowering(ShapeLowering, ChoiceLowering):
    """Writes the program of one class, operation by operation."""

    def __init__(
        self,
        program: ProgramBuilder,
        pe_class: PeClass,
        variables: Mapping[str, Operation],
        ports: Mapping[str, int],
    ) -> None:
        self.p = program
        self.pe_class = pe_class
        self.variables = variables
        self.ports = ports
        self.addresses: dict[Value, Value] = {}
        self.numbers: dict[Value, Value] = {}

    def block(self, block: Block) -> None:
        """Lower all operations of a block."""
        for op in block.operations:
            if op.dialect not in ("dist", "fabric") or op.name in ("dist.yield", "dist.input"):
                continue
            method = getattr(self, f"_{op.name.partition('.')[2]}", None)
            if method is None:
                raise error_at(f"there are no instructions for '{op.name}'", op.location)
            with self.p.builder.at(op.location):
                method(op)

    # ---- places and descriptors

    def address(self, value: Value) -> Value:
        """The address of a value's tile."""
        if value not in self.addresses:
            self.addresses[value] = self._find_address(value)
        return self.addresses[value]

    def _find_address(self, value: Value) -> Value:
        op = value.defining_op
        assert op is not None, "carried values get their address with the loop"
        with self.p.once():
            if op.name == "dist.input":
                return self.p.buffer(f"input.{op.attribute('name', StringAttr).value}")
            names = op.attribute(BUFFERS_ATTRIBUTE, ArrayAttr).values
            name = names[value.index]
            assert isinstance(name, SymbolRefAttr)
            base = self.p.buffer(name.leaf)
            message = value.users()[0] if len(value.users()) == 1 else None
            if message is None or message.name != "dist.all_reduce" or op.name == "dist.all_reduce":
                return base
            # Several values that travel in one message lie one behind the other.
            if _buffer_of(message) != name:
                return base
            return self._offset_in_message(base, message, value)

    def _offset_in_message(self, base: Value, message: Operation, value: Value) -> Value:
        address = base
        for other in message.operands:
            if other is value:
                break
            size = self.p.mul(self.elements(other), self.p.constant(dist_tensor(other).element_bytes))
            address = self.p.add(address, size)
        return address

    def set_address(self, value: Value, address: Value) -> None:
        """Note where a value lies."""
        self.addresses[value] = address

    def elements(self, value: Value) -> Value:
        """Elements of a value's tile; of per-head values, those of the heads that this PE has features of."""
        dims = dist_tensor(value).dims
        window = self.head_window(value)
        if window is not None:
            return self.p.mul(window.count, self.p.elements(dims[1:]))
        return self.p.elements(dims)

    def vector(self, value: Value) -> Value:
        """A descriptor of the whole tile."""
        return self.p.dsd(self.address(value), dist_tensor(value).element, self.elements(value))

    def like(self, value: Value, shape: Value) -> Value:
        """A descriptor of `value`'s tile with the extents of `shape`'s: a scalar is repeated."""
        if dist_tensor(value).dims == dist_tensor(shape).dims:
            return self.vector(value)
        return self.p.dsd(self.address(value), dist_tensor(value).element, self.elements(shape), 0)

    def accumulator(self, value: Value, count: Value) -> Value:
        """A descriptor of a scalar, `count` times."""
        return self.p.dsd(self.address(value), dist_tensor(value).element, count, 0)

    # ---- data

    def _read(self, op: Operation) -> None:
        name = op.attribute("variable", SymbolRefAttr).leaf
        self.addresses[op.result] = self.variable_address(name, op.operands)

    def variable_address(self, name: str, iteration: Sequence[Value]) -> Value:
        """The address of a variable's tile; of a stacked one, of one layer's and one expert's."""
        variable = self.variables[name]
        base = self.p.buffer(variable.attribute("buffer", SymbolRefAttr).leaf)
        if not iteration:
            return base
        size = self.p.constant(variable.attribute("type", DistTensor).tile_bytes(self.p.width, self.p.height))
        slot = self.numbers[iteration[0]]
        for number in iteration[1:]:
            slot = self.p.add(self.p.mul(slot, self.p.constant(experts_of(variable))), self.numbers[number])
        return self.p.add(base, self.p.mul(slot, size))

    def _gather(self, op: Operation) -> None:
        if is_window(op.result):
            self.window_gather(op)
            return
        table, index = op.operands
        rows, columns = dist_tensor(table).dims
        kind = dist_tensor(op.result)
        base, count = self.p.base(self.plain(rows, op)), self.p.count(rows)
        width = self.p.elements((columns,))
        row_bytes = self.p.mul(width, self.p.constant(kind.element_bytes))
        self.p.fill(self.vector(op.result))
        end = self.p.add(base, count)
        with self.p.loop(self.p.constant(0), self.elements(index)) as turn:
            wanted = self.load_index(index, turn)
            with self.p.when("le", base, wanted), self.p.when("lt", wanted, end):
                row = self.p.mul(self.p.sub(wanted, base), row_bytes)
                source = self.p.dsd(self.p.add(self.address(table), row), kind.element, width)
                target = self.p.add(self.address(op.result), self.p.mul(turn, row_bytes))
                self.p.map("copy", self.p.dsd(target, kind.element, width), source)

    def _matvec(self, op: Operation) -> None:
        if is_window(op.result):
            self.window_matvec(op)
            return
        vector, matrix = op.operands
        kind = dist_tensor(matrix)
        rows, columns = (self.p.elements((split,)) for split in matrix_dims(op))
        one, zero = self.p.constant(1), self.p.constant(0)
        row, column = (one, rows) if "transposed" in op.attributes else (columns, one)
        self.p.fill(self.vector(op.result))
        operands = (
            self.p.strided(self.address(op.result), F32, rows, zero, columns, one),
            self.p.strided(self.address(vector), dist_tensor(vector).element, rows, one, columns, zero),
            self.p.strided(self.address(matrix), kind.element, rows, row, columns, column),
        )
        self.p.run("fma", operands)

    def _map(self, op: Operation) -> None:
        function = op.attribute("fn", StringAttr).value
        value = op.attribute("value", FloatAttr).value if "value" in op.attributes else None
        if is_window(op.result):
            destination, *operands = self.window_operands([op.result, *op.operands])
        else:
            operands = [self.like(operand, op.result) for operand in op.operands]
            destination = self.vector(op.result)
        self.p.map("copy" if function == "cast" else function, destination, *operands, value=value)

    def _reduce(self, op: Operation) -> None:
        function = op.attribute("fn", StringAttr).value
        if is_window(op.operands[0]):
            source, total = self.window_operands([op.operands[0], op.result])
        else:
            source = self.vector(op.operands[0])
            total = self.accumulator(op.result, self.elements(op.operands[0]))
        self.p.fill(self.vector(op.result), _START[function])
        if "square" in op.attributes:
            self.p.run("fma", (total, source, source))
        else:
            self.p.map(function, total, total, source)

    def _rotate(self, op: Operation) -> None:
        if is_window(op.result):
            self.window_rotate(op)
            return
        x, cos, sin, minus_sin = op.operands
        split = dist_tensor(x).dims[0]
        local, count = self.p.constant(split.local), self.p.count(split)
        half = self.p.integer("divi", count, self.p.constant(2))
        two, one, zero = self.p.constant(2), self.p.constant(1), self.p.constant(0)

        def side(value: Value, odd: int) -> Value:
            kind = dist_tensor(value)
            address = self.p.add(self.address(value), self.p.constant(odd * kind.element_bytes))
            return self.p.strided(address, kind.element, local, count, half, two)

        def table(value: Value) -> Value:
            return self.p.strided(self.address(value), F32, local, zero, half, one)

        even_out, odd_out = side(op.result, 0), side(op.result, 1)
        even, odd = side(x, 0), side(x, 1)
        self.p.map("mul", even_out, even, table(cos))
        self.p.run("fma", (even_out, odd, table(minus_sin)))
        self.p.map("mul", odd_out, even, table(sin))
        self.p.run("fma", (odd_out, odd, table(cos)))

    def _argmax(self, op: Operation) -> None:
        if is_window(op.operands[0]):
            self.window_argmax(op)
            return
        x = op.operands[0]
        largest, index = op.results
        base = self.p.base(self.plain(dist_tensor(x).dims[0], op))
        zero = self.p.constant(0)
        source = self.vector(x)
        maximum = self.accumulator(largest, self.elements(x))
        self.p.fill(self.vector(largest), -INFINITY)
        self.p.map("max", maximum, maximum, source)
        self.p.run("store", (self.address(index), zero), {"type": I32})
        self.p.run("argmax", (self.vector(index), source))
        local = self.p.builder.create("pe.load", [self.address(index)], [base.type]).result
        self.p.run("store", (self.address(index), self.p.add(local, base)), {"type": I32})

    def _keep_equal(self, op: Operation) -> None:
        index, mine, best = op.operands
        destination = self.vector(op.result)
        self.p.map("copy", destination, self.vector(index))
        self.p.run("keep_equal", (destination, self.vector(mine), self.vector(best)))

    # ---- communication

    def _all_reduce(self, op: Operation) -> None:
        names = op.attribute(BUFFERS_ATTRIBUTE, ArrayAttr).values
        name = names[0]
        assert isinstance(name, SymbolRefAttr)
        base = self.p.buffer(name.leaf)
        total = self.p.constant(0)
        element: TypeAttribute = dist_tensor(op.operands[0]).element
        for operand, result in zip(op.operands, op.results, strict=True):
            with self.p.once():
                place = self._offset_in_message(base, op, operand)
                total = self.p.add(total, self.elements(operand))
            self.addresses[result] = place
            if self.address(operand) is not place:
                destination = self.p.dsd(place, element, self.elements(operand))
                self.p.map("copy", destination, self.vector(operand))
        axis, function = op.attribute("axis", StringAttr).value, op.attribute("fn", StringAttr).value
        self._exchange(axis, function, self.p.dsd(base, element, total))

    def _exchange(self, axis: str, function: str, message: Value) -> None:
        for name, channels in self.pe_class.role(axis).steps:
            attributes: dict[str, Attribute] = {
                key: i64(axis_channel(axis, channel)) for key, channel in channels
            }
            if "reduce" in name:
                attributes["fn"] = string(function)
            self.p.run(name, (message,), attributes)

    def _send(self, op: Operation) -> None:
        # All PEs of a row have the value; the column in the middle hands it over.
        if self.pe_class.x.middle:
            self.p.run("send", (self.vector(op.operands[0]),), {"channel": i64(self.port(op))})

    def _receive(self, op: Operation) -> None:
        self.p.run("recv", (self.vector(op.result),), {"channel": i64(self.port(op))})

    def port(self, op: Operation) -> int:
        """The channel number of a send's or receive's port."""
        return self.ports[op.attribute("port", StringAttr).value]

    # ---- control

    def _repeat(self, op: Operation) -> None:
        for initial, inner, final in zip(op.operands, op.body.arguments[1:], op.results, strict=True):
            place = self._carried_address(op, initial, inner.index - 1)
            self.addresses[inner] = self.addresses[final] = place
            if self.address(initial) is not place:
                kind = dist_tensor(initial)
                destination = self.p.dsd(place, kind.element, self.elements(initial))
                self.p.map("copy", destination, self.vector(initial))
        with self.p.loop(self.p.constant(0), self.p.argument("layer_count")) as iteration:
            self.numbers[op.body.arguments[0]] = iteration
            self.block(op.body)
            terminator = op.body.operations[-1]
            with self.p.builder.at(terminator.location):
                for value, inner in zip(terminator.operands, op.body.arguments[1:], strict=True):
                    if self.address(value) is not self.addresses[inner]:
                        self.p.map("copy", self.vector(inner), self.vector(value))

    def _carried_address(self, op: Operation, initial: Value, index: int) -> Value:
        name = op.attribute(BUFFERS_ATTRIBUTE, ArrayAttr).values[index]
        maker = initial.defining_op
        made_in = maker.attributes.get(BUFFERS_ATTRIBUTE) if maker is not None else None
        if isinstance(made_in, ArrayAttr) and made_in.values[initial.index] == name:
            return self.address(initial)
        assert isinstance(name, SymbolRefAttr)
        return self.p.buffer(name.leaf)

    def _return(self, op: Operation) -> None:
        """Put the results where the host reads them, and the next token where the next position looks for
        it.
        """
        names = [str(a.value) for a in op.attribute("names", ArrayAttr) if isinstance(a, StringAttr)]
        for name, value in zip(names, op.operands, strict=True):
            kind = dist_tensor(value)
            destination = self.p.dsd(self.p.buffer(f"output.{name}"), kind.element, self.elements(value))
            self.p.map("copy", destination, self.vector(value))
        tokens = [value for value in op.operands if dist_tensor(value).element == I32]
        inputs = [o for o in op.enclosing_block.operations if o.name == "dist.input"]
        for entry in inputs:
            kind = dist_tensor(entry.result)
            if tokens and kind.element == I32 and not kind.dims:
                self.p.map("copy", self.vector(entry.result), self.vector(tokens[0]))


def _buffer_of(message: Operation) -> Attribute:
    return message.attribute(BUFFERS_ATTRIBUTE, ArrayAttr).values[0]
