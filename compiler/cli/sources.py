"""Input texts and what they are called: by their bare name in the IR, by the path as typed in messages.

A program must not depend on the folder it was compiled from, but an error should name a path that an
editor opens.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from .errors import FileError

STDIN = "<stdin>"
"""What messages call the text from stdin."""

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
        raise no_text(path, error) from error


def read_exactly(path: str) -> str:
    """Return the text of a file, of stdin for `-`, with its line ends as they are. Raises `FileError`."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return data.decode("utf-8")
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise no_text(STDIN if path == "-" else path, error) from error


def no_text(path: str, error: UnicodeDecodeError) -> FileError:
    """Return the error to raise for a file that is not in UTF-8."""
    return FileError(path, f"is no text in UTF-8: {error.reason} at byte {error.start}")


def name_in_ir(name: str) -> str:
    """Return a file's name as text that can be encoded, also if the name's bytes are no UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


@dataclass(slots=True)
class Sources:
    """Texts by the name to show; `shown` maps names in the IR to names to show where they differ.

    Files that are neither there nor in the current folder are looked for in `folders`.
    """

    texts: dict[str, str] = field(default_factory=lambda: dict[str, str]())
    shown: dict[str, str] = field(default_factory=lambda: dict[str, str]())
    folders: list[Path] = field(default_factory=lambda: list[Path]())

    def add(self, path: str, text: str) -> str:
        """Note the text of a file and return the name that the IR uses for it."""
        name = name_in_ir(PurePath(path).name)
        self.texts[path] = text
        self.shown[name] = path
        return name

    def translate(self, diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
        """Return diagnostics that name files as the user did."""
        return [self._translate(diagnostic) for diagnostic in diagnostics]

    def _translate(self, diagnostic: Diagnostic) -> Diagnostic:
        notes = tuple(note if isinstance(note, str) else self._translate(note) for note in diagnostic.notes)
        return replace(diagnostic, location=self._place(diagnostic.location), notes=notes)

    def _place(self, location: Location) -> Location:
        from ...ir.location import FileLoc, FusedLoc, NameLoc

        if isinstance(location, FileLoc):
            return replace(location, file=self._name(location.file))
        if isinstance(location, NameLoc) and location.child is not None:
            return replace(location, child=self._place(location.child))
        if isinstance(location, FusedLoc):
            return replace(location, locations=tuple(map(self._place, location.locations)))
        return location

    def _name(self, file: str) -> str:
        if file in self.shown:
            return self.shown[file]
        if file in self.texts or Path(file).exists():
            return file
        found = (str(folder / file) for folder in self.folders if (folder / file).is_file())
        return next(found, file)
