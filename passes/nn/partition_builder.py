"""What lowering from `nn` to `dist` is built from: scopes, names, reads of weights, moves between axes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
import numpy.typing as npt

from ...ir.attributes import (
    DYNAMIC,
    F32,
    I32,
    UNIT,
    ArrayAttr,
    Attribute,
    DenseElementsAttr,
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
from ...ir.diagnostics import Diagnostic, Severity, error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import shape_text, tensor_type, window_of
from ...ir.layout import Split
from ...ir.location import UNKNOWN, Location
from ...ir.operation import Operation, Value
from ...ir.symbols import SymbolTable
from .feature_classes import FeatureClasses
from .weight_values import values_of_weights

BOUNDARY_AXIS = "y"
"""The axis along which activations lie where they change grids."""


@dataclass(slots=True)
class Scope:
    """The operations of one grid that are being built."""

    builder: Builder
    grid: str
    prologue: Builder
    """Where work that does not depend on the layer goes."""
    tables: dict[tuple[float, Split], tuple[Value, Value, Value]] = field(
        default_factory=lambda: dict[tuple[float, Split], tuple[Value, Value, Value]]()
    )


class PartitionBuilder:
    """The values of one function and their distributed forms, and the operations made so far."""

    def __init__(self, module: Operation, variables: dict[str, Operation], function: Operation) -> None:
        self.module = module
        self.variables = variables
        self.function = function
        self.classes = FeatureClasses(function)
        window = window_of(function)
        self.rows: tuple[Split, ...] = () if window is None else (Split(window),)
        """The dimension that each value has besides its features: none, or the rows of a window."""
        self.values: dict[Value, Value] = {}
        self.constants: dict[Value, float] = {}
        self.reads: dict[Value, Operation] = {}
        """Of each value that is made of weights alone the operation that makes it."""
        self.of_weights = values_of_weights(function)
        self.numbers: dict[Value, Value] = {}
        """Of each repetition and expert around the present place its number."""
        self.top = Builder(module.body)
        self.created: dict[tuple[str, DistTensor], str] = {}
        self.inputs = input_names(function)
        self.outputs = output_names(function)
        ports = (f"input.{name}" for name in self.inputs), (f"output.{name}" for name in self.outputs)
        self.ports = {name for names in ports for name in names}
        """Names that the host's view of inputs and outputs takes once memory is allocated."""

    # ---- building blocks

    def unique(self, name: str) -> str:
        """Return `name`, or one like it if a symbol or a port has that name."""
        table = SymbolTable(self.module)
        while name in self.ports:
            name += "_"
        return table.unique_name(name)

    def declare_grid(self, wanted: str, op: Operation) -> str:
        """Create a grid's symbol and return its name."""
        name = self.unique(wanted)
        self.top.create("dist.grid", attributes={"sym_name": string(name)}, location=op.location)
        return name

    def emit(
        self,
        scope: Scope,
        name: str,
        operands: Sequence[Value],
        types: Sequence[TypeAttribute],
        attributes: dict[str, Attribute] | None = None,
    ) -> list[Value]:
        """Create an operation and return its results."""
        return scope.builder.create(f"dist.{name}", operands, types, attributes).results

    def map(
        self,
        scope: Scope,
        function: str,
        inputs: Sequence[Value],
        element: TypeAttribute = F32,
        value: float | None = None,
    ) -> Value:
        """Create an elementwise operation; the result has the dimensions of all inputs, rows last."""
        dims = dict.fromkeys(split for value in inputs for split in dist_tensor(value).dims)
        shape = tuple(sorted(dims, key=lambda split: split.axis is None))
        attributes: dict[str, Attribute] = {"fn": string(function)}
        if value is not None:
            attributes["value"] = f32(value)
        return self.emit(scope, "map", inputs, [DistTensor(scope.grid, shape, element)], attributes)[0]

    def all_reduce(self, scope: Scope, values: Sequence[Value]) -> list[Value]:
        """Complete partial values, all of one axis and kind."""
        kind = dist_tensor(values[0])
        attributes: dict[str, Attribute] = {"axis": string(str(kind.partial)), "fn": string(kind.reduction)}
        return self.emit(scope, "all_reduce", values, [dist_tensor(v).complete() for v in values], attributes)

    def read(self, scope: Scope, value: Value, dims: tuple[Split, ...]) -> Value:
        """Return the tile of a weight, or of what is computed of weights, split by `dims`."""
        source = self.reads.get(value)
        if source is None:
            raise error_at(
                "only a weight can stand here, or elementwise work on weights alone", location_of(value)
            )
        if source.name == "nn.read":
            return self.read_variable(scope, source, dims)
        with scope.builder.at(source.location):
            return self.computed(scope, source, dims)

    def computed(self, scope: Scope, source: Operation, dims: tuple[Split, ...]) -> Value:
        """Return the tile of what `source` computes of weights alone, split by `dims`."""
        kind = source.name.removeprefix("nn.")
        if kind == "reshape":
            return self.read(scope, source.operands[0], dims)
        if kind == "fused":
            self.enter(source)
            terminator = source.body.operations[-1]
            for op in source.body.operations[:-1]:
                self.note(op)
            return self.read(scope, terminator.operands[0], dims)
        if kind == "transpose":
            raise error_at("a transposed weight can stand to the right of '@' only", source.location)
        count = prod(split.extent for split in dims)

        def part(value: Value) -> Value:
            found = prod(tensor_type(value).shape)
            if found not in (1, count):
                raise error_at(
                    "weights of different shapes can be combined where they meet rows, not alone",
                    source.location,
                    f"this one is {shape_text(tensor_type(value).shape)}",
                )
            return self.read(scope, value, () if found == 1 and count > 1 else dims)

        return self.elementwise(scope, source, part)

    def note(self, op: Operation) -> None:
        """Keep an operation on weights alone, or a constant, for those who use its value."""
        if op.name != "nn.constant":
            self.reads[op.result] = op
            return
        elements = op.attribute("value", DenseElementsAttr)
        if len(elements.values) != 1:
            raise error_at("only a scalar constant can be partitioned", op.location)
        self.constants[op.result] = float(elements.values[0])

    def enter(self, op: Operation) -> None:
        """Let the arguments of a fused operation's body stand for its operands."""
        for inner, outer in zip(op.body.arguments, op.operands, strict=True):
            for table in (self.values, self.constants, self.reads):
                if outer in table:
                    table[inner] = table[outer]  # pyright: ignore[reportArgumentType]

    def elementwise(self, scope: Scope, op: Operation, part: Callable[[Value], Value]) -> Value:
        """Create an elementwise operation on operands that `part` gives, and constants."""
        function, element = op.name.removeprefix("nn."), tensor_type(op.result).element
        numbers = [self.constants.get(operand) for operand in op.operands]
        if numbers[0] is None:
            inputs = [
                part(value) for value, number in zip(op.operands, numbers, strict=True) if number is None
            ]
            return self.map(scope, function, inputs, element, numbers[-1])
        # The constant stands to the left, where a map has none.
        right = part(op.operands[1])
        if function == "div" and numbers[0] == 1.0:
            return self.map(scope, "reciprocal", [right], element)
        if function in ("sub", "div"):
            right = self.map(scope, {"sub": "neg", "div": "reciprocal"}[function], [right])
            function = {"sub": "add", "div": "mul"}[function]
        return self.map(scope, function, [right], element, numbers[0])

    def read_variable(self, scope: Scope, source: Operation, dims: tuple[Split, ...]) -> Value:
        """Return the tile of the variable that `nn.read` operation `source` names."""
        variable = self.variables[source.attribute("variable", SymbolRefAttr).leaf]
        kind = DistTensor(scope.grid, dims, variable.attribute("type", TensorType).element)
        features, wanted = prod(tensor_type(source.result).shape), prod(split.extent for split in dims)
        if features != wanted:
            raise error_at(
                f"weight '{variable.symbol_name}' cannot be applied head by head yet",
                source.location,
                f"it has {features} elements; what it meets has {wanted} features in heads",
            )
        name = self.variable(variable, kind)
        operands = [self.numbers[number] for number in source.operands]
        attributes: dict[str, Attribute] = {"variable": symbol(name)}
        return self.emit(scope, "read", operands, [kind], attributes)[0]

    def constant(
        self, scope: Scope, name: str, values: npt.NDArray[np.float32], split: Split, op: Operation
    ) -> Value:
        """Declare a constant vector of f32 and return its tile."""
        kind = DistTensor(scope.grid, (split,), F32)
        elements = DenseElementsAttr(tuple(map(float, values)), TensorType(values.shape, F32))
        name = self.unique(name)
        attributes: dict[str, Attribute] = {
            "sym_name": string(name),
            "type": kind,
            "kind": string("constant"),
            "values": elements,
        }
        self.top.create("dist.variable", attributes=attributes, location=op.location)
        return self.emit(scope, "read", [], [kind], {"variable": symbol(name)})[0]

    def variable(self, variable: Operation, kind: DistTensor) -> str:
        """Declare `variable` split as `kind` (once per kind) and return the name."""
        base = str(variable.symbol_name)
        if (base, kind) in self.created:
            return self.created[base, kind]
        copies = sum(1 for name, _ in self.created if name == base)
        name = base
        if copies or base in self.ports:
            name = self.unique(f"{base}.copy{copies}")
        attributes: dict[str, Attribute] = {
            "sym_name": string(name),
            "type": kind,
            "kind": variable.attributes["kind"],
            "source": variable.attributes["source"],
        }
        if name != base:
            attributes["copy_of"] = string(base)
        counts = iter(variable.attribute("type", TensorType).shape)
        for key in ("stacked", "experts"):
            if isinstance(variable.attributes.get(key), UnitAttr):
                attributes[key] = i64(next(counts))
        self.top.create("dist.variable", attributes=attributes, location=variable.location)
        self.created[base, kind] = name
        return name

    def value(self, value: Value) -> Value:
        """Return the distributed form of `value`."""
        if value not in self.values:
            raise error_at("a weight or constant cannot stand here", location_of(value))
        return self.values[value]

    def vector(self, scope: Scope, value: Value) -> Value:
        """Return the distributed form of `value` as a vector; a weight of one dimension may be one."""
        if value in self.values:
            found = self.values[value]
            return self.along(scope, found, BOUNDARY_AXIS) if self.is_number(found) else found
        shape = tensor_type(value).shape
        if value not in self.reads or len(shape) != 1:
            raise error_at(
                f"rows that depend on the input must stand here, not a weight {shape_text(shape)}",
                scope.builder.location,
                "of weights alone, elementwise work, 'reshape' and 'transpose' can be computed",
            )
        return self.read(scope, value, (Split(shape[0], BOUNDARY_AXIS),))

    def is_number(self, value: Value) -> bool:
        """Whether each PE has one number (of each row, if it is not of weights alone), and no features."""
        return dist_tensor(value).dims in ((), self.rows)

    def number(self, scope: Scope, value: Value) -> Value:
        """Return a distributed vector of one element as a number that each PE has."""
        if self.is_number(value):
            return value
        return self.reduction(scope, "add", value)

    def reduction(self, scope: Scope, function: str, x: Value, *, square: bool = False) -> Value:
        """Return the sum or maximum over the features of x (or of its squares), complete, for each row."""
        features, *rows = dist_tensor(x).dims
        axis = features.axis
        attributes: dict[str, Attribute] = {"fn": string(function)}
        if square:
            attributes["square"] = UNIT
        kind = DistTensor(scope.grid, tuple(rows), F32, axis, function if axis is not None else "add")
        found = self.emit(scope, "reduce", [x], [kind], attributes)
        return found[0] if axis is None else self.all_reduce(scope, found)[0]

    def softmax(self, scope: Scope, x: Value, element: TypeAttribute = F32) -> Value:
        """Return the softmax over the features of x; two numbers of each row are completed on the way."""
        shifted = self.map(scope, "sub", [x, self.reduction(scope, "max", x)])
        powers = self.map(scope, "exp", [shifted])
        inverse = self.map(scope, "reciprocal", [self.reduction(scope, "add", powers)])
        return self.map(scope, "mul", [powers, inverse], element)

    def along(self, scope: Scope, value: Value, axis: str | None) -> Value:
        """Return a distributed vector or number as a vector along `axis` (None: whole on all PEs)."""
        kind = dist_tensor(value)
        split, *rows = (Split(1), *kind.dims) if self.is_number(value) else kind.dims
        if split.axis == axis:
            return value
        if split.factors:
            raise error_at("features ordered by heads cannot be moved to the other axis", location_of(value))
        target = DistTensor(scope.grid, (Split(split.extent, axis), *rows), kind.element, split.axis)
        part = self.emit(scope, "reslice", [value], [target])[0]
        return part if split.axis is None else self.all_reduce(scope, [part])[0]


