"""The floor plan of a module: which instance lies where, what colors and memory are used."""

from __future__ import annotations

from dataclasses import dataclass

from ...ir.attributes import IntegerAttr, SymbolRefAttr
from ...ir.dialects.fabric import numbers
from ...ir.operation import Operation


@dataclass(frozen=True, slots=True)
class PlacedRegion:
    """An instance on the wafer, in PEs; `x`, `y` is its upper left corner, `layers` first and end."""

    name: str
    region: str
    x: int
    y: int
    width: int
    height: int
    layers: tuple[int, int]
    sram_bytes_per_pe: int | None

    def as_json(self) -> dict[str, object]:
        """Return the object that `--json` shows."""
        keys = ("name", "x", "y", "width", "height", "sram_bytes_per_pe")
        return {key: getattr(self, key) for key in keys}


def placed_regions(module: Operation) -> list[PlacedRegion]:
    """Return the instances of `module`, in its order; none before the floor plan is made."""
    operations = list(module.body.operations)
    regions = {str(op.symbol_name): op for op in operations if op.name == "fabric.region"}
    found: list[PlacedRegion] = []
    for op in operations:
        if op.name != "fabric.instance":
            continue
        name = op.attribute("region", SymbolRefAttr).leaf
        region = regions[name]
        x, y = numbers(op, "origin")
        first, end = numbers(op, "layers")
        sram = region.attributes.get("sram_bytes")
        found.append(
            PlacedRegion(
                str(op.symbol_name),
                name,
                x,
                y,
                region.attribute("width", IntegerAttr).value,
                region.attribute("height", IntegerAttr).value,
                (first, end),
                sram.value if isinstance(sram, IntegerAttr) else None,
            )
        )
    return found


def colors_used(module: Operation) -> int:
    """Return how many different colors the routes of `module` use."""
    routes = [op for op in module.body.operations if op.name == "fabric.route"]
    return len({op.attribute("color", IntegerAttr).value for op in routes})


def peak_sram_bytes(regions: list[PlacedRegion]) -> int | None:
    """Return the most bytes of data that any PE holds; None before memory is allocated."""
    known = [region.sram_bytes_per_pe for region in regions if region.sram_bytes_per_pe is not None]
    return max(known, default=None)
