"""Printer: operations as MLIR's generic text form, which `parser.py`, mlir-opt and xdsl-opt read."""

from __future__ import annotations

from collections.abc import Sequence

from .attributes import (
    ArrayAttr,
    Attribute,
    DenseElementsAttr,
    DictAttr,
    FunctionType,
    TypeAttribute,
    UnitAttr,
    attribute_key_text,
    quote,
)
from .location import FileLoc, Location
from .operation import Block, Operation, Region, Value

_UNKNOWN_VALUE = "%<<unknown>>"
"""Stands for a value that no operation or block of the printed tree defines; no parser accepts it."""


def print_operation(operation: Operation, *, locations: bool = False, elide_large: int | None = None) -> str:
    """Return the generic form of `operation` and all that is nested in it, without a final newline.

    Values and blocks are numbered as MLIR numbers them, from the outermost operation on, so the text
    depends on the structure alone. `locations` adds `loc(...)` behind each operation; `elide_large`
    leaves out the elements of constants with more than so many (such text is for reading only).
    """
    printer = _Printer(locations, elide_large)
    printer.number(_outermost(operation))
    printer.operation(operation, "")
    return "".join(printer.parts)


def attribute_text(attribute: Attribute, elide_large: int | None = None) -> str:
    """Return the text of `attribute`, leaving out the elements of constants larger than `elide_large`."""
    if elide_large is None:
        return str(attribute)
    if isinstance(attribute, DenseElementsAttr) and len(attribute.values) > elide_large:
        return f"dense_resource<__elided__> : {attribute.type}"
    if isinstance(attribute, ArrayAttr):
        return f"[{', '.join(attribute_text(value, elide_large) for value in attribute.values)}]"
    if isinstance(attribute, DictAttr):
        return f"{{{', '.join(_entry(key, value, elide_large) for key, value in attribute.entries)}}}"
    return str(attribute)


def _entry(key: str, value: Attribute, elide_large: int | None) -> str:
    name = attribute_key_text(key)
    return name if isinstance(value, UnitAttr) else f"{name} = {attribute_text(value, elide_large)}"


def _outermost(operation: Operation) -> Operation:
    parent = operation.parent_op
    while parent is not None:
        operation, parent = parent, parent.parent_op
    return operation


