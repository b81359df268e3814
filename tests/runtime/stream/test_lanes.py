"""Arithmetic on many PEs at once is that of each by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from wsc.runtime import bytecode as bc
from wsc.runtime.stream.execution.lanes import (
    I32_LARGEST,
    I32_LEAST,
    LaneFault,
    Value,
    alignment,
    bounds,
    holds,
    join,
    lanes,
    raw,
    scalar,
    take,
)

SIZE = 4
INTEGERS = some.one_of(some.integers(-9, 9), some.integers(I32_LEAST, I32_LARGEST))
VALUES = some.one_of(INTEGERS, some.lists(INTEGERS, min_size=SIZE, max_size=SIZE))
OPCODES = (bc.ADD, bc.SUBTRACT, bc.MULTIPLY, bc.DIVIDE, bc.REMAINDER, bc.MINIMUM, bc.MAXIMUM)


def value_of(numbers: int | list[int]) -> Value:
    return numbers if isinstance(numbers, int) else lanes(np.array(numbers, np.int64))


def numbers_of(value: Value) -> list[int]:
    return np.broadcast_to(raw(value), SIZE).tolist()


def check(value: Value) -> None:
    """Bounds and alignment are true."""
    least, largest = bounds(value)
    assert all(least <= number <= largest for number in numbers_of(value))
    assert all(number % alignment(value) == 0 for number in numbers_of(value))


@given(
    steps=some.lists(some.tuples(some.sampled_from(OPCODES), VALUES), min_size=1, max_size=5), first=VALUES
)
def test_like_integers(steps: list[tuple[int, int | list[int]]], first: int | list[int]) -> None:
    value = value_of(first)
    for opcode, numbers in steps:
        other = value_of(numbers)
        expected: list[int] = []
        wrong: list[int] = []
        for lane, (a, b) in enumerate(zip(numbers_of(value), numbers_of(other), strict=True)):
            try:
                one = scalar(opcode, a, b)
            except LaneFault:
                wrong.append(lane)
            else:
                assert isinstance(one, int)
                expected.append(one)
        if wrong:
            with pytest.raises(LaneFault) as caught:
                scalar(opcode, value, other)
            assert caught.value.lane in wrong
            return
        value = scalar(opcode, value, other)
        assert numbers_of(value) == expected
        check(value)


@given(a=VALUES, b=VALUES, predicate=some.sampled_from((bc.EQUAL, bc.LESS, bc.LESS_EQUAL)))
def test_predicates(a: int | list[int], b: int | list[int], predicate: int) -> None:
    one, other = value_of(a), value_of(b)
    expected = [holds(predicate, x, y) for x, y in zip(numbers_of(one), numbers_of(other), strict=True)]
    assert np.broadcast_to(holds(predicate, one, other), SIZE).tolist() == expected


@given(a=VALUES, b=VALUES)
def test_parting_and_joining(a: int | list[int], b: int | list[int]) -> None:
    one, other = value_of(a), value_of(b)
    chosen = np.array([True, False, True, True])
    joined = join([take(one, chosen), other], [3, SIZE])
    expected = [n for n, kept in zip(numbers_of(one), chosen, strict=True) if kept] + numbers_of(other)
    assert np.broadcast_to(raw(joined), 3 + SIZE).tolist() == expected
