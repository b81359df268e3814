"""Attributes: immutable, hashable compile-time values with an MLIR text form.

`str(attribute)` is the text that the printer writes and the parser reads back to an equal object.
Dialects add their own by subclassing `DialectAttribute` (see `register_dialect_attribute`).
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from .floats import bytes_of_all, literal, round_all_to_format, round_to_format, value_of_bits
from .types import (
    DYNAMIC,
    Attribute,
    FloatType,
    FunctionType,
    IndexType,
    IntegerType,
    NoneType,
    TensorType,
    TypeAttribute,
    is_bare_identifier,
    quote,
)

__all__ = [
    "DIALECT_ATTRIBUTES",
    "DIALECT_TYPES",
    "DYNAMIC",
    "F16",
    "F32",
    "I1",
    "I32",
    "I64",
    "INDEX",
    "UNIT",
    "ArrayAttr",
    "Attribute",
    "BodyParser",
    "DenseArrayAttr",
    "DenseElementsAttr",
    "DialectAttribute",
    "DialectType",
    "DictAttr",
    "FloatAttr",
    "FloatType",
    "FunctionType",
    "IndexType",
    "IntegerAttr",
    "IntegerType",
    "NoneType",
    "OpaqueAttr",
    "OpaqueType",
    "StringAttr",
    "SymbolRefAttr",
    "TensorType",
    "TypeAttribute",
    "UnitAttr",
    "attribute_dict_text",
    "attribute_key_text",
    "boolean",
    "f32",
    "float_from_bits",
    "float_text",
    "i64",
    "i64_array",
    "is_bare_identifier",
    "quote",
    "register_dialect_attribute",
    "register_dialect_type",
    "round_float",
    "string",
    "symbol",
]

# ---- builtin attributes --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class IntegerAttr(Attribute):
    """An integer of type `type`, `3 : i64`; a bare `true` or `false` when the type is `i1`."""

    value: int
    type: TypeAttribute = field(default_factory=lambda: I64)

    def __str__(self) -> str:
        if isinstance(self.type, IntegerType) and self.type.width == 1:
            return "true" if self.value else "false"
        return f"{self.value} : {self.type}"


@dataclass(frozen=True, slots=True)
class FloatAttr(Attribute):
    """A float of type `type`, rounded to it; the shortest decimal that names it, or its bits in hex."""

    value: float
    type: FloatType = field(default_factory=lambda: F32)

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", round_float(self.value, self.type))

    def __str__(self) -> str:
        return f"{float_text(self.value, self.type)} : {self.type}"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FloatAttr)
            and self.type == other.type
            and struct.pack("<d", self.value) == struct.pack("<d", other.value)
        )

    def __hash__(self) -> int:
        return hash((struct.pack("<d", self.value), self.type))


def round_float(value: float, type: FloatType) -> float:
    """Return `value` rounded to `type`, to nearest even; infinity where it is too large."""
    return round_to_format(value, type.name)


def float_text(value: float, type: FloatType) -> str:
    """Return the MLIR literal of `value`: the shortest decimal that gives it, hex bits for inf and nan."""
    return literal(value, type.name)


def float_from_bits(bits: int, type: FloatType) -> float:
    """Return the value whose bit pattern in `type` is `bits`. Raises `struct.error` if it does not fit."""
    return value_of_bits(bits, type.name)


def _key(
    values: tuple[int, ...] | tuple[float, ...], element: Attribute
) -> bytes | tuple[int, ...] | tuple[float, ...]:
    """Return what `values` are compared by: bits for floats, so that -0.0 is not 0.0 and nan equals nan."""
    return struct.pack(f"<{len(values)}d", *values) if isinstance(element, FloatType) else values


@dataclass(frozen=True, slots=True)
class StringAttr(Attribute):
    """A string, `"text"`."""

    value: str

    def __str__(self) -> str:
        return quote(self.value)


@dataclass(frozen=True, slots=True)
class UnitAttr(Attribute):
    """An attribute that says something by being there, `unit`."""

    def __str__(self) -> str:
        return "unit"


@dataclass(frozen=True, slots=True)
class ArrayAttr(Attribute):
    """A list of attributes, `[1 : i64, "a"]`."""

    values: tuple[Attribute, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.values))}]"

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)


def attribute_key_text(key: str) -> str:
    """Return `key` as the key of a dictionary: quoted unless it is a bare identifier."""
    return key if is_bare_identifier(key) else quote(key)


def attribute_dict_text(entries: Mapping[str, Attribute]) -> str:
    """Return `{a = 1 : i64, b}` with keys sorted; a unit attribute is its key alone."""
    parts: list[str] = []
    for key in sorted(entries):
        value = entries[key]
        name = attribute_key_text(key)
        parts.append(name if isinstance(value, UnitAttr) else f"{name} = {value}")
    return "{" + ", ".join(parts) + "}"


@dataclass(frozen=True, slots=True)
class DictAttr(Attribute):
    """A sorted dictionary of attributes, `{a = 1 : i64}`; build it with `DictAttr.of`."""

    entries: tuple[tuple[str, Attribute], ...]

    @staticmethod
    def of(entries: Mapping[str, Attribute]) -> DictAttr:
        """Return the dictionary attribute with these entries, keys sorted."""
        return DictAttr(tuple(sorted(entries.items(), key=lambda item: item[0])))

    def __getitem__(self, key: str) -> Attribute:
        return dict(self.entries)[key]

    def __str__(self) -> str:
        return attribute_dict_text(dict(self.entries))


@dataclass(frozen=True, slots=True)
class DenseArrayAttr(Attribute):
    """A flat list of numbers of one type, `array<i64: 1, 2>`."""

    element: IntegerType | FloatType
    values: tuple[int, ...] | tuple[float, ...]

    def __post_init__(self) -> None:
        if isinstance(self.element, FloatType):
            object.__setattr__(self, "values", round_all_to_format(self.values, self.element.name))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DenseArrayAttr)
            and self.element == other.element
            and _key(self.values, self.element) == _key(other.values, self.element)
        )

    def __hash__(self) -> int:
        return hash((self.element, _key(self.values, self.element)))

    def __str__(self) -> str:
        element = self.element
        if not self.values:
            return f"array<{element}>"
        if isinstance(element, FloatType):
            return f"array<{element}: {', '.join(float_text(v, element) for v in self.values)}>"
        if element.width == 1:
            return f"array<i1: {', '.join('true' if v else 'false' for v in self.values)}>"
        return f"array<i{element.width}: {', '.join(map(str, self.values))}>"


@dataclass(frozen=True, slots=True)
class DenseElementsAttr(Attribute):
    """A constant tensor's elements in row-major order, `dense<[1.0, 2.0]> : tensor<2xf32>`.

    `values` holds as many values as the type has elements, or a single one that stands for all (a
    splat); equal values become a splat, so that equal constants are equal. `elements` gives all.
    """

    values: tuple[int, ...] | tuple[float, ...]
    type: TensorType

    def __post_init__(self) -> None:
        values, element = self.values, self.type.element
        if isinstance(element, FloatType):
            values = round_all_to_format(values, element.name)
        if len(values) > 1 and _all_equal(values, element):
            values = values[:1]
        object.__setattr__(self, "values", values)

    def elements(self) -> tuple[int, ...] | tuple[float, ...]:
        """All elements, a splat's value repeated. Raises `ValueError` if an extent is dynamic."""
        if DYNAMIC in self.type.shape:
            raise ValueError(f"{self.type} has no definite number of elements")
        return self.values * math.prod(self.type.shape) if len(self.values) == 1 else self.values

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, DenseElementsAttr)
            and self.type == other.type
            and _key(self.values, self.type.element) == _key(other.values, self.type.element)
        )

    def __hash__(self) -> int:
        return hash((self.type, _key(self.values, self.type.element)))

    def __str__(self) -> str:
        return f"dense<{self._body()}> : {self.type}"

    def _body(self) -> str:
        element = self.type.element
        if isinstance(element, FloatType):
            if not all(map(math.isfinite, self.values)):
                # Single bit patterns among decimals are read as integers by xDSL; the bytes of all are not.
                return f'"0x{bytes_of_all(self.values, element.name).hex().upper()}"'
            items = [float_text(v, element) for v in self.values]
        elif isinstance(element, IntegerType) and element.width == 1:
            items = ["true" if v else "false" for v in self.values]
        else:
            items = [str(v) for v in self.values]
        return items[0] if len(items) == 1 else _nest(items, self.type.shape)


