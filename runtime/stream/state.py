"""State of the stream engine: which arrays there are, and what stands in their columns.

Rows are as long as a cache line, because on a large wafer nearly every row that is looked at has left the
cache since the last time. Times are 32-bit, so a step may take `TIME_LIMIT` cycles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

NOBODY = -1
NO_PE = -(2**31)
"""As taker or feeder of a queue: there is none."""
LOST = -2
"""As an output's queue: the next router does not take the color from here."""
TIME_LIMIT = 2**29

# ---- servers: what a router does with a color -------------------------------------------------------

SERVER_SHIFT = 4
"""Field f of server s is at (s << SERVER_SHIFT) + f. From `LANE` on it is the current position's row."""
LAST = 0
"""The cycle of the last departure."""
LEFT = 1
"""Messages until the server moves on to its next position; 0: it has but one."""
POSITION = 2
"""The current position, counted over all servers."""
WAITING = 3
"""1 while the server is among the tasks."""
LOAD = 4
"""Wavelets that left in the current position since the server came to it."""
LANE = 5
"""The queue that wavelets leave from."""
OUTPUTS = 6
TARGET = 7
"""The queue that each of up to four outputs leads to, or `LOST`."""
RESOURCE = 11
"""The link or ramp of each output, if several colors use it, else `NOBODY`."""
MESSAGES = 15
"""Of a position: after how many messages the server moves on."""

# ---- queues: lanes in front of servers and of cores ----------------------------------------------------

TAKER = 0
"""The server that takes wavelets out, or -1 - PE for a core."""
FEEDER = 1
"""The server that puts wavelets in, or -1 - PE for a core."""
DEPTH = 2
HEAD = 3
LEVEL = 4
LATENCY = 5
"""Cycles from when a wavelet leaves what feeds the queue to when it may leave the queue."""
TAKEN = 6
"""Of a queue in front of a core: the last slot in which it took a wavelet."""
SLOTS = 8
"""The first of `DEPTH` slots: a time, `TIME_SHIFT` up, and in the lowest bit whether the wavelet is its
message's last. The time of a wavelet says when it may leave, that of a free slot from when on it is free."""
TIME_SHIFT = 1
MARK = 1

# ---- PEs: what each one is doing ---------------------------------------------------------------------------

PE_SHIFT = 4
QUEUE = 0
"""The queue that the receiving half takes from."""
TO_GO = 1
"""Wavelets that are still to be taken."""
DONE = 2
NEXT = 3
"""The first cycle that may be the next slot: when the operation begins, then the last slot + 1."""
FIRST = 4
"""The first slot, -1 before it."""
CAUSE = 5
"""Why the first slot was not earlier."""
TRANSMIT_FIELDS = 6
"""The same for the half that sends is so many columns further on."""
COUPLED = 12
"""1: takes and sends in the same slot."""
BUSY = 13
"""Halves that have not ended."""
PE_WAITING = 14

RECEIVE, TRANSMIT, BOTH = 0, 1, 2
"""Halves of a PE, and an operation that takes and sends in the same slots."""
CAUSE_SETUP, CAUSE_ARRIVAL, CAUSE_ROOM = 0, 1, 2
"""Why a run of slots did not begin earlier: it was not set up, nothing had come, there was no room."""

# ---- resources: links and ramps that several colors use ----------------------------------------------

RESOURCE_SHIFT = 5
NEWEST = 0
"""Number of the run of cycles that was noted last."""
LATEST = 1
"""The last cycle of all."""
FORGOTTEN = 2
"""The last cycle of those that are not kept any more."""
HAS_WAITS = 3
"""1: `Net.wait_keys` has cycles of this resource."""
RUNS_KEPT = 9
RUN = 4
"""The first of `RUNS_KEPT` runs: the server (-1: none), first and last cycle."""
RUN_USER, RUN_START, RUN_END, RUN_WIDTH = 0, 1, 2, 3

# ---- logs --------------------------------------------------------------------------------------------------

MOVE_FIELDS = 3
"""PE, half, wavelets."""
RUN_FIELDS = 5
"""PE, half, first wavelet, its slot, cause."""
MEETING_FIELDS = 3
"""Resource, cycle, and the server that has it because its color is the lower one."""
WAIT_SHIFT = 30
"""A wait's key: resource << WAIT_SHIFT | cycle."""
HEEDED, EXPLAINED = 1, 2
"""Of a wait: a server waited because of it; the server that it waited for did use the resource then."""

# ---- counters and constants ----------------------------------------------------------------------------

TASK_HEAD, TASK_COUNT, POSTED, TRIED, COMPLETED, MOVES, RUNS = 0, 1, 2, 3, 4, 5, 6
LINK_HOPS, RAMP_HOPS, WAVELETS = 7, 8, 9
SUBJECT, CYCLE, USER = 10, 11, 12
"""Of what is not known any more: resource, cycle, server; of a lost wavelet: server, cycle."""
MEETINGS = 13
"""Cycles in which two servers used one resource."""
EVENTS = 14
"""Messages that were one event."""
STEPS = 15
"""Wavelets that a server moved one by one."""
WAITED = 16
"""Cycles that wavelets waited for others of a lower color."""
COUNTERS = 17

SERVERS, QUEUE_SHIFT, LOG_MOVES, LOG_RUNS = 0, 1, 2, 3
"""In `Net.constants`: servers, log2 of a queue's row, what is logged."""

# ---- what the kernel returns -----------------------------------------------------------------------------

STATUS_DONE = 0
STATUS_FULL = 1
"""A log is full: take what it has, empty it and call again."""
STATUS_FORGOTTEN = 2
"""A server wants a resource so early that it is not known any more who used it then."""
STATUS_LOST = 3


class Net(NamedTuple):
    """Everything that the kernel works on; tables are flat."""

    servers: I32
    positions: I32
    """rows as of servers; only what is from `LANE` on"""
    first_position: I32
    """[servers + 1]"""
    position_loads: I64
    """[positions] wavelets that left, but for what `LOAD` has"""
    queues: I32
    pes: I32
    resources: I32
    tasks: I32
    """a ring of servers, then PEs (numbers behind the servers'), each at most once"""
    posted: I32
    """[PEs] PEs whose operation has not been looked at yet"""
    completed: I32
    """[PEs]"""
    moves: I32
    runs: I32
    meetings: I32
    """[rows * MEETING_FIELDS]; what comes when it is full is counted only"""
    wait_keys: I64
    """[waits] in order"""
    wait_server: I32
    """[waits] servers of higher colors wait for this one in that cycle"""
    wait_flags: I32
    """[waits] `HEEDED` and `EXPLAINED`"""
    lanes: I32
    """[queues] lanes of the message that is being tried as one event"""
    times: I32
    """[queues] when its first wavelet leaves each of them"""
    counters: I64
    constants: I64


def aligned(size: int) -> I32:
    """Return zeros whose first number begins a cache line."""
    raw = np.zeros(size + 15, np.int32)
    start = -raw.ctypes.data // 4 % 16
    return raw[start : start + size]
