"""Where a variable's tiles lie, PE by PE as the layout says: what the host's arrays are compared with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from wsc.ir.attributes import IntegerAttr, SymbolRefAttr
from wsc.ir.dialects.dist import DistTensor, experts_of
from wsc.ir.dialects.fabric import numbers
from wsc.ir.operation import Operation
from wsc.passes.base import operations_named, symbols


@dataclass(frozen=True, slots=True)
class Tile:
    """A PE's part of a variable: coordinates on the wafer, byte offset, which layer and expert (as far as it
    is either's), indices per dimension of the tensor.
    """

    x: int
    y: int
    offset: int
    slice: tuple[int, ...]
    indices: tuple[np.ndarray[Any, np.dtype[np.int64]], ...]


def tiles_of(module: Operation, name: str) -> Iterator[Tile]:
    """Yield the tiles of a variable on all PEs."""
    op = symbols(operations_named(module, "pe.variable"))[name]
    kind, buffer = op.attribute("type", DistTensor), op.attribute("buffer", SymbolRefAttr)
    region = symbols(operations_named(module, "fabric.region"))[buffer.root]
    parts = {
        axis: region.attribute(key, IntegerAttr).value for axis, key in (("x", "width"), ("y", "height"))
    }
    (place,) = (inner for inner in region.body.operations if inner.symbol_name == buffer.leaf)
    base, step = place.attribute("offset", IntegerAttr).value, kind.tile_bytes(parts["x"], parts["y"])
    for instance in operations_named(module, "fabric.instance"):
        if instance.attribute("region", SymbolRefAttr).leaf != buffer.root:
            continue
        x0, y0 = numbers(instance, "origin")
        first, end = numbers(instance, "layers")
        counts = [range(first, end)] if "stacked" in op.attributes else []
        counts += [range(experts_of(op))] if "experts" in op.attributes else []
        for x, y in product(range(parts["x"]), range(parts["y"])):
            at = {"x": x, "y": y, None: 0}
            indices = tuple(
                split.indices(at[split.axis], parts[split.axis] if split.axis else 1) for split in kind.dims
            )
            for slot, slice in enumerate(product(*counts)):
                yield Tile(x0 + x, y0 + y, base + slot * step, slice, indices)
