"""Which parts of a placed and routed module use a wafer's defects."""

from __future__ import annotations

from .attributes import ArrayAttr, IntegerAttr, StringAttr, SymbolRefAttr
from .defects import DefectMap, Defects
from .dialects.fabric import numbers
from .operation import Operation


def defects_touched(module: Operation, defects: Defects) -> list[tuple[str, Operation]]:
    """Return what is wrong, and the operation: an instance with a defect inside, a route through a dead PE or
    over a dead link.
    """
    if not defects:
        return []
    where = DefectMap(defects)
    tops = list(module.body.operations)
    shapes = {
        str(op.symbol_name): (
            op.attribute("width", IntegerAttr).value,
            op.attribute("height", IntegerAttr).value,
        )
        for op in tops
        if op.name == "fabric.region"
    }
    found: list[tuple[str, Operation]] = []
    for op in tops:
        if op.name == "fabric.instance":
            shape = shapes.get(op.attribute("region", SymbolRefAttr).leaf)
            x, y = numbers(op, "origin")
            inside = where.inside(x, y, *shape) if shape is not None else []
            found += [(f"instance '{op.symbol_name}' has a defect inside, {name}", op) for name in inside]
        elif op.name == "fabric.route":
            found += [(message, op) for message in _of_route(op, where)]
    return found


def _of_route(op: Operation, where: DefectMap) -> list[str]:
    rect = numbers(op, "rect")
    color = op.attribute("color", IntegerAttr).value
    flow = f"flow '{op.attribute('flow', StringAttr).value}' (color {color})"
    found = [f"{flow} needs the router of PE {point}, which is defective" for point in where.dead_in(rect)]
    for output in op.attribute("outputs", ArrayAttr):
        if isinstance(output, StringAttr) and output.value != "RAMP":
            cut = where.cut_in(rect, output.value)
            found += [
                f"{flow} needs the link from PE {point} to {output.value}, which is defective"
                for point in cut
            ]
    return found
