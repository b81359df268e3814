"""The core's program counter: everything between two communications, and how a communication begins.

What a core computes touches nobody else, so a core runs ahead of the network, adding up its own time,
until it comes to an instruction that talks to another core.
"""

from __future__ import annotations

import numpy as np

from ...ir.jit import inner, wide
from .. import bytecode as bc
from ..arithmetic.vector import EXTENTS_DIFFER, OK, check_descriptor, execute_vector, type_of
from . import state as st
from .bitmap import set_bit
from .state import Cores, I32Array, I64Array, Memory, Network, Programs, Run
from .thread import note_memory, release_streams, share_memory, stream_of
from .wheel import sleep_until

READY = 0
"""`advance` came to a communication, or the end."""
INCOMPLETE = 1
"""The log is full: go on with `advance` when it is longer."""
FAULT = 2

_I32_LEAST = -(2**31)
_I32_LARGEST = 2**31 - 1


@inner
def advance(
    core: int,
    time: int,
    cycle: int,
    network: Network,
    cores: Cores,
    memory: Memory,
    programs: Programs,
    run: Run,
) -> int:
    """Execute from the core's time `time` on up to its next communication; that begins after `cycle`."""
    state, code, counters, registers = cores.state, programs.code, run.counters, cores.registers
    scratch, floats, words = programs.scratch, memory.floats, memory.words
    limit = run.configuration[st.CYCLE_LIMIT]
    move_data = run.configuration[st.MOVE_DATA] != 0
    log_level = run.configuration[st.LOG_LEVEL]
    sram_bytes = run.configuration[st.SRAM_BYTES]
    me = core << st.CORE_SHIFT
    pc = wide(state[me + st.PC])
    executed = 0
    while True:
        executed += 1
        if time > limit or executed > limit:
            return _fault(counters, st.FAULT_ENDLESS, core, pc, 0)
        if log_level != st.LOG_OFF and counters[st.LOGGED] + 2 > run.log.shape[0]:
            state[me + st.PC], state[me + st.OPCODE], state[me + st.WAKE] = pc, st.CONTINUE, time
            return INCOMPLETE
        opcode = code[pc, bc.OPCODE]
        call_cycles = code[pc, bc.CALL_CYCLES]
        if opcode == bc.HALT:
            if state[me + st.STARTED] != 0:
                return _fault(counters, st.FAULT_THREAD, core, pc, st.THREAD_UNAWAITED)
            if log_level != st.LOG_OFF:
                _log(run, state, core, pc, time, time, 0, st.CAUSE_HALT)
            state[me + st.PC] = pc
            cores.end[core] = time
            counters[st.HALTED] += 1
            return READY
        if opcode == bc.AWAIT:
            if state[me + st.STARTED] == 0:
                return _fault(counters, st.FAULT_THREAD, core, pc, st.THREAD_NOTHING)
            if log_level != st.LOG_OFF:
                _log(run, state, core, pc, time, time + call_cycles, 0, st.CAUSE_AWAIT)
            state[me + st.COMPUTE], state[me + st.SOFTWARE] = 0, 0
            begins = time + call_cycles
            if release_streams(core, time, begins, cycle, network, cores, counters) > 0:
                state[me + st.PC], state[me + st.OPCODE] = pc, opcode
                return READY
            time = begins
            pc += 1
            continue
        if opcode >= bc.START_SEND:
            if _start(core, pc, time, programs, cores, network, run) != st.FAULT_NONE:
                return FAULT
            state[me + st.SOFTWARE] += call_cycles
            if log_level == st.LOG_ALL and call_cycles > 0:
                _log(run, state, core, pc, time, time + call_cycles, 0, st.CAUSE_LOCAL)
            time += call_cycles
            pc += 1
            continue
        if opcode >= bc.SEND:
            if state[me + st.STARTED] != 0:
                return _fault(counters, st.FAULT_THREAD, core, pc, st.THREAD_BLOCKED)
            if _begin(core, core, pc, time, programs, cores, network, run) != st.FAULT_NONE:
                return FAULT
            begins = time + call_cycles
            if state[me + st.WAVELETS] > 0:
                state[me + st.PC] = pc
                if begins == cycle + 1:
                    set_bit(cores.awake, cores.awake_words, core)
                else:
                    sleep_until(state, cores.wheel, counters, core, begins)
                return READY
            state[me + st.SOFTWARE] += call_cycles
            time = begins
            pc += 1
            continue
        began = time
        following = pc + 1
        if opcode >= bc.MAP_UNARY:
            for index in range(15):
                scratch[index] = operand(code, registers, core, pc, index)
            wrong = _check_vector(opcode, code[pc, bc.TYPES], scratch, sram_bytes)
            if wrong != OK:
                return _fault(counters, st.FAULT_MEMORY, core, pc, wrong)
            if move_data:
                execute_vector(
                    opcode,
                    code[pc, bc.FUNCTION],
                    code[pc, bc.TYPES],
                    code[pc, bc.CONSTANT],
                    scratch,
                    memory.halves[(core * sram_bytes) >> 1 : ((core + 1) * sram_bytes) >> 1],
                    floats[(core * sram_bytes) >> 2 : ((core + 1) * sram_bytes) >> 2],
                    words[(core * sram_bytes) >> 2 : ((core + 1) * sram_bytes) >> 2],
                )
            calls, inner_elements = scratch[1], scratch[3]
            if opcode == bc.ARGMAX:
                calls, inner_elements = scratch[6], scratch[8]
            work = 0
            if calls == 0 or inner_elements == 0:
                calls = 1
            else:
                denominator = code[pc, bc.ELEMENT_DENOMINATOR]
                work = (inner_elements * code[pc, bc.ELEMENT_NUMERATOR] + denominator - 1) // denominator
            state[me + st.COMPUTE] += calls * work
            state[me + st.SOFTWARE] += calls * call_cycles
            time += calls * (call_cycles + work)
        else:
            a = operand(code, registers, core, pc, 0)
            b = operand(code, registers, core, pc, 1)
            target = code[pc, bc.TARGET]
            time += call_cycles
            state[me + st.SOFTWARE] += call_cycles
            if opcode == bc.FOR:
                registers[core, target] = a
                if a >= b:
                    following = code[pc, bc.JUMP]
                elif code[pc, bc.CONSTANT] != 0 and log_level != st.LOG_OFF:
                    _log(run, state, core, pc, time, time, 0, st.CAUSE_LAYER)
            elif opcode == bc.NEXT:
                count = wide(registers[core, target]) + 1
                if code[pc, bc.CONSTANT] != 0 and log_level != st.LOG_OFF:
                    _log(run, state, core, pc, time, time, count, st.CAUSE_LAYER)
                if count < b:
                    registers[core, target] = count
                    following = code[pc, bc.JUMP]
            elif opcode == bc.IF:
                if not _holds(code[pc, bc.FUNCTION], a, b):
                    following = code[pc, bc.JUMP]
            elif opcode == bc.STORE:
                if a % 4 != 0 or a < 0 or a + 4 > sram_bytes:
                    return _fault(counters, st.FAULT_MEMORY, core, pc, 2 if a % 4 != 0 else 1)
                if code[pc, bc.FUNCTION] == bc.F32:
                    floats[(core * sram_bytes + a) >> 2] = np.float32(b)
                else:
                    words[(core * sram_bytes + a) >> 2] = np.int32(b)
            else:
                if opcode == bc.LOAD:
                    if a % 4 != 0 or a < 0 or a + 4 > sram_bytes:
                        return _fault(counters, st.FAULT_MEMORY, core, pc, 2 if a % 4 != 0 else 1)
                    value = wide(words[(core * sram_bytes + a) >> 2])
                elif (opcode == bc.DIVIDE or opcode == bc.REMAINDER) and b == 0:
                    return _fault(counters, st.FAULT_DIVISION, core, pc, 0)
                else:
                    value = _scalar(opcode, a, b)
                if value < _I32_LEAST or value > _I32_LARGEST:
                    return _fault(counters, st.FAULT_OVERFLOW, core, pc, value)
                registers[core, target] = value
        if log_level == st.LOG_ALL and time > began:
            _log(run, state, core, pc, began, time, 0, st.CAUSE_LOCAL)
        pc = following


