"""Tasks: which servers and cores may be able to go on, and what is noted of operations."""

from __future__ import annotations

from ...ir.jit import inner, wide
from . import state as st
from .state import Net


@inner
def wake(net: Net, who: int) -> None:
    """Put a server, or the core of PE -1 - `who`, among the tasks, unless it is there."""
    if who >= 0:
        flags, flag, task = net.servers, (who << st.SERVER_SHIFT) + st.WAITING, who
    else:
        pe = -1 - who
        if pe >= net.completed.size:
            return
        flags, flag = net.pes, (pe << st.PE_SHIFT) + st.PE_WAITING
        task = net.constants[st.SERVERS] + pe
    if flags[flag] == 0:
        flags[flag] = 1
        counters, tasks = net.counters, net.tasks
        at = counters[st.TASK_HEAD] + counters[st.TASK_COUNT]
        tasks[at if at < tasks.size else at - tasks.size] = task
        counters[st.TASK_COUNT] += 1


@inner
def next_task(net: Net) -> int:
    """Take a task: a server, or -1 - PE. Returns `NO_PE` if there is none.

    Those that a task woke come before operations that have not been looked at: so neighbours stay together.
    """
    counters, tasks = net.counters, net.tasks
    if counters[st.TASK_COUNT] == 0:
        tried = counters[st.TRIED]
        if tried == counters[st.POSTED]:
            return st.NO_PE
        counters[st.TRIED] += 1
        return -1 - wide(net.posted[tried])
    head = counters[st.TASK_HEAD]
    task = wide(tasks[head])
    counters[st.TASK_HEAD] = head + 1 if head + 1 < tasks.size else 0
    counters[st.TASK_COUNT] -= 1
    if task < net.constants[st.SERVERS]:
        net.servers[(task << st.SERVER_SHIFT) + st.WAITING] = 0
        return task
    pe = task - net.constants[st.SERVERS]
    net.pes[(pe << st.PE_SHIFT) + st.PE_WAITING] = 0
    return -1 - pe


@inner
def note_slots(net: Net, me: int, slot: int, count: int, cause: int) -> bool:
    """Note that the next `count` wavelets of the half at `me` have the slots from `slot` on.

    Returns whether that is a new run of slots, but not the first.
    """
    pes = net.pes
    done = pes[me + st.DONE]
    if done == 0:
        pes[me + st.FIRST], pes[me + st.CAUSE] = slot, cause
    new_run = done > 0 and slot != pes[me + st.NEXT]
    pes[me + st.DONE] = done + count
    pes[me + st.TO_GO] -= count
    pes[me + st.NEXT] = slot + count
    return new_run


@inner
def note_run(net: Net, pe: int, half: int, first: int, slot: int, cause: int) -> None:
    """Log a run of slots; there must be room."""
    at = net.counters[st.RUNS] * st.RUN_FIELDS
    net.counters[st.RUNS] += 1
    runs = net.runs
    runs[at], runs[at + 1], runs[at + 2], runs[at + 3], runs[at + 4] = pe, half, first, slot, cause


@inner
def note_move(net: Net, pe: int, half: int, count: int) -> None:
    """Log, if that is asked for, that a half has taken or sent `count` more wavelets; there must be room."""
    if net.constants[st.LOG_MOVES] != 0:
        at = net.counters[st.MOVES] * st.MOVE_FIELDS
        net.counters[st.MOVES] += 1
        net.moves[at], net.moves[at + 1], net.moves[at + 2] = pe, half, count


@inner
def has_log_rows(net: Net, moves: int) -> bool:
    """Whether the logs have room for so many moves and a run."""
    counters, constants = net.counters, net.constants
    if constants[st.LOG_MOVES] != 0 and counters[st.MOVES] + moves > net.moves.size // st.MOVE_FIELDS:
        return False
    return constants[st.LOG_RUNS] == 0 or counters[st.RUNS] < net.runs.size // st.RUN_FIELDS


@inner
def end_halves(net: Net, pe: int, count: int) -> None:
    """Note that `count` of a PE's halves have ended."""
    busy = (pe << st.PE_SHIFT) + st.BUSY
    net.pes[busy] -= count
    if net.pes[busy] == 0:
        net.completed[net.counters[st.COMPLETED]] = pe
        net.counters[st.COMPLETED] += 1
