"""Operations, values, blocks and regions: the graph that every level of wsc is written in.

An `Operation` is generic; what an operation of a given name must look like stands in its `OpSpec`
(`spec.py`) and is checked by the verifier, never by the constructor, so that a broken module can
be built, printed and reported.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeVar

from .attributes import Attribute, StringAttr, TypeAttribute
from .location import UNKNOWN, Location
from .operation_list import OperationList

A = TypeVar("A", bound=Attribute)


class Value:
    """An SSA value: a result of an operation or an argument of a block.

    `uses` maps (operation, operand index) to nothing; it is a dictionary to keep the order of insertion.
    """

    __slots__ = ("index", "name_hint", "owner", "type", "uses")

    def __init__(self, owner: Operation | Block, index: int, type: TypeAttribute) -> None:
        self.owner: Operation | Block = owner
        self.index = index
        self.type = type
        self.uses: dict[tuple[Operation, int], None] = {}
        self.name_hint: str | None = None

    @property
    def defining_op(self) -> Operation | None:
        """The operation that this is a result of; None for a block argument."""
        return self.owner if isinstance(self.owner, Operation) else None

    def users(self) -> list[Operation]:
        """The operations that use this value, each once, in order of first use."""
        return list(dict.fromkeys(operation for operation, _ in self.uses))

    def replace_all_uses_with(self, other: Value) -> None:
        """Let every user of this value use `other` instead."""
        if other is not self:
            Operation.move_uses(self, other)

    @property
    def block(self) -> Block | None:
        """The block in which the value is defined."""
        return self.owner if isinstance(self.owner, Block) else self.owner.parent


class Operation:
    """One operation: name, operands, results, attributes, regions, successors and a location."""

    __slots__ = (
        *("_operands", "attributes", "location", "name", "next", "order", "parent", "previous"),
        *("regions", "results", "successors"),
    )

    def __init__(
        self,
        name: str,
        operands: Sequence[Value] = (),
        result_types: Sequence[TypeAttribute] = (),
        attributes: Mapping[str, Attribute] | None = None,
        regions: Sequence[Region] = (),
        location: Location = UNKNOWN,
        successors: Sequence[Block] = (),
    ) -> None:
        self.name: Final = name
        self.parent: Block | None = None
        self.previous: Operation | None = None
        """The operation before this one in its block; only blocks write it, like `next` and `order`."""
        self.next: Operation | None = None
        self.order = 0
        """Grows along the block once `Block.number` was called; gaps are possible."""
        self.location = location
        self.attributes: dict[str, Attribute] = dict(attributes) if attributes else {}
        self._operands: list[Value] = list(operands)
        for index, operand in enumerate(self._operands):
            operand.uses[(self, index)] = None
        self.results: list[Value] = [Value(self, index, type) for index, type in enumerate(result_types)]
        self.successors: list[Block] = list(successors)
        self.regions: list[Region] = []
        for region in regions:
            self.add_region(region)

    # ---- operands and results

    @property
    def operands(self) -> Sequence[Value]:
        """The operands; change them with `set_operand` and `set_operands` only."""
        return self._operands

    def set_operand(self, index: int, value: Value) -> None:
        """Replace operand `index`, keeping the use lists right."""
        del self._operands[index].uses[(self, index)]
        self._operands[index] = value
        value.uses[(self, index)] = None

    def set_operands(self, values: Sequence[Value]) -> None:
        """Replace all operands."""
        for index, operand in enumerate(self._operands):
            del operand.uses[(self, index)]
        self._operands = list(values)
        for index, operand in enumerate(self._operands):
            operand.uses[(self, index)] = None

    @staticmethod
    def move_uses(old: Value, new: Value) -> None:
        """Replace `old` by `new`, another value, wherever it is an operand."""
        for use in old.uses:
            operation, index = use
            operation._operands[index] = new
            new.uses[use] = None
        old.uses.clear()

    @property
    def result(self) -> Value:
        """The only result. Raises `ValueError` if there is not exactly one."""
        if len(self.results) != 1:
            raise ValueError(f"'{self.name}' has {len(self.results)} results, not one")
        return self.results[0]

    # ---- attributes

    def attribute(self, key: str, kind: type[A]) -> A:
        """Return attribute `key`, which must be of class `kind`. Raises `KeyError`, `TypeError`."""
        value = self.attributes[key]
        if not isinstance(value, kind):
            raise TypeError(f"'{self.name}' attribute '{key}' is {value}, not a {kind.__name__}")
        return value

    @property
    def dialect(self) -> str:
        """The part of the name before the first dot."""
        return self.name.partition(".")[0]

    @property
    def symbol_name(self) -> str | None:
        """The name that this operation defines in its symbol table, if any."""
        value = self.attributes.get("sym_name")
        return value.value if isinstance(value, StringAttr) else None

    # ---- structure

    def add_region(self, region: Region) -> Region:
        """Append `region`, which must not have a parent."""
        if region.parent is not None:
            raise ValueError("the region belongs to another operation")
        region.parent = self
        self.regions.append(region)
        return region

    @property
    def parent_op(self) -> Operation | None:
        """The operation whose region holds this one."""
        return self.parent.parent_op if self.parent is not None else None

    @property
    def body(self) -> Block:
        """The first block of the only region. Raises `ValueError` without one."""
        if len(self.regions) != 1 or not self.regions[0].blocks:
            raise ValueError(f"'{self.name}' has no single region with a block")
        return self.regions[0].blocks[0]

    def walk(self) -> Iterator[Operation]:
        """Yield this operation, then all nested ones in program order (safe against erasing the yielded one).

        What is nested in an operation is looked up after it was yielded, unless it was erased then.
        """
        yield self
        stack = [iter(_nested_operations(self))]
        while stack:
            for operation in stack[-1]:
                if not _in_a_block(operation):
                    continue  # erased since the block was listed
                yield operation
                if operation.regions and _in_a_block(operation):
                    stack.append(iter(_nested_operations(operation)))
                    break
            else:
                stack.pop()

    def is_ancestor_of(self, other: Operation) -> bool:
        """Whether `other` is this operation or nested in it."""
        current: Operation | None = other
        while current is not None:
            if current is self:
                return True
            current = current.parent_op
        return False

    def detach(self) -> Operation:
        """Take this operation out of its block and return it."""
        if self.parent is not None:
            self.parent.remove(self)
        return self

    def move_before(self, anchor: Operation) -> None:
        """Move this operation to just before `anchor`. Raises `ValueError` if `anchor` is not in a block."""
        if anchor is not self:
            block = anchor.enclosing_block
            self.detach()
            block.insert_before(anchor, self)

    @property
    def enclosing_block(self) -> Block:
        """The block that holds this operation. Raises `ValueError` if there is none."""
        if self.parent is None:
            raise ValueError(f"'{self.name}' is not in a block")
        return self.parent

    def is_before_in_block(self, other: Operation) -> bool:
        """Whether this operation stands before `other`, which must be in the same block."""
        block = self.enclosing_block
        if other.parent is not block:
            raise ValueError(f"'{self.name}' and '{other.name}' are in different blocks")
        block.number()
        return self.order < other.order

    def drop_all_references(self) -> None:
        """Let go of all operands, nested ones too (before deleting a cyclic piece)."""
        for operation in self.walk() if self.regions else (self,):
            operation.set_operands(())
            operation.successors.clear()

    def erase(self) -> None:
        """Delete this operation and all nested ones. Raises `ValueError` while a result is in use.

        It has no results any more afterwards: an operation and its results hold each other, and would
        keep their memory until the next garbage collection.
        """
        for value in self.results:
            if value.uses:
                raise ValueError(f"cannot erase '{self.name}': its result {value.index} is in use")
        if self.parent is not None:
            self.parent.remove(self)
        if self.regions:
            self.drop_all_references()
        else:
            for index, operand in enumerate(self._operands):
                del operand.uses[(self, index)]
            self._operands = []
            self.successors = []
        self.results = []

    def clone(self, mapping: dict[Value, Value] | None = None) -> Operation:
        """Return a deep copy; operands (and values of the copy) go through and into `mapping`.

        Blocks named as successors must lie in a region that is copied as well, or they are kept.
        """
        values: dict[Value, Value] = {} if mapping is None else mapping
        late: list[tuple[Operation, int]] = []
        copy = self._clone(values, {}, late)
        for operation, index in late:
            original = operation.operands[index]
            operation.set_operand(index, values.get(original, original))
        return copy

    def _clone(
        self, mapping: dict[Value, Value], blocks: dict[Block, Block], late: list[tuple[Operation, int]]
    ) -> Operation:
        """Copy; `late` collects operands that were not in `mapping` yet (used before they are defined)."""
        copy = Operation(
            self.name,
            [mapping.get(operand, operand) for operand in self._operands],
            [value.type for value in self.results],
            self.attributes,
            (),
            self.location,
            [blocks.get(successor, successor) for successor in self.successors],
        )
        late.extend((copy, index) for index, operand in enumerate(self._operands) if operand not in mapping)
        for old, new in zip(self.results, copy.results, strict=True):
            mapping[old] = new
            new.name_hint = old.name_hint
        for region in self.regions:
            new_region = copy.add_region(Region())
            for block in region.blocks:
                new_block = new_region.add_block(Block([value.type for value in block.arguments]))
                blocks[block] = new_block
                for old, new in zip(block.arguments, new_block.arguments, strict=True):
                    mapping[old] = new
                    new.name_hint = old.name_hint
            for block in region.blocks:
                for operation in block.operations:
                    blocks[block].append(operation._clone(mapping, blocks, late))
        return copy

    def __str__(self) -> str:
        from .printer import print_operation

        return print_operation(self)

    def __repr__(self) -> str:
        return f"<{self.name} at {self.location}>"


def _in_a_block(operation: Operation) -> bool:
    return operation.parent is not None


def _nested_operations(operation: Operation) -> list[Operation]:
    return [inner for region in operation.regions for block in region.blocks for inner in block.operations]


class Block:
    """Operations in order, with arguments; the last one is the terminator where the parent wants one."""

    __slots__ = ("_numbered", "arguments", "operations", "parent")

    def __init__(self, argument_types: Sequence[TypeAttribute] = ()) -> None:
        self.parent: Region | None = None
        self.arguments: list[Value] = [Value(self, index, type) for index, type in enumerate(argument_types)]
        self.operations = OperationList(self)
        self._numbered = True

    @property
    def parent_op(self) -> Operation | None:
        """The operation whose region holds this block."""
        return self.parent.parent if self.parent is not None else None

    def add_argument(self, type: TypeAttribute) -> Value:
        """Append an argument."""
        value = Value(self, len(self.arguments), type)
        self.arguments.append(value)
        return value

    def erase_argument(self, index: int) -> None:
        """Delete argument `index`. Raises `ValueError` while it is in use."""
        if self.arguments[index].uses:
            raise ValueError(f"cannot erase block argument {index}: it is in use")
        del self.arguments[index]
        for position, value in enumerate(self.arguments):
            value.index = position

    def append(self, operation: Operation) -> Operation:
        """Add `operation`, which must not be in a block, at the end."""
        return self._insert(operation, None)

    def insert(self, index: int, operation: Operation) -> Operation:
        """Add `operation` before position `index`; it must not be in a block."""
        return self._insert(operation, self.operations[index] if index < len(self.operations) else None)

    def insert_before(self, anchor: Operation, operation: Operation) -> Operation:
        """Add `operation` before `anchor`, which must be in this block."""
        if anchor.parent is not self:
            raise ValueError(f"'{anchor.name}' is not in the block")
        return self._insert(operation, anchor)

    def insert_after(self, anchor: Operation, operation: Operation) -> Operation:
        """Add `operation` after `anchor`, which must be in this block."""
        if anchor.parent is not self:
            raise ValueError(f"'{anchor.name}' is not in the block")
        return self._insert(operation, anchor.next)

    def _insert(self, operation: Operation, anchor: Operation | None) -> Operation:
        if operation.parent is not None:
            raise ValueError(f"'{operation.name}' is in a block already")
        operation.parent = self
        self.operations.link(operation, anchor)
        self._numbered = False
        return operation

    def remove(self, operation: Operation) -> None:
        """Take `operation` out of this block. Raises `ValueError` if it is not in it."""
        if operation.parent is not self:
            raise ValueError(f"'{operation.name}' is not in the block")
        self.operations.unlink(operation)
        operation.parent = None

    def number(self) -> None:
        """Bring `Operation.order` up to date (at once if nothing was inserted since the last time)."""
        if not self._numbered:
            order = 0
            current = self.operations.first
            while current is not None:
                current.order = order
                order += 1
                current = current.next
            self._numbered = True

    @property
    def terminator(self) -> Operation | None:
        """The last operation, if any."""
        return self.operations.last


class Region:
    """A list of blocks that belongs to an operation."""

    __slots__ = ("blocks", "parent")

    def __init__(self, blocks: Sequence[Block] = ()) -> None:
        self.parent: Operation | None = None
        self.blocks: list[Block] = []
        for block in blocks:
            self.add_block(block)

    def add_block(self, block: Block) -> Block:
        """Append `block`, which must not have a parent."""
        if block.parent is not None:
            raise ValueError("the block belongs to another region")
        block.parent = self
        self.blocks.append(block)
        return block

    def remove_block(self, block: Block) -> Block:
        """Take `block` out of this region and return it. Raises `ValueError` if it is not in it."""
        self.blocks.remove(block)
        block.parent = None
        return block
