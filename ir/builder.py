"""Builder: creates operations at an insertion point, with a location for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from .attributes import Attribute, TypeAttribute
from .location import UNKNOWN, Location
from .operation import Block, Operation, Region, Value


class Builder:
    """Inserts operations at a place that moves on with each one.

    `location` is given to every operation created without one of its own.
    """

    def __init__(self, block: Block, index: int | None = None, location: Location = UNKNOWN) -> None:
        self.block = block
        self.index = len(block.operations) if index is None else index
        self.location = location

    @staticmethod
    def before(operation: Operation) -> Builder:
        """Return a builder that inserts before `operation` with its location."""
        block = _block_of(operation)
        return Builder(block, block.operations.index(operation), operation.location)

    @staticmethod
    def after(operation: Operation) -> Builder:
        """Return a builder that inserts after `operation` with its location."""
        block = _block_of(operation)
        return Builder(block, block.operations.index(operation) + 1, operation.location)

    def insert(self, operation: Operation) -> Operation:
        """Insert a finished operation."""
        self.block.insert(self.index, operation)
        self.index += 1
        return operation

    def create(
        self,
        name: str,
        operands: Sequence[Value] = (),
        result_types: Sequence[TypeAttribute] = (),
        attributes: Mapping[str, Attribute] | None = None,
        regions: Sequence[Region] = (),
        location: Location | None = None,
    ) -> Operation:
        """Create an operation and insert it."""
        where = self.location if location is None else location
        return self.insert(Operation(name, operands, result_types, attributes, regions, where))

    @contextmanager
    def at(self, location: Location) -> Iterator[None]:
        """Give `location` to what is created inside the `with` block."""
        previous, self.location = self.location, location
        try:
            yield
        finally:
            self.location = previous


def _block_of(operation: Operation) -> Block:
    if operation.parent is None:
        raise ValueError(f"'{operation.name}' is not in a block")
    return operation.parent
