"""Pass `partition`: from whole tensors (`nn`) to tensors split over grids of PEs (`dist`).

The strategy is `gemv-2d`: a vector lies along one axis of its grid and is replicated over the
other; a weight matrix is split over both; a product leaves its result along the other axis, partial
over the vector's, and an all-reduce completes it. So the axis alternates and nothing is transposed.
Activations between grids lie along y.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.attributes import (
    F32,
    I32,
    INDEX,
    UNIT,
    ArrayAttr,
    Attribute,
    DenseElementsAttr,
    FloatAttr,
    StringAttr,
    string,
)
from ...ir.builder import Builder
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import BINARY, UNARY, tensor_type
from ...ir.layout import Split, other_axis
from ...ir.operation import Block, Operation, Region, Value
from ..base import Pass, PassContext, choice, operations_named, symbols
from .partition_attention import AttentionPartitioner
from .partition_builder import BOUNDARY_AXIS, Scope
from .partition_choice import ChoicePartitioner

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


class _Partitioner(AttentionPartitioner, ChoicePartitioner):
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
        if kind in UNARY:
            source = self.value(op.operands[0])
            self.values[op.result] = self.map(scope, kind, [source], tensor_type(op.result).element)
        elif kind in BINARY:
            self.values[op.result] = self.lower_binary(scope, op, kind)
        else:
            method = getattr(self, f"lower_{kind}", None)
            if method is None:
                raise error_at(f"'{op.name}' cannot be partitioned", op.location)
            method(scope, op)

    def lower_binary(self, scope: Scope, op: Operation, function: str) -> Value:
        left, right = op.operands
        element = tensor_type(op.result).element
        source = self.value(left)
        if right in self.constants:
            return self.map(scope, function, [source], element, self.constants[right])
        axis = str(dist_tensor(source).dims[0].axis)
        if right in self.reads:
            other = self.read(scope, right, (self.classes.split(left, axis),))
        else:
            other = self.along(scope, self.value(right), axis)
        if dist_tensor(other).dims[0] != dist_tensor(source).dims[0]:
            raise error_at("the operands' features lie in different orders on the PEs", op.location)
        return self.map(scope, function, [source, other], element)

    def lower_constant(self, scope: Scope, op: Operation) -> None:
        elements = op.attribute("value", DenseElementsAttr)
        if len(elements.values) != 1:
            raise error_at("only a scalar constant can be partitioned", op.location)
        self.constants[op.result] = float(elements.values[0])

    def lower_read(self, scope: Scope, op: Operation) -> None:
        self.reads[op.result] = op

    def lower_gather(self, scope: Scope, op: Operation) -> None:
        rows, _ = tensor_type(op.operands[0]).shape
        across = other_axis(BOUNDARY_AXIS)
        features = self.classes.split(op.result, BOUNDARY_AXIS)
        table = self.read(scope, op.operands[0], (Split(rows, across), features))
        kind = DistTensor(scope.grid, (features, *self.rows), tensor_type(op.result).element, across)
        row = self.emit(scope, "gather", [table, self.value(op.operands[1])], [kind])[0]
        self.values[op.result] = self.all_reduce(scope, [row])[0]

    def lower_matmul(self, scope: Scope, op: Operation) -> None:
        vector = self.value(op.operands[0])
        split = dist_tensor(vector).dims[0]
        out = self.classes.split(op.result, other_axis(str(split.axis)))
        matrix = self.read(scope, op.operands[1], (split, out))
        kind = DistTensor(scope.grid, (out, *self.rows), F32, split.axis)
        partial = self.emit(scope, "matvec", [vector, matrix], [kind])[0]
        whole = self.all_reduce(scope, [partial])[0]
        self.values[op.result] = self.map(scope, "cast", [whole], tensor_type(op.result).element)

    def lower_mean(self, scope: Scope, x: Value, *, square: bool = False) -> Value:
        """Return the mean over the features of x (or of its squares), complete, for each row of a window."""
        split = dist_tensor(x).dims[0]
        attributes: dict[str, Attribute] = {"fn": string("add")}
        if square:
            attributes["square"] = UNIT
        kind = DistTensor(scope.grid, self.rows, F32, split.axis)
        partial = self.emit(scope, "reduce", [x], [kind], attributes)
        return self.map(scope, "mul", self.all_reduce(scope, partial), value=1.0 / split.extent)

    def lower_rmsnorm(self, scope: Scope, op: Operation) -> None:
        x = self.value(op.operands[0])
        weight = self.read(scope, op.operands[1], dist_tensor(x).dims[:1])
        mean_square = self.lower_mean(scope, x, square=True)
        shifted = self.map(scope, "add", [mean_square], value=op.attribute("eps", FloatAttr).value)
        scaled = self.map(scope, "mul", [x, self.map(scope, "rsqrt", [shifted])])
        self.values[op.result] = self.map(scope, "mul", [scaled, weight], tensor_type(op.result).element)

    def lower_layernorm(self, scope: Scope, op: Operation) -> None:
        x = self.value(op.operands[0])
        weight, bias = (self.read(scope, parameter, dist_tensor(x).dims[:1]) for parameter in op.operands[1:])
        # Two passes: the square of a large mean would swallow the variance.
        centred = self.map(scope, "sub", [x, self.lower_mean(scope, x)])
        variance = self.lower_mean(scope, centred, square=True)
        shifted = self.map(scope, "add", [variance], value=op.attribute("eps", FloatAttr).value)
        scaled = self.map(scope, "mul", [centred, self.map(scope, "rsqrt", [shifted])])
        weighted = self.map(scope, "mul", [scaled, weight])
        self.values[op.result] = self.map(scope, "add", [weighted, bias], tensor_type(op.result).element)

    def lower_reshape(self, scope: Scope, op: Operation) -> None:
        self.values[op.result] = self.value(op.operands[0])

    def lower_argmax(self, scope: Scope, op: Operation) -> None:
        x = self.value(op.operands[0])
        axis = dist_tensor(x).dims[0].axis
        kind = DistTensor(scope.grid, self.rows, I32, axis, "min")
        largest = DistTensor(scope.grid, self.rows, F32, axis, "max")
        mine, index = self.emit(scope, "argmax", [x], [largest, kind])
        (best,) = self.all_reduce(scope, [mine])
        candidate = self.emit(scope, "keep_equal", [index, mine, best], [kind])[0]
        self.values[op.result] = self.all_reduce(scope, [candidate])[0]

    def lower_fused(self, scope: Scope, op: Operation) -> None:
        for inner, outer in zip(op.body.arguments, op.operands, strict=True):
            for table in (self.values, self.constants, self.reads):
                if outer in table:
                    table[inner] = table[outer]  # pyright: ignore[reportArgumentType]
        self.lower_block(scope, op.body)
        terminator = op.body.operations[-1]
        for inner, outer in zip(terminator.operands, op.results, strict=True):
            self.values[outer] = self.value(inner)

    def lower_repeat(self, scope: Scope, op: Operation) -> None:
        label = self.declare_grid(op.attribute("label", StringAttr).value, op)
        carried: list[Value] = []
        for operand in op.operands:
            value = self.along(scope, self.value(operand), BOUNDARY_AXIS)
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
            values = [self.along(scope, self.value(v), BOUNDARY_AXIS) for v in op.operands]
            self.emit(scope, "yield", values, [])

    def lower_return(self, scope: Scope, op: Operation) -> None:
        attributes: dict[str, Attribute] = {"names": ArrayAttr(tuple(map(string, self.outputs)))}
        self.emit(scope, "return", [self.value(value) for value in op.operands], [], attributes)
