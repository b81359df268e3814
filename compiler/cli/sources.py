"""Input texts and what they are called: by their bare name in the IR, by the path as typed in messages.

A program must not depend on the folder it was compiled from, but an error should name a path that an
editor opens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from .errors import FileError

if TYPE_CHECKING:
    from ...ir.diagnostics import Diagnostic
    from ...ir.location import Location


def read_text(path: str) -> str:
    """Return the text of a file. Raises `FileError` if there is none or if it is no UTF-8."""
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FileError(path, f"is no text in UTF-8: {error.reason} at byte {error.start}") from error


@dataclass(slots=True)
class Sources:
    """Texts by the name to show; `shown` maps names in the IR to names to show where they differ."""

    texts: dict[str, str] = field(default_factory=lambda: dict[str, str]())
    shown: dict[str, str] = field(default_factory=lambda: dict[str, str]())

    def add(self, path: str, text: str) -> str:
        """Note the text of a file and return the name that the IR uses for it."""
        name = PurePath(path).name
        self.texts[path] = text
        self.shown[name] = path
        return name

    def translate(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return diagnostics that name files as the user did."""
        return [_translate(diagnostic, self.shown) for diagnostic in diagnostics]


def _translate(diagnostic: Diagnostic, shown: Mapping[str, str]) -> Diagnostic:
    notes = tuple(note if isinstance(note, str) else _translate(note, shown) for note in diagnostic.notes)
    return replace(diagnostic, location=_place(diagnostic.location, shown), notes=notes)


def _place(location: Location, shown: Mapping[str, str]) -> Location:
    from ...ir.location import CallSiteLoc, FileLoc, FusedLoc, NameLoc

    if isinstance(location, FileLoc):
        return replace(location, file=shown.get(location.file, location.file))
    if isinstance(location, NameLoc) and location.child is not None:
        return replace(location, child=_place(location.child, shown))
    if isinstance(location, FusedLoc):
        return replace(location, locations=tuple(_place(part, shown) for part in location.locations))
    if isinstance(location, CallSiteLoc):
        return CallSiteLoc(_place(location.callee, shown), _place(location.caller, shown))
    return location
