"""What the host does around a launch: put tensors into the PEs' memories and read results back.

The host link itself is not simulated: reading and writing take no cycles.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..ir.attributes import IntegerAttr, StringAttr, SymbolRefAttr
from ..ir.dialects.dist import DistTensor, experts_of
from ..ir.dialects.fabric import numbers
from ..ir.operation import Operation
from ..ir.variable_values import DTYPES, Array, variable_shape


class Memory(Protocol):
    """The PEs' memories, by coordinates on the wafer and byte offset."""

    def write(self, x: int, y: int, offset: int, values: Array) -> None:
        """Store the bytes of `values`."""
        ...

    def read(self, x: int, y: int, offset: int, dtype: np.dtype[Any], count: int) -> Array:
        """Return `count` elements."""
        ...


@dataclass(frozen=True, slots=True)
class Tile:
    """A PE's part of a variable: coordinates on the wafer, byte offset, which layer and expert (as far as it
    is either's), indices per dimension of the tensor.
    """

    x: int
    y: int
    offset: int
    slice: tuple[int, ...]
    indices: tuple[npt.NDArray[np.int64], ...]


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

    def tiles(self, name: str) -> Iterator[Tile]:
        """Yield the tiles of a variable on all PEs that hold some of it."""
        op, kind = self.by_name[name], self.type(name)
        buffer = op.attribute("buffer", SymbolRefAttr)
        region = self._regions[buffer.root]
        parts = {
            axis: region.attribute(key, IntegerAttr).value for axis, key in (("x", "width"), ("y", "height"))
        }
        base, step = self._offsets[buffer.root, buffer.leaf], kind.tile_bytes(parts["x"], parts["y"])
        for instance in self._instances:
            if instance.attribute("region", SymbolRefAttr).leaf != buffer.root:
                continue
            x0, y0 = numbers(instance, "origin")
            first, end = numbers(instance, "layers")
            counts = [range(first, end)] if "stacked" in op.attributes else []
            counts += [range(experts_of(op))] if "experts" in op.attributes else []
            for y in range(parts["y"]):
                for x in range(parts["x"]):
                    at = {"x": x, "y": y, None: 0}
                    indices = tuple(
                        split.indices(at[split.axis], parts[split.axis] if split.axis else 1)
                        for split in kind.dims
                    )
                    for slot, slice in enumerate(product(*counts)):
                        yield Tile(x0 + x, y0 + y, base + slot * step, slice, indices)


def scatter(memory: Memory, variables: Variables, name: str, values: Array) -> None:
    """Write `values` into the tiles of a variable.

    Raises `ValueError` unless they have the shape `variables.shape(name)` and the variable's element type.
    """
    shape, dtype = variables.shape(name), DTYPES[str(variables.type(name).element)]
    if values.shape != shape or values.dtype != dtype:
        found = f"{values.dtype.name} {list(values.shape)}"
        raise ValueError(f"variable '{name}' takes {dtype.name} {list(shape)}, not {found}")
    for tile in variables.tiles(name):
        part = values[tile.slice]
        piece = part[np.ix_(*tile.indices)] if tile.indices else part
        memory.write(tile.x, tile.y, tile.offset, np.ascontiguousarray(piece))


def gather(memory: Memory, variables: Variables, name: str) -> Array:
    """Read a variable back: every element from one of the PEs that hold it."""
    kind = variables.type(name)
    result = np.zeros(variables.shape(name), dtype=DTYPES[str(kind.element)])
    for tile in variables.tiles(name):
        shape = tuple(len(indices) for indices in tile.indices)
        piece = memory.read(tile.x, tile.y, tile.offset, result.dtype, prod(shape))
        target = result[tile.slice]
        if tile.indices:
            target[np.ix_(*tile.indices)] = piece.reshape(shape)
        else:
            result[tile.slice] = piece[0]
    return result
