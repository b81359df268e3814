"""The reducer: delta debugging over edits, each candidate smaller than the best module so far."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Sequence
from itertools import chain

from ..operation import Operation
from ..printer import print_operation
from .edits import DETAILS, STRUCTURE, Edit

Test = Callable[[Operation], bool]
Place = tuple[int, Hashable]
"""An operation by its number in a walk over the module, and a detail that the edit understands."""
Size = tuple[int, int, int, int]


class Reducer:
    """Shrinks a copy of `module` while `interesting` holds for it; `best` is the smallest one so far.

    Candidates that are not `valid` are not tested, and none twice. After `max_tests` calls of `interesting`
    the search ends; without that bound it ends where no single edit helps any more. `progress` is told the
    kind of edit whenever `best` changes. Deterministic if `interesting` and `valid` are; they must not
    change what they are given. Whatever they raise goes through and leaves `best` as it was.
    """

    def __init__(
        self,
        module: Operation,
        interesting: Test,
        *,
        valid: Test,
        max_tests: int | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.best = module.clone()
        self.tests = 0
        self._interesting = interesting
        self._valid = valid
        self._max_tests = max_tests
        self._progress = progress
        self._size = _size(self.best)
        self._seen = {_digest(self.best)}

    @property
    def exhausted(self) -> bool:
        """Whether `max_tests` tests were made."""
        return self._max_tests is not None and self.tests >= self._max_tests

    @property
    def operations(self) -> int:
        """How many operations `best` holds; the module itself does not count."""
        return self._size[0] - 1

    def run(self) -> Operation:
        """Edit until nothing helps and return `best`."""
        size = None
        while size != self._size and not self.exhausted:
            size = self._size
            self._settle(STRUCTURE)
            self._settle(DETAILS)
        return self.best

    def _settle(self, edits: Sequence[Edit]) -> None:
        """Make `edits` until none of them helps: each at many places at once as long as that helps any.

        A large module has become a small one by the time that places are tried one by one.
        """
        length = max(len(self._places(edit)) for edit in edits)
        while length and not self.exhausted:
            size = self._size
            for edit in edits:
                self._sweep(edit, length)
            if size == self._size:
                length //= 2

    def _sweep(self, edit: Edit, length: int) -> None:
        """Make one kind of edit at `length` places at a time, wherever that helps."""
        places = self._places(edit)
        start = 0
        while start < len(places) and not self.exhausted:
            if self._accept(edit, places[start : start + length]):
                places = self._places(edit)  # what came behind these places now begins at `start`
            else:
                start += length

    def _places(self, edit: Edit) -> list[Place]:
        """Return where `edit` could be made, users before what they use."""
        found: list[Place] = []
        for number, op in enumerate(self.best.walk()):
            if number > 0 or edit.on_module:
                found += [(number, detail) for detail in edit.details(op)]
        return found[::-1]

    def _accept(self, edit: Edit, places: Sequence[Place]) -> bool:
        """Make the edits on a copy of `best` and let it be the best if it is smaller and the test holds."""
        candidate = self.best.clone()
        operations = list(candidate.walk())
        for number, detail in places:
            op = operations[number]
            if candidate.is_ancestor_of(op):  # not erased by an edit before
                edit.make(op, detail)
        size = _size(candidate)
        if size >= self._size:
            return False
        digest = _digest(candidate)
        if digest in self._seen:
            return False
        self._seen.add(digest)
        if not self._valid(candidate):
            return False
        self.tests += 1
        if not self._interesting(candidate):
            return False
        self.best, self._size = candidate, size
        if self._progress is not None:
            self._progress(edit.name)
        return True


def _digest(module: Operation) -> bytes:
    return hashlib.sha256(print_operation(module).encode()).digest()


def _size(module: Operation) -> Size:
    """Return operations, values in operands, results and arguments, attributes, and characters."""
    operations = values = attributes = characters = 0
    for op in module.walk():
        operations += 1
        attributes += len(op.attributes)
        blocks = chain.from_iterable(region.blocks for region in op.regions)
        values += len(op.operands) + len(op.results) + sum(len(block.arguments) for block in blocks)
        characters += sum(len(str(value)) for value in op.attributes.values())
    return operations, values, attributes, characters
