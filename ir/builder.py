"""Builder: creates operations at an insertion point, with a location for each."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager

from .attributes import Attribute, TypeAttribute
from .location import UNKNOWN, Location
from .operation import Block, Operation, Region, Value


class Builder:
    """Inserts operations at a place that moves on with each one.

    `location` is given to every operation created without one of its own.
    """

    __slots__ = ("anchor", "block", "location")

    def __init__(self, block: Block, index: int | None = None, location: Location = UNKNOWN) -> None:
        self.block = block
        self.anchor = None if index is None or index >= len(block.operations) else block.operations[index]
        """The operation to insert before; None for the end of the block."""
        self.location = location

    @staticmethod
    def before(operation: Operation) -> Builder:
        """Return a builder that inserts before `operation` with its location."""
        builder = Builder(operation.enclosing_block, None, operation.location)
        builder.anchor = operation
        return builder

    @staticmethod
    def after(operation: Operation) -> Builder:
        """Return a builder that inserts after `operation` with its location."""
        builder = Builder(operation.enclosing_block, None, operation.location)
        builder.anchor = operation.next
        return builder

    def insert(self, operation: Operation) -> Operation:
        """Insert a finished operation. Raises `ValueError` if the anchor left the block meanwhile."""
        if self.anchor is None:
            return self.block.append(operation)
        return self.block.insert_before(self.anchor, operation)

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
    def at(self, location: Location) -> Generator[None]:
        """Give `location` to what is created inside the `with` block."""
        previous, self.location = self.location, location
        try:
            yield
        finally:
            self.location = previous
