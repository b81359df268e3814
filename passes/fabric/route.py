"""Pass `route`: switch settings and colors for collectives and hand-overs, checked by reading them back.

Collectives are routed in closed form over whole regions. A hand-over is one multicast tree per row;
trees that meet at a router get different colors.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ...ir.attributes import (
    ArrayAttr,
    Attribute,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    i64,
    i64_array,
    string,
)
from ...ir.builder import Builder
from ...ir.cycles import find_cycle
from ...ir.defects import DefectMap
from ...ir.defects_touched import defects_touched
from ...ir.diagnostics import Diagnostic, DiagnosticError, Diagnostics, Severity, error_at
from ...ir.dialects.fabric import numbers
from ...ir.flows import Flows, extract_flows
from ...ir.location import UNKNOWN, Location, fuse_locations
from ...ir.operation import Operation
from ...ir.routes import DIRECTIONS, RAMP, STEP, Point, collect_settings, rect_numbers
from ...ir.target import Target
from ..base import Pass, PassContext, module_target, operations_named, regions_of_work, symbols
from .asked import Asked
from .collectives import BROADCAST, COLLECTIVE_COLORS, COLORS_PER_AXIS, Segment, root_of, segments
from .coloring import color_flows, conflicts, saturation_coloring
from .detours import detour, is_legal
from .trees import Switch, Tree, length, row_tree

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
        _route_links(module, {i.name: i for i in instances}, target, asked, self.effort)
        _verify(module, target, asked, instances)


class _Instance:
    """A placed region: origin and shape in PEs, and which axes its collectives use."""

    def __init__(self, op: Operation, regions: dict[str, Operation]) -> None:
        region = regions[op.attribute("region", SymbolRefAttr).leaf]
        self.op = op
        self.name = str(op.symbol_name)
        self.x, self.y = numbers(op, "origin")
        self.width = region.attribute("width", IntegerAttr).value
        self.height = region.attribute("height", IntegerAttr).value
        self.collectives: dict[str, Location] = {}
        for inner in region.walk():
            if inner.name == "dist.all_reduce":
                axis = inner.attribute("axis", StringAttr).value
                self.collectives[axis] = fuse_locations(self.collectives.get(axis, UNKNOWN), inner.location)

    def parts(self, axis: str) -> int:
        return self.width if axis == "x" else self.height

    def rect(self, axis: str, segment: Segment) -> tuple[int, ...]:
        """The absolute strided rectangle of a segment, across the whole other axis."""
        if axis == "x":
            return (self.x + segment.start, self.y, segment.count, self.height, segment.step, 1)
        return (self.x, self.y + segment.start, self.width, segment.count, 1, segment.step)

    def lines(self, axis: str, width: int) -> IntArray:
        """The numbers of its PEs on a wafer of that width, [along the axis, across]."""
        points = rect_numbers((self.x, self.y, self.width, self.height, 1, 1), width)
        grid = points.reshape(self.height, self.width)
        return grid.T if axis == "x" else grid


def _add_route(
    top: Builder,
    flow: str,
    color: int,
    rect: Sequence[int],
    switch: Switch,
    location: Location,
) -> None:
    attributes: dict[str, Attribute] = {
        "flow": string(flow),
        "color": i64(color),
        "rect": i64_array(tuple(rect)),
        "input": string(switch.input),
        "outputs": ArrayAttr(tuple(map(string, switch.outputs))),
    }
    top.create("fabric.route", attributes=attributes, location=location)


def _check_colors(instance: _Instance, target: Target) -> None:
    """Raise `DiagnosticError` if the target has too few colors for an instance's collectives."""
    for axis, needed in (("x", COLORS_PER_AXIS), ("y", COLLECTIVE_COLORS)):
        if axis in instance.collectives and instance.parts(axis) > 1 and needed > target.usable_colors:
            raise error_at(
                f"collectives need {needed} colors; target '{target.name}' has {target.usable_colors}",
                instance.collectives[axis],
                f"{target.colors} colors, less {target.reserved_colors} reserved",
            )


