"""The critical path of a step: which cycles were computing, which travelling, which waiting.

The path is walked backwards from the last PE's end. A receive that had to wait for a wavelet leads to the
cycle in which its source sent it; the positions of the switches on its way tell which message of which source
it is a part of. The pieces of the path touch each other, so their lengths sum to the step's cycles exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from . import bytecode as bc
from .machine import Machine, StepResult
from .origins import Origin, origins_of
from .step_log import (
    RUN_CAUSE,
    RUN_COMPUTE,
    RUN_COUNT,
    RUN_FIRST,
    RUN_PC,
    RUN_SLOT,
    RUN_SOFTWARE,
    RUN_START,
    StepLog,
)
from .wavelet import state as st


@dataclass(frozen=True, slots=True)
class Breakdown:
    """Cycles along the critical path of a step; `total` is the step's cycles."""

    compute: int = 0
    """Work on elements in vector instructions."""
    hops: int = 0
    """Links and ramps, for the wavelet that the path follows."""
    serialization: int = 0
    """Streaming messages: one cycle for each wavelet behind the first, and one to take the last."""
    software: int = 0
    """Setting up vector and communication instructions, scalars, branches."""
    wait: int = 0
    """Anything else: links taken by others, queues without room."""

    @property
    def total(self) -> int:
        """The sum."""
        return sum(getattr(self, field.name) for field in fields(self))


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of the critical path: `cycles` of one kind at a PE, before cycle `end`."""

    pe: int
    kind: str
    end: int
    cycles: int
    instruction: int
    """Row of `Machine.code`."""


def breakdown_of(machine: Machine, result: StepResult) -> Breakdown:
    """Return where the cycles of a step went. Raises `ValueError` if the step kept no log."""
    cycles = {field.name: 0 for field in fields(Breakdown)}
    for segment in critical_path(machine, result):
        cycles[segment.kind] += segment.cycles
    return Breakdown(**cycles)


def critical_path(machine: Machine, result: StepResult) -> list[Segment]:
    """Return the segments of a step's critical path, the last one first.

    Raises `ValueError` if the step kept no log.
    """
    if result.log is None:
        raise ValueError("the step kept no log")
    return _Walk(machine, result.log).walk(int(np.argmax(result.end_cycles))) if machine.pes else []


class _Walk:
    """Walks the log backwards from one PE's end. A place in it is a PE and the number of one of its runs."""

    def __init__(self, machine: Machine, log: StepLog) -> None:
        self.machine = machine
        self.log = log
        self.runs: dict[int, NDArray[np.int64]] = {}
        self.segments: list[Segment] = []
        self.taken: dict[tuple[int, int], tuple[list[Origin], NDArray[np.int64]]] = {}
        self.sent: dict[tuple[int, int], NDArray[np.int64]] = {}
        self.streams: dict[tuple[int, int, int], tuple[NDArray[np.int64], NDArray[np.int64]]] = {}

    def runs_of(self, pe: int) -> NDArray[np.int64]:
        """Return the runs of a PE."""
        if pe not in self.runs:
            self.runs[pe] = self.log.runs_of(pe)
        return self.runs[pe]

    def field(self, pe: int, run: int, name: int) -> int:
        """Return one field of a run."""
        return int(self.runs_of(pe)[run, name])

    def add(self, pe: int, run: int, kind: str, end: int, cycles: int) -> int:
        """Note `cycles` of a kind before `end`; return when they began."""
        if cycles:
            self.segments.append(Segment(pe, kind, end, cycles, self.field(pe, run, RUN_PC)))
        return end - cycles

    def walk(self, pe: int) -> list[Segment]:
        """Walk back from the end of `pe`."""
        run = len(self.runs_of(pe)) - 1
        time = self.local_work(pe, run, self.field(pe, run, RUN_START))
        run = self.ending(pe, run - 1, time)
        while time > 0:
            cause = self.field(pe, run, RUN_CAUSE)
            if cause != st.CAUSE_AWAIT:
                # The run of wavelets was going on up to `time`.
                slot = self.field(pe, run, RUN_SLOT)
                time = self.add(pe, run, "serialization", time, time - slot)
            if cause == st.CAUSE_ARRIVAL:
                pe, run, time = self.arrival(pe, run, time)
            elif self.field(pe, run, RUN_FIRST) > 0:
                # The output queue had no room between two wavelets of the instruction.
                before = self.same_instruction(pe, run)
                end = self.field(pe, before, RUN_SLOT) + self.field(pe, before, RUN_COUNT)
                time = self.add(pe, run, "wait", time, time - end)
                run = before
            elif cause != st.CAUSE_AWAIT and self.opcode(pe, run) in bc.STARTING:
                run = self.awaited(pe, run)
            else:
                setup = int(self.machine.code[self.field(pe, run, RUN_PC), bc.CALL_CYCLES])
                begins = self.field(pe, run, RUN_START) + setup
                time = self.add(pe, run, "wait", time, time - begins)
                time = self.add(pe, run, "software", time, setup)
                time = self.local_work(pe, run, time)
                run = self.ending(pe, run - 1, time)
        return self.segments

    def opcode(self, pe: int, run: int) -> int:
        """Return the opcode of a run's instruction."""
        return int(self.machine.code[self.field(pe, run, RUN_PC), bc.OPCODE])

    def ending(self, pe: int, run: int, time: int) -> int:
        """Return the run that ended at `time`: `run`, or that of the other of two streams."""
        while run > 0 and self.opcode(pe, run) in bc.STARTING:
            if self.field(pe, run, RUN_SLOT) + self.field(pe, run, RUN_COUNT) >= time:
                break
            run -= 1
        return run

    def same_instruction(self, pe: int, run: int) -> int:
        """Return the run before `run` of the same instruction, which may be one of two streams."""
        before = run - 1
        while self.field(pe, before, RUN_PC) != self.field(pe, run, RUN_PC):
            before -= 1
        return before

    def awaited(self, pe: int, run: int) -> int:
        """Return the row of the `AWAIT` that a stream's run belongs to."""
        while self.field(pe, run, RUN_CAUSE) != st.CAUSE_AWAIT:
            run -= 1
        return run

    def local_work(self, pe: int, run: int, time: int) -> int:
        """Note the work between the PE's previous communication and `time`, at which `run` begins."""
        time = self.add(pe, run, "compute", time, self.field(pe, run, RUN_COMPUTE))
        return self.add(pe, run, "software", time, self.field(pe, run, RUN_SOFTWARE))

    def arrival(self, pe: int, run: int, slot: int) -> tuple[int, int, int]:
        """Follow the first wavelet of `run`, which arrived in cycle `slot`, to where it was sent.

        Returns the source, its run and the cycle in which it sent the wavelet.
        """
        color = self.color(pe, run, bc.CHANNEL_IN)
        runs, before = self.stream(pe, color, bc.CHANNEL_IN)
        source, number, cycles = self.origin(pe, color, int(before[np.searchsorted(runs, run)]))
        runs, before = self.stream(source, color, bc.CHANNEL_OUT)
        index = int(np.searchsorted(before, number, side="right")) - 1
        sender = int(runs[index])
        sent = self.field(source, sender, RUN_SLOT) + number - int(before[index])
        ramp = self.machine.depths.ramp_cycles
        travel = (ramp + 1) + cycles + max(ramp, 1)
        time = self.add(pe, run, "wait", slot, slot - sent - travel)
        return source, sender, self.add(pe, run, "hops", time, travel)

    def color(self, pe: int, run: int, channel_field: int) -> int:
        """Return the color of the channel that a run's instruction receives from or sends to."""
        channel = int(self.machine.code[self.field(pe, run, RUN_PC), channel_field])
        return int(self.machine.channels[self.machine.pe_tile[pe], channel])

    def stream(self, pe: int, color: int, channel_field: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the runs in which a PE takes (or sends) a color, and how many wavelets came before each."""
        key = (pe, color, channel_field)
        if key not in self.streams:
            runs = self.runs_of(pe)
            code = self.machine.code[runs[:, RUN_PC]]
            opcodes = bc.RECEIVING if channel_field == bc.CHANNEL_IN else bc.SENDING
            colors = self.machine.channels[self.machine.pe_tile[pe]][code[:, channel_field]]
            found = np.flatnonzero(np.isin(code[:, bc.OPCODE], opcodes) & (colors == color))
            counts = runs[found, RUN_COUNT]
            self.streams[key] = found, np.cumsum(counts) - counts
        return self.streams[key]

    def origin(self, pe: int, color: int, number: int) -> tuple[int, int, int]:
        """Return who sent wavelet `number` of those of `color` that `pe` takes, as which one, and the cycles
        from its first router to its last.
        """
        key = pe, color
        if key not in self.taken:
            self.taken[key] = self.messages_to(pe, color)
        origins, ends = self.taken[key]
        message = int(np.searchsorted(ends, number, side="right"))
        rounds, place = divmod(message, len(origins))
        origin = origins[place]
        start = int(ends[message - 1]) if message else 0
        first = int(self.messages_of(origin.core, color)[origin.number + rounds * origin.step])
        return origin.core, first + number - start, origin.cycles

    def messages_to(self, pe: int, color: int) -> tuple[list[Origin], NDArray[np.int64]]:
        """Return where the messages that `pe` takes come from, by turns, and how many wavelets there are up
        to the end of each message.
        """
        router = int(self.machine.pe_y[pe]) * self.machine.width + int(self.machine.pe_x[pe])
        wavelets = int(self.runs_of(pe)[self.stream(pe, color, bc.CHANNEL_IN)[0], RUN_COUNT].sum())
        origins = origins_of(self.machine.wiring, self.machine.width, router, color, wavelets)
        lengths: list[NDArray[np.int64]] = []
        for origin in origins:
            sent = np.diff(self.messages_of(origin.core, color))
            lengths.append(sent[origin.number :: origin.step])
        # The first that one of them did not send is the first that is missing.
        count = min(len(sent) * len(origins) + place for place, sent in enumerate(lengths))
        table = np.zeros((max(map(len, lengths)), len(origins)), np.int64)
        for place, sent in enumerate(lengths):
            table[: len(sent), place] = sent
        return origins, np.cumsum(table.reshape(-1)[:count])

    def messages_of(self, pe: int, color: int) -> NDArray[np.int64]:
        """Return the first wavelet of each message that `pe` sent on a color, and how many it sent in all."""
        key = pe, color
        if key not in self.sent:
            runs, before = self.stream(pe, color, bc.CHANNEL_OUT)
            table = self.runs_of(pe)[runs]
            total = int(table[:, RUN_COUNT].sum())
            self.sent[key] = np.append(before[table[:, RUN_FIRST] == 0], total)
        return self.sent[key]


def layer_cycles_of(machine: Machine, result: StepResult) -> float | None:
    """Return the mean cycles of an executed layer, None if no program loops over layers.

    A layer of an instance ends when its last PE has ended it; the first begins when the last PE has come to
    it. Raises `ValueError` if the step kept no log.
    """
    if result.log is None:
        raise ValueError("the step kept no log")
    times = layer_times(machine, result.log)
    total = layers = 0
    for (instance, loop, count), time in times.items():
        if (instance, loop, count + 1) not in times:
            total += time - times[instance, loop, 0]
            layers += count
    return total / layers if layers else None


def layer_times(machine: Machine, log: StepLog) -> dict[tuple[str, int, int], int]:
    """Return when the last PE ended a layer, by instance, loop of its program, and layer from 1 on.

    Layer 0 is when the last PE came to the loop.
    """
    rows = log.layers()
    if not len(rows):
        return {}
    loop_of_pc = np.zeros(len(machine.code), np.int64)
    for pc, loop in _layer_loops(machine).items():
        loop_of_pc[pc] = loop
    instances = list(dict.fromkeys(tile.instance for tile in machine.tiles))
    number = np.array([instances.index(tile.instance) for tile in machine.tiles])
    pes, pcs, counts, cycles = rows.T
    sizes = int(loop_of_pc.max()) + 1, int(counts.max()) + 1
    keys = (number[machine.pe_tile[pes]] * sizes[0] + loop_of_pc[pcs]) * sizes[1] + counts
    order = np.argsort(keys, kind="stable")
    found, first = np.unique(keys[order], return_index=True)
    last = np.maximum.reduceat(cycles[order], first)
    times: dict[tuple[str, int, int], int] = {}
    for key, time in zip(found.tolist(), last.tolist(), strict=True):
        rest, count = divmod(key, sizes[1])
        instance, loop = divmod(rest, sizes[0])
        times[instances[instance], loop, count] = time
    return times


def _layer_loops(machine: Machine) -> dict[int, int]:
    """Return which of its program's loops over layers each `FOR` and `NEXT` of such a loop belongs to."""
    loops: dict[int, int] = {}
    starts: dict[int, int] = {}
    row = 0
    for program in machine.programs:
        found = 0
        for pc in range(row, row + len(program.code)):
            opcode = int(machine.code[pc, bc.OPCODE])
            if opcode == bc.FOR and machine.code[pc, bc.CONSTANT]:
                loops[pc] = starts[pc + 1] = found
                found += 1
            elif opcode == bc.NEXT and machine.code[pc, bc.CONSTANT]:
                loops[pc] = starts[int(machine.code[pc, bc.JUMP])]
        row += len(program.code)
    return loops
