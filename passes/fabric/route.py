"""Pass `route`: switch settings and colors for collectives and hand-overs, checked by reading them back.

Collectives are routed in closed form over whole regions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ...ir.attributes import (
    IntegerAttr,
    SymbolRefAttr,
)
from ...ir.builder import Builder
from ...ir.cycles import find_cycle
from ...ir.defects_touched import defects_touched
from ...ir.diagnostics import Diagnostic, DiagnosticError, Severity, error_at
from ...ir.dialects.fabric import numbers
from ...ir.flows import Flows, extract_flows
from ...ir.location import Location, fuse_locations
from ...ir.operation import Operation
from ...ir.routes import DIRECTIONS, OPPOSITE, RAMP, STEP, collect_settings, rect_numbers
from ...ir.target import Target
from ..base import Pass, PassContext, module_target, operations_named, regions_of_work, symbols
from .asked import Asked
from .collectives.all_reduce import BROADCAST, COLLECTIVE_COLORS, COLORS_PER_AXIS, all_reduce_plan
from .collectives.plan import AXIS_DIRECTIONS, Run, grouped, setting_runs
from .collectives.trees import LineTree
from .floorplan import Rectangle
from .hand_overs import route_hand_overs
from .reduce_trees import all_reduces, tree_of
from .route_writer import add_route
from .trees import Switch

if TYPE_CHECKING:
    from ...ir.routes import IntArray


@dataclass(frozen=True, slots=True)
class Route(Pass):
    """Route every collective and hand-over, assign colors within the target's budget, and verify the
    result.
    """

    name: ClassVar[str] = "route"

    effort: int = 10
    """Bound on the solver's work when colors are scarce, in its deterministic unit."""

    def run(self, module: Operation, context: PassContext) -> None:
        """Add `fabric.route` operations, and to each link the colors of its rows."""
        target = module_target(module)
        regions = symbols(regions_of_work(module))
        instances = [_Instance(op, regions) for op in operations_named(module, "fabric.instance")]
        asked = Asked(target.width)
        for instance in instances:
            _check_colors(instance, target)
            _route_collectives(module, instance, asked)
        boxes = {i.name: Rectangle(i.x, i.y, i.width, i.height) for i in instances}
        route_hand_overs(module, boxes, target, asked, self.effort)
        _verify(module, target, asked, instances)


class _Instance:
    """A placed region: origin and shape in PEs, and the trees of its collectives."""

    def __init__(self, op: Operation, regions: dict[str, Operation]) -> None:
        region = regions[op.attribute("region", SymbolRefAttr).leaf]
        self.op = op
        self.name = str(op.symbol_name)
        self.x, self.y = numbers(op, "origin")
        self.width = region.attribute("width", IntegerAttr).value
        self.height = region.attribute("height", IntegerAttr).value
        self.collectives: dict[str, Location] = {}
        """Where they come from, for each axis of more than one PE that has some."""
        self.trees: dict[str, LineTree] = {}
        for axis in ("x", "y"):
            reduces = all_reduces(region, axis)
            if reduces and self.parts(axis) > 1:
                self.collectives[axis] = fuse_locations(*(op.location for op in reduces))
                self.trees[axis] = tree_of(region, axis)

    def parts(self, axis: str) -> int:
        return self.width if axis == "x" else self.height

    def rect(self, axis: str, run: Run) -> tuple[int, ...]:
        """The absolute strided rectangle of a run along an axis, across the whole other one."""
        start, count, step = run
        if axis == "x":
            return (self.x + start, self.y, count, self.height, step, 1)
        return (self.x, self.y + start, self.width, count, 1, step)

    def lines(self, axis: str, width: int) -> IntArray:
        """The numbers of its PEs on a wafer of that width, [along the axis, across]."""
        points = rect_numbers((self.x, self.y, self.width, self.height, 1, 1), width)
        grid = points.reshape(self.height, self.width)
        return grid.T if axis == "x" else grid


def _check_colors(instance: _Instance, target: Target) -> None:
    """Raise `DiagnosticError` if the target has too few colors or switch positions for an instance's
    collectives.
    """
    for axis, needed in (("x", COLORS_PER_AXIS), ("y", COLLECTIVE_COLORS)):
        if axis not in instance.collectives:
            continue
        if needed > target.usable_colors:
            raise error_at(
                f"collectives need {needed} colors; target '{target.name}' has {target.usable_colors}",
                instance.collectives[axis],
                f"{target.colors} colors, less {target.reserved_colors} reserved",
            )
        settings = (s for found in all_reduce_plan(instance.trees[axis]).settings for s in found)
        positions = 1 + max(setting.position for setting in settings)
        if positions > target.switch_positions:
            raise error_at(
                f"collectives need {positions} switch positions; target '{target.name}' has "
                f"{target.switch_positions}",
                instance.collectives[axis],
            )