def _route_collectives(module: Operation, instance: _Instance, asked: Asked) -> None:
    """Add the routes of an instance's all-reduces and note what they must do."""
    top = Builder(module.body)
    for axis, location in sorted(instance.collectives.items()):
        parts = instance.parts(axis)
        if parts == 1:
            continue
        first = 0 if axis == "x" else COLORS_PER_AXIS
        reduce, broadcast = f"{instance.name}.{axis}.reduce", f"{instance.name}.{axis}.broadcast"
        for segment in segments(axis, parts):
            rect = instance.rect(axis, segment)
            if segment.sink is not None:
                color, direction = segment.sink
                _add_route(top, reduce, first + color, rect, Switch("RAMP", (direction,)), location)
            for color, direction in segment.sources:
                _add_route(top, reduce, first + color, rect, Switch(direction, ("RAMP",)), location)
            switch = Switch(segment.broadcast_from, segment.broadcast_to)
            _add_route(top, broadcast, first + BROADCAST, rect, switch, location)
        root, lines = root_of(parts), instance.lines(axis, asked.width)
        for along in range(parts):
            if along != root:
                asked.add(reduce, lines[along], lines[along + (1 if along < root else -1)])
                asked.add(broadcast, lines[root], lines[along])


@dataclass(slots=True)
class _Row:
    """The hand-over of one row of a link."""

    link: Operation
    flow: str
    source: Point
    tree: Tree


def _route_links(
    module: Operation,
    instances: dict[str, _Instance],
    target: Target,
    asked: Asked,
    effort: int,
) -> None:
    """Route and color all hand-overs."""
    rows: list[_Row] = []
    around = _Defects(target)
    links = operations_named(module, "fabric.link")
    for link in links:
        source = instances[link.attribute("source", SymbolRefAttr).leaf]
        sink = instances[link.attribute("sink", SymbolRefAttr).leaf]
        first, last = sink.x, sink.x + sink.width - 1
        for index in range(source.height):
            start = (source.x + root_of(source.width), source.y + index)
            tree = _best_tree(start, sink.y + index, first, last, target.width, rows)
            flow = f"{link.symbol_name}.row{index}"
            tree = around.tree(tree, link, flow, start, (sink.y + index, first, last))
            rows.append(_Row(link, flow, start, tree))
            asked.add_points(flow, start, [(x, sink.y + index) for x in range(first, last + 1)])
    around.diagnostics.raise_if_errors()
    budget = target.usable_colors - COLLECTIVE_COLORS
    colors = color_flows([row.tree for row in rows], budget, float(effort)) if rows else []
    if colors is None:
        raise _too_few_colors(rows, budget, target)
    top = Builder(module.body)
    for row, color in zip(rows, colors, strict=True):
        for rect, switch in _merge_rects(row.tree):
            _add_route(top, row.flow, COLLECTIVE_COLORS + color, rect, switch, row.link.location)
    for link in links:
        mine = [COLLECTIVE_COLORS + c for row, c in zip(rows, colors, strict=True) if row.link is link]
        link.attributes["colors"] = i64_array(mine)


class _Defects:
    """Keeps trees clear of a wafer's defects; collects what cannot be."""

    def __init__(self, target: Target) -> None:
        self.size = target.width, target.height
        self.defects = DefectMap(target.defects)
        self.crowd: Counter[Point] = Counter()
        """How many hand-overs each router has so far."""
        self.diagnostics = Diagnostics()

    def tree(
        self, tree: Tree, link: Operation, flow: str, source: Point, sinks: tuple[int, int, int]
    ) -> Tree:
        """Return `tree`, or another one for the same row if it meets a defect."""
        if not self.defects.defects:
            return tree
        if not is_legal(tree, self.defects):
            found = detour(source, sinks, self.size, self.defects, self.crowd)
            if found is None:
                row, first, last = sinks
                self.diagnostics.error(
                    f"defects cut flow '{flow}' off: no way leads from PE {source} to row {row}, "
                    f"columns {first} to {last}",
                    link.location,
                    f"defects: {self.defects.defects.listing()}",
                )
                return tree
            tree = found
        self.crowd.update(tree.keys())
        return tree


