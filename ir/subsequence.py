"""Longest common subsequences of two sequences of keys, in a time that grows with what differs."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

Keys = Sequence[Hashable | None]
"""A key for each item; None matches nothing."""


def same_key(old: Hashable | None, new: Hashable | None) -> bool:
    """Whether two items may be paired."""
    return old is not None and old == new


def longest_common_subsequence(old: Keys, new: Keys, most_left_out: int) -> list[tuple[int, int]] | None:
    """Return the pairs of a longest common subsequence, None if it lacks more than `most_left_out` items.

    This is E. W. Myers' algorithm ("An O(ND) Difference Algorithm and Its Variations", 1986). `rounds[n][t]`
    is how far into `old` a path with `n` items left out gets on diagonal `2 t - n`, where that is the
    position in `old` less the one in `new`.
    """
    rounds: list[list[int]] = []
    for left_out in range(min(most_left_out, len(old) + len(new)) + 1):
        reached: list[int] = []
        for t in range(left_out + 1):
            i, _ = _start(rounds, left_out, t)
            j = i - (2 * t - left_out)
            while i < len(old) and j < len(new) and same_key(old[i], new[j]):
                i, j = i + 1, j + 1
            reached.append(i)
            if i >= len(old) and j >= len(new):
                return _path(rounds, left_out, t, i)
        rounds.append(reached)
    return None


def _start(rounds: list[list[int]], left_out: int, t: int) -> tuple[int, bool]:
    """Return where in `old` a path goes on after leaving out an item, and if that item is one of `old`."""
    if left_out == 0:
        return 0, False
    last = rounds[left_out - 1]
    of_new = last[t] if t < left_out else -1
    of_old = last[t - 1] + 1 if t > 0 else -1
    return (of_new, False) if of_new >= of_old else (of_old, True)


def _path(rounds: list[list[int]], left_out: int, t: int, i: int) -> list[tuple[int, int]]:
    """Return the pairs on a path, walking it back from `i` in `old` on the diagonal that `t` means."""
    pairs: list[tuple[int, int]] = []
    while left_out >= 0:
        start, is_old = _start(rounds, left_out, t)
        diagonal = 2 * t - left_out
        pairs += [(at, at - diagonal) for at in range(i - 1, start - 1, -1)]
        i, t, left_out = start - is_old, t - is_old, left_out - 1
    return pairs[::-1]
