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

UNKNOWN_VALUE = "%<<unknown>>"
"""Stands for a value that no operation or block of the printed tree defines; no parser accepts it."""


def print_operation(operation: Operation, *, locations: bool = False, elide_large: int | None = None) -> str:
    """Return the generic form of `operation` and all that is nested in it, without a final newline.

    Values and blocks are numbered as MLIR numbers them, from the outermost operation on, so the text
    depends on the structure alone. `locations` adds `loc(...)` behind each operation; `elide_large`
    leaves out the elements of constants with more than so many (such text is for reading only).
    """
    printer = Printer(locations, elide_large)
    printer.number(outermost(operation))
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


def outermost(operation: Operation) -> Operation:
    """Return the operation that holds `operation` and that nothing holds."""
    parent = operation.parent_op
    while parent is not None:
        operation, parent = parent, parent.parent_op
    return operation


def has_label(index: int, block: Block) -> bool:
    """Whether a line names the block, the `index`-th of its region; the first one may do without."""
    return bool(index or block.arguments or not block.operations)


class Printer:
    """The state of one print: names of values and blocks, texts of objects that occur often."""

    def __init__(self, locations: bool, elide_large: int | None) -> None:
        self.parts: list[str] = []
        self.locations = locations
        self.elide_large = elide_large
        self.values: dict[Value, str] = {}
        self.block_names: dict[Block, str] = {}
        # By identity: types and locations are shared by many operations, and live as long as those.
        self._types: dict[int, str] = {}
        self._location_texts: dict[int, str] = {}
        self._keys: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._names: dict[str, str] = {}

    def number(self, root: Operation) -> None:
        """Name all values and blocks: a region's own first, then those nested in it go on from there."""
        values = self.values
        pending: list[tuple[Region, int, int]] = []
        next_value = self._number_results(root, 0)
        pending.extend((region, next_value, 0) for region in root.regions)
        while pending:
            region, next_value, next_argument = pending.pop()
            nested: list[Operation] = []
            for index, block in enumerate(region.blocks):
                self.block_names[block] = f"^bb{index}"
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
            self.values[result] = f"%{next_value}{suffix}"
        return next_value + 1 if operation.results else next_value

    def operation(self, operation: Operation, indent: str) -> None:
        """Append the text of `operation` to `parts`; the caller writes the newline."""
        values = self.values
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
            arguments = ", ".join([values.get(operand, UNKNOWN_VALUE) for operand in operands])
            inputs = self.types_text(operands)
        if operation.successors or operation.regions:
            self.parts.append(f"{indent}{left}{name}({arguments})")
            self._nested(operation, indent)
            head = ""
        else:
            head = f"{indent}{left}{name}({arguments})"
        attributes = self.attributes_text(operation.attributes) if operation.attributes else ""
        outputs = self.outputs_text(results)
        location = self.location_text(operation.location) if self.locations else ""
        self.parts.append(f"{head}{attributes} : ({inputs}) -> {outputs}{location}")

    def outputs_text(self, results: Sequence[Value]) -> str:
        """Return the types of results as they stand behind the arrow."""
        text = self.types_text(results)
        return f"({text})" if len(results) != 1 or isinstance(results[0].type, FunctionType) else text

    def _nested(self, operation: Operation, indent: str) -> None:
        parts = self.parts
        if operation.successors:
            parts.append(self.successors_text(operation))
        if operation.regions:
            separator = " ({\n"
            for region in operation.regions:
                parts.append(separator)
                self._region(region, indent)
                parts.append(indent)
                separator = "}, {\n"
            parts.append("})")

    def successors_text(self, operation: Operation) -> str:
        """Return the blocks that an operation may jump to, in brackets."""
        return f"[{', '.join(self.block_names.get(b, '^unknown') for b in operation.successors)}]"

    def _region(self, region: Region, indent: str) -> None:
        inner = indent + "  "
        for index, block in enumerate(region.blocks):
            if has_label(index, block):
                self.parts.append(f"{indent}{self.block_names[block]}{self._arguments(block)}:\n")
            for operation in block.operations:
                self.operation(operation, inner)
                self.parts.append("\n")

    def _arguments(self, block: Block) -> str:
        if not block.arguments:
            return ""
        return f"({', '.join(f'{self.values[a]}: {self.types_text((a,))}' for a in block.arguments)})"

    def attributes_text(self, attributes: dict[str, Attribute]) -> str:
        """Return the entries in braces, with a blank in front."""
        keys, elide_large = self._keys, self.elide_large
        entries: list[str] = []
        for key in sorted(attributes) if len(attributes) > 1 else attributes:
            value = attributes[key]
            text = keys.get(key) or keys.setdefault(key, attribute_key_text(key))
            if type(value) is not UnitAttr:
                text += f" = {value if elide_large is None else attribute_text(value, elide_large)}"
            entries.append(text)
        return f" {{{', '.join(entries)}}}"

    def types_text(self, values: Sequence[Value]) -> str:
        """Return the types of values, with commas between."""
        if len(values) == 1:
            type = values[0].type
            return self._types.get(id(type)) or self._type_text(type)
        return ", ".join([self._types.get(id(v.type)) or self._type_text(v.type) for v in values])

    def _type_text(self, type: TypeAttribute) -> str:
        text = self._types[id(type)] = str(type)
        return text

    def location_text(self, location: Location) -> str:
        """Return `loc(...)`, with a blank in front."""
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
