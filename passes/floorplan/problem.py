"""What a floorplanning problem is, and what a plan for it costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...ir.defects import NO_DEFECTS, Defects


@dataclass(frozen=True, slots=True, order=True)
class Shape:
    """One way to execute a kernel: `width` x `height` PEs for `time` cycles with `memory` units on each PE.

    `arguments` are the execution arguments that give it, in the order in which the kernel's type has them.
    """

    width: int
    height: int
    time: int
    memory: float
    arguments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Kernel:
    """A rectangle to be placed, in one of `shapes`: none of them beats another in width, height and time,
    and each keeps the memory limit. With `may_rotate`, width and height can change places.
    """

    name: str
    kind: str
    shapes: tuple[Shape, ...]
    may_rotate: bool = True


@dataclass(frozen=True, slots=True)
class Connection:
    """A wire between the centres of kernels number `source` and `sink`; its length counts `weight` times."""

    source: int
    sink: int
    weight: int = 1


@dataclass(frozen=True, slots=True)
class Problem:
    """Kernels for a `width` x `height` wafer.

    A plan's cost is `time_weight` times the largest time of a kernel plus `wire_weight` times the sum of the
    connections' lengths, each the L1 distance of two centres times its weight. No kernel covers a defect.
    """

    width: int
    height: int
    kernels: tuple[Kernel, ...]
    connections: tuple[Connection, ...]
    time_weight: int = 1
    wire_weight: int = 1
    defects: Defects = NO_DEFECTS


@dataclass(frozen=True, slots=True)
class Placed:
    """A kernel's shape and its lower left corner; `rotated` if the shape's width stands upright."""

    shape: Shape
    x: int
    y: int
    rotated: bool = False

    @property
    def width(self) -> int:
        """Width as placed."""
        return self.shape.height if self.rotated else self.shape.width

    @property
    def height(self) -> int:
        """Height as placed."""
        return self.shape.width if self.rotated else self.shape.height


Plan = tuple[Placed, ...]
"""A place for each kernel, in the order of the problem's kernels."""


def plan_time(plan: Plan) -> int:
    """Return the largest time of a kernel, 0 without kernels."""
    return max((placed.shape.time for placed in plan), default=0)


def twice_wire(connections: Sequence[Connection], plan: Plan) -> int:
    """Return twice the connections' weighted lengths (twice, since centres may lie on halves)."""
    xs = [2 * placed.x + placed.width for placed in plan]
    ys = [2 * placed.y + placed.height for placed in plan]
    return sum(
        c.weight * (abs(xs[c.source] - xs[c.sink]) + abs(ys[c.source] - ys[c.sink])) for c in connections
    )


def twice_cost(problem: Problem, plan: Plan) -> int:
    """Return twice the cost of a plan."""
    return 2 * problem.time_weight * plan_time(plan) + problem.wire_weight * twice_wire(
        problem.connections, plan
    )
