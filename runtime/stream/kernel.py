"""The kernel: moves wavelets whose times are known through the network, in any order that causes allow.

There is no clock. A server moves the first wavelet of its lane as soon as it is known when every queue that
the wavelet goes to has room; a core takes or sends one as soon as it is known when it came or when there is
room. The time of each is the largest of the times that it must not be earlier than, so it does not depend on
the order in which servers and cores are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...ir.jit import entry, fingerprint, inner, wide
from . import state as st
from .affine import explore, go_through
from .queues import end_message, free_slot, pass_through, put, take
from .resources import FORGOTTEN, TAKEN, look_at, use
from .state import Net
from .tasks import end_halves, has_log_rows, next_task, note_move, note_run, note_slots, wake

Kernel = Callable[[Net], int]


@inner
def move_server(net: Net, server: int) -> int:
    """Let wavelets leave a server as far as their times are known."""
    servers, queues, counters = net.servers, net.queues, net.counters
    shift = net.constants[st.QUEUE_SHIFT]
    me = server << st.SERVER_SHIFT
    while True:
        lane = wide(servers[me + st.LANE]) << shift
        if queues[lane + st.LEVEL] == 0:
            return st.STATUS_DONE
        stamp = wide(queues[lane + st.SLOTS + queues[lane + st.HEAD]])
        time = max(stamp >> st.TIME_SHIFT, wide(servers[me + st.LAST]) + 1)
        outputs = wide(servers[me + st.OUTPUTS])
        for output in range(outputs):
            target = wide(servers[me + st.TARGET + output])
            if target == st.LOST:
                counters[st.SUBJECT], counters[st.CYCLE] = server, time
                return st.STATUS_LOST
            slot = free_slot(net, target << shift)
            if slot < 0:
                return st.STATUS_DONE
            time = max(time, wide(queues[slot]) >> st.TIME_SHIFT)
        time = when_free(net, server, time)
        if time < 0:
            return st.STATUS_FORGOTTEN
        mark = stamp & st.MARK
        for output in range(outputs):
            resource = wide(servers[me + st.RESOURCE + output])
            if resource >= 0:
                use(net, resource, server, time, time)
            at = wide(servers[me + st.TARGET + output]) << shift
            put(net, at, free_slot(net, at), time, mark)
            counters[st.LINK_HOPS if queues[at + st.TAKER] >= 0 else st.RAMP_HOPS] += 1
        take(net, lane, time)
        servers[me + st.LAST] = time
        servers[me + st.LOAD] += 1
        counters[st.STEPS] += 1
        if mark != 0:
            end_message(net, server)


@inner
def when_free(net: Net, server: int, time: int) -> int:
    """Return the first cycle from `time` on in which no lower color uses what the server's wavelet takes.

    Returns -1 if that is not known any more.
    """
    first = (server << st.SERVER_SHIFT) + st.RESOURCE
    outputs = wide(net.servers[(server << st.SERVER_SHIFT) + st.OUTPUTS])
    output = 0
    while output < outputs:
        resource = wide(net.servers[first + output])
        output += 1
        if resource >= 0:
            found = look_at(net, resource, server, time)
            if found == FORGOTTEN:
                return -1
            if found == TAKEN:
                net.counters[st.WAITED] += 1
                time += 1
                output = 0
    return time


@inner
def step_half(net: Net, pe: int, half: int) -> int:
    """Let a half (or both of an operation that takes and sends) go on wavelet by wavelet."""
    pes, queues = net.pes, net.queues
    shift = net.constants[st.QUEUE_SHIFT]
    receives, transmits = half != st.TRANSMIT, half != st.RECEIVE
    rx = pe << st.PE_SHIFT
    tx = rx + st.TRANSMIT_FIELDS
    me = rx if receives else tx
    moved = 0
    status = st.STATUS_DONE
    source, target = wide(pes[rx + st.QUEUE]) << shift, wide(pes[tx + st.QUEUE]) << shift
    while pes[me + st.TO_GO] > 0:
        if not has_log_rows(net, 2):
            status = st.STATUS_FULL
            break
        time, cause, slot = wide(pes[me + st.NEXT]), st.CAUSE_SETUP, -1
        if receives:
            if queues[source + st.LEVEL] == 0:
                break
            arrival = wide(queues[source + st.SLOTS + queues[source + st.HEAD]]) >> st.TIME_SHIFT
            if arrival > time:
                time, cause = arrival, st.CAUSE_ARRIVAL
        if transmits:
            slot = free_slot(net, target)
            if slot < 0:
                break
            free = wide(queues[slot]) >> st.TIME_SHIFT
            if free > time:
                time, cause = free, st.CAUSE_ROOM
        last = pes[me + st.TO_GO] == 1
        if receives:
            take(net, source, time)
            queues[source + st.TAKEN] = time
        if transmits:
            put(net, target, slot, time, st.MARK if last else 0)
            net.counters[st.WAVELETS] += 1
        done = wide(pes[me + st.DONE])
        if note_slots(net, me, time, 1, cause) and net.constants[st.LOG_RUNS] != 0:
            note_run(net, pe, half, done, time, cause)
        if half == st.BOTH:
            note_slots(net, tx, time, 1, cause)
        moved += 1
        if last:
            end_halves(net, pe, 2 if half == st.BOTH else 1)
    if moved > 0:
        note_move(net, pe, half, moved)
    return status


@inner
def contiguous(net: Net, pe: int) -> int:
    """Return the first slot of an operation that takes and sends if all it takes came in one run, or -1."""
    queues = net.queues
    me = pe << st.PE_SHIFT
    count = wide(net.pes[me + st.TO_GO])
    at = wide(net.pes[me + st.QUEUE]) << net.constants[st.QUEUE_SHIFT]
    if queues[at + st.LEVEL] != count:
        return -1
    depth, head = wide(queues[at + st.DEPTH]), wide(queues[at + st.HEAD])
    start = max(wide(net.pes[me + st.NEXT]), wide(queues[at + st.SLOTS + head]) >> st.TIME_SHIFT)
    for k in range(count):
        if queues[at + st.SLOTS + (head + k) % depth] >> st.TIME_SHIFT > start + k:
            return -1
    return start


@inner
def step_core(net: Net, pe: int) -> int:
    """Let a PE's operation go on as far as is known."""
    pes = net.pes
    me = pe << st.PE_SHIFT
    tx = me + st.TRANSMIT_FIELDS
    count = wide(pes[tx + st.TO_GO])
    coupled = pes[me + st.COUPLED] != 0
    if count > 0 and pes[tx + st.DONE] == 0:
        start = contiguous(net, pe) if coupled else wide(pes[tx + st.NEXT])
        if start >= 0:
            found = explore(net, wide(pes[tx + st.QUEUE]), start, count)
            if found > 0:
                if not has_log_rows(net, net.completed.size):
                    return st.STATUS_FULL
                _send_at_once(net, pe, start, count)
                go_through(net, found, count)
                if coupled:
                    return st.STATUS_DONE
    if coupled:
        return step_half(net, pe, st.BOTH)
    status = step_half(net, pe, st.RECEIVE)
    if status == st.STATUS_DONE:
        status = step_half(net, pe, st.TRANSMIT)
    return status


