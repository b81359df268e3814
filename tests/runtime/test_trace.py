"""Traces: slices cover what PEs did, cycle by cycle, and the file is one that viewers of the format open."""

from __future__ import annotations

import re

import numpy as np
import pytest

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Instruction
from wsc.runtime.critical_path import breakdown_of, critical_path
from wsc.runtime.machine import Machine
from wsc.runtime.module import machine_from_module
from wsc.runtime.step_log import RUN_START, WaveletLog
from wsc.runtime.trace import choice, chrome
from wsc.runtime.trace.activity import mean_open
from wsc.runtime.trace.choice import choose_pes
from wsc.runtime.trace.chrome import ChromeTrace
from wsc.runtime.trace.replay import Replay
from wsc.runtime.trace.slices import PeSlices, flow_at
from wsc.runtime.wavelet import state as st
from wsc.runtime.wiring import Route

from ..support.compiled import SMALL_TALE, TINY, compile_model
from ..support.traces import check_trace, outermost
from ..support.wafers import at, delay, line_broadcast, line_chain, machine, receive, row, send
from ..support.wdl import EXAMPLES


def pair(receiver_waits: int = 5) -> Machine:
    """A PE that works, then sends 30 wavelets to one that may be late."""
    vector = Instruction(bc.FILL, descriptors=[row(10)], call_cycles=7, element_cycles=(3, 1))
    routes = [Route("flow", 3, at(0), "RAMP", ("E",)), Route("flow", 3, at(1), "W", ("RAMP",))]
    return machine(
        2,
        1,
        routes,
        {
            (0, 0): [delay(2), delay(3), vector, send(row(30), 3, 15)],
            (1, 0): [delay(receiver_waits), receive(row(30), 3, 15), vector, delay(4)],
        },
    )


def test_the_slices_of_a_sender() -> None:
    wafer = pair()
    log = wafer.run_step(log_level=st.LOG_ALL).log
    assert log is not None
    slices = PeSlices(wafer).of(log, 0)
    assert [(slice.start, slice.cycles, slice.name, slice.category) for slice in slices] == [
        (0, 5, "scalars", "software"),
        (5, 37, "fill", "compute"),
        (42, 45, "send 3", "send"),
        (42, 15, "set-up", "software"),
        (57, 30, "30 wavelets", "send"),
    ]
    assert slices[0].args["instructions"] == 2
    assert slices[2].args == {
        "op": "pe.send",
        "program": "test",
        "at": "model.wdl:1:1",
        "color out": 3,
        "flow out": "flow",
        "wavelets": 30,
    }


def test_a_log_without_instructions_is_filled_by_executing_again() -> None:
    for wafer in (pair(), line_chain(6, 20, setup=9)):
        whole, runs = (wafer.run_step(log_level=level).log for level in (st.LOG_ALL, st.LOG_RUNS))
        assert whole is not None
        assert runs is not None
        slices = PeSlices(wafer)
        for pe in range(wafer.pes):
            assert slices.of(runs, pe) == slices.of(whole, pe)
        assert slices.unknown == set()


def test_what_hung_on_a_number_that_is_gone_is_one_slice() -> None:
    """Between two messages a program counts up to a word that it then overwrites."""
    number = bc.Register(bc.PRESET_REGISTERS)
    counter = bc.PRESET_REGISTERS + 1
    program = [
        delay(4),
        send(row(3), 3, 15),
        Instruction(bc.LOAD, [400], target=number.number, call_cycles=1),
        Instruction(bc.STORE, [400, 0], function=bc.I32, call_cycles=1),
        Instruction(bc.FOR, [0, number], target=counter, jump=6),
        Instruction(bc.NEXT, [0, number], target=counter, jump=5, call_cycles=6),
        delay(2),
        send(row(3), 3, 15),
        delay(1),
    ]
    routes = [Route("flow", 3, at(0), "RAMP", ("E",)), Route("flow", 3, at(1), "W", ("RAMP",))]
    wafer = machine(2, 1, routes, {(0, 0): program, (1, 0): [receive(row(6), 3, 15)]})
    wafer.integers[0, 100] = 7
    log = wafer.run_step(log_level=st.LOG_RUNS).log
    assert log is not None
    slices = PeSlices(wafer)
    found = slices.of(log, 0)
    assert found[0].name == "scalars"
    assert [slice.args for slice in found if slice.name == "local work"] == [
        {"compute": 0, "software": 2 + 7 * 6 + 2},
        {"compute": 0, "software": 1},
    ]
    assert slices.unknown == {0}
    again = wafer.run_step(log_level=st.LOG_RUNS)  # the word is 0 now, as at the end of the step
    trace = ChromeTrace(wafer, {})
    trace.step(again, "step", {}, detail=True)
    assert trace.left_out() == []


