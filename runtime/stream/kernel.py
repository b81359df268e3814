"""The kernel: moves wavelets whose times are known through the network, in any order that causes allow.

There is no clock. A server moves the first wavelet of its lane as soon as it is known when every queue that
the wavelet goes to has room; a core takes or sends one as soon as it is known when it came or when there is
room. The time of each is the largest of the times that it must not be earlier than, so it does not depend on
the order in which servers and cores are looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..wavelet.jit import entry, fingerprint, inner, wide
from . import state as st
from .affine import end_message, explore, free_slots, go_through
from .network import LOST, Tables
from .resources import other_user, use
from .state import Constants, Halves, Queues, Resources, Work
from .tasks import end_halves, half_of, next_task, note_move, note_run, note_slots, wake

Kernel = Callable[[Tables, Queues, Halves, Resources, Work, Constants], int]


@inner
def move_server(
    server: int,
    tables: Tables,
    queues: Queues,
    resources: Resources,
    work: Work,
    constants: Constants,
) -> int:
    """Let wavelets leave a server as far as their times are known."""
    slots, counters = queues.slots, work.counters
    while True:
        position = queues.position[server]
        lane = tables.position_lane[position]
        level = queues.lane_level[lane]
        if level == 0:
            return st.STATUS_DONE
        base = tables.lane_slots[lane]
        depth = tables.lane_slots[lane + 1] - base
        head = queues.lane_head[lane]
        stamp = slots[base + head]
        time = wide(max(stamp >> st.TIME_SHIFT, queues.last[server] + 1))
        first, behind = tables.first_output[position], tables.first_output[position + 1]
        for output in range(first, behind):
            target = tables.output_target[output]
            if target == LOST:
                counters[st.SUBJECT], counters[st.CYCLE], counters[st.OTHER] = server, time, output
                return st.STATUS_LOST
            slot = free_slot(target, tables, queues)
            if slot < 0:
                return st.STATUS_DONE
            time = max(time, wide(slots[slot] >> st.TIME_SHIFT))
        mark = stamp & st.MARK
        for output in range(first, behind):
            resource = tables.output_resource[output]
            if resource >= 0 and not use(resources, resource, server, time, time):
                counters[st.SUBJECT], counters[st.CYCLE] = resource, time
                counters[st.OTHER] = other_user(resources, resource, server, time, time)
                counters[st.USER] = server
                return st.STATUS_CONFLICT
            target = tables.output_target[output]
            slot = free_slot(target, tables, queues)
            if target >= 0:
                slots[slot] = (time + tables.lane_latency[target] << st.TIME_SHIFT) | mark
                queues.lane_level[target] += 1
                wake(work, wide(tables.lane_server[target]))
                counters[st.LINK_HOPS] += 1
            else:
                slots[slot] = time + constants.up_ramp << st.TIME_SHIFT
                queues.sink_level[-1 - target] += 1
                pe = wide(tables.sink_pe[-1 - target])
                if pe >= 0:
                    wake(work, constants.servers + pe)
                counters[st.RAMP_HOPS] += 1
        slots[base + head] = time + 1 << st.TIME_SHIFT
        queues.lane_head[lane] = head + 1 if head + 1 < depth else 0
        queues.lane_level[lane] = level - 1
        queues.last[server] = time
        queues.loads[position] += 1
        counters[st.STEPS] += 1
        if level == depth:
            wake_feeder(wide(tables.lane_feeder[lane]), work, constants)
        if mark != 0:
            end_message(server, tables, queues, work)


@inner
def free_slot(target: int, tables: Tables, queues: Queues) -> int:
    """Return the slot that the next wavelet into a lane or sink takes, -1 if it is not known to be free."""
    if target >= 0:
        base, head, level = tables.lane_slots[target], queues.lane_head[target], queues.lane_level[target]
        depth = tables.lane_slots[target + 1] - base
    else:
        sink = -1 - target
        base, head, level = tables.sink_slots[sink], queues.sink_head[sink], queues.sink_level[sink]
        depth = tables.sink_slots[sink + 1] - base
    if level >= depth:
        return -1
    at = head + level
    return base + (at if at < depth else at - depth)


@inner
def wake_feeder(feeder: int, work: Work, constants: Constants) -> None:
    """Wake what feeds a lane: a server, or (-1 - PE) a core."""
    if feeder >= 0:
        wake(work, feeder)
    elif -1 - feeder < work.waiting.size - constants.servers:
        wake(work, constants.servers - 1 - feeder)


@inner
def take(sink: int, time: int, tables: Tables, queues: Queues, work: Work) -> None:
    """Take the first wavelet of a sink in cycle `time`."""
    base = tables.sink_slots[sink]
    depth = tables.sink_slots[sink + 1] - base
    head = queues.sink_head[sink]
    queues.slots[base + head] = time + 1 << st.TIME_SHIFT
    queues.sink_head[sink] = head + 1 if head + 1 < depth else 0
    if queues.sink_level[sink] == depth:
        wake(work, tables.sink_server[sink])
    queues.sink_level[sink] -= 1
    queues.sink_last[sink] = time


@inner
def arrival_of(sink: int, tables: Tables, queues: Queues) -> int:
    """Return when the first wavelet of a sink can be taken, -1 if none is known to come."""
    if queues.sink_level[sink] == 0:
        return -1
    return wide(queues.slots[tables.sink_slots[sink] + queues.sink_head[sink]] >> st.TIME_SHIFT)


@inner
def put(lane: int, slot: int, time: int, last: bool, tables: Tables, queues: Queues, work: Work) -> None:
    """Send a wavelet from a core in cycle `time`."""
    stamp = time + tables.lane_latency[lane] << st.TIME_SHIFT
    queues.slots[slot] = stamp | st.MARK if last else stamp
    queues.lane_level[lane] += 1
    work.counters[st.WAVELETS] += 1
    wake(work, tables.lane_server[lane])


@inner
def log_rows_left(work: Work, constants: Constants) -> bool:
    """Whether the logs have room for what one step of a half notes."""
    if constants.log_moves != 0 and work.counters[st.MOVES] + 2 > work.moves.size // st.MOVE_FIELDS:
        return False
    return constants.log_runs == 0 or work.counters[st.RUNS] + 2 <= work.runs.size // st.RUN_FIELDS


@inner
def step_half(
    pe: int,
    half: int,
    tables: Tables,
    queues: Queues,
    halves: Halves,
    work: Work,
    constants: Constants,
) -> int:
    """Let a half (or both of an operation that takes and sends) go on wavelet by wavelet."""
    numbers = halves.numbers
    receives, transmits = half != st.TRANSMIT, half != st.RECEIVE
    rx, tx = half_of(pe, st.RECEIVE), half_of(pe, st.TRANSMIT)
    me = rx if receives else tx
    moved = 0
    status = st.STATUS_DONE
    while numbers[me + st.LEFT] > 0:
        if not log_rows_left(work, constants):
            status = st.STATUS_FULL
            break
        time, cause = numbers[me + st.NEXT], st.CAUSE_SETUP
        slot = -1
        if receives:
            arrival = arrival_of(numbers[rx + st.QUEUE], tables, queues)
            if arrival < 0:
                break
            if arrival > time:
                time, cause = arrival, st.CAUSE_ARRIVAL
        if transmits:
            slot = free_slot(numbers[tx + st.QUEUE], tables, queues)
            if slot < 0:
                break
            free = queues.slots[slot] >> st.TIME_SHIFT
            if free > time:
                time, cause = free, st.CAUSE_ROOM
        last = numbers[me + st.LEFT] == 1
        if receives:
            take(numbers[rx + st.QUEUE], time, tables, queues, work)
        if transmits:
            put(numbers[tx + st.QUEUE], slot, time, last, tables, queues, work)
        done = numbers[me + st.DONE]
        if note_slots(numbers, me, time, 1, cause) and constants.log_runs != 0:
            note_run(work, pe, half, done, time, cause)
        if half == st.BOTH:
            note_slots(numbers, tx, time, 1, cause)
        moved += 1
        if last:
            end_halves(halves, work, pe, 2 if half == st.BOTH else 1)
    if moved > 0 and constants.log_moves != 0:
        note_move(work, pe, half, moved)
    return status


@inner
def contiguous(pe: int, tables: Tables, queues: Queues, halves: Halves) -> int:
    """Return the first slot of an operation that takes and sends if all it takes came in one run, or -1."""
    me = half_of(pe, st.RECEIVE)
    numbers = halves.numbers
    sink, count = numbers[me + st.QUEUE], numbers[me + st.LEFT]
    if queues.sink_level[sink] != count:
        return -1
    base = tables.sink_slots[sink]
    depth = tables.sink_slots[sink + 1] - base
    head = queues.sink_head[sink]
    start = max(numbers[me + st.NEXT], queues.slots[base + head] >> st.TIME_SHIFT)
    for k in range(count):
        if queues.slots[base + (head + k) % depth] >> st.TIME_SHIFT > start + k:
            return -1
    return start


@inner
def step_core(
    pe: int,
    tables: Tables,
    queues: Queues,
    halves: Halves,
    resources: Resources,
    work: Work,
    constants: Constants,
) -> int:
    """Let a PE's operation go on as far as is known."""
    numbers = halves.numbers
    tx = half_of(pe, st.TRANSMIT)
    count = numbers[tx + st.LEFT]
    coupled = halves.coupled[pe] != 0
    if count > 0 and numbers[tx + st.DONE] == 0:
        start = contiguous(pe, tables, queues, halves) if coupled else numbers[tx + st.NEXT]
        if start >= 0:
            lane = numbers[tx + st.QUEUE]
            found = explore(lane, start, count, tables, queues, halves, work, constants)
            if found > 0:
                rows = work.moves.size // st.MOVE_FIELDS
                if constants.log_moves != 0 and work.counters[st.MOVES] + halves.busy.size > rows:
                    return st.STATUS_FULL
                _send_at_once(pe, start, tables, queues, halves, work, constants)
                status = go_through(found, count, tables, queues, halves, resources, work, constants)
                if status != st.STATUS_DONE or coupled:
                    return status
    if coupled:
        return step_half(pe, st.BOTH, tables, queues, halves, work, constants)
    status = step_half(pe, st.RECEIVE, tables, queues, halves, work, constants)
    if status == st.STATUS_DONE:
        status = step_half(pe, st.TRANSMIT, tables, queues, halves, work, constants)
    return status


