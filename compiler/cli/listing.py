"""Aligned columns on stdout for the commands that list what there is."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Sequence

from .terminal import is_fancy


def columns_of_stdout() -> int | None:
    """Return the terminal's width; None where stdout is no terminal and lines may be as long as they are."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def heading(text: str) -> str:
    """Return `text` in bold for terminals."""
    return f"\x1b[1m{text}\x1b[0m" if is_fancy(sys.stdout) else text


def print_rows(rows: Sequence[Sequence[str]], indent: str = "  ") -> None:
    """Print rows of texts, all but the last column padded; the last one is wrapped to the terminal."""
    if not rows:
        return
    widths = [max(len(row[index]) for row in rows) for index in range(len(rows[0]) - 1)]
    room = columns_of_stdout()
    for row in rows:
        head = indent + "".join(f"{text:<{width}}  " for text, width in zip(row, widths, strict=False))
        lines = [row[-1]]
        if room is not None and len(head) + len(row[-1]) > room:
            lines = textwrap.wrap(row[-1], max(20, room - len(head)))
        print(f"{head}{lines[0] if lines else ''}".rstrip())
        for line in lines[1:]:
            print(" " * len(head) + line)


def print_paragraph(text: str, indent: str = "") -> None:
    """Print text, wrapped to the terminal or to 100 columns."""
    room = columns_of_stdout() or 100
    print(textwrap.fill(text, room, initial_indent=indent, subsequent_indent=indent))
