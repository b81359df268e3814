"""Moving the wavelets' data, in the order in which the network says that they may move.

Cores put wavelets into a store; queues hold pieces of it. A piece goes on from queue to queue as far as
switch positions let it: which position a message meets does not depend on time. So what a core receives is
there when it is to take it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ....ir.jit import entry, inner, wide
from ... import bytecode as bc
from ...arithmetic.number import (
    binary,
    bits_of_float,
    float_of_bits,
    float_of_half,
    half_of_float,
    integer_binary,
)
from .. import state as net
from ..network import Paths
from ..state import RECEIVE, TRANSMIT
from .data import SOURCES

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

# ---- what each half of a PE is doing: fields of `Halves` ---------------------------------------------

OPCODE, TYPE, FUNCTION, QUEUE, LEFT, ELEMENTS, ADDRESS, COLUMN, INNER, INNER_STEP, ROW_STEP = range(11)
"""`LEFT` counts wavelets, `ELEMENTS` elements that are to be moved; the rest as in a descriptor, in bytes."""
HALF_FIELDS = 11

# ---- counters ------------------------------------------------------------------------------------------

FREE_PIECE, FREE_PIECES, STORED, MOVED, WORK_HEAD, WORK_COUNT = range(6)
"""First free piece and how many there are; words of the store in use; moves done; servers to look at."""
COUNTERS = 6

DONE, FULL, EMPTY = 0, 1, 2
_MOST_PIECES = 8
"""More than one step of a server or core can need."""
_LOW_HALF = np.uint32(0xFFFF)


class Pieces(NamedTuple):
    """Pieces of the store in queues, lists by their numbers; free ones are a list, too."""

    next: I32
    start: I64
    words: I64
    mark: NDArray[np.int8]
    """1: a message ends with the piece"""


class Queues(NamedTuple):
    """Lanes, then sinks."""

    first: I32
    """[queues] first piece, -1: empty"""
    last: I32
    position: I32
    """[servers]"""
    messages_left: I32
    """[servers]"""
    work: I32
    """a ring of servers that may be able to pass something on"""
    waiting: NDArray[np.int8]
    """[servers] 1: is in it"""


class Memory(NamedTuple):
    """Flat views of the memories, and bytes of one."""

    halves: NDArray[np.uint16]
    words: I32
    sram_bytes: int


@inner
def _append(
    queue: int, start: int, count: int, mark: int, pieces: Pieces, queues: Queues, counters: I64
) -> None:
    """Put a piece behind a queue's last one, or make that longer."""
    last = queues.last[queue]
    if (
        queues.first[queue] >= 0
        and pieces.mark[last] == 0
        and pieces.start[last] + pieces.words[last] == start
    ):
        pieces.words[last] += count
        pieces.mark[last] = mark
        return
    piece = counters[FREE_PIECE]
    counters[FREE_PIECE] = pieces.next[piece]
    counters[FREE_PIECES] -= 1
    pieces.next[piece], pieces.start[piece], pieces.words[piece] = -1, start, count
    pieces.mark[piece] = mark
    if queues.first[queue] < 0:
        queues.first[queue] = piece
    else:
        pieces.next[last] = piece
    queues.last[queue] = piece


@inner
def _remove(queue: int, pieces: Pieces, queues: Queues, counters: I64) -> None:
    """Free a queue's first piece."""
    piece = queues.first[queue]
    queues.first[queue] = pieces.next[piece]
    pieces.next[piece] = counters[FREE_PIECE]
    counters[FREE_PIECE] = piece
    counters[FREE_PIECES] += 1


@inner
def _wake(server: int, queues: Queues, counters: I64) -> None:
    """Look at a server again; cores (negative) look by themselves."""
    if server >= 0 and queues.waiting[server] == 0:
        queues.waiting[server] = 1
        at = counters[WORK_HEAD] + counters[WORK_COUNT]
        queues.work[at if at < queues.work.size else at - queues.work.size] = server
        counters[WORK_COUNT] += 1


@inner
def _serve(paths: Paths, pieces: Pieces, queues: Queues, counters: I64) -> int:
    """Pass pieces on until none can move; returns `FULL` if it needs more pieces."""
    positions = paths.positions
    while counters[WORK_COUNT] > 0:
        head = counters[WORK_HEAD]
        server = wide(queues.work[head])
        position = wide(queues.position[server])
        row = position << net.SERVER_SHIFT
        lane = wide(positions[row + net.LANE])
        piece = wide(queues.first[lane])
        if piece < 0:
            counters[WORK_HEAD] = head + 1 if head + 1 < queues.work.size else 0
            counters[WORK_COUNT] -= 1
            queues.waiting[server] = 0
            continue
        if counters[FREE_PIECES] < _MOST_PIECES:
            return FULL
        start, count, mark = wide(pieces.start[piece]), wide(pieces.words[piece]), wide(pieces.mark[piece])
        _remove(lane, pieces, queues, counters)
        for output in range(positions[row + net.OUTPUTS]):
            target = wide(positions[row + net.TARGET + output])
            _append(target, start, count, mark, pieces, queues, counters)
            _wake(wide(paths.takers[target]), queues, counters)
        if mark != 0 and positions[row + net.MESSAGES] > 0:
            queues.messages_left[server] -= 1
            if queues.messages_left[server] == 0:
                following = position + 1
                if following == paths.first_position[server + 1]:
                    following = wide(paths.first_position[server])
                queues.position[server] = following
                queues.messages_left[server] = positions[(following << net.SERVER_SHIFT) + net.MESSAGES]
    return DONE


