"""Routers: which wavelets move in a cycle, and moving them.

All routers decide on the state at the start of the cycle, then all moves are made. A wavelet moves
when every queue that its route leads to has a free slot and every link it takes is free: the branches
of a multicast go in lock-step. Of the wavelets at a router that could move, the lower color takes its
links first; one without all credits does not compete. A queue that lacks a credit sleeps until a slot
that it may be waiting for is freed. When the last wavelet of the last message that a switch's position lasts
for has left, the switch moves; the next cycle sees it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ir.jit import inner, wide
from ..prefetch import AHEAD, PADDING, prefetch
from . import state as st
from .bitmap import clear_bit, members, set_bit
from .state import Cores, I32Array, I64Array, Network, U64Array
from .wheel import sleep_until

_LAST = np.uint32(st.LAST)
_TIME = np.uint32(st.LAST - 1)


@inner
def decide(network: Network, counters: I64Array, cycle: int) -> int:
    """Fill `network.moves` with the queues that move their first wavelet; return how many.

    Sets `NEXT_READY` to when the earliest of the wavelets that are still on their way up a ramp comes up.
    """
    queues, slots, router = network.queues, network.slots, network.router
    awake, awake_words, chosen = network.awake, network.awake_words, network.moves
    count = members(awake, awake_words, chosen)
    moves = 0
    next_ready = st.NEVER
    here = -1
    taken = 0
    for index in range(count):
        _prefetch(queues, chosen, index)
        prefetch(router, wide(chosen[index + PADDING - 1]))
        queue = wide(chosen[index])
        at = queue << st.QUEUE_SHIFT
        if router[queue] != here:
            here = router[queue]
            taken = 0
        shape = queues[at + st.SHAPE]
        if shape & st.TIMED != 0:
            head = queues[at + st.LEVEL] >> st.HEAD_SHIFT
            when = wide(slots[queues[at + st.BASE] + 2 * head + 1] & _TIME)
            if when > cycle:
                next_ready = min(next_ready, when)
                continue
        room = True
        for output in range((shape >> st.OUTPUTS_SHIFT) & st.COUNT_MASK):
            down = queues[at + st.DOWN + output]
            if down < 0:
                counters[st.FAULT] = st.FAULT_LOST
                counters[st.FAULT_SUBJECT] = queue
                counters[st.FAULT_DETAIL] = output
                return 0
            there = down << st.QUEUE_SHIFT
            if queues[there + st.LEVEL] & st.LEVEL_MASK >= queues[there + st.SHAPE] & st.CAPACITY_MASK:
                room = False
                break
        links = (shape >> st.LINKS_SHIFT) & st.LINKS_MASK
        if not room:
            clear_bit(awake, awake_words, queue)
        elif taken & links != 0:
            counters[st.CONTENDED] += 1
        else:
            taken |= links
            chosen[moves] = queue
            moves += 1
    counters[st.NEXT_READY] = next_ready
    return moves


@inner
def _prefetch(queues: I32Array, chosen: I32Array, index: int) -> None:
    """Ask for queues further down the list, and for the first two queues that a nearer one leads to."""
    prefetch(queues, wide(chosen[index + PADDING - 1]) << st.QUEUE_SHIFT)
    at = (wide(chosen[index + AHEAD]) << st.QUEUE_SHIFT) + st.DOWN
    prefetch(queues, wide(queues[at]) << st.QUEUE_SHIFT)
    prefetch(queues, wide(queues[at + 1]) << st.QUEUE_SHIFT)


@inner
def _prefetch_ends(
    queues: I32Array, slots: NDArray[np.uint32], state: I32Array, queue: int, routes: int
) -> None:
    """Ask for the slots that a wavelet leaves and goes to, and for the cores that may wait for it."""
    at = queue << st.QUEUE_SHIFT
    prefetch(slots, wide(queues[at + st.BASE]))
    if queues[at + st.SHAPE] & st.FROM_CORE != 0:
        prefetch(state, wide(queues[at + st.SOURCE]) << st.CORE_SHIFT)
    for output in range(min((queues[at + st.SHAPE] >> st.OUTPUTS_SHIFT) & st.COUNT_MASK, 2)):
        down = max(wide(queues[at + st.DOWN + output]), 0)
        there = down << st.QUEUE_SHIFT
        prefetch(slots, wide(queues[there + st.BASE]))
        if down >= routes:
            prefetch(state, wide(queues[there + st.DOWN]) << st.CORE_SHIFT)


@inner
def commit(
    network: Network, cores: Cores, counters: I64Array, configuration: I64Array, cycle: int, moves: int
) -> None:
    """Move the wavelets that `decide` chose; wake who may go on because of it in the next cycle."""
    queues, slots, chosen, loads = network.queues, network.slots, network.moves, network.loads
    awake, awake_words = network.awake, network.awake_words
    state, cores_awake, cores_awake_words = cores.state, cores.awake, cores.awake_words
    wheel = cores.wheel
    routes = configuration[st.ROUTES]
    # A core never sees a wavelet in the cycle in which it left the router.
    usable = cycle + max(configuration[st.RAMP_CYCLES], 1)
    count_loads = configuration[st.COUNT_LOADS] != 0
    hops = 0
    outputs_sum = 0
    for move in range(moves):
        _prefetch(queues, chosen, move)
        _prefetch_ends(queues, slots, state, wide(chosen[move + AHEAD // 2]), routes)
        queue = wide(chosen[move])
        at = queue << st.QUEUE_SHIFT
        level, shape, base = queues[at + st.LEVEL], queues[at + st.SHAPE], queues[at + st.BASE]
        occupied, head, capacity = level & st.LEVEL_MASK, level >> st.HEAD_SHIFT, shape & st.CAPACITY_MASK
        following = head + 1 if head + 1 < capacity else 0
        queues[at + st.LEVEL] = (following << st.HEAD_SHIFT) + occupied - 1
        if occupied == 1:
            clear_bit(awake, awake_words, queue)
        last = np.uint32(0)
        if shape & st.TIMED != 0:
            wavelet, last = slots[base + 2 * head], slots[base + 2 * head + 1] & _LAST
        else:
            wavelet = slots[base + head]
        if shape & st.FROM_CORE != 0:
            core = wide(queues[at + st.SOURCE])
            if core >= 0 and state[(core << st.CORE_SHIFT) + st.WAITING] == queue:
                state[(core << st.CORE_SHIFT) + st.WAITING] = -1
                set_bit(cores_awake, cores_awake_words, core)
        elif occupied == capacity:
            wake_upstream(queues, awake, awake_words, queue)
        outputs = (shape >> st.OUTPUTS_SHIFT) & st.COUNT_MASK
        for output in range(outputs):
            down = wide(queues[at + st.DOWN + output])
            there = down << st.QUEUE_SHIFT
            level, shape_there = queues[there + st.LEVEL], queues[there + st.SHAPE]
            slot = push_slot(level, shape_there & st.CAPACITY_MASK)
            queues[there + st.LEVEL] = level + 1
            if down < routes:
                if shape_there & st.TIMED == 0:
                    slots[queues[there + st.BASE] + slot] = wavelet
                else:
                    slot = queues[there + st.BASE] + 2 * slot
                    slots[slot] = wavelet
                    slots[slot + 1] = np.uint32(cycle + network.latency[down]) | last
                if level & st.LEVEL_MASK == 0:
                    set_bit(awake, awake_words, down)
            else:
                slot = queues[there + st.BASE] + 2 * slot
                slots[slot] = wavelet
                slots[slot + 1] = usable
                core = wide(queues[there + st.DOWN])
                if core >= 0 and state[(core << st.CORE_SHIFT) + st.WAITING] == down:
                    state[(core << st.CORE_SHIFT) + st.WAITING] = -1
                    sleep_until(state, wheel, counters, core, usable)
        hops += (shape >> st.MESH_OUTPUTS_SHIFT) & st.COUNT_MASK
        outputs_sum += outputs
        if shape & st.SWITCHED != 0:
            _pass_switch(network, queue, routes, last != 0, count_loads)
        elif count_loads:
            loads[queue] += 1
    counters[st.LINK_HOPS] += hops
    counters[st.RAMP_HOPS] += outputs_sum - hops
    counters[st.IN_FLIGHT] += outputs_sum - moves


@inner
def _pass_switch(network: Network, queue: int, routes: int, last: bool, count_loads: bool) -> None:
    """Note that a wavelet of lane `queue` has passed its switch, which may move because of it."""
    queues, switches, settings = network.queues, network.switches, network.settings
    switch = wide(network.switch[queue]) << st.SWITCH_SHIFT
    first, position = switches[switch + st.FIRST_SETTING], switches[switch + st.POSITION]
    if count_loads:
        network.loads[routes + first + position] += 1
    if not last:
        return
    switches[switch + st.MESSAGES_LEFT] -= 1
    if switches[switch + st.MESSAGES_LEFT] > 0:
        return
    position = position + 1 if position + 1 < switches[switch + st.POSITIONS] else 0
    setting = wide(first + position) << st.SETTING_SHIFT
    switches[switch + st.POSITION] = position
    switches[switch + st.MESSAGES_LEFT] = settings[setting + st.SETTING_MESSAGES]
    at = queue << st.QUEUE_SHIFT
    queues[at + st.SHAPE] = (queues[at + st.SHAPE] & st.LASTING_MASK) + (1 << st.OUTPUTS_SHIFT)
    queues[at + st.DOWN] = (queues.size >> st.QUEUE_SHIFT) - 1
    opened = wide(settings[setting + st.SETTING_LANE])
    at = opened << st.QUEUE_SHIFT
    shape = (queues[at + st.SHAPE] & st.LASTING_MASK) + settings[setting + st.SETTING_SHAPE]
    queues[at + st.SHAPE] = shape
    for output in range((shape >> st.OUTPUTS_SHIFT) & st.COUNT_MASK):
        down = wide(settings[setting + st.SETTING_DOWN + output])
        queues[at + st.DOWN + output] = down
        if down >= 0:
            queues[(down << st.QUEUE_SHIFT) + st.SOURCE] = opened
    if queues[at + st.LEVEL] & st.LEVEL_MASK != 0:
        set_bit(network.awake, network.awake_words, opened)


@inner
def push_slot(level: int, capacity: int) -> int:
    """Return the number of the first free slot of a queue that has one."""
    slot = (level >> st.HEAD_SHIFT) + (level & st.LEVEL_MASK)
    return slot - capacity if slot >= capacity else slot


@inner
def wake_upstream(queues: I32Array, awake: U64Array, awake_words: U64Array, queue: int) -> None:
    """Let the queue that feeds `queue` look for a credit again, if it holds a wavelet."""
    upstream = wide(queues[(queue << st.QUEUE_SHIFT) + st.SOURCE])
    if upstream >= 0 and queues[(upstream << st.QUEUE_SHIFT) + st.LEVEL] & st.LEVEL_MASK != 0:
        set_bit(awake, awake_words, upstream)
