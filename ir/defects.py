"""Defects of a wafer: dead PEs and dead links, read from TOML and kept as an attribute of the target."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import cast

from .attributes import I64, Attribute, DenseArrayAttr, DictAttr, i64_array
from .diagnostics import did_you_mean

Point = tuple[int, int]

LINK_DIRECTIONS = ("N", "E", "S", "W")
MOST_DEFECTS = 4096
"""More of either kind are no wafer that a program could be placed on."""
_KEYS = ("pes", "links", "source")


@dataclass(frozen=True, slots=True)
class Defects:
    """What of a wafer does not work; coordinates as everywhere, each tuple sorted by row, then column.

    Of a PE in `pes` neither core nor router can be used, so none of its links either. `east` are dead links
    between (x, y) and (x + 1, y), `south` those between (x, y) and (x, y + 1), dead in both directions.
    """

    pes: tuple[Point, ...] = ()
    east: tuple[Point, ...] = ()
    south: tuple[Point, ...] = ()

    @staticmethod
    def of(pes: Iterable[Point] = (), links: Iterable[tuple[int, int, str]] = ()) -> Defects:
        """Return the defects from PEs and from links named by either end and the direction from there."""
        east: set[Point] = set()
        south: set[Point] = set()
        for x, y, direction in links:
            found = east if direction in ("E", "W") else south
            found.add((x - (direction == "W"), y - (direction == "N")))
        return Defects(_sorted(pes), _sorted(east), _sorted(south))

    def __bool__(self) -> bool:
        return bool(self.pes or self.east or self.south)

    def __len__(self) -> int:
        return len(self.pes) + len(self.east) + len(self.south)

    def within(self, width: int, height: int) -> Defects:
        """Return the defects of the upper left `width` x `height` PEs."""
        return Defects(
            tuple(p for p in self.pes if _inside(p, width, height)),
            tuple(p for p in self.east if _inside(p, width - 1, height)),
            tuple(p for p in self.south if _inside(p, width, height - 1)),
        )

    def names(self) -> list[str]:
        """Return each defect as `PE (x, y)` or `link (x, y) E`, PEs first."""
        return [
            *(f"PE {point}" for point in self.pes),
            *(f"link {point} E" for point in self.east),
            *(f"link {point} S" for point in self.south),
        ]

    def listing(self, most: int = 6) -> str:
        """Return the names of the first `most` defects in a line, and how many more there are."""
        names = self.names()
        more = f" and {len(names) - most} more" if len(names) > most else ""
        return ", ".join(names[:most]) + more

    def to_attribute(self) -> DictAttr:
        """Return the defects as a dictionary attribute of arrays x, y, x, y, ..."""
        entries: dict[str, Attribute] = {
            key.name: i64_array([number for point in getattr(self, key.name) for number in point])
            for key in fields(self)
            if getattr(self, key.name)
        }
        return DictAttr.of(entries)

    @staticmethod
    def from_attribute(attribute: Attribute, width: int, height: int) -> Defects:
        """Read what `to_attribute` wrote. Raises `ValueError` if it is not that, or lies off the wafer."""
        if not isinstance(attribute, DictAttr):
            raise ValueError("the target's 'defects' is not a dictionary")
        known = tuple(key.name for key in fields(Defects))
        found: dict[str, tuple[Point, ...]] = {}
        for key, value in attribute.entries:
            if key not in known:
                raise ValueError(f"the target's defects have an unknown '{key}'{did_you_mean(key, known)}")
            if not isinstance(value, DenseArrayAttr) or value.element != I64 or len(value.values) % 2:
                raise ValueError(f"'{key}' of the target's defects is not an array of pairs")
            numbers = [int(number) for number in value.values]
            found[key] = _sorted(zip(numbers[::2], numbers[1::2], strict=True))
        defects = Defects(**found)
        if defects.within(width, height) != defects:
            raise ValueError(f"a defect of the target lies off the {width} x {height} wafer")
        return defects


NO_DEFECTS = Defects()


def _sorted(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(sorted(set(points), key=lambda point: (point[1], point[0])))


def _inside(point: Point, width: int, height: int) -> bool:
    return 0 <= point[0] < width and 0 <= point[1] < height


@dataclass(frozen=True, slots=True)
class DefectMap:
    """Defects by place, for those who ask often."""

    defects: Defects
    dead: frozenset[Point] = field(init=False)
    """PEs without working core and router."""
    _cut: Mapping[str, frozenset[Point]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "dead", frozenset(self.defects.pes))
        east, south = self.defects.east, self.defects.south
        cut = {
            "E": frozenset(east),
            "W": frozenset((x + 1, y) for x, y in east),
            "S": frozenset(south),
            "N": frozenset((x, y + 1) for x, y in south),
        }
        object.__setattr__(self, "_cut", cut)

    def is_cut(self, point: Point, direction: str) -> bool:
        """Whether the link that leaves `point` in a mesh direction is dead (the PEs at its ends aside)."""
        return point in self._cut[direction]

    def dead_in(self, rect: Sequence[int]) -> Iterator[Point]:
        """Yield the dead PEs in a strided rectangle x0, y0, nx, ny, step x, step y."""
        return (point for point in self.defects.pes if _in_rect(point, rect))

    def cut_in(self, rect: Sequence[int], direction: str) -> Iterator[Point]:
        """Yield the points of a strided rectangle whose link in a mesh direction is dead."""
        points = self.defects.east if direction in ("E", "W") else self.defects.south
        dx, dy = direction == "W", direction == "N"
        return (p for x, y in points if _in_rect(p := (x + dx, y + dy), rect))

    def inside(self, x: int, y: int, width: int, height: int) -> list[str]:
        """Return the names of the defects inside a rectangle: dead PEs, dead links between two of its PEs."""
        pes, rect = (x, y, width, height, 1, 1), (x, y, width, height)
        return Defects(
            tuple(self.dead_in(pes)),
            tuple(p for p in self.defects.east if _spans(p, rect, 1, 0)),
            tuple(p for p in self.defects.south if _spans(p, rect, 0, 1)),
        ).names()


def _in_rect(point: Point, rect: Sequence[int]) -> bool:
    x0, y0, nx, ny, sx, sy = rect
    x, y = point[0] - x0, point[1] - y0
    return 0 <= x < nx * sx and 0 <= y < ny * sy and x % sx == 0 and y % sy == 0


def _spans(point: Point, rect: tuple[int, int, int, int], dx: int, dy: int) -> bool:
    """Whether a link from `point` one to the right (or down) has both ends in a rectangle."""
    x, y, width, height = rect
    return x <= point[0] < x + width - dx and y <= point[1] < y + height - dy


# ---- from TOML ---------------------------------------------------------------------------------------

Complain = Callable[[str, str, int | None], None]
"""Is told a message, the key that it is about, and which entry of that key's list, if one."""


