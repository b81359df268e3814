"""Lexer: a cursor over MLIR text that takes tokens by regular expression and reports errors with a caret.

Comments are blanked out first, so that every pattern only has to skip white space and positions stay true.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from .diagnostics import Diagnostic, DiagnosticError, Severity
from .location import FileLoc

MAX_NESTING = 128
"""Regions, attributes and types nested deeper than this are refused: every level costs Python stack."""
_MAX_DIGITS = 4000
"""Python converts no longer decimal numbers (4300 digits at most)."""

STRING = r'"(?:[^"\\\n]|\\.)*+"'
BARE_ID = r"[A-Za-z_][A-Za-z0-9_$.]*+"

_SPACE = re.compile(r"\s*+", re.ASCII)
_TOKEN = re.compile(rf"{STRING}|[%@#!^]?[\w$.]+|->|::|\S", re.ASCII)
_COMMENT_OR_STRING = re.compile(rf"{STRING}|//[^\n]*+")
_STRING = re.compile(rf"\s*+({STRING})", re.ASCII)
_BARE_ID = re.compile(rf"\s*+({BARE_ID})", re.ASCII)
_ESCAPE = re.compile(r"\\([0-9A-Fa-f]{2}|.)")
_SIMPLE_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def _blank(match: re.Match[str]) -> str:
    text = match.group()
    return text if text[0] == '"' else " " * len(text)


class Cursor:
    """A position in a text, with what parsers ask of it. All errors are `DiagnosticError`."""

    def __init__(self, text: str, filename: str) -> None:
        self.text = _COMMENT_OR_STRING.sub(_blank, text) if "//" in text else text
        self.filename = filename
        self.pos: int = 0
        self.depth = 0
        # Where `location` was asked for last; operations ask in order, so only what lies between is searched.
        self._line, self._line_start, self._asked = 1, 0, 0
        self._line_starts: list[int] | None = None

    # ---- places

    def location(self, pos: int) -> FileLoc:
        """Return line and column of position `pos`."""
        if pos < self._asked:
            return self._location_anywhere(pos)
        newlines = self.text.count("\n", self._asked, pos)
        if newlines:
            self._line += newlines
            self._line_start = self.text.rfind("\n", self._asked, pos) + 1
        self._asked = pos
        return FileLoc(self.filename, self._line, pos - self._line_start + 1)

    def _location_anywhere(self, pos: int) -> FileLoc:
        if self._line_starts is None:
            self._line_starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        line = bisect_right(self._line_starts, pos)
        return FileLoc(self.filename, line, pos - self._line_starts[line - 1] + 1)

    def error(
        self, message: str, start: int | None = None, end: int | None = None, *notes: str | Diagnostic
    ) -> DiagnosticError:
        """Return the error to raise: `message` at `start` (or here), carets up to `end` or the token."""
        if start is None:
            self.skip()
            start = self.pos
        if end is None:
            token = _TOKEN.match(self.text, start)
            end = token.end() if token else start + 1
        place = self._location_anywhere(start)
        return DiagnosticError([Diagnostic(Severity.ERROR, message, place, notes, max(1, end - start))])

    def expected(self, what: str) -> DiagnosticError:
        """Return the error that says what should stand here and what does."""
        self.skip()
        token = _TOKEN.match(self.text, self.pos)
        found = f"found '{token.group()[:40]}'" if token else "found the end of the text"
        return self.error(f"expected {what}, {found}")

    # ---- tokens

    def skip(self) -> None:
        """Go over white space."""
        space = _SPACE.match(self.text, self.pos)
        assert space is not None  # the pattern matches nothing as well
        self.pos = space.end()

    def peek(self) -> str:
        """Go over white space and return the character there, or nothing at the end of the text."""
        text, pos = self.text, self.pos
        character = text[pos : pos + 1]
        if character == " ":  # mostly a single one
            self.pos = pos = pos + 1
            character = text[pos : pos + 1]
        if character > " ":
            return character
        self.skip()
        return text[self.pos : self.pos + 1]

    def at_end(self) -> bool:
        """Whether only white space is left."""
        return not self.peek()

    def accept(self, literal: str) -> bool:
        """Take `literal` (punctuation) if it comes next."""
        self.peek()
        if self.text.startswith(literal, self.pos):
            self.pos += len(literal)
            return True
        return False

    def expect(self, literal: str, context: str = "") -> None:
        """Take `literal`, which must come next; `context` tells where, for the message (`in a label`)."""
        if not self.accept(literal):
            raise self.expected(f"'{literal}'{' ' + context if context else ''}")

    def take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Take what `pattern` (which skips white space itself) matches here, if it does."""
        match = pattern.match(self.text, self.pos)
        if match is not None:
            self.pos = match.end()
        return match

    def accept_word(self, word: str) -> bool:
        """Take the bare identifier `word` if it comes next."""
        match = _BARE_ID.match(self.text, self.pos)
        if match is None or match[1] != word:
            return False
        self.pos = match.end()
        return True

    def peek_word(self) -> str:
        """Return the bare identifier that comes next, or nothing."""
        match = _BARE_ID.match(self.text, self.pos)
        return match[1] if match else ""

    def string(self, what: str = "a string") -> str:
        """Take a string literal and return its value."""
        match = self.take(_STRING)
        if match is None:
            if self.peek() == '"':
                raise self.error("the string has no end on its line")
            raise self.expected(what)
        return self.unescape(match[1], match.start(1))

    def unescape(self, literal: str, start: int) -> str:
        """Return the value of the string `literal` that stands at `start`."""
        if "\\" not in literal:
            return literal[1:-1]
        raw = bytearray()
        done = 1
        for match in _ESCAPE.finditer(literal, 1, len(literal) - 1):
            raw += literal[done : match.start()].encode("utf-8", "surrogatepass")
            code = match[1]
            if len(code) == 2:
                raw.append(int(code, 16))
            elif code in _SIMPLE_ESCAPES:
                raw += _SIMPLE_ESCAPES[code].encode()
            else:
                place = start + match.start()
                raise self.error(f"unknown escape '\\{code}' in a string", place, place + 2)
            done = match.end()
        raw += literal[done:-1].encode("utf-8", "surrogatepass")
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            raise self.error("the string is not valid UTF-8", start, start + len(literal)) from None

    def integer(self, digits: str, start: int) -> int:
        """Return the value of a decimal or `0x` literal that stands at `start`."""
        if len(digits) > _MAX_DIGITS:
            raise self.error("the number is too long", start, start + len(digits))
        return int(digits, 16 if "x" in digits else 10)

    # ---- nesting

    def enter(self) -> None:
        """Go one level deeper. Raises `DiagnosticError` when that is too deep."""
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise self.error(f"nested too deeply (more than {MAX_NESTING} levels)")

    def leave(self) -> None:
        """Come back from one level."""
        self.depth -= 1
