"""Rewriter: patterns that replace operations by others, applied until none matches any more.

The driver keeps a worklist: all operations in program order first, then whatever a rewrite touched.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from .attributes import Attribute, TypeAttribute
from .diagnostics import DiagnosticError, error_at
from .location import UNKNOWN, Location, fuse_locations
from .operation import Block, Operation, Region, Value


class RewritePattern(Protocol):
    """One local change of the IR."""

    def match_and_rewrite(self, operation: Operation, rewriter: Rewriter, /) -> bool:
        """Change the IR at `operation` through `rewriter` and return True, or change nothing: False."""
        ...


@dataclass(frozen=True, slots=True)
class NamedPattern:
    """A pattern that is only tried on operations of certain names; make it with `rewrites`."""

    names: tuple[str, ...]
    function: Callable[[Operation, Rewriter], bool]

    def match_and_rewrite(self, operation: Operation, rewriter: Rewriter, /) -> bool:
        """Call the function."""
        return self.function(operation, rewriter)


def rewrites(*names: str) -> Callable[[Callable[[Operation, Rewriter], bool]], NamedPattern]:
    """Make a function a pattern for the operations of these names: `@rewrites("nn.add")`."""
    return lambda function: NamedPattern(names, function)


class RewriteListener:
    """Hears of every rewrite and of what it changes, while it happens; by default it does nothing."""

    def trying(self, operation: Operation) -> None:
        """A rewrite of `operation` may begin; nothing is changed yet."""

    def inserted(self, operation: Operation) -> None:
        """`operation` was inserted, or moved here from a block that goes away."""

    def modified(self, operation: Operation) -> None:
        """Attributes, operands or types of `operation` were changed."""

    def replacing(self, operation: Operation, values: Sequence[Value]) -> None:
        """Users of `operation` will use `values` instead, and it will be erased."""

    def erasing(self, operation: Operation) -> None:
        """`operation` will be erased."""

    def applied(self, name: str, operation: Operation) -> None:
        """The rewrite called `name` of `operation`, which may be erased by now, is complete."""


class Rewriter:
    """Changes the IR for a pattern, and tells the driver what to look at again.

    New operations stand before the one that the pattern was called with, unless told otherwise. Those
    that get no location of their own get those of all operations that the same rewrite removes
    (fused, if these are several), or of the one it was called with if it removes none.
    """

    def __init__(
        self,
        root: Operation,
        patterns: Iterable[RewritePattern] = (),
        listeners: Sequence[RewriteListener] = (),
    ) -> None:
        self.root = root
        self.operation = root
        """The operation that the running pattern was called with."""
        self.changed = False
        """Whether the running pattern changed anything."""
        self._patterns = tuple(patterns)
        self._listeners = tuple(listeners)
        self._candidates: dict[str, tuple[RewritePattern, ...]] = {}
        self._worklist: list[Operation] = []
        self._queued: set[Operation] = set()
        self._unlocated: list[Operation] = []
        self._removed: list[Location] = []

    # ---- what patterns do

    def create(
        self,
        name: str,
        operands: Sequence[Value] = (),
        result_types: Sequence[TypeAttribute] = (),
        attributes: Mapping[str, Attribute] | None = None,
        regions: Sequence[Region] = (),
        location: Location = UNKNOWN,
        before: Operation | None = None,
    ) -> Operation:
        """Create an operation and insert it before `before`."""
        return self.insert(Operation(name, operands, result_types, attributes, regions, location), before)

    def insert(self, operation: Operation, before: Operation | None = None) -> Operation:
        """Insert a finished operation before `before`."""
        anchor = self.operation if before is None else before
        block = anchor.parent or anchor.enclosing_block  # the latter says what is wrong
        block.insert_before(anchor, operation)
        self.changed = True
        if operation.regions:
            for inner in operation.walk():
                self._take_in(inner)
        else:
            self._take_in(operation)
        for listener in self._listeners:
            listener.inserted(operation)
        return operation

    def _take_in(self, operation: Operation) -> None:
        if operation.location is UNKNOWN:
            # For patterns that look at it before the rewrite is complete.
            operation.location = self.operation.location
            self._unlocated.append(operation)
        self._add(operation)

    def replace(self, operation: Operation, by: Operation | Sequence[Value]) -> None:
        """Let all users of `operation` use the values `by` (or the results of that operation); erase it."""
        values = by.results if isinstance(by, Operation) else by
        if len(values) != len(operation.results):
            count = len(operation.results)
            raise ValueError(f"'{operation.name}' has {count} results, but {len(values)} are to replace them")
        for listener in self._listeners:
            listener.replacing(operation, values)
        for old, new in zip(operation.results, values, strict=True):
            if old.uses:
                self.replace_uses(old, new)
        self.erase(operation)

    def replace_uses(self, old: Value, new: Value) -> None:
        """Let all users of `old` use `new`."""
        if old.uses:
            queued = self._queued
            for user, _ in old.uses:
                if user not in queued:
                    self._add(user)
            if old is not new:
                Operation.move_uses(old, new)
            self.changed = True

    def erase(self, operation: Operation) -> None:
        """Erase `operation`, whose results must not be in use."""
        for listener in self._listeners:
            listener.erasing(operation)
        self._removed.append(operation.location)
        operands = operation.operands
        if operation.regions:
            inside = dict.fromkeys(operation.walk())
            operands = [v for inner in inside for v in inner.operands if v.owner not in inside]
            self._queued.difference_update(inside)
        else:
            self._queued.discard(operation)
        operation.erase()
        self.changed = True
        for value in operands:
            # What has no other use, or only one, may now be erased or merged into that.
            definition = value.owner
            if isinstance(definition, Operation) and len(value.uses) < 2 and definition.parent is not None:
                self._add(definition)

    def inline(self, block: Block, arguments: Sequence[Value], before: Operation | None = None) -> None:
        """Move the operations of `block` before `before` and put `arguments` in place of the block's own."""
        if len(arguments) != len(block.arguments):
            raise ValueError(f"the block takes {len(block.arguments)} arguments, not {len(arguments)}")
        anchor = self.operation if before is None else before
        for own, given in zip(block.arguments, arguments, strict=True):
            self.replace_uses(own, given)
        for operation in block.operations:
            operation.move_before(anchor)
            self._add(operation)
            for listener in self._listeners:
                listener.inserted(operation)
        self.changed = True

    def modify(self, operation: Operation) -> None:
        """Tell that attributes, operands or types of `operation` changed: revisit it and its users."""
        self.changed = True
        self._add(operation)
        for listener in self._listeners:
            listener.modified(operation)
        for value in operation.results:
            for user, _ in value.uses:
                self._add(user)

    @contextmanager
    def rewriting(self, operation: Operation, name: str) -> Generator[None]:
        """What happens within is one rewrite of `operation`: for passes that match without patterns."""
        self.operation = operation
        for listener in self._listeners:
            listener.trying(operation)
        yield
        self._settle(name)

    # ---- what the driver does

    def run(self, max_rewrites: int | None) -> int:
        """Apply the patterns until none matches and return how often one did."""
        self._worklist = [
            op for op in self.root.walk() if self._patterns_for(op.name) and op is not self.root
        ]
        self._worklist.reverse()
        worklist, queued = self._worklist, set(self._worklist)
        self._queued = queued
        limit = 1000 + 32 * len(worklist) if max_rewrites is None else max_rewrites
        done = 0
        while worklist:
            operation = worklist.pop()
            if operation not in queued:
                continue  # erased since
            queued.remove(operation)
            self.operation = operation
            for listener in self._listeners:
                listener.trying(operation)
            for pattern in self._candidates[operation.name]:
                if pattern.match_and_rewrite(operation, self):
                    if done == limit:
                        raise self._endless(pattern, limit)
                    done += 1
                    self._settle(pattern)
                    break
                if self.changed:
                    name, what = pattern_name(pattern), self.operation.name
                    raise RuntimeError(f"pattern '{name}' changed '{what}' and says it did not")
        return done

    def _patterns_for(self, name: str) -> tuple[RewritePattern, ...]:
        candidates = self._candidates.get(name)
        if candidates is None:
            candidates = tuple(pattern for pattern in self._patterns if _may_match(pattern, name))
            self._candidates[name] = candidates
        return candidates

    def _add(self, operation: Operation) -> None:
        if (
            operation not in self._queued
            and operation is not self.root
            and self._patterns_for(operation.name)
        ):
            self._queued.add(operation)
            self._worklist.append(operation)

    def _settle(self, rewrite: RewritePattern | str) -> None:
        """Finish a rewrite, given its pattern or name: give the new operations their locations."""
        if self._unlocated:
            location = self.operation.location
            if self._removed and not (len(self._removed) == 1 and self._removed[0] is location):
                location = fuse_locations(*self._removed)
                for operation in self._unlocated:
                    operation.location = location
            self._unlocated.clear()
        self._removed.clear()
        self.changed = False
        for listener in self._listeners:
            name = rewrite if isinstance(rewrite, str) else pattern_name(rewrite)
            listener.applied(name, self.operation)

    def _endless(self, pattern: RewritePattern, limit: int) -> DiagnosticError:
        return error_at(
            f"rewriting does not come to an end: stopped after {limit} rewrites",
            self.operation.location,
            f"the last one was of '{self.operation.name}' by pattern '{pattern_name(pattern)}'",
        )


def apply_patterns(
    root: Operation,
    patterns: Iterable[RewritePattern],
    *,
    max_rewrites: int | None = None,
    listeners: Sequence[RewriteListener] = (),
) -> bool:
    """Apply `patterns`, tried in their order, inside `root` until none matches; return whether one did.

    Deterministic: operations are tried in program order, and again after something they use, or that
    uses them, was changed. Raises `DiagnosticError` after `max_rewrites` rewrites (default: 1,000 and
    32 for each operation that a pattern may match at the start): patterns that undo each other never
    come to an end.
    """
    return Rewriter(root, patterns, listeners).run(max_rewrites) > 0


def _may_match(pattern: RewritePattern, name: str) -> bool:
    return not isinstance(pattern, NamedPattern) or name in pattern.names


def pattern_name(pattern: RewritePattern) -> str:
    """Return what people call a pattern: the name of its function or class."""
    return pattern.function.__name__ if isinstance(pattern, NamedPattern) else type(pattern).__name__
