"""Pass `partition`: from whole tensors (`nn`) to tensors split over grids of PEs (`dist`).

The strategy is `gemv-2d`: a vector lies along one axis of its grid and is replicated over the
other; a weight matrix is split over both; a product leaves its result along the other axis, partial
over the vector's, and an all-reduce completes it. So the axis alternates and nothing is transposed.
Activations between grids lie along y.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from ...ir.attributes import (
    F32,
    I32,
    INDEX,
    UNIT,
    ArrayAttr,
    Attribute,
    FloatAttr,
    StringAttr,
    SymbolRefAttr,
    string,
)
from ...ir.builder import Builder
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import BINARY, UNARY, tensor_type
from ...ir.layout import Split, other_axis
from ...ir.operation import Block, Operation, Region, Value
from ..base import Pass, PassContext, choice, operations_named, symbols
from .feature_classes import feature_count
from .partition_attention import AttentionPartitioner
from .partition_builder import BOUNDARY_AXIS, Scope, made_here, rows_text
from .partition_choice import ChoicePartitioner
from .partition_shapes import ShapePartitioner

TOP_GRID = "io"
"""The grid of everything outside repeated layers: embedding, final norm, head."""
STRATEGIES = ("gemv-2d",)


@dataclass(frozen=True, slots=True)
class Partition(Pass):
    """Split every tensor over the rows and columns of a grid and insert the collectives that this needs."""

    name: ClassVar[str] = "partition"

    strategy: str = choice(*STRATEGIES)

    def run(self, module: Operation, context: PassContext) -> None:
        """Replace the `nn` functions and variables of `module` by `dist` ones."""
        if self.strategy not in STRATEGIES:
            known = ", ".join(STRATEGIES)
            raise error_at(f"unknown strategy '{self.strategy}'", module.location, f"strategies: {known}")
        functions = operations_named(module, "nn.func")
        variables = operations_named(module, "nn.variable")
        for function in functions:
            _Partitioner(module, symbols(variables), function).run()
        for op in (*functions, *variables):
            op.erase()


class _Partitioner(AttentionPartitioner, ChoicePartitioner, ShapePartitioner):
    """Lowers a whole function."""

    def run(self) -> None:
        """Build the `dist.func`."""
        block = Block()
        grid = self.declare_grid(TOP_GRID, self.function)
        builder = Builder(block, location=self.function.location)
        scope = Scope(builder, grid, builder)
        self.top.create(
            "dist.func",
            attributes={"sym_name": string(str(self.function.symbol_name))},
            regions=[Region([block])],
            location=self.function.location,
        )
        for argument, name in zip(self.function.body.arguments, self.inputs, strict=True):
            self.lower_input(scope, argument, name)
        self.lower_block(scope, self.function.body)

    def lower_input(self, scope: Scope, argument: Value, name: str) -> None:
        """Declare what the host gives: a token (a scalar everywhere) or a vector along y."""
        kind = tensor_type(argument)
        dims = () if kind.element == I32 else (self.classes.split(argument, BOUNDARY_AXIS),)
        types = [DistTensor(scope.grid, (*dims, *self.rows), kind.element)]
        self.values[argument] = self.emit(scope, "input", [], types, {"name": string(name)})[0]

    def lower_block(self, scope: Scope, block: Block) -> None:
        """Lower all operations of `block`, each with its own location."""
        for op in block.operations:
            with scope.builder.at(op.location):
                self.lower(scope, op)

    def lower(self, scope: Scope, op: Operation) -> None:
        """Lower one operation."""
        kind = op.name.removeprefix("nn.")
        if len(op.results) == 1 and op.result in self.of_weights:
            self.note(op)
        elif kind in UNARY:
            self.values[op.result] = self.elementwise(scope, op, self.value)
        elif kind in BINARY:
            self.values[op.result] = self.lower_binary(scope, op)
        else:
            method = getattr(self, f"lower_{kind}", None)
            if method is None:
                raise error_at(f"'{op.name}' cannot be partitioned", op.location)
            method(scope, op)

    def lower_binary(self, scope: Scope, op: Operation) -> Value:
        """Bring both operands to the axis of the one that has the result's features."""
        count = feature_count(op.result)
        rows = [operand for operand in op.operands if operand in self.values]
        first = next((operand for operand in rows if feature_count(operand) == count), None)
        if first is None:
            raise error_at("one operand must be rows that depend on the input", op.location)
        anchor = self.values[first]
        if count == 1 and any(self.is_number(self.values[operand]) for operand in rows):
            anchor = self.number(scope, anchor)

        def part(operand: Value) -> Value:
            return anchor if operand is first else self.beside(scope, op, operand, anchor)

        return self.elementwise(scope, op, part)

    def beside(self, scope: Scope, op: Operation, operand: Value, anchor: Value) -> Value:
        """Return `operand` split as `anchor`, with which `op` combines it, or as a number."""
        is_number = self.is_number(anchor)
        features = dist_tensor(anchor).dims[: 0 if is_number else 1]
        if operand in self.reads:
            single = prod(tensor_type(operand).shape) == 1
            return self.read(scope, operand, () if single and feature_count(op.result) > 1 else features)
        value = self.value(operand)
        if feature_count(operand) == 1 and (is_number or feature_count(op.result) > 1):
            return self.number(scope, value)
        if feature_count(operand) != feature_count(op.result):
            found, wanted = rows_text(operand), rows_text(op.result)
            raise error_at(
                "a value of each head cannot be combined with the head's features yet",
                op.location,
                f"it is {found}, the other {wanted}",
            )
        other = self.along(scope, value, features[0].axis)
        if dist_tensor(other).dims[:1] != features:
            raise error_at("the operands' features lie in different orders on the PEs", op.location)
        return other

    def lower_gather(self, scope: Scope, op: Operation) -> None:
        rows, width = tensor_type(op.operands[0]).shape
        across = other_axis(BOUNDARY_AXIS)
        features = self.classes.split(op.result, BOUNDARY_AXIS)
        columns = features if features.extent == width else Split(width, BOUNDARY_AXIS)
        table = self.read(scope, op.operands[0], (Split(rows, across), columns))
        index = op.operands[1].defining_op
        if index is not None and index.name == "nn.position":
            self.note_positions(table, rows, op)
        kind = DistTensor(scope.grid, (features, *self.rows), tensor_type(op.result).element, across)
        row = self.emit(scope, "gather", [table, self.value(op.operands[1])], [kind])[0]
        self.values[op.result] = self.all_reduce(scope, [row])[0]

    def note_positions(self, table: Value, rows: int, op: Operation) -> None:
        """Mark a table that has a row for each position, and so bounds them."""
        if self.rows and rows < self.rows[0].extent:
            raise error_at(f"the table has {rows} positions, the window {self.rows[0].extent}", op.location)
        read = table.defining_op
        if read is not None and read.name == "dist.read":
            name = read.attribute("variable", SymbolRefAttr).leaf
            symbols(operations_named(self.module, "dist.variable"))[name].attributes["by_position"] = UNIT

    def lower_rmsnorm(self, scope: Scope, op: Operation) -> None:
        x = self.vector(scope, op.operands[0])
        weight = self.read(scope, op.operands[1], dist_tensor(x).dims[:1])
        mean_square = self.mean_of(scope, x, square=True)
        shifted = self.map(scope, "add", [mean_square], value=op.attribute("eps", FloatAttr).value)
        scaled = self.map(scope, "mul", [x, self.map(scope, "rsqrt", [shifted])])
        self.values[op.result] = self.map(scope, "mul", [scaled, weight], tensor_type(op.result).element)

    def lower_layernorm(self, scope: Scope, op: Operation) -> None:
        x = self.vector(scope, op.operands[0])
        weight, bias = (self.read(scope, parameter, dist_tensor(x).dims[:1]) for parameter in op.operands[1:])
        # Two passes: the square of a large mean would swallow the variance.
        centred = self.map(scope, "sub", [x, self.mean_of(scope, x)])
        variance = self.mean_of(scope, centred, square=True)
        shifted = self.map(scope, "add", [variance], value=op.attribute("eps", FloatAttr).value)
        scaled = self.map(scope, "mul", [centred, self.map(scope, "rsqrt", [shifted])])
        weighted = self.map(scope, "mul", [scaled, weight])
        self.values[op.result] = self.map(scope, "add", [weighted, bias], tensor_type(op.result).element)

    def lower_argmax(self, scope: Scope, op: Operation) -> None:
        x = self.vector(scope, op.operands[0])
        split = dist_tensor(x).dims[0]
        if split.factors:
            message = "'greedy' cannot choose among features ordered by heads"
            raise error_at(message, op.location, made_here(op.operands[0]))
        axis = split.axis
        kind = DistTensor(scope.grid, self.rows, I32, axis, "min")
        largest = DistTensor(scope.grid, self.rows, F32, axis, "max")
        mine, index = self.emit(scope, "argmax", [x], [largest, kind])
        (best,) = self.all_reduce(scope, [mine])
        candidate = self.emit(scope, "keep_equal", [index, mine, best], [kind])[0]
        self.values[op.result] = self.all_reduce(scope, [candidate])[0]

    def lower_fused(self, scope: Scope, op: Operation) -> None:
        self.enter(op)
        self.lower_block(scope, op.body)
        terminator = op.body.operations[-1]
        for inner, outer in zip(terminator.operands, op.results, strict=True):
            self.values[outer] = self.value(inner)

    def lower_repeat(self, scope: Scope, op: Operation) -> None:
        label = self.declare_grid(op.attribute("label", StringAttr).value, op)
        carried: list[Value] = []
        for operand in op.operands:
            value = self.along(scope, self.vector(scope, operand), BOUNDARY_AXIS)
            kind = dist_tensor(value)
            carried.extend(
                self.emit(scope, "transfer", [value], [DistTensor(label, kind.dims, kind.element)])
            )
        types = [value.type for value in carried]
        block = Block([INDEX, *types])
        prologue = scope.builder
        inner = Scope(Builder(block, location=op.location), label, prologue)
        for old, new in zip(op.body.arguments[1:], block.arguments[1:], strict=True):
            self.values[old] = new
        self.numbers[op.body.arguments[0]] = block.arguments[0]
        self.lower_block(inner, op.body)
        attributes: dict[str, Attribute] = {"count": op.attributes["count"], "label": string(label)}
        results = scope.builder.create("dist.repeat", carried, types, attributes, [Region([block])]).results
        for old, new in zip(op.results, results, strict=True):
            kind = dist_tensor(new)
            back = self.emit(scope, "transfer", [new], [DistTensor(scope.grid, kind.dims, kind.element)])
            self.values[old] = back[0]

    def lower_yield(self, scope: Scope, op: Operation) -> None:
        if op.parent_op is not None and op.parent_op.name == "nn.repeat":
            values = [self.along(scope, self.vector(scope, v), BOUNDARY_AXIS) for v in op.operands]
            self.emit(scope, "yield", values, [])

    def lower_return(self, scope: Scope, op: Operation) -> None:
        attributes: dict[str, Attribute] = {"names": ArrayAttr(tuple(map(string, self.outputs)))}
        indices = [tensor_type(value).element == I32 for value in op.operands]
        values = [
            self.value(value) if is_index else self.vector(scope, value)
            for value, is_index in zip(op.operands, indices, strict=True)
        ]
        self.emit(scope, "return", values, [], attributes)
