"""The vector unit: what vector instructions do to a PE's memory, element by element in order.

A PE's SRAM comes as three views of the same bytes: `h` (uint16), `f` (float32) and `w` (int32). The
operands of an instruction are `d`: five numbers a descriptor (base in bytes, n0, s0, n1, s1 in elements).
All functions here know nothing of time.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ir.jit import inner
from ..bytecode import (
    ABS,
    ARGMAX,
    COPY,
    F16,
    F32,
    F_DIV,
    FILL,
    FMA,
    I32,
    KEEP_EQUAL,
    MAP_BINARY,
    MAP_CONSTANT,
    NEG,
)
from .number import (
    binary,
    float_of_bits,
    float_of_half,
    half_of_float,
    integer_binary,
    integer_of_float,
    unary,
)

Halves = NDArray[np.uint16]
Floats = NDArray[np.float32]
Words = NDArray[np.int32]
Numbers = NDArray[np.int64]

_INFINITY = np.float32(np.inf)
_I32_LARGEST = np.int32(2**31 - 1)

OK = 0
OUTSIDE = 1
MISALIGNED = 2
NEGATIVE_EXTENT = 3
EXTENTS_DIFFER = 4


@inner
def type_of(types: int, descriptor: int) -> int:
    """Return the type number of `descriptor` in an instruction's field `TYPES`."""
    return (types >> (2 * descriptor)) & 3


@inner
def check_descriptor(d: Numbers, descriptor: int, type: int, sram_bytes: int) -> int:
    """Return `OK` or what is wrong with a descriptor's extents and addresses."""
    at = 5 * descriptor
    n0, n1 = d[at + 1], d[at + 3]
    if n0 < 0 or n1 < 0:
        return NEGATIVE_EXTENT
    if n0 == 0 or n1 == 0:
        return OK
    size = 2 if type == F16 else 4
    outer, inner_span = (n0 - 1) * d[at + 2], (n1 - 1) * d[at + 4]
    first = d[at] + size * (min(outer, 0) + min(inner_span, 0))
    last = d[at] + size * (max(outer, 0) + max(inner_span, 0))
    if first < 0 or last + size > sram_bytes:
        return OUTSIDE
    return MISALIGNED if d[at] % size != 0 else OK


@inner
def load(type: int, h: Halves, f: Floats, w: Words, address: int) -> np.float32:
    """Return the element at byte `address` as float32."""
    if type == F16:
        return float_of_half(h[address >> 1])
    if type == F32:
        return f[address >> 2]
    return np.float32(w[address >> 2])


@inner
def store(type: int, h: Halves, f: Floats, w: Words, address: int, value: np.float32) -> None:
    """Write a float32 at byte `address`, rounded to the element type."""
    if type == F16:
        h[address >> 1] = half_of_float(value)
    elif type == F32:
        f[address >> 2] = value
    else:
        w[address >> 2] = integer_of_float(value)


@inner
def _moves_bits(opcode: int, function: int, types: int) -> bool:
    """Whether the instruction copies elements of one type."""
    if opcode in (MAP_BINARY, MAP_CONSTANT) or function != COPY:
        return False
    return type_of(types, 0) == type_of(types, 1)


@inner
def _is_integer(opcode: int, function: int, types: int) -> bool:
    """Whether a map is done in integers: all its descriptors are i32 and the function has an integer form."""
    if type_of(types, 0) != I32 or type_of(types, 1) != I32:
        return False
    if opcode == MAP_BINARY:
        return type_of(types, 2) == I32 and function != F_DIV
    if opcode == MAP_CONSTANT:
        return function != F_DIV
    return function in (NEG, ABS)


@inner
def _map(
    opcode: int, function: int, types: int, constant: np.float32, d: Numbers, h: Halves, f: Floats, w: Words
) -> None:
    type_d, type_a, type_b = type_of(types, 0), type_of(types, 1), type_of(types, 2)
    step_d, step_a, step_b = _size(type_d) * d[4], _size(type_a) * d[9], _size(type_b) * d[14]
    for o in range(d[1]):
        at_d = d[0] + o * d[2] * _size(type_d)
        at_a = d[5] + o * d[7] * _size(type_a)
        at_b = d[10] + o * d[12] * _size(type_b)
        for _ in range(d[3]):
            a = load(type_a, h, f, w, at_a)
            if opcode == MAP_BINARY:
                value = binary(function, a, load(type_b, h, f, w, at_b))
            elif opcode == MAP_CONSTANT:
                value = binary(function, a, constant)
            else:
                value = unary(function, a)
            store(type_d, h, f, w, at_d, value)
            at_d, at_a, at_b = at_d + step_d, at_a + step_a, at_b + step_b


