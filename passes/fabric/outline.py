"""From one `dist.func` to one `fabric.region` per grid, with sends and receives where values change grids."""

from __future__ import annotations

from dataclasses import dataclass

from ...ir.attributes import StringAttr, i64, string
from ...ir.builder import Builder
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor
from ...ir.operation import Block, Operation, Region, Value
from ..base import operations_named, symbols


@dataclass(frozen=True, slots=True)
class Transfer:
    """A value that leaves `source` (a grid) through port `out` and enters `sink` through port `into`."""

    source: str
    sink: str
    out: str
    into: str
    location_op: Operation


def grid_of(op: Operation) -> str | None:
    """Return the grid that `op` works on; None for operations without distributed values (and transfers)."""
    if op.name == "dist.repeat":
        return op.attribute("label", StringAttr).value
    if op.name == "dist.transfer":
        return None
    for value in (*op.results, *op.operands):
        if isinstance(value.type, DistTensor):
            return value.type.grid
    return None


def outline(
    module: Operation, function: Operation, grids: list[str]
) -> tuple[dict[str, Operation], list[Transfer]]:
    """Move the operations of `function` into one region per grid, in order; erase `function`.

    Returns the regions by grid (in the order of `grids`; their shape is 1 x 1 until it is decided) and the
    transfers in program order. Raises `DiagnosticError` if a grid gets no work or a value strays.
    """
    bodies = {grid: Block() for grid in grids}
    mapping: dict[Value, Value] = {}
    transfers: list[Transfer] = []
    outs, ins = dict.fromkeys(grids, 0), dict.fromkeys(grids, 0)
    for op in list(function.body.operations):
        if op.name == "dist.transfer":
            source_type, sink_type = op.operands[0].type, op.result.type
            assert isinstance(source_type, DistTensor)
            assert isinstance(sink_type, DistTensor)
            source, sink = source_type.grid, sink_type.grid
            out, into = f"out{outs[source]}", f"in{ins[sink]}"
            outs[source] += 1
            ins[sink] += 1
            sent = mapping.get(op.operands[0], op.operands[0])
            attributes = {"port": string(out)}
            Builder(bodies[source], location=op.location).create("fabric.send", [sent], (), attributes)
            received = Builder(bodies[sink], location=op.location).create(
                "fabric.receive", (), [op.result.type], {"port": string(into)}
            )
            mapping[op.result] = received.result
            transfers.append(Transfer(source, sink, out, into, received))
            continue
        grid = grid_of(op)
        if grid is None:
            grid = grids[0]
        copy = op.clone(mapping)
        bodies[grid].append(copy)
    regions: dict[str, Operation] = {}
    declared = symbols(operations_named(module, "dist.grid"))
    top = Builder(module.body)
    for grid, body in bodies.items():
        if not body.operations:
            raise error_at(f"grid '{grid}' has no work", function.location)
        regions[grid] = top.create(
            "fabric.region",
            attributes={"sym_name": string(grid), "grid": string(grid), "width": i64(1), "height": i64(1)},
            regions=[Region([body])],
            location=declared[grid].location,
        )
    function.erase()
    return regions, transfers
