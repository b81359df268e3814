"""A slow wafer: the rules of the wavelet engine written down as directly as possible, for comparison.

Every router and every core is looked at in every cycle; nothing sleeps, nothing is skipped. Programs are
lists of `Op`; a wavelet is a number that says who sent it as the how manieth.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from wsc.runtime.wiring import QueueDepths

STEPS = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}
Place = tuple[int, int]


@dataclass(frozen=True)
class Op:
    """`count` wavelets received from color `source` and sent to color `target`, or (neither) just cycles."""

    count: int
    source: int | None = None
    target: int | None = None
    setup: int = 0


@dataclass
class Core:
    ops: list[Op]
    pc: int = 0
    done: int = 0
    begins: int = 0
    end: int | None = None
    received: list[int] = field(default_factory=list)

    def settle(self, time: int) -> None:
        """Go on from `time` to the next communication."""
        while self.pc < len(self.ops):
            op = self.ops[self.pc]
            time += op.setup
            if (op.source is not None or op.target is not None) and op.count:
                self.begins, self.done = time, 0
                return
            self.pc += 1
        self.end = time


class SlowWafer:
    """`routes[place, color]` is (input, outputs)."""

    def __init__(
        self,
        routes: dict[tuple[Place, int], tuple[str, tuple[str, ...]]],
        programs: dict[Place, list[Op]],
        depths: QueueDepths,
    ) -> None:
        self.routes = routes
        self.depths = depths
        self.queues: dict[tuple[Place, int], deque[tuple[int, int]]] = {key: deque() for key in routes}
        self.inputs = {key: deque[tuple[int, int]]() for key, (_, out) in routes.items() if "RAMP" in out}
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
            if quiet > 20:
                return False
        raise AssertionError("the limit is too low")

    def depth(self, key: tuple[Place, int]) -> int:
        from_core = self.routes[key][0] == "RAMP"
        return self.depths.core_output_queue_wavelets if from_core else self.depths.router_queue_wavelets

    def cycle(self, time: int) -> bool:
        used = {key: len(queue) for key, queue in self.queues.items()}
        used_inputs = {key: len(queue) for key, queue in self.inputs.items()}
        moves: list[tuple[Place, int]] = []
        taken: set[tuple[Place, str]] = set()
        for key in sorted(self.routes, key=lambda key: key[1]):
            place, color = key
            queue = self.queues[key]
            if not queue or queue[0][1] > time:
                continue
            outputs = self.routes[key][1]
            room = True
            for output in outputs:
                if output == "RAMP":
                    room &= used_inputs[key] < self.depths.core_input_queue_wavelets
                else:
                    there = (self.next(place, output), color)
                    room &= used[there] < self.depth(there)
            if not room:
                continue
            if any((place, output) in taken for output in outputs):
                self.contended += 1
                continue
            taken.update((place, output) for output in outputs)
            moves.append(key)
        stepped = [self.step(place, core, time, used, used_inputs) for place, core in self.cores.items()]
        for place, color in moves:
            word, _ = self.queues[place, color].popleft()
            for output in self.routes[place, color][1]:
                if output == "RAMP":
                    ready = time + max(self.depths.ramp_cycles, 1)
                    self.inputs[place, color].append((word, ready))
                else:
                    self.queues[self.next(place, output), color].append((word, time + 1))
                    self.link_hops += 1
        return bool(moves) or any(stepped)

    @staticmethod
    def next(place: Place, direction: str) -> Place:
        return place[0] + STEPS[direction][0], place[1] + STEPS[direction][1]

    def step(
        self,
        place: Place,
        core: Core,
        time: int,
        used: dict[tuple[Place, int], int],
        used_inputs: dict[tuple[Place, int], int],
    ) -> bool:
        if core.end is not None or core.begins > time:
            return False
        op = core.ops[core.pc]
        if op.source is not None:
            queue = self.inputs[place, op.source]
            # What arrives in this cycle has not been committed yet.
            if not used_inputs[place, op.source] or queue[0][1] > time:
                return False
        if op.target is not None and used[place, op.target] >= self.depths.core_output_queue_wavelets:
            return False
        word = core.done
        if op.source is not None:
            word = self.inputs[place, op.source].popleft()[0]
            core.received.append(word)
        if op.target is not None:
            self.queues[place, op.target].append((word, time + self.depths.ramp_cycles + 1))
        core.done += 1
        if core.done == op.count:
            core.pc += 1
            core.settle(time + 1)
        return True
