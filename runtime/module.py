"""From a final module, `pe` and `fabric` operations only, to the machine that executes it."""

from __future__ import annotations

from dataclasses import fields

from ..ir.attributes import ArrayAttr, IntegerAttr, StringAttr, SymbolRefAttr
from ..ir.diagnostics import error_at
from ..ir.dialects.fabric import numbers, switch_position
from ..ir.location import place_text
from ..ir.operation import Operation
from ..ir.runs import runs_of
from ..ir.target import Target
from .bytecode import Costs, Program
from .cores import Crossing, Tile
from .decode import decode_program
from .defects import refuse_defects
from .machine import Machine
from .route import Route
from .wiring import QueueDepths


def costs_of(target: Target) -> Costs:
    """Return what instructions take on `target`."""
    return Costs(**{field.name: getattr(target, field.name) for field in fields(Costs)})


def queue_depths_of(target: Target) -> QueueDepths:
    """Return the queues of `target`."""
    return QueueDepths(**{field.name: getattr(target, field.name) for field in fields(QueueDepths)})


def machine_from_module(module: Operation, target: Target) -> Machine:
    """Return the machine that the final `module` describes, with empty memories.

    Raises `DiagnosticError` for an operation that PEs do not have or a symbol that is not there, and
    `MachineFault` for what can never run, as `Machine` does, and for what uses a defect of `target`.
    """
    tops = list(module.body.operations)
    costs = costs_of(target)
    programs: list[Program] = []
    program_numbers: dict[tuple[str, str], int] = {}
    sram_bytes = 0
    for region in (op for op in tops if op.name == "fabric.region"):
        name = str(region.symbol_name)
        members = list(region.body.operations)
        offsets: dict[str, int] = {}
        for op in members:
            if op.name == "pe.buffer":
                offset = op.attribute("offset", IntegerAttr).value
                offsets[str(op.symbol_name)] = offset
                sram_bytes = max(sram_bytes, offset + op.attribute("bytes", IntegerAttr).value)
        for op in members:
            if op.name == "pe.program":
                program_numbers[name, str(op.symbol_name)] = len(programs)
                programs.append(decode_program(op, f"{name}.{op.symbol_name}", offsets, costs))
    if sram_bytes > target.sram_bytes:
        raise error_at(
            f"the buffers take {sram_bytes} bytes of each PE's {target.sram_bytes}", module.location
        )
    refuse_defects(module, target.defects)
    instances = {op.symbol_name: op for op in tops if op.name == "fabric.instance"}
    tiles = [_tile(op, instances, program_numbers) for op in tops if op.name == "pe.tile"]
    routes = [_route(op) for op in tops if op.name == "fabric.route"]
    depths = queue_depths_of(target)
    width, height = target.width, target.height
    if "fabric.grid" in module.attributes:
        width, height = numbers(module, "fabric.grid")
    return Machine(width, height, routes, tiles, programs, depths, sram_bytes)


def _tile(
    op: Operation, instances: dict[str | None, Operation], program_numbers: dict[tuple[str, str], int]
) -> Tile:
    name = op.attribute("instance", SymbolRefAttr).leaf
    instance = instances.get(name)
    program = op.attribute("program", SymbolRefAttr)
    number = program_numbers.get((program.root, program.leaf))
    if instance is None or number is None:
        missing = f"@{name}" if instance is None else str(program)
        raise error_at(f"'pe.tile': there is no {missing}", op.location)
    x, y = numbers(instance, "origin")
    first, end = numbers(instance, "layers")
    place = Crossing(
        tuple((x + start, count, step) for start, count, step in runs_of(op, "columns")),
        tuple((y + start, count, step) for start, count, step in runs_of(op, "rows")),
    )
    return Tile(number, place, (x, y), numbers(op, "channels"), (first, end), name)


def _route(op: Operation) -> Route:
    x0, y0, nx, ny, sx, sy = numbers(op, "rect")
    position, messages = switch_position(op)
    outputs = tuple(
        output.value for output in op.attribute("outputs", ArrayAttr) if isinstance(output, StringAttr)
    )
    return Route(
        flow=op.attribute("flow", StringAttr).value,
        color=op.attribute("color", IntegerAttr).value,
        rect=(x0, y0, nx, ny, sx, sy),
        input=op.attribute("input", StringAttr).value,
        outputs=outputs,
        position=position,
        messages=messages,
        location=place_text(op.location),
    )
