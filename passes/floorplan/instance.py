"""A floorplanning problem in the terms of its file, and the solvers' problem that is made of it.

Files count time and cost in units of their own, with fractions; solvers want integers. So a problem's times
are in ticks, of which a unit of time has `ticks`, and its costs in shares, of which a unit of cost has
`cost_shares`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from math import gcd, lcm

from ...ir.defects import NO_DEFECTS, Defects
from ...ir.diagnostics import Diagnostics
from ...ir.location import UNKNOWN, Location
from .contest_kernels import LARGEST_TICKS, ContestKernel, front
from .problem import Connection, Kernel, Plan, Problem, Shape, plan_time, twice_cost, twice_wire


@dataclass(frozen=True, slots=True)
class GivenKernel:
    """A kernel as its file gives it: one of the contest's, or a list of shapes with times in whole units."""

    name: str
    contest: ContestKernel | None
    shapes: tuple[Shape, ...] = ()
    may_rotate: bool = True
    location: Location = UNKNOWN

    @property
    def kind(self) -> str:
        """The kernel's type, for people and for `--json`."""
        return "shapes" if self.contest is None else self.contest.kind


@dataclass(frozen=True)
class Instance:
    """What a file says: a `width` x `height` wafer, kernels, connections, weights and what may not be used.

    No PE has more than `memory_limit` memory, in the units of the kernels; None if there is no limit.
    """

    name: str
    width: int
    height: int
    kernels: tuple[GivenKernel, ...]
    connections: tuple[Connection, ...]
    time_weight: Fraction = Fraction(1)
    wire_weight: Fraction = Fraction(1)
    memory_limit: int | None = None
    defects: Defects = NO_DEFECTS

    @cached_property
    def ticks(self) -> int:
        """Parts of a unit of time, so many that the time of every kernel is a whole number of them."""
        return lcm(*(kernel.contest.ticks() for kernel in self.kernels if kernel.contest is not None))

    @cached_property
    def _weights(self) -> tuple[int, int, Fraction]:
        """The weights of a tick and of a unit of wire in shares, and the shares of a unit of cost."""
        tick, wire = self.time_weight / self.ticks, self.wire_weight
        parts = lcm(tick.denominator, wire.denominator)
        common = gcd(int(tick * parts), int(wire * parts)) or 1
        return int(tick * parts) // common, int(wire * parts) // common, Fraction(parts, common)

    @property
    def cost_shares(self) -> Fraction:
        """By how much a cost of the problem is larger than a cost of the file."""
        return self._weights[2]

    def time(self, plan: Plan) -> Fraction:
        """Return the largest time of a kernel."""
        return Fraction(plan_time(plan), self.ticks)

    def wire(self, plan: Plan) -> Fraction:
        """Return the sum of the connections' weighted lengths."""
        return Fraction(twice_wire(self.connections, plan), 2)

    def cost(self, plan: Plan) -> Fraction:
        """Return what the plan costs by the weights of the file."""
        return Fraction(twice_cost(self.problem, plan), 2) / self.cost_shares

    @cached_property
    def problem(self) -> Problem:
        """The problem for the solvers. Raises `DiagnosticError` if a kernel alone has no shape that fits."""
        found = Diagnostics()
        kernels: list[Kernel] = []
        if self.ticks > LARGEST_TICKS:
            found.error(f"the kernels' times have no common unit: it would be 1/{self.ticks}", UNKNOWN)
            found.raise_if_errors()
        for given in self.kernels:
            shapes = self._shapes(given, self.memory_limit)
            if not shapes:
                found.error(f"'{given.name}' fits in no shape", given.location, self._why_not(given))
            kernels.append(Kernel(given.name, given.kind, shapes, given.may_rotate))
        found.raise_if_errors()
        tick_weight, wire_weight, _ = self._weights
        return Problem(
            self.width,
            self.height,
            tuple(kernels),
            self.connections,
            tick_weight,
            wire_weight,
            self.defects,
        )

    def _shapes(self, given: GivenKernel, memory_limit: int | None) -> tuple[Shape, ...]:
        if given.contest is not None:
            return front(given.contest, self.width, self.height, memory_limit, self.ticks, given.may_rotate)
        scaled = [replace(shape, time=shape.time * self.ticks) for shape in given.shapes]
        if memory_limit is not None:
            scaled = [shape for shape in scaled if shape.memory <= memory_limit]
        return best_shapes(scaled, self.width, self.height, given.may_rotate)

    def _why_not(self, given: GivenKernel) -> str:
        wafer = f"{self.width} x {self.height} wafer"
        if self.memory_limit is not None and self._shapes(given, None):
            return f"it would fit the {wafer}, but for the memory limit of {self.memory_limit}"
        return f"its smallest shapes are larger than the {wafer}"


def best_shapes(shapes: Sequence[Shape], width: int, height: int, may_rotate: bool) -> tuple[Shape, ...]:
    """Return, sorted, those of `shapes` that fit the wafer and that no other one beats, turned if need be."""

    def fits(shape: Shape) -> bool:
        upright = shape.width <= width and shape.height <= height
        return upright or (may_rotate and shape.height <= width and shape.width <= height)

    def beats(one: Shape, other: Shape) -> bool:
        smaller = one.width <= other.width and one.height <= other.height
        turned = may_rotate and one.height <= other.width and one.width <= other.height
        return one.time <= other.time and (smaller or turned)

    kept: list[Shape] = []
    # Whatever beats a shape has no larger area and no larger time: it comes first.
    for shape in sorted(filter(fits, shapes), key=lambda s: (s.width * s.height, s.time, s)):
        if not any(beats(other, shape) for other in kept):
            kept.append(shape)
    return tuple(sorted(kept))
