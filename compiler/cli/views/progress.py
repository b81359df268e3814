"""Passes ticking by: a line each with its time and what it left, and a spinner on terminals."""

from __future__ import annotations

from time import perf_counter
from types import TracebackType
from typing import TYPE_CHECKING

from ..terminal import Terminal

if TYPE_CHECKING:
    from rich.status import Status

    from ....ir.operation import Operation
    from ....passes.base import Pass


class PassProgress:
    """Watches a pass manager (`Instrumentation`); use it as a context manager around the compilation."""

    wants_changes = False

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._start = perf_counter()
        self._begun = False
        self._status: Status | None = None

    def __enter__(self) -> PassProgress:
        if self._terminal.fancy:
            self._status = self._terminal.console.status("front end")
            self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._status is not None:
            self._status.stop()

    def before(self, pass_: Pass, module: Operation) -> None:
        """Start the pass's clock; the first pass ends the front end's."""
        if not self._begun:
            self._begun = True
            self._line("front end", module)
        if self._status is not None:
            self._status.update(pass_.name)
        self._start = perf_counter()

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Show the pass's line."""
        self._line(pass_.name, module)

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """What is wrong is shown by whoever catches `error`."""

    def _line(self, name: str, module: Operation) -> None:
        if self._terminal.quiet:
            return
        seconds = perf_counter() - self._start
        operations = sum(1 for _ in module.walk())
        tail = f"{seconds:8.3f} s {operations:10,} operations"
        if self._terminal.fancy:
            from rich.text import Text

            self._terminal.console.print(Text.assemble("  ", (f"{name:<20}", "cyan"), tail))
        else:
            self._terminal.announce(f"  {name:<20}{tail}")
