"""State of the network while a machine runs, and what the kernel is given and gives back."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .network import Tables

I8 = NDArray[np.int8]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]

REMEMBERED = 8
"""Runs of wavelets that are kept of each resource, to compare later ones with."""
TIME_SHIFT = 1
MARK = 1
"""In a slot: lowest bit of a time; the wavelet is the last of its message."""

CAUSE_SETUP, CAUSE_ARRIVAL, CAUSE_ROOM = 0, 1, 2
"""Why a run of slots did not begin earlier: it was not set up, nothing had come, there was no room."""

RECEIVE, TRANSMIT, BOTH = 0, 1, 2
"""Halves of a PE: what takes wavelets, what sends them, and an operation that does both in one slot."""

# ---- columns of `Halves.numbers` ---------------------------------------------------------------------

QUEUE = 0
"""The sink or lane of the operation."""
LEFT = 1
"""Wavelets that are still to be taken or sent."""
DONE = 2
NEXT = 3
"""The first cycle that may be the next slot: when the operation begins, then the last slot + 1."""
FIRST = 4
"""The first slot, -1 before it."""
FIRST_CAUSE = 5
HALF_FIELDS = 6

# ---- rows of logs --------------------------------------------------------------------------------------

MOVE_FIELDS = 3
"""PE, half, wavelets."""
RUN_FIELDS = 5
"""PE, half, first wavelet, its slot, cause."""

# ---- counters ------------------------------------------------------------------------------------------

TASK_HEAD, TASK_COUNT, COMPLETED, MOVES, RUNS = 0, 1, 2, 3, 4
LINK_HOPS = 5
WAVELETS = 6
RAMP_HOPS = 7
SUBJECT, CYCLE, OTHER = 8, 9, 10
"""Of a conflict: resource or server, cycle, the other color; of a lost wavelet: position."""
USER = 11
"""Of a conflict: the server that came second."""
EVENTS = 12
"""Messages that were one event."""
STEPS = 13
"""Wavelets that were moved one by one over one queue."""
COUNTERS = 16

# ---- what the kernel returns -----------------------------------------------------------------------------

STATUS_DONE = 0
STATUS_FULL = 1
"""A log is full: take what it has, empty it and call again."""
STATUS_CONFLICT = 2
STATUS_LOST = 3


class Queues(NamedTuple):
    """Lanes and sinks. A slot holds a time, `TIME_SHIFT` up: of a wavelet, when it can go on; of a free slot,
    from when on it is free.
    """

    slots: I64
    lane_head: I32
    """[lanes] number of the slot with the first wavelet"""
    lane_level: I32
    """[lanes] wavelets"""
    sink_head: I32
    sink_level: I32
    sink_last: I64
    """[sinks] last slot in which the core took a wavelet"""
    position: I32
    """[servers] the row of the current position"""
    messages_left: I32
    """[servers] messages until the server moves on"""
    last: I64
    """[servers] the cycle of the last departure"""
    loads: I64
    """[positions] wavelets that left in each position"""


class Halves(NamedTuple):
    """What each PE is doing: first what receives, then what transmits."""

    numbers: I64
    """[PEs * 2 * HALF_FIELDS]"""
    coupled: I8
    """[PEs] 1: takes and sends in the same slot"""
    busy: I8
    """[PEs] halves that have not ended"""


class Resources(NamedTuple):
    """Runs of cycles in which servers used each resource; flat, `REMEMBERED` for each."""

    user: I32
    """the server, -1: none yet"""
    start: I64
    end: I64
    newest: I32
    """[resources] number of the run that was noted last"""
    latest: I64
    """[resources] the last cycle of all"""
    forgotten: I64
    """[resources] the last cycle of those that are not kept any more"""


class Work(NamedTuple):
    """The tasks that wait, and logs."""

    tasks: I32
    """a ring of servers, then PEs (numbers behind the servers'), each at most once"""
    waiting: I8
    """[servers + PEs] 1: is among the tasks"""
    completed: I32
    """[PEs]"""
    moves: I32
    """[rows * MOVE_FIELDS]"""
    runs: I64
    """[rows * RUN_FIELDS]"""
    lanes: I32
    """[lanes] of the message that is being tried as one event"""
    times: I64
    """[lanes] when its first wavelet leaves each of them"""
    counters: I64


class Constants(NamedTuple):
    """Numbers of the machine."""

    servers: int
    up_ramp: int
    log_moves: int
    log_runs: int


def make_queues(tables: Tables) -> Queues:
    """Return queues in the state of a launch."""
    servers = tables.first_position.size - 1
    first = tables.first_position[:-1]
    return Queues(
        slots=np.zeros(int(tables.sink_slots[-1]), np.int64),
        lane_head=np.zeros(tables.lane_server.size, np.int32),
        lane_level=np.zeros(tables.lane_server.size, np.int32),
        sink_head=np.zeros(tables.sink_pe.size, np.int32),
        sink_level=np.zeros(tables.sink_pe.size, np.int32),
        sink_last=np.full(tables.sink_pe.size, -1, np.int64),
        position=first.copy(),
        messages_left=tables.position_messages[first].copy(),
        last=np.full(servers, -1, np.int64),
        loads=np.zeros(tables.position_lane.size, np.int64),
    )


def make_resources(resources: int) -> Resources:
    """Return resources that nobody has used."""
    return Resources(
        user=np.full(resources * REMEMBERED, -1, np.int32),
        start=np.full(resources * REMEMBERED, -1, np.int64),
        end=np.full(resources * REMEMBERED, -1, np.int64),
        newest=np.zeros(resources, np.int32),
        latest=np.full(resources, -1, np.int64),
        forgotten=np.full(resources, -1, np.int64),
    )
