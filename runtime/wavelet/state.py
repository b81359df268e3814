"""State of the wavelet engine: which arrays there are, and what stands in their columns.

A *queue* is one row of `Network.queues`: first one for each lane (router, color, input), in this order,
then the core input queue of each color that a router sends up the ramp to its core. A queue with the
ramp as its input is the core's output queue of that color: the core takes a slot when it sends, the
router sees the wavelet `ramp_cycles + 1` later (one cycle to leave the core, then the ramp).

A router with several settings of a color has a *switch*. The lane that the switch's position takes looks
like any other; the other lanes of the color are closed: they lead to a queue that has no room, the last row
of the table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32Array = NDArray[np.int32]
I64Array = NDArray[np.int64]
U64Array = NDArray[np.uint64]

# ---- queues --------------------------------------------------------------------------------------
# `Network.queues` is flat, because Numba indexes flat arrays with constant steps faster: field f of queue q
# is at (q << QUEUE_SHIFT) + f. Rows are kept small, because the engine's speed is that of the cache.

QUEUE_SHIFT = 3
QUEUE_FIELDS = 1 << QUEUE_SHIFT

LEVEL = 0
"""Slots in use, wavelets on the ramp included, and from bit `HEAD_SHIFT` on the number of the first one."""
SHAPE = 1
"""What the queue and its route look like, in bit fields (below)."""
BASE = 2
"""Where the queue's slots start in `Network.slots`: one number a slot, two where it is `TIMED` and in a core
input queue: the wavelet and the cycle from which on it may go on, with bit `LAST`."""
SOURCE = 3
"""The queue that feeds this one; the core that does (or its stream), for a route from a core; -1 without."""
DOWN = 4
"""The first of up to 4 queues that the route leads to, by direction, or one of the codes below. In a core
input queue: the core, -1 if none is there, or its stream that takes the wavelets now."""

HEAD_SHIFT = 16
LEVEL_MASK = (1 << HEAD_SHIFT) - 1
"""Largest number of slots."""
CAPACITY_MASK = LEVEL_MASK
OUTPUTS_SHIFT = 16
MESH_OUTPUTS_SHIFT = 19
COUNT_MASK = 7
LINKS_SHIFT = 22
"""Directions that the route leads to: bit `d` of five for direction `d`."""
LINKS_MASK = 31
FROM_CORE = 1 << 27
"""The route takes its wavelets from the core."""
TIMED = 1 << 28
"""A router queue whose slots hold times: at a core, on links of several cycles, in a color with switches."""
SWITCHED = 1 << 29
"""The router has several settings of the color."""
LASTING_MASK = CAPACITY_MASK | FROM_CORE | TIMED | SWITCHED
"""What stays of a shape when a switch moves."""
LAST = 1 << 31
"""In the time of a wavelet: it is the last one of its message."""

NO_ROUTE = -1
"""In `DOWN`: the next router has no route for the color."""
OTHER_INPUT = -2
"""In `DOWN`: the next router takes the color from another direction."""

NORTH, EAST, SOUTH, WEST, RAMP = 0, 1, 2, 3, 4
DIRECTIONS = ("N", "E", "S", "W", "RAMP")

# ---- switches ------------------------------------------------------------------------------------
# Field f of switch s is at (s << SWITCH_SHIFT) + f, of setting t at (t << SETTING_SHIFT) + f.

SWITCH_SHIFT = 2
FIRST_SETTING = 0
POSITIONS = 1
POSITION = 2
MESSAGES_LEFT = 3
"""Messages that the switch lets pass before it moves on."""

SETTING_SHIFT = 3
SETTING_LANE = 0
SETTING_SHAPE = 1
"""`SHAPE` without what is in `LASTING_MASK`."""
SETTING_MESSAGES = 2
SETTING_DOWN = 4
"""As `DOWN` of the lane in this position."""

# ---- cores ---------------------------------------------------------------------------------------
# Field f of core c is at (c << CORE_SHIFT) + f. The first 16 are what a wavelet needs. Behind the N cores of
# a machine with programs that start streams come these: core c's sending one is number N + 2 c, its
# receiving one N + 2 c + 1. A stream takes its turns as a core does, from `AWAIT` until it has ended.

CORE_SHIFT = 5
CORE_FIELDS = 1 << CORE_SHIFT

OPCODE = 0
"""The communication instruction that the core is in, or `CONTINUE`."""
TYPE = 1
FUNCTION = 2
QUEUE_IN = 3
QUEUE_OUT = 4
WAVELETS = 5
"""Wavelets that are still to be taken or sent."""
ELEMENTS = 6
"""Elements that are still to be taken or sent."""
ADDRESS = 7
"""Byte address of the next element."""
COLUMN = 8
"""Elements that are left in this row of the descriptor."""
INNER = 9
INNER_STEP = 10
"""Bytes from one element to the next one in a row."""
ROW_STEP = 11
"""Bytes from the last element of a row to the first of the next."""
WAITING = 12
"""The queue that the core sleeps for, or -1."""
STALL = 13
"""Log: why the next run does not start earlier, one of the causes below."""
DONE = 14
"""Log: wavelets of this instruction so far."""
PC = 15
WAKE = 16
"""When the core goes on, while it is in the time wheel."""
NEXT = 17
"""The next core in the same bucket of the time wheel, or -1."""
START = 18
"""When the instruction began (its set-up)."""
COMPUTE = 19
"""Cycles of element work since the last communication."""
SOFTWARE = 20
"""Cycles of calls, scalar and branch instructions since the last communication."""
RUN_FIRST = 21
"""Log: the first wavelet of the run of consecutive cycles that is going on, counted in its instruction."""
RUN_SLOT = 22
"""Log: the cycle of that wavelet."""
RUN_CAUSE = 23
"""Log: why that wavelet did not come earlier."""
STARTED = 24
"""Streams that have been started and not awaited: `STARTED_SEND`, `STARTED_RECEIVE`."""
PENDING = 25
"""Streams that the core awaits."""
LOW = 26
"""First byte of a stream's memory."""
HIGH = 27
"""The byte behind its last one."""

