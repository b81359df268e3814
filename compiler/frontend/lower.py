"""The checked model to a module of the nn dialect."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...ir.attributes import (
    DYNAMIC,
    I32,
    INDEX,
    UNIT,
    ArrayAttr,
    Attribute,
    DenseElementsAttr,
    DictAttr,
    FloatAttr,
    FloatType,
    FunctionType,
    TensorType,
    boolean,
    f32,
    i64,
    string,
    symbol,
)
from ...ir.builder import Builder
from ...ir.location import FileLoc, Location, fuse_locations
from ...ir.operation import Block, Operation, Region, Value
from ...ir.stored import STEPS_ATTRIBUTE, steps_attribute
from .ast import Span
from .consts import Number
from .graph import Body, CheckedEntry, CheckedModel, Node, Tensor, Variable
from .shapes import Shape

_F64 = FloatType("f64")


def lower_model(model: CheckedModel, entries: Iterable[str], filename: str) -> Operation:
    """Return the `builtin.module` with the model's variables and one `nn.func` for each of `entries`.

    Functions that the model defines and calls are private `nn.func` before them.

    Raises `KeyError` for an entry that the model does not have.
    """
    return _Lowering(model, filename).module([model.entries[name] for name in entries])


class _Lowering:
    def __init__(self, model: CheckedModel, filename: str) -> None:
        self.model = model
        self.filename = filename

    def location(self, span: Span) -> FileLoc:
        return FileLoc(self.filename, span.line, span.column)

    def module(self, entries: list[CheckedEntry]) -> Operation:
        model = self.model
        attributes: dict[str, Attribute] = {
            "nn.model": string(model.name),
            "nn.accumulate": model.accumulate,
            "nn.constants": DictAttr.of(
                {name: _constant_attribute(value) for name, value in model.constants.items()}
            ),
        }
        block = Block()
        builder = Builder(block)
        for variable in model.variables:
            self._variable(builder, variable)
        for function in model.functions:
            self._function(builder, function)
        for entry in entries:
            self._entry(builder, entry)
        location = self.location(model.span)
        return Operation("builtin.module", (), (), attributes, [Region([block])], location)

    def _variable(self, builder: Builder, variable: Variable) -> None:
        shape = (*(owner.count for owner in variable.owners), *variable.shape)
        source = "".join(f"{owner.name}.{{}}." for owner in variable.owners) + variable.name
        attributes: dict[str, Attribute] = {
            "sym_name": string(variable.symbol),
            "type": self._shape_type(shape),
            "kind": string(variable.kind),
            "source": string(source),
        }
        for owner in variable.owners:
            attributes["experts" if owner.is_expert else "stacked"] = UNIT
        location: Location = self.location(variable.span)
        if variable.source is not None:
            attributes["source"] = string(variable.source.name)
            if variable.source.steps:
                attributes[STEPS_ATTRIBUTE] = steps_attribute(variable.source.steps)
            location = fuse_locations(location, self.location(variable.source.span))
        builder.create("nn.variable", (), (), attributes, location=location)

    def _function(self, builder: Builder, function: Body) -> None:
        block = self._block(function)
        body = Builder(block)
        result = self._body(body, function, block.arguments)
        location = self.location(function.span)
        body.create("nn.return", [result], location=location)
        private: dict[str, Attribute] = {"sym_visibility": string("private")}
        self._func(builder, function, function.name, block, private, location)

    def _block(self, body: Body) -> Block:
        return Block([self._type(node.tensor) for node in body.parameters])

    def _func(
        self,
        builder: Builder,
        body: Body,
        name: str,
        block: Block,
        attributes: dict[str, Attribute],
        location: FileLoc,
    ) -> None:
        """Create the `nn.func` called `name` of a filled block."""
        returned = block.operations[-1]
        inputs = tuple(self._type(node.tensor) for node in body.parameters)
        attributes |= {
            "sym_name": string(name),
            "function_type": FunctionType(inputs, tuple(value.type for value in returned.operands)),
            "arg_names": ArrayAttr(tuple(string(str(node.name)) for node in body.parameters)),
        }
        builder.create("nn.func", (), (), attributes, [Region([block])], location)

    def _entry(self, builder: Builder, entry: CheckedEntry) -> None:
        forward = self.model.forward
        block = self._block(forward)
        body = Builder(block)
        logits = self._body(body, forward, block.arguments)
        results = [logits]
        location = self.location(entry.span)
        if entry.greedy:
            rows = TensorType(_extents(forward.result.shape[:1]), I32)
            results.insert(0, body.create("nn.argmax", [logits], [rows], location=location).result)
        body.create("nn.return", results, location=location)
        extra: dict[str, Attribute] = {} if entry.window is None else {"window": i64(entry.window)}
        self._func(builder, forward, entry.name, block, extra, location)

    def _body(
        self, builder: Builder, body: Body, arguments: list[Value], numbers: Sequence[Value] = ()
    ) -> Value:
        """Emit a body's nodes; returns the value that it returns.

        `numbers` say which repetition and which expert it is, as far as it is either.
        """
        values: dict[Node, Value] = {}
        for node, value in zip(body.parameters, arguments, strict=True):
            values[node] = value
            value.name_hint = node.name
        for node in body.nodes:
            operation = self._node(builder, node, [values[operand] for operand in node.operands], numbers)
            values[node] = operation.result
            operation.result.name_hint = node.name
        if body.returned is None:
            raise ValueError(f"'{body.name}' was not checked: it returns nothing")
        return values[body.returned]

    def _node(
        self, builder: Builder, node: Node, operands: list[Value], numbers: Sequence[Value]
    ) -> Operation:
        attributes = {name: _option_attribute(value) for name, value in node.options.items()}
        regions: list[Region] = []
        result = self._type(node.tensor)
        if node.symbol is not None:
            attributes["variable"] = symbol(node.symbol.symbol)
            operands = [*operands, *numbers[: len(node.symbol.owners)]]
        elif node.op == "constant":
            attributes["value"] = DenseElementsAttr((node.value,), result)
        elif node.layer is not None:
            attributes |= {"count": i64(node.count), "label": string(node.layer.name)}
            regions.append(self._layer(node, node.layer, operands[0], numbers))
        elif node.function is not None:
            attributes["callee"] = symbol(node.function.name)
        location = self.location(node.span)
        return builder.create(f"nn.{node.op}", operands, [result], attributes, regions, location)

    def _layer(self, node: Node, layer: Body, x: Value, numbers: Sequence[Value]) -> Region:
        block = Block([INDEX, x.type])
        number = block.arguments[0]
        number.name_hint = "expert" if layer.is_expert else "i"
        builder = Builder(block)
        returned = self._body(builder, layer, block.arguments[1:], [*numbers, number])
        builder.create("nn.yield", [returned], location=self.location(node.span))
        return Region([block])

    def _type(self, tensor: Tensor) -> TensorType:
        element = I32 if tensor.is_index else self.model.element
        return TensorType(_extents(tensor.shape), element)

    def _shape_type(self, shape: Shape) -> TensorType:
        return TensorType(_extents(shape), self.model.element)


def _extents(shape: Shape) -> tuple[int, ...]:
    """Return a shape as a tensor type has it: symbolic extents are dynamic."""
    if None in shape:
        raise ValueError("a shape of a checked model is not known")
    return tuple(extent if isinstance(extent, int) else DYNAMIC for extent in shape)


def _option_attribute(value: Number) -> Attribute:
    if isinstance(value, bool):
        return boolean(value)
    return i64(value) if isinstance(value, int) else f32(value)


def _constant_attribute(value: Number) -> Attribute:
    if isinstance(value, bool):
        return boolean(value)
    return i64(value) if isinstance(value, int) else FloatAttr(value, _F64)
