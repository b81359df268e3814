"""Collects what is found wrong with one file."""

from __future__ import annotations

from ...ir.diagnostics import Diagnostic, Diagnostics, Severity
from ...ir.location import FileLoc, file_locations, fuse_locations
from .ast import Span


class Report:
    """The diagnostics of one file, in the order of the text whatever the order of the checks."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self._found = Diagnostics()
        self._unknown: dict[tuple[str, ...], list[Span]] = {}

    def location(self, span: Span) -> FileLoc:
        """Return where `span` begins."""
        return FileLoc(self.filename, span.line, span.column)

    def note(self, span: Span, message: str) -> Diagnostic:
        """Return a note that points at `span`, to be added to an error."""
        return Diagnostic(Severity.NOTE, message, self.location(span), length=span.length)

    def error(self, span: Span, message: str, *notes: str | Diagnostic, label: str = "") -> None:
        """Report an error at `span`; `label` is shown behind the carets."""
        self._found.error(message, self.location(span), *notes, length=span.length, label=label)

    def unknown(self, span: Span, message: str, *notes: str) -> None:
        """Report a name that does not exist; all its uses become one error with many places."""
        self._unknown.setdefault((message, *notes), []).append(span)

    def warning(self, span: Span, message: str, *notes: str | Diagnostic) -> None:
        """Report at `span` what does not stop the compilation."""
        self._found.warning(message, self.location(span), *notes, length=span.length)

    def add(self, diagnostic: Diagnostic) -> None:
        """Report a finished diagnostic."""
        self._found.add(diagnostic)

    @property
    def has_errors(self) -> bool:
        """Whether an error was reported."""
        return bool(self._unknown) or self._found.has_errors

    def diagnostics(self) -> list[Diagnostic]:
        """Return all diagnostics; those without a place come first, then by line and column."""
        found = [*self._found.entries, *map(self._unknown_name, self._unknown.items())]
        return sorted(found, key=_place)

    def _unknown_name(self, item: tuple[tuple[str, ...], list[Span]]) -> Diagnostic:
        (message, *notes), spans = item
        spans = sorted(spans, key=lambda span: (span.line, span.column))
        location = fuse_locations(*map(self.location, spans))
        return Diagnostic(Severity.ERROR, message, location, tuple(notes), spans[0].length)


def _place(diagnostic: Diagnostic) -> tuple[int, int]:
    places = file_locations(diagnostic.location)
    return (places[0].line, places[0].column) if places else (0, 0)
