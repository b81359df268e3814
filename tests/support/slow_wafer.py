"""A slow wafer: the rules of the wavelet engine written down as directly as possible, for comparison.

Every router and every core is looked at in every cycle; nothing sleeps, nothing is skipped. Programs are
lists of `Op`; a wavelet is a number that says who sent it as the how manieth.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from wsc.runtime.wiring import QueueDepths

STEPS = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}
Place = tuple[int, int]
Lane = tuple[Place, int, str]


class Setting(NamedTuple):
    """One position of a router's switch for a color; `messages` matters where there are several."""

    input: str
    outputs: tuple[str, ...]
    messages: int = 1


Routes = dict[tuple[Place, int], list[Setting]]


@dataclass(frozen=True)
class Op:
    """`count` wavelets received from color `source` and sent to color `target`, or (neither) just cycles.

    Where `sent` is given, receiving and sending go on side by side, `sent` wavelets to `target`.
    """

    count: int
    source: int | None = None
    target: int | None = None
    setup: int = 0
    sent: int | None = None


@dataclass
class Half:
    """What goes on in an operation: `left` wavelets from `source`, or to `target`, or both."""

    source: int | None
    target: int | None
    left: int
    done: int = 0


class Wavelet(NamedTuple):
    word: int
    ready: int
    last: bool = False


@dataclass
class Core:
    ops: list[Op]
    pc: int = 0
    begins: int = 0
    halves: list[Half] = field(default_factory=list)
    end: int | None = None
    received: list[int] = field(default_factory=list)

    def settle(self, time: int) -> None:
        """Go on from `time` to the next communication."""
        while self.pc < len(self.ops):
            op = self.ops[self.pc]
            time += op.setup
            halves = [Half(op.source, op.target, op.count)]
            if op.sent is not None:
                halves = [Half(op.source, None, op.count), Half(None, op.target, op.sent)]
            self.halves = [h for h in halves if h.left and (h.source is not None or h.target is not None)]
            if self.halves:
                self.begins = time
                return
            self.pc += 1
        self.end = time


class SlowWafer:
    """Routers with these settings, cores with these programs."""

    def __init__(self, routes: Routes, programs: dict[Place, list[Op]], depths: QueueDepths) -> None:
        self.routes = routes
        self.depths = depths
        self.position = dict.fromkeys(routes, 0)
        self.left = {key: settings[0].messages for key, settings in routes.items()}
        self.queues: dict[Lane, deque[Wavelet]] = {
            (*key, setting.input): deque() for key, settings in routes.items() for setting in settings
        }
        self.inputs: dict[tuple[Place, int], deque[Wavelet]] = {
            key: deque() for key, settings in routes.items() if any("RAMP" in s.outputs for s in settings)
        }
        self.cores = {place: Core(ops) for place, ops in programs.items()}
        self.link_hops = 0
        self.contended = 0

    def run(self, limit: int = 100_000) -> bool:
        """Run until every core has ended (True) or nothing has moved for long (False)."""
        for core in self.cores.values():
            core.settle(0)
        quiet = 0
        for time in range(limit):
            if all(core.end is not None for core in self.cores.values()) and not any(
                [*self.queues.values(), *self.inputs.values()]
            ):
                return True
            moved = self.cycle(time)
            waiting = any(core.end is None and core.begins > time for core in self.cores.values())
            quiet = 0 if moved or waiting else quiet + 1
            if quiet > 20 + self.depths.hop_cycles + self.depths.turn_cycles:
                return False
        raise AssertionError("the limit is too low")

    def latency(self, lane: Lane) -> int:
        place, color, entry = lane
        turns = entry != "RAMP" and any(
            output not in ("RAMP", OPPOSITE[entry])
            for setting in self.routes[place, color]
            if setting.input == entry
            for output in setting.outputs
        )
        return self.depths.hop_cycles + turns * self.depths.turn_cycles

    def depth(self, lane: Lane) -> int:
        if lane[2] == "RAMP":
            return self.depths.core_output_queue_wavelets
        return self.depths.router_queue_wavelets + self.latency(lane) - 1

    def cycle(self, time: int) -> bool:
        used = {key: len(queue) for key, queue in self.queues.items()}
        used_inputs = {key: len(queue) for key, queue in self.inputs.items()}
        moves: list[tuple[tuple[Place, int], Setting]] = []
        taken: set[tuple[Place, str]] = set()
        for key in sorted(self.routes, key=lambda key: key[1]):
            place, color = key
            setting = self.routes[key][self.position[key]]
            queue = self.queues[place, color, setting.input]
            if not queue or queue[0].ready > time:
                continue
            room = True
            for output in setting.outputs:
                if output == "RAMP":
                    room &= used_inputs[key] < self.depths.core_input_queue_wavelets
                else:
                    there = (self.next(place, output), color, OPPOSITE[output])
                    room &= used[there] < self.depth(there)
            if not room:
                continue
            if any((place, output) in taken for output in setting.outputs):
                self.contended += 1
                continue
            taken.update((place, output) for output in setting.outputs)
            moves.append((key, setting))
        stepped = False
        for place, core in self.cores.items():
            if core.end is None and core.begins <= time:
                for half in core.halves:
                    stepped |= self.step(place, core, half, time, used, used_inputs)
                if not any(half.left for half in core.halves):
                    core.pc += 1
                    core.settle(time + 1)
        for key, setting in moves:
            self.move(key, setting, time)
        return bool(moves) or stepped

    def move(self, key: tuple[Place, int], setting: Setting, time: int) -> None:
        place, color = key
        word, _, last = self.queues[place, color, setting.input].popleft()
        for output in setting.outputs:
            if output == "RAMP":
                self.inputs[key].append(Wavelet(word, time + max(self.depths.ramp_cycles, 1)))
            else:
                there = (self.next(place, output), color, OPPOSITE[output])
                self.queues[there].append(Wavelet(word, time + self.latency(there), last))
                self.link_hops += 1
        self.left[key] -= last
        if not self.left[key]:
            self.position[key] = (self.position[key] + 1) % len(self.routes[key])
            self.left[key] = self.routes[key][self.position[key]].messages

    @staticmethod
    def next(place: Place, direction: str) -> Place:
        return place[0] + STEPS[direction][0], place[1] + STEPS[direction][1]

    def step(
        self,
        place: Place,
        core: Core,
        half: Half,
        time: int,
        used: dict[Lane, int],
        used_inputs: dict[tuple[Place, int], int],
    ) -> bool:
        if not half.left:
            return False
        if half.source is not None:
            queue = self.inputs[place, half.source]
            # What arrives in this cycle has not been committed yet.
            if not used_inputs[place, half.source] or queue[0].ready > time:
                return False
        target = None if half.target is None else (place, half.target, "RAMP")
        if target is not None and used[target] >= self.depths.core_output_queue_wavelets:
            return False
        word = half.done
        if half.source is not None:
            word = self.inputs[place, half.source].popleft().word
            core.received.append(word)
        half.done += 1
        half.left -= 1
        if target is not None:
            self.queues[target].append(Wavelet(word, time + self.depths.ramp_cycles + 1, half.left == 0))
        return True
