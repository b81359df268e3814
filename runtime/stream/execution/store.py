"""The store of wavelets' data: what the mover works on, made longer or tidied when it is full."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ... import bytecode as bc
from ..network import Paths
from ..state import MESSAGES, SERVER_SHIFT
from . import mover as mv
from .groups import Members
from .lanes import Value, wide
from .mover import Memory, Pieces, Queues, run_moves
from .rows import Row
from .wafer import Wafer

_FIRST_PIECES = 1 << 12
_FIRST_WORDS = 1 << 12
_BLOCKING = {bc.START_SEND: bc.SEND, bc.START_RECEIVE: bc.RECEIVE, bc.START_REDUCE: bc.REDUCE}


class StreamMover:
    """Moves the data of wavelets between the memories of a wafer, from its launch on."""

    def __init__(self, wafer: Wafer) -> None:
        paths = wafer.network.paths
        servers, queues = paths.first_position.size - 1, paths.takers.size
        self._paths: Paths = paths
        self._halves = np.zeros(2 * wafer.pes * mv.HALF_FIELDS, np.int64)
        self._memory = Memory(wafer.halves, wafer.words, wafer.sram_bytes)
        self._store = np.zeros(_FIRST_WORDS, np.uint32)
        first = paths.first_position[:-1]
        messages = paths.positions.reshape(-1, 1 << SERVER_SHIFT)[first, MESSAGES]
        self._queues = Queues(
            first=np.full(queues, -1, np.int32),
            last=np.full(queues, -1, np.int32),
            position=first.copy(),
            messages_left=messages,
            work=np.zeros(servers, np.int32),
            waiting=np.zeros(servers, np.int8),
        )
        self._counters = np.zeros(mv.COUNTERS, np.int64)
        self._counters[mv.FREE_PIECE] = -1
        self._pieces = Pieces(
            np.zeros(0, np.int32), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int8)
        )
        self._more_pieces()

    def begin(
        self,
        row: Row,
        operands: Sequence[Value],
        members: Members,
        sinks: NDArray[np.int32] | None,
        lanes: NDArray[np.int32] | None,
    ) -> None:
        """Get ready for the communication `row` of some PEs, which have these sinks or lanes."""
        halves = self._halves.reshape(-1, 2, mv.HALF_FIELDS)
        pes = members.pes
        type_number = row.types & 3
        size = 2 if type_number == bc.F16 else 4
        base, n0, s0, n1, s1 = (wide(value) for value in operands)
        elements = n0 * n1
        wavelets = (elements + 1) // 2 if type_number == bc.F16 else elements
        half = mv.TRANSMIT if sinks is None else mv.RECEIVE
        for column, value in (
            (mv.OPCODE, _BLOCKING.get(row.opcode, row.opcode)),
            (mv.TYPE, type_number),
            (mv.FUNCTION, row.function),
            (mv.LEFT, wavelets),
            (mv.ELEMENTS, elements),
            (mv.ADDRESS, base),
            (mv.COLUMN, n1),
            (mv.INNER, n1),
            (mv.INNER_STEP, s1 * size),
            (mv.ROW_STEP, (s0 - (n1 - 1) * s1) * size),
        ):
            halves[pes, half, column] = value
        if sinks is not None:
            halves[pes, mv.RECEIVE, mv.QUEUE] = sinks
        if lanes is not None:
            halves[pes, mv.TRANSMIT, mv.QUEUE] = lanes
            halves[pes, mv.TRANSMIT, mv.LEFT] = wavelets

    def move(self, moves: NDArray[np.int32]) -> None:
        """Do int32[rows, 3] moves: PE, half, wavelets."""
        counters = self._counters
        self._room_for(int(moves[moves[:, 1] != mv.RECEIVE, 2].sum()))
        counters[mv.MOVED] = 0
        while True:
            status = run_moves(
                moves,
                self._halves,
                self._store,
                self._pieces,
                self._queues,
                counters,
                self._paths,
                self._memory,
            )
            if status == mv.DONE:
                return
            if status == mv.EMPTY:
                raise RuntimeError(f"a wavelet is taken before it has come: {moves[counters[mv.MOVED]]}")
            self._more_pieces()

    def _more_pieces(self) -> None:
        """Double the pieces; the new ones are free."""
        old = self._pieces.next.size
        more = max(old, _FIRST_PIECES)
        following = np.arange(old + 1, old + more + 1, dtype=np.int32)
        following[-1] = self._counters[mv.FREE_PIECE]
        self._pieces = Pieces(
            np.append(self._pieces.next, following),
            np.append(self._pieces.start, np.zeros(more, np.int64)),
            np.append(self._pieces.words, np.zeros(more, np.int64)),
            np.append(self._pieces.mark, np.zeros(more, np.int8)),
        )
        self._counters[mv.FREE_PIECE] = old
        self._counters[mv.FREE_PIECES] += more

    def _room_for(self, words: int) -> None:
        """See that so many words can be stored behind those in use."""
        counters = self._counters
        if counters[mv.FREE_PIECES] == self._pieces.next.size:
            counters[mv.STORED] = 0
        if counters[mv.STORED] + words <= self._store.size:
            return
        self._tidy()
        while counters[mv.STORED] + words > self._store.size // 2:
            self._store = np.append(self._store, np.zeros(self._store.size, np.uint32))

    def _tidy(self) -> None:
        """Move what queues hold to the start of the store, without gaps."""
        pieces, counters = self._pieces, self._counters
        used = np.ones(pieces.next.size, np.bool_)
        piece = int(counters[mv.FREE_PIECE])
        while piece >= 0:
            used[piece] = False
            piece = int(pieces.next[piece])
        starts, counts = pieces.start[used], pieces.words[used]
        stored = int(counters[mv.STORED])
        covered = np.zeros(stored + 1, np.int64)
        np.add.at(covered, starts, 1)
        np.add.at(covered, starts + counts, -1)
        kept = np.cumsum(covered)[:stored] > 0
        places = np.cumsum(kept) - kept
        self._store[: int(kept.sum())] = self._store[:stored][kept]
        pieces.start[used] = places[starts]
        counters[mv.STORED] = int(kept.sum())
