"""Which operations of two listings are the same: block by block, then those that moved elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from .alignment import align
from .listing import ListedBlock, ListedOperation, Listing
from .pairing_keys import STAGES, Interner, Key, keys_of


@dataclass(frozen=True, slots=True)
class Pair:
    """An operation before and after; where one is missing, the other was inserted or erased as a whole."""

    old: ListedOperation | None
    new: ListedOperation | None
    regions: tuple[tuple[PairedBlock, ...], ...] = ()

    @property
    def operation(self) -> ListedOperation:
        """The operation as it is now, or was."""
        operation = self.new or self.old
        assert operation is not None
        return operation


@dataclass(frozen=True, slots=True)
class PairedBlock:
    """A block before and after, one of which may be missing, with what belongs together in them."""

    old: ListedBlock | None
    new: ListedBlock | None
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Pairing:
    """Two listings side by side.

    `groups` maps groups of values of the old listing to those they became. `moved` holds the `id` of
    operations that are paired with none in their block but have the same text and origins elsewhere.
    """

    pairs: tuple[Pair, ...]
    groups: dict[int, int]
    moved: frozenset[int]


def pair_listings(old: Listing, new: Listing) -> Pairing:
    """Return what belongs together in two listings."""
    interner = Interner()
    matcher = _Matcher(keys_of(old.root, interner), keys_of(new.root, interner))
    pairs = matcher.align((old.root,), (new.root,))
    matcher.match_moved(pairs)
    return Pairing(pairs, matcher.groups, frozenset(matcher.moved))


class _Matcher:
    """What is found on the way: groups of values that correspond, and operations that moved."""

    def __init__(self, old_keys: dict[int, tuple[Key, ...]], new_keys: dict[int, tuple[Key, ...]]) -> None:
        self.groups: dict[int, int] = {}
        self.moved: set[int] = set()
        self._old_keys = old_keys
        self._new_keys = new_keys

    def align(self, old: Sequence[ListedOperation], new: Sequence[ListedOperation]) -> tuple[Pair, ...]:
        """Pair operations of two blocks, and what is nested in them, in the order of the text."""
        old_keys = [self._old_keys[id(op)] for op in old]
        new_keys = [self._new_keys[id(op)] for op in new]
        stages = [([key[n] for key in old_keys], [key[n] for key in new_keys]) for n in range(STAGES)]
        pairs: list[Pair] = []
        i = j = 0
        for a, b in align(stages):
            pairs += _unpaired(old[i:a], new[j:b])
            pairs.append(self._pair(old[a], new[b]))
            i, j = a + 1, b + 1
        return (*pairs, *_unpaired(old[i:], new[j:]))

    def _pair(self, old: ListedOperation, new: ListedOperation) -> Pair:
        """Pair two operations, which have as many regions: every key sees to that."""
        self._correspond(old, new)
        regions = tuple(
            tuple(self._pair_blocks(*blocks) for blocks in zip_longest(before, after))
            for before, after in zip(old.regions, new.regions, strict=True)
        )
        return Pair(old, new, regions)

    def _pair_blocks(self, old: ListedBlock | None, new: ListedBlock | None) -> PairedBlock:
        before = old.operations if old is not None else ()
        after = new.operations if new is not None else ()
        if old is not None and new is not None:
            self.groups.update(zip(old.arguments, new.arguments, strict=False))
        return PairedBlock(old, new, self.align(before, after))

    def _correspond(self, old: ListedOperation, new: ListedOperation) -> None:
        if old.results is not None and new.results is not None:
            self.groups[old.results] = new.results

    def match_moved(self, pairs: Sequence[Pair]) -> None:
        """Find operations that are gone here and new there, of which there are not several alike."""
        alone = list(_alone(pairs))
        erased = _by_key((pair.old for pair in alone), self._old_keys)
        inserted = _by_key((pair.new for pair in alone), self._new_keys)
        for key, before in erased.items():
            after = inserted.get(key, [])
            if len(before) == len(after) == 1 and id(before[0]) not in self.moved:
                self._move(before[0], after[0])

    def _move(self, old: ListedOperation, new: ListedOperation) -> None:
        for before, after in zip(old.walk(), new.walk(), strict=True):
            self.moved |= {id(before), id(after)}
            self._correspond(before, after)
            for here, there in zip(before.blocks(), after.blocks(), strict=True):
                self.groups.update(zip(here.arguments, there.arguments, strict=True))


def _unpaired(old: Iterable[ListedOperation], new: Iterable[ListedOperation]) -> Iterator[Pair]:
    yield from (Pair(op, None) for op in old)
    yield from (Pair(None, op) for op in new)


def _alone(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Yield the pairs with one side only."""
    for pair in pairs:
        if pair.old is None or pair.new is None:
            yield pair
        for region in pair.regions:
            for block in region:
                yield from _alone(block.pairs)


def _by_key(
    roots: Iterable[ListedOperation | None], keys: dict[int, tuple[Key, ...]]
) -> dict[Key, list[ListedOperation]]:
    """Return `roots` and what is nested in them by their strongest key."""
    found: dict[Key, list[ListedOperation]] = {}
    for root in roots:
        for op in root.walk() if root is not None else ():
            found.setdefault(keys[id(op)][0], []).append(op)
    return found
