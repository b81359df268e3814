"""Floorplanning: shapes and positions of regions on the wafer, solved with OR-Tools CP-SAT.

Plain data in, plain data out. All regions of a chain have one height, so that the rows of one hand
over to the rows of the next; the solver picks one candidate (how many stages, which shapes) and the
positions, so that estimated compute plus hand-over distance is least.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A choice of shapes: `top_width` x `height` for the first region, `stage_width` x `height` for each
    stage.

    `cycles` is what one token's work costs in these shapes, hand-overs excluded.
    """

    stages: int
    height: int
    top_width: int
    stage_width: int
    cycles: int


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A placed region, in PEs; `x`, `y` is its upper left corner."""

    x: int
    y: int
    width: int
    height: int


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


def pareto(candidates: Sequence[Candidate], width: int, height: int, tallest_stacked: int) -> list[Candidate]:
    """Return the candidates that could fit `width` x `height` and that no other one beats.

    One beats another if it is no larger in any respect and no slower. Regions higher than `tallest_stacked`
    stand side by side only: rows that hand over downwards cross, and each crossing row takes a color.
    """
    area = width * height
    fitting = [
        c
        for c in candidates
        if c.height <= height
        and max(c.top_width, c.stage_width) <= width
        and c.height * (c.top_width + c.stages * c.stage_width) <= area
        and _shelves_hold(c, width, height if c.height <= tallest_stacked else c.height)
    ]
    fitting.sort(
        key=lambda c: (c.cycles, c.height * (c.top_width + c.stages * c.stage_width), c.height, c.stages)
    )
    kept: list[Candidate] = []
    if fitting:
        # The fastest one fits on shelves; whoever loses more to it than its longest possible wires is out.
        slack = (fitting[0].stages + 1) * (width + height)
        fitting = [c for c in fitting if c.cycles <= fitting[0].cycles + slack]
    for candidate in fitting:
        if not any(_beats(other, candidate) for other in kept):
            kept.append(candidate)
    return kept


def _beats(left: Candidate, right: Candidate) -> bool:
    return (
        left.cycles <= right.cycles
        and left.height <= right.height
        and left.top_width <= right.top_width
        and left.stages * left.stage_width <= right.stages * right.stage_width
        and left.stage_width <= right.stage_width
    )


def _shelves_hold(candidate: Candidate, width: int, height: int) -> bool:
    """Whether the regions, all of one height, fit on shelves of that height."""
    shelves = height // candidate.height
    if candidate.stages == 0:
        return shelves >= 1
    beside_top = (width - candidate.top_width) // candidate.stage_width
    return beside_top + (shelves - 1) * (width // candidate.stage_width) >= candidate.stages


def solve(
    candidates: Sequence[Candidate],
    width: int,
    height: int,
    tallest_stacked: int,
    deterministic_limit: float = 10.0,
) -> Floorplan | None:
    """Choose a candidate and positions on a `width` x `height` wafer; None if nothing fits.

    Regions higher than `tallest_stacked` all get the same rows. Minimises `candidate.cycles` plus the
    Manhattan distance between the middles of consecutive regions (top, stages in order, back to the top),
    then prefers regions near the origin, in order, so that the optimum is unique. `deterministic_limit`
    bounds the solver's work in its own deterministic unit, not in seconds. Raises `ImportError` without
    OR-Tools.
    """
    from ortools.sat.python import cp_model

    if not candidates:
        return None
    most = max(c.stages for c in candidates)
    model = cp_model.CpModel()
    chosen = [model.new_bool_var(f"candidate{i}") for i in range(len(candidates))]
    model.add_exactly_one(chosen)

    def pick(name: str, values: Sequence[int]) -> cp_model.IntVar:
        variable = model.new_int_var(min(values), max(values), name)
        model.add(variable == sum(value * flag for value, flag in zip(values, chosen, strict=True)))
        return variable

    tall = pick("height", [c.height for c in candidates])
    top_width = pick("top_width", [c.top_width for c in candidates])
    stage_width = pick("stage_width", [max(c.stage_width, 1) for c in candidates])
    cycles = pick("cycles", [c.cycles for c in candidates])
    stages = pick("stages", [c.stages for c in candidates])

    xs: list[cp_model.IntVar] = []
    ys: list[cp_model.IntVar] = []
    present: list[cp_model.IntVar] = []
    x_intervals: list[cp_model.IntervalVar] = []
    y_intervals: list[cp_model.IntervalVar] = []
    for index in range(most + 1):
        x = model.new_int_var(0, width - 1, f"x{index}")
        y = model.new_int_var(0, height - 1, f"y{index}")
        flag = model.new_bool_var(f"present{index}")
        model.add(stages >= index).only_enforce_if(flag)
        model.add(stages < index).only_enforce_if(~flag)
        wide = top_width if index == 0 else stage_width
        x_end = model.new_int_var(0, width, f"x_end{index}")
        y_end = model.new_int_var(0, height, f"y_end{index}")
        x_intervals.append(model.new_optional_interval_var(x, wide, x_end, flag, f"xi{index}"))
        y_intervals.append(model.new_optional_interval_var(y, tall, y_end, flag, f"yi{index}"))
        model.add(x == 0).only_enforce_if(~flag)
        model.add(y == 0).only_enforce_if(~flag)
        xs.append(x)
        ys.append(y)
        present.append(flag)
    model.add_no_overlap_2d(x_intervals, y_intervals)
    for candidate, flag in zip(candidates, chosen, strict=True):
        if candidate.height > tallest_stacked:
            for y in ys:
                model.add(y == ys[0]).only_enforce_if(flag)

    # Twice the middle keeps halves exact; distances are halved in the objective's scale.
    twice = [2 * x + (top_width if index == 0 else stage_width) for index, x in enumerate(xs)]
    distances: list[cp_model.IntVar] = []

    def distance(first: int, second: int, flags: Sequence[cp_model.LiteralT], name: str) -> None:
        dx = model.new_int_var(0, 2 * width, f"dx_{name}")
        dy = model.new_int_var(0, 2 * height, f"dy_{name}")
        for low, high in ((first, second), (second, first)):
            model.add(dx >= twice[low] - twice[high]).only_enforce_if(*flags)
            model.add(dy >= 2 * ys[low] - 2 * ys[high]).only_enforce_if(*flags)
        distances.extend((dx, dy))

    for index in range(1, most + 1):
        distance(index - 1, index, [present[index]], f"to{index}")
        last: list[cp_model.LiteralT] = [present[index]] + ([~present[index + 1]] if index < most else [])
        distance(index, 0, last, f"back{index}")

    tie_break = sum((most + 1 - index) * (xs[index] + ys[index]) for index in range(most + 1))
    weight = (most + 1) * (most + 2) * (width + height)
    model.minimize((2 * cycles + sum(distances)) * weight + tie_break)

    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = deterministic_limit
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    candidate = candidates[[bool(solver.value(flag)) for flag in chosen].index(True)]
    rectangles = tuple(
        Rectangle(
            solver.value(xs[index]),
            solver.value(ys[index]),
            candidate.top_width if index == 0 else candidate.stage_width,
            candidate.height,
        )
        for index in range(candidate.stages + 1)
    )
    hops = sum(solver.value(d) for d in distances) // 2
    bound = int(solver.best_objective_bound) // weight // 2
    return Floorplan(candidate, rectangles, hops, bound, status == cp_model.OPTIMAL)


def check(plan: Floorplan, width: int, height: int) -> list[str]:
    """Return what is illegal about a plan: regions off the wafer or overlapping. Shares nothing with the
    solver.
    """
    problems: list[str] = []
    for index, r in enumerate(plan.rectangles):
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
