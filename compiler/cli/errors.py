"""Exit statuses of `wsc`, and the errors that lead to them besides diagnostics of the input."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ...ir.diagnostics import Diagnostic


class ExitStatus(IntEnum):
    """What the command tells the shell."""

    DONE = 0
    WRONG_INPUT = 1
    WRONG_COMMAND = 2
    INTERNAL_ERROR = 3
    RAN_WRONG = 4
    INTERRUPTED = 130
    """128 + SIGINT, as shells have it."""
    CLOSED_PIPE = 141
    """128 + SIGPIPE, as shells have it."""


class UsageError(Exception):
    """The command line is wrong; the message says how, the notes what would be right."""

    def __init__(self, message: str, *notes: str) -> None:
        self.message = message
        self.notes = notes
        super().__init__(message)


class WrongTextError(Exception):
    """A text on the command line is wrong, or a file that belongs to it; diagnostics say where in it."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        super().__init__(self.diagnostics)


class RanWrongError(Exception):
    """The program was compiled and loaded, but what it did is wrong."""

    def __init__(self, message: str, *notes: str) -> None:
        self.message = message
        self.notes = notes
        super().__init__(message)


class FileError(Exception):
    """A file that the command line names cannot be read or written, or does not hold what it should."""

    def __init__(self, path: str, message: str, *notes: str) -> None:
        self.message = f"{path}: {message}"
        self.notes = notes
        super().__init__(self.message)


@contextmanager
def command_text() -> Generator[None]:
    """Within, diagnostics are about a text of the command line. Raises `WrongTextError` with them."""
    from ...ir.diagnostics import DiagnosticError

    try:
        yield
    except DiagnosticError as error:
        raise WrongTextError(error.diagnostics) from error


@contextmanager
def command_line() -> Generator[None]:
    """Within, wrong input is a wrong command line: it came from there. Raises `UsageError` instead."""
    from ...ir.diagnostics import DiagnosticError

    try:
        yield
    except DiagnosticError as error:
        first, *others = error.diagnostics
        notes = [note if isinstance(note, str) else note.message for note in first.notes]
        raise UsageError(first.message, *notes, *(other.message for other in others)) from error
