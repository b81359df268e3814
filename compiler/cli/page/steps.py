"""What the page and `dumps.json` show: each step's module and what it changed, as data for JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ....ir.diff import Difference, DiffLine, Kind, difference
from ....ir.listing import Line, Listing, list_operation
from ....ir.location import FileLoc
from ....ir.operation import Operation
from ....passes.instrumentation import Dump, When
from ..views.ir_stream import changes_as_json

ELIDE_LARGE = 16
"""Elements that a constant may have to be shown with them, unless the user says otherwise."""
MOST_LINES = 30_000
"""Lines of one text in the page; the rest is left out."""
MOST_CHARACTERS = 24_000_000
"""Characters of all lines in the page, each different one once; then texts are left out."""
GENERATOR = "wsc dumps"
"""What the files say of themselves, so that nobody else's are deleted."""
_SIGNS = {" ": 0, "-": 1, "+": 2}
_SKIP = 3

Row = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The module beside a pass, or an input (`dump` is None), and what changed since the step before.

    `text` is the number of the first step with the same text from the same places.
    """

    file: str
    dump: Dump | None
    listing: Listing
    found: Difference | None
    text: int

    def as_json(self) -> dict[str, object]:
        """Return what is known of it, without any text."""
        kinds = Counter(change.kind for change in (self.found.changes if self.found is not None else ()))
        return {
            "file": self.file,
            "pass": self.dump.pass_.name if self.dump is not None else None,
            "when": self.dump.when.value if self.dump is not None else When.BEFORE.value,
            "changed": bool(self.found is not None and self.found.lines),
            "operations": self.listing.root.count(),
            "counts": {kind.value: kinds[kind] for kind in Kind},
        }


class Steps:
    """Collects the steps of a compilation. `elide_large` bounds what constants show."""

    def __init__(self, elide_large: int | None) -> None:
        self._elide_large = ELIDE_LARGE if elide_large is None else elide_large
        self._steps: list[Step] = []

    def add(self, file: str, module: Operation, dump: Dump | None) -> None:
        """Add the module that was written to `file`; without `dump` a new input."""
        listing = list_operation(module, elide_large=self._elide_large)
        before = self._steps[-1] if self._steps and dump is not None else None
        found = difference(before.listing, listing) if before is not None else None
        text = len(self._steps)
        if before is not None and before.listing == listing:
            listing, text = before.listing, before.text
        self._steps.append(Step(file, dump, listing, found, text))

    def as_json(self) -> dict[str, object]:
        """Return the steps with their changes one by one: `dumps.json`."""
        return {
            "generator": GENERATOR,
            "steps": [
                step.as_json() | {"changes": changes_as_json(step.found) if step.found is not None else []}
                for step in self._steps
            ],
        }

    def page_data(self, source: Callable[[str], list[str]]) -> dict[str, object]:
        """Return what the page's script reads; `source` gives the lines of a file, if they can be had."""
        table = _Table()
        steps = [self._page_step(step, number, table) for number, step in enumerate(self._steps)]
        files = [{"name": name, "lines": source(name)} for name in table.files]
        return {
            "elide_large": self._elide_large,
            "files": files,
            "places": table.place_rows(),
            "strings": list(table.strings),
            "steps": steps,
        }

    def _page_step(self, step: Step, number: int, table: _Table) -> dict[str, object]:
        entry = step.as_json()
        entry |= {
            "name": step.dump.pass_.name if step.dump is not None else "input",
            "title": step.dump.title if step.dump is not None else "Input",
            "summary": step.found.summary() if step.found is not None else "what the first pass is given",
            "text": step.text,
        }
        if step.text == number:
            entry["lines"], entry["left_out"] = table.rows(map(table.line, step.listing.lines()))
        if step.found is not None:
            entry["diff"], entry["diff_left_out"] = table.rows(map(table.diff_line, step.found.lines))
        return entry


class _Table:
    """Texts, places and files by number, each different one once."""

    def __init__(self) -> None:
        self.strings: dict[str, int] = {}
        self.places: dict[tuple[FileLoc, ...], int] = {}
        self.files: dict[str, int] = {}
        self._characters = 0

    def rows(self, rows: Iterable[Row]) -> tuple[list[int], int]:
        """Return rows one behind the other, and how many are left out because the page is large enough."""
        flat: list[int] = []
        left_out = 0
        for number, row in enumerate(rows):
            if number >= MOST_LINES or self._characters >= MOST_CHARACTERS:
                left_out += 1
            else:
                flat += row
        return flat, left_out

    def line(self, line: Line) -> Row:
        """Return depth, text and places of a line; a line without an operation is at place -1."""
        number = self.strings.get(line.text)
        if number is None:
            number = self.strings[line.text] = len(self.strings)
            self._characters += len(line.text)
        place = -1 if line.operation is None else self._place(line.operation.places)
        return line.depth, number, place

    def diff_line(self, line: DiffLine) -> Row:
        """Return the same behind a number for the sign."""
        return _SKIP if line.skipped else _SIGNS[line.sign], *self.line(line.line)

    def place_rows(self) -> list[list[tuple[int, int, int]]]:
        """Return the places of an operation by their number: file, line and column each."""
        return [[(self.files[p.file], p.line, p.column) for p in places] for places in self.places]

    def _place(self, places: tuple[FileLoc, ...]) -> int:
        for place in places:
            self.files.setdefault(place.file, len(self.files))
        return self.places.setdefault(places, len(self.places)) if places else -1
