"""From a step's log to slices: what a PE did from when to when, and in which layer an instance was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from .. import bytecode as bc
from .. import step_log as sl
from ..critical_path import layer_times
from ..machine import Machine
from ..step_log import StepLog, WaveletLog
from ..wavelet import state as st
from .replay import Local, Replay

Args = Mapping[str, object]

MAIN, RECEIVING, SENDING = 0, 1, 2
"""Lanes of a PE: what its program does, and the streams that run side by side while it awaits them."""


@dataclass(frozen=True, slots=True)
class Slice:
    """Cycles `start` to `start + cycles` of one thing.

    Slices of one lane of a PE are apart or within each other.
    """

    start: int
    cycles: int
    name: str
    category: str
    args: Args = field(default_factory=dict[str, object])
    lane: int = MAIN

    @property
    def end(self) -> int:
        """The first cycle behind it."""
        return self.start + self.cycles


class PeSlices:
    """Makes the slices of a machine's PEs; what it finds out about an instruction it keeps."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._replay = Replay(machine)
        self.unknown: set[int] = set()
        """PEs whose instructions between two communications are not all known."""
        self._about: dict[tuple[int, int], tuple[str, str, dict[str, object]]] = {}

    def of(self, log: StepLog, pe: int, position: int = 0) -> list[Slice]:
        """Return what `pe` did in a step at `position`, ordered by start, the outer slices first.

        Between two communications there is each local instruction (scalar ones that follow each other as one)
        if the log has them, or as far as executing the program again finds them; else one slice with the
        cycles of all. PEs of which there is such a one are kept in `unknown`.
        """
        runs: list[list[int]] = log.runs_of(pe).tolist()
        local, known = self._local_rows(log, pe, position, runs)
        found = list(self._local(pe, local))
        done = first = 0
        while first < len(runs):
            pc, start = runs[first][sl.RUN_PC], runs[first][sl.RUN_START]
            if start > max(known, done):
                self.unknown.add(pe)
                compute, software = runs[first][sl.RUN_COMPUTE], runs[first][sl.RUN_SOFTWARE]
                args = {"compute": compute, "software": software}
                found.append(Slice(done, start - done, "local work", "compute,software", args))
            done = start
            if runs[first][sl.RUN_CAUSE] == st.CAUSE_HALT:
                break
            end = first + 1
            if runs[first][sl.RUN_CAUSE] == st.CAUSE_AWAIT:
                while self._opcode(runs[end]) in bc.STARTING:
                    end += 1
                part = list(self._await(pe, runs[first:end]))
            else:
                while runs[end][sl.RUN_FIRST] > 0:
                    end += 1
                part = list(self._communication(pe, pc, runs[first:end]))
            found += part
            done = part[0].end
            first = end
        return list(_without_gaps(sorted(found, key=lambda slice: (slice.start, -slice.cycles)), done))

    def _opcode(self, run: list[int]) -> int:
        return int(self._machine.code[run[sl.RUN_PC], bc.OPCODE])

    def _communication(self, pe: int, pc: int, runs: list[list[int]]) -> Iterator[Slice]:
        """Yield a communication, and within it its set-up, the runs of wavelets and the waiting between."""
        name, category, about = self.about(pe, pc)
        start = runs[0][sl.RUN_START]
        end = runs[-1][sl.RUN_SLOT] + runs[-1][sl.RUN_COUNT]
        yield Slice(start, end - start, name, category, about | {"wavelets": _wavelets(runs)})
        setup = int(self._machine.code[pc, bc.CALL_CYCLES])
        if setup:
            yield Slice(start, setup, "set-up", "software")
        yield from _runs(runs, start + setup, category, MAIN)

    def _await(self, pe: int, runs: list[list[int]]) -> Iterator[Slice]:
        """Yield an `AWAIT`, the first of `runs`, and the one or two streams that run while it waits."""
        row, *moves = runs
        name, category, about = self.about(pe, row[sl.RUN_PC])
        start, begins = row[sl.RUN_START], row[sl.RUN_SLOT]
        end = max((run[sl.RUN_SLOT] + run[sl.RUN_COUNT] for run in moves), default=begins)
        yield Slice(start, end - start, name, category, about)
        if begins > start:
            yield Slice(start, begins - start, "set-up", "software")
        for lane, opcodes in ((RECEIVING, bc.RECEIVING), (SENDING, bc.SENDING)):
            part = [run for run in moves if self._opcode(run) in opcodes]
            if part:
                name, category, about = self.about(pe, part[0][sl.RUN_PC])
                cycles = part[-1][sl.RUN_SLOT] + part[-1][sl.RUN_COUNT] - begins
                args = about | {"wavelets": _wavelets(part)}
                yield Slice(begins, cycles, name.removeprefix("start_"), category, args, lane)
                yield from _runs(part, begins, category, lane)

    def _local_rows(
        self, log: StepLog, pe: int, position: int, runs: list[list[int]]
    ) -> tuple[list[Local], int]:
        """Return the local instructions of `pe`, and up to which cycle they are known."""
        end = runs[-1][sl.RUN_START]
        if isinstance(log, WaveletLog):
            rows: list[list[int]] = log.local_of(pe).tolist()
            if rows:
                return [(pc, start, end) for pc, start, end in rows], end
        return self._replay.local(pe, position, runs)

    def _local(self, pe: int, rows: list[Local]) -> Iterator[Slice]:
        """Yield local instructions, scalar ones that follow each other as one slice."""
        pending: list[Local] = []
        for pc, start, end in rows:
            name, category, about = self.about(pe, pc)
            if category == "software" and (not pending or pending[-1][2] == start):
                pending.append((pc, start, end))
                continue
            yield from self._scalars(pe, pending)
            pending = [(pc, start, end)] if category == "software" else []
            if not pending:
                starts = int(self._machine.code[pc, bc.OPCODE]) in bc.STARTING
                yield Slice(start, end - start, name, "software" if starts else category, about)
        yield from self._scalars(pe, pending)

    def _scalars(self, pe: int, rows: list[Local]) -> Iterator[Slice]:
        """Yield scalar instructions that follow each other as one slice."""
        if rows:
            _, category, about = self.about(pe, rows[0][0])
            start, end = rows[0][1], rows[-1][2]
            yield Slice(start, end - start, "scalars", category, about | {"instructions": len(rows)})

    def about(self, pe: int, pc: int) -> tuple[str, str, dict[str, object]]:
        """Return name, category and arguments of an instruction as `pe` executes it."""
        machine = self._machine
        tile = int(machine.pe_tile[pe])
        opcode = int(machine.code[pc, bc.OPCODE])
        # Flows depend on the PE, not only on its tile.
        key = (pe if opcode >= bc.SEND else -1, pc)
        if key in self._about:
            return self._about[key]
        program, site = machine.sites[pc]
        about: dict[str, object] = {"op": site.operation, "program": program}
        if site.location:
            about["at"] = site.location
        name = bc.OPCODE_NAMES[opcode]
        category = "compute" if opcode >= bc.MAP_UNARY else "software"
        if opcode == bc.AWAIT:
            category = "receive,send"
        elif opcode >= bc.SEND:
            category = ",".join(
                word for word, kinds in (("receive", bc.RECEIVING), ("send", bc.SENDING)) if opcode in kinds
            )
            for field_number, kinds, word in (
                (bc.CHANNEL_IN, bc.RECEIVING, "in"),
                (bc.CHANNEL_OUT, bc.SENDING, "out"),
            ):
                if opcode in kinds:
                    color = int(machine.channels[tile, int(machine.code[pc, field_number])])
                    about[f"color {word}"] = color
                    about[f"flow {word}"] = flow_at(machine, pe, color, sent=word == "out")
                    name += f" {color}" if opcode != bc.REDUCE_FORWARD or word == "in" else f" to {color}"
        elif category == "compute":
            name = site.operation.removeprefix("pe.")
        self._about[key] = name, category, about
        return self._about[key]