def test_executing_a_model_again_finds_what_the_engine_did() -> None:
    text = (EXAMPLES / "tale" / "tale.wdl").read_text("utf-8")
    module = compile_model(text, (6, 4), SMALL_TALE, verify_each=False).module
    wafer = machine_from_module(module, TINY.with_grid(6, 4))
    for position in (0, 5):
        log = wafer.run_step({"position": position}, data=False, log_level=st.LOG_ALL).log
        assert isinstance(log, WaveletLog)
        replay = Replay(wafer)
        for pe in range(wafer.pes):
            runs: list[list[int]] = log.runs_of(pe).tolist()
            local, known = replay.local(pe, position, runs)
            assert known == runs[-1][RUN_START]
            assert [list(part) for part in local] == log.local_of(pe).tolist()


@pytest.mark.parametrize("log_level", [st.LOG_ALL, st.LOG_RUNS])
def test_a_message_without_a_wavelet_costs_its_set_up(log_level: int) -> None:
    wafer = machine(1, 1, [], {(0, 0): [delay(4), send(row(0), 3, 15), delay(2), send(row(0), 3, 15)]})
    log = wafer.run_step(log_level=log_level).log
    assert log is not None
    slices = PeSlices(wafer).of(log, 0)
    assert [slice.name for slice in slices] == ["scalars", "empty messages"] * 2
    assert sum(slice.cycles for slice in slices) == 36


def test_streams_that_run_side_by_side_have_threads_of_their_own() -> None:
    """Two PEs exchange 20 and 8 wavelets; one is late."""

    def exchange(sent: int, received: int, late: int) -> list[Instruction]:
        out, into = int(late > 0), int(late == 0)
        return [
            delay(1 + late),
            Instruction(bc.START_RECEIVE, descriptors=[row(received)], channel_in=into, call_cycles=5),
            Instruction(bc.START_SEND, descriptors=[row(sent, base=400)], channel_out=out, call_cycles=5),
            Instruction(bc.AWAIT, call_cycles=9),
            delay(3),
        ]

    routes = [
        Route("right", 0, at(0), "RAMP", ("E",)),
        Route("right", 0, at(1), "W", ("RAMP",)),
        Route("left", 1, at(1), "RAMP", ("W",)),
        Route("left", 1, at(0), "E", ("RAMP",)),
    ]
    wafer = machine(2, 1, routes, {(0, 0): exchange(20, 8, 0), (1, 0): exchange(8, 20, 100)})
    for log_level in (st.LOG_RUNS, st.LOG_ALL):
        result = wafer.run_step(log_level=log_level)
        trace = ChromeTrace(wafer, {})
        trace.step(result, "step", {}, detail=True)
        _, threads, names = check_trace(trace.to_bytes())
        of = {name: threads[key] for key, name in names.items() if key in threads}
        assert {name for name in of if name.startswith("PE 0")} == {
            "PE 0, 0 test",
            "PE 0, 0 receiving",
            "PE 0, 0 sending",
        }
        main = outermost(of["PE 0, 0 test"])
        assert sum(slice["dur"] for slice in main) == result.end_cycles[0]
        (wait,) = (slice for slice in main if slice["name"] == "await")
        (sending,) = outermost(of["PE 0, 0 sending"])
        (receiving,) = outermost(of["PE 0, 0 receiving"])
        assert (sending["name"], sending["args"]["wavelets"]) == ("send 0", 20)
        assert (receiving["name"], receiving["args"]["wavelets"]) == ("recv 1", 8)
        assert sending["ts"] == receiving["ts"] == wait["ts"] + 9
        ends = [stream["ts"] + stream["dur"] for stream in (sending, receiving)]
        assert max(ends) == wait["ts"] + wait["dur"]
        assert "wait for a wavelet" in [slice["name"] for slice in of["PE 0, 0 receiving"]]


