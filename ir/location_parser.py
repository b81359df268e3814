"""Parser of locations, `loc("f.wdl":3:5)`, and of the aliases that mlir-opt prints for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .lexer import STRING
from .location import UNKNOWN, CallSiteLoc, FileLoc, FusedLoc, Location, NameLoc
from .type_parser import TypeParser

_FILE_LOCATION = re.compile(r'\s*+loc\("([^"\\\n]*+)":([0-9]{1,9}+):([0-9]{1,9}+)\)', re.ASCII)
_LOCATION = re.compile(r"\s*+loc\s*+\(", re.ASCII)
_FILE_PLACE = re.compile(
    rf"\s*+({STRING})\s*+(?::\s*+([0-9]++)\s*+:\s*+([0-9]++)"
    r"(?:\s*+to(?:\s++[0-9]++)?\s*+:\s*+[0-9]++)?+)?+",
    re.ASCII,
)
_ALIAS_USE = re.compile(r"\s*+#([A-Za-z_][\w$-]*+)(?![.<\w])", re.ASCII)


@dataclass(frozen=True, slots=True)
class LocationAlias(Location):
    """A use of `#name` as a location, to be replaced once the whole text is read."""

    name: str
    pos: int


class LocationParser(TypeParser):
    """Parses locations at the cursor."""

    def __init__(self, text: str, filename: str) -> None:
        super().__init__(text, filename)
        self.uses_location_aliases = False
        """Set by `parse_location_body` when what it returned holds a `LocationAlias`."""
        self._files: dict[str, str] = {}

    def parse_optional_location(self) -> Location | None:
        """Read `loc(...)` if it comes next."""
        match = self.take(_FILE_LOCATION)
        if match is not None:
            file = self._files.setdefault(match[1], match[1])
            line, column = match[2], match[3]
            return FileLoc(file, int(line), int(column))
        if self.take(_LOCATION) is None:
            return None
        location = self.parse_location_body()
        self.expect(")", "behind a location")
        return location

    def parse_location_body(self) -> Location:
        """Read what stands inside `loc(...)`."""
        alias = self.take(_ALIAS_USE)
        if alias is not None:
            self.uses_location_aliases = True
            return LocationAlias(alias[1], alias.start(1) - 1)
        place = self.take(_FILE_PLACE)
        if place is not None:
            return self._file_or_name_location(place)
        if self.accept_word("unknown"):
            return UNKNOWN
        if self.accept_word("fused"):
            metadata = ""
            if self.accept("<"):
                metadata = self.string("the text of a fused location")
                self.expect(">")
            self.expect("[")
            return FusedLoc(self._nested_locations("]"), metadata)
        if self.accept_word("callsite"):
            self.expect("(")
            self.enter()
            callee = self.parse_location_body()
            if not self.accept_word("at"):
                raise self.expected("'at'")
            caller = self.parse_location_body()
            self.leave()
            self.expect(")")
            return CallSiteLoc(callee, caller)
        raise self.expected("a location")

    def _nested_locations(self, end: str) -> tuple[Location, ...]:
        self.enter()
        locations = tuple(self.comma_separated(self.parse_location_body, end))
        self.leave()
        return locations

    def _file_or_name_location(self, place: re.Match[str]) -> Location:
        name = self.unescape(place[1], place.start(1))
        if place[2] is not None:
            line, column = (self.integer(place[group], place.start(group)) for group in (2, 3))
            return FileLoc(self._files.setdefault(name, name), line, column)
        if not self.accept("("):
            return NameLoc(name)
        self.enter()
        child = self.parse_location_body()
        self.leave()
        self.expect(")", "behind a location")
        return NameLoc(name, child)