@inner
def _send_at_once(net: Net, pe: int, start: int, count: int) -> None:
    """Note that a PE sends all it has to in one run from `start` on, taking it in those slots if coupled."""
    pes, queues = net.pes, net.queues
    me = pe << st.PE_SHIFT
    half, cause, ended = st.TRANSMIT, st.CAUSE_SETUP, 1
    if pes[me + st.COUPLED] != 0:
        half, ended = st.BOTH, 2
        if start > pes[me + st.NEXT]:
            cause = st.CAUSE_ARRIVAL
        at = wide(pes[me + st.QUEUE]) << net.constants[st.QUEUE_SHIFT]
        if queues[at + st.LEVEL] == queues[at + st.DEPTH]:
            wake(net, wide(queues[at + st.FEEDER]))
        pass_through(net, at, start, count)
        queues[at + st.LEVEL] = 0
        queues[at + st.TAKEN] = start + count - 1
        note_slots(net, me, start, count, cause)
    note_slots(net, me + st.TRANSMIT_FIELDS, start, count, cause)
    net.counters[st.WAVELETS] += count
    note_move(net, pe, half, count)
    end_halves(net, pe, ended)


def _make_kernel(sources: int) -> Kernel:
    def run_kernel(net: Net) -> int:
        if sources < 0:
            return st.STATUS_LOST
        while True:
            task = next_task(net)
            if task == st.NO_PE:
                return st.STATUS_DONE
            status = move_server(net, task) if task >= 0 else step_core(net, -1 - task)
            if status == st.STATUS_FULL:
                wake(net, task)
            if status != st.STATUS_DONE:
                return status

    return entry(run_kernel)


_HERE = Path(__file__).parent
_SHARED = (_HERE.parent / "bytecode.py", _HERE.parent / "prefetch.py")

run_kernel = _make_kernel(fingerprint(_HERE, *_SHARED))
"""Do all tasks; returns one of the `STATUS_...` numbers of `state`. After `STATUS_FULL` call it again."""
