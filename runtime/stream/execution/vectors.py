"""What a vector instruction or a communication asks of its descriptors, for all PEs of a group at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import bytecode as bc
from ...arithmetic.vector import EXTENTS_DIFFER, MISALIGNED, NEGATIVE_EXTENT, OK, OUTSIDE
from .groups import Cycles
from .lanes import I32_LARGEST, Value, alignment, bounds, raw, wide
from .rows import Row


class DescriptorFault(Exception):  # noqa: N818 - it becomes a machine's fault
    """A descriptor that must not be used: the first lane for which it is wrong, and 8 * descriptor + how."""

    def __init__(self, lane: int, detail: int) -> None:
        self.lane = lane
        self.detail = detail
        super().__init__(lane, detail)


def check_descriptors(row: Row, operands: Sequence[Value], sram_bytes: int) -> None:
    """Raise `DescriptorFault` if a descriptor of `row` leaves memory or does not fit the first one."""
    count = bc.DESCRIPTORS.get(row.opcode, 1)
    for index in range(count):
        at = 5 * index
        size = _size(row, index)
        if not _surely_inside(operands[at : at + 5], size, sram_bytes):
            _check_lanes(operands[at : at + 5], size, sram_bytes, index)
        if index and row.opcode != bc.ARGMAX:
            _check_equal(operands[1], operands[at + 1], index)
            _check_equal(operands[3], operands[at + 3], index)


def elements_of(operands: Sequence[Value]) -> Any:
    """Return the elements of descriptor 0, as an int or int64 of each lane."""
    if isinstance(operands[1], int) and isinstance(operands[3], int):
        return operands[1] * operands[3]
    return np.asarray(wide(operands[1]) * wide(operands[3]))


def span_of(row: Row, operands: Sequence[Value]) -> tuple[Any, Any]:
    """Return the first byte of descriptor 0 and the one behind its last, as ints or int64 of each lane."""
    base, n0, s0, n1, s1 = (wide(value) for value in operands[:5])
    size = _size(row, 0)
    outer, inner = size * (n0 - 1) * s0, size * (n1 - 1) * s1
    used = n0 * n1 > 0
    low = base + np.where(used, np.minimum(outer, 0) + np.minimum(inner, 0), 0)
    high = base + np.where(used, np.maximum(outer, 0) + np.maximum(inner, 0) + size, 0)
    return (int(low), int(high)) if low.ndim == 0 else (low, high)


def vector_cycles(row: Row, operands: Sequence[Value]) -> tuple[Cycles, Cycles]:
    """Return cycles of element work and all cycles of a vector instruction.

    A row of n1 elements takes a call and `ceil(n1 * numerator / denominator)`; one without elements, a call.
    """
    at = 5 if row.opcode == bc.ARGMAX else 0
    calls, inner = operands[at + 1], operands[at + 3]
    if isinstance(calls, int) and isinstance(inner, int):
        if calls == 0 or inner == 0:
            return 0, row.call_cycles
        work = calls * -(-inner * row.numerator // row.denominator)
        return work, work + calls * row.call_cycles
    most = bounds(calls)[1] * (bounds(inner)[1] * row.numerator + row.denominator + row.call_cycles)
    values = (raw(calls), raw(inner)) if most < I32_LARGEST else (wide(calls), wide(inner))
    calls_of, inner_of = values
    work = calls_of * ((inner_of * row.numerator + (row.denominator - 1)) // row.denominator)
    if bounds(calls)[0] > 0 and bounds(inner)[0] > 0:
        return work, work + calls_of * row.call_cycles
    none = (calls_of == 0) | (inner_of == 0)
    work = np.where(none, 0, work)
    return work, work + np.where(none, 1, calls_of) * row.call_cycles


def _size(row: Row, descriptor: int) -> int:
    return 2 if row.types >> 2 * descriptor & 3 == bc.F16 else 4


def _surely_inside(descriptor: Sequence[Value], size: int, sram_bytes: int) -> bool:
    """Whether bounds and alignment alone say that all lanes stay in memory."""
    base, n0, s0, n1, s1 = descriptor
    n0_least, n0_most = bounds(n0)
    n1_least, n1_most = bounds(n1)
    if n0_least < 0 or n1_least < 0:
        return False
    if n0_most == 0 or n1_most == 0:
        return True
    low, high = bounds(base)
    for most, step in ((n0_most, s0), (n1_most, s1)):
        least_step, largest_step = bounds(step)
        low += size * min((most - 1) * least_step, 0)
        high += size * max((most - 1) * largest_step, 0)
    return low >= 0 and high + size <= sram_bytes and alignment(base) % size == 0


def _reach(descriptor: Sequence[Value]) -> Any:
    """Return the elements from the first to the last one of each lane, None where that takes a closer look.

    An int or int32 of each lane, of no meaning for a lane without elements.
    """
    _, n0, s0, n1, s1 = descriptor
    total: Any = 0
    most = 0
    for extent, step in ((n0, s0), (n1, s1)):
        if bounds(extent)[0] < 0 or bounds(step)[0] < 0:
            return None
        most += (bounds(extent)[1] - 1) * bounds(step)[1]
        if most > I32_LARGEST >> 2:
            return None
        if bounds(step)[1] > 0:
            total = total + (raw(extent) - 1) * raw(step)
    return total


def _check_lanes(descriptor: Sequence[Value], size: int, sram_bytes: int, index: int) -> None:
    """Raise `DescriptorFault` for the first lane that is wrong, if any is."""
    for value in descriptor:
        if not isinstance(value, int):
            value.tighten()
    if _surely_inside(descriptor, size, sram_bytes):
        return
    base = descriptor[0]
    reach = _reach(descriptor)
    if reach is not None and bounds(base)[0] >= 0 and bounds(base)[1] <= sram_bytes:
        last = raw(base) + size * reach
        inside = last <= sram_bytes - size if isinstance(last, int) else int(last.max()) <= sram_bytes - size
        if inside and (alignment(base) % size == 0 or not np.any(raw(base) % size)):
            return
    _check_every_lane(descriptor, size, sram_bytes, index)


def _check_every_lane(descriptor: Sequence[Value], size: int, sram_bytes: int, index: int) -> None:
    base, n0, s0, n1, s1 = (np.atleast_1d(np.asarray(wide(value), np.int64)) for value in descriptor)
    outer, inner = (n0 - 1) * s0, (n1 - 1) * s1
    first = base + size * (np.minimum(outer, 0) + np.minimum(inner, 0))
    last = base + size * (np.maximum(outer, 0) + np.maximum(inner, 0))
    negative = (n0 < 0) | (n1 < 0)
    used = ~negative & (n0 != 0) & (n1 != 0)
    outside = used & ((first < 0) | (last + size > sram_bytes))
    crooked = used & (base % size != 0)
    found = np.where(negative, NEGATIVE_EXTENT, np.where(outside, OUTSIDE, np.where(crooked, MISALIGNED, OK)))
    _raise_first(found != OK, found, index)


def _check_equal(one: Value, other: Value, index: int) -> None:
    if one is not other and not (isinstance(one, int) and isinstance(other, int) and one == other):
        wrong = np.atleast_1d(np.asarray(raw(one) != raw(other)))
        _raise_first(wrong, np.full(wrong.shape, EXTENTS_DIFFER), index)


def _raise_first(wrong: NDArray[np.bool_], what: NDArray[Any], index: int) -> None:
    lanes = np.flatnonzero(wrong)
    if lanes.size:
        raise DescriptorFault(int(lanes[0]), 8 * index + int(what[lanes[0]]))
