"""The log of a step: in which cycles each PE's communications moved their wavelets, and why not earlier.

Both engines keep one. What the critical path reads of it is a PE's *runs*: a run is wavelets that one
communication moved in consecutive cycles. The runs of started streams have the instruction that started them;
before them stands one row without wavelets for the `AWAIT` that let them go on (`CAUSE_AWAIT`).
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .wavelet import state as st

# ---- fields of a run -------------------------------------------------------------------------------

RUN_PC = 0
RUN_START = 1
"""Cycle in which the instruction began (its set-up); of a started stream, in which `AWAIT` did."""
RUN_SLOT = 2
"""Cycle of the run's first wavelet; of the end of a program, that end; of an `AWAIT`, when streams begin."""
RUN_FIRST = 3
"""The run's first wavelet, counted in its instruction."""
RUN_COUNT = 4
RUN_CAUSE = 5
"""Why the run did not start earlier, or that this is the end: a `CAUSE_...` of `wavelet.state`."""
RUN_COMPUTE = 6
"""Element work between the PE's last communication and this instruction (first run only)."""
RUN_SOFTWARE = 7
RUN_FIELDS = 8

# ---- fields of an operation --------------------------------------------------------------------------

OPERATION_FIELDS = 6
"""PE, pc, cycle in which it began, cycles of its first and last wavelet, wavelets."""

_RUN_COLUMNS = [
    st.LOG_PC,
    st.LOG_START,
    st.LOG_SLOT,
    st.LOG_FIRST,
    st.LOG_COUNT,
    st.LOG_CAUSE,
    st.LOG_COMPUTE,
    st.LOG_SOFTWARE,
]


class StepLog(Protocol):
    """What both engines' logs can be asked."""

    def runs_of(self, pe: int) -> NDArray[np.int64]:
        """Return int64[runs, RUN_FIELDS] of one PE, in order; the last is its end."""
        ...

    def layers(self) -> NDArray[np.int64]:
        """Return int64[rows, 4]: PE, pc, number and cycle of each start (number 0) or end of a layer."""
        ...

    def operations(self) -> NDArray[np.int64]:
        """Return int64[operations, OPERATION_FIELDS] of all communications, ordered by PE, pc and time.

        Two runs on different engines agree when these tables are equal.
        """
        ...


class WaveletLog:
    """The wavelet engine's log: `rows` is int32[rows, LOG_FIELDS] of `wavelet.state`, in order of time."""

    def __init__(self, rows: NDArray[np.int32]) -> None:
        self.rows = rows
        self._order: NDArray[np.int64] | None = None
        self._first = np.zeros(1, np.int64)

    def _ordered(self) -> NDArray[np.int64]:
        """Return the numbers of the rows of runs and ends, PE by PE; the engine writes each PE's in order."""
        if self._order is None:
            local = np.isin(self.rows[:, st.LOG_CAUSE], (st.CAUSE_LOCAL, st.CAUSE_LAYER))
            kept = np.flatnonzero(~local)
            cores = self.rows[kept, st.LOG_CORE]
            # A stable sort of 16 bits is a radix sort, much faster than one of more: so in two halves.
            order = np.argsort(cores.astype(np.uint16), kind="stable")
            order = order[np.argsort((cores[order] >> 16).astype(np.uint16), kind="stable")]
            self._order = kept[order]
            self._first = np.append(0, np.cumsum(np.bincount(cores)))
        return self._order

    def runs_of(self, pe: int) -> NDArray[np.int64]:
        """See `StepLog`."""
        order = self._ordered()
        return self.rows[order[self._first[pe] : self._first[pe + 1]]][:, _RUN_COLUMNS].astype(np.int64)

    def local_of(self, pe: int) -> NDArray[np.int64]:
        """Return int64[instructions, 3] of the local instructions of one PE: pc, start, end.

        There are none in a log without them.
        """
        rows = self.rows[(self.rows[:, st.LOG_CORE] == pe) & (self.rows[:, st.LOG_CAUSE] == st.CAUSE_LOCAL)]
        return rows[:, [st.LOG_PC, st.LOG_START, st.LOG_SLOT]].astype(np.int64)

    def layers(self) -> NDArray[np.int64]:
        """See `StepLog`."""
        rows = self.rows[self.rows[:, st.LOG_CAUSE] == st.CAUSE_LAYER]
        return rows[:, [st.LOG_CORE, st.LOG_PC, st.LOG_COUNT, st.LOG_SLOT]].astype(np.int64)

    def operations(self) -> NDArray[np.int64]:
        """See `StepLog`."""
        rows = self.rows[self._ordered()].astype(np.int64)
        rows = rows[~np.isin(rows[:, st.LOG_CAUSE], (st.CAUSE_HALT, st.CAUSE_AWAIT))]
        rows = rows[np.lexsort((rows[:, st.LOG_PC], rows[:, st.LOG_CORE]))]
        first = np.flatnonzero(rows[:, st.LOG_FIRST] == 0)
        last = np.append(first[1:], len(rows))[: first.size] - 1
        table = np.empty((first.size, OPERATION_FIELDS), np.int64)
        table[:, :4] = rows[first][:, [st.LOG_CORE, st.LOG_PC, st.LOG_START, st.LOG_SLOT]]
        table[:, 4] = rows[last, st.LOG_SLOT] + rows[last, st.LOG_COUNT] - 1
        table[:, 5] = rows[last, st.LOG_FIRST] + rows[last, st.LOG_COUNT]
        return table
