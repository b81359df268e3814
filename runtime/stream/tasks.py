"""Tasks: which servers and cores may be able to go on, and what the kernel notes of them."""

from __future__ import annotations

from ..wavelet.jit import inner, wide
from . import state as st
from .state import I64, Halves, Work


@inner
def wake(work: Work, task: int) -> None:
    """Put a server or (its number behind the servers') a PE among the tasks, unless it is there."""
    if work.waiting[task] == 0:
        work.waiting[task] = 1
        counters, tasks = work.counters, work.tasks
        at = counters[st.TASK_HEAD] + counters[st.TASK_COUNT]
        tasks[at if at < tasks.size else at - tasks.size] = task
        counters[st.TASK_COUNT] += 1


@inner
def next_task(work: Work) -> int:
    """Take the task that has waited longest; there must be one."""
    counters, tasks = work.counters, work.tasks
    head = counters[st.TASK_HEAD]
    task = wide(tasks[head])
    counters[st.TASK_HEAD] = head + 1 if head + 1 < tasks.size else 0
    counters[st.TASK_COUNT] -= 1
    work.waiting[task] = 0
    return task


@inner
def half_of(pe: int, half: int) -> int:
    """Return where the numbers of a PE's half begin."""
    return (2 * pe + half) * st.HALF_FIELDS


@inner
def note_slots(numbers: I64, me: int, slot: int, count: int, cause: int) -> bool:
    """Note that a half's next `count` wavelets have the slots from `slot` on.

    Returns whether that is a new run of slots, but not the first.
    """
    done = numbers[me + st.DONE]
    if done == 0:
        numbers[me + st.FIRST], numbers[me + st.FIRST_CAUSE] = slot, cause
    new_run = done > 0 and slot != numbers[me + st.NEXT]
    numbers[me + st.DONE] = done + count
    numbers[me + st.LEFT] -= count
    numbers[me + st.NEXT] = slot + count
    return new_run


@inner
def note_run(work: Work, pe: int, half: int, first: int, slot: int, cause: int) -> None:
    """Log a run of slots; there must be room."""
    at = work.counters[st.RUNS] * st.RUN_FIELDS
    work.counters[st.RUNS] += 1
    runs = work.runs
    runs[at], runs[at + 1], runs[at + 2], runs[at + 3], runs[at + 4] = pe, half, first, slot, cause


@inner
def note_move(work: Work, pe: int, half: int, count: int) -> None:
    """Log that a half has taken or sent `count` more wavelets; there must be room."""
    at = work.counters[st.MOVES] * st.MOVE_FIELDS
    work.counters[st.MOVES] += 1
    work.moves[at], work.moves[at + 1], work.moves[at + 2] = pe, half, count


@inner
def end_halves(halves: Halves, work: Work, pe: int, count: int) -> None:
    """Note that `count` of a PE's halves have ended."""
    halves.busy[pe] -= count
    if halves.busy[pe] == 0:
        work.completed[work.counters[st.COMPLETED]] = pe
        work.counters[st.COMPLETED] += 1
