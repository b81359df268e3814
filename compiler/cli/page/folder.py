"""A folder of dumps: one file per pass, `index.html` that steps through them, `dumps.json` for scripts."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from ....ir.diagnostics import SourceTexts, error_at
from ....ir.location import UNKNOWN
from ....ir.printer import print_operation
from ....passes.instrumentation import DirectoryDump
from .steps import GENERATOR, Steps

PAGE, DATA = "index.html", "dumps.json"


class DumpFolder:
    """Writes the folder: `watcher` one file per pass, `finish` the page and the JSON of all of them.

    Raises `DiagnosticError` if the folder cannot be written, or has a page that is not one of dumps.
    """

    def __init__(self, directory: Path, title: str, elide_large: int | None) -> None:
        self._directory = directory
        self._title = title
        self._steps = Steps(elide_large)
        # With locations and all elements, so that a dump loses nothing when `wsc opt` goes on from it.
        whole = partial(print_operation, locations=True)
        for name in (PAGE, DATA):
            _remove(directory / name)
        self.watcher = DirectoryDump(directory, render=whole, written=self._steps.add)

    def finish(self, texts: Mapping[str, str], shown: Mapping[str, str]) -> None:
        """Write page and JSON. `texts` are sources by path, `shown` maps names in locations to paths."""
        sources = SourceTexts(texts)

        def source(name: str) -> list[str]:
            path = shown.get(name, name)
            # Somebody else's IR can name any file; what is not the input's must at least be a model.
            return sources.lines(path) if path in texts or path.endswith(".wdl") else []

        page = self._steps.page_data(source)
        self._write(PAGE, page_text(self._title, page))
        self._write(DATA, json.dumps(self._steps.as_json(), ensure_ascii=False) + "\n")

    def _write(self, name: str, text: str) -> None:
        path = self._directory / name
        try:
            path.write_text(text, encoding="utf-8", errors="backslashreplace", newline="\n")
        except OSError as error:
            raise error_at(f"cannot write '{path}': {error.strerror}", UNKNOWN) from error


def page_text(title: str, page: Mapping[str, object]) -> str:
    """Return the page: its template with style, script and data in it."""
    folder = Path(__file__).parent
    text = (folder / "page.html").read_text("utf-8")
    data = json.dumps(page, ensure_ascii=False, separators=(",", ":"))
    # Within a script element only these could end it or begin a comment.
    data = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    parts = {
        "@TITLE@": html.escape(title),
        "@STYLE@": (folder / "page.css").read_text("utf-8"),
        "@SCRIPT@": (folder / "page.js").read_text("utf-8"),
        "@DATA@": data,  # last, because it may hold the other marks
    }
    for mark, part in parts.items():
        text = text.replace(mark, part)
    return text


def _remove(path: Path) -> None:
    """Delete what an earlier compilation wrote. Raises `DiagnosticError` if somebody else did."""
    try:
        if not path.exists():
            return
        with path.open(encoding="utf-8", errors="replace") as file:
            ours = GENERATOR in file.read(400)
        if not ours:
            raise error_at(f"'{path}' is no file of dumps and would be overwritten", UNKNOWN)
        path.unlink()
    except OSError as error:
        raise error_at(f"cannot write '{path}': {error.strerror}", UNKNOWN) from error