@inner
def operand(code: I64Array, registers: I32Array, core: int, pc: int, index: int) -> int:
    """Return operand `index` of instruction `pc`."""
    value = code[pc, bc.OPERANDS + index]
    if (code[pc, bc.REGISTERS] >> index) & 1 != 0:
        return wide(registers[core, value])
    return value


@inner
def log_row(run: Run) -> int:
    """Return the number of a new row of the log, which must have room."""
    row = run.counters[st.LOGGED]
    run.counters[st.LOGGED] = row + 1
    return row


@inner
def _log(
    run: Run, state: I32Array, core: int, pc: int, start: int, slot: int, count: int, cause: int
) -> None:
    """Log something that is no run of wavelets."""
    row = log_row(run)
    me = core << st.CORE_SHIFT
    run.log[row, st.LOG_CORE], run.log[row, st.LOG_PC] = core, pc
    run.log[row, st.LOG_START], run.log[row, st.LOG_SLOT] = start, slot
    run.log[row, st.LOG_FIRST], run.log[row, st.LOG_COUNT], run.log[row, st.LOG_CAUSE] = 0, count, cause
    run.log[row, st.LOG_COMPUTE] = state[me + st.COMPUTE]
    run.log[row, st.LOG_SOFTWARE] = state[me + st.SOFTWARE]


