"""Checks a trace's file against the documented format: fields, names, nesting, arrows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

REQUIRED = {
    "X": {"name", "cat", "pid", "tid", "ts", "dur"},
    "M": {"name", "pid", "args"},
    "C": {"name", "pid", "ts", "args"},
    "s": {"name", "cat", "id", "pid", "tid", "ts"},
    "f": {"name", "cat", "id", "pid", "tid", "ts", "bp"},
}
METADATA = ("process_name", "process_sort_index", "thread_name", "thread_sort_index")

Event = Mapping[str, Any]
Threads = dict[tuple[int, int], list[Event]]


def check_trace(data: bytes) -> tuple[dict[str, Any], Threads, dict[tuple[int, int], str]]:
    """Check all that the format asks for; return the file, its slices by thread, and the threads' names."""
    trace = json.loads(data)
    assert set(trace) == {"displayTimeUnit", "otherData", "traceEvents"}
    assert trace["displayTimeUnit"] in ("ms", "ns")
    threads: Threads = {}
    names: dict[tuple[int, int], str] = {}
    processes: set[int] = set()
    arrows: dict[str, dict[int, Event]] = {"s": {}, "f": {}}
    for event in trace["traceEvents"]:
        phase = event["ph"]
        assert REQUIRED[phase] <= set(event), event
        if phase == "M":
            assert event["name"] in METADATA
            if event["name"] == "process_name":
                processes.add(event["pid"])
            elif event["name"] == "thread_name":
                names[event["pid"], event["tid"]] = event["args"]["name"]
            continue
        assert isinstance(event["ts"], int)
        assert event["ts"] >= 0
        if phase == "X":
            assert isinstance(event["dur"], int)
            assert event["dur"] > 0, event
            threads.setdefault((event["pid"], event["tid"]), []).append(event)
        elif phase in "sf":
            assert event["id"] not in arrows[phase]
            arrows[phase][event["id"]] = event
        else:
            assert all(isinstance(value, int | float) for value in event["args"].values())
    assert set(threads) <= set(names)
    assert {process for process, _ in names} <= processes
    assert len({thread for _, thread in names}) == len(names)
    for slices in threads.values():
        check_nesting(slices)
    assert arrows["s"].keys() == arrows["f"].keys()
    for number, start in arrows["s"].items():
        end = arrows["f"][number]
        assert start["ts"] < end["ts"]
        for event in (start, end):
            slices = threads[event["pid"], event["tid"]]
            assert any(slice["ts"] <= event["ts"] < slice["ts"] + slice["dur"] for slice in slices), event
    return trace, threads, names


def check_nesting(slices: list[Event]) -> None:
    """Slices of a thread are in order, and each is within or behind those before it."""
    open_ends: list[int] = []
    last = 0
    for slice in slices:
        start, end = slice["ts"], slice["ts"] + slice["dur"]
        assert start >= last
        last = start
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        assert not open_ends or end <= open_ends[-1], slice
        open_ends.append(end)


def outermost(slices: list[Event]) -> list[Event]:
    """Return the slices that are within no other."""
    found: list[Event] = []
    for slice in slices:
        if not found or slice["ts"] >= found[-1]["ts"] + found[-1]["dur"]:
            found.append(slice)
    return found