@inner
def _map_integers(opcode: int, function: int, constant: np.float32, d: Numbers, w: Words) -> None:
    second = integer_of_float(constant)
    for o in range(d[1]):
        for i in range(d[3]):
            a = w[(d[5] >> 2) + o * d[7] + i * d[9]]
            if opcode == MAP_BINARY:
                value = integer_binary(function, a, w[(d[10] >> 2) + o * d[12] + i * d[14]])
            elif opcode == MAP_CONSTANT:
                value = integer_binary(function, a, second)
            elif function == NEG or a < 0:
                value = np.int32(-np.int64(a))
            else:
                value = a
            w[(d[0] >> 2) + o * d[2] + i * d[4]] = value


@inner
def _copy_bits(types: int, d: Numbers, h: Halves, w: Words) -> None:
    halves = type_of(types, 0) == F16
    for o in range(d[1]):
        for i in range(d[3]):
            to, source = o * d[2] + i * d[4], o * d[7] + i * d[9]
            if halves:
                h[(d[0] >> 1) + to] = h[(d[5] >> 1) + source]
            else:
                w[(d[0] >> 2) + to] = w[(d[5] >> 2) + source]


@inner
def _fill(types: int, value: np.float32, d: Numbers, h: Halves, f: Floats, w: Words) -> None:
    type = type_of(types, 0)
    for o in range(d[1]):
        for i in range(d[3]):
            store(type, h, f, w, d[0] + (o * d[2] + i * d[4]) * _size(type), value)


@inner
def _argmax(types: int, d: Numbers, h: Halves, f: Floats, w: Words) -> None:
    """A NaN is never larger; among none but NaNs the first element wins."""
    if d[6] * d[8] == 0:
        return
    type = type_of(types, 1)
    best = np.float32(-np.inf)
    index = 0
    for o in range(d[6]):
        for i in range(d[8]):
            value = load(type, h, f, w, d[5] + (o * d[7] + i * d[9]) * _size(type))
            if value > best:
                best = value
                index = o * d[8] + i
    w[d[0] >> 2] = np.int32(index)


@inner
def _keep_equal(types: int, d: Numbers, h: Halves, f: Floats, w: Words) -> None:
    type_d, type_a, type_b = type_of(types, 0), type_of(types, 1), type_of(types, 2)
    for o in range(d[1]):
        for i in range(d[3]):
            a = load(type_a, h, f, w, d[5] + (o * d[7] + i * d[9]) * _size(type_a))
            b = load(type_b, h, f, w, d[10] + (o * d[12] + i * d[14]) * _size(type_b))
            if a != b:
                at = d[0] + (o * d[2] + i * d[4]) * _size(type_d)
                if type_d == I32:
                    w[at >> 2] = _I32_LARGEST
                else:
                    store(type_d, h, f, w, at, _INFINITY)


@inner
def _size(type: int) -> int:
    return 2 if type == F16 else 4


# ---- multiply and add ------------------------------------------------------------------------------


@inner
def _get_half(array: Halves, index: int) -> np.float32:
    return float_of_half(array[index])


@inner
def _put_half(array: Halves, index: int, value: np.float32) -> None:
    array[index] = half_of_float(value)


@inner
def _get_float(array: Floats, index: int) -> np.float32:
    return array[index]


@inner
def _put_float(array: Floats, index: int, value: np.float32) -> None:
    array[index] = value


@inner
def _round_half(value: np.float32) -> np.float32:
    return float_of_half(half_of_float(value))


@inner
def _round_float(value: np.float32) -> np.float32:
    return value


@inner
def _overlap(one: int, one_shift: int, many: int, many_shift: int, span: int) -> bool:
    """Whether the element at index `one` shares bytes with the elements from `many` on, `span` of them."""
    low, high = one << one_shift, (one + 1) << one_shift
    first, last = min(many, many + span), max(many, many + span)
    return low < (last + 1) << many_shift and first << many_shift < high


Fma = Callable[[NDArray[Any], NDArray[Any], NDArray[Any], Numbers], None]


