"""What the host does around a launch: put tensors into the PEs' memories and read results back.

The host link itself is not simulated: reading and writing take no cycles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..ir.attributes import IntegerAttr, StringAttr, SymbolRefAttr
from ..ir.dialects.dist import DistTensor, experts_of
from ..ir.dialects.fabric import numbers
from ..ir.layout import Split
from ..ir.operation import Operation
from ..ir.variable_values import DTYPES, Array, variable_shape

Coordinates = npt.NDArray[np.int64]
_ELEMENTS_AT_ONCE = 1 << 22
"""How many elements are copied in one piece."""


class Memory(Protocol):
    """The PEs' memories, by coordinates on the wafer and byte offset."""

    def write(self, x: Coordinates, y: Coordinates, offset: int, values: Array) -> None:
        """Store the bytes of row i of `values` [PEs, elements] on PE (x[i], y[i])."""
        ...

    def read(self, x: Coordinates, y: Coordinates, offset: int, dtype: np.dtype[Any], count: int) -> Array:
        """Return `count` elements of each PE, [PEs, count]."""
        ...


@dataclass(frozen=True, slots=True)
class Patch:
    """Equally large parts of a variable, on the PEs where columns `xs` and rows `ys` of the wafer cross.

    They lie at byte `offset`; `slice` says which layer and expert they are of, as far as it is either's.
    `indices` holds for each dimension of the tensor the indices that each PE has, [rows, columns, count] with
    1 for rows or columns that have the same ones.
    """

    xs: Coordinates
    ys: Coordinates
    offset: int
    slice: tuple[int, ...]
    indices: tuple[Coordinates, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Extents of each PE's part."""
        return tuple(indices.shape[-1] for indices in self.indices)

    def rows(self, first: int, end: int) -> Patch:
        """Return what lies in rows number `first` up to, not with, `end`."""
        cut = tuple(i if i.shape[0] == 1 else i[first:end] for i in self.indices)
        return Patch(self.xs, self.ys[first:end], self.offset, self.slice, cut)

    def once(self) -> Patch:
        """Return the first of the rows and of the columns that hold the same."""
        sizes = [1, 1]
        for axis, indices in product((0, 1), self.indices):
            sizes[axis] = max(sizes[axis], indices.shape[axis])
        return Patch(self.xs[: sizes[1]], self.ys[: sizes[0]], self.offset, self.slice, self.indices)

    def places(self) -> tuple[Coordinates, Coordinates]:
        """Return x and y of all PEs, row by row."""
        y, x = np.meshgrid(self.ys, self.xs, indexing="ij")
        return x.reshape(-1), y.reshape(-1)

    def selection(self) -> tuple[Coordinates, ...]:
        """Return what picks the parts out of the tensor: [rows, columns, count, count, ...] in all."""
        found: list[Coordinates] = []
        for position, indices in enumerate(self.indices):
            counts = [1] * len(self.indices)
            counts[position] = indices.shape[-1]
            found.append(indices.reshape(*indices.shape[:2], *counts))
        return tuple(found)


class Variables:
    """The variables of a final module and where their tiles lie."""

    def __init__(self, module: Operation) -> None:
        ops = list(module.body.operations)
        self.by_name = {str(op.symbol_name): op for op in ops if op.name == "pe.variable"}
        self._instances = [op for op in ops if op.name == "fabric.instance"]
        self._regions = {str(op.symbol_name): op for op in ops if op.name == "fabric.region"}
        self._offsets = {
            (grid, str(op.symbol_name)): op.attribute("offset", IntegerAttr).value
            for grid, region in self._regions.items()
            for op in region.body.operations
            if op.name == "pe.buffer"
        }

    def of_kind(self, *kinds: str) -> list[str]:
        """Names of the variables of these kinds, in the module's order."""
        return [n for n, op in self.by_name.items() if op.attribute("kind", StringAttr).value in kinds]

    def of_positions(self) -> list[str]:
        """Names of the tables that have a row for each position, in the module's order."""
        return [name for name, op in self.by_name.items() if "by_position" in op.attributes]

    def type(self, name: str) -> DistTensor:
        """The distributed type of a variable."""
        return self.by_name[name].attribute("type", DistTensor)

    def shape(self, name: str) -> tuple[int, ...]:
        """Extents of the tensor (features flattened), its layers and experts first if it has any."""
        return variable_shape(self.by_name[name])

    def patches(self, name: str) -> Iterator[Patch]:
        """Yield the parts of a variable on all PEs, those of equal size together."""
        op, kind = self.by_name[name], self.type(name)
        buffer = op.attribute("buffer", SymbolRefAttr)
        region = self._regions[buffer.root]
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        base, step = self._offsets[buffer.root, buffer.leaf], kind.tile_bytes(width, height)
        columns, rows = _equal_counts(kind.dims, "x", width), _equal_counts(kind.dims, "y", height)
        for instance in self._instances:
            if instance.attribute("region", SymbolRefAttr).leaf != buffer.root:
                continue
            x0, y0 = numbers(instance, "origin")
            first, end = numbers(instance, "layers")
            counts = [range(first, end)] if "stacked" in op.attributes else []
            counts += [range(experts_of(op))] if "experts" in op.attributes else []
            for xs, ys in product(columns, rows):
                indices = tuple(_indices(split, xs, ys, width, height) for split in kind.dims)
                for slot, slice in enumerate(product(*counts)):
                    yield Patch(x0 + xs, y0 + ys, base + slot * step, slice, indices)


def _equal_counts(dims: Sequence[Split], axis: str, parts: int) -> list[Coordinates]:
    """Return the coordinates of an axis of `parts` PEs in groups that hold equally many elements."""
    groups: dict[tuple[int, ...], list[int]] = {}
    mine = [split for split in dims if split.axis == axis]
    for coordinate in range(parts):
        groups.setdefault(tuple(split.count(coordinate, parts) for split in mine), []).append(coordinate)
    return [np.array(group, np.int64) for group in groups.values()]


def _indices(split: Split, xs: Coordinates, ys: Coordinates, width: int, height: int) -> Coordinates:
    """Return the indices of one dimension on the PEs of these columns and rows, [rows, columns, count]."""
    if split.axis is None:
        return split.indices(0, 1)[None, None]
    coordinates, parts = (xs, width) if split.axis == "x" else (ys, height)
    found = np.stack([split.indices(coordinate, parts) for coordinate in coordinates.tolist()])
    return found[None] if split.axis == "x" else found[:, None]


def scatter(memory: Memory, variables: Variables, name: str, values: Array) -> None:
    """Write `values` into the tiles of a variable.

    Raises `ValueError` unless they have the shape `variables.shape(name)` and the variable's element type.
    """
    shape, dtype = variables.shape(name), DTYPES[str(variables.type(name).element)]
    if values.shape != shape or values.dtype != dtype:
        found = f"{values.dtype.name} {list(values.shape)}"
        raise ValueError(f"variable '{name}' takes {dtype.name} {list(shape)}, not {found}")
    for patch in variables.patches(name):
        for part in _pieces(patch):
            x, y = part.places()
            piece = np.asarray(values[part.slice])[part.selection()]
            whole = np.broadcast_to(piece, (part.ys.size, part.xs.size, *part.shape))
            memory.write(x, y, part.offset, whole.reshape(x.size, prod(part.shape)))


def gather(memory: Memory, variables: Variables, name: str) -> Array:
    """Read a variable back: every element from one of the PEs that hold it."""
    kind = variables.type(name)
    result = np.zeros(variables.shape(name), dtype=DTYPES[str(kind.element)])
    for patch in variables.patches(name):
        for part in _pieces(patch.once()):
            x, y = part.places()
            piece = memory.read(x, y, part.offset, result.dtype, prod(part.shape))
            whole = piece.reshape(part.ys.size, part.xs.size, *part.shape)
            if part.indices:
                result[part.slice][part.selection()] = whole
            else:
                result[part.slice] = whole[0, 0]
    return result


def _pieces(patch: Patch) -> Iterator[Patch]:
    """Yield a patch by rows, not too many elements at once; nothing where nobody holds any."""
    elements = patch.xs.size * prod(patch.shape)
    if elements == 0:
        return
    rows = max(1, _ELEMENTS_AT_ONCE // elements)
    for first in range(0, patch.ys.size, rows):
        yield patch.rows(first, first + rows)
