"""Parser of types and of what dialects put between `<` and `>`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from .attributes import (
    DIALECT_TYPES,
    DYNAMIC,
    F16,
    F32,
    I64,
    INDEX,
    Attribute,
    BodyParser,
    FloatType,
    FunctionType,
    IntegerType,
    NoneType,
    OpaqueType,
    TensorType,
    TypeAttribute,
)
from .diagnostics import did_you_mean
from .lexer import BARE_ID, STRING, Cursor

T = TypeVar("T")

_KEYWORD_TYPES: dict[str, TypeAttribute] = {
    "index": INDEX,
    "none": NoneType(),
    "f16": F16,
    "bf16": FloatType("bf16"),
    "f32": F32,
    "f64": FloatType("f64"),
}
_KEYWORDS = (*_KEYWORD_TYPES, "tensor", "array", "dense", "true", "false", "unit")
_MAX_INTEGER_WIDTH = (1 << 24) - 1
_MAX_EXTENT = (1 << 63) - 1  # an int64, as in MLIR

# A type that reads the same wherever it stands, so that its text can be looked up: no nested brackets.
_TYPE_TEXT = r"(?:![A-Za-z_][\w$.]*+(?:<[^<>\"-]*+>)?|tensor<[^<>\"-]*+>|[a-z]+[0-9]*+)(?![\w$.<])"
_TYPES_TEXT = rf"(?:{_TYPE_TEXT}(?:\s*+,\s*+{_TYPE_TEXT})*+)?+"
_SIMPLE_TYPE = re.compile(rf"\s*+({_TYPE_TEXT})", re.ASCII)
_SIMPLE_SIGNATURE = re.compile(
    rf"\s*+:\s*+(\(\s*+{_TYPES_TEXT}\s*+\)\s*+->\s*+(?:\(\s*+{_TYPES_TEXT}\s*+\)|{_TYPE_TEXT}))", re.ASCII
)
_INTEGER_TYPE = re.compile(r"i([1-9][0-9]*)", re.ASCII)
_DIMENSION = re.compile(r"\s*+(\?|[0-9]++)\s*+x", re.ASCII)
_DIALECT_NAME = re.compile(r"\s*+([#!])([A-Za-z_][\w$-]*+(?:\.[\w$.-]++)?+)", re.ASCII)
_BODY_TOKEN = re.compile(rf"[^<>()\[\]{{}}\"-]++|->|{STRING}|[-<>()\[\]{{}}\"]")
_CLOSING = {"<": ">", "(": ")", "[": "]", "{": "}"}
_CLOSERS = frozenset(_CLOSING.values())
_WORD = re.compile(rf"\s*+({BARE_ID})", re.ASCII)


class TypeParser(Cursor):
    """Parses types at the cursor."""

    def __init__(self, text: str, filename: str) -> None:
        super().__init__(text, filename)
        self.type_aliases: dict[str, TypeAttribute] = {}
        # By their text: most operations repeat a few types and signatures.
        self._types: dict[str, TypeAttribute] = {}
        self._signatures: dict[str, FunctionType] = {}
        self._bodies: dict[str, Attribute] = {}

    def parse_type(self) -> TypeAttribute:
        """Read a type."""
        match = _SIMPLE_TYPE.match(self.text, self.pos)
        if match is not None:
            known = self._types.get(match[1])
            if known is not None:
                self.pos = match.end()
                return known
        type = self._type()
        if match is not None and self.pos == match.end():
            self._types[match[1]] = type
        return type

    def parse_signature(self) -> FunctionType:
        """Read `: (inputs) -> results` behind an operation."""
        match = _SIMPLE_SIGNATURE.match(self.text, self.pos)
        if match is not None:
            signature = self._signatures.get(match[1])
            if signature is not None:
                self.pos = match.end()
                return signature
        self.expect(":", "and the operation's type")
        signature = self._function_type()
        if match is not None and self.pos == match.end():
            self._signatures[match[1]] = signature
        return signature

    def _function_type(self) -> FunctionType:
        self.enter()
        self.expect("(")
        inputs = tuple(self.comma_separated(self.parse_type, ")"))
        self.expect("->")
        if self.accept("("):
            results = tuple(self.comma_separated(self.parse_type, ")"))
        else:
            results = (self.parse_type(),)
        self.leave()
        return FunctionType(inputs, results)

    def _type(self) -> TypeAttribute:
        character = self.peek()
        if character == "(":
            return self._function_type()
        if character == "!":
            return self._dialect_type()
        start = self.pos
        match = self.take(_WORD)
        if match is None:
            raise self.expected("a type")
        word = match[1]
        if word in _KEYWORD_TYPES:
            return _KEYWORD_TYPES[word]
        if word == "tensor":
            return self._tensor_type(start)
        width = _INTEGER_TYPE.fullmatch(word)
        if width is not None:
            return self._integer_type(width[1], start)
        raise self.error(
            f"unknown type or attribute '{word}'{did_you_mean(word, _KEYWORDS)}", start, self.pos
        )

    def _integer_type(self, digits: str, start: int) -> IntegerType:
        if digits == "64":
            return I64
        width = self.integer(digits, start)
        if width > _MAX_INTEGER_WIDTH:
            raise self.error(
                f"an integer has at most {_MAX_INTEGER_WIDTH} bits", start, start + len(digits) + 1
            )
        return IntegerType(width)

    def _tensor_type(self, start: int) -> TensorType:
        """Read `<2x?xf32>` behind the word at `start`."""
        self.enter()
        self.expect("<")
        shape: list[int] = []
        while (match := self.take(_DIMENSION)) is not None:
            shape.append(DYNAMIC if match[1] == "?" else self._extent(match[1], match.start(1)))
        element = self.parse_type()
        if not self.accept(">"):
            if self.peek() == ",":
                raise self.error("tensors with an encoding are not supported", start)
            raise self.expected("'>'")
        self.leave()
        return TensorType(tuple(shape), element)

    def _extent(self, digits: str, start: int) -> int:
        extent = self.integer(digits, start)
        if extent > _MAX_EXTENT:
            raise self.error(f"an extent is at most {_MAX_EXTENT}", start, start + len(digits))
        return extent

    def tensor_type(self) -> TensorType:
        """Read a type that must be a tensor's."""
        self.skip()
        start = self.pos
        type = self.parse_type()
        if not isinstance(type, TensorType):
            raise self.error(f"expected a tensor type, found {type}", start, self.pos)
        return type

    def _dialect_type(self) -> TypeAttribute:
        name = self.dialect_name("!", "a type's name '!...'")
        if self.text.startswith("<", self.pos) or "." in name:
            type = self.dialect_body("!", name, DIALECT_TYPES, OpaqueType)
            if not isinstance(type, TypeAttribute):
                raise self.error(f"'!{name}' is not a type")
            return type
        alias = self.type_aliases.get(name)
        if alias is None:
            hint = did_you_mean(name, self.type_aliases)
            raise self.error(f"unknown type alias '!{name}'{hint}", self.pos - len(name) - 1, self.pos)
        return alias

    def dialect_name(self, sigil: str, what: str) -> str:
        """Read `#name` or `!name` and return the name; `what` is for the message when there is none."""
        match = self.take(_DIALECT_NAME)
        if match is None or match[1] != sigil:
            raise self.expected(what)
        return match[2]

    def dialect_body(
        self, sigil: str, name: str, parsers: dict[str, BodyParser], opaque: Callable[[str], Attribute]
    ) -> Attribute:
        """Read `<...>`, if there is one, behind `#name` or `!name`."""
        start = self.pos - len(name) - 1
        body = self.balanced_body() if self.text.startswith("<", self.pos) else None
        text = self.text[start : self.pos]
        known = self._bodies.get(text)
        if known is None:
            parse = parsers.get(name)
            if parse is None:
                known = opaque(text)
            else:
                try:
                    known = parse(body or "")
                except ValueError as error:
                    raise self.error(f"in '{sigil}{name}': {error}", start, self.pos) from None
            self._bodies[text] = known
        return known

    def balanced_body(self) -> str:
        """Take `<...>` with balanced brackets and return what is between."""
        self.skip()
        opening = self.pos
        if not self.text.startswith("<", opening):
            raise self.expected("'<'")
        wanted: list[str] = []
        while True:
            match = self.take(_BODY_TOKEN)
            token = match.group() if match else ""
            if token in _CLOSING:
                wanted.append(_CLOSING[token])
            elif wanted and token == wanted[-1]:
                wanted.pop()
                if not wanted:
                    return self.text[opening + 1 : self.pos - 1]
            elif token in _CLOSERS:
                raise self.error(f"expected '{wanted[-1]}', found '{token}'", self.pos - 1, self.pos)
            elif token == '"':
                raise self.error("the string has no end on its line", self.pos - 1, self.pos)
            elif not token:
                raise self.error("the bracket '<' is never closed", opening, opening + 1)

    def comma_separated(self, parse: Callable[[], T], end: str) -> Iterator[T]:
        """Read with `parse` until `end`, which is taken too."""
        if self.accept(end):
            return
        while True:
            yield parse()
            if not self.accept(","):
                self.expect(end, "or ','")
                return
