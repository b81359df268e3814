"""`wsc fmt`: writes models in the canonical layout, or says which are not in it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

from ...ir.diagnostics import DiagnosticError
from ..frontend.format import format_wdl
from ..frontend.parse import parse_wdl
from .context import Context
from .errors import ExitStatus, FileError, UsageError
from .files import write_file
from .sources import STDIN, read_exactly


def run_fmt(args: Namespace, context: Context) -> int:
    """Format `args.files`, each by itself: what is wrong with one is no reason to leave out another.

    Raises `UsageError`.
    """
    if args.files.count("-") > 1:
        raise UsageError("stdin can be formatted once")
    wrong = changed = False
    for file in dict.fromkeys(args.files):
        try:
            before, after = _formatted(file, context)
        except FileError as error:
            context.terminal.error(error.message, error.notes)
            wrong = True
            continue
        except DiagnosticError as error:
            context.show_diagnostics(error.diagnostics)
            wrong = True
            continue
        changed |= before != after
        _deliver(args, file, before, after, context)
    return ExitStatus.WRONG_INPUT if wrong or (args.check and changed) else ExitStatus.DONE


def _formatted(file: str, context: Context) -> tuple[str, str]:
    """Return a text as it is and as it should be. Raises `FileError`, `DiagnosticError`."""
    shown = STDIN if file == "-" else file
    before = read_exactly(file)
    # Lines end where `compile` sees them end, and will end in a line feed.
    text = before.replace("\r\n", "\n").replace("\r", "\n")
    context.sources.texts[shown] = text
    context.recorder.source(shown, text)
    parsed = parse_wdl(text, shown)
    if parsed.diagnostics:
        raise DiagnosticError(parsed.diagnostics)
    return before, format_wdl(text)


def _deliver(args: Namespace, file: str, before: str, after: str, context: Context) -> None:
    shown = STDIN if file == "-" else file
    if args.diff:
        sys.stdout.writelines(_diff(before, after, shown))
    if args.check:
        if before != after:
            context.terminal.error(f"{shown}: would be formatted")
    elif file == "-" and not args.diff:
        sys.stdout.write(after)
    elif before != after and not args.diff:
        write_file(Path(file), after.encode())
        context.terminal.announce(f"{file}: formatted")


def _diff(before: str, after: str, shown: str) -> Iterator[str]:
    """Yield the lines of a unified diff."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    for line in unified_diff(old, new, shown, f"{shown} formatted"):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
