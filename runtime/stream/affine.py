"""A message as one event: from a core through its whole tree, and on through cores that forward it.

When every queue on the way is empty and every receiver takes the wavelets as they come (or they fit in front
of it), nothing holds a wavelet back: the k-th one leaves each router k cycles after the first. Whether that
is so can be known beforehand, from a few comparisons for each queue.
"""

from __future__ import annotations

from ...ir.jit import inner, wide
from ..prefetch import prefetch
from . import state as st
from .queues import end_message, fill, pass_through
from .resources import is_free, use
from .state import Net
from .tasks import end_halves, note_move, note_slots

_PERIOD = 4
"""Lanes after which a way looks alike: a chain takes two for each PE, on two colors in turn."""
_AHEAD = 3
"""Periods that are asked ahead for."""


@inner
def explore(net: Net, lane: int, start: int, count: int) -> int:
    """List the lanes that a message goes through, with the first wavelet's departures.

    A core sends the `count` wavelets on `lane` in the slots `start`, `start` + 1, ... Returns how many lanes
    there are, 0 if the message is not one event.
    """
    lanes, times, servers, queues, pes = net.lanes, net.times, net.servers, net.queues, net.pes
    shift = net.constants[st.QUEUE_SHIFT]
    found = _add(net, lane, start, 0)
    seen = 0
    while seen < found:
        lane, time = wide(lanes[seen]), wide(times[seen])
        seen += 1
        at = lane << shift
        me = wide(queues[at + st.TAKER]) << st.SERVER_SHIFT
        if seen > _PERIOD:
            _prefetch(net, lane, wide(lanes[seen - 1 - _PERIOD]))
        if queues[at + st.LEVEL] != 0 or servers[me + st.LANE] != lane or servers[me + st.LAST] >= time:
            return 0
        for output in range(servers[me + st.OUTPUTS]):
            target = wide(servers[me + st.TARGET + output])
            resource = wide(servers[me + st.RESOURCE + output])
            if target == st.LOST or (resource >= 0 and not is_free(net, resource, time, time + count - 1)):
                return 0
            at = target << shift
            if queues[at + st.TAKER] >= 0:
                behind = _add(net, target, time, found)
                if behind == 0:
                    return 0
                found = behind
                continue
            if queues[at + st.LEVEL] != 0 or queues[at + st.TAKEN] >= time:
                return 0
            depth = wide(queues[at + st.DEPTH])
            pe = receiver(net, target, count)
            if pe < 0:
                if count > depth:
                    return 0
                continue
            row = pe << st.PE_SHIFT
            slot = max(wide(pes[row + st.NEXT]), time + wide(queues[at + st.LATENCY]))
            if count > depth and slot > time + depth - 1:
                return 0
            if pes[row + st.COUPLED] != 0:
                found = _add(net, wide(pes[row + st.TRANSMIT_FIELDS + st.QUEUE]), slot, found)
                if found == 0:
                    return 0
    return found


@inner
def _prefetch(net: Net, lane: int, before: int) -> None:
    """Ask for what the message will come to if its way goes on as it did from lane `before` to `lane`.

    On a large wafer the next row is hardly ever in the cache, and where it is, only the one before it tells.
    """
    queues, pes = net.queues, net.pes
    shift = net.constants[st.QUEUE_SHIFT]
    ahead = (lane + _AHEAD * (lane - before)) << shift
    prefetch(queues, ahead)
    server, server_before = (
        wide(queues[(lane << shift) + st.TAKER]),
        wide(queues[(before << shift) + st.TAKER]),
    )
    prefetch(net.servers, (server + _AHEAD * (server - server_before)) << st.SERVER_SHIFT)
    target = wide(net.servers[(server << st.SERVER_SHIFT) + st.TARGET])
    target_before = wide(net.servers[(server_before << st.SERVER_SHIFT) + st.TARGET])
    if min(target, target_before) < 0:
        return
    prefetch(queues, (target + _AHEAD * (target - target_before)) << shift)
    taker, taker_before = (
        wide(queues[(target << shift) + st.TAKER]),
        wide(queues[(target_before << shift) + st.TAKER]),
    )
    prefetch(pes, (-1 - taker - _AHEAD * (taker - taker_before)) << st.PE_SHIFT)


