"""What changed between two listings of a module: operation by operation, whatever their values are called.

Values of paired operations (`pairing.py`) correspond, and an operation counts as changed only if it differs
after that renaming. So erasing one operation changes that one and those that used its value, although all
behind it are numbered anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from .listing import Line, ListedOperation, Listing, Text, collapsed, operation_lines, render
from .pairing import Pair, PairedBlock, pair_listings

CONTEXT = 3
"""Unchanged operations shown before and after a change."""


class Kind(Enum):
    """What happened to an operation."""

    ERASED = "erased"
    INSERTED = "inserted"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one operation; `before` and `after` are its text without what is in its regions.

    Texts name values as the new module does; values that are gone have names such as `%old7`.
    """

    kind: Kind
    operation: ListedOperation
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line with its sign: `-` gone, `+` new, a blank for the same in both.

    `skipped` is how many unchanged operations a line stands for that only counts them.
    """

    sign: str
    line: Line
    skipped: int = 0

    def __str__(self) -> str:
        return f"{self.sign}{self.line}"


@dataclass(frozen=True, slots=True)
class Difference:
    """All changes in the order of the text, and the text: what is around the changes, the rest counted."""

    changes: tuple[Change, ...]
    lines: tuple[DiffLine, ...]

    def summary(self) -> str:
        """Return a phrase such as `1 operation erased, 2 changed`, or `no change`."""
        parts: list[str] = []
        for kind in Kind:
            number = sum(1 for change in self.changes if change.kind is kind)
            if number:
                noun = "" if parts else " operation" if number == 1 else " operations"
                parts.append(f"{number:,}{noun} {kind.value}")
        return ", ".join(parts) if parts else "no change"

    def __str__(self) -> str:
        return "\n".join(map(str, self.lines))


def difference(old: Listing, new: Listing, *, context: int = CONTEXT) -> Difference:
    """Return what changed; the text shows `context` unchanged operations before and after each change.

    The same text means no change, even if it comes from other places of the model.
    """
    if list(map(str, old.lines())) == list(map(str, new.lines())) and _elided(old) == _elided(new):
        return Difference((), ())
    differ = _Differ(old, new, context)
    lines = tuple(differ.siblings(differ.pairs, 0))
    return Difference(tuple(differ.changes), lines)


class _Differ:
    """Writes one difference; `changes` fills up as the lines are made."""

    def __init__(self, old: Listing, new: Listing, context: int) -> None:
        pairing = pair_listings(old, new)
        self.pairs = pairing.pairs
        self.changes: list[Change] = []
        self._groups, self._moved, self._context = pairing.groups, pairing.moved, context
        self._new_names = new.names
        self._old_names = [
            new.names[self._groups[group]] if group in self._groups else _old_name(name)
            for group, name in enumerate(old.names)
        ]
        self._touched: set[int] = set()
        """The `id` of pairs that differ, or that hold some that do."""
        for pair in self.pairs:
            self._touch(pair)

    # ---- what differs

    def _touch(self, pair: Pair) -> None:
        """Note whether a pair differs, itself or in what it holds, which is looked at first."""
        for region in pair.regions:
            for block in region:
                for inner in block.pairs:
                    self._touch(inner)
        if self._heads_differ(pair) or self._tails_differ(pair) or self._touches_inside(pair):
            self._touched.add(id(pair))

    def _touches_inside(self, pair: Pair) -> bool:
        """Whether something in a pair's regions differs."""
        return any(
            self._labels_differ(block) or any(id(inner) in self._touched for inner in block.pairs)
            for region in pair.regions
            for block in region
        )

    def _heads_differ(self, pair: Pair) -> bool:
        return pair.old is None or pair.new is None or self._renamed(pair.old.head) != pair.new.head

    def _tails_differ(self, pair: Pair) -> bool:
        old, new = pair.old, pair.new
        return old is None or new is None or (old.tail, old.elided) != (new.tail, new.elided)

    def _labels_differ(self, block: PairedBlock) -> bool:
        old, new = block.old, block.new
        if old is None or new is None:
            return True
        return (None if old.label is None else self._renamed(old.label)) != new.label

    def _renamed(self, text: Text) -> Text:
        """Return an old text with the new groups where they correspond, and with names where none does."""
        return tuple(
            piece if isinstance(piece, str) else self._groups.get(piece, self._old_names[piece])
            for piece in text
        )

    # ---- the text

    def siblings(self, pairs: Sequence[Pair], depth: int) -> Iterator[DiffLine]:
        """Yield the lines of the pairs of a block: those that differ, some around, counts of the rest."""
        shown: set[int] = set()
        for index, pair in enumerate(pairs):
            if id(pair) in self._touched:
                shown.update(range(index - self._context, index + self._context + 1))
        skipped: list[Pair] = []
        for index, pair in enumerate(pairs):
            if index not in shown:
                skipped.append(pair)
                continue
            yield from self._skip(skipped, depth)
            skipped = []
            yield from self._different(pair, depth) if id(pair) in self._touched else self._same(pair, depth)
        yield from self._skip(skipped, depth)

    def _skip(self, pairs: Sequence[Pair], depth: int) -> Iterator[DiffLine]:
        if len(pairs) == 1:
            yield from self._same(pairs[0], depth)
        elif pairs:
            number = sum(pair.operation.count() for pair in pairs)
            yield DiffLine(" ", Line(depth, f"// {number:,} operations unchanged"), number)

    def _same(self, pair: Pair, depth: int) -> Iterator[DiffLine]:
        yield DiffLine(" ", Line(depth, collapsed(pair.operation, self._new_names), pair.operation))

    def _different(self, pair: Pair, depth: int) -> Iterator[DiffLine]:
        old, new = pair.old, pair.new
        if new is None:
            assert old is not None
            yield from self._whole("-", old, depth)
            return
        if old is None:
            yield from self._whole("+", new, depth)
            return
        heads, tails = self._heads_differ(pair), self._tails_differ(pair)
        before, after = collapsed(old, self._old_names), collapsed(new, self._new_names)
        if heads or tails:
            self.changes.append(Change(Kind.CHANGED, new, before, after))
        elif any(self._labels_differ(block) for region in pair.regions for block in region):
            labels = _labels(old, self._old_names), _labels(new, self._new_names)
            self.changes.append(Change(Kind.CHANGED, new, *labels))
        if not self._touches_inside(pair):
            yield DiffLine("-", Line(depth, before, old))
            yield DiffLine("+", Line(depth, after + _hidden(old, new), new))
            return
        # The tail has the symbol, and may be pages below.
        head = render(new.head, self._new_names)
        is_shown = tails or new.symbol is None or f"@{new.symbol}" in head
        symbol = "" if is_shown else f"  // @{new.symbol}"
        opened = f"{render(old.head, self._old_names)} ({{", f"{head} ({{{symbol}"
        yield from self._line(depth, *opened, heads, pair)
        for index, region in enumerate(pair.regions):
            if index:
                yield DiffLine(" ", Line(depth, "}, {"))
            for block in region:
                yield from self._block(block, depth)
        after = f"{render(new.tail, self._new_names)}{_hidden(old, new)}" if tails else ""
        yield from self._line(depth, f"}}){render(old.tail, self._old_names)}", f"}}){after}", tails)

    def _block(self, block: PairedBlock, depth: int) -> Iterator[DiffLine]:
        old = block.old.label if block.old is not None else None
        new = block.new.label if block.new is not None else None
        before = render(old, self._old_names) if old is not None else None
        after = render(new, self._new_names) if new is not None else None
        yield from self._line(depth, before, after, self._labels_differ(block))
        yield from self.siblings(block.pairs, depth + 1)

    def _line(
        self, depth: int, before: str | None, after: str | None, differ: bool, pair: Pair | None = None
    ) -> Iterator[DiffLine]:
        """Yield a line of both modules, or one of each."""
        if differ and before is not None:
            yield DiffLine("-", Line(depth, before, pair.old if pair is not None else None))
        if after is not None:
            yield DiffLine("+" if differ else " ", Line(depth, after, pair.new if pair is not None else None))

    def _whole(self, sign: str, root: ListedOperation, depth: int) -> Iterator[DiffLine]:
        """Yield all lines of an operation that is on one side only; what moved counts where it is now."""
        names = self._old_names if sign == "-" else self._new_names
        for op in root.walk():
            text = collapsed(op, names)
            if id(op) in self._moved:
                if sign == "+":
                    self.changes.append(Change(Kind.MOVED, op, text, text))
            elif sign == "-":
                self.changes.append(Change(Kind.ERASED, op, text, None))
            else:
                self.changes.append(Change(Kind.INSERTED, op, None, text))
        yield from (DiffLine(sign, line) for line in operation_lines(root, depth, names))


def _old_name(name: str) -> str:
    """Return what a value is called that is gone: `%old7`, `%old.arg0`."""
    return f"%old{name[1:]}" if name[1].isdigit() else f"%old.{name[1:]}"


def _labels(op: ListedOperation, names: Sequence[str]) -> str:
    """Return the labels of the blocks in an operation."""
    return " ".join(render(block.label, names) for block in op.blocks() if block.label is not None)


def _elided(listing: Listing) -> list[str]:
    return [op.elided for op in listing.root.walk()]


def _hidden(old: ListedOperation, new: ListedOperation) -> str:
    """Return a comment if two operations differ in what their texts leave out."""
    return "  // differs in what is not shown" if old.elided != new.elided and old.tail == new.tail else ""
