"""Who waits for whom when nothing moves any more, and the circle in it if there is one.

From what a core waits for, the queues are followed against the stream, from a receive that lacks wavelets, or
along it, from a send or a wavelet that lacks room, until a core is found that would have to act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

_MOST_CORES = 100_000
"""Cores that are asked whom they wait for before the search for a circle is given up."""
_MOST_PLACES = 8
"""PEs of a circle that a message names."""


class Queues(Protocol):
    """An engine's queues in the state in which it stopped. A lane is a queue in front of a router."""

    def asks(self, core: int) -> Sequence[tuple[int, int, bool]]:
        """Return what a core waits for: its thread, a queue, and whether that is to have room."""
        ...

    def is_empty(self, queue: int) -> bool:
        """Whether there is no wavelet in a queue."""
        ...

    def is_full(self, queue: int) -> bool:
        """Whether a queue has no room."""
        ...

    def feeding_lane(self, queue: int) -> int:
        """Return the lane that the router in front of a queue takes from now, -1 if there is none."""
        ...

    def feeding_core(self, lane: int) -> int | None:
        """Return the core that sends on a lane, -1 if it has no program; None for a lane behind a link."""
        ...

    def open_lane(self, lane: int) -> int:
        """Return the lane that the router takes this color from now: another one if a switch says so."""
        ...

    def targets(self, lane: int) -> Sequence[int]:
        """Return the queues that a lane's wavelets go to now."""
        ...

    def taking_core(self, queue: int) -> int | None:
        """Return the core that takes from a queue, -1 if it has no program; None for a lane."""
        ...

    def has_ended(self, core: int) -> bool:
        """Whether a core's program has ended."""
        ...

    def place(self, core: int) -> str:
        """Return which PE a core is of."""
        ...

    def place_of_queue(self, queue: int) -> str:
        """Return at which PE a queue is."""
        ...

    def color_and_flow(self, queue: int) -> tuple[int, str]:
        """Return the color and the flow of a queue."""
        ...


@dataclass(frozen=True, slots=True)
class Wait:
    """What a thread of a core waits for: `core` (-1 if nobody) would have to send or to take wavelets."""

    thread: int
    core: int
    takes: bool
    """Whether that core would have to take wavelets, else to send some."""
    queue: int
    """The queue at that core, or where the search ended."""


def waits_of(queues: Queues, core: int) -> list[Wait]:
    """Return what a core waits for, for each of its streams if it awaits some."""
    return [
        _for_room(queues, thread, queue) if room else _for_wavelet(queues, thread, queue)
        for thread, queue, room in queues.asks(core)
    ]


def first_circle(queues: Queues, starts: Sequence[int]) -> list[int]:
    """Return cores of which each waits for the next one, the last for the first; nothing if none are found.

    The search goes depth first through all waits of all cores that it comes to from `starts`, one by one.
    """
    done: set[int] = set()
    for start in starts:
        on_path: dict[int, None] = {start: None}
        stack = [] if start in done else [(start, iter(waits_of(queues, start)))]
        while stack and len(done) + len(stack) < _MOST_CORES:
            core, waits = stack[-1]
            wait = next(waits, None)
            if wait is None:
                stack.pop()
                done.add(core)
                del on_path[core]
            elif wait.core in on_path:
                path = list(on_path)
                return path[path.index(wait.core) :]
            elif wait.core >= 0 and wait.core not in done:
                on_path[wait.core] = None
                stack.append((wait.core, iter(waits_of(queues, wait.core))))
    return []


def circle_text(queues: Queues, cores: Sequence[int]) -> str:
    """Return a circle's cores as part of a message, '' for none; of a long one only the first are named."""
    if not cores:
        return ""
    places = [queues.place(core) for core in (*cores, cores[0])]
    if len(places) > _MOST_PLACES + 1:
        places[_MOST_PLACES - 1 : -1] = [f"{len(places) - _MOST_PLACES} others"]
    return f", in a circle: {' -> '.join(places)}"


def whom_text(queues: Queues, wait: Wait, color: int | None, flow: str) -> str:
    """Return who would have to act for a wait on `flow` of `color` to end."""
    found = queues.color_and_flow(wait.queue)
    same = found == (color, flow)
    what = "" if same else f" of flow '{found[1]}' (color {found[0]})"
    verb = "takes" if wait.takes else "sends"
    if wait.core < 0:
        return f"nobody {verb} any{what} at {queues.place_of_queue(wait.queue)}"
    place = queues.place(wait.core)
    if not queues.has_ended(wait.core):
        return f"{place} {verb} none{what}"
    return f"{place} has ended{'' if same else f' and {verb} none{what}'}"


def _for_wavelet(queues: Queues, thread: int, queue: int) -> Wait:
    """Follow the stream upwards from an empty queue, to who would have to send, or to what is stuck."""
    seen: set[int] = set()
    while queue not in seen:
        seen.add(queue)
        lane = queues.feeding_lane(queue)
        if lane < 0:
            break
        if not queues.is_empty(lane):
            return _for_room(queues, thread, lane)
        core = queues.feeding_core(lane)
        if core is not None:
            return Wait(thread, core, False, lane)
        queue = lane
    return Wait(thread, -1, False, queue)


def _for_room(queues: Queues, thread: int, lane: int) -> Wait:
    """Follow the stream downwards from a wavelet that cannot move, to who would have to take some."""
    seen: set[int] = set()
    while lane not in seen:
        seen.add(lane)
        opened = queues.open_lane(lane)
        if opened != lane:
            # The messages of the input that the switch takes now come first.
            if queues.is_empty(opened):
                core = queues.feeding_core(opened)
                return (
                    _for_wavelet(queues, thread, opened)
                    if core is None
                    else Wait(thread, core, False, opened)
                )
            lane = opened
            continue
        full = next((queue for queue in queues.targets(lane) if queues.is_full(queue)), None)
        if full is None:
            break
        core = queues.taking_core(full)
        if core is not None:
            return Wait(thread, core, True, full)
        lane = full
    return Wait(thread, -1, True, lane)
