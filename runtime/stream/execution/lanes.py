"""Integers of all PEs of a group: one Python int where they are equal, else an array with known bounds.

Bounds and alignment are known without looking at the values, so that most overflow and address checks cost
nothing. They may be wider than the values are; where that is in doubt the values decide.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import bytecode as bc

I32_LEAST = -(2**31)
I32_LARGEST = 2**31 - 1
_MOST_ALIGNED = 1 << 30


class Lanes:
    """An integer of each PE of a group: int32 `values`, multiples of `align` in `least`..`largest`."""

    __slots__ = ("align", "exact", "largest", "least", "values")

    def __init__(self, values: NDArray[np.int32], least: int, largest: int, align: int = 1) -> None:
        self.values = values
        self.least = least
        self.largest = largest
        self.align = align
        self.exact = False

    def tighten(self) -> None:
        """Make the bounds those of the values."""
        if not self.exact:
            self.least, self.largest, self.exact = int(self.values.min()), int(self.values.max()), True


Value = int | Lanes


class LaneFault(Exception):  # noqa: N818 - it becomes a machine's fault
    """What went wrong in one lane: an integer that does not fit 32 bits (`value`), or a division by zero."""

    def __init__(self, lane: int, value: int | None) -> None:
        self.lane = lane
        self.value = value
        super().__init__(lane, value)


def lanes(values: NDArray[Any], align: int = 1) -> Value:
    """Return integers as a value, an int if all are equal. Raises `LaneFault` if one leaves 32 bits."""
    least, largest = int(values.min()), int(values.max())
    if least == largest and I32_LEAST <= least <= I32_LARGEST:
        return least
    if least < I32_LEAST or largest > I32_LARGEST:
        lane = int(np.argmax((values < I32_LEAST) | (values > I32_LARGEST)))
        raise LaneFault(lane, int(values[lane]))
    return Lanes(values.astype(np.int32, copy=False), least, largest, align)


def bounds(value: Value) -> tuple[int, int]:
    """Return a least and a largest integer that the lanes of `value` lie between."""
    return (value, value) if isinstance(value, int) else (value.least, value.largest)


def alignment(value: Value) -> int:
    """Return a power of two that divides all lanes."""
    if isinstance(value, int):
        return value & -value if value else _MOST_ALIGNED
    return value.align


def wide(value: Value) -> Any:
    """Return the lanes with 64 bits, for arithmetic that may leave 32."""
    return value if isinstance(value, int) else value.values.astype(np.int64)


def raw(value: Value) -> Any:
    """Return the int or the int32 array."""
    return value if isinstance(value, int) else value.values


def take(value: Value, chosen: NDArray[Any]) -> Value:
    """Return `value` for some of the lanes: a mask or their numbers."""
    if isinstance(value, int):
        return value
    return Lanes(value.values[chosen], value.least, value.largest, value.align)


def join(parts: Sequence[Value], sizes: Sequence[int]) -> Value:
    """Return the lanes of several groups of `sizes` behind each other."""
    first = parts[0]
    if isinstance(first, int) and all(isinstance(part, int) and part == first for part in parts):
        return first
    least = min(bounds(part)[0] for part in parts)
    largest = max(bounds(part)[1] for part in parts)
    align = min(alignment(part) for part in parts)
    values = np.empty(sum(sizes), np.int32)
    at = 0
    for part, size in zip(parts, sizes, strict=True):
        values[at : at + size] = raw(part)
        at += size
    return Lanes(values, least, largest, align)


def scalar(opcode: int, a: Value, b: Value) -> Value:
    """Return what a scalar instruction (`ADD` to `MAXIMUM`) makes of its operands.

    Raises `LaneFault` for the first lane that overflows or divides by zero.
    """
    if isinstance(a, int) and isinstance(b, int):
        if (opcode == bc.DIVIDE or opcode == bc.REMAINDER) and b == 0:
            raise LaneFault(0, None)
        value = _INTEGERS[opcode](a, b)
        if not I32_LEAST <= value <= I32_LARGEST:
            raise LaneFault(0, value)
        return value
    return _LANES[opcode](a, b)


def holds(predicate: int, a: Value, b: Value) -> bool | NDArray[np.bool_]:
    """Return whether a predicate holds, as one bool where bounds or equal lanes say so."""
    if isinstance(a, int) and isinstance(b, int):
        return a == b if predicate == bc.EQUAL else a < b if predicate == bc.LESS else a <= b
    (a_least, a_largest), (b_least, b_largest) = bounds(a), bounds(b)
    if predicate == bc.EQUAL:
        if a_largest < b_least or b_largest < a_least:
            return False
        return raw(a) == raw(b)
    if predicate == bc.LESS:
        if a_largest < b_least or a_least >= b_largest:
            return a_largest < b_least
        return raw(a) < raw(b)
    if a_largest <= b_least or a_least > b_largest:
        return a_largest <= b_least
    return raw(a) <= raw(b)


# ---- arithmetic on lanes ---------------------------------------------------------------------------

_INTEGERS: dict[int, Callable[[int, int], int]] = {
    bc.ADD: lambda a, b: a + b,
    bc.SUBTRACT: lambda a, b: a - b,
    bc.MULTIPLY: lambda a, b: a * b,
    bc.DIVIDE: lambda a, b: a // b,
    bc.REMAINDER: lambda a, b: a % b,
    bc.MINIMUM: min,
    bc.MAXIMUM: max,
}


def _fits(*values: int) -> bool:
    return all(I32_LEAST <= value <= I32_LARGEST for value in values)


def _result(
    function: Callable[[Any, Any], Any], a: Value, b: Value, least: int, largest: int, align: int
) -> Value:
    """Apply a NumPy function whose results lie in these bounds, in 32 bits if they and the operands fit."""
    if _fits(least, largest, *bounds(a), *bounds(b)):
        if least == largest:
            return least
        return Lanes(function(raw(a), raw(b)), least, largest, align)
    return lanes(np.asarray(function(wide(a), wide(b))), align)


def _add(a: Value, b: Value) -> Value:
    (a_least, a_largest), (b_least, b_largest) = bounds(a), bounds(b)
    align = min(alignment(a), alignment(b))
    return _result(np.add, a, b, a_least + b_least, a_largest + b_largest, align)


def _subtract(a: Value, b: Value) -> Value:
    (a_least, a_largest), (b_least, b_largest) = bounds(a), bounds(b)
    align = min(alignment(a), alignment(b))
    return _result(np.subtract, a, b, a_least - b_largest, a_largest - b_least, align)


def _multiply(a: Value, b: Value) -> Value:
    corners = [one * other for one in bounds(a) for other in bounds(b)]
    align = min(alignment(a) * alignment(b), _MOST_ALIGNED)
    return _result(np.multiply, a, b, min(corners), max(corners), align)


def _check_divisor(b: Value) -> tuple[int, int]:
    """Return the divisor's bounds, without 0 between them if no lane is 0 and all have one sign."""
    least, largest = bounds(b)
    if least > 0 or largest < 0:
        return least, largest
    if isinstance(b, int):
        raise LaneFault(0, None)
    zero = np.flatnonzero(b.values == 0)
    if zero.size:
        raise LaneFault(int(zero[0]), None)
    return int(b.values.min()), int(b.values.max())


