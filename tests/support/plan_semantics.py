"""What a collective's plan means, executed with symbols: messages as wholes, in any order that time allows.

PEs and routers take turns at random. A message is a tuple of chunks, each the sorted places that contributed
to it, so that a contribution that is lost or counted twice shows. Nothing here knows how plans are made.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from random import Random

from wsc.passes.fabric.collectives.plan import RAMP, STARTS, LinePlan, Step

Contribution = tuple[int, ...]
Chunks = list[Contribution]


@dataclass
class _Pe:
    steps: tuple[Step, ...]
    buffers: dict[int, Chunks]
    at: int = 0
    started: list[Step] = field(default_factory=list[Step])


@dataclass
class Outcome:
    """What a plan came to."""

    buffers: list[dict[int, Chunks]]
    """Per place: the chunks of each buffer."""
    finished: bool
    left: int
    """Messages that nobody took."""
    at_start: bool
    """Whether all switches are back in position 0."""


def chunks_of(plan: LinePlan) -> int:
    """How many chunks the plan cuts the message into."""
    return max((step.chunk[1] for steps in plan.steps for step in steps), default=1)


def execute(plan: LinePlan, random: Random, rounds: int = 1) -> Outcome:
    """Run the plan `rounds` times over until nothing can go on."""
    return _Execution(plan, random, rounds).run()


class _Execution:
    def __init__(self, plan: LinePlan, random: Random, rounds: int) -> None:
        self.plan, self.random = plan, random
        self.chunks = chunks_of(plan)
        self.pes = [
            _Pe(steps * rounds, {0: [(place,)] * self.chunks, 1: [()] * self.chunks})
            for place, steps in enumerate(plan.steps)
        ]
        self.settings = [
            {
                color: sorted((s for s in found if s.color == color), key=lambda s: s.position)
                for color in {s.color for s in found}
            }
            for found in plan.settings
        ]
        self.queues: dict[tuple[int, int, int], deque[Chunks]] = defaultdict(deque)
        self.arrived: dict[tuple[int, int], deque[Chunks]] = defaultdict(deque)
        self.position: dict[tuple[int, int], tuple[int, int]] = defaultdict(lambda: (0, 0))

    def run(self) -> Outcome:
        places = list(range(self.plan.parts))
        moved = True
        while moved:
            self.random.shuffle(places)
            moved = False
            for place in places:
                if self.random.random() < 0.7:
                    moved |= self.step(place)
                moved |= self.route(place)
            if not moved:
                moved = any([self.step(place) for place in places] + [self.route(place) for place in places])
        left = sum(map(len, self.queues.values())) + sum(map(len, self.arrived.values()))
        return Outcome(
            [pe.buffers for pe in self.pes],
            all(pe.at == len(pe.steps) for pe in self.pes),
            left,
            all(position == 0 for position, _ in self.position.values()),
        )

    # ---- routers

    def route(self, place: int) -> bool:
        """Let each color's router move one message, if the current position has one."""
        moved = False
        for color, settings in self.settings[place].items():
            position, gone = self.position[place, color]
            setting = settings[position]
            queue = self.queues[place, color, setting.input]
            if not queue:
                continue
            message = queue.popleft()
            moved = True
            for output in setting.outputs:
                if output == RAMP:
                    self.arrived[place, color].append(message)
                else:
                    there = place + output
                    entries = [s.input for s in self.settings[there].get(color, [])]
                    assert -output in entries, f"color {color} gets lost between {place} and {there}"
                    self.queues[there, color, -output].append(message)
            if len(settings) > 1:
                gone += 1
                if gone == setting.messages:
                    position, gone = (position + 1) % len(settings), 0
                self.position[place, color] = position, gone
        return moved

    # ---- PEs

    def step(self, place: int) -> bool:
        pe = self.pes[place]
        if pe.at == len(pe.steps):
            return False
        step = pe.steps[pe.at]
        if step.kind in STARTS:
            assert step.kind != "start_send" or all(s.kind != "start_send" for s in pe.started)
            assert step.kind == "start_send" or all(s.kind == "start_send" for s in pe.started)
            pe.started.append(step)
            if step.kind == "start_send":
                # Streams of one await do not depend on each other.
                self.send(place, step)
        elif step.kind == "await":
            assert pe.started, "nothing was started"
            (receive,) = [s for s in pe.started if s.kind != "start_send"] or [None]
            if receive is not None and not self.take(place, receive):
                return False
            pe.started = []
        else:
            assert not pe.started, "a stream was started and not joined"
            if step.kind != "send" and not self.take(place, step):
                return False
            if step.kind == "send":
                self.send(place, step)
        pe.at += 1
        return True

    def send(self, place: int, step: Step) -> None:
        assert step.sink is not None
        self.inject(place, step.sink, self.slice(place, step))

    def inject(self, place: int, color: int, message: Chunks) -> None:
        assert RAMP in [s.input for s in self.settings[place].get(color, [])], "no way out of the PE"
        self.queues[place, color, RAMP].append(message)

    def take(self, place: int, step: Step) -> bool:
        """Receive a message, if one is there."""
        assert step.source is not None
        if not self.arrived[place, step.source]:
            return False
        message = self.arrived[place, step.source].popleft()
        first, end = self.range(step)
        assert len(message) == end - first, "a message of another length"
        buffer = self.pes[place].buffers[step.buffer]
        if step.kind in ("recv", "start_recv"):
            buffer[first:end] = message
            return True
        combined = [tuple(sorted(a + b)) for a, b in zip(buffer[first:end], message, strict=True)]
        if step.kind == "recv_reduce_forward":
            assert step.sink is not None
            self.inject(place, step.sink, combined)
        else:
            buffer[first:end] = combined
        return True

    def range(self, step: Step) -> tuple[int, int]:
        index, count = step.chunk
        return index * self.chunks // count, (index + 1) * self.chunks // count

    def slice(self, place: int, step: Step) -> Chunks:
        first, end = self.range(step)
        return list(self.pes[place].buffers[step.buffer][first:end])


def check_settings(plan: LinePlan, positions: int = 4) -> None:
    """Assert that every router's settings are ones that a router has, on the plan's colors."""
    for place, settings in enumerate(plan.settings):
        by_color: dict[int, list[int]] = defaultdict(list)
        for setting in settings:
            assert 0 <= setting.color < plan.colors
            assert setting.input not in setting.outputs
            assert setting.outputs
            assert len(set(setting.outputs)) == len(setting.outputs)
            for way in (setting.input, *setting.outputs):
                assert way == RAMP or 0 <= place + way < plan.parts, "off the line"
            by_color[setting.color].append(setting.position)
        for color, found in by_color.items():
            assert sorted(found) == list(range(len(found)))
            assert len(found) <= positions
            lasting = [s.messages for s in settings if s.color == color]
            assert all(m > 0 for m in lasting) if len(found) > 1 else lasting == [0]
