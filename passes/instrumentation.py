"""Dumps of the module between passes: to a text stream, or to a folder with one file per pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TextIO

from ..ir.diagnostics import error_at
from ..ir.location import UNKNOWN
from ..ir.operation import Operation
from ..ir.printer import print_operation
from .base import Pass
from .manager import Instrumentation

Render = Callable[[Operation], str]
"""Makes the text of a module, without a final newline."""


def dump_header(pass_: Pass, *, failed: bool = False) -> str:
    """Return the line above a dump, `// -----// IR Dump After Fuse (fuse) //----- //`."""
    outcome = " Failed" if failed else ""
    return f"// -----// IR Dump After {type(pass_).__name__}{outcome} ({pass_.name}) //----- //"


class StreamDump(Instrumentation):
    """Writes the module to `stream` after passes, each dump below a line that names the pass.

    After the passes named in `after` (None: after all), or of these only after those that changed it.
    A pass that fails is always shown if it is one of them.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        after: Collection[str] | None = None,
        only_changes: bool = False,
        render: Render = print_operation,
    ) -> None:
        self._stream = stream
        self._after = after
        self._only_changes = only_changes
        self._render = render

    @property
    def wants_changes(self) -> bool:
        """Whether only changes are shown."""
        return self._only_changes

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Show the module."""
        if changed or not self._only_changes:
            self._write(pass_, module, failed=False)

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Show the module as the pass left it."""
        self._write(pass_, module, failed=True)

    def _write(self, pass_: Pass, module: Operation, *, failed: bool) -> None:
        if self._after is None or pass_.name in self._after:
            print(dump_header(pass_, failed=failed), self._render(module), sep="\n", file=self._stream)


_DUMP_NAME = re.compile(r"\d{2,}_[a-z][a-z0-9-]*(\.failed)?\.mlir")


class DirectoryDump(Instrumentation):
    """Writes files `00_input.mlir`, `01_specialize.mlir`, ... to a folder, one for each pass.

    The folder is made if it is not there; dumps of an earlier compilation are deleted from it. The module
    that a failing pass left is in `<number>_<pass>.failed.mlir`. Raises `DiagnosticError` if the folder
    cannot be written.
    """

    def __init__(self, directory: Path, *, render: Render = print_operation) -> None:
        self._directory = directory
        self._render = render
        self._written = 0
        try:
            directory.mkdir(parents=True, exist_ok=True)
            for path in directory.iterdir():
                if _DUMP_NAME.fullmatch(path.name):
                    path.unlink()
        except OSError as error:
            raise error_at(f"cannot write dumps to '{directory}': {error.strerror}", UNKNOWN) from error

    @property
    def wants_changes(self) -> bool:
        """Every pass gets its file."""
        return False

    def before(self, pass_: Pass, module: Operation) -> None:
        """Write the input before the first pass."""
        if self._written == 0:
            self._write("input", module)

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Write what the pass made."""
        self._write(pass_.name, module)

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Write the module as the pass left it."""
        self._write(f"{pass_.name}.failed", module)

    def _write(self, name: str, module: Operation) -> None:
        path = self._directory / f"{self._written:02}_{name}.mlir"
        try:
            path.write_text(self._render(module) + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            raise error_at(f"cannot write '{path}': {error.strerror}", UNKNOWN) from error
        self._written += 1
