"""A scheduling problem, and what a schedule must keep to.

Tasks take a known number of cycles, each on one resource that does one task at a time, or on none. An arc
says that a task begins no earlier than so many cycles after another has ended: a latency, during which the
resource is free for others. With one resource and without latencies any order without idle time is best; with
them that is not so, and finding the best order is NP-hard (1 | prec, l_ij | C_max).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

NO_RESOURCE = -1
"""The resource of a task that occupies none: any number of them run at once."""


@dataclass(frozen=True, slots=True)
class Task:
    """Work of `duration` cycles on `resource`, not before cycle `release`."""

    duration: int
    resource: int = 0
    release: int = 0


@dataclass(frozen=True, slots=True)
class Arc:
    """Task `after` begins at least `latency` cycles after the end of task `before`."""

    before: int
    after: int
    latency: int = 0


@dataclass(frozen=True)
class Problem:
    """Tasks, numbered from 0, and arcs between them. Raises `ValueError` for what cannot be scheduled."""

    tasks: tuple[Task, ...]
    arcs: tuple[Arc, ...] = ()

    def __post_init__(self) -> None:
        count = len(self.tasks)
        for number, task in enumerate(self.tasks):
            if task.duration < 0 or task.release < 0 or task.resource < NO_RESOURCE:
                raise ValueError(f"task {number} has a negative duration, release or resource")
        for arc in self.arcs:
            if not (0 <= arc.before < count and 0 <= arc.after < count) or arc.latency < 0:
                raise ValueError(f"{arc} names no task or has a negative latency")
        if len(self.order) != count:
            raise ValueError("the arcs form a cycle")

    @cached_property
    def before(self) -> tuple[tuple[Arc, ...], ...]:
        """The arcs into each task."""
        found: list[list[Arc]] = [[] for _ in self.tasks]
        for arc in self.arcs:
            found[arc.after].append(arc)
        return tuple(map(tuple, found))

    @cached_property
    def after(self) -> tuple[tuple[Arc, ...], ...]:
        """The arcs out of each task."""
        found: list[list[Arc]] = [[] for _ in self.tasks]
        for arc in self.arcs:
            found[arc.before].append(arc)
        return tuple(map(tuple, found))

    @cached_property
    def order(self) -> tuple[int, ...]:
        """The tasks, each behind all that it waits for; shorter than `tasks` if the arcs form a cycle."""
        waiting = [len(arcs) for arcs in self.before]
        found = [number for number, count in enumerate(waiting) if count == 0]
        for number in found:
            for arc in self.after[number]:
                waiting[arc.after] -= 1
                if waiting[arc.after] == 0:
                    found.append(arc.after)
        return tuple(found)

    @property
    def resources(self) -> tuple[int, ...]:
        """The resources that tasks occupy, ascending."""
        return tuple(sorted({task.resource for task in self.tasks} - {NO_RESOURCE}))


Starts = tuple[int, ...]
"""A schedule: the cycle in which each task begins."""


def makespan(problem: Problem, starts: Sequence[int]) -> int:
    """Return when the last task ends; 0 without tasks."""
    return max((s + task.duration for s, task in zip(starts, problem.tasks, strict=True)), default=0)


def violations(problem: Problem, starts: Sequence[int]) -> list[str]:
    """Return what is wrong with a schedule, in words: nothing if it is legal.

    Looks at each pair that an arc joins and at each pair of neighbours on a resource, and shares nothing with
    what makes schedules.
    """
    if len(starts) != len(problem.tasks):
        return [f"{len(starts)} starts for {len(problem.tasks)} tasks"]
    found = [
        f"task {number} begins at {start}, before its release {task.release}"
        for number, (start, task) in enumerate(zip(starts, problem.tasks, strict=True))
        if start < task.release
    ]
    for arc in problem.arcs:
        end = starts[arc.before] + problem.tasks[arc.before].duration
        if starts[arc.after] < end + arc.latency:
            found.append(
                f"task {arc.after} begins at {starts[arc.after]}, less than {arc.latency} cycles after task "
                f"{arc.before} ends at {end}"
            )
    busy: dict[int, list[tuple[int, int, int]]] = {}
    for number, (start, task) in enumerate(zip(starts, problem.tasks, strict=True)):
        if task.duration and task.resource != NO_RESOURCE:
            busy.setdefault(task.resource, []).append((start, start + task.duration, number))
    for resource, spans in busy.items():
        spans.sort()
        for (_, end, one), (start, _, other) in pairwise(spans):
            if start < end:
                found.append(f"tasks {one} and {other} overlap on resource {resource}")
    return found
