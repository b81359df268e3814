"""Reproducers: one file with the IR before the failing pass, the rest of the pipeline, the error."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import tempfile
import traceback
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import FileError

if TYPE_CHECKING:
    from ...ir.operation import Operation
    from ...passes.base import Pass

PIPELINE_COMMENT = "pipeline: "
"""What stands before the pipeline in a reproducer's comment."""
PLUGINS_COMMENT = "plugins: "
"""What stands before the files of plug-ins, quoted as for a shell."""
INPUT_COMMENT = "input: "
"""What stands before the file that was read, beside which locations may find theirs."""
FLAGS_COMMENT = "options: "
"""What stands before the options of `wsc opt` that decide what is wrong."""

REPRODUCED_FLAGS: dict[str, tuple[str, bool]] = {
    "--allow-unregistered-dialect": ("allow_unregistered_dialect", True),
    "--no-verify-each": ("verify_each", False),
    "--verify-roundtrip": ("verify_roundtrip", True),
}
"""These options: the parsed name of each, and its value where the option is given."""


def version() -> str:
    """Return the version of the installed wsc."""
    from importlib.metadata import version as installed_version

    return installed_version("wsc")


def is_reproducer(text: str) -> bool:
    """Whether `text` holds a pipeline to run."""
    return _comment(PIPELINE_COMMENT, text) is not None


def pipeline_in(filename: str, text: str) -> str:
    """Return the pipeline that a reproducer holds. Raises `FileError` if it holds none."""
    found = _comment(PIPELINE_COMMENT, text)
    if found is None:
        raise FileError(filename, f"is no reproducer: it has no line '// {PIPELINE_COMMENT}...'")
    return found


def plugins_in(filename: str, text: str) -> list[str]:
    """Return the plug-ins that a reproducer needs. Raises `FileError` if their line cannot be read."""
    try:
        return shlex.split(_comment(PLUGINS_COMMENT, text) or "")
    except ValueError as error:
        raise FileError(filename, f"has a wrong line '// {PLUGINS_COMMENT}...': {error}") from error


def flags_in(filename: str, text: str) -> list[str]:
    """Return the options that a reproducer needs. Raises `FileError` for others than `REPRODUCED_FLAGS`."""
    flags = (_comment(FLAGS_COMMENT, text) or "").split()
    for flag in flags:
        if flag not in REPRODUCED_FLAGS:
            raise FileError(filename, f"has a wrong line '// {FLAGS_COMMENT}...': {flag} cannot stand there")
    return flags


def given_flags(args: Namespace) -> list[str]:
    """Return those of `REPRODUCED_FLAGS` that are given."""
    return [flag for flag, (name, value) in REPRODUCED_FLAGS.items() if getattr(args, name) is value]


def _comment(start: str, text: str) -> str | None:
    """Return what follows `start` in the first comment that begins so."""
    match = re.search(rf"^// {re.escape(start)}(.*)$", text, re.MULTILINE)
    return None if match is None else match[1].strip()


def input_in(text: str) -> str | None:
    """Return the file from which the failing command read, if a reproducer says so."""
    return _comment(INPUT_COMMENT, text)


@dataclass(frozen=True, slots=True)
class PassFailure:
    """The pass that failed, and the operation that it was working on, if it is known."""

    name: str
    operation: Operation | None


class Recorder:
    """Keeps what is being worked on: the input's text, then the module before each pass.

    It watches a pass manager (`Instrumentation`).
    """

    wants_changes = False

    def __init__(self, argv: Sequence[str]) -> None:
        self.argv = list(argv)
        self.flags: list[str] = []
        """Those of `REPRODUCED_FLAGS` that are given."""
        self.replayed: Path | None = None
        """The reproducer that runs as it is: if its first pass fails, another one would say nothing new."""
        self._text: tuple[str, str] | None = None
        self._passes: list[Pass] = []
        self._module: Operation | None = None
        self._done = 0
        self.failure: PassFailure | None = None
        """Set once a pass raised something, or left an invalid module."""

    def source(self, filename: str, text: str) -> None:
        """Note the text of an input file, for errors before there is a module."""
        self._text = filename, text

    def pipeline(self, passes: Sequence[Pass]) -> None:
        """Note the passes that are about to run."""
        self._passes = list(passes)
        self._done = 0

    def before(self, pass_: Pass, module: Operation) -> None:
        """Keep a copy: the pass may have changed half of the module when it fails."""
        self._module = module.clone()

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Forget the copy; the pass is done."""
        self._done += 1
        self._module = None

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Keep the copy, and note what the pass was doing."""
        from ...passes.failure import operation_at_work

        self.failure = PassFailure(pass_.name, operation_at_work(error, module))

    def text(self, error: BaseException, plugins: Sequence[str] = ()) -> str:
        """Return the reproducer's text: comments that `wsc opt` skips, then the IR (or the input's text)."""
        lines = [f"wsc {version()}: internal error", f"command: wsc {shlex.join(self.argv)}"]
        if plugins:
            lines.append(f"{PLUGINS_COMMENT}{shlex.join(plugins)}")
        if self.flags:
            lines.append(f"{FLAGS_COMMENT}{' '.join(self.flags)}")
        if self._module is not None:
            from ...passes.pipeline import pipeline_text

            rest = self._passes[self._done :]
            lines += [f"failed in pass: {rest[0].name}", f"{PIPELINE_COMMENT}{pipeline_text(rest)}"]
        if self._text is not None:
            lines.append(f"{INPUT_COMMENT}{self._text[0]}")
        lines += ["", *"".join(traceback.format_exception(error)).rstrip("\n").split("\n")]
        # A command line, and so each of these, may have line breaks.
        head = "".join(f"// {line}".rstrip() + "\n" for line in "\n".join(lines).split("\n"))
        if self._module is not None:
            from ...ir.printer import print_operation

            return f"{head}\n{print_operation(self._module, locations=True)}\n"
        if self._text is not None:
            return f"{head}\n{self._text[1]}"
        return head

    def write(self, error: BaseException, plugins: Sequence[str] = ()) -> Path:
        """Write the reproducer into the current directory, or the system's temporary one; return its path."""
        if self.replayed is not None and self._module is not None and not self._done:
            return self.replayed.absolute()
        from ...ir.program_file import write_atomically

        data = self.text(error, plugins).encode("utf-8", "backslashreplace")
        suffix = "mlir" if self._module is not None else "txt"
        folder = Path.cwd()
        if not os.access(folder, os.W_OK):
            folder = Path(tempfile.gettempdir())
        path = _free_path(folder, suffix, data)
        write_atomically(path, data)
        return path


def _free_path(folder: Path, suffix: str, data: bytes) -> Path:
    """Return a path by the hash of `data` where nothing else lies: with more of its digits if need be."""
    digest = hashlib.sha256(data).hexdigest()
    paths = [folder / f"wsc-reproducer-{digest[:length]}.{suffix}" for length in (8, 16, 64)]
    return next((path for path in paths if not path.exists() or path.read_bytes() == data), paths[-1])
