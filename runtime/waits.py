"""Who waits for whom when nothing moves any more, and the circle in it if there is one.

From what a thread sleeps for the queues are followed against the stream, from a receive that lacks wavelets,
or along it, from a send or a wavelet that lacks room, until a core is found that would have to act.
"""

from __future__ import annotations

from dataclasses import dataclass

from .wavelet import state as st
from .wavelet.state import Cores
from .wiring import Wiring

_MOST_STEPS = 100_000
"""Cores that are asked whom they wait for before the search for a circle is given up."""


@dataclass(frozen=True, slots=True)
class Wait:
    """What a thread of a core waits for: `core` (-1 if nobody) would have to send or to take wavelets."""

    thread: int
    core: int
    takes: bool
    """Whether that core would have to take wavelets, else to send some."""
    queue: int
    """The queue at that core, or where the search ended."""


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits in a machine's state."""

    wiring: Wiring
    cores: Cores

    @property
    def count(self) -> int:
        """Number of cores."""
        return self.cores.end.size

    def of_core(self, core: int) -> list[Wait]:
        """Return what a core waits for, for each of its streams if it awaits some."""
        if self.cores.end[core] >= 0:
            return []
        streams = [self.count + 2 * core, self.count + 2 * core + 1]
        states = self.cores.state.reshape(-1, st.CORE_FIELDS)
        threads = [core, *(stream for stream in streams if stream < len(states))]
        return [wait for thread in threads if (wait := self.of_thread(thread)) is not None]

    def of_thread(self, thread: int) -> Wait | None:
        """Return what a thread waits for, None if it does not sleep for a queue."""
        state = self.cores.state.reshape(-1, st.CORE_FIELDS)[thread]
        queue = int(state[st.WAITING])
        if queue < 0 or int(state[st.WAVELETS]) <= 0:
            return None
        if queue == int(state[st.QUEUE_OUT]):
            return self._room(thread, queue)
        return self._wavelet(thread, queue)

    def circle(self, start: int) -> list[tuple[int, Wait]] | None:
        """Return a circle of cores, each with its wait for the next one; None if none is found from `start`.

        The search goes depth first through all waits of all cores that it comes to.
        """
        done: set[int] = set()
        path: list[tuple[int, Wait]] = []
        on_path: dict[int, int] = {}
        stack = [(start, iter(self.of_core(start)))]
        on_path[start] = 0
        for _ in range(_MOST_STEPS):
            core, waits = stack[-1]
            wait = next(waits, None)
            if wait is None:
                stack.pop()
                done.add(core)
                del on_path[core]
                if not stack:
                    return None
                path.pop()
            elif wait.core in on_path:
                return [*path, (core, wait)][on_path[wait.core] :]
            elif wait.core >= 0 and wait.core not in done:
                path.append((core, wait))
                on_path[wait.core] = len(path)
                stack.append((wait.core, iter(self.of_core(wait.core))))
        return None

    # ---- following queues

    def _wavelet(self, thread: int, queue: int) -> Wait:
        """Follow the stream upwards from an empty queue, to who would have to send, or to what is stuck."""
        seen: set[int] = set()
        while queue not in seen:
            seen.add(queue)
            lane = int(self.wiring.queues[queue, st.SOURCE])
            if lane < 0 and queue >= self.wiring.routes:
                lane = int(self.wiring.sink_route[queue - self.wiring.routes])
            if lane < 0:
                return Wait(thread, -1, False, queue)
            lane = self._open_lane(lane)
            if int(self.wiring.queues[lane, st.LEVEL]) & st.LEVEL_MASK:
                return self._room(thread, lane)
            if int(self.wiring.queues[lane, st.SHAPE]) & st.FROM_CORE:
                return Wait(thread, self._core(int(self.wiring.queues[lane, st.SOURCE])), False, lane)
            queue = lane
        return Wait(thread, -1, False, queue)

    def _room(self, thread: int, lane: int) -> Wait:
        """Follow the stream downwards from a wavelet that cannot move, to who would have to take some."""
        seen: set[int] = set()
        while lane not in seen:
            seen.add(lane)
            row = self.wiring.queues[lane]
            full = -1
            for output in range(int(row[st.SHAPE]) >> st.OUTPUTS_SHIFT & st.COUNT_MASK):
                down = int(row[st.DOWN + output])
                if down >= 0 and self._is_full(down):
                    full = down
                    break
            if full == len(self.wiring.queues) - 1:
                # The switch takes another input now: its messages come first.
                other = self._open_lane(lane)
                if other == lane or other in seen:
                    return Wait(thread, -1, True, lane)
                if int(self.wiring.queues[other, st.LEVEL]) & st.LEVEL_MASK:
                    lane = other
                    continue
                if int(self.wiring.queues[other, st.SHAPE]) & st.FROM_CORE:
                    return Wait(thread, self._core(int(self.wiring.queues[other, st.SOURCE])), False, other)
                return self._wavelet(thread, other)
            if full < 0:
                return Wait(thread, -1, True, lane)
            if full >= self.wiring.routes:
                return Wait(thread, self._core(int(self.wiring.queues[full, st.DOWN])), True, full)
            lane = full
        return Wait(thread, -1, True, lane)

    def _is_full(self, queue: int) -> bool:
        level, shape = (int(self.wiring.queues[queue, field]) for field in (st.LEVEL, st.SHAPE))
        return level & st.LEVEL_MASK >= shape & st.CAPACITY_MASK

    def _open_lane(self, lane: int) -> int:
        """Return the lane of the same router and color that the switch takes now; `lane` without a switch."""
        network = self.wiring.network
        if not int(self.wiring.queues[lane, st.SHAPE]) & st.SWITCHED:
            return lane
        switch = network.switches.reshape(-1, 1 << st.SWITCH_SHIFT)[int(network.switch[lane])]
        setting = int(switch[st.FIRST_SETTING]) + int(switch[st.POSITION])
        return int(network.settings.reshape(-1, 1 << st.SETTING_SHIFT)[setting, st.SETTING_LANE])

    def _core(self, thread: int) -> int:
        """Return the core of a thread; -1 if there is none."""
        return thread if thread < self.count else (thread - self.count) // 2
