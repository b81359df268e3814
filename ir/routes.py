"""Switch settings read back into flows: what the routers really do, from the routes alone.

The inverse of routing: it shares nothing with the passes that write routes, so it can judge them, and
the runtime and the program file use it to find the source of what a PE receives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from .attributes import ArrayAttr, IntegerAttr, StringAttr
from .dialects.fabric import numbers
from .operation import Operation

STEP = {"N": (0, -1), "S": (0, 1), "E": (1, 0), "W": (-1, 0)}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}
Point = tuple[int, int]


def rect_points(rect: tuple[int, ...]) -> Iterator[Point]:
    """Yield the points of a strided rectangle x0, y0, nx, ny, step x, step y, row by row."""
    x0, y0, nx, ny, sx, sy = rect
    for j in range(ny):
        for i in range(nx):
            yield x0 + i * sx, y0 + j * sy


def rect_end(rect: tuple[int, ...]) -> Point:
    """Return the last point of a strided rectangle, without going through all of them."""
    x0, y0, nx, ny, sx, sy = rect
    return x0 + (nx - 1) * sx, y0 + (ny - 1) * sy


@dataclass(slots=True)
class Setting:
    """What a router does with one color."""

    flow: str
    input: str
    outputs: tuple[str, ...]
    op: Operation


@dataclass(slots=True)
class Flow:
    """One multicast tree found in the settings: its color, source PE, sink PEs and links (router,
    direction).
    """

    name: str
    color: int
    source: Point
    sinks: list[Point] = field(default_factory=lambda: list[Point]())
    links: list[tuple[Point, str]] = field(default_factory=lambda: list[tuple[Point, str]]())


Settings = Mapping[tuple[Point, int], Setting]
Report = list[tuple[str, Operation]]


def collect_settings(routes: Iterable[Operation], width: int, height: int) -> tuple[Settings, Report]:
    """Return the setting per (router, color), and the problems: routers off the wafer, two routes of one
    color.
    """
    settings: dict[tuple[Point, int], Setting] = {}
    problems: Report = []
    for op in routes:
        name = op.attribute("flow", StringAttr).value
        color = op.attribute("color", IntegerAttr).value
        outputs = tuple(str(a.value) for a in op.attribute("outputs", ArrayAttr) if isinstance(a, StringAttr))
        entry = op.attribute("input", StringAttr).value
        rect = numbers(op, "rect")
        first, last = rect[:2], rect_end(rect)
        if min(first) < 0 or last[0] >= width or last[1] >= height:
            point = last if min(first) >= 0 else (first[0], first[1])
            problems.append((f"flow '{name}' has a route at {point}, off the {width} x {height} wafer", op))
            continue
        for point in rect_points(rect):
            other = settings.get((point, color))
            if other is not None:
                text = f"flows '{other.flow}' and '{name}' both use color {color} at router {point}"
                problems.append((text, op))
                continue
            settings[point, color] = Setting(name, entry, outputs, op)
    return settings, problems


def extract_flows(settings: Settings) -> tuple[list[Flow], Report]:
    """Follow every color from each RAMP input; return the flows and the problems.

    Problems: a copy sent to a router that does not take it from there or off the wafer, and settings that
    no source reaches.
    """
    flows: list[Flow] = []
    problems: Report = []
    reached: set[tuple[Point, int]] = set()
    for (point, color), setting in settings.items():
        if setting.input != "RAMP":
            continue
        flow = Flow(setting.flow, color, point)
        flows.append(flow)
        stack = [point]
        reached.add((point, color))
        while stack:
            x, y = stack.pop()
            for exit in settings[(x, y), color].outputs:
                if exit == "RAMP":
                    flow.sinks.append((x, y))
                    continue
                flow.links.append(((x, y), exit))
                after = (x + STEP[exit][0], y + STEP[exit][1])
                target = settings.get((after, color))
                if target is None or target.input != OPPOSITE[exit]:
                    text = f"color {color} leaves {(x, y)} to {exit}, but router {after} does not take it"
                    problems.append((text, settings[(x, y), color].op))
                elif (after, color) not in reached:
                    reached.add((after, color))
                    stack.append(after)
    for key, setting in settings.items():
        if key not in reached:
            text = f"the route of color {key[1]} at {key[0]} (flow '{setting.flow}') has no source"
            problems.append((text, setting.op))
    return flows, problems


def find_cycle(edges: Mapping[object, Iterable[object]]) -> list[object] | None:
    """Return the nodes of a cycle of a directed graph, or None. Iterative, so that depth does not matter."""
    done: set[object] = set()
    for start in edges:
        if start in done:
            continue
        path: list[object] = []
        on_path: set[object] = set()
        stack: list[tuple[object, Iterator[object]]] = [(start, iter(edges[start]))]
        path.append(start)
        on_path.add(start)
        while stack:
            node, successors = stack[-1]
            advanced = False
            for successor in successors:
                if successor in on_path:
                    return path[path.index(successor) :]
                if successor not in done:
                    stack.append((successor, iter(edges.get(successor, ()))))
                    path.append(successor)
                    on_path.add(successor)
                    advanced = True
                    break
            if not advanced:
                stack.pop()
                path.pop()
                on_path.discard(node)
                done.add(node)
    return None