def _route_collectives(module: Operation, instance: _Instance, asked: Asked) -> None:
    """Add the routes of an instance's all-reduces and note what they must do."""
    top = Builder(module.body)
    for axis, tree in instance.trees.items():
        location = instance.collectives[axis]
        first, names = 0 if axis == "x" else COLORS_PER_AXIS, AXIS_DIRECTIONS[axis]
        reduce, broadcast = f"{instance.name}.{axis}.reduce", f"{instance.name}.{axis}.broadcast"
        for setting, run in setting_runs(all_reduce_plan(tree)):
            add_route(
                top,
                broadcast if setting.color == BROADCAST else reduce,
                first + setting.color,
                instance.rect(axis, run),
                Switch(names[setting.input], tuple(names[output] for output in setting.outputs)),
                location,
                setting.position,
                setting.messages,
            )
        lines = instance.lines(axis, asked.width)
        for place, parent in enumerate(tree.parents()):
            if place != tree.root:
                asked.add(reduce, lines[place], lines[parent])
                asked.add(broadcast, lines[tree.root], lines[place])


def _verify(module: Operation, target: Target, asked: Asked, instances: Sequence[_Instance]) -> None:
    """Read the flows back out of the routes and compare; check colors and cycles."""
    routes = operations_named(module, "fabric.route")
    settings, problems = collect_settings(routes, target.width, target.height)
    flows, more = extract_flows(settings)
    problems = [*problems, *more, *((text, module) for text in asked.differences(flows))]
    for op in routes:
        color = op.attribute("color", IntegerAttr).value
        if color >= target.usable_colors:
            problems.append((f"color {color} is not one of the target's {target.usable_colors}", op))
    problems += [(str(touched), touched.op) for touched in defects_touched(module, target.defects)]
    cycle = find_cycle(*_waits(flows, instances))
    if cycle is not None:
        channels = [divmod(node // _LANES, settings.colors) for node in cycle]
        places = dict.fromkeys(((r % target.width, r // target.width), color) for r, color in channels)
        text = " -> ".join(map(str, list(places)[:6]))
        problems.append((f"channels wait for each other in a circle: {text}", module))
    if problems:
        raise DiagnosticError([_internal(text, op) for text, op in problems])


_LANES = len(DIRECTIONS) + 1
"""Queues of a channel: one for each direction that wavelets come from, and that of the core."""


def _waits(flows: Flows, instances: Sequence[_Instance]) -> tuple[IntArray, IntArray]:
    """Return which queue waits for which, on links, ramps and inside of PEs.

    Queues are numbered channel * lanes + lane, channels router * colors + color. Lanes are the directions
    that wavelets come from, and last the core's queue.
    """
    import numpy as np  # not above: to list passes takes no arrays

    s = flows.settings
    channel = s.router * s.colors + s.color
    queue, core = channel * _LANES + s.input, _LANES - 1
    parts: list[tuple[IntArray, IntArray]] = []
    for direction, name in enumerate(DIRECTIONS):
        rows = np.flatnonzero(s.outputs >> direction & 1)
        if direction == RAMP:
            parts.append((queue[rows], channel[rows] * _LANES + core))
            continue
        (dx, dy), entry = STEP[name], DIRECTIONS.index(OPPOSITE[name])
        there = channel[rows] + (dy * s.width + dx) * s.colors
        parts.append((queue[rows], there * _LANES + entry))
    for instance in instances:
        parts += [
            (source * _LANES + core, sink * _LANES + RAMP)
            for source, sink in _forwarding(instance, s.width, s.colors)
        ]
    return np.concatenate([tails for tails, _ in parts]), np.concatenate([heads for _, heads in parts])


def _forwarding(instance: _Instance, width: int, colors: int) -> list[tuple[IntArray, IntArray]]:
    """Return the channels between which PEs forward while they receive."""
    found: list[tuple[IntArray, IntArray]] = []
    for axis, tree in instance.trees.items():
        first, lines = 0 if axis == "x" else COLORS_PER_AXIS, instance.lines(axis, width)
        for steps, runs in grouped(all_reduce_plan(tree).steps).items():
            for step in steps:
                if step.source is None or step.sink is None:
                    continue
                for start, count, every in runs:
                    pes = lines[start : start + count * every : every].reshape(-1) * colors + first
                    found.append((pes + step.source, pes + step.sink))
    return found


def _internal(text: str, op: Operation) -> Diagnostic:
    return Diagnostic(Severity.ERROR, f"routing produced an illegal route: {text}", op.location)
