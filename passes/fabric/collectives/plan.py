"""Plans of collectives on a line of PEs: what each PE does in which order, and how each router switches.

A plan knows neither the axis that the line lies on, nor the message's length, nor an element type: PEs are
numbered from 0, directions are `LOW` (towards PE 0) and `HIGH`, colors count from 0.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

LOW, RAMP, HIGH = -1, 0, 1
"""Directions of a line; a router's ramp leads to its own PE."""
AXIS_DIRECTIONS: Mapping[str, Mapping[int, str]] = {
    "x": {LOW: "W", RAMP: "RAMP", HIGH: "E"},
    "y": {LOW: "N", RAMP: "RAMP", HIGH: "S"},
}
"""Names of the directions on each axis of the wafer."""

STARTS = ("start_send", "start_recv", "start_recv_reduce")
STEP_KINDS = ("send", "recv", "recv_reduce", "recv_reduce_forward", *STARTS, "await")
"""Kinds of steps; they are the communication operations of dialect `pe`."""


@dataclass(frozen=True, slots=True)
class Step:
    """One communication of a PE: `source` is the color received on, `sink` the color sent on.

    It moves chunk `chunk[0]` of the message cut into `chunk[1]` equal parts (see `chunk_bounds`), in buffer
    number `buffer` (0 is the message).
    """

    kind: str
    source: int | None = None
    sink: int | None = None
    chunk: tuple[int, int] = (0, 1)
    buffer: int = 0


@dataclass(frozen=True, slots=True)
class Setting:
    """What a router does with one color in one switch position.

    `messages` is after how many messages it moves on to the next position, 0 where there is only one.
    """

    color: int
    input: int
    outputs: tuple[int, ...]
    position: int = 0
    messages: int = 0


@dataclass(frozen=True, slots=True)
class LinePlan:
    """A collective on a line: steps and switch settings of each PE, by its number."""

    steps: tuple[tuple[Step, ...], ...]
    settings: tuple[tuple[Setting, ...], ...]
    colors: int
    """How many colors it uses, counted from 0."""

    @property
    def parts(self) -> int:
        """PEs on the line."""
        return len(self.steps)

    def then(self, following: LinePlan, colors: int | None = None) -> LinePlan:
        """This plan and then another one on other colors: those from `colors` on, by default the next."""
        first = self.colors if colors is None else colors
        moved = following.moved(first)
        return LinePlan(
            tuple(mine + theirs for mine, theirs in zip(self.steps, moved.steps, strict=True)),
            tuple(mine + theirs for mine, theirs in zip(self.settings, moved.settings, strict=True)),
            max(self.colors, moved.colors),
        )

    def moved(self, first: int) -> LinePlan:
        """The same plan with its colors counted from `first`."""
        if first == 0:
            return self

        def color(number: int | None) -> int | None:
            return None if number is None else number + first

        return LinePlan(
            tuple(
                tuple(replace(s, source=color(s.source), sink=color(s.sink)) for s in steps)
                for steps in self.steps
            ),
            tuple(tuple(replace(s, color=s.color + first) for s in found) for found in self.settings),
            self.colors + first,
        )


Run = tuple[int, int, int]
"""PEs start, start + step, ... (`count` of them): start, count, step."""


def chunk_bounds(index: int, chunks: int, wavelets: int) -> tuple[int, int]:
    """Return the first wavelet of a chunk and the one behind its last."""
    return index * wavelets // chunks, (index + 1) * wavelets // chunks


def runs_of(places: Sequence[int]) -> list[Run]:
    """Return few arithmetic progressions that cover ascending `places`, each once: longest first from the
    left.
    """
    left = dict.fromkeys(places)
    found: list[Run] = []
    while left:
        start = next(iter(left))
        others = list(left)[1 : 1 + _STEPS_TRIED]
        count, step = max(
            ((_length(left, start, other - start), start - other) for other in others), default=(1, -1)
        )
        step = -step if count > 1 else 1
        found.append((start, count, step))
        for k in range(count):
            del left[start + k * step]
    return found


_STEPS_TRIED = 64
"""Steps that `runs_of` looks at from each start."""


def _length(places: Mapping[int, None], start: int, step: int) -> int:
    count = 1
    while start + count * step in places:
        count += 1
    return count


Key = TypeVar("Key", bound=Hashable)


def grouped(keys: Iterable[Key]) -> dict[Key, list[Run]]:
    """Return for each different key the runs of the places (0, 1, ...) that have it, by first place."""
    places: dict[Key, list[int]] = {}
    for place, key in enumerate(keys):
        places.setdefault(key, []).append(place)
    return {key: runs_of(found) for key, found in places.items()}


def setting_runs(plan: LinePlan) -> list[tuple[Setting, Run]]:
    """Return all settings of a plan, each with a run of routers that have it, by the runs' starts."""
    places: dict[Setting, list[int]] = {}
    for place, settings in enumerate(plan.settings):
        for setting in settings:
            places.setdefault(setting, []).append(place)
    found = [(setting, run) for setting, where in places.items() for run in runs_of(where)]
    return sorted(found, key=lambda item: (item[1], item[0].color, item[0].position))
