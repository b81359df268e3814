"""Alignment of two sequences by keys of decreasing strength; knows nothing of what the keys stand for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Sequence
from itertools import pairwise

from .subsequence import Keys, longest_common_subsequence, same_key

Positions = dict[Hashable, list[int]]
"""Where each key stands."""
_MOST_LEFT_OUT = 1_000
"""Items that a longest common subsequence may leave out, where no key is unique."""


def align(stages: Sequence[tuple[Keys, Keys]]) -> list[tuple[int, int]]:
    """Return pairs of positions in the two sequences that belong together, both increasing.

    Each stage gives a key for each item of both sequences; items with equal keys may be paired. A later
    stage pairs only what lies between pairs of the earlier ones, so the strongest keys come first.
    """
    if not stages:
        return []
    ends = len(stages[0][0]), len(stages[0][1])
    pairs: list[tuple[int, int]] = []
    for old, new in stages:
        found: list[tuple[int, int]] = []
        for (a, b), (c, d) in pairwise([(-1, -1), *pairs, ends]):
            if (a, b) != (-1, -1):
                found.append((a, b))
            if c - a > 1 and d - b > 1:
                gap = common_subsequence(old[a + 1 : c], new[b + 1 : d])
                found += [(a + 1 + i, b + 1 + j) for i, j in gap]
        pairs = found
    return pairs


def common_subsequence(old: Keys, new: Keys) -> list[tuple[int, int]]:
    """Return the positions of equal keys in a long common subsequence, in order.

    What is equal at both ends is paired first, then keys that occur once on both sides, as many as do not
    cross; between them the same again. A piece without such keys gets a longest common subsequence if few
    items are left out of it; otherwise the k-th of equal keys on one side goes with the k-th on the other,
    as far as those do not cross. So the time grows with the length and with the square of what differs.
    """
    pairs: list[tuple[int, int]] = []
    pieces = [(0, len(old), 0, len(new))]
    while pieces:
        a, b, c, d = pieces.pop()
        while a < b and c < d and same_key(old[a], new[c]):
            pairs.append((a, c))
            a, c = a + 1, c + 1
        while a < b and c < d and same_key(old[b - 1], new[d - 1]):
            b, d = b - 1, d - 1
            pairs.append((b, d))
        here, there = _positions(old[a:b]), _positions(new[c:d])
        if here.keys().isdisjoint(there):
            continue
        anchors = _increasing(_unique(here, there))
        if anchors:
            corners = [(-1, -1), *anchors, (b - a, d - c)]
            pairs += [(a + i, c + j) for i, j in anchors]
            pieces += [(a + i + 1, a + k, c + j + 1, c + m) for (i, j), (k, m) in pairwise(corners)]
        else:
            found = longest_common_subsequence(old[a:b], new[c:d], _MOST_LEFT_OUT)
            if found is None:
                found = _increasing(_in_turn(here, there))
            pairs += [(a + i, c + j) for i, j in found]
    return sorted(pairs)


def _positions(keys: Keys) -> Positions:
    found: Positions = {}
    for position, key in enumerate(keys):
        if key is not None:
            found.setdefault(key, []).append(position)
    return found


def _unique(old: Positions, new: Positions) -> list[tuple[int, int]]:
    """Return the positions of keys that occur once on both sides, in the order of the old ones."""
    return [
        (places[0], new[key][0])
        for key, places in old.items()
        if len(places) == 1 and len(new.get(key, ())) == 1
    ]


def _in_turn(old: Positions, new: Positions) -> list[tuple[int, int]]:
    """Return the k-th position of each key on one side with the k-th on the other."""
    pairs = [pair for key, places in old.items() for pair in zip(places, new.get(key, ()), strict=False)]
    return sorted(pairs)


def _increasing(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return a longest selection of `pairs`, which are in the order of their first, whose second increase."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for index, (_, second) in enumerate(pairs):
        length = bisect_left(tails, second)
        before.append(ends[length - 1] if length else -1)
        if length == len(tails):
            tails.append(second)
            ends.append(index)
        else:
            tails[length], ends[length] = second, index
    chosen: list[tuple[int, int]] = []
    index = ends[-1] if ends else -1
    while index >= 0:
        chosen.append(pairs[index])
        index = before[index]
    return chosen[::-1]