@inner
def _fault(counters: I64Array, kind: int, core: int, pc: int, detail: int) -> int:
    counters[st.FAULT], counters[st.FAULT_SUBJECT] = kind, core
    counters[st.FAULT_PC], counters[st.FAULT_DETAIL] = pc, detail
    return FAULT


@inner
def _scalar(opcode: int, a: int, b: int) -> int:
    if opcode == bc.ADD:
        return a + b
    if opcode == bc.SUBTRACT:
        return a - b
    if opcode == bc.MULTIPLY:
        return a * b
    if opcode == bc.DIVIDE:
        return a // b
    if opcode == bc.REMAINDER:
        return a % b
    return min(a, b) if opcode == bc.MINIMUM else max(a, b)


@inner
def _holds(predicate: int, a: int, b: int) -> bool:
    if predicate == bc.EQUAL:
        return a == b
    return a < b if predicate == bc.LESS else a <= b


@inner
def _check_vector(opcode: int, types: int, d: I64Array, sram_bytes: int) -> int:
    """Return `OK`, or 8 * descriptor + what is wrong with it."""
    descriptors = 3
    if opcode == bc.FILL:
        descriptors = 1
    elif opcode == bc.MAP_UNARY or opcode == bc.MAP_CONSTANT or opcode == bc.ARGMAX:
        descriptors = 2
    for index in range(descriptors):
        found = check_descriptor(d, index, type_of(types, index), sram_bytes)
        if found != OK:
            return 8 * index + found
        if opcode != bc.ARGMAX and (d[5 * index + 1] != d[1] or d[5 * index + 3] != d[3]):
            return 8 * index + EXTENTS_DIFFER
    return OK


@inner
def _start(
    core: int, pc: int, time: int, programs: Programs, cores: Cores, network: Network, run: Run
) -> int:
    """Set up the stream that `pc` starts."""
    state, counters = cores.state, run.counters
    me = core << st.CORE_SHIFT
    opcode = programs.code[pc, bc.OPCODE]
    half = st.STARTED_SEND if opcode == bc.START_SEND else st.STARTED_RECEIVE
    if state[me + st.STARTED] & half != 0:
        _fault(counters, st.FAULT_THREAD, core, pc, st.THREAD_TWICE)
        return st.FAULT_THREAD
    stream = stream_of(cores, core, opcode)
    fault = _begin(core, stream, pc, time, programs, cores, network, run)
    if fault != st.FAULT_NONE:
        return fault
    state[(stream << st.CORE_SHIFT) + st.PC] = pc
    note_memory(state, stream, programs.scratch)
    if state[me + st.STARTED] != 0 and share_memory(cores, core):
        _fault(counters, st.FAULT_THREAD, core, pc, st.THREAD_OVERLAP)
        return st.FAULT_THREAD
    state[me + st.STARTED] |= half
    return st.FAULT_NONE


