"""Floorplanning: shapes and positions of regions on the wafer, solved with OR-Tools CP-SAT.

Plain data in, plain data out. All regions of a chain have one height, so that the rows of one hand
over to the rows of the next; the solver picks one candidate (how many stages, which shapes) and the
positions, so that estimated compute plus hand-over distance is least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...ir.defects import NO_DEFECTS, DefectMap, Defects
from .obstacles import NO_OBSTACLES, Obstacles
from .shapes import Candidate, Plan, Rectangle, twice_cost, twice_hops
from .shelves import between_obstacles, shelves_hold, simple_plan
from .solver import make_solver

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

_MOST_UNSURE = 32
"""Candidates faster than all that are known to fit between obstacles, and yet tried."""


@dataclass(frozen=True, slots=True)
class Floorplan:
    """A solved floor plan: `rectangles[0]` is the top region, then the stages in order.

    `hop_cycles` is the length of all hand-overs, `bound_cycles` the solver's lower bound on
    `candidate.cycles + hop_cycles`, `optimal` whether that bound was reached.
    """

    candidate: Candidate
    rectangles: tuple[Rectangle, ...]
    hop_cycles: int
    bound_cycles: int
    optimal: bool


def pareto(
    candidates: Sequence[Candidate],
    width: int,
    height: int,
    tallest_stacked: int,
    obstacles: Obstacles = NO_OBSTACLES,
) -> list[Candidate]:
    """Return the candidates that could fit `width` x `height` and that no other one beats.

    One beats another if it is no larger in any respect and no slower. Regions higher than `tallest_stacked`
    stand side by side only: rows that hand over downwards cross, and each crossing row takes a color.
    Between obstacles the fastest candidates may not fit: a few more of those are kept than can be used.
    """
    area = width * height
    fitting = [
        c
        for c in candidates
        if c.height <= height
        and max(c.top_width, c.stage_width) <= width
        and c.height * (c.top_width + c.stages * c.stage_width) <= area
        and shelves_hold(c, width, height if c.height <= tallest_stacked else c.height)
    ]
    fitting.sort(
        key=lambda c: (c.cycles, c.height * (c.top_width + c.stages * c.stage_width), c.height, c.stages)
    )
    if obstacles:
        return _pareto_between(_unbeaten(fitting), width, height, tallest_stacked, obstacles)
    if fitting:
        # The fastest one fits on shelves; whoever loses more to it than its longest possible wires is out.
        slack = (fitting[0].stages + 1) * (width + height)
        fitting = [c for c in fitting if c.cycles <= fitting[0].cycles + slack]
    return _unbeaten(fitting)


def _unbeaten(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the candidates, sorted by cycles, that no earlier one beats."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if not any(_beats(other, candidate) for other in kept):
            kept.append(candidate)
    return kept


def _pareto_between(
    candidates: Sequence[Candidate], width: int, height: int, tallest_stacked: int, obstacles: Obstacles
) -> list[Candidate]:
    """Return the candidates from some that may not fit to the slowest that the fastest sure one allows."""
    for index, sure in enumerate(candidates):
        if between_obstacles(sure, width, height, tallest_stacked, obstacles):
            slack = (sure.stages + 1) * (width + height)
            rest = [c for c in candidates[index:] if c.cycles <= sure.cycles + slack]
            return [*candidates[max(0, index - _MOST_UNSURE) : index], *rest]
    return list(candidates[-_MOST_UNSURE:])


def _beats(left: Candidate, right: Candidate) -> bool:
    return (
        left.cycles <= right.cycles
        and left.height <= right.height
        and left.top_width <= right.top_width
        and left.stages * left.stage_width <= right.stages * right.stage_width
        and left.stage_width <= right.stage_width
    )


def solve(
    candidates: Sequence[Candidate],
    width: int,
    height: int,
    tallest_stacked: int,
    deterministic_limit: float = 10.0,
    obstacles: Obstacles = NO_OBSTACLES,
) -> Floorplan | None:
    """Choose a candidate and positions on a `width` x `height` wafer; None if nothing fits.

    Regions higher than `tallest_stacked` all get the same rows. Minimises `candidate.cycles` plus the
    Manhattan distance between the middles of consecutive regions (top, stages in order, back to the top),
    then prefers regions near the origin, in order, so that the optimum is unique. `deterministic_limit`
    bounds the solver's work in its own deterministic unit, not in seconds; it starts from a plan on
    shelves or in columns. No region covers one of `obstacles`. Raises `ImportError` without OR-Tools.
    """
    from ortools.sat.python import cp_model

    if not candidates:
        return None
    problem = _Model(candidates, width, height, tallest_stacked, obstacles)
    simple = simple_plan(candidates, width, height, tallest_stacked, obstacles)
    if simple is not None:
        problem.hint(*simple)
    solver = make_solver(deterministic_limit)
    status = solver.solve(problem.model)
    plan = simple
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = problem.solution(solver)
        if plan is None or status == cp_model.OPTIMAL or twice_cost(found) < twice_cost(plan):
            plan = found
    if plan is None:
        return None
    least = min(c.cycles for c in candidates)
    bound = max(least, int(solver.best_objective_bound) // problem.weight // 2)
    candidate, rectangles = plan
    hops = twice_hops(rectangles) // 2
    return Floorplan(candidate, rectangles, hops, bound, status == cp_model.OPTIMAL)


class _Model:
    """The constraint model: which candidate, and where its regions lie."""

    def __init__(
        self,
        candidates: Sequence[Candidate],
        width: int,
        height: int,
        tallest_stacked: int,
        obstacles: Obstacles,
    ) -> None:
        from ortools.sat.python import cp_model

        self.weighted_sum = cp_model.LinearExpr.weighted_sum
        self.candidates = candidates
        self.width, self.height = width, height
        self.tallest_stacked = tallest_stacked
        self.model = cp_model.CpModel()
        self.most = max(c.stages for c in candidates)
        self.weight = (self.most + 1) * (self.most + 2) * (width + height)
        """What a cycle counts for, so that the preference for the origin never outweighs one."""
        self.chosen = [self.model.new_bool_var(f"candidate{i}") for i in range(len(candidates))]
        self.model.add_exactly_one(self.chosen)
        self.tall = self.pick("height", [c.height for c in candidates])
        self.top_width = self.pick("top_width", [c.top_width for c in candidates])
        self.stage_width = self.pick("stage_width", [max(c.stage_width, 1) for c in candidates])
        self.xs: list[cp_model.IntVar] = []
        self.ys: list[cp_model.IntVar] = []
        self.present: list[cp_model.IntVar] = []
        self.place_regions(obstacles)
        self.minimize()

    def pick(self, name: str, values: Sequence[int]) -> cp_model.IntVar:
        """A variable that has the value of the chosen candidate."""
        variable = self.model.new_int_var(min(values), max(values), name)
        self.model.add(variable == self.of_chosen(values))
        return variable

    def of_chosen(self, values: Sequence[int]) -> cp_model.LinearExprT:
        """The value of the chosen candidate as an expression."""
        return self.weighted_sum(self.chosen, values)

    def place_regions(self, obstacles: Obstacles) -> None:
        """Positions on the wafer without overlap; regions that the candidate does not have lie at 0, 0.

        With obstacles all is said on their grid, where a rectangle of n columns covers 2n - 1 points.
        """
        model = self.model
        scale, less = (2, 1) if obstacles else (1, 0)
        stages = self.pick("stages", [c.stages for c in self.candidates])
        x_intervals: list[cp_model.IntervalVar] = []
        y_intervals: list[cp_model.IntervalVar] = []
        for index in range(self.most + 1):
            x = model.new_int_var(0, self.width - 1, f"x{index}")
            y = model.new_int_var(0, self.height - 1, f"y{index}")
            flag = model.new_bool_var(f"present{index}")
            model.add(stages >= index).only_enforce_if(flag)
            model.add(stages < index).only_enforce_if(~flag)
            wide = self.top_width if index == 0 else self.stage_width
            x_end = model.new_int_var(0, self.width, f"x_end{index}")
            y_end = model.new_int_var(0, self.height, f"y_end{index}")
            for intervals, start, size, end in (
                (x_intervals, x, wide, x_end),
                (y_intervals, y, self.tall, y_end),
            ):
                name = f"interval{index}.{len(intervals)}"
                ends = scale * start, scale * size - less, scale * end - less
                intervals.append(model.new_optional_interval_var(*ends, flag, name))
            model.add(x == 0).only_enforce_if(~flag)
            model.add(y == 0).only_enforce_if(~flag)
            self.xs.append(x)
            self.ys.append(y)
            self.present.append(flag)
        for u, v in obstacles.points:
            x_intervals.append(model.new_fixed_size_interval_var(u, 1, f"obstacle{u}.{v}"))
            y_intervals.append(model.new_fixed_size_interval_var(v, 1, f"obstacle{v}.{u}"))
        model.add_no_overlap_2d(x_intervals, y_intervals)
        for candidate, flag in zip(self.candidates, self.chosen, strict=True):
            if candidate.height > self.tallest_stacked:
                for y in self.ys:
                    model.add(y == self.ys[0]).only_enforce_if(flag)

    def minimize(self) -> None:
        """The objective: cycles and distances first, then nearness to the origin."""
        distances: list[cp_model.IntVar] = []
        present, most = self.present, self.most
        for index in range(1, most + 1):
            distances += self.distance(index - 1, index, [present[index]], f"to{index}")
            last: list[cp_model.LiteralT] = [present[index]]
            if index < most:
                last.append(~present[index + 1])
            distances += self.distance(index, 0, last, f"back{index}")
        self.model.add(sum(distances) >= self.of_chosen(list(map(self.least_total, self.candidates))))
        cycles = self.of_chosen([2 * c.cycles * self.weight for c in self.candidates])
        hops = self.weighted_sum(distances, [self.weight] * len(distances))
        order = [most + 1 - index for index in range(most + 1)]
        near = self.weighted_sum([*self.xs, *self.ys], [*order, *order])
        self.model.minimize(self.weighted_sum([cycles, hops, near], [1, 1, 1]))

    def distance(
        self, first: int, second: int, flags: Sequence[cp_model.LiteralT], name: str
    ) -> tuple[cp_model.IntVar, cp_model.IntVar]:
        """Twice the distances of two regions' middles (twice, to keep halves exact), 0 without `flags`."""
        model = self.model
        dx = model.new_int_var(0, 2 * self.width, f"dx_{name}")
        dy = model.new_int_var(0, 2 * self.height, f"dy_{name}")
        for low, high in ((first, second), (second, first)):
            model.add(dx >= self.twice_middle(low) - self.twice_middle(high)).only_enforce_if(*flags)
            model.add(dy >= 2 * self.ys[low] - 2 * self.ys[high]).only_enforce_if(*flags)
        # Implied by their not overlapping, and said only to let the solver prove optimality sooner.
        least = [self.least_distance(c, 0 in (first, second)) for c in self.candidates]
        model.add(dx + dy >= self.of_chosen(least)).only_enforce_if(*flags)
        return dx, dy

    def twice_middle(self, index: int) -> cp_model.LinearExpr:
        """Twice the x coordinate of a region's middle."""
        return 2 * self.xs[index] + (self.top_width if index == 0 else self.stage_width)

    def least_distance(self, candidate: Candidate, with_top: bool) -> int:
        """Twice the distance of the middles of two regions that touch."""
        beside = candidate.stage_width + (candidate.top_width if with_top else candidate.stage_width)
        stacked = 2 * candidate.height
        return beside if candidate.height > self.tallest_stacked else min(beside, stacked)

    def least_total(self, candidate: Candidate) -> int:
        """Twice the least length of the way through all regions and back."""
        if candidate.stages == 0 or candidate.height <= self.tallest_stacked:
            return 0
        # All in one row: there and back between the outermost middles, with the widest regions at the ends.
        widths = sorted([candidate.top_width] + candidate.stages * [candidate.stage_width])
        return 2 * (2 * sum(widths) - widths[-1] - widths[-2])

    def hint(self, candidate: Candidate, rectangles: Sequence[Rectangle]) -> None:
        """Start the search from a plan."""
        for other, flag in zip(self.candidates, self.chosen, strict=True):
            self.model.add_hint(flag, other is candidate)
        for index, (x, y) in enumerate(zip(self.xs, self.ys, strict=True)):
            there = index < len(rectangles)
            self.model.add_hint(x, rectangles[index].x if there else 0)
            self.model.add_hint(y, rectangles[index].y if there else 0)

    def solution(self, solver: cp_model.CpSolver) -> Plan:
        """The plan that the solver found."""
        flags = [bool(solver.value(flag)) for flag in self.chosen]
        candidate = self.candidates[flags.index(True)]
        places = list(zip(self.xs, self.ys, strict=True))[: candidate.stages + 1]
        return candidate, tuple(
            Rectangle(
                solver.value(x),
                solver.value(y),
                candidate.top_width if index == 0 else candidate.stage_width,
                candidate.height,
            )
            for index, (x, y) in enumerate(places)
        )


def check(plan: Floorplan, width: int, height: int, defects: Defects = NO_DEFECTS) -> list[str]:
    """Return what is illegal about a plan: regions off the wafer, overlapping, or with a defect inside.
    Shares nothing with the solver.
    """
    problems: list[str] = []
    where = DefectMap(defects)
    for index, r in enumerate(plan.rectangles):
        inside = where.inside(r.x, r.y, r.width, r.height)
        problems += [f"region {index} has a defect inside, {name}" for name in inside]
        if r.x < 0 or r.y < 0 or r.x + r.width > width or r.y + r.height > height:
            problems.append(f"region {index} leaves the {width} x {height} wafer")
        for other_index, other in enumerate(plan.rectangles[:index]):
            apart = (
                r.x + r.width <= other.x
                or other.x + other.width <= r.x
                or r.y + r.height <= other.y
                or other.y + other.height <= r.y
            )
            if not apart:
                problems.append(f"regions {other_index} and {index} overlap")
    return problems
