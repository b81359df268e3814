"""Bisection: the first of a list of states that is bad, in as few looks as the list's length has bits."""

from __future__ import annotations

from collections.abc import Callable


def first_bad(count: int, is_bad: Callable[[int], bool]) -> int | None:
    """Return an index whose state is bad where the one before it, if there is one, is not.

    The last of `count` states is looked at first: None if it is not bad. Otherwise about log2(count)
    others are. If there is only one change from good to bad, the result is the first bad state; if there
    are more, it is one of those that follow a good one.
    """
    if count < 1 or not is_bad(count - 1):
        return None
    good, bad = -1, count - 1
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (good, middle) if is_bad(middle) else (middle, bad)
    return bad