def _divide(a: Value, b: Value) -> Value:
    least, largest = _check_divisor(b)
    if least < 0 < largest:
        return lanes(wide(a) // wide(b))
    corners = [one // other for one in bounds(a) for other in (least, largest)]
    return _result(np.floor_divide, a, b, min(corners), max(corners), 1)


def _remainder(a: Value, b: Value) -> Value:
    least, largest = _check_divisor(b)
    a_least, a_largest = bounds(a)
    if a_least >= 0 and a_largest < least:
        return a
    return _result(np.remainder, a, b, min(least + 1, 0), max(largest - 1, 0), 1)


def _minimum(a: Value, b: Value) -> Value:
    (a_least, a_largest), (b_least, b_largest) = bounds(a), bounds(b)
    if a_largest <= b_least or b_largest <= a_least:
        return _kept(a if a_largest <= b_least else b)
    align = min(alignment(a), alignment(b))
    return _result(np.minimum, a, b, min(a_least, b_least), min(a_largest, b_largest), align)


def _maximum(a: Value, b: Value) -> Value:
    (a_least, a_largest), (b_least, b_largest) = bounds(a), bounds(b)
    if a_least >= b_largest or b_least >= a_largest:
        return _kept(a if a_least >= b_largest else b)
    align = min(alignment(a), alignment(b))
    return _result(np.maximum, a, b, max(a_least, b_least), max(a_largest, b_largest), align)


def _kept(value: Value) -> Value:
    """Return an operand that is the result in all lanes. Raises `LaneFault` if it does not fit a register."""
    if isinstance(value, int) and not _fits(value):
        raise LaneFault(0, value)
    return value


_LANES: dict[int, Callable[[Value, Value], Value]] = {
    bc.ADD: _add,
    bc.SUBTRACT: _subtract,
    bc.MULTIPLY: _multiply,
    bc.DIVIDE: _divide,
    bc.REMAINDER: _remainder,
    bc.MINIMUM: _minimum,
    bc.MAXIMUM: _maximum,
}