@inner
def _advance(halves: I64, me: int) -> int:
    """Return the byte address of a half's next element, and go on to the one behind it."""
    address = halves[me + ADDRESS]
    column = halves[me + COLUMN] - 1
    if column == 0:
        halves[me + COLUMN] = halves[me + INNER]
        halves[me + ADDRESS] = address + halves[me + ROW_STEP]
    else:
        halves[me + COLUMN] = column
        halves[me + ADDRESS] = address + halves[me + INNER_STEP]
    halves[me + ELEMENTS] -= 1
    return address


@inner
def _word(pe: int, me: int, came: np.uint32, halves: I64, memory: Memory) -> np.uint32:
    """Move one wavelet between a core's memory and the network: takes `came`, returns what is sent."""
    opcode, type, function = halves[me + OPCODE], halves[me + TYPE], halves[me + FUNCTION]
    first = pe * memory.sram_bytes
    out = np.uint32(0)
    if type == bc.F16:
        for half in range(min(halves[me + ELEMENTS], 2)):
            shift = np.uint32(16 * half)
            at = (first + _advance(halves, me)) >> 1
            one = np.uint16((came >> shift) & _LOW_HALF)
            if opcode == bc.SEND:
                out |= np.uint32(memory.halves[at]) << shift
            elif opcode == bc.RECEIVE:
                memory.halves[at] = one
            else:
                mine = float_of_half(memory.halves[at])
                result = half_of_float(binary(function, mine, float_of_half(one)))
                if opcode == bc.REDUCE:
                    memory.halves[at] = result
                else:
                    out |= np.uint32(result) << shift
        return out
    at = (first + _advance(halves, me)) >> 2
    if opcode == bc.SEND:
        return np.uint32(memory.words[at])
    if opcode == bc.RECEIVE:
        memory.words[at] = np.int32(came)
        return out
    if type == bc.I32:
        out = np.uint32(integer_binary(function, memory.words[at], np.int32(came)))
    else:
        mine = float_of_bits(np.uint32(memory.words[at]))
        out = bits_of_float(binary(function, mine, float_of_bits(came)))
    if opcode == bc.REDUCE:
        memory.words[at] = np.int32(out)
    return out


@inner
def _move(
    pe: int,
    half: int,
    count: int,
    halves: I64,
    store: NDArray[np.uint32],
    pieces: Pieces,
    queues: Queues,
    counters: I64,
    paths: Paths,
    memory: Memory,
) -> int:
    """Do one move; returns `EMPTY` if what is to be taken is not there."""
    rx, tx = 2 * pe * HALF_FIELDS, (2 * pe + 1) * HALF_FIELDS
    me = tx if half == TRANSMIT else rx
    sink = wide(halves[rx + QUEUE])
    start = counters[STORED]
    for number in range(count):
        came = np.uint32(0)
        if half != TRANSMIT:
            piece = queues.first[sink]
            if piece < 0:
                return EMPTY
            came = np.uint32(store[pieces.start[piece]])
            pieces.start[piece] += 1
            pieces.words[piece] -= 1
            if pieces.words[piece] == 0:
                _remove(sink, pieces, queues, counters)
        out = _word(pe, me, came, halves, memory)
        if half != RECEIVE:
            store[start + number] = out
    if half != RECEIVE:
        counters[STORED] = start + count
        halves[tx + LEFT] -= count
        lane = wide(halves[tx + QUEUE])
        _append(lane, start, count, 1 if halves[tx + LEFT] == 0 else 0, pieces, queues, counters)
        _wake(wide(paths.takers[lane]), queues, counters)
    return DONE


Kernel = Callable[[I32, I64, NDArray[np.uint32], Pieces, Queues, I64, Paths, Memory], int]


def _make_kernel(sources: int) -> Kernel:
    def run_moves(
        moves: I32,
        halves: I64,
        store: NDArray[np.uint32],
        pieces: Pieces,
        queues: Queues,
        counters: I64,
        paths: Paths,
        memory: Memory,
    ) -> int:
        if sources < 0:
            return EMPTY
        while True:
            status = _serve(paths, pieces, queues, counters)
            if status != DONE:
                return status
            number = counters[MOVED]
            if number == len(moves):
                return DONE
            if counters[FREE_PIECES] < _MOST_PIECES:
                return FULL
            pe, half, count = wide(moves[number, 0]), wide(moves[number, 1]), wide(moves[number, 2])
            status = _move(pe, half, count, halves, store, pieces, queues, counters, paths, memory)
            if status != DONE:
                return status
            counters[MOVED] = number + 1

    return entry(run_moves)


run_moves = _make_kernel(SOURCES)
"""Do all of `moves` from number `MOVED` on. After `FULL`, give it more pieces and call it again."""
