"""Dumps and differences between passes as a stream shows them: text below headers, or JSON objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TextIO

from ....ir.diff import Change, Difference
from ....ir.listing import Listing
from ....passes.instrumentation import Dump
from ..ir_text import LineWriter, TextForm


class TextStream:
    """Writes dumps as text. `shown` maps names of files in locations to paths, for links to them."""

    def __init__(self, stream: TextIO, form: TextForm, shown: Mapping[str, str]) -> None:
        self._stream = stream
        self._lines = LineWriter(stream, form, shown)

    def whole(self, dump: Dump, listing: Listing | None, note: str) -> None:
        """Write a module below its header; without a listing only the note, which says why there is none."""
        notes = [f"// {note}"] if note else []
        body = [self._lines.text(listing.lines())] if listing is not None else []
        self._write(self._lines.heading(dump.header()), *notes, *body)

    def difference(self, dump: Dump, listing: Listing, found: Difference, note: str) -> None:
        """Write what a pass changed below its header."""
        notes = [f"// {text}" for text in (note, found.summary()) if text]
        body = [self._lines.text(found.lines)] if found.lines else []
        self._write(self._lines.heading(dump.header("Diff")), *notes, *body)

    def _write(self, *parts: str) -> None:
        print(*parts, sep="\n", file=self._stream)


class JsonStream:
    """Writes dumps as JSON, one object a line."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def whole(self, dump: Dump, listing: Listing | None, note: str) -> None:
        """Write a module's text; without a listing, none."""
        text = "\n".join(map(str, listing.lines())) if listing is not None else None
        self._write({**_head(dump, listing, note), "text": text})

    def difference(self, dump: Dump, listing: Listing, found: Difference, note: str) -> None:
        """Write what a pass changed."""
        head = _head(dump, listing, note)
        self._write({**head, "changes": changes_as_json(found), "diff": str(found)})

    def _write(self, entry: Mapping[str, object]) -> None:
        print(json.dumps(entry, ensure_ascii=False), file=self._stream)


def changes_as_json(found: Difference) -> list[dict[str, object]]:
    """Return the changes one by one."""
    return [_change(change) for change in found.changes]


def _head(dump: Dump, listing: Listing | None, note: str) -> dict[str, object]:
    head: dict[str, object] = {
        "pass": dump.pass_.name,
        "when": dump.when.value,
        "changed": dump.changed,
        "operations": listing.root.count() if listing is not None else 0,
    }
    return {**head, "note": note} if note else head


def _change(change: Change) -> dict[str, object]:
    return {
        "kind": change.kind.value,
        "operation": change.operation.name,
        "locations": [
            {"file": place.file, "line": place.line, "column": place.column}
            for place in change.operation.places
        ],
        "before": change.before,
        "after": change.after,
    }