@inner
def _begin(
    core: int, thread: int, pc: int, time: int, programs: Programs, cores: Cores, network: Network, run: Run
) -> int:
    """Set up the communication `pc` of `core`, to be done by `thread`: its descriptor, queues, wavelets."""
    queues, code, state, registers = network.queues, programs.code, cores.state, cores.registers
    d, counters, configuration = programs.scratch, run.counters, run.configuration
    for index in range(5):
        d[index] = operand(code, registers, core, pc, index)
    opcode, type = code[pc, bc.OPCODE], type_of(code[pc, bc.TYPES], 0)
    if opcode >= bc.START_SEND:
        # A stream does what the blocking instruction does.
        opcode -= bc.START_SEND - bc.SEND
    found = check_descriptor(d, 0, type, configuration[st.SRAM_BYTES])
    if found != OK:
        _fault(counters, st.FAULT_MEMORY, core, pc, found)
        return st.FAULT_MEMORY
    elements = d[1] * d[3]
    me = thread << st.CORE_SHIFT
    size = 2 if type == bc.F16 else 4
    state[me + st.OPCODE], state[me + st.TYPE] = opcode, type
    state[me + st.FUNCTION], state[me + st.START] = code[pc, bc.FUNCTION], time
    state[me + st.ELEMENTS] = elements
    state[me + st.WAVELETS] = (elements + 1) // 2 if type == bc.F16 else elements
    state[me + st.ADDRESS], state[me + st.COLUMN], state[me + st.INNER] = d[0], d[3], d[3]
    state[me + st.INNER_STEP] = d[4] * size
    state[me + st.ROW_STEP] = (d[2] - (d[3] - 1) * d[4]) * size
    state[me + st.STALL], state[me + st.DONE] = st.CAUSE_SETUP, 0
    state[me + st.QUEUE_IN], state[me + st.QUEUE_OUT] = -1, -1
    if elements == 0:
        return st.FAULT_NONE
    color_in = color_out = -1
    if opcode != bc.SEND:
        color_in = _color(programs.channels, cores.tile, core, code[pc, bc.CHANNEL_IN])
        if color_in < 0:
            _fault(counters, st.FAULT_CHANNEL, core, pc, code[pc, bc.CHANNEL_IN])
            return st.FAULT_CHANNEL
    if opcode == bc.SEND or opcode == bc.REDUCE_FORWARD:
        color_out = _color(programs.channels, cores.tile, core, code[pc, bc.CHANNEL_OUT])
        if color_out < 0:
            _fault(counters, st.FAULT_CHANNEL, core, pc, code[pc, bc.CHANNEL_OUT])
            return st.FAULT_CHANNEL
    router, colors = cores.router[core], network.color
    for queue in range(programs.first_sink[router], programs.first_sink[router + 1]):
        if colors[queue] == color_in:
            state[me + st.QUEUE_IN] = queue
    for route in range(programs.first_route[router], programs.first_route[router + 1]):
        shape = queues[(route << st.QUEUE_SHIFT) + st.SHAPE]
        if colors[route] == color_out and shape & st.FROM_CORE != 0:
            state[me + st.QUEUE_OUT] = route
    if color_out >= 0 and state[me + st.QUEUE_OUT] < 0:
        _fault(counters, st.FAULT_NO_SEND_ROUTE, core, pc, color_out)
        return st.FAULT_NO_SEND_ROUTE
    return st.FAULT_NONE


@inner
def _color(channels: I32Array, tiles: I32Array, core: int, channel: int) -> int:
    """Return the color of a core's channel, -1 if it has none."""
    if channel >= channels.shape[1]:
        return -1
    return wide(channels[tiles[core], channel])
