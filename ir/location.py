"""Locations: where in a `.wdl` file an operation comes from, kept through every pass."""

from __future__ import annotations

from dataclasses import dataclass

from .attributes import quote


class Location:
    """Base of all locations; `str` is the text inside MLIR's `loc(...)`."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class UnknownLoc(Location):
    """Nothing is known."""

    def __str__(self) -> str:
        return "unknown"


@dataclass(frozen=True, slots=True)
class FileLoc(Location):
    """A line and column (both from 1) of a file."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{quote(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class NameLoc(Location):
    """A name, with where the named thing is if that is known."""

    name: str
    child: Location | None = None

    def __str__(self) -> str:
        return quote(self.name) if self.child is None else f"{quote(self.name)}({self.child})"


@dataclass(frozen=True, slots=True)
class FusedLoc(Location):
    """Several places that became one operation; build it with `fuse_locations`."""

    locations: tuple[Location, ...]
    metadata: str = ""

    def __str__(self) -> str:
        tag = f"<{quote(self.metadata)}>" if self.metadata else ""
        return f"fused{tag}[{', '.join(map(str, self.locations))}]"


@dataclass(frozen=True, slots=True)
class CallSiteLoc(Location):
    """A place in a function, `callee`, that was put where `caller` called it."""

    callee: Location
    caller: Location

    def __str__(self) -> str:
        return f"callsite({self.callee} at {self.caller})"


UNKNOWN = UnknownLoc()
MOST_FUSED = 16
"""How many places a fused location names: what stands for half of a model needs no list of its lines."""
AND_OTHERS = NameLoc("and others")
"""Stands last in a fused location that had more places."""


def fuse_locations(*locations: Location) -> Location:
    """Return one location that names all given ones, flattened, without unknown ones and repetitions.

    Of more than `MOST_FUSED` places it names the first ones, then `AND_OTHERS`.
    """
    flat: dict[Location, None] = {}
    for location in locations:
        parts = location.locations if isinstance(location, FusedLoc) else (location,)
        flat.update(dict.fromkeys(part for part in parts if part is not UNKNOWN))
    if not flat:
        return UNKNOWN
    if len(flat) == 1:
        return next(iter(flat))
    places = tuple(place for place in flat if place != AND_OTHERS)
    if len(places) > MOST_FUSED or AND_OTHERS in flat:
        return FusedLoc((*places[:MOST_FUSED], AND_OTHERS))
    return FusedLoc(places)


def file_locations(location: Location) -> tuple[FileLoc, ...]:
    """Return the places in files that `location` names, in order, without repetition."""
    found: dict[FileLoc, None] = {}
    stack = [location]
    while stack:
        current = stack.pop()
        if isinstance(current, FileLoc):
            found[current] = None
        elif isinstance(current, NameLoc) and current.child is not None:
            stack.append(current.child)
        elif isinstance(current, FusedLoc):
            stack.extend(reversed(current.locations))
        elif isinstance(current, CallSiteLoc):
            stack += (current.caller, current.callee)
    return tuple(found)


def place_text(location: Location) -> str:
    """Return the first file position as file:line:column, '' if there is none."""
    places = file_locations(location)
    return f"{places[0].file}:{places[0].line}:{places[0].column}" if places else ""


__all__ = [
    "AND_OTHERS",
    "MOST_FUSED",
    "UNKNOWN",
    "CallSiteLoc",
    "FileLoc",
    "FusedLoc",
    "Location",
    "NameLoc",
    "UnknownLoc",
    "file_locations",
    "fuse_locations",
]
