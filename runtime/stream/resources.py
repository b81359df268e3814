"""Resources: who uses a link or ramp in which cycle, where several colors do.

Of two servers that want one in the same cycle, that of the lower color has it. Servers are looked at in any
order, so that of the higher color may have used it before. Then the meeting is noted, and in the next replay
of the step the other one waits.
"""

from __future__ import annotations

from ...ir.jit import inner, wide
from . import state as st
from .state import Net

FREE, TAKEN, FORGOTTEN = 0, 1, 2


@inner
def look_at(net: Net, resource: int, server: int, cycle: int) -> int:
    """Return whether `server` must wait in `cycle` for one of a lower color that uses a resource."""
    table = net.resources
    me = resource << st.RESOURCE_SHIFT
    if table[me + st.HAS_WAITS] != 0:
        wait = find_wait(net, resource, cycle)
        if wait >= 0 and net.wait_server[wait] < server:
            net.wait_flags[wait] |= st.HEEDED
            return TAKEN
    if cycle > table[me + st.LATEST]:
        return FREE
    if cycle <= table[me + st.FORGOTTEN]:
        net.counters[st.SUBJECT], net.counters[st.CYCLE], net.counters[st.USER] = resource, cycle, server
        return FORGOTTEN
    for kept in range(st.RUNS_KEPT):
        run = me + st.RUN + kept * st.RUN_WIDTH
        other = wide(table[run + st.RUN_USER])
        if 0 <= other < server and table[run + st.RUN_START] <= cycle <= table[run + st.RUN_END]:
            return TAKEN
    return FREE


@inner
def is_free(net: Net, resource: int, start: int, end: int) -> bool:
    """Whether it is known that nobody else uses a resource in the cycles `start` .. `end`."""
    table = net.resources
    me = resource << st.RESOURCE_SHIFT
    if table[me + st.HAS_WAITS] != 0:
        return False
    if start > table[me + st.LATEST]:
        return True
    if start <= table[me + st.FORGOTTEN]:
        return False
    for kept in range(st.RUNS_KEPT):
        run = me + st.RUN + kept * st.RUN_WIDTH
        if (
            table[run + st.RUN_USER] >= 0
            and table[run + st.RUN_START] <= end
            and start <= table[run + st.RUN_END]
        ):
            return False
    return True


@inner
def use(net: Net, resource: int, server: int, start: int, end: int) -> None:
    """Note that `server` uses a resource in the cycles `start` .. `end`, and whom it meets there."""
    table = net.resources
    me = resource << st.RESOURCE_SHIFT
    if table[me + st.HAS_WAITS] != 0:
        for cycle in range(start, end + 1):
            wait = find_wait(net, resource, cycle)
            if wait >= 0 and net.wait_server[wait] == server:
                net.wait_flags[wait] |= st.EXPLAINED
    newest = wide(table[me + st.NEWEST])
    mine = -1
    if start > table[me + st.LATEST]:
        run = me + st.RUN + newest * st.RUN_WIDTH
        if table[run + st.RUN_USER] == server and table[run + st.RUN_END] == start - 1:
            mine = run
    else:
        for kept in range(st.RUNS_KEPT):
            run = me + st.RUN + kept * st.RUN_WIDTH
            other = wide(table[run + st.RUN_USER])
            if other == server and table[run + st.RUN_END] == start - 1:
                mine = run
            elif other >= 0 and other != server:
                first = max(start, wide(table[run + st.RUN_START]))
                for cycle in range(first, min(end, wide(table[run + st.RUN_END])) + 1):
                    _note_meeting(net, resource, cycle, min(server, other))
    table[me + st.LATEST] = max(wide(table[me + st.LATEST]), end)
    if mine >= 0:
        table[mine + st.RUN_END] = end
        return
    newest = newest + 1 if newest + 1 < st.RUNS_KEPT else 0
    table[me + st.NEWEST] = newest
    run = me + st.RUN + newest * st.RUN_WIDTH
    if table[run + st.RUN_USER] >= 0:
        table[me + st.FORGOTTEN] = max(wide(table[me + st.FORGOTTEN]), wide(table[run + st.RUN_END]))
    table[run + st.RUN_USER], table[run + st.RUN_START], table[run + st.RUN_END] = server, start, end


@inner
def find_wait(net: Net, resource: int, cycle: int) -> int:
    """Return the number of the wait for a resource in a cycle, -1 if there is none."""
    key = (resource << st.WAIT_SHIFT) | cycle
    low, high = 0, net.wait_keys.size
    while low < high:
        middle = (low + high) >> 1
        if net.wait_keys[middle] < key:
            low = middle + 1
        else:
            high = middle
    return low if low < net.wait_keys.size and net.wait_keys[low] == key else -1


@inner
def _note_meeting(net: Net, resource: int, cycle: int, first: int) -> None:
    at = net.counters[st.MEETINGS] * st.MEETING_FIELDS
    net.counters[st.MEETINGS] += 1
    if at < net.meetings.size:
        net.meetings[at], net.meetings[at + 1], net.meetings[at + 2] = resource, cycle, first
