"""Listings: a module's text as plain data, line by line, with its values apart; views and diffs read it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .attributes import quote
from .location import FileLoc, file_locations
from .operation import Block, Operation, Region, Value
from .printer import UNKNOWN_VALUE, Printer, has_label, outermost

Text = tuple[str | int, ...]
"""Text in pieces. A number stands for the name of a group of values: the results of one operation, or one
argument of a block. Which of several results is meant stands behind it as text, `#1`."""


@dataclass(frozen=True, slots=True)
class ListedBlock:
    """A block: its label `^bb0(%arg0: f16):` where the text has one, the groups of its arguments."""

    label: Text | None
    arguments: tuple[int, ...]
    argument_types: tuple[str, ...]
    operations: tuple[ListedOperation, ...]


@dataclass(frozen=True, slots=True)
class ListedOperation:
    """An operation: `head` is its text up to its regions, `tail` what stands behind them.

    `results` is the group of its results, if it has any, `operands` are the groups it uses. `places` are
    where in the model's text it comes from. `elided` tells apart operations whose text leaves something out.
    """

    name: str
    symbol: str | None
    places: tuple[FileLoc, ...]
    results: int | None
    operands: tuple[int, ...]
    head: Text
    tail: Text
    regions: tuple[tuple[ListedBlock, ...], ...]
    elided: str

    def blocks(self) -> Iterator[ListedBlock]:
        """Yield the blocks of all regions."""
        for region in self.regions:
            yield from region

    def walk(self) -> Iterator[ListedOperation]:
        """Yield this operation, then all nested ones in program order."""
        stack: list[ListedOperation] = [self]
        while stack:
            current = stack.pop()
            yield current
            inner = [op for block in current.blocks() for op in block.operations]
            stack.extend(reversed(inner))

    def count(self) -> int:
        """Return how many operations it is made of, itself included."""
        return sum(1 for _ in self.walk())


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text without its indentation, which is two blanks for each step of `depth`.

    `operation` is whose first line it is; other lines (labels, closing braces) have none.
    """

    depth: int
    text: str
    operation: ListedOperation | None = None

    def __str__(self) -> str:
        return "  " * self.depth + self.text


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole module. `names` are those of the groups of values, by their number."""

    root: ListedOperation
    names: tuple[str, ...]

    def lines(self) -> Iterator[Line]:
        """Yield the lines of the generic text form."""
        return operation_lines(self.root, 0, self.names)


def list_operation(
    operation: Operation, *, locations: bool = False, elide_large: int | None = None
) -> Listing:
    """Return the listing of `operation`; its lines are those of `print_operation` with the same options."""
    return list_with(Lister(locations, elide_large), operation)


def list_with(lister: Lister, operation: Operation) -> Listing:
    """Return the listing of `operation` that `lister`, a new one, makes."""
    lister.number(outermost(operation))
    root = lister.listed(operation)
    return Listing(root, tuple(lister.names))


def render(text: Text, names: Sequence[str]) -> str:
    """Return the text with the names of its values."""
    return "".join([piece if isinstance(piece, str) else names[piece] for piece in text])


def collapsed(operation: ListedOperation, names: Sequence[str]) -> str:
    """Return the operation in one line, without what is in its regions."""
    regions = f" ({', '.join('{...}' for _ in operation.regions)})" if operation.regions else ""
    return f"{render(operation.head, names)}{regions}{render(operation.tail, names)}"


def operation_lines(operation: ListedOperation, depth: int, names: Sequence[str]) -> Iterator[Line]:
    """Yield the lines of one operation and all that is nested in it."""
    head = render(operation.head, names)
    if not operation.regions:
        yield Line(depth, head + render(operation.tail, names), operation)
        return
    yield Line(depth, f"{head} ({{", operation)
    for index, region in enumerate(operation.regions):
        if index:
            yield Line(depth, "}, {")
        for block in region:
            if block.label is not None:
                yield Line(depth, render(block.label, names))
            for inner in block.operations:
                yield from operation_lines(inner, depth + 1, names)
    yield Line(depth, f"}}){render(operation.tail, names)}")


class Lister(Printer):
    """Composes operations as the printer does, but into pieces."""

    def __init__(self, locations: bool, elide_large: int | None) -> None:
        super().__init__(locations, elide_large)
        self.names: list[str] = []
        self._groups: dict[Value, int] = {}
        self.unelided = Printer(False, None)

    def listed(self, operation: Operation) -> ListedOperation:
        """Return `operation` as data."""
        results = operation.results
        head: list[str | int] = []
        group = None
        if results:
            group = self._group(results[0])
            head += [group, f":{len(results)} = " if len(results) > 1 else " = "]
        head.append(self.opening(operation))
        operands: list[int] = []
        for index, operand in enumerate(operation.operands):
            if index:
                head.append(", ")
            head += self._use(operand, operands)
        head.append(self.closing(operation))
        return ListedOperation(
            operation.name,
            operation.symbol_name,
            file_locations(operation.location),
            group,
            tuple(operands),
            tuple(head),
            (self.ending(operation),),
            tuple(self._listed_region(region) for region in operation.regions),
            self.elided(operation),
        )

    # ---- how things are written

    def opening(self, operation: Operation) -> str:
        """Return what stands before the operands."""
        return f"{quote(operation.name)}("

    def closing(self, operation: Operation) -> str:
        """Return what stands right behind the operands."""
        return f"){self.successors_text(operation) if operation.successors else ''}"

    def ending(self, operation: Operation) -> str:
        """Return what stands behind the regions."""
        attributes = self.attributes_text(operation.attributes) if operation.attributes else ""
        types = f" : ({self.types_text(operation.operands)}) -> {self.outputs_text(operation.results)}"
        location = self.location_text(operation.location) if self.locations else ""
        return f"{attributes}{types}{location}"

    def value_name(self, value: Value) -> str:
        """Return the name of the group that begins with `value`."""
        return self.values[value].partition("#")[0]

    def elided(self, operation: Operation) -> str:
        """Return a hash of the attributes if the text does not show all of them."""
        if self.elide_large is None or not operation.attributes:
            return ""
        shown = self.attributes_text(operation.attributes)
        whole = self.unelided.attributes_text(operation.attributes)
        return "" if whole == shown else hashlib.sha256(whole.encode()).hexdigest()

    # ---- pieces

    def _listed_region(self, region: Region) -> tuple[ListedBlock, ...]:
        return tuple(self._listed_block(index, block) for index, block in enumerate(region.blocks))

    def _listed_block(self, index: int, block: Block) -> ListedBlock:
        groups = tuple(self._group(argument) for argument in block.arguments)
        types = tuple(self.types_text((argument,)) for argument in block.arguments)
        label: list[str | int] = [self.block_names[block]]
        for position, (group, type) in enumerate(zip(groups, types, strict=True)):
            label += [", " if position else "(", group, f": {type}"]
        label.append("):" if groups else ":")
        operations = tuple(self.listed(operation) for operation in block.operations)
        return ListedBlock(tuple(label) if has_label(index, block) else None, groups, types, operations)

    def _group(self, value: Value) -> int:
        """Return the number of the group that begins with `value`."""
        number = self._groups.get(value)
        if number is None:
            number = self._groups[value] = len(self.names)
            self.names.append(self.value_name(value))
        return number

    def _use(self, operand: Value, operands: list[int]) -> Iterator[str | int]:
        """Yield the pieces of an operand and note its group."""
        name = self.values.get(operand)
        if name is None:
            yield UNKNOWN_VALUE
            return
        group = self._group(operand.owner.results[0] if isinstance(operand.owner, Operation) else operand)
        operands.append(group)
        yield group
        if "#" in name:
            yield f"#{operand.index}"
