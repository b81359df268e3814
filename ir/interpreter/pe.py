"""One PE of a grid for the interpreter of the dist level: where it is, and what it holds of a split."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..layout import Split

Indices = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pe:
    """The PE at column `x` and row `y` of a grid of `width` x `height`, while the entry is at `position`."""

    x: int
    y: int
    width: int
    height: int
    position: int

    def coordinate(self, axis: str | None) -> int:
        """This PE's coordinate on an axis; 0 for None."""
        return 0 if axis is None else self.x if axis == "x" else self.y

    def parts(self, axis: str | None) -> int:
        """How many PEs share an axis; 1 for None."""
        return 1 if axis is None else self.width if axis == "x" else self.height

    def indices(self, split: Split) -> Indices:
        """The logical indices of this PE's tile, in its order; of a cyclic split, of the positions so far."""
        found = tile_indices(split, self.coordinate(split.axis), self.parts(split.axis))
        return found[found <= self.position] if split.cyclic else found

    def start(self, split: Split) -> int:
        """Where this PE's tile starts among the split elements in layout order, at most their number."""
        return min(self.coordinate(split.axis) * split.tile(self.parts(split.axis)), split.spread)

    def shape(self, dims: tuple[Split, ...]) -> tuple[int, ...]:
        """The shape of this PE's tile of a tensor."""
        return tuple(len(self.indices(split)) for split in dims)


@lru_cache(maxsize=4096)
def tile_indices(split: Split, coordinate: int, parts: int) -> Indices:
    """`Split.indices`, remembered and read-only: a step asks for the same ones over and over."""
    found = split.indices(coordinate, parts)
    found.flags.writeable = False
    return found
