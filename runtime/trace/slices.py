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

Args = Mapping[str, object]

SENDS = (bc.SEND, bc.REDUCE_FORWARD)
RECEIVES = (bc.RECEIVE, bc.REDUCE, bc.REDUCE_FORWARD)


@dataclass(frozen=True, slots=True)
class Slice:
    """Cycles `start` to `start + cycles` of one thing. Slices of one PE are apart or within each other."""

    start: int
    cycles: int
    name: str
    category: str
    args: Args = field(default_factory=dict[str, object])

    @property
    def end(self) -> int:
        """The first cycle behind it."""
        return self.start + self.cycles


class PeSlices:
    """Makes the slices of a machine's PEs; what it finds out about an instruction it keeps."""

    def __init__(self, machine: Machine) -> None:
        self._machine = machine
        self._about: dict[tuple[int, int], tuple[str, str, dict[str, object]]] = {}

    def of(self, log: StepLog, pe: int) -> list[Slice]:
        """Return what `pe` did, ordered by start, the outer slices first.

        Between two communications there is each local instruction if the log has them (scalar ones that
        follow each other as one), else one slice with the cycles of all.
        """
        runs: list[list[int]] = log.runs_of(pe).tolist()
        found = list(self._local(log, pe)) if isinstance(log, WaveletLog) else []
        with_local = bool(found)
        done = first = 0
        while first < len(runs):
            pc, start = runs[first][sl.RUN_PC], runs[first][sl.RUN_START]
            if not with_local and start > done:
                compute, software = runs[first][sl.RUN_COMPUTE], runs[first][sl.RUN_SOFTWARE]
                args = {"compute": compute, "software": software}
                found.append(Slice(done, start - done, "local work", "compute,software", args))
            done = start
            if runs[first][sl.RUN_CAUSE] == st.CAUSE_HALT:
                break
            last = first
            while last + 1 < len(runs) and runs[last + 1][sl.RUN_FIRST] > 0:
                last += 1
            found += self._communication(pe, pc, runs[first : last + 1])
            done = runs[last][sl.RUN_SLOT] + runs[last][sl.RUN_COUNT]
            first = last + 1
        return list(_without_gaps(sorted(found, key=lambda slice: (slice.start, -slice.cycles)), done))

    def _communication(self, pe: int, pc: int, runs: list[list[int]]) -> Iterator[Slice]:
        """Yield a communication, and within it its set-up, the runs of wavelets and the waiting between."""
        name, category, about = self.about(pe, pc)
        start = runs[0][sl.RUN_START]
        end = runs[-1][sl.RUN_SLOT] + runs[-1][sl.RUN_COUNT]
        wavelets = sum(run[sl.RUN_COUNT] for run in runs)
        yield Slice(start, end - start, name, category, about | {"wavelets": wavelets})
        setup = int(self._machine.code[pc, bc.CALL_CYCLES])
        if setup:
            yield Slice(start, setup, "set-up", "software")
        time = start + setup
        for run in runs:
            slot, count = run[sl.RUN_SLOT], run[sl.RUN_COUNT]
            if slot > time:
                what = "wait for room" if run[sl.RUN_CAUSE] == st.CAUSE_ROOM else "wait for a wavelet"
                yield Slice(time, slot - time, what, "wait")
            yield Slice(slot, count, "1 wavelet" if count == 1 else f"{count} wavelets", category)
            time = slot + count

    def _local(self, log: WaveletLog, pe: int) -> Iterator[Slice]:
        """Yield the local instructions that the log has of `pe`."""
        pending: list[tuple[int, int, int]] = []
        for pc, start, end in log.local_of(pe).tolist():
            name, category, about = self.about(pe, pc)
            if category == "software" and (not pending or pending[-1][2] == start):
                pending.append((pc, start, end))
                continue
            yield from self._scalars(pe, pending)
            pending = [(pc, start, end)] if category == "software" else []
            if category != "software":
                yield Slice(start, end - start, name, category, about)
        yield from self._scalars(pe, pending)

    def _scalars(self, pe: int, rows: list[tuple[int, int, int]]) -> Iterator[Slice]:
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
        if opcode >= bc.SEND:
            category = ",".join(
                word for word, kinds in (("receive", RECEIVES), ("send", SENDS)) if opcode in kinds
            )
            for field_number, kinds, word in (
                (bc.CHANNEL_IN, RECEIVES, "in"),
                (bc.CHANNEL_OUT, SENDS, "out"),
            ):
                if opcode in kinds:
                    color = int(machine.channels[tile, int(machine.code[pc, field_number])])
                    about[f"color {word}"] = color
                    about[f"flow {word}"] = flow_at(machine, pe, color)
                    name += f" {color}" if word == "in" or opcode == bc.SEND else f" to {color}"
        elif category == "compute":
            name = site.operation.removeprefix("pe.")
        self._about[key] = name, category, about
        return self._about[key]


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


def flow_at(machine: Machine, pe: int, color: int) -> str:
    """Return the flow that a PE's router switches on `color`, '' if it switches none."""
    wiring = machine.wiring
    router = int(machine.pe_y[pe]) * machine.width + int(machine.pe_x[pe])
    first, end = int(wiring.first_route[router]), int(wiring.first_route[router + 1])
    found = np.flatnonzero(wiring.network.color[first:end] == color)
    return wiring.flow_of(first + int(found[0])) if found.size else ""


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
