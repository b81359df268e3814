"""A message as one event: from a core through its whole tree, and on through cores that forward it.

When every queue on the way is empty and every receiver takes the wavelets as they come (or they fit in front
of it), nothing holds a wavelet back: the k-th one leaves each router k cycles after the first. Whether that
is so can be known beforehand, from a few comparisons for each queue.
"""

from __future__ import annotations

from ..wavelet.jit import inner, wide
from . import state as st
from .network import LOST, Tables
from .resources import other_user, use
from .state import Constants, Halves, Queues, Resources, Work
from .tasks import end_halves, half_of, note_move, note_slots, wake


@inner
def explore(
    lane: int,
    start: int,
    count: int,
    tables: Tables,
    queues: Queues,
    halves: Halves,
    work: Work,
    constants: Constants,
) -> int:
    """List the lanes that a message goes through, with the first wavelet's departures.

    A core sends the `count` wavelets on `lane` in the slots `start`, `start` + 1, ...

    Returns how many there are, 0 if the message is not one event.
    """
    lanes, times, numbers, last = work.lanes, work.times, halves.numbers, queues.last
    # The slots of a lane were freed one cycle after departures from its server.
    if last[tables.lane_server[lane]] >= start:
        return 0
    lanes[0], times[0] = lane, start + tables.lane_latency[lane]
    found, seen = 1, 0
    while seen < found:
        lane, time = lanes[seen], times[seen]
        seen += 1
        server = tables.lane_server[lane]
        position = queues.position[server]
        if queues.lane_level[lane] != 0 or tables.position_lane[position] != lane or last[server] >= time:
            return 0
        for output in range(tables.first_output[position], tables.first_output[position + 1]):
            target = tables.output_target[output]
            if target >= 0:
                if last[tables.lane_server[target]] >= time or found >= lanes.size:
                    return 0
                lanes[found], times[found] = target, time + tables.lane_latency[target]
                found += 1
                continue
            if target == LOST:
                return 0
            sink = -1 - target
            if queues.sink_level[sink] != 0 or queues.sink_last[sink] >= time:
                return 0
            depth = tables.sink_slots[sink + 1] - tables.sink_slots[sink]
            receives = receiver(sink, count, tables, halves)
            if receives < 0:
                if count > depth:
                    return 0
                continue
            me = half_of(receives, st.RECEIVE)
            slot = max(numbers[me + st.NEXT], time + constants.up_ramp)
            if count > depth and slot > time + depth - 1:
                return 0
            if halves.coupled[receives] != 0:
                out = numbers[half_of(receives, st.TRANSMIT) + st.QUEUE]
                if last[tables.lane_server[out]] >= slot or found >= lanes.size:
                    return 0
                lanes[found], times[found] = out, slot + tables.lane_latency[out]
                found += 1
    return found


@inner
def receiver(sink: int, count: int, tables: Tables, halves: Halves) -> int:
    """Return the PE that is at an operation that takes `count` wavelets from `sink` in one run, else -1."""
    pe = tables.sink_pe[sink]
    if pe < 0:
        return -1
    me = half_of(pe, st.RECEIVE)
    left = halves.numbers[me + st.LEFT]
    if halves.numbers[me + st.QUEUE] != sink or left < count or halves.numbers[me + st.DONE] != 0:
        return -1
    return pe if left == count or halves.coupled[pe] == 0 else -1


@inner
def go_through(
    found: int,
    count: int,
    tables: Tables,
    queues: Queues,
    halves: Halves,
    resources: Resources,
    work: Work,
    constants: Constants,
) -> int:
    """Let the message go through the lanes that were listed. Returns one of the `STATUS_...` numbers."""
    lanes, times, counters, numbers = work.lanes, work.times, work.counters, halves.numbers
    counters[st.EVENTS] += 1
    for seen in range(found):
        lane, time = wide(lanes[seen]), wide(times[seen])
        server = wide(tables.lane_server[lane])
        position = wide(queues.position[server])
        end = time + count - 1
        first, behind = tables.first_output[position], tables.first_output[position + 1]
        for output in range(first, behind):
            resource = tables.output_resource[output]
            if resource >= 0 and not use(resources, resource, server, time, end):
                counters[st.SUBJECT], counters[st.CYCLE] = resource, time
                counters[st.OTHER] = other_user(resources, resource, server, time, end)
                counters[st.USER] = server
                return st.STATUS_CONFLICT
            target = tables.output_target[output]
            if target >= 0:
                counters[st.LINK_HOPS] += count
                continue
            counters[st.RAMP_HOPS] += count
            sink = -1 - target
            receives = receiver(sink, count, tables, halves)
            base, head = wide(tables.sink_slots[sink]), wide(queues.sink_head[sink])
            depth = wide(tables.sink_slots[sink + 1]) - base
            if receives < 0:
                for k in range(count):
                    queues.slots[base + (head + k) % depth] = time + k + constants.up_ramp << st.TIME_SHIFT
                queues.sink_level[sink] = count
                pe = wide(tables.sink_pe[sink])
                if pe >= 0:
                    wake(work, constants.servers + pe)
                continue
            me = half_of(receives, st.RECEIVE)
            arrival = time + constants.up_ramp
            slot = max(numbers[me + st.NEXT], arrival)
            cause = st.CAUSE_ARRIVAL if arrival > numbers[me + st.NEXT] else st.CAUSE_SETUP
            free_slots(queues.slots, base, depth, head, slot, count)
            queues.sink_head[sink] = (head + count) % depth
            queues.sink_last[sink] = slot + count - 1
            note_slots(numbers, me, slot, count, cause)
            half = st.RECEIVE
            ended = 1 if numbers[me + st.LEFT] == 0 else 0
            if halves.coupled[receives] != 0:
                half = st.BOTH
                note_slots(numbers, half_of(receives, st.TRANSMIT), slot, count, cause)
                counters[st.WAVELETS] += count
                ended = 2
            if constants.log_moves != 0:
                note_move(work, receives, half, count)
            if ended > 0:
                end_halves(halves, work, receives, ended)
        base, head = wide(tables.lane_slots[lane]), wide(queues.lane_head[lane])
        depth = wide(tables.lane_slots[lane + 1]) - base
        free_slots(queues.slots, base, depth, head, time, count)
        queues.lane_head[lane] = (head + count) % depth
        queues.last[server] = end
        queues.loads[position] += count
        end_message(server, tables, queues, work)
    return st.STATUS_DONE


@inner
def free_slots(slots: st.I64, base: int, depth: int, head: int, time: int, count: int) -> None:
    """Let `count` wavelets have passed a queue of which the k-th one left it in cycle `time` + k."""
    for k in range(max(count - depth, 0), count):
        slots[base + (head + k) % depth] = time + k + 1 << st.TIME_SHIFT


@inner
def end_message(server: int, tables: Tables, queues: Queues, work: Work) -> None:
    """Note that the last wavelet of a message has left a server: it may move on to its next position."""
    position = queues.position[server]
    if tables.position_messages[position] == 0:
        return
    queues.messages_left[server] -= 1
    if queues.messages_left[server] > 0:
        return
    position += 1
    if position == tables.first_position[server + 1]:
        position = tables.first_position[server]
    queues.position[server] = position
    queues.messages_left[server] = tables.position_messages[position]
    wake(work, server)
