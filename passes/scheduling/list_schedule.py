"""List scheduling: whatever is ready and has the longest chain behind it comes first.

*Eager*: a resource never idles while a task could begin. *Patient*: before something with a longer chain
behind it only such tasks begin that end in time; if there are none, the resource waits. Neither is always
the better one, so `list_schedule` returns the better of the two.
"""

from __future__ import annotations

from collections.abc import Sequence

from .bounds import tails
from .problem import NO_RESOURCE, Problem, Starts, makespan


def list_schedule(problem: Problem) -> Starts:
    """Return a legal schedule: the better of the eager and the patient one. O(tasks^2 + arcs)."""
    tail = tails(problem)
    eager = _schedule(problem, tail, patient=False)
    patient = _schedule(problem, tail, patient=True)
    return patient if makespan(problem, patient) < makespan(problem, eager) else eager


def sequence_schedule(problem: Problem, sequence: Sequence[int]) -> Starts:
    """Return the schedule in which each task begins as early as it can behind those before it in `sequence`
    on its resource.

    Raises `ValueError` if that is no order of all tasks, or one against an arc.
    """
    starts = [-1] * len(problem.tasks)
    free: dict[int, int] = {}
    for number in sequence:
        task = problem.tasks[number]
        start = max(task.release, free.get(task.resource, 0))
        for arc in problem.before[number]:
            if starts[arc.before] < 0:
                raise ValueError(f"task {number} stands before task {arc.before}, which it waits for")
            start = max(start, starts[arc.before] + problem.tasks[arc.before].duration + arc.latency)
        starts[number] = start
        if task.resource != NO_RESOURCE:
            free[task.resource] = start + task.duration
    if sorted(sequence) != list(range(len(problem.tasks))):
        raise ValueError("the sequence does not name each task once")
    return tuple(starts)


def sequence_of(problem: Problem, starts: Sequence[int]) -> list[int]:
    """Return the tasks by start, those of no duration before others, and each behind what it waits for."""
    rank = {number: place for place, number in enumerate(problem.order)}
    return sorted(
        range(len(problem.tasks)), key=lambda n: (starts[n], problem.tasks[n].duration > 0, rank[n])
    )


def _schedule(problem: Problem, tail: Sequence[int], *, patient: bool) -> Starts:
    tasks = problem.tasks
    starts = [0] * len(tasks)
    earliest = [task.release for task in tasks]
    waiting = [len(arcs) for arcs in problem.before]
    ready = [number for number, count in enumerate(waiting) if count == 0]
    free: dict[int, int] = {}
    while ready:
        at = {n: max(earliest[n], free.get(tasks[n].resource, 0)) for n in ready}
        clock = min(at.values())
        number = min((n for n in ready if at[n] == clock), key=lambda n: (-tail[n] - tasks[n].duration, n))
        if patient:
            number = _patiently(problem, tail, at, number)
        ready.remove(number)
        starts[number] = at[number]
        end = starts[number] + tasks[number].duration
        if tasks[number].resource != NO_RESOURCE:
            free[tasks[number].resource] = end
        for arc in problem.after[number]:
            earliest[arc.after] = max(earliest[arc.after], end + arc.latency)
            waiting[arc.after] -= 1
            if waiting[arc.after] == 0:
                ready.append(arc.after)
    return tuple(starts)


def _patiently(problem: Problem, tail: Sequence[int], at: dict[int, int], number: int) -> int:
    """Return what to begin in the place of `number`, which would be next and may end too late."""
    tasks = problem.tasks
    resource = tasks[number].resource
    if resource == NO_RESOURCE:
        return number

    def urgency(n: int) -> tuple[int, int]:
        return tail[n] + tasks[n].duration, -n

    rivals = [n for n in at if tasks[n].resource == resource and urgency(n) > urgency(number)]
    rivals = [n for n in rivals if at[n] < at[number] + tasks[number].duration]
    if not rivals:
        return number
    first = max(rivals, key=urgency)
    fitting = [
        n
        for n in at
        if tasks[n].resource == resource and n != first and at[n] + tasks[n].duration <= at[first]
    ]
    return max(fitting, key=urgency) if fitting else first