STARTED_SEND, STARTED_RECEIVE = 1, 2

CONTINUE = -1
"""In `OPCODE`: the core goes on with instruction `PC` at its own time `WAKE`."""

# ---- log rows ------------------------------------------------------------------------------------

LOG_CORE = 0
LOG_PC = 1
"""Of a started stream, the instruction that started it."""
LOG_START = 2
"""When the instruction began; of a started stream, when it was awaited."""
LOG_SLOT = 3
"""Cycle of the run's first wavelet; of a local instruction, its end."""
LOG_FIRST = 4
"""The run's first wavelet, counted in its instruction."""
LOG_COUNT = 5
LOG_CAUSE = 6
LOG_COMPUTE = 7
"""Element work between the core's last communication and this instruction (first run only)."""
LOG_SOFTWARE = 8
LOG_FIELDS = 9

CAUSE_SETUP = 0
"""A run of wavelets that began when the instruction was set up."""
CAUSE_ARRIVAL = 1
"""A run that began when its first wavelet arrived."""
CAUSE_ROOM = 2
"""A run that began when the output queue had room."""
CAUSE_HALT = 3
"""The end of the program."""
CAUSE_LOCAL = 4
"""A local instruction (only in a full log)."""
CAUSE_LAYER = 5
"""The loop over layers starts (`LOG_COUNT` 0) or ends iteration number `LOG_COUNT` - 1."""
CAUSE_AWAIT = 6
"""Started streams are awaited (before their runs): `LOG_SLOT` is when they begin."""

LOG_OFF, LOG_RUNS, LOG_ALL = 0, 1, 2

# ---- counters ------------------------------------------------------------------------------------

CYCLE = 0
LINK_HOPS = 1
RAMP_HOPS = 2
SENT = 3
IN_FLIGHT = 4
HALTED = 5
LOGGED = 6
SLEEPING = 7
"""Cores in the time wheel."""
NEXT_READY = 8
"""When the first wavelet that a router found on its way up a ramp will have come up."""
CONTENDED = 9
"""Times that a wavelet with a credit lost a link to a lower color."""
FAULT = 10
FAULT_SUBJECT = 11
"""Core or queue."""
FAULT_PC = 12
FAULT_DETAIL = 13
PHASE = 14
"""0 at the start of a cycle, 1 once the routers have decided and cores are being stepped."""
MOVES = 15
"""Length of `Network.moves` in this cycle."""
STEPS = 16
"""Length of `Cores.stepping` in this cycle."""
STEPPED = 17
"""How many of them have been stepped."""
COUNTERS = 18

# ---- configuration -------------------------------------------------------------------------------

RAMP_CYCLES = 0
CYCLE_LIMIT = 1
LOG_LEVEL = 2
COUNT_LOADS = 3
SRAM_BYTES = 4
PAUSE_WORK = 5
"""Moves, core steps and cycles after which the engine returns to its caller, to be called again."""
ROUTES = 6
"""Number of router queues."""
MOVE_DATA = 7
"""0 where only cycles are wanted."""
CONFIGURATION = 8

