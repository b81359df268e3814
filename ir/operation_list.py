"""The list of a block's operations: linked, so that inserting and erasing take constant time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, overload

if TYPE_CHECKING:
    from .operation import Block, Operation


class OperationList(Sequence["Operation"]):
    """The operations of a block: a linked list that reads like a list and is changed through its block.

    Appending, inserting beside a known operation and removing take constant time; an index takes
    time in proportion to it, except `[0]` and `[-1]`. A loop goes on with the operation that followed
    when the current one was reached: the current one may be erased, new ones beside it are not visited.
    """

    __slots__ = ("_block", "_length", "first", "last")

    def __init__(self, block: Block) -> None:
        self._block = block
        self._length = 0
        self.first: Operation | None = None
        self.last: Operation | None = None

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Operation]:
        block = self._block
        current = self.first
        while current is not None:
            following = current.next
            yield current
            if following is not None and following.parent is not block:
                if current.parent is not block:
                    raise RuntimeError("a loop over a block erased the current and the next operation")
                following = current.next
            current = following

    def __reversed__(self) -> Iterator[Operation]:
        current = self.last
        while current is not None:
            previous = current.previous
            yield current
            current = previous

    def __contains__(self, operation: object) -> bool:
        return getattr(operation, "parent", None) is self._block

    @overload
    def __getitem__(self, index: int) -> Operation: ...
    @overload
    def __getitem__(self, index: slice) -> list[Operation]: ...
    def __getitem__(self, index: int | slice) -> Operation | list[Operation]:
        if isinstance(index, slice):
            return list(self)[index]
        position = index + self._length if index < 0 else index
        if not 0 <= position < self._length:
            raise IndexError(f"no operation {index} among {self._length}")
        if position == self._length - 1 and self.last is not None:
            return self.last
        return next(islice(self, position, None))

    def link(self, operation: Operation, anchor: Operation | None) -> None:
        """Put `operation`, which is in no list, before `anchor` or at the end; for `Block` only."""
        previous = self.last if anchor is None else anchor.previous
        operation.previous = previous
        operation.next = anchor
        if previous is None:
            self.first = operation
        else:
            previous.next = operation
        if anchor is None:
            self.last = operation
        else:
            anchor.previous = operation
        self._length += 1

    def unlink(self, operation: Operation) -> None:
        """Take `operation`, which is in this list, out of it; for `Block` only."""
        previous, following = operation.previous, operation.next
        if previous is None:
            self.first = following
        else:
            previous.next = following
        if following is None:
            self.last = previous
        else:
            following.previous = previous
        operation.previous = operation.next = None
        self._length -= 1
