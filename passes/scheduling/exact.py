"""Schedules by OR-Tools CP-SAT: the best there is for small problems, and better pieces of larger ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..fabric.solver import make_solver
from .bounds import lower_bounds
from .list_schedule import sequence_of, sequence_schedule
from .problem import NO_RESOURCE, Arc, Problem, Starts, Task, makespan

WINDOW_TASKS = 14
"""Tasks whose order is decided anew at once: CP-SAT proves such a piece best in milliseconds."""
_LIMIT = 0.2
"""Deterministic work for a window, in CP-SAT's unit (about seconds)."""
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Exact:
    """What CP-SAT found: a legal schedule, a lower bound, and so whether nothing can be better."""

    starts: Starts
    bound: int
    optimal: bool


def exact_schedule(
    problem: Problem, hint: Sequence[int], limit: float, tail: Sequence[int] = ()
) -> Exact | None:
    """Return the best schedule found within `limit` deterministic seconds, None if `hint` was not beaten.

    `hint` is a legal schedule to begin with. Least is the last cycle in which a task has ended and its `tail`
    (by default 0) has passed.
    """
    from ortools.sat.python import cp_model

    behind = tail or [0] * len(problem.tasks)
    horizon = max(
        (s + t.duration + q for s, t, q in zip(hint, problem.tasks, behind, strict=True)), default=0
    )
    model = cp_model.CpModel()
    starts = [
        model.new_int_var(task.release, max(horizon - task.duration - q, task.release), "")
        for task, q in zip(problem.tasks, behind, strict=True)
    ]
    for resource in problem.resources:
        model.add_no_overlap(
            model.new_fixed_size_interval_var(starts[number], task.duration, "")
            for number, task in enumerate(problem.tasks)
            if task.resource == resource
        )
    for arc in problem.arcs:
        model.add(starts[arc.after] >= starts[arc.before] + problem.tasks[arc.before].duration + arc.latency)
    end = model.new_int_var(0, horizon, "")
    for start, task, q in zip(starts, problem.tasks, behind, strict=True):
        model.add(end >= start + task.duration + q)
    model.minimize(end)
    for variable, value in zip(starts, hint, strict=True):
        model.add_hint(variable, value)
    solver = make_solver(limit)
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = tuple(solver.value(variable) for variable in starts)
    return Exact(found, round(solver.best_objective_bound), status == cp_model.OPTIMAL)


def refined(problem: Problem, starts: Starts) -> Starts:
    """Return a schedule that is at least as good: windows of it, one after the other, are ordered anew.

    What lies before a window stays where it is; what lies behind keeps its order and moves as a whole chain.
    Stops at the lower bound, or when a round over all windows has found nothing.
    """
    bound = lower_bounds(problem).best
    sequence = sequence_of(problem, starts)
    best = sequence_schedule(problem, sequence)
    for _ in range(_ROUNDS):
        before = makespan(problem, best)
        for first in range(0, len(sequence), WINDOW_TASKS // 2):
            if makespan(problem, best) == bound:
                return best
            ordered = _window(problem, sequence, first, best)
            tried = sequence_schedule(
                problem, [*sequence[:first], *ordered, *sequence[first + len(ordered) :]]
            )
            if makespan(problem, tried) < makespan(problem, best):
                best, sequence = tried, sequence_of(problem, tried)
        if makespan(problem, best) == before:
            break
    return best


def _window(problem: Problem, sequence: Sequence[int], first: int, starts: Starts) -> list[int]:
    """Return the best order of a window of `sequence`, as far as the limit allows."""
    window = list(sequence[first : first + WINDOW_TASKS])
    behind = sequence[first + len(window) :]
    to_end = _from_start_to_end(problem, behind)
    following: dict[int, int] = {}
    for number in reversed(behind):
        if problem.tasks[number].resource != NO_RESOURCE:
            following[problem.tasks[number].resource] = to_end[number]
    free: dict[int, int] = {}
    for number in sequence[:first]:
        free[problem.tasks[number].resource] = starts[number] + problem.tasks[number].duration
    free.pop(NO_RESOURCE, None)
    place = {number: index for index, number in enumerate(window)}
    tasks: list[Task] = []
    tail: list[int] = []
    for number in window:
        task = problem.tasks[number]
        release = max(task.release, free.get(task.resource, 0))
        for arc in problem.before[number]:
            if arc.before not in place:
                end = starts[arc.before] + problem.tasks[arc.before].duration
                release = max(release, end + arc.latency)
        tasks.append(Task(task.duration, task.resource, release))
        outside = (arc.latency + to_end[arc.after] for arc in problem.after[number] if arc.after not in place)
        tail.append(max((following.get(task.resource, 0), *outside)))
    arcs = tuple(
        Arc(place[arc.before], place[arc.after], arc.latency)
        for number in window
        for arc in problem.before[number]
        if arc.before in place
    )
    piece = Problem(tuple(tasks), arcs)
    found = exact_schedule(piece, [starts[number] for number in window], _LIMIT, tail)
    if found is None:
        return window
    return [window[index] for index in sequence_of(piece, found.starts)]


def _from_start_to_end(problem: Problem, behind: Sequence[int]) -> dict[int, int]:
    """Return for each task of `behind`, which keep their order, how long it is from its start to the end."""
    found: dict[int, int] = {}
    following: dict[int, int] = {}
    for number in reversed(behind):
        task = problem.tasks[number]
        rest = [arc.latency + found[arc.after] for arc in problem.after[number]]
        if task.resource != NO_RESOURCE:
            rest.append(following.get(task.resource, 0))
        found[number] = task.duration + max(rest, default=0)
        following[task.resource] = found[number]
    return found