WHEEL_BUCKETS = 1024
NEVER = 2**62


class Network(NamedTuple):
    """Routers and links; *routes* are the lanes. Bitmaps have one bit a route and one a word of those."""

    queues: I32Array
    """[(queues + 1) << QUEUE_SHIFT], the last row without room"""
    slots: NDArray[np.uint32]
    """Wavelets, with the cycle from which on each may go on where `BASE` says so."""
    router: I32Array
    """[queues] the router that the queue is at"""
    color: I32Array
    """[queues]"""
    awake: U64Array
    """[routes / 64] router queues that may be able to move a wavelet"""
    awake_words: U64Array
    """[routes / 4096] words of `awake` that are not 0"""
    moves: I32Array
    """[routes + PADDING] router queues that are awake, then those that move a wavelet in this cycle"""
    loads: I64Array
    """[routes + settings] wavelets moved, where there is a switch by setting; of length 0 if not counted"""
    latency: I32Array
    """[routes] cycles after which a wavelet that came into a `TIMED` queue from a link may go on"""
    switch: I32Array
    """[routes] number of the lane's switch, -1 without one; of length 0 if there are no switches"""
    switches: I32Array
    """[switches << SWITCH_SHIFT]"""
    settings: I32Array
    """[settings of switches << SETTING_SHIFT], switch by switch in the order of positions"""


class Cores(NamedTuple):
    """The cores that have a program, and (*threads* counts both) the streams that they start."""

    state: I32Array
    """[threads << CORE_SHIFT]"""
    registers: I32Array
    """[cores, registers]"""
    awake: U64Array
    """[threads / 64] threads to step in the next cycle"""
    awake_words: U64Array
    stepping: I32Array
    """[threads + PADDING] threads that are awake in this cycle"""
    wheel: I32Array
    """[WHEEL_BUCKETS] first sleeping thread that wakes at a cycle with this remainder, or -1"""
    end: I64Array
    """[cores] cycle at which the program ended, -1 before"""
    router: I32Array
    """[cores] the core's router"""
    tile: I32Array
    """[cores] the core's row in `Programs.channels`"""


class Memory(NamedTuple):
    """Flat views of the cores' SRAM, core by core."""

    halves: NDArray[np.uint16]
    floats: NDArray[np.float32]
    words: I32Array


class Programs(NamedTuple):
    """What the cores execute."""

    code: I64Array
    """[instructions of all programs, ROW_FIELDS]; `JUMP` counts from the table's start"""
    channels: NDArray[np.int32]
    """[tiles, channels] color of a channel, or -1"""
    first_route: I32Array
    """[routers + 1] first router queue of each router"""
    first_sink: I32Array
    """[routers + 1] first core input queue of each router"""
    scratch: I64Array
    """[15] operands of the instruction being executed"""


class Run(NamedTuple):
    """What belongs to one launch."""

    counters: I64Array
    """[COUNTERS]"""
    configuration: I64Array
    """[CONFIGURATION]"""
    log: I32Array
    """[rows, LOG_FIELDS]"""


# ---- what the kernel returns -----------------------------------------------------------------------

STATUS_DONE = 0
STATUS_PAUSED = 1
"""Call again: time to look after interrupts."""
STATUS_LOG_FULL = 2
"""Give it a longer log and call again."""
STATUS_FAULT = 3
STATUS_STUCK = 4
"""Nothing can move: a deadlock, or wavelets that nobody takes."""
STATUS_CYCLE_LIMIT = 5

FAULT_NONE = 0
FAULT_LOST = 1
"""A wavelet moved to a router that does not take it. Subject: queue, detail: direction."""
FAULT_NO_SEND_ROUTE = 2
"""A core sent on a color that its router does not take from it. Subject: core, detail: color."""
FAULT_CHANNEL = 3
"""A program used a channel without color. Detail: channel."""
FAULT_MEMORY = 4
"""Detail: 8 * descriptor + what the vector unit found."""
FAULT_EXTENTS = 5
FAULT_DIVISION = 6
FAULT_OVERFLOW = 7
"""An integer does not fit its register."""
FAULT_ENDLESS = 8
"""A core ran past the cycle limit without ever talking to another."""
FAULT_THREAD = 9
"""Streams were started or awaited wrongly. Detail: one of the numbers below."""

THREAD_BLOCKED = 0
"""A send or receive while a stream is started."""
THREAD_TWICE = 1
"""A second stream of one direction."""
THREAD_NOTHING = 2
"""Nothing to await."""
THREAD_UNAWAITED = 3
"""A program's end before a stream's."""
THREAD_OVERLAP = 4
"""The two streams share memory."""