def _wavelets(runs: list[list[int]]) -> int:
    return sum(run[sl.RUN_COUNT] for run in runs)


def _runs(runs: list[list[int]], begins: int, category: str, lane: int) -> Iterator[Slice]:
    """Yield the runs of a communication that could take or send from `begins` on, and the waiting between."""
    time = begins
    for run in runs:
        slot, count = run[sl.RUN_SLOT], run[sl.RUN_COUNT]
        if slot > time:
            what = "wait for room" if run[sl.RUN_CAUSE] == st.CAUSE_ROOM else "wait for a wavelet"
            yield Slice(time, slot - time, what, "wait", lane=lane)
        name = "1 wavelet" if count == 1 else f"{count} wavelets"
        yield Slice(slot, count, name, category, lane=lane)
        time = slot + count


def _without_gaps(slices: list[Slice], end: int) -> Iterator[Slice]:
    """Yield the slices of a PE, and those of communications without a wavelet, which the log leaves out."""
    time = 0
    for slice in slices:
        if slice.start > time:
            yield Slice(time, slice.start - time, "empty messages", "software")
        yield slice
        time = max(time, slice.end)
    if end > time:
        yield Slice(time, end - time, "empty messages", "software")


def flow_at(machine: Machine, pe: int, color: int, *, sent: bool) -> str:
    """Return the flows on `color` that a PE's router takes from its core, or those it takes elsewhere."""
    wiring = machine.wiring
    router = int(machine.pe_y[pe]) * machine.width + int(machine.pe_x[pe])
    first, end = int(wiring.first_route[router]), int(wiring.first_route[router + 1])
    from_core = wiring.input[first:end] == st.RAMP
    lanes = np.flatnonzero((wiring.network.color[first:end] == color) & (from_core == sent))
    return ", ".join(dict.fromkeys(wiring.flow_of(first + int(lane)) for lane in lanes))


def layer_slices(machine: Machine, log: StepLog) -> dict[str, list[Slice]]:
    """Return the layers of each instance that has some: one begins when the last PE has ended the one before.

    Several loops over layers in one program follow each other.
    """
    times = layer_times(machine, log)
    first_layer = {tile.instance: tile.layers[0] for tile in machine.tiles}
    found: dict[str, list[Slice]] = {}
    for (instance, loop, count), end in sorted(times.items()):
        if count:
            start = times[instance, loop, count - 1]
            name = f"layer {first_layer[instance] + count - 1}"
            found.setdefault(instance, []).append(Slice(start, end - start, name, "layer"))
    return found
