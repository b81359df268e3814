"""Exit statuses of `wsc`, and the errors that lead to them besides diagnostics of the input."""

from __future__ import annotations

from enum import IntEnum


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
