"""Where output goes: stderr for people, stdout for results; colors and spinners on terminals only."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from io import TextIOWrapper
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from ...ir.diagnostics import Diagnostic

PLAIN_WIDTH = 110
"""Columns of tables and maps that do not go to a terminal."""


def is_fancy(stream: TextIO) -> bool:
    """Whether `stream` may get colors: a terminal that understands them, and nobody said NO_COLOR."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty()


def share_a_file(first: TextIO, second: TextIO) -> bool:
    """Whether two streams go to one terminal, pipe or file."""
    try:
        return os.path.sameopenfile(first.fileno(), second.fileno())
    except (OSError, ValueError):  # one of them is closed or stands for no file at all
        return False


def prepare_streams() -> None:
    """Let stdout and stderr replace characters that their encoding lacks, rather than fail.

    What is closed from the beginning (`>&-`), for Python no stream at all, becomes an empty one.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115  # it stays open
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def is_of_output(error: OSError) -> bool:
    """Whether stdout or stderr, not a file with a name, raised this: the pipe is closed or the disk full."""
    kinds = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
    return error.filename is None and error.errno in kinds


def abandon_stdout() -> None:
    """Let what is still to be flushed to a closed pipe or full disk go nowhere, also when Python exits."""
    with suppress(OSError, ValueError):  # no file descriptor: then there is nothing to be flushed either
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


class Terminal:
    """The output of one command. `quiet` leaves out all that is neither asked for nor wrong."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet

    @property
    def fancy(self) -> bool:
        """Whether progress may be shown in color and change in place."""
        return not self.quiet and is_fancy(sys.stderr)

    @cached_property
    def console(self) -> Console:
        """The console on stderr, whatever `quiet` says."""
        from rich.console import Console

        if is_fancy(sys.stderr):
            return Console(stderr=True, highlight=False, markup=False, emoji=False)
        width = None if sys.stderr.isatty() else PLAIN_WIDTH
        return Console(
            stderr=True,
            force_terminal=False,
            color_system=None,
            highlight=False,
            markup=False,
            emoji=False,
            width=width,
        )

    def show(self, part: RenderableType, *, asked: bool = False) -> None:
        """Show something to people, unless they want quiet; if they `asked` for it, in any case."""
        if self.quiet and not asked:
            return
        if is_fancy(sys.stderr):
            self.console.print(part)
            return
        with self.console.capture() as capture:
            self.console.print(part)
        # Tables pad their cells; who looks for a line in a log does not want that.
        text = "\n".join(line.rstrip() for line in capture.get().split("\n"))
        print(text, end="", file=sys.stderr, flush=True)

    def announce(self, text: str, *, asked: bool = False) -> None:
        """Say a sentence to people, unless they want quiet and did not ask; cheaper than `show`."""
        if asked or not self.quiet:
            print(text, file=sys.stderr, flush=True)

    def error(self, message: str, notes: Iterable[str] = ()) -> None:
        """Say what is wrong with the command line or a file."""
        lines = [f"wsc: error: {message}", *(f"  = note: {note}" for note in notes)]
        print("\n".join(lines), file=sys.stderr, flush=True)

    def diagnostics(self, found: Iterable[Diagnostic], texts: dict[str, str] | None = None) -> None:
        """Show diagnostics with the source lines they point at. `texts` are sources by file name."""
        from ...ir.diagnostics import SourceTexts, render

        text = render(found, SourceTexts(texts))
        if text:
            print(_colored(text) if is_fancy(sys.stderr) else text, file=sys.stderr, flush=True)


def _colored(text: str) -> str:
    """Color the words that a rendered diagnostic starts with, and its carets."""
    colors = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m", "remark": "\x1b[1;34m"}
    lines: list[str] = []
    for line in text.split("\n"):
        word, colon, rest = line.partition(": ")
        if colon and word in colors:
            lines.append(f"{colors[word]}{word}\x1b[0m\x1b[1m: {rest}\x1b[0m")
            continue
        margin, bar, marked = line.partition(" | ")
        if bar and not margin.strip() and marked.lstrip().startswith("^"):
            line = f"{margin}{bar}\x1b[1;31m{marked}\x1b[0m"
        lines.append(line)
    return "\n".join(lines)
