"""Streaming: one wavelet a cycle between a core's memory and its queues."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...ir.jit import inner, wide
from .. import bytecode as bc
from ..arithmetic.number import (
    binary,
    bits_of_float,
    float_of_bits,
    float_of_half,
    half_of_float,
    integer_binary,
)
from ..prefetch import AHEAD, PADDING, prefetch
from . import state as st
from .bitmap import clear_bit, set_bit
from .interpreter import FAULT, INCOMPLETE, READY, advance, log_row
from .router import push_slot, wake_upstream
from .state import Cores, I32Array, Memory, Network, Programs, Run
from .thread import end_stream
from .wheel import sleep_until

_LOW_HALF = np.uint32(0xFFFF)


@inner
def step_cores(
    cycle: int, network: Network, cores: Cores, memory: Memory, programs: Programs, run: Run
) -> int:
    """Give each core of `cores.stepping` its cycle. Returns `READY`, or why it stopped in between:
    `INCOMPLETE` when the log is full (call it again), or `FAULT`.
    """
    state, queues, counters = cores.state, network.queues, run.counters
    halves, words = memory.halves, memory.words
    slots, awake, awake_words = network.slots, network.awake, network.awake_words
    cores_awake, cores_awake_words, wheel = cores.awake, cores.awake_words, cores.wheel
    stepping = cores.stepping
    logging = run.configuration[st.LOG_LEVEL] != st.LOG_OFF
    ramp_up = run.configuration[st.RAMP_CYCLES] + 1
    sram_bytes = run.configuration[st.SRAM_BYTES]
    move_data = run.configuration[st.MOVE_DATA] != 0
    count = cores.end.size
    while counters[st.STEPPED] < counters[st.STEPS]:
        index = counters[st.STEPPED]
        _prefetch_state(state, wide(stepping[index + PADDING - 1]))
        _prefetch_queues(state, queues, halves, sram_bytes, wide(stepping[index + AHEAD]))
        _prefetch_slots(state, queues, slots, wide(stepping[index + AHEAD // 2]))
        core = wide(stepping[index])
        if logging and counters[st.LOGGED] + 2 > run.log.shape[0]:
            return INCOMPLETE
        me = core << st.CORE_SHIFT
        opcode = state[me + st.OPCODE]
        if opcode == st.CONTINUE:
            clear_bit(cores_awake, cores_awake_words, core)
            time = wide(state[me + st.WAKE])
            status = advance(core, time, cycle, network, cores, memory, programs, run)
            if status != READY:
                return status
            counters[st.STEPPED] += 1
            continue
        counters[st.STEPPED] += 1
        source, target = wide(state[me + st.QUEUE_IN]), wide(state[me + st.QUEUE_OUT])
        wavelet = np.uint32(0)
        slot = 0
        if opcode != bc.SEND:
            there = source << st.QUEUE_SHIFT
            if source < 0 or queues[there + st.LEVEL] & st.LEVEL_MASK == 0:
                state[me + st.WAITING], state[me + st.STALL] = source, st.CAUSE_ARRIVAL
                clear_bit(cores_awake, cores_awake_words, core)
                continue
            slot = wide(queues[there + st.BASE]) + 2 * (queues[there + st.LEVEL] >> st.HEAD_SHIFT)
            if slots[slot + 1] > cycle:
                state[me + st.STALL] = st.CAUSE_ARRIVAL
                clear_bit(cores_awake, cores_awake_words, core)
                sleep_until(state, wheel, counters, core, wide(slots[slot + 1]))
                continue
        if target >= 0:
            there = target << st.QUEUE_SHIFT
            if queues[there + st.LEVEL] & st.LEVEL_MASK >= queues[there + st.SHAPE] & st.CAPACITY_MASK:
                state[me + st.WAITING], state[me + st.STALL] = target, st.CAUSE_ROOM
                clear_bit(cores_awake, cores_awake_words, core)
                continue

        if source >= 0:
            wavelet = slots[slot]
            there = source << st.QUEUE_SHIFT
            level, capacity = queues[there + st.LEVEL], queues[there + st.SHAPE] & st.CAPACITY_MASK
            head = (level >> st.HEAD_SHIFT) + 1
            occupied = level & st.LEVEL_MASK
            queues[there + st.LEVEL] = ((head if head < capacity else 0) << st.HEAD_SHIFT) + occupied - 1
            counters[st.IN_FLIGHT] -= 1
            if occupied == capacity:
                wake_upstream(queues, awake, awake_words, source)

        home = core if core < count else (core - count) >> 1
        type, address, function = state[me + st.TYPE], state[me + st.ADDRESS], state[me + st.FUNCTION]
        out = np.uint32(0)
        if not move_data:
            pass
        elif type == bc.F16:
            elements = min(state[me + st.ELEMENTS], 2)
            state[me + st.ELEMENTS] -= elements
            column = state[me + st.COLUMN]
            for half in range(elements):
                shift = np.uint32(16 * half)
                came = np.uint16((wavelet >> shift) & _LOW_HALF)
                at = (home * sram_bytes + address) >> 1
                if opcode == bc.RECEIVE:
                    halves[at] = came
                elif opcode == bc.SEND:
                    out |= np.uint32(halves[at]) << shift
                else:
                    mine = float_of_half(halves[at])
                    result = half_of_float(binary(function, mine, float_of_half(came)))
                    if opcode == bc.REDUCE:
                        halves[at] = result
                    else:
                        out |= np.uint32(result) << shift
                column -= 1
                if column == 0:
                    column = state[me + st.INNER]
                    address += state[me + st.ROW_STEP]
                else:
                    address += state[me + st.INNER_STEP]
            state[me + st.COLUMN] = column
        else:
            at = (home * sram_bytes + address) >> 2
            if opcode == bc.RECEIVE:
                words[at] = np.int32(wavelet)
            elif opcode == bc.SEND:
                out = np.uint32(words[at])
            else:
                if type == bc.I32:
                    out = np.uint32(integer_binary(function, words[at], np.int32(wavelet)))
                else:
                    mine = float_of_bits(np.uint32(words[at]))
                    out = bits_of_float(binary(function, mine, float_of_bits(wavelet)))
                if opcode == bc.REDUCE:
                    words[at] = np.int32(out)
            column = state[me + st.COLUMN] - 1
            if column == 0:
                column = state[me + st.INNER]
                address += state[me + st.ROW_STEP]
            else:
                address += state[me + st.INNER_STEP]
            state[me + st.COLUMN] = column
        state[me + st.ADDRESS] = address

        left = state[me + st.WAVELETS] - 1
        state[me + st.WAVELETS] = left
        if target >= 0:
            there = target << st.QUEUE_SHIFT
            level = queues[there + st.LEVEL]
            slot = queues[there + st.BASE] + 2 * push_slot(level, queues[there + st.SHAPE] & st.CAPACITY_MASK)
            slots[slot] = out
            slots[slot + 1] = cycle + ramp_up + (st.LAST if left == 0 else 0)
            queues[there + st.LEVEL] = level + 1
            if level & st.LEVEL_MASK == 0:
                set_bit(awake, awake_words, target)
            counters[st.SENT] += 1
            counters[st.IN_FLIGHT] += 1

        if logging:
            _log_slot(run, state, core, home, cycle, left == 0)
        if left == 0:
            clear_bit(cores_awake, cores_awake_words, core)
            if home != core and not end_stream(core, home, network, state):
                continue
            stepping[index] = home
            state[(home << st.CORE_SHIFT) + st.PC] += 1
            status = advance(home, cycle + 1, cycle, network, cores, memory, programs, run)
            if status == INCOMPLETE:
                # It goes on as the last core that was stepped.
                counters[st.STEPPED] -= 1
                return INCOMPLETE
            if status == FAULT:
                return FAULT
    return READY


@inner
def _prefetch_state(state: I32Array, core: int) -> None:
    prefetch(state, core << st.CORE_SHIFT)
    prefetch(state, (core << st.CORE_SHIFT) + 16)


@inner
def _prefetch_queues(
    state: I32Array, queues: I32Array, halves: NDArray[np.uint16], sram_bytes: int, core: int
) -> None:
    me = core << st.CORE_SHIFT
    prefetch(queues, wide(state[me + st.QUEUE_IN]) << st.QUEUE_SHIFT)
    prefetch(queues, wide(state[me + st.QUEUE_OUT]) << st.QUEUE_SHIFT)
    prefetch(halves, (core * sram_bytes + state[me + st.ADDRESS]) >> 1)


@inner
def _prefetch_slots(state: I32Array, queues: I32Array, slots: NDArray[np.uint32], core: int) -> None:
    me = core << st.CORE_SHIFT
    for field in (st.QUEUE_IN, st.QUEUE_OUT):
        queue = max(wide(state[me + field]), 0)
        prefetch(slots, wide(queues[(queue << st.QUEUE_SHIFT) + st.BASE]))


@inner
def _log_slot(run: Run, state: I32Array, core: int, home: int, cycle: int, last: bool) -> None:
    """Log the wavelet that thread `core` of core `home` took or sent: one row a run of consecutive cycles."""
    me = core << st.CORE_SHIFT
    done = wide(state[me + st.DONE])
    if done == 0 or cycle != state[me + st.RUN_SLOT] + done - state[me + st.RUN_FIRST]:
        if done > 0:
            _log_run(run, state, core, home, done)
        state[me + st.RUN_FIRST], state[me + st.RUN_SLOT] = done, cycle
        state[me + st.RUN_CAUSE] = state[me + st.STALL]
    state[me + st.STALL], state[me + st.DONE] = st.CAUSE_SETUP, done + 1
    if last:
        _log_run(run, state, core, home, done + 1)


@inner
def _log_run(run: Run, state: I32Array, core: int, home: int, end: int) -> None:
    log = run.log
    me = core << st.CORE_SHIFT
    row = log_row(run)
    first = state[me + st.RUN_FIRST]
    log[row, st.LOG_CORE], log[row, st.LOG_PC] = home, state[me + st.PC]
    log[row, st.LOG_START], log[row, st.LOG_SLOT] = state[me + st.START], state[me + st.RUN_SLOT]
    log[row, st.LOG_FIRST], log[row, st.LOG_COUNT] = first, end - first
    log[row, st.LOG_CAUSE] = state[me + st.RUN_CAUSE]
    log[row, st.LOG_COMPUTE], log[row, st.LOG_SOFTWARE] = state[me + st.COMPUTE], state[me + st.SOFTWARE]
    state[me + st.COMPUTE], state[me + st.SOFTWARE] = 0, 0