def _make_fma(
    get_d: Callable[[Any, int], np.float32],
    put_d: Callable[[Any, int, np.float32], None],
    round_d: Callable[[np.float32], np.float32],
    get_a: Callable[[Any, int], np.float32],
    get_b: Callable[[Any, int], np.float32],
    shifts: tuple[int, int, int],
) -> Fma:
    """Return multiply and add for one combination of types.

    `shifts` are log2 of the elements' bytes; `round_d` is what storing and loading does to a float32.
    """
    shift_d, shift_a, shift_b = shifts

    def fma(memory_d: NDArray[Any], memory_a: NDArray[Any], memory_b: NDArray[Any], d: Numbers) -> None:
        n1, step_d, step_a, step_b = d[3], d[4], d[9], d[14]
        for o in range(d[1]):
            at_d = (d[0] >> shift_d) + o * d[2]
            at_a = (d[5] >> shift_a) + o * d[7]
            at_b = (d[10] >> shift_b) + o * d[12]
            if step_d == 1 and step_a == 0 and step_b == 1 and not _overlap(at_a, shift_a, at_d, shift_d, n1):
                a = get_a(memory_a, at_a)
                row_d, row_b = memory_d[at_d : at_d + n1], memory_b[at_b : at_b + n1]
                for i in range(n1):
                    product = np.float32(a * get_b(row_b, i))
                    put_d(row_d, i, np.float32(get_d(row_d, i) + product))
            elif step_d == 0 and not (
                _overlap(at_d, shift_d, at_a, shift_a, n1 * step_a)
                or _overlap(at_d, shift_d, at_b, shift_b, n1 * step_b)
            ):
                total = get_d(memory_d, at_d)
                for i in range(n1):
                    a = get_a(memory_a, at_a + i * step_a)
                    product = np.float32(a * get_b(memory_b, at_b + i * step_b))
                    total = round_d(np.float32(total + product))
                put_d(memory_d, at_d, total)
            else:
                for i in range(n1):
                    a = get_a(memory_a, at_a + i * step_a)
                    product = np.float32(a * get_b(memory_b, at_b + i * step_b))
                    at = at_d + i * step_d
                    put_d(memory_d, at, np.float32(get_d(memory_d, at) + product))

    return inner(fma)


_fma_half = _make_fma(_get_half, _put_half, _round_half, _get_half, _get_half, (1, 1, 1))
_fma_mixed = _make_fma(_get_float, _put_float, _round_float, _get_half, _get_half, (2, 1, 1))
_fma_float = _make_fma(_get_float, _put_float, _round_float, _get_float, _get_float, (2, 2, 2))


@inner
def _fma(types: int, d: Numbers, h: Halves, f: Floats, w: Words) -> None:
    type_d, type_a, type_b = type_of(types, 0), type_of(types, 1), type_of(types, 2)
    if type_d == F16 and type_a == F16 and type_b == F16:
        _fma_half(h, h, h, d)
    elif type_d == F32 and type_a == F16 and type_b == F16:
        _fma_mixed(f, h, h, d)
    elif type_d == F32 and type_a == F32 and type_b == F32:
        _fma_float(f, f, f, d)
    else:
        for o in range(d[1]):
            for i in range(d[3]):
                at = d[0] + (o * d[2] + i * d[4]) * _size(type_d)
                a = load(type_a, h, f, w, d[5] + (o * d[7] + i * d[9]) * _size(type_a))
                b = load(type_b, h, f, w, d[10] + (o * d[12] + i * d[14]) * _size(type_b))
                product = np.float32(a * b)
                store(type_d, h, f, w, at, np.float32(load(type_d, h, f, w, at) + product))


@inner
def execute_vector(
    opcode: int, function: int, types: int, constant: int, d: Numbers, h: Halves, f: Floats, w: Words
) -> None:
    """Do the vector instruction `opcode` on memory; descriptors must have been checked."""
    if opcode == FMA:
        _fma(types, d, h, f, w)
    elif opcode == ARGMAX:
        _argmax(types, d, h, f, w)
    elif opcode == KEEP_EQUAL:
        _keep_equal(types, d, h, f, w)
    elif opcode == FILL:
        _fill(types, float_of_bits(np.uint32(constant)), d, h, f, w)
    elif _moves_bits(opcode, function, types):
        _copy_bits(types, d, h, w)
    elif _is_integer(opcode, function, types):
        _map_integers(opcode, function, float_of_bits(np.uint32(constant)), d, w)
    else:
        _map(opcode, function, types, float_of_bits(np.uint32(constant)), d, h, f, w)
