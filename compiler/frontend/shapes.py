"""Shapes as the front end knows them, and patterns that operators' operands must fit.

An extent is an integer, a symbolic name (`seq`, `position + seq`), or None when an error made it unknown;
an unknown extent agrees with everything.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

Extent: TypeAlias = int | str | None
Shape: TypeAlias = tuple[Extent, ...]

SEQ = "seq"
"""Rows of the current step: 1 in decode, the prompt's length in prefill."""
SO_FAR = "position + seq"
"""Rows of a cache once the current step's are appended."""


def shape_text(shape: Shape) -> str:
    """Return `[seq, 64]`; an unknown extent shows as `?`."""
    return "[" + ", ".join("?" if extent is None else str(extent) for extent in shape) + "]"


def is_known(*shapes: Shape) -> bool:
    """Whether no extent is unknown: what an error left of a shape is no ground for another error."""
    return not any(None in shape for shape in shapes)


def agree(left: Extent, right: Extent) -> bool:
    """Whether two extents are equal as far as is known."""
    return left is None or right is None or left == right


def shapes_agree(left: Shape, right: Shape) -> bool:
    """Whether two shapes are equal as far as is known."""
    return len(left) == len(right) and all(map(agree, left, right))


def merge(left: Shape, right: Shape) -> Shape:
    """Return what is known from two agreeing shapes together."""
    return tuple(b if a is None else a for a, b in zip(left, right, strict=True))


def broadcasts(large: Shape, small: Shape) -> bool:
    """Whether `small` is the last dimensions of `large` (all, some or none), an extent of 1 for any other."""
    if len(small) > len(large):
        return False
    last = large[len(large) - len(small) :]
    return all(part == 1 or agree(whole, part) for whole, part in zip(last, small, strict=True))


def element_count(shape: Shape) -> int | None:
    """Return the product of the integer extents; None if one is unknown."""
    product = 1
    for extent in shape:
        if extent is None:
            return None
        product *= extent if isinstance(extent, int) else 1
    return product


class ShapeError(Exception):
    """Operands that do not fit; `operand` is the index of the one to blame, None for the operator itself."""

    def __init__(self, message: str, operand: int | None, *notes: str) -> None:
        super().__init__(message)
        self.message = message
        self.operand = operand
        self.notes = notes


@dataclass(frozen=True, slots=True)
class Pattern:
    """Names for a shape's extents, written `n heads head_dim`.

    A name must stand for one extent everywhere in an operator; the names `seq` and `position+seq` stand
    for these extents themselves. A leading or trailing `...` stands for any number of further dimensions.
    """

    names: tuple[str, ...]

    @staticmethod
    def parse(text: str) -> Pattern:
        """Return the pattern with these names."""
        return Pattern(tuple(text.split()))

    def __str__(self) -> str:
        return "[" + ", ".join(SO_FAR if name == "position+seq" else name for name in self.names) + "]"


@dataclass(slots=True)
class Bindings:
    """What a pattern's names stand for in one use of an operator."""

    extents: dict[str, Extent] = field(default_factory=lambda: {"seq": SEQ, "position+seq": SO_FAR})
    rest: Shape | None = None
    _where: dict[str, str] = field(default_factory=lambda: dict[str, str]())

    def __getitem__(self, name: str) -> Extent:
        return self.extents[name]

    def known(self, *names: str) -> tuple[int, ...] | None:
        """Return the extents of `names` if all of them are integers."""
        found = tuple(self.extents[name] for name in names)
        integers = tuple(extent for extent in found if isinstance(extent, int))
        return integers if len(integers) == len(found) else None

    def unify(self, pattern: Pattern, shape: Shape, operator: str, operand: str, index: int) -> None:
        """Bind `pattern`'s names to `shape`'s extents. Raises `ShapeError` where they do not agree."""
        named = [name for name in pattern.names if name != "..."]
        open_ended = len(named) < len(pattern.names)
        if len(shape) < len(named) or (len(shape) > len(named) and not open_ended):
            raise ShapeError(f"{operand} of '{operator}' must be {pattern}, not {shape_text(shape)}", index)
        if not open_ended:
            pairs = list(zip(named, shape, strict=True))
        elif pattern.names[0] == "...":
            pairs = list(zip(named, shape[len(shape) - len(named) :], strict=True))
            self._unify_rest(shape[: len(shape) - len(named)], operator, operand, index)
        else:
            pairs = list(zip(named, shape, strict=False))
            self._unify_rest(shape[len(named) :], operator, operand, index)
        for name, extent in pairs:
            self._unify_extent(name, extent, pattern, shape, operator, operand, index)

    def _unify_rest(self, rest: Shape, operator: str, operand: str, index: int) -> None:
        if self.rest is None:
            self.rest = rest
        elif shapes_agree(self.rest, rest):
            self.rest = merge(self.rest, rest)
        else:
            raise ShapeError(
                f"shapes do not agree in '{operator}'",
                index,
                f"the other extents are {shape_text(rest)} in {operand} and {shape_text(self.rest)} before",
            )

    def _unify_extent(
        self,
        name: str,
        extent: Extent,
        pattern: Pattern,
        shape: Shape,
        operator: str,
        operand: str,
        index: int,
    ) -> None:
        if name in ("seq", "position+seq"):
            if not agree(self.extents[name], extent):
                raise ShapeError(
                    f"{operand} of '{operator}' must be {pattern}, not {shape_text(shape)}", index
                )
            return
        if name not in self.extents or self.extents[name] is None:
            self.extents[name] = extent
            self._where[name] = operand
        elif not agree(self.extents[name], extent):
            raise ShapeError(
                f"shapes do not agree in '{operator}'",
                index,
                f"{name} is {self.extents[name]} in {self._where[name]} and {extent} in {operand}",
            )

    def shape(self, pattern: Pattern) -> Shape:
        """Return the shape that `pattern` stands for once its names are bound."""
        extents: list[Extent] = []
        for name in pattern.names:
            if name == "...":
                extents.extend(self.rest or ())
            else:
                extents.append(self.extents[name])
        return tuple(extents)
