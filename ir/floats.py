"""Float formats by their MLIR name (f16, bf16, f32, f64): rounding, bit patterns and shortest decimals."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Format:
    """`struct` codes of the value and of its bits, and decimal digits from often to always enough."""

    code: str
    bits_code: str
    precisions: range


_FORMATS = {
    "f16": _Format("<e", "<H", range(3, 6)),
    "bf16": _Format("<f", "<H", range(2, 5)),  # kept as an f32 whose low half is zero
    "f32": _Format("<f", "<I", range(6, 10)),
    "f64": _Format("<d", "<Q", range(15, 18)),
}
FLOAT_FORMATS = frozenset(_FORMATS)
"""The names of the formats that this module knows."""


def round_to_format(value: float, name: str) -> float:
    """Return `value` rounded to the format, to nearest even; infinity where it is too large."""
    code = _FORMATS[name].code
    try:
        (rounded,) = struct.unpack(code, struct.pack(code, value))
    except OverflowError:
        return math.copysign(math.inf, value)
    if name == "bf16" and math.isfinite(rounded):
        (bits,) = struct.unpack("<I", struct.pack("<f", rounded))
        bits += 0x7FFF + (bits >> 16 & 1)
        (rounded,) = struct.unpack("<f", struct.pack("<I", bits & 0xFFFF0000))
    return rounded


def round_all_to_format(values: Sequence[float], name: str) -> tuple[float, ...]:
    """Return all `values` rounded to the format."""
    if name == "bf16":
        return tuple(round_to_format(value, name) for value in values)
    code = f"<{len(values)}{_FORMATS[name].code[1]}"
    try:
        return struct.unpack(code, struct.pack(code, *values))
    except OverflowError:
        return tuple(round_to_format(value, name) for value in values)


def bytes_of_all(values: Sequence[float], name: str) -> bytes:
    """Return `values`, which must be rounded to the format, as little-endian memory."""
    if name == "bf16":
        return b"".join(struct.pack("<f", value)[2:] for value in values)
    return struct.pack(f"<{len(values)}{_FORMATS[name].code[1]}", *values)


def bits_of(value: float, name: str) -> int:
    """Return the bit pattern of `value`, which must be rounded to the format."""
    layout = _FORMATS[name]
    if name == "bf16":
        _, bits = struct.unpack("<HH", struct.pack("<f", value))
    else:
        (bits,) = struct.unpack(layout.bits_code, struct.pack(layout.code, value))
    return bits


def value_of_bits(bits: int, name: str) -> float:
    """Return the value whose bit pattern is `bits`. Raises `struct.error` if the format has fewer bits."""
    layout = _FORMATS[name]
    raw = struct.pack("<HH", 0, bits) if name == "bf16" else struct.pack(layout.bits_code, bits)
    (value,) = struct.unpack(layout.code, raw)
    return value


def literal(value: float, name: str) -> str:
    """Return the MLIR literal of `value`: the shortest decimal that gives it, hex bits for inf and nan."""
    if not math.isfinite(value):
        return f"0x{bits_of(value, name):0{struct.calcsize(_FORMATS[name].bits_code) * 2}X}"
    text = repr(value)
    for precision in _FORMATS[name].precisions:
        candidate = f"{value:.{precision}g}"
        if round_to_format(float(candidate), name) == value:
            text = candidate
            break
    mantissa, _, exponent = text.partition("e")
    if "." not in mantissa:
        mantissa += ".0"
    return f"{mantissa}e{exponent}" if exponent else mantissa
