"""The wavelet engine's queues as `waits` follows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .wavelet import state as st
from .wavelet.state import Cores
from .wiring import Wiring


@dataclass(frozen=True, slots=True)
class WaveletQueues:
    """See `waits.Queues`. A thread is a core, or a stream of one."""

    wiring: Wiring
    cores: Cores
    width: int

    def asks(self, core: int) -> Sequence[tuple[int, int, bool]]:
        """Return what the core or the streams that it awaits sleep for."""
        if self.has_ended(core):
            return []
        states = self.cores.state.reshape(-1, st.CORE_FIELDS)
        first = self.cores.end.size + 2 * core
        found: list[tuple[int, int, bool]] = []
        for thread in (core, first, first + 1):
            if thread < len(states) and states[thread, st.WAVELETS] > 0 and states[thread, st.WAITING] >= 0:
                queue = int(states[thread, st.WAITING])
                found.append((thread, queue, queue == int(states[thread, st.QUEUE_OUT])))
        return found

    def is_empty(self, queue: int) -> bool:
        """Whether there is no wavelet in a queue."""
        return self._field(queue, st.LEVEL) & st.LEVEL_MASK == 0

    def is_full(self, queue: int) -> bool:
        """Whether a queue has no room."""
        level = self._field(queue, st.LEVEL) & st.LEVEL_MASK
        return level >= self._field(queue, st.SHAPE) & st.CAPACITY_MASK

    def feeding_lane(self, queue: int) -> int:
        """Return the lane that feeds a queue now, -1 without."""
        lane = self._field(queue, st.SOURCE)
        if lane < 0 and queue >= self.wiring.routes:
            lane = int(self.wiring.sink_route[queue - self.wiring.routes])
        return lane if lane < 0 else self.open_lane(lane)

    def feeding_core(self, lane: int) -> int | None:
        """Return the core that sends on a lane, None for a lane behind a link."""
        if not self._field(lane, st.SHAPE) & st.FROM_CORE:
            return None
        return self._core(self._field(lane, st.SOURCE))

    def open_lane(self, lane: int) -> int:
        """Return the lane that the switch takes now; `lane` itself without a switch."""
        network = self.wiring.network
        if not self._field(lane, st.SHAPE) & st.SWITCHED:
            return lane
        switch = network.switches.reshape(-1, 1 << st.SWITCH_SHIFT)[int(network.switch[lane])]
        setting = int(switch[st.FIRST_SETTING]) + int(switch[st.POSITION])
        return int(network.settings.reshape(-1, 1 << st.SETTING_SHIFT)[setting, st.SETTING_LANE])

    def targets(self, lane: int) -> Sequence[int]:
        """Return the queues that a lane's wavelets go to now."""
        outputs = self._field(lane, st.SHAPE) >> st.OUTPUTS_SHIFT & st.COUNT_MASK
        found = [self._field(lane, st.DOWN + output) for output in range(outputs)]
        return [queue for queue in found if queue >= 0]

    def taking_core(self, queue: int) -> int | None:
        """Return the core that takes from a queue, None for a lane."""
        return None if queue < self.wiring.routes else self._core(self._field(queue, st.DOWN))

    def has_ended(self, core: int) -> bool:
        """Whether a core's program has ended."""
        return int(self.cores.end[core]) >= 0

    def place(self, core: int) -> str:
        """Return which PE a core is of."""
        return self._place(int(self.cores.router[core]))

    def place_of_queue(self, queue: int) -> str:
        """Return at which PE a queue is."""
        return self._place(int(self.wiring.network.router[queue]))

    def color_and_flow(self, queue: int) -> tuple[int, str]:
        """Return the color and the flow of a queue."""
        return int(self.wiring.network.color[queue]), self.wiring.flow_of(queue)

    def _field(self, queue: int, field: int) -> int:
        return int(self.wiring.queues[queue, field])

    def _core(self, thread: int) -> int:
        """Return the core of a thread."""
        count = self.cores.end.size
        return thread if thread < count else (thread - count) // 2

    def _place(self, router: int) -> str:
        return f"PE ({router % self.width}, {router // self.width})"
