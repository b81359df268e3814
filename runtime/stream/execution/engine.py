"""The stream engine's launch: from a machine's tables to what a step took."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..streams import StreamConflict, Streams
from .data import VectorLanes
from .interpreter import Interpreter, Waiting
from .log import StreamLog
from .store import StreamMover
from .wafer import Wafer


@dataclass(frozen=True, slots=True)
class Launch:
    """What is asked of a step: its `position`, the last cycle, whether data moves and a log is kept.

    With a log and without data, `reuse_layers` lets layers that recur pass without executing them. `ordered`
    decides who goes first where two colors meet, in the order of time; every layer is executed then.
    """

    position: int
    limit: int
    data: bool
    log: bool
    reuse_layers: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step took. `stuck` is who waits for ever, `left_over` the wavelets that nobody took."""

    ends: NDArray[np.int64]
    streams: Streams
    log: StreamLog | None
    stuck: list[Waiting]
    left_over: int
    layers_reused: int


def run_stream(wafer: Wafer, launch: Launch) -> Outcome:
    """Run all programs of `wafer`.

    Raises `ProgramFault` when a program goes wrong, `LostWavelet` when a wavelet goes where no route is, and
    `StreamConflict` when only the wavelet engine can say what happens. Memories are then in between, but as
    before after a conflict in a launch without data.
    """
    streams = Streams(wafer.network, wafer.pes, data=launch.data, log=launch.log, ordered=launch.ordered)
    log = StreamLog(wafer.first_rows) if launch.log else None
    unit = VectorLanes(wafer) if launch.data else None
    mover = StreamMover(wafer) if launch.data else None
    interpreter = Interpreter(
        *(wafer, streams, launch.limit, launch.position, log, unit, mover),
        reuse_layers=launch.reuse_layers and not launch.ordered,
    )
    try:
        stuck = interpreter.run()
    except StreamConflict:
        interpreter.local.restore()
        raise
    reused = 0 if interpreter.layers is None else interpreter.layers.reused
    return Outcome(interpreter.ends, streams, log, stuck, int(streams.levels.sum()), reused)
