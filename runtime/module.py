"""From a checked final module to a machine: programs decoded, PEs and routers set up, memories empty."""

from __future__ import annotations

from dataclasses import fields
from typing import cast

from ..ir.attributes import ArrayAttr, IntegerAttr, StringAttr, SymbolRefAttr
from ..ir.dialects.fabric import numbers
from ..ir.operation import Operation
from ..ir.target import Target
from .bytecode import Costs, Program
from .cores import Tile
from .decode import decode_program
from .machine import Machine
from .wiring import QueueDepths, Rect, Route


def machine_from_module(module: Operation, target: Target) -> Machine:
    """Return the machine that `module` describes, on the whole grid of `target`.

    Raises `MachineFault` for what can never run, a route that leads off the wafer for example.
    """
    ops = list(module.body.operations)
    costs = Costs(**{field.name: getattr(target, field.name) for field in fields(Costs)})
    depths = QueueDepths(**{field.name: getattr(target, field.name) for field in fields(QueueDepths)})
    programs: list[Program] = []
    numbers_of: dict[tuple[str, ...], int] = {}
    for region in ops:
        if region.name != "fabric.region":
            continue
        offsets = {
            str(op.symbol_name): op.attribute("offset", IntegerAttr).value
            for op in region.body.operations
            if op.name == "pe.buffer"
        }
        for op in region.body.operations:
            if op.name == "pe.program":
                numbers_of[str(region.symbol_name), str(op.symbol_name)] = len(programs)
                programs.append(decode_program(op, offsets, costs))
    instances = {str(op.symbol_name): op for op in ops if op.name == "fabric.instance"}
    tiles = [_tile(op, instances, numbers_of) for op in ops if op.name == "pe.tile"]
    routes = [_route(op) for op in ops if op.name == "fabric.route"]
    return Machine(target.width, target.height, routes, tiles, programs, depths, target.sram_bytes)


def _tile(op: Operation, instances: dict[str, Operation], programs: dict[tuple[str, ...], int]) -> Tile:
    instance = instances[op.attribute("instance", SymbolRefAttr).leaf]
    x, y = numbers(instance, "origin")
    first, end = numbers(instance, "layers")
    x0, y0, *rest = numbers(op, "rect")
    return Tile(
        programs[op.attribute("program", SymbolRefAttr).path],
        cast("Rect", (x + x0, y + y0, *rest)),
        (x, y),
        numbers(op, "channels"),
        (first, end),
        str(instance.symbol_name),
    )


def _route(op: Operation) -> Route:
    outputs = (entry.value for entry in op.attribute("outputs", ArrayAttr) if isinstance(entry, StringAttr))
    return Route(
        op.attribute("flow", StringAttr).value,
        op.attribute("color", IntegerAttr).value,
        cast("Rect", numbers(op, "rect")),
        op.attribute("input", StringAttr).value,
        tuple(outputs),
    )
