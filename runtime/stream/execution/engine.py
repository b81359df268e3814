"""The stream engine's launch: from a machine's tables to what a step took."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..streams import NO_WAITS, LostWavelet, StreamConflict, Streams, TooLong, Waits
from .data import VectorLanes
from .interpreter import Interpreter, LimitReached, Waiting
from .local import ProgramFault
from .log import StreamLog
from .store import StreamMover
from .wafer import Wafer


@dataclass(frozen=True, slots=True)
class Launch:
    """What is asked of a step: its `position`, the last cycle, whether data moves and a log is kept.

    With a log and without data, `reuse_layers` lets layers that recur pass without executing them.
    """

    position: int
    limit: int
    data: bool
    log: bool
    reuse_layers: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a step took. `stuck` is who waits for ever, `left_over` the wavelets that nobody took."""

    ends: NDArray[np.int64]
    streams: Streams
    log: StreamLog | None
    stuck: list[Waiting]
    left_over: int
    layers_reused: int
    replays: int
    """How often the launch was played again before it was settled who waits where colors meet."""


MOST_REPLAYS = 40
"""After so many a launch is given up."""
_FAILURES = (LostWavelet, LimitReached, ProgramFault, StreamConflict, TooLong)
"""What a run that is not true may run into without the machine doing so."""


def run_stream(wafer: Wafer, launch: Launch) -> Outcome:
    """Run all programs of `wafer`, again and again until it is settled who waits where colors meet.

    Raises `ProgramFault` when a program goes wrong, `LostWavelet` when a wavelet goes where no route is, and
    `StreamConflict` when only the wavelet engine can say what happens. Memories are then in between, but as
    before after a conflict.
    """
    before = wafer.halves.copy() if launch.data and wafer.network.resources else None
    play = _Play(wafer, launch, NO_WAITS)
    for replays in range(MOST_REPLAYS + 1):
        failure: Exception | None = None
        try:
            play.run()
        except _FAILURES as error:
            failure = error
        lesson = play.streams.lesson()
        if lesson is None:
            if failure is None:
                return play.outcome(replays)
            if isinstance(failure, StreamConflict):
                play.undo(before)
            raise failure
        play.undo(before)
        if replays < MOST_REPLAYS:
            play = _Play(wafer, launch, lesson)
    raise play.streams.unsettled()


class _Play:
    """A launch, played once."""

    def __init__(self, wafer: Wafer, launch: Launch, waits: Waits) -> None:
        self._wafer = wafer
        self.streams = Streams(wafer.network, wafer.pes, data=launch.data, log=launch.log, waits=waits)
        self._log = StreamLog(wafer.first_rows) if launch.log else None
        unit = VectorLanes(wafer) if launch.data else None
        mover = StreamMover(wafer) if launch.data else None
        # In a run that is true a state that recurs goes on recurring, who waits for whom included. In one
        # that is not, layers may be left out wrongly; but then it is played again.
        self._interpreter = Interpreter(
            *(wafer, self.streams, launch.limit, launch.position, self._log, unit, mover),
            reuse_layers=launch.reuse_layers,
        )
        self._stuck: list[Waiting] = []

    def run(self) -> None:
        """Run all programs until they have ended or wait for ever."""
        self._stuck = self._interpreter.run()

    def undo(self, before: NDArray[np.uint16] | None) -> None:
        """Bring memories back to what they were, given a copy of it if the launch moves data."""
        self._interpreter.local.restore()
        if before is not None:
            self._wafer.halves[...] = before

    def outcome(self, replays: int) -> Outcome:
        """Return what a run that was true took."""
        layers = self._interpreter.layers
        reused = 0 if layers is None else layers.reused
        left_over = int(self.streams.levels.sum())
        ends = self._interpreter.ends
        return Outcome(ends, self.streams, self._log, self._stuck, left_over, reused, replays)
