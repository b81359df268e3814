"""Dumps of the module between passes: to a text stream, or to a folder with one file per pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from ..ir.diagnostics import error_at
from ..ir.diff import Difference, difference
from ..ir.listing import Listing
from ..ir.location import UNKNOWN
from ..ir.operation import Operation
from ..ir.printer import print_operation
from .base import Pass
from .manager import Instrumentation

Render = Callable[[Operation], str]
"""Makes the text of a module, without a final newline."""


class When(Enum):
    """Where a dump stands beside its pass."""

    BEFORE = "before"
    AFTER = "after"
    FAILED = "failed"
    """After it, as it left the module when it failed."""


@dataclass(frozen=True, slots=True)
class Dump:
    """A look at the module beside a pass. `changed` says whether the pass changed it, if that is known."""

    pass_: Pass
    when: When
    module: Operation
    changed: bool | None = None

    @property
    def title(self) -> str:
        """Where it stands, as MLIR says it: `After Fuse (fuse)`."""
        when = {When.BEFORE: "Before {}", When.AFTER: "After {}", When.FAILED: "After {} Failed"}[self.when]
        return f"{when.format(type(self.pass_).__name__)} ({self.pass_.name})"

    def header(self, what: str = "Dump") -> str:
        """Return the line above, `// -----// IR Dump After Fuse (fuse) //----- //`."""
        return f"// -----// IR {what} {self.title} //----- //"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which dumps are wanted. Passes are given by name; None stands for every pass.

    With `only_changes`, of the passes in `after` only those that change the module. A pass in `after` that
    fails is shown in any case, with `failures` every pass that fails.
    """

    before: Collection[str] | None = ()
    after: Collection[str] | None = ()
    only_changes: bool = False
    failures: bool = False

    def wants(self, dump: Dump) -> bool:
        """Whether `dump` is wanted."""
        if dump.when is When.FAILED and self.failures:
            return True
        names = self.before if dump.when is When.BEFORE else self.after
        if names is not None and dump.pass_.name not in names:
            return False
        return dump.when is not When.AFTER or dump.changed is not False or not self.only_changes

    def may_want_after(self, pass_: Pass) -> bool:
        """Whether a dump after `pass_` can be wanted."""
        return self.failures or self.after is None or pass_.name in self.after


class DumpWatcher(Instrumentation):
    """Calls `show` with the dumps that are wanted; with `tells_changes`, each knows if the module changed."""

    def __init__(
        self, selection: Selection, show: Callable[[Dump], None], *, tells_changes: bool = False
    ) -> None:
        self._selection = selection
        self._show = show
        self._tells_changes = tells_changes

    @property
    def wants_changes(self) -> bool:
        """Whether it matters if the module changed."""
        return self._tells_changes or self._selection.only_changes

    def before(self, pass_: Pass, module: Operation) -> None:
        """Show the module that the pass is given."""
        self._offer(Dump(pass_, When.BEFORE, module))

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Show what the pass made."""
        self._offer(Dump(pass_, When.AFTER, module, changed))

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Show the module as the pass left it."""
        self._offer(Dump(pass_, When.FAILED, module))

    def _offer(self, dump: Dump) -> None:
        if self._selection.wants(dump):
            self._show(dump)


class DiffWatcher(Instrumentation):
    """Calls `show` with what passes changed, by listings that `look` makes.

    Of `selection`, what it says of dumps after passes counts: a difference shows both sides.
    """

    def __init__(
        self,
        selection: Selection,
        look: Callable[[Operation], Listing],
        show: Callable[[Dump, Listing, Difference], None],
    ) -> None:
        self._selection = selection
        self._look = look
        self._show = show
        self._seen: tuple[Operation, Listing] | None = None

    def before(self, pass_: Pass, module: Operation) -> None:
        """Look at the module, unless that was done after the pass before or nobody wants to know."""
        if not self._selection.may_want_after(pass_):
            self._seen = None
        elif self._seen is None or self._seen[0] is not module:
            self._seen = module, self._look(module)

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Show what the pass changed."""
        self._compare(pass_, When.AFTER, module)

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Show what the pass changed before it failed."""
        self._compare(pass_, When.FAILED, module)

    def _compare(self, pass_: Pass, when: When, module: Operation) -> None:
        if self._seen is None:
            return
        old, new = self._seen[1], self._look(module)
        self._seen = module, new
        found = difference(old, new)
        dump = Dump(pass_, when, module, bool(found.lines))
        if self._selection.wants(dump):
            self._show(dump, new, found)


_DUMP_NAME = re.compile(r"\d{2,}_[a-z][a-z0-9-]*(\.failed)?\.mlir")


class DirectoryDump(Instrumentation):
    """Writes files `00_input.mlir`, `01_specialize.mlir`, ... to a folder, one for each pass.

    The folder is made if it is not there; dumps of an earlier compilation are deleted from it. The module
    that a failing pass left is in `<number>_<pass>.failed.mlir`. `written` is told of each file: its name,
    the module, and beside which pass it is if not ahead of all. Raises `DiagnosticError` if the folder
    cannot be written.
    """

    def __init__(
        self,
        directory: Path,
        *,
        render: Render = print_operation,
        written: Callable[[str, Operation, Dump | None], None] | None = None,
    ) -> None:
        self._directory = directory
        self._render = render
        self._tell = written
        self._number = 0
        self._module: Operation | None = None
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
        """Write the input before the first pass; another module is another input."""
        if self._module is not module:
            self._module = module
            self._write("input", module, None)

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Write what the pass made."""
        self._write(pass_.name, module, Dump(pass_, When.AFTER, module))

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Write the module as the pass left it."""
        self._write(f"{pass_.name}.failed", module, Dump(pass_, When.FAILED, module))

    def _write(self, name: str, module: Operation, dump: Dump | None) -> None:
        path = self._directory / f"{self._number:02}_{name}.mlir"
        try:
            path.write_text(self._render(module) + "\n", encoding="utf-8", newline="\n")
        except OSError as error:
            raise error_at(f"cannot write '{path}': {error.strerror}", UNKNOWN) from error
        self._number += 1
        if self._tell is not None:
            self._tell(path.name, module, dump)