def made_here(value: Value) -> Diagnostic:
    """Return the note that shows where `value`, which an error is about, comes from."""
    return Diagnostic(Severity.NOTE, "they are made here", location_of(value))


def rows_text(value: Value) -> str:
    """Return the shape of rows as the model has it, `[seq, 64]`, for a message."""
    return shape_text((DYNAMIC, *tensor_type(value).shape[1:]))


def input_names(function: Operation) -> list[str]:
    """Return what the host calls the arguments of an `nn.func`."""
    names = function.attributes.get("arg_names")
    labels = [a.value for a in names if isinstance(a, StringAttr)] if isinstance(names, ArrayAttr) else []
    count = len(function.body.arguments)
    return [labels[index] if index < len(labels) else f"input{index}" for index in range(count)]


def output_names(function: Operation) -> list[str]:
    """Return what the host calls the results of an `nn.func`: `token` and `logits` of a greedy entry."""
    terminator = function.body.terminator
    values: Sequence[Value] = () if terminator is None else terminator.operands
    greedy = any(tensor_type(value).element == I32 for value in values)
    return [
        "token" if tensor_type(value).element == I32 else "logits" if greedy else f"output{index}"
        for index, value in enumerate(values)
    ]


def location_of(value: Value) -> Location:
    """Return where `value` comes from."""
    block = value.block
    owner = value.defining_op or (block.parent_op if block is not None else None)
    return UNKNOWN if owner is None else owner.location
