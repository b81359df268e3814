"""Where `--trace-rewrites` goes: to stderr, or to a file as text or as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from .files import write_file
from .inspect_options import STDERR

if TYPE_CHECKING:
    from ...passes.rewrite_trace import Rewrite


def rewrite_sink(file: str) -> Callable[[Rewrite], None]:
    """Return what shows a rewrite on stderr, or adds it to `file`, which is empty at first.

    Raises `FileError` if the file cannot be written.
    """
    if file == STDERR:
        return lambda rewrite: print(rewrite.as_text(), file=sys.stderr)
    path = Path(file)
    write_file(path, b"")
    as_json = path.suffix == ".json"

    def add(rewrite: Rewrite) -> None:
        # Opened for each, so that the file is complete up to whatever ends the command.
        with path.open("a", encoding="utf-8", newline="\n") as out:
            out.write((json.dumps(rewrite.as_json()) if as_json else rewrite.as_text()) + "\n")

    return add
