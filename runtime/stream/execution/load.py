"""Loading the stream engine's machine code before it is needed."""

from __future__ import annotations

from functools import cache

import numpy as np

from ... import bytecode as bc
from ...wiring import QueueDepths
from ..network import stream_network
from .data import VectorLanes
from .engine import Launch, run_stream
from .rows import rows_of
from .store import StreamMover
from .wafer import Wafer


@cache
def load_stream_engine() -> None:
    """Run each compiled function on nothing, so that it is there for a real machine."""
    network = stream_network(1, 1, [], QueueDepths(0, 1, 1, 1), np.full(1, -1, np.int32))
    none = np.zeros(0, np.int32)
    code = np.zeros((1, bc.ROW_FIELDS), np.int64)
    code[0, bc.OPCODE] = bc.FILL
    rows = rows_of(code)
    wafer = Wafer(
        rows,
        [],
        np.zeros(0, np.int64),
        bc.PRESET_REGISTERS,
        np.zeros((0, bc.PRESET_REGISTERS), np.int32),
        np.zeros((0, 1), np.int32),
        none,
        none,
        network,
        0,
        np.zeros(0, np.uint16),
        np.zeros(0, np.float32),
        none,
    )
    for data in (False, True):
        run_stream(wafer, Launch(0, 0, data, data))
    VectorLanes(wafer).execute(rows[0], [0] * 15, none)
    StreamMover(wafer).move(np.zeros((0, 3), np.int32))
