"""The type of the dist dialect: a tensor that the PEs of a grid share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from ..attributes import (
    DIALECT_ATTRIBUTES,
    F16,
    F32,
    I32,
    DialectType,
    TypeAttribute,
    register_dialect_type,
)
from ..layout import Split, parse_split
from ..operation import Value

_ELEMENTS: dict[str, TypeAttribute] = {"f16": F16, "f32": F32, "i32": I32}


@dataclass(frozen=True, slots=True)
class DistTensor(DialectType):
    """A tensor on `grid`: one split per dimension; `partial` is the axis over which `reduction` is still to
    do.
    """

    mnemonic: ClassVar[str] = "dist.tensor"

    grid: str
    dims: tuple[Split, ...]
    element: TypeAttribute
    partial: str | None = None
    reduction: str = "add"

    def body(self) -> str:
        """The text between the brackets of `!dist.tensor<...>`."""
        dims = ", ".join(split.body() for split in self.dims)
        tail = f", partial {self.reduction} over {self.partial}" if self.partial else ""
        return f"@{self.grid}, [{dims}], {self.element}{tail}"

    def __str__(self) -> str:
        return f"!{self.mnemonic}<{self.body()}>"

    def complete(self) -> DistTensor:
        """This type once the partial values are combined."""
        return DistTensor(self.grid, self.dims, self.element)

    def with_element(self, element: TypeAttribute) -> DistTensor:
        """This type with another element type."""
        return DistTensor(self.grid, self.dims, element, self.partial, self.reduction)

    @property
    def element_bytes(self) -> int:
        """Bytes of one element."""
        return 2 if self.element == F16 else 4

    def tile_bytes(self, width: int, height: int) -> int:
        """Bytes that the fullest tile takes in SRAM on a grid of `width` x `height` PEs, rounded up to 4.

        Caches count at their full length. It is also the distance between two slices of a stacked variable.
        """
        size = self.element_bytes
        for split in self.dims:
            size *= split.capacity({"x": width, "y": height, None: 1}[split.axis])
        return -(-size // 4) * 4


_TENSOR = re.compile(
    r"\s*@(?P<grid>[\w.$]+)\s*,\s*\[(?P<dims>.*)\]\s*,\s*(?P<element>f16|f32|i32)\s*"
    r"(?:,\s*partial\s+(?P<reduction>add|max|min)\s+over\s+(?P<axis>[xy]))?\s*",
    re.DOTALL,
)


def parse_dist_tensor(body: str) -> DistTensor:
    """Read what `DistTensor.body` wrote. Raises `ValueError` with the reason."""
    match = _TENSOR.fullmatch(body)
    if match is None:
        raise ValueError(f"not a distributed tensor: '{body}'")
    # Commas inside brackets belong to a split's factors and order.
    dims = re.split(r",(?![^\[]*\])", match["dims"]) if match["dims"].strip() else []
    return DistTensor(
        match["grid"],
        tuple(map(parse_split, dims)),
        _ELEMENTS[match["element"]],
        match["axis"],
        match["reduction"] or "add",
    )


register_dialect_type(DistTensor.mnemonic, parse_dist_tensor)
assert Split.mnemonic in DIALECT_ATTRIBUTES


def dist_tensor(value: Value) -> DistTensor:
    """Return the distributed type of `value`. Raises `TypeError` if it has another type."""
    if not isinstance(value.type, DistTensor):
        raise TypeError(f"not a distributed tensor: {value.type}")
    return value.type


def window_rows(kind: DistTensor) -> int | None:
    """Return how many rows an entry's input of this type has; None if it is that of one position."""
    last = kind.dims[-1] if kind.dims else None
    return last.extent if last is not None and last.axis is None else None
