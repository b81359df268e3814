"""Bitmaps with a summary: which queues or cores have work, in order of address.

`bits` has one bit an item, `words` one bit a word of `bits` that is not 0; so a sparse set is found
without looking at all of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ir.jit import inner

_ONE = np.uint64(1)
_WORD = 63
# A de Bruijn sequence: its 64 windows of 6 bits are all different, so the top bits of a product with
# 2^k tell k.
_SEQUENCE = 0x03F79D71B4CB0A89
_FACTOR = np.uint64(_SEQUENCE)
_POSITIONS = np.zeros(64, np.int64)
for _k in range(64):
    _POSITIONS[(_SEQUENCE << _k) % 2**64 >> 58] = _k


def bitmap(items: int) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return empty `bits` and `words` for that many items."""
    length = items // 64 + 1
    return np.zeros(length, np.uint64), np.zeros(length // 64 + 1, np.uint64)


def fill(bits: NDArray[np.uint64], words: NDArray[np.uint64], items: int) -> None:
    """Make the set hold the items 0 .. `items` - 1 and nothing else."""
    for target, count in ((bits, items), (words, -(-items // 64))):
        target[...] = 0
        target[: count // 64] = ~np.uint64(0)
        if count % 64:
            target[count // 64] = (1 << count % 64) - 1


@inner
def lowest(word: np.uint64) -> int:
    """Return the number of the lowest bit that is set; `word` must not be 0."""
    return _POSITIONS[((word & (~word + _ONE)) * _FACTOR) >> np.uint64(58)]


@inner
def set_bit(bits: NDArray[np.uint64], words: NDArray[np.uint64], item: int) -> None:
    """Put `item` into the set."""
    word = item >> 6
    bits[word] |= _ONE << np.uint64(item & _WORD)
    words[word >> 6] |= _ONE << np.uint64(word & _WORD)


@inner
def clear_bit(bits: NDArray[np.uint64], words: NDArray[np.uint64], item: int) -> None:
    """Take `item` out of the set."""
    word = item >> 6
    bits[word] &= ~(_ONE << np.uint64(item & _WORD))
    if bits[word] == 0:
        words[word >> 6] &= ~(_ONE << np.uint64(word & _WORD))


@inner
def members(bits: NDArray[np.uint64], words: NDArray[np.uint64], found: NDArray[np.int32]) -> int:
    """Write the set's items into `found` in order; return how many."""
    count = 0
    for summary in range(words.size):
        group = words[summary]
        while group != 0:
            word = (summary << 6) + lowest(group)
            group &= group - _ONE
            rest = bits[word]
            while rest != 0:
                found[count] = (word << 6) + lowest(rest)
                rest &= rest - _ONE
                count += 1
    return count
