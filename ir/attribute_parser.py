"""Parser of attributes, as they stand in an operation's dictionary."""

from __future__ import annotations

import re
from collections.abc import Callable

from .attributes import (
    DIALECT_ATTRIBUTES,
    I1,
    I64,
    UNIT,
    ArrayAttr,
    Attribute,
    DenseArrayAttr,
    DictAttr,
    FloatAttr,
    FloatType,
    IndexType,
    IntegerAttr,
    IntegerType,
    OpaqueAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttribute,
    boolean,
    float_from_bits,
)
from .dense_parser import parse_dense_elements
from .diagnostics import did_you_mean
from .lexer import BARE_ID, STRING
from .location_parser import LocationParser

FLOAT_WIDTHS = {"f16": 16, "bf16": 16, "f32": 32, "f64": 64}
_KEY = re.compile(rf"\s*+(?:({BARE_ID})|({STRING}))\s*+(=)?+", re.ASCII)
_NUMBER = re.compile(
    r"\s*+(-?(?:0x[0-9A-Fa-f]++|[0-9]++(?:\.[0-9]*+(?:[eE][-+]?[0-9]++)?+)?+))(?![\w.])", re.ASCII
)
# The most frequent attribute; numbers of up to 18 digits need no further check.
_I64_ARRAY = re.compile(
    r"\s*+array\s*+<\s*+i64\s*+:\s*+(-?[0-9]{1,18}+(?:\s*+,\s*+-?[0-9]{1,18}+)*+)\s*+>", re.ASCII
)
_SYMBOL = re.compile(rf"\s*+@(?:([\w$.-]++)|({STRING}))", re.ASCII)
_WORD = re.compile(rf"\s*+({BARE_ID})", re.ASCII)


