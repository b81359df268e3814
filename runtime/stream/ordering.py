"""Ordered launches: shared links and ramps serve wavelets in the order of time, and of colors within a cycle.

A server whose next wavelet wants a shared link or ramp is listed with the cycle in which it could go. The
earliest goes when nothing else is known to go on. All that it, or one after it, makes happen lies in later
cycles, so then nobody can come up who would have taken the link before it: who goes first where two colors
meet is decided as in the machine, the lower color before the higher one.
"""

from __future__ import annotations

from ..wavelet.jit import inner, wide
from . import state as st
from .state import Net

_SERVER_BITS = 32


@inner
def shares(net: Net, me: int, outputs: int) -> bool:
    """Whether the server at `me` uses a link or ramp that other colors use, too."""
    found = False
    for output in range(outputs):
        found = found or net.servers[me + st.RESOURCE + output] >= 0
    return found


@inner
def key(server: int, time: int) -> int:
    """Return a number that orders by time, then by router and color, as servers are numbered."""
    return (time << _SERVER_BITS) + server


@inner
def list_server(net: Net, server: int, time: int) -> None:
    """List a server, unless it is: its next wavelet could go in cycle `time`."""
    if net.listed[server] != 0:
        return
    net.listed[server] = 1
    heap = net.heap
    place = net.counters[st.LISTED]
    net.counters[st.LISTED] = place + 1
    mine = key(server, time)
    while place > 0:
        above = (place - 1) >> 1
        if heap[above] <= mine:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = mine


@inner
def take_earliest(net: Net) -> int:
    """Take the earliest server from the list, which must not be empty; returns its `key`."""
    heap = net.heap
    earliest = wide(heap[0])
    size = net.counters[st.LISTED] - 1
    net.counters[st.LISTED] = size
    last = wide(heap[size])
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and heap[below + 1] < heap[below]:
            below += 1
        if heap[below] >= last:
            break
        heap[place] = heap[below]
        place = below
    heap[place] = last
    net.listed[server_of(earliest)] = 0
    return earliest


@inner
def server_of(listed: int) -> int:
    """Return the server of a `key`."""
    return listed & ((1 << _SERVER_BITS) - 1)


@inner
def time_of(listed: int) -> int:
    """Return the cycle of a `key`."""
    return listed >> _SERVER_BITS


@inner
def free_from(net: Net, server: int, time: int) -> int:
    """Return from when on the lower colors leave a server's shared links and ramps free, `time` or later."""
    table = net.resources
    me = server << st.SERVER_SHIFT
    free = time
    for output in range(net.servers[me + st.OUTPUTS]):
        resource = wide(net.servers[me + st.RESOURCE + output])
        if resource < 0:
            continue
        for kept in range(st.RUNS_KEPT):
            run = (resource << st.RESOURCE_SHIFT) + st.RUN + kept * st.RUN_WIDTH
            user = wide(table[run + st.RUN_USER])
            if 0 <= user < server and table[run + st.RUN_START] <= time <= table[run + st.RUN_END]:
                free = max(free, wide(table[run + st.RUN_END]) + 1)
    return free