def read_defects(table: object, width: int, height: int, complain: Complain) -> tuple[Defects, str]:
    """Return the defects and the source that a TOML table `[defects]` gives; problems go to `complain`.

    `pes` is a list of [x, y], `links` one of [x, y, direction]; both need a `source`.
    """
    if not isinstance(table, dict):
        complain("'defects' must be a table with 'pes', 'links' and 'source'", "defects", None)
        return Defects(), ""
    entries = cast("dict[str, object]", table)
    for key in entries:
        if key not in _KEYS:
            complain(f"unknown key '{key}' of the defects{did_you_mean(key, _KEYS)}", key, None)
    source = entries.get("source")
    if not isinstance(source, str) or not source:
        complain("the defects name no source: whose wafer is it, or which what-if", "defects", None)
    pes = [
        cast("Point", tuple(entry))
        for index, entry in enumerate(_entries(entries, "pes", complain))
        if _is_pe(entry, (width, height), index, complain)
    ]
    links = [
        cast("tuple[int, int, str]", tuple(entry))
        for index, entry in enumerate(_entries(entries, "links", complain))
        if _is_link(entry, (width, height), index, complain)
    ]
    for key, found, kind in (("pes", pes, "PE"), ("links", links, "link")):
        if len(found) > MOST_DEFECTS:
            complain(f"{len(found)} defects of one kind are too many: at most {MOST_DEFECTS}", key, None)
        _report_twice(key, kind, found, complain)
    return Defects.of(pes, links), str(source)


def _entries(table: Mapping[str, object], key: str, complain: Complain) -> list[list[object]]:
    value = table.get(key, [])
    if not isinstance(value, list):
        form = "[[x, y], ...]" if key == "pes" else '[[x, y, "E"], ...]'
        complain(f"'{key}' must be a list {form}", key, None)
        return []
    return [
        cast("list[object]", entry) if isinstance(entry, list) else []
        for entry in cast("list[object]", value)
    ]


def _is_pe(entry: list[object], size: Point, index: int, complain: Complain) -> bool:
    if len(entry) != 2 or not all(_is_integer(number) for number in entry):
        complain("a defective PE is [x, y]", "pes", index)
        return False
    if not _inside(cast("Point", tuple(entry)), *size):
        complain(f"PE ({entry[0]}, {entry[1]}) lies off the {size[0]} x {size[1]} wafer", "pes", index)
        return False
    return True


def _is_link(entry: list[object], size: Point, index: int, complain: Complain) -> bool:
    if len(entry) != 3 or not all(map(_is_integer, entry[:2])) or entry[2] not in LINK_DIRECTIONS:
        complain('a defective link is [x, y, direction], the direction "N", "E", "S" or "W"', "links", index)
        return False
    x, y, direction = cast("tuple[int, int, str]", tuple(entry))
    dx, dy = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}[direction]
    if not _inside((x, y), *size) or not _inside((x + dx, y + dy), *size):
        text = f"link ({x}, {y}) {direction} has an end off the {size[0]} x {size[1]} wafer"
        complain(text, "links", index)
        return False
    return True


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _report_twice(key: str, kind: str, entries: Sequence[tuple[object, ...]], complain: Complain) -> None:
    """Report what is listed twice; a link's two names are one link."""
    seen: set[Defects] = set()
    for index, entry in enumerate(entries):
        one = (
            Defects.of([cast("Point", entry)])
            if key == "pes"
            else Defects.of((), [cast("tuple[int, int, str]", entry)])
        )
        if one in seen:
            complain(f"{kind} {' '.join(one.names()[0].split(' ')[1:])} is listed twice", key, index)
        seen.add(one)


def entry_position(text: str, start: int, index: int) -> int | None:
    """Return where entry `index` of the TOML list that follows offset `start` of `text` begins.

    None if there is no such bracket, as in a list that is written in an unusual way.
    """
    depth = 0
    for match in re.finditer(r"#[^\n]*|\"[^\"\n]*\"|'[^'\n]*'|[\[\]]", text[start:]):
        bracket = match[0]
        if bracket == "[":
            depth += 1
            if depth == 2:
                if index == 0:
                    return start + match.start()
                index -= 1
        elif bracket == "]":
            depth -= 1
            if depth == 0:
                return None
    return None