class _Printer:
    """The state of one print: names of values and blocks, texts of objects that occur often."""

    def __init__(self, locations: bool, elide_large: int | None) -> None:
        self.parts: list[str] = []
        self._locations = locations
        self._elide_large = elide_large
        self._values: dict[Value, str] = {}
        self._blocks: dict[Block, str] = {}
        # By identity: types and locations are shared by many operations, and live as long as those.
        self._types: dict[int, str] = {}
        self._location_texts: dict[int, str] = {}
        self._keys: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def number(self, root: Operation) -> None:
        """Name all values and blocks: a region's own first, then those nested in it go on from there."""
        values = self._values
        pending: list[tuple[Region, int, int]] = []
        next_value = self._number_results(root, 0)
        pending.extend((region, next_value, 0) for region in root.regions)
        while pending:
            region, next_value, next_argument = pending.pop()
            nested: list[Operation] = []
            for index, block in enumerate(region.blocks):
                self._blocks[block] = f"^bb{index}"
                for argument in block.arguments:
                    if index == 0:
                        values[argument] = f"%arg{next_argument}"
                        next_argument += 1
                    else:
                        values[argument] = f"%{next_value}"
                        next_value += 1
                for operation in block.operations:
                    results = operation.results
                    if len(results) == 1:
                        values[results[0]] = f"%{next_value}"
                        next_value += 1
                    elif results:
                        next_value = self._number_results(operation, next_value)
                    if operation.regions:
                        nested.append(operation)
            for operation in nested:
                pending.extend((inner, next_value, next_argument) for inner in operation.regions)

    def _number_results(self, operation: Operation, next_value: int) -> int:
        """Name several results `%0#0`, `%0#1`; they share one number."""
        for result in operation.results:
            suffix = f"#{result.index}" if len(operation.results) > 1 else ""
            self._values[result] = f"%{next_value}{suffix}"
        return next_value + 1 if operation.results else next_value

    def operation(self, operation: Operation, indent: str) -> None:
        """Append the text of `operation` to `parts`; the caller writes the newline."""
        values = self._values
        name = self._names.get(operation.name)
        if name is None:
            name = self._names[operation.name] = quote(operation.name)
        results, operands = operation.results, operation.operands
        left = ""
        if len(results) == 1:
            left = f"{values[results[0]]} = "
        elif results:
            left = f"{values[results[0]].partition('#')[0]}:{len(results)} = "
        arguments = inputs = ""
        if operands:
            arguments = ", ".join([values.get(operand, _UNKNOWN_VALUE) for operand in operands])
            inputs = self._type_texts(operands)
        if operation.successors or operation.regions:
            self.parts.append(f"{indent}{left}{name}({arguments})")
            self._nested(operation, indent)
            head = ""
        else:
            head = f"{indent}{left}{name}({arguments})"
        attributes = self._attributes(operation.attributes) if operation.attributes else ""
        outputs = self._type_texts(results)
        if len(results) != 1 or isinstance(results[0].type, FunctionType):
            outputs = f"({outputs})"
        location = self._location(operation.location) if self._locations else ""
        self.parts.append(f"{head}{attributes} : ({inputs}) -> {outputs}{location}")

    def _nested(self, operation: Operation, indent: str) -> None:
        parts = self.parts
        if operation.successors:
            parts.append(f"[{', '.join(self._blocks.get(b, '^unknown') for b in operation.successors)}]")
        if operation.regions:
            separator = " ({\n"
            for region in operation.regions:
                parts.append(separator)
                self._region(region, indent)
                parts.append(indent)
                separator = "}, {\n"
            parts.append("})")

    def _region(self, region: Region, indent: str) -> None:
        inner = indent + "  "
        for index, block in enumerate(region.blocks):
            if index or block.arguments or not block.operations:
                self.parts.append(f"{indent}{self._blocks[block]}{self._arguments(block)}:\n")
            for operation in block.operations:
                self.operation(operation, inner)
                self.parts.append("\n")

    def _arguments(self, block: Block) -> str:
        if not block.arguments:
            return ""
        return f"({', '.join(f'{self._values[a]}: {self._type_texts((a,))}' for a in block.arguments)})"

    def _attributes(self, attributes: dict[str, Attribute]) -> str:
        keys, elide_large = self._keys, self._elide_large
        entries: list[str] = []
        for key in sorted(attributes) if len(attributes) > 1 else attributes:
            value = attributes[key]
            text = keys.get(key) or keys.setdefault(key, attribute_key_text(key))
            if type(value) is not UnitAttr:
                text += f" = {value if elide_large is None else attribute_text(value, elide_large)}"
            entries.append(text)
        return f" {{{', '.join(entries)}}}"

    def _type_texts(self, values: Sequence[Value]) -> str:
        if len(values) == 1:
            type = values[0].type
            return self._types.get(id(type)) or self._type_text(type)
        return ", ".join([self._types.get(id(v.type)) or self._type_text(v.type) for v in values])

    def _type_text(self, type: TypeAttribute) -> str:
        text = self._types[id(type)] = str(type)
        return text

    def _location(self, location: Location) -> str:
        if type(location) is FileLoc:
            # Nearly always another one for each operation: only the file's name is worth keeping.
            file = self._files.get(location.file) or self._files.setdefault(
                location.file, quote(location.file)
            )
            return f" loc({file}:{location.line}:{location.column})"
        text = self._location_texts.get(id(location))
        if text is None:
            text = self._location_texts[id(location)] = f" loc({location})"
        return text