def test_waiting_is_seen() -> None:
    wafer = pair(receiver_waits=400)
    log = wafer.run_step(log_level=st.LOG_ALL).log
    assert log is not None
    sender = {slice.name: slice for slice in PeSlices(wafer).of(log, 0)}
    assert sender["wait for room"].cycles > 300
    receiver = PeSlices(wafer).of(log, 1)
    assert "wait for a wavelet" not in [slice.name for slice in receiver]
    early = pair(receiver_waits=1)
    log = early.run_step(log_level=st.LOG_ALL).log
    assert log is not None
    waits = [slice for slice in PeSlices(early).of(log, 1) if slice.name == "wait for a wavelet"]
    assert [(wait.start, wait.category) for wait in waits] == [(16, "wait")]


@pytest.mark.parametrize("log_level", [st.LOG_RUNS, st.LOG_ALL])
@pytest.mark.parametrize("wafer", [pair(), pair(300), line_chain(6, 20, setup=9), line_broadcast(4, 3)])
def test_the_outer_slices_of_a_pe_leave_no_cycle_out(wafer: Machine, log_level: int) -> None:
    result = wafer.run_step(log_level=log_level)
    trace = ChromeTrace(wafer, {})
    trace.step(result, "step", {}, detail=True)
    _, threads, names = check_trace(trace.to_bytes())
    seen = 0
    for key, name in names.items():
        if not name.startswith("PE "):
            continue
        x, y = re.findall(r"\d+", name)
        pe = int(wafer.pe_index[int(y), int(x)])
        time = 0
        for slice in outermost(threads[key]):
            assert slice["ts"] == time
            time += slice["dur"]
        assert time == result.end_cycles[pe]
        seen += 1
    assert seen == wafer.pes


def test_steps_follow_each_other_and_the_path_sums_to_the_breakdown() -> None:
    wafer = line_chain(5, 12, setup=9)
    trace = ChromeTrace(wafer, {"model": "m"})
    results = [wafer.run_step(log_level=st.LOG_RUNS) for _ in range(3)]
    for number, result in enumerate(results):
        trace.step(result, f"step {number}", {"position": number}, detail=number > 0)
    file, threads, names = check_trace(trace.to_bytes())
    assert file["otherData"]["model"] == "m"
    tokens = threads[1, 1]
    assert [token["name"] for token in tokens] == ["step 0", "step 1", "step 2"]
    assert [token["args"]["position"] for token in tokens] == [0, 1, 2]
    assert [token["ts"] for token in tokens] == [0, results[0].cycles, 2 * results[0].cycles]
    path = [thread for key, thread in threads.items() if names[key] == "critical path"]
    kinds: dict[str, int] = {}
    for slice in path[0]:
        kinds[slice["name"]] = kinds.get(slice["name"], 0) + slice["dur"]
    breakdown = breakdown_of(wafer, results[1])
    assert kinds == {key: 2 * value for key in kinds if (value := getattr(breakdown, key))}
    assert "1 of 3 steps" not in " ".join(trace.left_out())
    assert "2 of 3 steps are shown in detail" in " ".join(trace.left_out())


def test_arrows_follow_the_path_from_pe_to_pe() -> None:
    wafer = line_chain(5, 12, setup=9)
    trace = ChromeTrace(wafer, {})
    trace.step(wafer.run_step(log_level=st.LOG_RUNS), "step", {}, detail=True)
    file, _, names = check_trace(trace.to_bytes())
    place = {thread: name for (_, thread), name in names.items()}
    arrows = [event for event in file["traceEvents"] if event["ph"] in "sf"]
    led = [place[event["tid"]] for event in sorted(arrows, key=lambda event: (event["ts"], event["ph"]))]
    order = [name.split(",")[0] for name in led]
    assert order == ["PE 4", "PE 3", "PE 3", "PE 2", "PE 2", "PE 1", "PE 1", "PE 0"]


