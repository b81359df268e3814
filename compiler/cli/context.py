"""What every subcommand is given: its terminal, its input texts, and the recorder for internal errors."""

from __future__ import annotations

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
    """The surroundings of one command."""

    terminal: Terminal
    recorder: Recorder
    sources: Sources = field(default_factory=Sources)
    plugins: Plugins = field(default_factory=Plugins)

    def show_diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Show diagnostics with the source lines they point at."""
        self.terminal.diagnostics(self.sources.translate(diagnostics), self.sources.texts)
