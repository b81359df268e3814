"""Queues and servers: putting wavelets in, taking them out, moving on to the next position."""

from __future__ import annotations

from ...ir.jit import inner, wide
from . import state as st
from .state import Net
from .tasks import wake


@inner
def free_slot(net: Net, at: int) -> int:
    """Return where the next wavelet into the queue at `at` goes, -1 if no slot is known to be free."""
    queues = net.queues
    level, depth = wide(queues[at + st.LEVEL]), wide(queues[at + st.DEPTH])
    if level >= depth:
        return -1
    slot = wide(queues[at + st.HEAD]) + level
    return at + st.SLOTS + (slot if slot < depth else slot - depth)


@inner
def put(net: Net, at: int, slot: int, time: int, mark: int) -> None:
    """Put a wavelet that leaves its server or core in cycle `time` into a queue's free slot."""
    queues = net.queues
    queues[slot] = ((time + queues[at + st.LATENCY]) << st.TIME_SHIFT) | mark
    queues[at + st.LEVEL] += 1
    wake(net, wide(queues[at + st.TAKER]))


@inner
def take(net: Net, at: int, time: int) -> None:
    """Take the first wavelet out of a queue in cycle `time`."""
    queues = net.queues
    head, depth = wide(queues[at + st.HEAD]), wide(queues[at + st.DEPTH])
    queues[at + st.SLOTS + head] = (time + 1) << st.TIME_SHIFT
    queues[at + st.HEAD] = head + 1 if head + 1 < depth else 0
    level = wide(queues[at + st.LEVEL])
    queues[at + st.LEVEL] = level - 1
    if level == depth:
        wake(net, wide(queues[at + st.FEEDER]))


@inner
def pass_through(net: Net, at: int, time: int, count: int) -> None:
    """Let `count` wavelets have gone through an empty queue; the k-th left it in cycle `time` + k."""
    queues = net.queues
    head, depth = wide(queues[at + st.HEAD]), wide(queues[at + st.DEPTH])
    head = (head + max(count - depth, 0)) % depth
    for k in range(max(count - depth, 0), count):
        queues[at + st.SLOTS + head] = (time + k + 1) << st.TIME_SHIFT
        head = head + 1 if head + 1 < depth else 0
    queues[at + st.HEAD] = head


@inner
def fill(net: Net, at: int, time: int, count: int) -> None:
    """Put `count` wavelets into an empty queue; the k-th left what feeds it in cycle `time` + k."""
    queues = net.queues
    slot, depth = wide(queues[at + st.HEAD]), wide(queues[at + st.DEPTH])
    latency = wide(queues[at + st.LATENCY])
    for k in range(count):
        queues[at + st.SLOTS + slot] = (time + latency + k) << st.TIME_SHIFT
        slot = slot + 1 if slot + 1 < depth else 0
    queues[at + st.LEVEL] = count
    wake(net, wide(queues[at + st.TAKER]))


@inner
def end_message(net: Net, server: int) -> None:
    """Note that the last wavelet of a message has left a server: it may move on to its next position."""
    servers, positions = net.servers, net.positions
    me = server << st.SERVER_SHIFT
    if servers[me + st.LEFT] == 0:
        return
    servers[me + st.LEFT] -= 1
    if servers[me + st.LEFT] > 0:
        return
    position = wide(servers[me + st.POSITION])
    net.position_loads[position] += servers[me + st.LOAD]
    position += 1
    if position == net.first_position[server + 1]:
        position = wide(net.first_position[server])
    row = position << st.SERVER_SHIFT
    for field in range(st.LANE, st.MESSAGES):
        servers[me + field] = positions[row + field]
    servers[me + st.LEFT] = positions[row + st.MESSAGES]
    servers[me + st.POSITION] = position
    servers[me + st.LOAD] = 0
    wake(net, server)
