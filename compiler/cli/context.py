"""What every subcommand is given: its terminal, its input texts, and the recorder for internal errors."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .errors import UsageError
from .reproducer import Recorder
from .sources import Sources
from .terminal import Terminal

if TYPE_CHECKING:
    from ...ir.diagnostics import Diagnostic


@dataclass(slots=True)
class Context:
    """The surroundings of one command."""

    terminal: Terminal
    recorder: Recorder
    sources: Sources = field(default_factory=Sources)

    def show_diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show diagnostics with the source lines they point at."""
        self.terminal.diagnostics(self.sources.translate(diagnostics), self.sources.texts)


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
