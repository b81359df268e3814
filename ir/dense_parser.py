"""Parser of constant tensors, `dense<[[1, 2], [3, 4]]> : tensor<2x2xi32>`, elements in text or hex."""

from __future__ import annotations

import re
import struct
from math import prod
from typing import TYPE_CHECKING

from .attributes import DYNAMIC, I1, DenseElementsAttr, FloatType, IndexType, IntegerType, TensorType

if TYPE_CHECKING:
    from .attribute_parser import AttributeParser

_HEX_BODY = re.compile(r'\s*+dense\s*+<\s*+"(?:0x)?+([0-9A-Fa-f]*+)"\s*+>', re.ASCII)
_BODY = re.compile(r"\s*+dense\s*+<([\w\s\[\],.+-]*+)>", re.ASCII)
_ELEMENT = re.compile(r"[\[\],]|[^\[\],\s]++")
_CODES = {"f16": "e", "f32": "f", "f64": "d"}


def parse_dense_elements(parser: AttributeParser) -> DenseElementsAttr:
    """Read `dense<...> : tensor<...>` at the cursor of `parser`."""
    parser.skip()
    start = parser.pos
    raw = parser.take(_HEX_BODY)
    body = None if raw else parser.take(_BODY)
    if raw is None and body is None:
        parser.accept_word("dense")
        parser.expect("<")
        raise parser.expected("elements of a constant and '>'")
    end = parser.pos
    parser.expect(":", "and the type of the constant")
    type = parser.tensor_type()
    if DYNAMIC in type.shape:
        raise parser.error(
            f"a constant cannot be of type {type}, whose extents are not all known", start, end
        )
    if not isinstance(type.element, FloatType | IntegerType | IndexType):
        raise parser.error(f"a constant cannot have elements of type {type.element}", start, end)
    if raw is not None:
        return DenseElementsAttr(_raw_values(parser, raw, type), type)
    assert body is not None
    values, shape = _listed_values(parser, body, type)
    if not shape and len(values) == 1:
        return DenseElementsAttr(values if prod(type.shape) else (), type)
    if shape != list(type.shape) and (values or prod(type.shape)):
        raise parser.error(f"the elements have shape {shape}, but the type is {type}", start, end)
    return DenseElementsAttr(values, type)


def _listed_values(
    parser: AttributeParser, body: re.Match[str], type: TensorType
) -> tuple[tuple[int, ...] | tuple[float, ...], list[int]]:
    """Return the numbers in nested brackets and the shape of these."""
    values: list[int | float] = []
    shape: list[int] = []
    counts: list[int] = []  # of complete items in each open bracket
    closed = 0  # brackets of which one was closed already: their extents are fixed
    wants_item = True
    for match in _ELEMENT.finditer(parser.text, body.start(1), body.end(1)):
        token, place = match.group(), match.start()
        if token == ",":
            if wants_item or not counts:
                raise parser.error("unexpected ','", place)
            wants_item = True
            continue
        if token == "]":
            if not counts or (wants_item and counts[-1]):
                raise parser.error("unexpected ']'", place)
            depth = len(counts) - 1
            if depth >= len(shape) - closed and shape[depth] != counts[-1]:
                raise parser.error(f"{counts[-1]} elements, where others have {shape[depth]}", place)
            shape[depth] = counts.pop()
            closed = max(closed, len(shape) - depth)
        elif not wants_item:
            raise parser.error(f"expected ',' or ']', found '{token[:40]}'", place, match.end())
        elif token == "[":
            if len(counts) == len(shape):
                if values or closed:
                    raise parser.error("brackets are nested deeper here than before", place)
                shape.append(0)
            counts.append(0)
            continue
        else:
            if len(counts) != len(shape) or closed > len(shape):
                raise parser.error("brackets are nested less deep here than before", place, match.end())
            values.append(parser.number_value(token, place, type.element))
        wants_item = False
        if counts:
            counts[-1] += 1
    if counts:
        raise parser.error("a bracket '[' is not closed before '>'", body.end() - 1)
    return tuple(values), shape


def _raw_values(
    parser: AttributeParser, raw: re.Match[str], type: TensorType
) -> tuple[int, ...] | tuple[float, ...]:
    """Return the elements given as the bytes of little-endian memory; those of one element stand for all."""
    digits, start, end = raw[1], raw.start(1), raw.end(1)
    if len(digits) % 2:
        raise parser.error("an odd number of hex digits", start, end)
    data = bytes.fromhex(digits)
    count, element = prod(type.shape), type.element
    if element == I1:
        values = _bits(data, count)
        if values is not None:
            return values
        size = 0
    else:
        size = _element_bytes(element)
        if size and len(data) in (size, size * count):
            return _unpack(data, size, element)
    wanted = f"{count * size} or {size}" if size else str(-(-count // 8))
    raise parser.error(f"{len(data)} bytes of elements, but {type} takes {wanted}", start, end)


def _element_bytes(element: object) -> int:
    if isinstance(element, IntegerType):
        return -(-element.width // 8)
    return {"f16": 2, "bf16": 2, "f32": 4}.get(element.name, 8) if isinstance(element, FloatType) else 8


def _unpack(data: bytes, size: int, element: object) -> tuple[int, ...] | tuple[float, ...]:
    if isinstance(element, FloatType):
        if element.name == "bf16":
            data = b"".join(b"\0\0" + data[i : i + 2] for i in range(0, len(data), 2))
        code = _CODES.get(element.name, "f")
        return struct.unpack(f"<{len(data) // struct.calcsize(code)}{code}", data)
    # What is above the type's width is zero, and the sign is in the type's highest bit.
    half = 1 << (element.width - 1 if isinstance(element, IntegerType) else 63)
    raw = (int.from_bytes(data[i : i + size], "little") for i in range(0, len(data), size))
    return tuple((value & 2 * half - 1 ^ half) - half for value in raw)


def _bits(data: bytes, count: int) -> tuple[int, ...] | None:
    """Return truth values: packed eight to a byte, lowest bit first, a byte each, or one byte for all."""
    if len(data) == 1 and data[0] in (0, 0xFF):
        return (data[0] & 1,)
    if len(data) == -(-count // 8):
        return tuple(data[i // 8] >> i % 8 & 1 for i in range(count))
    if len(data) == count and set(data) <= {0, 1}:
        return tuple(data)
    return None
