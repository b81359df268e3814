"""Which parts of a placed and routed module use a wafer's defects."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .attributes import ArrayAttr, IntegerAttr, StringAttr, SymbolRefAttr
from .defects import DefectMap, Defects, Point
from .dialects.fabric import numbers
from .operation import Operation
from .routes import STEP


@dataclass(frozen=True, slots=True)
class Touched:
    """A use of a defect by an instance or a route."""

    op: Operation
    point: Point
    """The PE that is dead, or from which the dead link leads."""
    message: str
    """What is used; it follows whose PE it is."""
    color: int | None = None
    flow: str = ""

    def __str__(self) -> str:
        user = (
            f"flow '{self.flow}' (color {self.color})" if self.flow else f"instance '{self.op.symbol_name}'"
        )
        return f"{user} uses a defect: PE {self.point}: {self.message}"


def defects_touched(module: Operation, defects: Defects) -> Iterator[Touched]:
    """Yield each dead PE and dead link that an instance has inside or that a route leads through."""
    if not defects:
        return
    where = DefectMap(defects)
    tops = list(module.body.operations)
    regions = {op.symbol_name: op for op in tops if op.name == "fabric.region"}
    for op in tops:
        if op.name == "fabric.instance":
            region = regions.get(op.attribute("region", SymbolRefAttr).leaf)
            if region is not None:
                yield from _of_instance(op, region, where)
        elif op.name == "fabric.route":
            yield from _of_route(op, where)


def _of_instance(op: Operation, region: Operation, where: DefectMap) -> Iterator[Touched]:
    width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
    x, y = numbers(op, "origin")
    for point in where.dead_in((x, y, width, height, 1, 1)):
        yield Touched(op, point, "its core is defective")
    for direction, across, down in (("E", 1, 0), ("S", 0, 1)):
        inner = (x, y, width - across, height - down, 1, 1)
        for point in where.cut_in(inner, direction):
            yield Touched(op, point, f"its link to {direction}, inside of the instance, is defective")


def _of_route(op: Operation, where: DefectMap) -> Iterator[Touched]:
    rect = numbers(op, "rect")
    color, flow = op.attribute("color", IntegerAttr).value, op.attribute("flow", StringAttr).value
    for point in where.dead_in(rect):
        yield Touched(op, point, "its router is defective", color, flow)
    for output in op.attribute("outputs", ArrayAttr):
        if isinstance(output, StringAttr) and output.value in STEP:
            for point in where.cut_in(rect, output.value):
                yield Touched(op, point, f"its link to {output.value} is defective", color, flow)
