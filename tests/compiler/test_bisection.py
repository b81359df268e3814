"""Bisection finds the first bad state, in few looks."""

from math import ceil, log2

from hypothesis import given
from hypothesis import strategies as st

from wsc.compiler.bisection import first_bad


@given(st.integers(1, 200), st.data())
def test_the_first_bad_one(count: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, count))
    looks: list[int] = []

    def is_bad(index: int) -> bool:
        looks.append(index)
        return index >= first

    assert first_bad(count, is_bad) == (first if first < count else None)
    assert len(looks) <= 1 + ceil(log2(count + 1))
    assert len(set(looks)) == len(looks)


@given(st.lists(st.booleans(), min_size=1))
def test_one_that_follows_a_good_one(states: list[bool]) -> None:
    found = first_bad(len(states), lambda index: states[index])
    assert (found is None) == (not states[-1])
    if found is not None:
        assert states[found]
        assert found == 0 or not states[found - 1]


def test_no_states() -> None:
    assert first_bad(0, lambda index: True) is None
