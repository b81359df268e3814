"""Started streams: one send and one receive that a core sets up, then awaits while both go on.

A stream has a row of core state of its own and takes its turns as a core does, so nothing in a cycle is
different for it; while it goes on, its queue's row names the stream where it else names the core.
"""

from __future__ import annotations

from ...ir.jit import inner, wide
from .. import bytecode as bc
from . import state as st
from .bitmap import set_bit
from .state import Cores, I32Array, I64Array, Network
from .wheel import sleep_until


@inner
def stream_of(cores: Cores, core: int, opcode: int) -> int:
    """Return the number of the stream that `opcode` starts on `core`."""
    return cores.end.size + 2 * core + (0 if opcode == bc.START_SEND else 1)


@inner
def note_memory(state: I32Array, stream: int, d: I64Array) -> None:
    """Write down the bytes from the first to the last one of the stream's descriptor, the first in `d`."""
    me = stream << st.CORE_SHIFT
    low = high = wide(d[0])
    if state[me + st.ELEMENTS] > 0:
        size = 2 if state[me + st.TYPE] == bc.F16 else 4
        outer, inner_span = size * (d[1] - 1) * d[2], size * (d[3] - 1) * d[4]
        low += min(outer, 0) + min(inner_span, 0)
        high += max(outer, 0) + max(inner_span, 0) + size
    state[me + st.LOW], state[me + st.HIGH] = low, high


@inner
def share_memory(cores: Cores, core: int) -> bool:
    """Whether the core's two streams span common bytes."""
    state = cores.state
    sends = stream_of(cores, core, bc.START_SEND) << st.CORE_SHIFT
    receives = stream_of(cores, core, bc.START_RECEIVE) << st.CORE_SHIFT
    low = max(state[sends + st.LOW], state[receives + st.LOW])
    return low < min(state[sends + st.HIGH], state[receives + st.HIGH])


@inner
def release_streams(
    core: int, began: int, begins: int, cycle: int, network: Network, cores: Cores, counters: I64Array
) -> int:
    """Let the streams that `core` started go on from cycle `begins`, which comes after `cycle`.

    Returns how many there are that have something to move.
    """
    state, queues = cores.state, network.queues
    me = core << st.CORE_SHIFT
    started = wide(state[me + st.STARTED])
    state[me + st.STARTED] = 0
    pending = 0
    for half in range(2):
        stream = cores.end.size + 2 * core + half
        there = stream << st.CORE_SHIFT
        if (started >> half) & 1 == 0 or state[there + st.WAVELETS] == 0:
            continue
        pending += 1
        state[there + st.START] = began
        _own_queues(queues, state, stream, stream)
        if begins == cycle + 1:
            set_bit(cores.awake, cores.awake_words, stream)
        else:
            sleep_until(state, cores.wheel, counters, stream, begins)
    state[me + st.PENDING] = pending
    return pending


@inner
def end_stream(stream: int, core: int, network: Network, state: I32Array) -> bool:
    """Give the queues of a stream that has ended back to its core; returns whether that can go on."""
    _own_queues(network.queues, state, stream, core)
    me = core << st.CORE_SHIFT
    state[me + st.PENDING] -= 1
    return state[me + st.PENDING] == 0


@inner
def _own_queues(queues: I32Array, state: I32Array, stream: int, owner: int) -> None:
    """Have `owner` woken for the queues of `stream`."""
    me = stream << st.CORE_SHIFT
    if state[me + st.QUEUE_IN] >= 0:
        queues[(wide(state[me + st.QUEUE_IN]) << st.QUEUE_SHIFT) + st.DOWN] = owner
    if state[me + st.QUEUE_OUT] >= 0:
        queues[(wide(state[me + st.QUEUE_OUT]) << st.QUEUE_SHIFT) + st.SOURCE] = owner