@inner
def _send_at_once(
    pe: int,
    start: int,
    tables: Tables,
    queues: Queues,
    halves: Halves,
    work: Work,
    constants: Constants,
) -> None:
    """Note that a PE sends all it has to in one run from `start` on, taking it in those slots if coupled."""
    numbers = halves.numbers
    rx, tx = half_of(pe, st.RECEIVE), half_of(pe, st.TRANSMIT)
    count = numbers[tx + st.LEFT]
    half, cause, ended = st.TRANSMIT, st.CAUSE_SETUP, 1
    if halves.coupled[pe] != 0:
        half, ended = st.BOTH, 2
        if start > numbers[rx + st.NEXT]:
            cause = st.CAUSE_ARRIVAL
        sink = numbers[rx + st.QUEUE]
        base, head = wide(tables.sink_slots[sink]), wide(queues.sink_head[sink])
        depth = wide(tables.sink_slots[sink + 1]) - base
        if queues.sink_level[sink] == depth:
            wake(work, wide(tables.sink_server[sink]))
        free_slots(queues.slots, base, depth, head, start, count)
        queues.sink_head[sink] = (head + count) % depth
        queues.sink_level[sink] = 0
        queues.sink_last[sink] = start + count - 1
        note_slots(numbers, rx, start, count, cause)
    note_slots(numbers, tx, start, count, cause)
    work.counters[st.WAVELETS] += count
    if constants.log_moves != 0:
        note_move(work, pe, half, count)
    end_halves(halves, work, pe, ended)


def _make_kernel(fingerprint: int) -> Kernel:
    def run_kernel(
        tables: Tables, queues: Queues, halves: Halves, resources: Resources, work: Work, constants: Constants
    ) -> int:
        counters = work.counters
        if fingerprint < 0:
            return st.STATUS_LOST
        while counters[st.TASK_COUNT] > 0:
            task = next_task(work)
            if task < constants.servers:
                status = move_server(task, tables, queues, resources, work, constants)
            else:
                pe = task - constants.servers
                status = step_core(pe, tables, queues, halves, resources, work, constants)
            if status == st.STATUS_FULL:
                wake(work, task)
            if status != st.STATUS_DONE:
                return status
        return st.STATUS_DONE

    return entry(run_kernel)


run_kernel = _make_kernel(fingerprint(Path(__file__).parent))
"""Do all tasks; returns one of the `STATUS_...` numbers of `state`. After `STATUS_FULL` call it again."""
