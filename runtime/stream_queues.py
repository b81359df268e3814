"""The stream engine's queues as `waits` follows them, in the state in which nothing can move."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .stream import state as st
from .stream.network import StreamNetwork
from .stream.state import Net


@dataclass(frozen=True, slots=True)
class StreamQueues:
    """See `waits.Queues`. Threads are halves: 2 PE for the receiving one, 2 PE + 1 for the sending one."""

    network: StreamNetwork
    net: Net
    ends: NDArray[np.int64]
    """[PEs] when each program ended, -1 if it has not"""
    routers: NDArray[np.int64]
    """[PEs]"""
    width: int

    def asks(self, core: int) -> Sequence[tuple[int, int, bool]]:
        """Return what the halves of a PE wait for."""
        if self.has_ended(core):
            return []
        return [
            (2 * core + half, queue, half == 1)
            for half, queue in self.halves(core)
            if (self.is_full(queue) if half else self.is_empty(queue))
        ]

    def halves(self, core: int) -> list[tuple[int, int]]:
        """Return the halves of a PE that have wavelets to go, and their queues."""
        row = self.net.pes.reshape(-1, 1 << st.PE_SHIFT)[core]
        return [
            (half, int(row[first + st.QUEUE]))
            for half, first in enumerate((0, st.TRANSMIT_FIELDS))
            if int(row[first + st.TO_GO]) > 0
        ]

    def to_go(self, core: int, half: int) -> int:
        """Return how many wavelets a half has to go."""
        return int(self.net.pes[(core << st.PE_SHIFT) + half * st.TRANSMIT_FIELDS + st.TO_GO])

    def is_empty(self, queue: int) -> bool:
        """Whether there is no wavelet in a queue."""
        return self._field(queue, st.LEVEL) == 0

    def is_full(self, queue: int) -> bool:
        """Whether a queue has no room."""
        return self._field(queue, st.LEVEL) >= self._field(queue, st.DEPTH)

    def feeding_lane(self, queue: int) -> int:
        """Return the lane of the server that feeds a queue, -1 without."""
        server = self._field(queue, st.FEEDER)
        return -1 if server < 0 else self._server(server, st.LANE)

    def feeding_core(self, lane: int) -> int | None:
        """Return the PE that sends on a lane, None for a lane behind a link (or behind nothing)."""
        feeder = self._field(lane, st.FEEDER)
        return None if feeder >= 0 or feeder == st.NO_PE else -1 - feeder

    def open_lane(self, lane: int) -> int:
        """Return the lane that the server behind a lane takes from now."""
        return self._server(self._field(lane, st.TAKER), st.LANE)

    def targets(self, lane: int) -> Sequence[int]:
        """Return the queues that a lane's wavelets go to now."""
        server = self._field(lane, st.TAKER)
        outputs = self._server(server, st.OUTPUTS)
        found = [self._server(server, st.TARGET + output) for output in range(outputs)]
        return [queue for queue in found if queue >= 0]

    def taking_core(self, queue: int) -> int | None:
        """Return the PE that takes from a queue, None for a lane."""
        if queue < self.network.lanes:
            return None
        taker = self._field(queue, st.TAKER)
        return -1 if taker == st.NO_PE else -1 - taker

    def has_ended(self, core: int) -> bool:
        """Whether a PE's program has ended."""
        return int(self.ends[core]) >= 0

    def place(self, core: int) -> str:
        """Return a PE's place."""
        return self._place(int(self.routers[core]))

    def place_of_queue(self, queue: int) -> str:
        """Return at which PE a queue is."""
        return self._place(int(self.network.server_router[self.network.server_of(queue)]))

    def color_and_flow(self, queue: int) -> tuple[int, str]:
        """Return the color and the flow of a queue."""
        server = self.network.server_of(queue)
        return int(self.network.server_color[server]), self.network.flows[
            int(self.network.server_flow[server])
        ]

    def _field(self, queue: int, field: int) -> int:
        return int(self.net.queues[(queue << self.network.queue_shift) + field])

    def _server(self, server: int, field: int) -> int:
        return int(self.net.servers[(server << st.SERVER_SHIFT) + field])

    def _place(self, router: int) -> str:
        return f"PE ({router % self.width}, {router // self.width})"
