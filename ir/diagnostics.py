"""Diagnostics: what is wrong, where, and what would fix it; rendered with a caret into the source."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from enum import Enum
from pathlib import Path

from .location import FileLoc, Location, file_locations

_MAX_PLACES = 4
"""Places of one diagnostic that are shown with their source line; the rest is counted."""
_MAX_COLUMNS = 110
"""Characters of a source line that are shown; a longer one is cut on both sides of the caret."""


class Severity(Enum):
    """How bad it is; the value is the word that the rendering starts with."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    REMARK = "remark"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing to tell the person who wrote the input.

    `length` is the number of characters to underline from the location's column on, `label` the text
    behind the carets. A note is a sentence, or a diagnostic of its own when it points somewhere.
    """

    severity: Severity
    message: str
    location: Location
    notes: tuple[str | Diagnostic, ...] = ()
    length: int = 1
    label: str = ""

    def __str__(self) -> str:
        places = file_locations(self.location)
        where = f"{places[0].file}:{places[0].line}:{places[0].column}: " if places else ""
        return f"{where}{self.severity.value}: {self.message}"


class DiagnosticError(Exception):
    """The input is wrong; `diagnostics` says how, at least one of them an error."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        return "\n".join(map(str, self.diagnostics))


@dataclass(slots=True)
class Diagnostics:
    """Collects diagnostics, each different one once, in the order they were reported."""

    entries: list[Diagnostic] = field(default_factory=lambda: list[Diagnostic]())

    def add(self, diagnostic: Diagnostic) -> None:
        """Collect `diagnostic` unless an equal one was collected already."""
        if diagnostic not in self.entries:
            self.entries.append(diagnostic)

    def error(
        self, message: str, location: Location, *notes: str | Diagnostic, length: int = 1, label: str = ""
    ) -> None:
        """Report something that stops the compilation."""
        self.add(Diagnostic(Severity.ERROR, message, location, notes, length, label))

    def warning(
        self, message: str, location: Location, *notes: str | Diagnostic, length: int = 1, label: str = ""
    ) -> None:
        """Report something that is probably not meant."""
        self.add(Diagnostic(Severity.WARNING, message, location, notes, length, label))

    def note(
        self, message: str, location: Location, *notes: str | Diagnostic, length: int = 1, label: str = ""
    ) -> None:
        """Report something worth knowing."""
        self.add(Diagnostic(Severity.NOTE, message, location, notes, length, label))

    @property
    def has_errors(self) -> bool:
        """Whether an error was reported."""
        return any(entry.severity is Severity.ERROR for entry in self.entries)

    def raise_if_errors(self) -> None:
        """Raise `DiagnosticError` with everything collected if an error is among it."""
        if self.has_errors:
            raise DiagnosticError(self.entries)


def error_at(
    message: str, location: Location, *notes: str | Diagnostic, length: int = 1, label: str = ""
) -> DiagnosticError:
    """Return the exception to raise for a single error."""
    return DiagnosticError([Diagnostic(Severity.ERROR, message, location, notes, length, label)])


# ---- rendering -----------------------------------------------------------------------------------


class SourceTexts:
    """Looks up lines of source files: in `texts` by file name first, then on disk."""

    def __init__(self, texts: Mapping[str, str] | None = None, *, read_files: bool = True) -> None:
        self._texts = dict(texts) if texts else {}
        self._read_files = read_files
        self._lines: dict[str, list[str]] = {}

    def line(self, file: str, number: int) -> str | None:
        """Return line `number` (from 1) of `file`, or None if the file or the line cannot be had."""
        lines = self.lines(file)
        return lines[number - 1] if 1 <= number <= len(lines) else None

    def lines(self, file: str) -> list[str]:
        """Return all lines of `file`, none if it cannot be had."""
        if file not in self._lines:
            self._lines[file] = self._read(file)
        return self._lines[file]

    def _read(self, file: str) -> list[str]:
        text = self._texts.get(file)
        if text is None and self._read_files:
            try:
                text = Path(file).read_text(encoding="utf-8")
            except (OSError, ValueError):
                text = None  # the place is shown without its line, which is all there is to say here
        # Only line feeds count: `str.splitlines` would also split at form feeds and the like.
        return [] if text is None else text.replace("\r\n", "\n").split("\n")


