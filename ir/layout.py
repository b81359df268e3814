"""Layouts: how the elements of one dimension are split over an axis of a grid of PEs.

A `Split` first puts the elements into layout order (a reshape and a transpose, so that for example
rotary pairs are neighbours and a key head's query heads lie beside it), then cuts them into tiles.
Tiles are uneven where the extent does not divide: a PE holds `count` elements, none at worst, and
nothing is padded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from operator import mul
from typing import TYPE_CHECKING, ClassVar

from .attributes import DYNAMIC, DialectAttribute, register_dialect_attribute

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

AXES = ("x", "y")


def other_axis(axis: str) -> str:
    """Return `y` for `x` and `x` for `y`."""
    return "y" if axis == "x" else "x"


@dataclass(frozen=True, slots=True)
class Split(DialectAttribute):
    """One dimension of `extent` elements over `axis` (None: every PE has all of it).

    Layout order is `arange(extent).reshape(factors).transpose(order)`; its first `local` elements
    (a leading part of the transposed factors) form a dimension that stays whole on each PE, the
    rest is cut into tiles of `tile(parts)` elements, a multiple of `granule`.
    `cyclic` deals elements out one by one instead: element e lies on PE e mod P in slot e div P.
    """

    mnemonic: ClassVar[str] = "dist.split"

    extent: int
    axis: str | None = None
    factors: tuple[int, ...] = ()
    order: tuple[int, ...] = ()
    local: int = 1
    granule: int = 1
    cyclic: bool = False

    @property
    def spread(self) -> int:
        """Elements that are cut into tiles, for each of the `local` ones."""
        return self.extent // self.local

    def tile(self, parts: int) -> int:
        """Elements (per local one) of the largest tile when the axis has `parts` PEs."""
        if self.axis is None:
            return self.spread
        if self.cyclic:
            return -(-self.spread // parts)
        blocks = -(-self.spread // self.granule)
        return self.granule * -(-blocks // parts)

    def capacity(self, parts: int) -> int:
        """Elements that the fullest PE holds."""
        return self.local * self.tile(parts)

    def count(self, coordinate: int, parts: int) -> int:
        """Elements (per local one) that the PE at `coordinate` holds."""
        if self.axis is None:
            return self.spread
        if self.cyclic:
            return max(0, -(-(self.spread - coordinate) // parts))
        tile = self.tile(parts)
        return min(max(self.spread - coordinate * tile, 0), tile)

    def ordered(self) -> npt.NDArray[np.int64]:
        """The logical index of each element in layout order, shape `[local, spread]`."""
        import numpy as np  # not above: to read and print types takes no arrays

        indices = np.arange(self.extent)
        if self.factors:
            indices = indices.reshape(self.factors).transpose(self.order)
        return indices.reshape(self.local, self.spread)

    def indices(self, coordinate: int, parts: int) -> npt.NDArray[np.int64]:
        """The logical indices that the PE at `coordinate` holds, in its order, shape `[local * count]`."""
        ordered = self.ordered()
        if self.axis is None:
            return ordered.reshape(-1)
        if self.cyclic:
            return ordered[:, coordinate::parts].reshape(-1)
        start = coordinate * self.tile(parts)
        return ordered[:, start : start + self.count(coordinate, parts)].reshape(-1)

    def body(self) -> str:
        """The text between the brackets of `#dist.split<...>`."""
        parts = ["?" if self.extent == DYNAMIC else str(self.extent)]
        if self.axis is not None:
            parts.append(f"{self.axis} cyclic" if self.cyclic else self.axis)
        if self.factors:
            parts.append(
                f"factors [{', '.join(map(str, self.factors))}] order [{', '.join(map(str, self.order))}]"
            )
        if self.local != 1:
            parts.append(f"local {self.local}")
        if self.granule != 1:
            parts.append(f"granule {self.granule}")
        return " ".join(parts)

    def __str__(self) -> str:
        return f"#{self.mnemonic}<{self.body()}>"


_SPLIT = re.compile(
    r"\s*(?P<extent>\?|\d+)(?:\s+(?P<axis>[xy])(?P<cyclic>\s+cyclic)?)?"
    r"(?:\s+factors\s*\[(?P<factors>[\d,\s]+)\]\s*order\s*\[(?P<order>[\d,\s]+)\])?"
    r"(?:\s+local\s+(?P<local>\d+))?(?:\s+granule\s+(?P<granule>\d+))?\s*"
)


def parse_split(body: str) -> Split:
    """Read what `Split.body` wrote. Raises `ValueError` with the reason."""
    match = _SPLIT.fullmatch(body)
    if match is None:
        raise ValueError(f"not a split: '{body}'")
    extent = DYNAMIC if match["extent"] == "?" else int(match["extent"])
    factors = tuple(map(int, match["factors"].split(","))) if match["factors"] else ()
    order = tuple(map(int, match["order"].split(","))) if match["order"] else ()
    local, granule = int(match["local"] or 1), int(match["granule"] or 1)
    if factors and (prod(factors) != extent or sorted(order) != list(range(len(factors)))):
        raise ValueError(f"factors and order do not fit {extent} elements")
    if local < 1 or granule < 1 or (extent != DYNAMIC and extent % local):
        raise ValueError(f"local {local} or granule {granule} does not fit {extent} elements")
    if factors and local not in accumulate((factors[i] for i in order), mul, initial=1):
        raise ValueError(f"local {local} is no leading part of the factors in layout order")
    return Split(extent, match["axis"], factors, order, local, granule, match["cyclic"] is not None)


register_dialect_attribute(Split.mnemonic, parse_split)


def heads_split(axis: str, kv_heads: int, group: int, head_dim: int, *, pairs: bool = True) -> Split:
    """The split of `kv_heads * group * head_dim` features whose query heads share key heads in groups.

    Order: member of the group (local), key head, with `pairs` rotary pair (i, i + head_dim/2) side by side;
    an odd `head_dim` has no pairs.
    """
    if head_dim % 2 or not pairs:
        if group == 1:
            return Split(kv_heads * head_dim, axis)
        return Split(kv_heads * group * head_dim, axis, (kv_heads, group, head_dim), (1, 0, 2), local=group)
    return Split(
        kv_heads * group * head_dim,
        axis,
        (kv_heads, group, 2, head_dim // 2),
        (1, 0, 3, 2),
        local=group,
        granule=2,
    )
