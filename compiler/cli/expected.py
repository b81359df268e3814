"""`--verify-diagnostics`: comments that say which diagnostics an input must give, as MLIR's tools read them.

    // expected-error @+1 {{unknown pass}}

So, too, `expected-warning`, `expected-note` and `expected-remark`, one on a line. `@+1`, `@-2` are lines from
here, `@above` and `@below` the next line without such a comment, `@unknown` no place; without any it is the
comment's own line. In `expected-error-re {{...}}` the parts in double braces of their own are regular
expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...ir.diagnostics import Diagnostic, Diagnostics, Severity
from ...ir.location import UNKNOWN, FileLoc, Location, file_locations

_COMMENT = re.compile(
    r"expected-(error|warning|note|remark)(-re)?\s*(?:@([+-]\d+|above|below|unknown))?\s*\{\{(.*)\}\}\s*$"
)
_ATTEMPT = re.compile(r"expected-\w+(-re)?\s*(@|\{\{)")
"""What only a comment looks like that is meant to be one."""
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


def find_expected(text: str, filename: str = "<text>") -> list[Expected]:
    """Return what the comments in `text` ask for.

    Raises `DiagnosticError` for comments that look as if they asked for something and are wrong.
    """
    lines = text.split("\n")
    bare = [number for number, line in enumerate(lines, 1) if not _COMMENT.search(line)]
    diagnostics = Diagnostics()
    found: list[Expected] = []
    for number, line in enumerate(lines, 1):
        attempt = _ATTEMPT.search(line)
        if attempt is None:
            continue
        try:
            found.append(_expected(line, number, bare))
        except ValueError as error:
            place = FileLoc(filename, number, attempt.start() + 1)
            diagnostics.error(str(error), place, length=attempt.end() - attempt.start())
    diagnostics.raise_if_errors()
    return found


def _expected(line: str, number: int, bare: list[int]) -> Expected:
    """Return what the comment in line `number` asks for. Raises `ValueError` if it is wrong."""
    match = _COMMENT.search(line)
    if match is None:
        raise ValueError(
            "not a comment that expects a diagnostic: "
            "// expected-error|warning|note|remark[-re] [@+N|@-N|@above|@below|@unknown] {{text}}"
        )
    severity, is_pattern, where, wanted = match.groups()
    if _ATTEMPT.search(wanted):
        raise ValueError("each expected diagnostic needs a line of its own")
    pattern = _pattern(wanted) if is_pattern else re.compile(re.escape(wanted))
    return Expected(Severity(severity), pattern, wanted, _line(where, number, bare), number)


def _pattern(text: str) -> re.Pattern[str]:
    """Return the expression of an `-re` comment: parts in double braces are one, the rest is literal.

    Raises `ValueError` if it is none.
    """
    parts = _INNER.split(text)
    try:
        return re.compile("".join(part if index % 2 else re.escape(part) for index, part in enumerate(parts)))
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error


def _line(where: str | None, number: int, bare: list[int]) -> int:
    """Return the line that `where` means in line `number`. Raises `ValueError` if there is none."""
    if where is None:
        return number
    if where == "unknown":
        return 0
    if where == "above":
        line = max((line for line in bare if line < number), default=0)
    elif where == "below":
        line = min((line for line in bare if line > number), default=0)
    else:
        line = number + int(where)
    if line < 1:
        raise ValueError(f"there is no line @{where}")
    return line


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
