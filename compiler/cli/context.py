"""What every subcommand is given: its terminal, its input texts, and the recorder for internal errors."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .plugins import Plugins
from .reproducer import Recorder
from .sources import Sources
from .terminal import Terminal

if TYPE_CHECKING:
    from ...ir.diagnostics import Diagnostic


@dataclass(slots=True)
class Context:
    """The surroundings of one command. It shows at most `max_errors` errors, all if that is 0."""

    terminal: Terminal
    recorder: Recorder
    sources: Sources = field(default_factory=Sources)
    plugins: Plugins = field(default_factory=Plugins)
    max_errors: int = 0
    _errors: int = 0

    def show_diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show diagnostics with the source lines they point at, up to the last error that may be shown."""
        from ...ir.diagnostics import Severity

        shown: list[Diagnostic] = []
        for diagnostic in diagnostics:
            self._errors += diagnostic.severity is Severity.ERROR
            if not self.max_errors or self._errors <= self.max_errors:
                shown.append(diagnostic)
        self.terminal.diagnostics(self.sources.translate(shown), self.sources.texts)

    def tell_hidden_errors(self) -> None:
        """Say once, behind the last one shown, how many errors were not."""
        hidden, self._errors = self._errors - self.max_errors, 0
        if self.max_errors and hidden > 0:
            errors = "1 more error" if hidden == 1 else f"{hidden} more errors"
            print(f"\n... and {errors}; --max-errors 0 shows all", file=sys.stderr, flush=True)

    def announce_engine(self) -> None:
        """Say why the first run on a machine takes a while."""
        self.terminal.show("compiling the engine with Numba: this happens once, later runs find it on disk")

    def show_failure(self, what: str) -> None:
        """Show at which operation a pass raised something, if a pass did: `what` says what."""
        failure = self.recorder.failure
        if failure is None:
            return
        from ...ir.diagnostics import Diagnostic, Severity
        from ...ir.location import UNKNOWN

        op = failure.operation
        message = f"pass '{failure.name}' raised {what}"
        notes = () if op is None else (f"it was working on '{op.name}'",)
        location = UNKNOWN if op is None else op.location
        self.show_diagnostics([Diagnostic(Severity.ERROR, message, location, notes)])

    def culprit(self) -> str:
        """Return in what an internal error is a mistake: wsc, or a pass that is a plug-in's."""
        failure = self.recorder.failure
        path = None if failure is None else self.plugins.path_of(failure.name)
        return "in wsc" if failure is None or path is None else f"in pass '{failure.name}' of {path}"