def _best_tree(source: Point, row: int, first: int, last: int, width: int, rows: Sequence[_Row]) -> Tree:
    """Return the tree that meets the fewest other rows' trees, then the shortest, then the leftmost trunk."""
    if source[1] == row:
        return row_tree(source, row, first, last, source[0])
    trees = [row_tree(source, row, first, last, trunk) for trunk in range(width)]

    def meets(tree: Tree) -> int:
        return sum(1 for other in rows if not tree.keys().isdisjoint(other.tree))

    return min(trees, key=lambda tree: (meets(tree), length(tree)))


def _merge_rects(tree: Tree) -> Iterable[tuple[tuple[int, ...], Switch]]:
    """Yield the settings of a tree, runs of equal settings along a row or column as one rectangle."""
    points = sorted(tree, key=lambda p: (p[1], p[0]))
    used: set[Point] = set()
    for x, y in points:
        if (x, y) in used:
            continue
        switch = tree[x, y]
        wide = tall = 1
        while tree.get((x + wide, y)) == switch and (x + wide, y) not in used:
            wide += 1
        if wide == 1:
            while tree.get((x, y + tall)) == switch and (x, y + tall) not in used:
                tall += 1
        used.update((x + i, y + j) for i in range(wide) for j in range(tall))
        yield (x, y, wide, tall, 1, 1), switch


def _too_few_colors(rows: Sequence[_Row], budget: int, target: Target) -> DiagnosticError:
    """Say which router is contended and who wants it."""
    at: dict[Point, list[_Row]] = {}
    for row in rows:
        for point in row.tree:
            at.setdefault(point, []).append(row)
    point, crowd = max(at.items(), key=lambda item: (len(item[1]), item[0]))
    needed = max(saturation_coloring(conflicts([row.tree for row in rows]))) + 1
    names = ", ".join(row.flow for row in crowd[:8]) + (", ..." if len(crowd) > 8 else "")
    return error_at(
        f"hand-overs need {needed} colors; target '{target.name}' leaves {max(budget, 0)} for them",
        crowd[0].link.location,
        f"router {point} is wanted by {len(crowd)} flows: {names}",
        f"{target.colors} colors, less {target.reserved_colors} reserved, less {COLLECTIVE_COLORS} "
        f"for collectives",
    )


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
        nodes = [divmod(node, settings.colors) for node in cycle[:6]]
        text = " -> ".join(f"{((r % target.width, r // target.width), color)}" for r, color in nodes)
        problems.append((f"channels wait for each other in a circle: {text}", module))
    if problems:
        raise DiagnosticError([_internal(text, op) for text, op in problems])


def _waits(flows: Flows, instances: Sequence[_Instance]) -> tuple[IntArray, IntArray]:
    """Return which channel (router * colors + color) waits for which: on links, and inside of PEs."""
    import numpy as np  # not above: to list passes takes no arrays

    s = flows.settings
    parts: list[tuple[IntArray, IntArray]] = []
    for direction, name in enumerate(DIRECTIONS[:RAMP]):
        rows = np.flatnonzero(s.outputs >> direction & 1)
        dx, dy = STEP[name]
        here = s.router[rows] * s.colors + s.color[rows]
        parts.append((here, here + (dy * s.width + dx) * s.colors))
    for instance in instances:
        parts += _forwarding(instance, s.width, s.colors)
    return np.concatenate([tails for tails, _ in parts]), np.concatenate([heads for _, heads in parts])


def _forwarding(instance: _Instance, width: int, colors: int) -> list[tuple[IntArray, IntArray]]:
    """Return the waits inside PEs that forward while they receive: the inner ones of a chain."""
    found: list[tuple[IntArray, IntArray]] = []
    for axis in sorted(instance.collectives):
        first, lines = 0 if axis == "x" else COLORS_PER_AXIS, instance.lines(axis, width)
        for segment in segments(axis, instance.parts(axis)):
            if segment.role != "inner" or segment.sink is None:
                continue
            end = segment.start + segment.count * segment.step
            pes = lines[segment.start : end : segment.step].reshape(-1) * colors + first
            found += [(pes + color, pes + segment.sink[0]) for color, _ in segment.sources]
    return found


def _internal(text: str, op: Operation) -> Diagnostic:
    return Diagnostic(Severity.ERROR, f"routing produced an illegal route: {text}", op.location)