def _all_equal(values: tuple[int, ...] | tuple[float, ...], element: Attribute) -> bool:
    if _key(values[:1], element) != _key(values[1:2], element):
        return False  # the usual case, without looking at the rest
    return _key(values[:1], element) * len(values) == _key(values, element)


def _nest(items: list[str], shape: tuple[int, ...]) -> str:
    """Return `items` bracketed row-major by `shape`."""
    if not items:
        return ""
    for extent in reversed(shape):
        items = [f"[{', '.join(items[i : i + extent])}]" for i in range(0, len(items), extent)]
    return items[0]


@dataclass(frozen=True, slots=True)
class SymbolRefAttr(Attribute):
    """A reference to a symbol, `@root::@nested`."""

    path: tuple[str, ...]

    def __str__(self) -> str:
        return "::".join(f"@{name}" if is_bare_identifier(name) else f"@{quote(name)}" for name in self.path)

    @property
    def root(self) -> str:
        """The outermost name."""
        return self.path[0]

    @property
    def leaf(self) -> str:
        """The innermost name."""
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class OpaqueAttr(Attribute):
    """An attribute of a dialect that is not registered: kept as its text, `#other.thing<...>`."""

    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class OpaqueType(TypeAttribute):
    """A type of a dialect that is not registered: kept as its text, `!other.thing<...>`."""

    text: str

    def __str__(self) -> str:
        return self.text


