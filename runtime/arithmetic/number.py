"""Numbers as the cores see them: half and single precision by their bits, and what functions return.

Half precision is done in integers so that every machine gets the same bits: IEEE 754 binary16, round
to nearest even, with subnormals, infinities and NaN payloads.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...ir.jit import inner
from ..bytecode import (
    ABS,
    COPY,
    COS,
    EXP,
    F_ADD,
    F_DIV,
    F_MAX,
    F_MUL,
    F_SUB,
    GELU,
    NEG,
    RECIPROCAL,
    RELU,
    RSQRT,
    SIGMOID,
    SILU,
    SIN,
    SQRT,
    TANH,
)

_TWO_112 = np.float32(2.0**112)
_HALF = np.float32(0.5)
_GELU_SCALE = math.sqrt(2.0 / math.pi)
_I32_LEAST = -(2**31)
_I32_LARGEST = 2**31 - 1


@inner
def float_of_bits(bits: np.uint32) -> np.float32:
    """Return the float32 with these bits."""
    return np.uint32(bits).view(np.float32)


@inner
def bits_of_float(value: np.float32) -> np.uint32:
    """Return the bits of a float32."""
    return np.float32(value).view(np.uint32)


@inner
def float_of_half(half: Any) -> np.float32:
    """Return the float32 equal to the binary16 with bits `half`."""
    bits = np.uint32(half)
    rest = np.uint32(bits & np.uint32(0x7FFF))
    # As bits of a float32 the number is 2^112 too small; the product is exact, for subnormals too.
    finite = bits_of_float(np.float32(float_of_bits(np.uint32(rest << np.uint32(13))) * _TWO_112))
    special = np.uint32(np.uint32(rest << np.uint32(13)) | np.uint32(0x7F800000))
    magnitude = special if rest >= np.uint32(0x7C00) else finite
    return float_of_bits(np.uint32(magnitude | np.uint32((bits & np.uint32(0x8000)) << np.uint32(16))))


@inner
def half_of_float(value: np.float32) -> np.uint16:
    """Return the bits of the binary16 nearest to `value`, ties to even; NaNs stay NaNs."""
    bits = bits_of_float(value)
    sign = np.uint32(np.uint32(bits >> np.uint32(16)) & np.uint32(0x8000))
    rest = np.uint32(bits & np.uint32(0x7FFFFFFF))
    # Adding one half shifts a subnormal's last place to the float32's: the addition rounds.
    subnormal = np.uint32(bits_of_float(np.float32(float_of_bits(rest) + _HALF)) - np.uint32(0x3F000000))
    odd = np.uint32(np.uint32(rest >> np.uint32(13)) & np.uint32(1))
    normal = np.uint32(np.uint32(rest - np.uint32(0x37FFF001) + odd) >> np.uint32(13))
    nan = np.uint32(np.uint32(0x7E00) | np.uint32(np.uint32(rest >> np.uint32(13)) & np.uint32(0x3FF)))
    large = nan if rest > np.uint32(0x7F800000) else np.uint32(0x7C00)
    small = subnormal if rest < np.uint32(0x38800000) else normal
    magnitude = large if rest >= np.uint32(0x47800000) else small
    return np.uint16(sign | magnitude)


@inner
def integer_of_float(value: np.float32) -> np.int32:
    """Return the integer nearest to `value`, ties to even, within 32 bits; 0 for a NaN."""
    wide = np.float64(value)
    if wide != wide:
        return np.int32(0)
    if wide >= _I32_LARGEST:
        return np.int32(_I32_LARGEST)
    if wide <= _I32_LEAST:
        return np.int32(_I32_LEAST)
    return np.int32(np.rint(wide))


@inner
def unary(function: int, value: np.float32) -> np.float32:
    """Return `function` of `value`: computed in double precision and rounded once to float32."""
    if function == COPY:
        return value
    if function == NEG:
        return np.float32(-value)
    if function == ABS:
        return np.float32(abs(value))
    if function == RELU:
        # A NaN stays one.
        return np.float32(0.0) if value < np.float32(0.0) else value
    return np.float32(_special(function, np.float64(value)))


@inner
def _special(function: int, x: float) -> float:
    if function == EXP:
        return math.exp(x)
    if function == TANH:
        return math.tanh(x)
    if function == SIGMOID:
        return 1.0 / (1.0 + math.exp(-x))
    if function == SILU:
        return x / (1.0 + math.exp(-x))
    if function == GELU:
        # 1/2 (1 + tanh z) without the cancellation for negative z.
        return x / (1.0 + math.exp(-2.0 * _GELU_SCALE * (x + 0.044715 * x * x * x)))
    if function == SIN:
        return math.sin(x)
    if function == COS:
        return math.cos(x)
    if function == SQRT:
        return math.sqrt(x)
    if function == RSQRT:
        return quotient(1.0, math.sqrt(x))
    if function == RECIPROCAL:
        return quotient(1.0, x)
    return math.nan


@inner
def quotient(a: float, b: float) -> float:
    """Return a / b as IEEE 754 has it, division by zero included."""
    if b != 0.0:
        return a / b
    if a == 0.0 or a != a:
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


@inner
def binary(function: int, a: np.float32, b: np.float32) -> np.float32:
    """Return `function` of `a` and `b` in float32; maximum and minimum of a NaN are NaN."""
    if function == F_ADD:
        return np.float32(a + b)
    if function == F_SUB:
        return np.float32(a - b)
    if function == F_MUL:
        return np.float32(a * b)
    if function == F_MAX:
        return a if a >= b or a != a else b
    if function == F_DIV:
        return np.float32(quotient(np.float64(a), np.float64(b)))
    return a if a <= b or a != a else b


@inner
def integer_binary(function: int, a: Any, b: Any) -> np.int32:
    """Return `function` (not a division) of two i32, modulo 2^32."""
    if function == F_ADD:
        return np.int32(np.int64(a) + np.int64(b))
    if function == F_SUB:
        return np.int32(np.int64(a) - np.int64(b))
    if function == F_MUL:
        return np.int32(np.int64(a) * np.int64(b))
    if function == F_MAX:
        return max(a, b)
    return min(a, b)
