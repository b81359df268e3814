"""`--verify-diagnostics`: comments that say which diagnostics an input must give, as MLIR's tools read them.

    // expected-error @+1 {{unknown pass}}

`@+1`, `@-2` are lines from here, `@above` and `@below` the next line without such a comment, `@unknown`
no place; without any it is the comment's own line. In `expected-error-re {{...}}` the parts in double
braces of their own are regular expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...ir.diagnostics import Diagnostic, Severity
from ...ir.location import UNKNOWN, FileLoc, Location, file_locations

_COMMENT = re.compile(
    r"expected-(error|warning|note)(-re)?\s*(?:@([+-]\d+|above|below|unknown))?\s*\{\{(.*?)\}\}\s*$"
)
_INNER = re.compile(r"\{\{(.*?)\}\}")


@dataclass(frozen=True, slots=True)
class Expected:
    """One comment: what must be said of which line (0: no place); `written` is the comment's own line."""

    severity: Severity
    pattern: re.Pattern[str]
    text: str
    line: int
    written: int


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that was said. A note without a place of its own may go without a comment."""

    severity: Severity
    text: str
    line: int
    location: Location
    optional: bool


def find_expected(text: str) -> list[Expected]:
    """Return what the comments in `text` ask for."""
    lines = text.split("\n")
    bare = [number for number, line in enumerate(lines, 1) if not _COMMENT.search(line)]
    found: list[Expected] = []
    for number, line in enumerate(lines, 1):
        match = _COMMENT.search(line)
        if match is None:
            continue
        severity, is_pattern, where, wanted = match.groups()
        pattern = _pattern(wanted) if is_pattern else re.compile(re.escape(wanted))
        found.append(Expected(Severity(severity), pattern, wanted, _line(where, number, bare), number))
    return found


def _pattern(text: str) -> re.Pattern[str]:
    """Return the expression of an `-re` comment: parts in double braces are one, the rest is literal."""
    parts = _INNER.split(text)
    return re.compile("".join(part if index % 2 else re.escape(part) for index, part in enumerate(parts)))


def _line(where: str | None, number: int, bare: list[int]) -> int:
    if where is None:
        return number
    if where == "unknown":
        return 0
    if where == "above":
        return max((line for line in bare if line < number), default=0)
    if where == "below":
        return min((line for line in bare if line > number), default=0)
    return number + int(where)


def _given(diagnostics: Iterable[Diagnostic]) -> Iterator[Given]:
    for diagnostic in diagnostics:
        places = file_locations(diagnostic.location)
        line = places[0].line if places else 0
        text = f"{diagnostic.message}: {diagnostic.label}" if diagnostic.label else diagnostic.message
        yield Given(diagnostic.severity, text, line, diagnostic.location, optional=False)
        for note in diagnostic.notes:
            if isinstance(note, str):
                yield Given(Severity.NOTE, note, line, diagnostic.location, optional=True)
            else:
                yield from _given([note])


def compare(expected: list[Expected], given: Iterable[Diagnostic], filename: str) -> list[Diagnostic]:
    """Return one error for each diagnostic that no comment expects, and for each comment without one."""
    left = list(expected)
    problems: list[Diagnostic] = []
    for found in _given(given):
        match = next(
            (
                want
                for want in left
                if want.severity is found.severity
                and want.line == found.line
                and want.pattern.search(found.text)
            ),
            None,
        )
        if match is not None:
            left.remove(match)
        elif not found.optional:
            message = f"unexpected {found.severity.value}: {found.text}"
            problems.append(Diagnostic(Severity.ERROR, message, found.location))
    for want in left:
        where = f"line {want.line}" if want.line else "no place"
        message = f"expected {want.severity.value} was not given for {where}: {want.text}"
        place = FileLoc(filename, want.written, 1) if want.written else UNKNOWN
        problems.append(Diagnostic(Severity.ERROR, message, place))
    return problems