# ---- dialects' own -------------------------------------------------------------------------------


class DialectAttribute(Attribute):
    """Base of a dialect's attributes: `#<mnemonic><<body>>`, for example `#dist.split<...>`."""

    __slots__ = ()
    mnemonic: ClassVar[str]

    def body(self) -> str:
        """The text between the angle brackets; brackets in it must balance."""
        raise TypeError(f"{type(self).__name__} does not say what its text is")

    def __str__(self) -> str:
        return f"#{self.mnemonic}<{self.body()}>"


class DialectType(TypeAttribute):
    """Base of a dialect's types: `!<mnemonic><<body>>`, for example `!pe.dsd<f16>`."""

    __slots__ = ()
    mnemonic: ClassVar[str]
    parameters: ClassVar[tuple[str, ...] | None] = None
    """Names of the parts of the body, if it is a list of attributes that any tool can read."""

    def body(self) -> str:
        """The text between the angle brackets; brackets in it must balance."""
        raise TypeError(f"{type(self).__name__} does not say what its text is")

    def __str__(self) -> str:
        return f"!{self.mnemonic}<{self.body()}>"


BodyParser = Callable[[str], Attribute]
"""Parses the text between `<` and `>`. Raises `ValueError` with a reason when it does not make sense."""

DIALECT_ATTRIBUTES: dict[str, BodyParser] = {}
DIALECT_TYPES: dict[str, BodyParser] = {}


def register_dialect_attribute(mnemonic: str, parse: BodyParser) -> None:
    """Make the parser read `#mnemonic<...>` with `parse`."""
    DIALECT_ATTRIBUTES[mnemonic] = parse


def register_dialect_type(mnemonic: str, parse: BodyParser) -> None:
    """Make the parser read `!mnemonic<...>` with `parse`."""
    DIALECT_TYPES[mnemonic] = parse


# ---- everyday values -----------------------------------------------------------------------------

INDEX = IndexType()
I1 = IntegerType(1)
I32 = IntegerType(32)
I64 = IntegerType(64)
F16 = FloatType("f16")
F32 = FloatType("f32")
UNIT = UnitAttr()


def i64(value: int) -> IntegerAttr:
    """Return `value : i64`."""
    return IntegerAttr(value, I64)


def boolean(value: bool) -> IntegerAttr:
    """Return `true` or `false`."""
    return IntegerAttr(int(value), I1)


def f32(value: float) -> FloatAttr:
    """Return `value : f32`, rounded to single precision."""
    return FloatAttr(value, F32)


def string(value: str) -> StringAttr:
    """Return `"value"`."""
    return StringAttr(value)


def symbol(*path: str) -> SymbolRefAttr:
    """Return `@a::@b` for `symbol("a", "b")`."""
    return SymbolRefAttr(path)


def i64_array(values: tuple[int, ...] | list[int]) -> DenseArrayAttr:
    """Return `array<i64: ...>`."""
    return DenseArrayAttr(I64, tuple(values))