@inner
def _prefetch_resources(net: Net, lane: int) -> None:
    """Ask for the resources of the first two outputs behind a lane."""
    server = wide(net.queues[(lane << net.constants[st.QUEUE_SHIFT]) + st.TAKER])
    first = (server << st.SERVER_SHIFT) + st.RESOURCE
    prefetch(net.resources, wide(net.servers[first]) << st.RESOURCE_SHIFT)
    prefetch(net.resources, wide(net.servers[first + 1]) << st.RESOURCE_SHIFT)


@inner
def _add(net: Net, lane: int, time: int, found: int) -> int:
    """List a lane that the first wavelet goes into in cycle `time`.

    Returns how many are listed, 0 if it may have to wait for a slot (freed one cycle after a departure).
    """
    at = lane << net.constants[st.QUEUE_SHIFT]
    server = wide(net.queues[at + st.TAKER])
    if net.servers[(server << st.SERVER_SHIFT) + st.LAST] >= time or found >= net.lanes.size:
        return 0
    net.lanes[found], net.times[found] = lane, time + net.queues[at + st.LATENCY]
    return found + 1


@inner
def receiver(net: Net, queue: int, count: int) -> int:
    """Return the PE that is at an operation that takes `count` wavelets from `queue` in one run, else -1."""
    pe = -1 - wide(net.queues[(queue << net.constants[st.QUEUE_SHIFT]) + st.TAKER])
    if pe >= net.completed.size:
        return -1
    me = pe << st.PE_SHIFT
    to_go = net.pes[me + st.TO_GO]
    if net.pes[me + st.QUEUE] != queue or to_go < count or net.pes[me + st.DONE] != 0:
        return -1
    return pe if to_go == count or net.pes[me + st.COUPLED] == 0 else -1


@inner
def go_through(net: Net, found: int, count: int) -> None:
    """Let the message go through the lanes that were listed."""
    counters, servers, queues = net.counters, net.servers, net.queues
    shift = net.constants[st.QUEUE_SHIFT]
    counters[st.EVENTS] += 1
    for seen in range(found):
        lane, time = wide(net.lanes[seen]), wide(net.times[seen])
        server = wide(queues[(lane << shift) + st.TAKER])
        me = server << st.SERVER_SHIFT
        if seen + _PERIOD < found:
            _prefetch_resources(net, wide(net.lanes[seen + _PERIOD]))
        for output in range(servers[me + st.OUTPUTS]):
            resource = wide(servers[me + st.RESOURCE + output])
            if resource >= 0:
                use(net, resource, server, time, time + count - 1)
            target = wide(servers[me + st.TARGET + output])
            at = target << shift
            if queues[at + st.TAKER] >= 0:
                counters[st.LINK_HOPS] += count
                continue
            counters[st.RAMP_HOPS] += count
            pe = receiver(net, target, count)
            if pe < 0:
                fill(net, at, time, count)
            else:
                _receive(net, pe, at, time + wide(queues[at + st.LATENCY]), count)
        pass_through(net, lane << shift, time, count)
        servers[me + st.LAST] = time + count - 1
        servers[me + st.LOAD] += count
        end_message(net, server)


@inner
def _receive(net: Net, pe: int, at: int, arrival: int, count: int) -> None:
    """Let a PE take `count` wavelets that come from `arrival` on, and pass them on if its operation does."""
    pes = net.pes
    me = pe << st.PE_SHIFT
    slot, cause, half, ended = wide(pes[me + st.NEXT]), st.CAUSE_SETUP, st.RECEIVE, 0
    if arrival > slot:
        slot, cause = arrival, st.CAUSE_ARRIVAL
    pass_through(net, at, slot, count)
    net.queues[at + st.TAKEN] = slot + count - 1
    note_slots(net, me, slot, count, cause)
    if pes[me + st.TO_GO] == 0:
        ended = 1
    if pes[me + st.COUPLED] != 0:
        half, ended = st.BOTH, 2
        note_slots(net, me + st.TRANSMIT_FIELDS, slot, count, cause)
        net.counters[st.WAVELETS] += count
    note_move(net, pe, half, count)
    if ended > 0:
        end_halves(net, pe, ended)
