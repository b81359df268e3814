"""Pass `partition`: from whole tensors (`nn`) to tensors split over grids of PEs (`dist`).

The strategy is `gemv-2d`: a vector lies along one axis of its grid and is replicated over the
other; a weight matrix is split over both; a product leaves its result along the other axis, partial
over the vector's, and an all-reduce completes it. So the axis alternates and nothing is transposed.
Activations between grids lie along y.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from ...ir.attributes import (
    F32,
    I32,
    INDEX,
    UNIT,
    ArrayAttr,
    Attribute,
    DenseElementsAttr,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    TensorType,
    TypeAttribute,
    UnitAttr,
    f32,
    i64,
    string,
    symbol,
)
from ...ir.builder import Builder
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import BINARY, UNARY, tensor_type
from ...ir.layout import Split, other_axis
from ...ir.location import UNKNOWN, Location
from ...ir.operation import Block, Operation, Region, Value
from ..base import Pass, PassContext, choice, fail, operations_named, symbols
from .feature_classes import FeatureClasses

TOP_GRID = "io"
"""The grid of everything outside repeated layers: embedding, final norm, head."""
BOUNDARY_AXIS = "y"
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
            raise fail(f"unknown strategy '{self.strategy}'", module.location, f"strategies: {known}")
        functions = operations_named(module, "nn.func")
        variables = operations_named(module, "nn.variable")
        for function in functions:
            _Partitioner(module, symbols(variables), function).run()
        for op in (*functions, *variables):
            op.erase()


@dataclass(slots=True)
class _Scope:
    """The operations of one grid that are being built."""

    builder: Builder
    grid: str
    prologue: Builder
    """Where work that does not depend on the layer goes."""
    tables: dict[tuple[float, Split], tuple[Value, Value, Value]] = field(
        default_factory=lambda: dict[tuple[float, Split], tuple[Value, Value, Value]]()
    )


class _Partitioner:
    def __init__(self, module: Operation, variables: dict[str, Operation], function: Operation) -> None:
        self.module = module
        self.variables = variables
        self.function = function
        self.classes = FeatureClasses(function)
        self.values: dict[Value, Value] = {}
        self.constants: dict[Value, float] = {}
        self.reads: dict[Value, Operation] = {}
        self.iteration: Value | None = None
        self.top = Builder(module.body)
        self.created: dict[tuple[str, DistTensor], str] = {}

    def run(self) -> None:
        """Build the `dist.func`."""
        block = Block()
        self.declare_grid(TOP_GRID, self.function)
        builder = Builder(block, location=self.function.location)
        scope = _Scope(builder, TOP_GRID, builder)
        self.top.create(
            "dist.func",
            attributes={"sym_name": string(str(self.function.symbol_name))},
            regions=[Region([block])],
            location=self.function.location,
        )
        names = self.function.attributes.get("arg_names")
        labels = [a.value for a in names if isinstance(a, StringAttr)] if isinstance(names, ArrayAttr) else []
        for index, argument in enumerate(self.function.body.arguments):
            self.lower_input(scope, argument, labels[index] if index < len(labels) else f"input{index}")
        self.lower_block(scope, self.function.body)

    # ---- building blocks

    def declare_grid(self, name: str, op: Operation) -> None:
        """Create the grid symbol."""
        if name in symbols(operations_named(self.module, "dist.grid")):
            raise fail(f"the name '{name}' is taken twice by grids", op.location)
        self.top.create("dist.grid", attributes={"sym_name": string(name)}, location=op.location)

    def emit(
        self,
        scope: _Scope,
        name: str,
        operands: Sequence[Value],
        types: Sequence[TypeAttribute],
        attributes: dict[str, Attribute] | None = None,
    ) -> list[Value]:
        """Create an operation and return its results."""
        return scope.builder.create(f"dist.{name}", operands, types, attributes).results

    def map(
        self,
        scope: _Scope,
        function: str,
        inputs: Sequence[Value],
        element: TypeAttribute = F32,
        value: float | None = None,
    ) -> Value:
        """Create an elementwise operation; the result is split as the first input that is no scalar."""
        kinds = [dist_tensor(v) for v in inputs]
        shape = next((kind.dims for kind in kinds if kind.dims), ())
        attributes: dict[str, Attribute] = {"fn": string(function)}
        if value is not None:
            attributes["value"] = f32(value)
        return self.emit(scope, "map", inputs, [DistTensor(scope.grid, shape, element)], attributes)[0]

    def all_reduce(self, scope: _Scope, values: Sequence[Value]) -> list[Value]:
        """Complete partial values, all of one axis and kind."""
        kind = dist_tensor(values[0])
        attributes: dict[str, Attribute] = {"axis": string(str(kind.partial)), "fn": string(kind.reduction)}
        return self.emit(scope, "all_reduce", values, [dist_tensor(v).complete() for v in values], attributes)

    def read(self, scope: _Scope, value: Value, dims: tuple[Split, ...]) -> Value:
        """Return the tile of the weight that `value` reads, split by `dims`."""
        source = self.reads.get(value)
        if source is None:
            raise fail("only a weight can stand here", _location(value))
        return self.read_variable(scope, source, dims)

    def read_variable(self, scope: _Scope, source: Operation, dims: tuple[Split, ...]) -> Value:
        """Return the tile of the variable that `nn.read` operation `source` names."""
        variable = self.variables[source.attribute("variable", SymbolRefAttr).leaf]
        element = variable.attribute("type", TensorType).element
        kind = DistTensor(scope.grid, dims, element)
        name = self.variable(variable, kind)
        operands = [self.iteration] if self.iteration is not None and source.operands else []
        attributes: dict[str, Attribute] = {"variable": symbol(name)}
        return self.emit(scope, "read", operands, [kind], attributes)[0]

    def variable(self, variable: Operation, kind: DistTensor) -> str:
        """Declare `variable` split as `kind` (once per kind) and return the name."""
        base = str(variable.symbol_name)
        if (base, kind) in self.created:
            return self.created[base, kind]
        copies = sum(1 for name, _ in self.created if name == base)
        name = base if copies == 0 else f"{base}.copy{copies}"
        attributes: dict[str, Attribute] = {
            "sym_name": string(name),
            "type": kind,
            "kind": variable.attributes["kind"],
            "source": variable.attributes["source"],
        }
        if isinstance(variable.attributes.get("stacked"), UnitAttr):
            attributes["stacked"] = i64(variable.attribute("type", TensorType).shape[0])
        self.top.create("dist.variable", attributes=attributes, location=variable.location)
        self.created[base, kind] = name
        return name

    def value(self, value: Value) -> Value:
        """Return the distributed form of `value`."""
        if value not in self.values:
            raise fail("a weight or constant cannot stand here", _location(value))
        return self.values[value]

    def along(self, scope: _Scope, value: Value, axis: str) -> Value:
        """Return the distributed vector `value`, moved to lie along `axis` if it does not."""
        kind = dist_tensor(value)
        split = kind.dims[0]
        if split.axis == axis:
            return value
        if split.factors:
            raise fail("features ordered by heads cannot be moved to the other axis", _location(value))
        target = DistTensor(scope.grid, (Split(split.extent, axis),), kind.element, split.axis)
        partial = self.emit(scope, "reslice", [value], [target])[0]
        return self.all_reduce(scope, [partial])[0]

    # ---- operations

    def lower_input(self, scope: _Scope, argument: Value, name: str) -> None:
        """Declare what the host gives: a token (a scalar everywhere) or a vector along y."""
        kind = tensor_type(argument)
        dims = () if kind.element == I32 else (self.classes.split(argument, BOUNDARY_AXIS),)
        types = [DistTensor(scope.grid, dims, kind.element)]
        self.values[argument] = self.emit(scope, "input", [], types, {"name": string(name)})[0]

    def lower_block(self, scope: _Scope, block: Block) -> None:
        """Lower all operations of `block`, each with its own location."""
        for op in block.operations:
            with scope.builder.at(op.location):
                self.lower(scope, op)

    def lower(self, scope: _Scope, op: Operation) -> None:
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
                raise fail(f"'{op.name}' cannot be partitioned", op.location)
            method(scope, op)

    def lower_binary(self, scope: _Scope, op: Operation, function: str) -> Value:
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
        if dist_tensor(other).dims != dist_tensor(source).dims:
            raise fail("the operands' features lie in different orders on the PEs", op.location)
        return self.map(scope, function, [source, other], element)

    def lower_constant(self, scope: _Scope, op: Operation) -> None:
        elements = op.attribute("value", DenseElementsAttr)
        if len(elements.values) != 1:
            raise fail("only a scalar constant can be partitioned", op.location)
        self.constants[op.result] = float(elements.values[0])

    def lower_read(self, scope: _Scope, op: Operation) -> None:
        self.reads[op.result] = op

    def lower_gather(self, scope: _Scope, op: Operation) -> None:
        rows, _ = tensor_type(op.operands[0]).shape
        across = other_axis(BOUNDARY_AXIS)
        features = self.classes.split(op.result, BOUNDARY_AXIS)
        table = self.read(scope, op.operands[0], (Split(rows, across), features))
        kind = DistTensor(scope.grid, (features,), tensor_type(op.result).element, across)
        row = self.emit(scope, "gather", [table, self.value(op.operands[1])], [kind])[0]
        self.values[op.result] = self.all_reduce(scope, [row])[0]

    def lower_matmul(self, scope: _Scope, op: Operation) -> None:
        vector = self.value(op.operands[0])
        split = dist_tensor(vector).dims[0]
        out = self.classes.split(op.result, other_axis(str(split.axis)))
        matrix = self.read(scope, op.operands[1], (split, out))
        kind = DistTensor(scope.grid, (out,), F32, split.axis)
        partial = self.emit(scope, "matvec", [vector, matrix], [kind])[0]
        whole = self.all_reduce(scope, [partial])[0]
        self.values[op.result] = self.map(scope, "cast", [whole], tensor_type(op.result).element)

    def lower_norm_sums(self, scope: _Scope, x: Value, squares: Sequence[bool]) -> list[Value]:
        """Return the means over the features of x (or of its squares) as complete scalars."""
        split = dist_tensor(x).dims[0]
        kind = DistTensor(scope.grid, (), F32, split.axis)
        partials: list[Value] = []
        for square in squares:
            attributes: dict[str, Attribute] = {"fn": string("add")}
            if square:
                attributes["square"] = UNIT
            partials.extend(self.emit(scope, "reduce", [x], [kind], attributes))
        return [
            self.map(scope, "mul", [s], value=1.0 / split.extent) for s in self.all_reduce(scope, partials)
        ]

    def lower_rmsnorm(self, scope: _Scope, op: Operation) -> None:
        x = self.value(op.operands[0])
        weight = self.read(scope, op.operands[1], dist_tensor(x).dims)
        (mean_square,) = self.lower_norm_sums(scope, x, [True])
        shifted = self.map(scope, "add", [mean_square], value=op.attribute("eps", FloatAttr).value)
        scaled = self.map(scope, "mul", [x, self.map(scope, "rsqrt", [shifted])])
        self.values[op.result] = self.map(scope, "mul", [scaled, weight], tensor_type(op.result).element)

    def lower_layernorm(self, scope: _Scope, op: Operation) -> None:
        x = self.value(op.operands[0])
        weight, bias = (self.read(scope, parameter, dist_tensor(x).dims) for parameter in op.operands[1:])
        mean, mean_square = self.lower_norm_sums(scope, x, [False, True])
        variance = self.map(scope, "sub", [mean_square, self.map(scope, "mul", [mean, mean])])
        shifted = self.map(scope, "add", [variance], value=op.attribute("eps", FloatAttr).value)
        centred = self.map(scope, "sub", [x, mean])
        scaled = self.map(scope, "mul", [centred, self.map(scope, "rsqrt", [shifted])])
        weighted = self.map(scope, "mul", [scaled, weight])
        self.values[op.result] = self.map(scope, "add", [weighted, bias], tensor_type(op.result).element)

    def lower_rope(self, scope: _Scope, op: Operation) -> None:
        x = self.value(op.operands[0])
        heads = self.classes.heads(op.operands[0])
        pairs = Split(heads.kv_heads * heads.head_dim // 2, dist_tensor(x).dims[0].axis)
        key = (op.attribute("theta", FloatAttr).value, pairs)
        if key not in scope.tables:
            scope.tables[key] = self.rotation_tables(scope, op, key[0], pairs, heads.head_dim)
        rotated = self.emit(scope, "rotate", [x, *scope.tables[key]], [dist_tensor(x).with_element(F32)])[0]
        self.values[op.result] = self.map(scope, "cast", [rotated], tensor_type(op.result).element)

    def rotation_tables(
        self, scope: _Scope, op: Operation, theta: float, pairs: Split, head_dim: int
    ) -> tuple[Value, Value, Value]:
        """Return cos, sin and -sin of position * theta^(-2i/head_dim) for each pair, computed before the
        layers.
        """
        half = head_dim // 2
        frequencies = np.float32(theta) ** (-2.0 * np.arange(half, dtype=np.float32) / np.float32(head_dim))
        values = np.tile(frequencies.astype(np.float32), pairs.extent // half)
        kind = DistTensor(scope.grid, (pairs,), F32)
        name = f"{scope.grid}.rope{len(scope.tables)}"
        elements = DenseElementsAttr(tuple(float(v) for v in values), TensorType((pairs.extent,), F32))
        self.top.create(
            "dist.variable",
            attributes={
                "sym_name": string(name),
                "type": kind,
                "kind": string("constant"),
                "values": elements,
            },
            location=op.location,
        )
        before = _Scope(scope.prologue, scope.grid, scope.prologue)
        with before.builder.at(op.location):
            table = self.emit(before, "read", [], [kind], {"variable": symbol(name)})[0]
            position = self.emit(before, "position", [], [DistTensor(scope.grid, (), F32)])[0]
            angle = self.map(before, "mul", [table, position])
            sine = self.map(before, "sin", [angle])
            return self.map(before, "cos", [angle]), sine, self.map(before, "neg", [sine])

    def lower_append(self, scope: _Scope, op: Operation) -> None:
        row = self.value(op.operands[0])
        variable = self.variables[op.attribute("variable", SymbolRefAttr).leaf]
        shape = variable.attribute("type", TensorType)
        stacked = "stacked" in variable.attributes
        features = dist_tensor(row).dims[0]
        positions = Split(shape.shape[1 if stacked else 0], other_axis(str(features.axis)), cyclic=True)
        kind = DistTensor(scope.grid, (positions, features), shape.element)
        operands = [row] + ([self.iteration] if stacked and self.iteration is not None else [])
        attributes: dict[str, Attribute] = {"variable": symbol(self.variable(variable, kind))}
        self.values[op.result] = self.emit(scope, "append", operands, [kind], attributes)[0]

    def lower_attention(self, scope: _Scope, op: Operation) -> None:
        q, k, v = (self.value(operand) for operand in op.operands)
        heads = self.classes.heads(op.operands[0])
        cache = dist_tensor(k)
        if len(cache.dims) != 2 or len(dist_tensor(v).dims) != 2:
            raise fail("attention reads its keys and values from caches; append them first", op.location)
        if not op.attribute("causal", IntegerAttr).value:
            raise fail("decode needs causal attention: later positions do not exist yet", op.location)
        features = dist_tensor(q).dims[0]
        if features.axis != cache.dims[1].axis or cache.dims != dist_tensor(v).dims:
            raise fail("queries, keys and values lie on different axes of the grid", op.location)
        positions = cache.dims[0]
        count = Split(heads.kv_heads * heads.group)
        head_dim = i64(heads.head_dim)
        scores = self.emit(
            scope,
            "scores",
            [q, k],
            [DistTensor(scope.grid, (count, positions), F32, features.axis)],
            {"head_dim": head_dim},
        )
        (scores,) = self.all_reduce(scope, scores)
        largest = self.emit(
            scope,
            "softmax_max",
            [scores],
            [DistTensor(scope.grid, (count,), F32, positions.axis, "max")],
            {"head_dim": head_dim, "features": cache.dims[1]},
        )
        (largest,) = self.all_reduce(scope, largest)
        partials = self.emit(
            scope,
            "softmax_mix",
            [scores, largest, v],
            [
                DistTensor(scope.grid, (features,), F32, positions.axis),
                DistTensor(scope.grid, (count,), F32, positions.axis),
            ],
            {"head_dim": head_dim, "scale": f32(1.0 / math.sqrt(heads.head_dim))},
        )
        mixed, weight = self.all_reduce(scope, partials)
        kind = DistTensor(scope.grid, (features,), tensor_type(op.result).element)
        self.values[op.result] = self.emit(
            scope, "softmax_divide", [mixed, weight], [kind], {"head_dim": head_dim}
        )[0]

    def lower_reshape(self, scope: _Scope, op: Operation) -> None:
        self.values[op.result] = self.value(op.operands[0])

    def lower_argmax(self, scope: _Scope, op: Operation) -> None:
        x = self.value(op.operands[0])
        axis = dist_tensor(x).dims[0].axis
        mine, index = self.emit(
            scope,
            "argmax",
            [x],
            [DistTensor(scope.grid, (), F32, axis, "max"), DistTensor(scope.grid, (), I32, axis, "min")],
        )
        (best,) = self.all_reduce(scope, [mine])
        kind = DistTensor(scope.grid, (), I32, axis, "min")
        candidate = self.emit(scope, "keep_equal", [index, mine, best], [kind])[0]
        self.values[op.result] = self.all_reduce(scope, [candidate])[0]

    def lower_fused(self, scope: _Scope, op: Operation) -> None:
        for inner, outer in zip(op.body.arguments, op.operands, strict=True):
            for table in (self.values, self.constants, self.reads):
                if outer in table:
                    table[inner] = table[outer]  # pyright: ignore[reportArgumentType]
        self.lower_block(scope, op.body)
        terminator = op.body.operations[-1]
        for inner, outer in zip(terminator.operands, op.results, strict=True):
            self.values[outer] = self.value(inner)

    def lower_repeat(self, scope: _Scope, op: Operation) -> None:
        label = op.attribute("label", StringAttr).value
        self.declare_grid(label, op)
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
        inner = _Scope(Builder(block, location=op.location), label, prologue)
        for old, new in zip(op.body.arguments[1:], block.arguments[1:], strict=True):
            self.values[old] = new
        self.iteration = block.arguments[0]
        self.lower_block(inner, op.body)
        self.iteration = None
        attributes: dict[str, Attribute] = {"count": op.attributes["count"], "label": string(label)}
        results = scope.builder.create("dist.repeat", carried, types, attributes, [Region([block])]).results
        for old, new in zip(op.results, results, strict=True):
            kind = dist_tensor(new)
            back = self.emit(scope, "transfer", [new], [DistTensor(scope.grid, kind.dims, kind.element)])
            self.values[old] = back[0]

    def lower_yield(self, scope: _Scope, op: Operation) -> None:
        if op.parent_op is not None and op.parent_op.name == "nn.repeat":
            values = [self.along(scope, self.value(v), BOUNDARY_AXIS) for v in op.operands]
            self.emit(scope, "yield", values, [])

    def lower_return(self, scope: _Scope, op: Operation) -> None:
        greedy = any(tensor_type(value).element == I32 for value in op.operands)
        names = [
            "token" if tensor_type(value).element == I32 else "logits" if greedy else f"output{index}"
            for index, value in enumerate(op.operands)
        ]
        attributes: dict[str, Attribute] = {"names": ArrayAttr(tuple(map(string, names)))}
        self.emit(scope, "return", [self.value(value) for value in op.operands], [], attributes)


def _location(value: Value) -> Location:
    block = value.block
    owner = value.defining_op or (block.parent_op if block is not None else None)
    return UNKNOWN if owner is None else owner.location
