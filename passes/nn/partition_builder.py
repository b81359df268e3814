"""What lowering from `nn` to `dist` is built from: scopes, names, reads of weights, moves between axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np
import numpy.typing as npt

from ...ir.attributes import (
    F32,
    I32,
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
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import tensor_type, window_of
from ...ir.layout import Split
from ...ir.location import UNKNOWN, Location
from ...ir.operation import Operation, Value
from ...ir.symbols import SymbolTable
from .feature_classes import FeatureClasses

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
        """Return the tile of the weight that `value` reads, split by `dims`."""
        source = self.reads.get(value)
        if source is None:
            raise error_at("only a weight can stand here", location_of(value))
        return self.read_variable(scope, source, dims)

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

    def along(self, scope: Scope, value: Value, axis: str | None) -> Value:
        """Return the distributed vector `value`, moved to lie along `axis` (None: whole on each PE) if it
        does not.
        """
        kind = dist_tensor(value)
        split = kind.dims[0]
        if split.axis == axis:
            return value
        if split.factors:
            raise error_at("features ordered by heads cannot be moved to the other axis", location_of(value))
        dims = (Split(split.extent, axis), *kind.dims[1:])
        target = DistTensor(scope.grid, dims, kind.element, split.axis)
        part = self.emit(scope, "reslice", [value], [target])[0]
        return part if split.axis is None else self.all_reduce(scope, [part])[0]


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