class AttributeParser(LocationParser):
    """Parses attributes at the cursor."""

    def __init__(self, text: str, filename: str) -> None:
        super().__init__(text, filename)
        self.attribute_aliases: dict[str, Attribute] = {}
        self._by_character: dict[str, Callable[[], Attribute]] = {
            '"': lambda: StringAttr(self.string()),
            "@": self.parse_symbol,
            "#": self._dialect_attribute,
            "!": self.parse_type,
            "[": self._array,
            "{": lambda: DictAttr.of(self.parse_dictionary()),
            "(": self.parse_type,
            **dict.fromkeys("-0123456789", self._number),
        }

    def parse_attribute(self) -> Attribute:
        """Read an attribute; a type is one too."""
        parse = self._by_character.get(self.peek())
        if parse is not None:
            return parse()
        match = self.take(_I64_ARRAY)
        if match is not None:
            return DenseArrayAttr(I64, tuple(map(int, match[1].split(","))))
        word = self.peek_word()
        if word == "array":
            return self._dense_array()
        if word == "dense":
            return parse_dense_elements(self)
        if word == "dense_resource":
            return self._resource()
        if word in ("true", "false", "unit"):
            self.accept_word(word)
            return UNIT if word == "unit" else boolean(word == "true")
        if not word:
            raise self.expected("an attribute")
        return self.parse_type()

    def parse_dictionary(self) -> dict[str, Attribute]:
        """Read `{key = value, unit_key}`."""
        self.expect("{")
        entries: dict[str, Attribute] = {}
        self.enter()
        self.parse_entries(entries, "}")
        self.leave()
        return entries

    def parse_entries(self, entries: dict[str, Attribute], end: str) -> None:
        """Read `key = value, unit_key` and `end` into `entries`, which must not have the keys yet."""
        while True:
            match = self.take(_KEY)
            if match is None:
                if not entries and self.accept(end):
                    return
                raise self.expected(f"an attribute's name or '{end}'")
            key, literal, equals = match.groups()
            if key is None:
                key = self.unescape(literal, match.start(2))
            if key in entries:
                place = match.start(1 if literal is None else 2)
                raise self.error(f"attribute '{key}' is given twice", place)
            entries[key] = self.parse_attribute() if equals else UNIT
            following = self.peek()
            if following == end:
                self.pos += 1
                return
            if following != ",":
                raise self.expected(f"'{end}' or ','")
            self.pos += 1

    def _number(self) -> Attribute:
        match = self.take(_NUMBER)
        if match is None:
            raise self.expected("a number")
        literal, start = match[1], match.start(1)
        type: TypeAttribute = FloatType("f64") if "." in literal else I64
        if self.accept(":"):
            type = self.parse_type()
        if isinstance(type, FloatType):
            return FloatAttr(self.float_value(literal, start, type), type)
        if not isinstance(type, IntegerType | IndexType):
            raise self.error(f"a number cannot be of type {type}", start, match.end())
        return IntegerAttr(self.integer_value(literal, start, type), type)

    def number_value(self, literal: str, start: int, type: TypeAttribute) -> int | float:
        """Return the value of a number or truth value that stands at `start`, as an element of `type`."""
        if literal in ("true", "false") and type == I1:
            return int(literal == "true")
        if _NUMBER.fullmatch(literal) is None:
            wanted = "true or false" if type == I1 else "a number"
            raise self.error(f"expected {wanted}, found '{literal[:40]}'", start, start + len(literal))
        if isinstance(type, FloatType):
            return self.float_value(literal, start, type)
        return self.integer_value(literal, start, type)

    def integer_value(self, literal: str, start: int, type: TypeAttribute) -> int:
        """Return the value of an integer literal at `start`, which must fit `type`."""
        if "." in literal:
            raise self.error(f"'{literal[:40]}' is not of type {type}", start, start + len(literal))
        value = self.integer(literal, start)
        width = type.width if isinstance(type, IntegerType) else 64
        if not -(1 << (width - 1)) <= value < 1 << width:
            raise self.error(f"{literal[:40]} does not fit {type}", start, start + len(literal))
        return value

    def float_value(self, literal: str, start: int, type: FloatType) -> float:
        """Return the value of a decimal, or of bits in hex, at `start`."""
        end = start + len(literal)
        if "x" in literal:
            bits = self.integer(literal, start)
            if not 0 <= bits < 1 << FLOAT_WIDTHS[type.name]:
                raise self.error(f"{literal[:40]} is not the bits of an {type}", start, end)
            return float_from_bits(bits, type)
        if "." not in literal:
            raise self.error(f"a float is written with a point: {literal[:40]}.0", start, end)
        return float(literal)

    def _array(self) -> Attribute:
        self.expect("[")
        self.enter()
        values = tuple(self.comma_separated(self.parse_attribute, "]"))
        self.leave()
        return ArrayAttr(values)

    def _dense_array(self) -> Attribute:
        self.accept_word("array")
        self.expect("<")
        self.skip()
        start = self.pos
        element = self.parse_type()
        if not isinstance(element, IntegerType | FloatType):
            raise self.error(f"an array has elements of an integer or float type, not {element}", start)
        if self.accept(">"):
            return DenseArrayAttr(element, ())
        self.expect(":", "or '>'")
        return DenseArrayAttr(element, tuple(self.comma_separated(lambda: self._element(element), ">")))

    def _element(self, type: TypeAttribute) -> int | float:
        match = self.take(_NUMBER) or self.take(_WORD)
        if match is None:
            raise self.expected("a number")
        return self.number_value(match[1], match.start(1), type)

    def _resource(self) -> Attribute:
        """Read `dense_resource<name> : type`, which is kept as text: its elements are not there."""
        self.skip()
        start = self.pos
        self.accept_word("dense_resource")
        self.balanced_body()
        self.expect(":")
        self.tensor_type()
        return OpaqueAttr(self.text[start : self.pos])

    def parse_symbol(self) -> SymbolRefAttr:
        """Read `@name` or `@outer::@inner`."""
        path: list[str] = []
        while True:
            match = self.take(_SYMBOL)
            if match is None:
                raise self.expected("a symbol name '@...'")
            path.append(match[1] or self.unescape(match[2], match.start(2)))
            if not self.accept("::"):
                return SymbolRefAttr(tuple(path))

    def _dialect_attribute(self) -> Attribute:
        name = self.dialect_name("#", "an attribute's name '#...'")
        if self.text.startswith("<", self.pos) or "." in name:
            return self.dialect_body("#", name, DIALECT_ATTRIBUTES, OpaqueAttr)
        alias = self.attribute_aliases.get(name)
        if alias is None:
            hint = did_you_mean(name, self.attribute_aliases)
            raise self.error(f"unknown attribute alias '#{name}'{hint}", self.pos - len(name) - 1, self.pos)
        return alias
