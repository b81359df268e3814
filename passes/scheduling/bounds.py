"""Lower bounds: no schedule ends earlier, whatever its order.

Two relaxations. *Chains*: resources do any number of tasks at once, so that only arcs and latencies count
(the critical path). *One resource*: the others do, and tasks on this one may be interrupted; each has a head
(the earliest cycle in which it can begin) and a tail (what must follow its end), both from chains. Serving at
every moment the task with the longest tail is then best (Jackson's preemptive schedule, as in Carlier 1982).
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

from .problem import NO_RESOURCE, Problem


@dataclass(frozen=True, slots=True)
class Bounds:
    """Lower bounds in cycles."""

    chain: int
    """The longest chain of tasks and latencies."""
    resource: int
    """The best of the bounds of single resources."""

    @property
    def best(self) -> int:
        """The larger one."""
        return max(self.chain, self.resource)


def lower_bounds(problem: Problem) -> Bounds:
    """Return lower bounds for the makespan. O(tasks log tasks + arcs)."""
    head, tail = heads(problem), tails(problem)
    ends = (h + task.duration + t for h, task, t in zip(head, problem.tasks, tail, strict=True))
    return Bounds(
        chain=max(ends, default=0),
        resource=max((_preemptive(problem, r, head, tail) for r in problem.resources), default=0),
    )


def heads(problem: Problem) -> list[int]:
    """Return the earliest start of each task if resources did any number at once."""
    found = [task.release for task in problem.tasks]
    for number in problem.order:
        end = found[number] + problem.tasks[number].duration
        for arc in problem.after[number]:
            found[arc.after] = max(found[arc.after], end + arc.latency)
    return found


def tails(problem: Problem) -> list[int]:
    """Return for each task the longest chain from its end to the end of all."""
    found = [0] * len(problem.tasks)
    for number in reversed(problem.order):
        for arc in problem.after[number]:
            after = arc.latency + problem.tasks[arc.after].duration + found[arc.after]
            found[number] = max(found[number], after)
    return found


def _preemptive(problem: Problem, resource: int, head: Sequence[int], tail: Sequence[int]) -> int:
    """Return the makespan of Jackson's preemptive schedule of the tasks on one resource."""
    assert resource != NO_RESOURCE
    mine = [number for number, task in enumerate(problem.tasks) if task.resource == resource]
    mine.sort(key=lambda number: head[number])
    left = {number: problem.tasks[number].duration for number in mine}
    ready: list[tuple[int, int]] = []
    clock = best = following = 0
    while ready or following < len(mine):
        if not ready:
            clock = max(clock, head[mine[following]])
        while following < len(mine) and head[mine[following]] <= clock:
            heapq.heappush(ready, (-tail[mine[following]], mine[following]))
            following += 1
        _, number = ready[0]
        until = clock + left[number]
        if following < len(mine):
            until = min(until, head[mine[following]])
        left[number] -= until - clock
        clock = until
        if left[number] == 0:
            heapq.heappop(ready)
            best = max(best, clock + tail[number])
    return best
