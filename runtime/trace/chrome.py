"""The trace's file: JSON objects as Chrome's "Trace Event Format" has them, which Perfetto reads as well.

Documented at https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. A process is an
instance, a thread one of its PEs; process 1 has the tokens and the critical path. The format counts
microseconds: one stands for one cycle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np

from ..critical_path import Segment, critical_path
from ..machine import Machine, StepResult
from .activity import mean_open
from .choice import choose_pes
from .slices import MAIN, RECEIVING, SENDING, Args, PeSlices, Slice, layer_slices

MOST_EVENTS = 120_000
"""Events of a trace; with more it would be larger than a browser opens at once."""
MOST_OPERATIONS = 20_000_000
"""Communications of a step, about, that are counted: a table of more would take gigabytes."""
SAMPLES = 200
"""Values of a counter in a step."""
_WAFER = 1
"""The process of the tokens and the critical path."""
_TOKENS, _PATH = 1, 2
"""Its threads."""

Event = Mapping[str, object]


class ChromeTrace:
    """Collects steps, one behind the other. `wanted` are PEs to show in any case, `about` is metadata."""

    def __init__(
        self,
        machine: Machine,
        about: Mapping[str, object],
        wanted: Sequence[int] = (),
        most_events: int = MOST_EVENTS,
    ) -> None:
        self._machine = machine
        self._about = about
        self._wanted = wanted
        self._room = most_events
        self._slices = PeSlices(machine)
        self._events: list[Event] = []
        self._time = 0
        self._steps = self._detailed = self._partial = 0
        self._uncounted = 0
        self._arrows = 0
        self._pes: list[int] = []
        """The PEs that are shown, the most telling first; the first step in detail chooses them."""
        self._processes = {
            instance: _WAFER + 1 + number
            for number, instance in enumerate(dict.fromkeys(tile.instance for tile in machine.tiles))
        }
        self._layer_threads = {
            instance: _PATH + 1 + number for number, instance in enumerate(self._processes)
        }
        self._threads: dict[int, int] = {}
        self._lanes: set[tuple[int, int]] = set()

    def step(self, result: StepResult, name: str, args: Args, *, detail: bool, position: int = 0) -> None:
        """Add a step at `position` with its layers and, if in `detail`, with PEs and the critical path.

        Raises `ValueError` if the step kept no log.
        """
        if result.log is None:
            raise ValueError("the step kept no log")
        token = Slice(0, result.cycles, name, "token", {**args, "link hops": result.link_hops})
        self._add(_WAFER, _TOKENS, token)
        hops = round(result.link_hops / max(result.cycles, 1), 3)
        self._count("link hops per cycle", 0, {"hops": hops})
        for instance, layers in layer_slices(self._machine, result.log).items():
            for layer in layers:
                self._add(self._processes[instance], self._layer_threads[instance], layer)
        self._steps += 1
        if detail and self._room > 0:
            self._add_detail(result, position)
        self._time += result.cycles

    def _add_detail(self, result: StepResult, position: int) -> None:
        assert result.log is not None
        path = critical_path(self._machine, result)
        if not self._detailed:
            self._pes = choose_pes(self._machine, path, self._wanted)
            first = _PATH + 1 + len(self._processes)
            # A PE has a thread for each lane: its program, and the streams beside it.
            self._threads = {pe: first + 3 * number for number, pe in enumerate(sorted(self._pes))}
        self._detailed += 1
        shown: set[int] = set()
        for pe in self._pes:
            slices = self._slices.of(result.log, pe, position)
            if len(slices) > self._room:
                break
            self._room -= len(slices)
            shown.add(pe)
            process = self._processes[self._instance(pe)]
            for slice in slices:
                self._lanes.add((pe, slice.lane))
                self._add(process, self._threads[pe] + slice.lane, slice)
        self._partial += len(shown) < len(self._pes)
        self._add_path(path, shown)
        self._add_activity(result)
        if len(shown) < len(self._pes):
            self._room = 0

    def _add_path(self, path: Sequence[Segment], shown: set[int]) -> None:
        """Add the critical path, and arrows where it leads from one PE that is shown to another."""
        self._room -= len(path)
        for index, segment in reversed(list(enumerate(path))):
            _, _, about = self._slices.about(segment.pe, segment.instruction)
            args = {"PE": self._place(segment.pe), "instance": self._instance(segment.pe), **about}
            start = segment.end - segment.cycles
            self._add(_WAFER, _PATH, Slice(start, segment.cycles, segment.kind, segment.kind, args))
            if segment.kind != "hops" or index + 1 == len(path):
                continue
            sender = path[index + 1].pe
            if sender in shown and segment.pe in shown:
                self._arrows += 1
                self._arrow("s", sender, start)
                self._arrow("f", segment.pe, segment.end)

    def _add_activity(self, result: StepResult) -> None:
        """Add how many communications of all PEs, shown or not, are waiting and how many moving wavelets."""
        log, some = result.log, self._pes[:16]
        assert log is not None
        operations = sum(len(log.runs_of(pe)) for pe in some) / max(len(some), 1) * self._machine.pes
        if operations > MOST_OPERATIONS:
            self._uncounted += 1
            return
        table = log.operations()
        edges = np.linspace(0, result.cycles, min(SAMPLES, result.cycles) + 1).astype(np.int64)
        begin, first, end = table[:, 2], table[:, 3], table[:, 4] + 1
        waiting, moving = mean_open(begin, first, edges), mean_open(first, end, edges)
        for index, edge in enumerate(edges[:-1].tolist()):
            args = {"moving": round(float(moving[index]), 1), "waiting": round(float(waiting[index]), 1)}
            self._count("communications", edge, args)
        self._count("communications", result.cycles, {"moving": 0, "waiting": 0})

    def _add(self, process: int, thread: int, slice: Slice) -> None:
        event: dict[str, object] = {
            "ph": "X",
            "name": slice.name,
            "cat": slice.category,
            "pid": process,
            "tid": thread,
            "ts": self._time + slice.start,
            "dur": slice.cycles,
        }
        if slice.args:
            event["args"] = slice.args
        self._events.append(event)

    def _arrow(self, phase: str, pe: int, time: int) -> None:
        place = {"pid": self._processes[self._instance(pe)], "tid": self._threads[pe]}
        event = {"ph": phase, "name": "critical path", "cat": "path", "id": self._arrows, **place}
        event["ts"] = self._time + time
        if phase == "f":
            event["bp"] = "e"
        self._events.append(event)

    def _count(self, name: str, time: int, args: Args) -> None:
        event = {"ph": "C", "name": name, "pid": _WAFER, "ts": self._time + time, "args": args}
        self._events.append(event)

    def _instance(self, pe: int) -> str:
        return self._machine.tiles[int(self._machine.pe_tile[pe])].instance

    def _place(self, pe: int) -> str:
        return f"{self._machine.pe_x[pe]}, {self._machine.pe_y[pe]}"

    # ---- the file

    def left_out(self) -> list[str]:
        """Return what the trace does not show, a sentence each."""
        found: list[str] = []
        pes = self._machine.pes
        if len(self._pes) < pes:
            found.append(f"{len(self._pes):,} of {pes:,} PEs are shown")
        if self._detailed < self._steps:
            count = f"{self._detailed:,} of {self._steps:,}"
            found.append(f"{count} steps are shown in detail, of the others only the layers")
        if self._partial:
            found.append("the last of these steps has only the PEs for which there was room")
        if self._uncounted:
            found.append("there are too many communications to count how many go on at a time")
        unknown = len(self._slices.unknown & set(self._pes))
        if unknown:
            found.append(f"of {unknown:,} PEs some of the work between two messages is one slice")
        return found

    def to_bytes(self) -> bytes:
        """Return the whole file: one event a line, equal for equal runs."""
        other = {
            **self._about,
            "time": "a microsecond of the trace is a cycle of the wafer",
            "PEs": [self._place(pe) for pe in sorted(self._pes)],
            "left out": self.left_out(),
        }
        lines = [json.dumps(event, separators=(",", ":")) for event in [*self._metadata(), *self._events]]
        head = f'{{"displayTimeUnit":"ms","otherData":{json.dumps(other)},"traceEvents":[\n'
        return (head + ",\n".join(lines) + "\n]}\n").encode("ascii")

    def _metadata(self) -> list[Event]:
        """Return the names and the order of processes and threads."""
        names: list[tuple[int, int, str]] = [(_WAFER, _TOKENS, "tokens")]
        if self._detailed:
            names.append((_WAFER, _PATH, "critical path"))
        names += [
            (self._processes[instance], thread, "layers") for instance, thread in self._layer_threads.items()
        ]
        for pe, thread in self._threads.items():
            program = self._machine.programs[self._machine.tiles[int(self._machine.pe_tile[pe])].program]
            for lane, what in ((MAIN, program.name), (RECEIVING, "receiving"), (SENDING, "sending")):
                if (pe, lane) in self._lanes:
                    name = f"PE {self._place(pe)} {what}"
                    names.append((self._processes[self._instance(pe)], thread + lane, name))
        processes = {_WAFER: "wafer", **{pid: name for name, pid in self._processes.items()}}
        events: list[Event] = []
        for pid, name in processes.items():
            events.append({"ph": "M", "name": "process_name", "pid": pid, "args": {"name": name}})
            events.append({"ph": "M", "name": "process_sort_index", "pid": pid, "args": {"sort_index": pid}})
        for pid, tid, name in names:
            place = {"pid": pid, "tid": tid}
            events.append({"ph": "M", "name": "thread_name", **place, "args": {"name": name}})
            events.append({"ph": "M", "name": "thread_sort_index", **place, "args": {"sort_index": tid}})
        return events