def render(diagnostics: Iterable[Diagnostic], sources: Mapping[str, str] | SourceTexts | None = None) -> str:
    """Return the text to show: each diagnostic with its source lines and carets, a blank line between two.

    `sources` maps file names to texts; files that are not in it are read from disk. A place whose
    source cannot be had is named without its line.
    """
    texts = sources if isinstance(sources, SourceTexts) else SourceTexts(sources)
    # Messages quote names, and a name may hold any character, line ends and escapes among them.
    return "\n\n".join("\n".join(map(_displayed, _render_one(entry, texts))) for entry in diagnostics)


def _render_one(diagnostic: Diagnostic, texts: SourceTexts) -> list[str]:
    places = file_locations(diagnostic.location)
    shown = places[:_MAX_PLACES]
    sentences = [note for note in diagnostic.notes if isinstance(note, str)]
    width = max((len(str(place.line)) for place in shown), default=1)
    lines = [f"{diagnostic.severity.value}: {diagnostic.message}"]
    label = diagnostic.label
    for index, place in enumerate(shown):
        length = diagnostic.length if index == 0 else 1
        lines.extend(_render_place(place, length, label if index == 0 else "", width, texts))
    if not shown and label:
        sentences.insert(0, label)
    if len(places) > len(shown):
        lines.append(f"{' ' * width}  ... and {len(places) - len(shown)} more places")
    lines.extend(f"{' ' * width} = note: {sentence}" for sentence in sentences)
    for note in diagnostic.notes:
        if not isinstance(note, str):
            lines.extend(_render_one(note, texts))
    return lines


def _render_place(place: FileLoc, length: int, label: str, width: int, texts: SourceTexts) -> list[str]:
    margin = " " * width
    lines = [f"{margin}--> {place.file}:{place.line}:{place.column}"]
    source = texts.line(place.file, place.line)
    # A column behind the end of the line says that the file is not the one that was compiled.
    if source is None or not 1 <= place.column <= len(source) + 1:
        return lines + ([f"{margin} = note: {label}"] if label else [])
    before, marked, after = _cut(source, place.column - 1, max(1, length))
    shown = _displayed(before), _displayed(marked), _displayed(after)
    carets = "^" * max(1, _columns(shown[1]))
    pointer = f"{margin} | {' ' * _columns(shown[0])}{carets}{' ' + label if label else ''}"
    return [*lines, f"{margin} |", f"{place.line:>{width}} | {''.join(shown)}".rstrip(), pointer]


def _cut(source: str, start: int, length: int) -> tuple[str, str, str]:
    """Return the text before, under and behind the carets, cut so that a long line still fits."""
    before, marked, after = source[:start], source[start : start + length], source[start + length :]
    if len(source) <= _MAX_COLUMNS:
        return before, marked, after
    half = _MAX_COLUMNS // 2
    if len(before) > half:
        before = "..." + before[3 - half :]
    marked = marked[:half]
    rest = _MAX_COLUMNS - len(before) - len(marked)
    return before, marked, after if len(after) <= rest else after[: max(0, rest - 3)] + "..."


def _displayed(text: str) -> str:
    """Return `text` with tabs as four blanks and without characters that would steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        "    " if c == "\t" else c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def _columns(text: str) -> int:
    """Return how many terminal columns `text` takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )


# ---- suggestions ---------------------------------------------------------------------------------

_LOOK_ALIKES = str.maketrans({"0": "o", "1": "l", "-": "", "_": "", ".": ""})


def closest_name(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that `name` was probably meant to be, if one is close; of equals the first."""
    folded = name.casefold().translate(_LOOK_ALIKES)
    best, best_score = None, 0.6
    for candidate in sorted(set(candidates) - {name}):
        other = candidate.casefold().translate(_LOOK_ALIKES)
        score = max(
            SequenceMatcher(None, name, candidate, autojunk=False).ratio(),
            1.0 if folded == other else 0.95 * SequenceMatcher(None, folded, other, autojunk=False).ratio(),
        )
        if score > best_score:
            best, best_score = candidate, score
    return best


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """Return `; did you mean 'x'?` to end a message about the unknown `name` with, or nothing."""
    best = closest_name(name, candidates)
    return "" if best is None else f"; did you mean '{best}'?"