def test_a_trace_has_no_more_events_than_it_may() -> None:
    wafer = line_chain(40, 5, setup=3)
    result = wafer.run_step(log_level=st.LOG_ALL)
    whole, part = ChromeTrace(wafer, {}), ChromeTrace(wafer, {}, [39], most_events=60)
    for trace in (whole, part):
        for _ in range(3):
            trace.step(result, "step", {}, detail=True)
    file, _, names = check_trace(part.to_bytes())
    slices = [event for event in file["traceEvents"] if event["ph"] == "X"]
    assert len(slices) <= 60 + 3 + len(critical_path(wafer, result))
    assert any(name.startswith("PE 39, 0") for name in names.values())
    sentences = " ".join(file["otherData"]["left out"])
    assert "1 of 3 steps are shown in detail" in sentences
    assert "there was room" in sentences
    assert "there was room" not in " ".join(whole.left_out())
    assert len(whole.to_bytes()) > len(part.to_bytes())
    assert part.to_bytes() == part.to_bytes()


def test_which_pes_are_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    wafer = line_broadcast(200, 4)
    result = wafer.run_step(log_level=st.LOG_RUNS)
    path = critical_path(wafer, result)
    assert choose_pes(wafer, path) == [199, 0, 1]  # the end of the path; a PE of each program; the corners
    assert choose_pes(wafer, path, [7, 0]) == [7, 0, 199, 1]
    monkeypatch.setattr(choice, "MOST_PES", 1)
    assert choose_pes(wafer, path, [7, 0]) == [7, 0, 199]


def test_few_pes_are_all_shown() -> None:
    wafer = line_broadcast(9, 4)
    path = critical_path(wafer, wafer.run_step(log_level=st.LOG_RUNS))
    assert choose_pes(wafer, path) == [8, 0, 1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("wafer", [line_chain(6, 20, setup=9), line_broadcast(70, 30, setup=4), pair(300)])
def test_both_engines_give_one_trace(wafer: Machine) -> None:
    files: list[bytes] = []
    for engine in ("wavelet", "stream"):
        result = wafer.run_step(engine=engine, log_level=st.LOG_RUNS)
        assert result.engine == engine
        trace = ChromeTrace(wafer, {})
        trace.step(result, "step", {}, detail=True)
        files.append(trace.to_bytes())
    assert files[0] == files[1]


def test_how_many_communications_are_open() -> None:
    begins, ends = np.array([0, 2, 4]), np.array([10, 5, 4])
    edges = np.array([0, 1, 3, 6, 10])
    assert mean_open(begins, ends, edges).tolist() == [1, 1.5, pytest.approx(5 / 3), 1]
    wafer = pair()
    result = wafer.run_step(log_level=st.LOG_RUNS)
    trace = ChromeTrace(wafer, {})
    trace.step(result, "step", {}, detail=True)
    file, _, _ = check_trace(trace.to_bytes())
    counts = [event for event in file["traceEvents"] if event["name"] == "communications"]
    widths = np.diff([event["ts"] for event in counts])
    moving = sum(event["args"]["moving"] * width for event, width in zip(counts, widths, strict=False))
    assert moving == 60  # 30 wavelets are sent and 30 taken


def test_too_many_communications_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chrome, "MOST_OPERATIONS", 3)
    wafer = line_broadcast(4, 3)
    trace = ChromeTrace(wafer, {})
    trace.step(wafer.run_step(log_level=st.LOG_RUNS), "step", {}, detail=True)
    file, _, _ = check_trace(trace.to_bytes())
    assert "communications" not in [event["name"] for event in file["traceEvents"]]
    assert "too many communications" in " ".join(trace.left_out())


def test_flows() -> None:
    wafer = pair()
    assert flow_at(wafer, 0, 3, sent=True) == flow_at(wafer, 1, 3, sent=False) == "flow"
    assert flow_at(wafer, 1, 3, sent=True) == flow_at(wafer, 1, 2, sent=False) == ""


def test_a_step_without_a_log_is_refused() -> None:
    wafer = pair()
    with pytest.raises(ValueError, match="kept no log"):
        ChromeTrace(wafer, {}).step(wafer.run_step(), "step", {}, detail=True)
