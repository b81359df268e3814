"""Streams that a core starts and awaits: their cycles, what they do to memory, all ways to misuse them."""

from __future__ import annotations

import numpy as np
import pytest

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Site
from wsc.runtime.critical_path import Breakdown, breakdown_of
from wsc.runtime.fault import FaultDetail, MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.step_log import RUN_CAUSE, RUN_PC, RUN_SLOT, RUN_START
from wsc.runtime.wavelet import state as st
from wsc.runtime.wiring import Route

from ..support.wafers import DEPTHS, at, delay, machine, receive, row, send

T_R = DEPTHS.ramp_cycles
TRAVEL = 2 * T_R + 2
"""Cycles from the slot in which a core sends to that in which its neighbour takes it."""
PAIR = [
    *(Route("there", 0, at(0), "RAMP", ("E",)), Route("there", 0, at(1), "W", ("RAMP",))),
    *(Route("back", 1, at(1), "RAMP", ("W",)), Route("back", 1, at(0), "E", ("RAMP",))),
]


def start(
    opcode: int, data: Descriptor, channel: int, setup: int = 0, function: int = bc.F_ADD
) -> Instruction:
    return Instruction(
        opcode,
        descriptors=[data],
        channel_in=channel,
        channel_out=channel,
        call_cycles=setup,
        function=function,
        site=Site(f"pe.{bc.OPCODE_NAMES[opcode]}", f"model.wdl:{opcode}:1"),
    )


def await_streams(cycles: int = 0) -> Instruction:
    return Instruction(bc.AWAIT, call_cycles=cycles, site=Site("pe.await", "model.wdl:9:9"))


def swap(B: int, setup: int = 0, wait: int = 0, late: int = 0, opcode: int = bc.START_RECEIVE) -> Machine:
    """Two PEs send each other B wavelets and receive at the same time."""
    mine, theirs = row(B), row(B, base=4 * B)

    def core(out: int, into: int) -> list[Instruction]:
        return [
            start(opcode, theirs, into, setup),
            start(bc.START_SEND, mine, out, setup),
            await_streams(wait),
        ]

    return machine(2, 1, PAIR, {(0, 0): core(0, 1), (1, 0): [delay(late), *core(1, 0)]})


@pytest.mark.parametrize("B", [1, 3, 40])
def test_both_ways_at_once(B: int) -> None:
    wafer = swap(B, setup=15, wait=30)
    wafer.floats[:, :B] = [np.arange(B), -np.arange(B)]
    result = wafer.run_step(log_level=st.LOG_RUNS)
    assert wafer.floats[0, B : 2 * B].tolist() == (-np.arange(B)).tolist()
    assert wafer.floats[1, B : 2 * B].tolist() == np.arange(B).tolist()
    # Two starts, the await, then B wavelets of which the first one travels.
    assert result.cycles == 2 * 15 + 30 + TRAVEL + B
    assert breakdown_of(wafer, result) == Breakdown(software=60, hops=TRAVEL, serialization=B)


def test_reducing_while_sending() -> None:
    B = 5
    wafer = swap(B, opcode=bc.START_REDUCE)
    wafer.floats[:, : 2 * B] = [[1] * B + [10] * B, [2] * B + [20] * B]
    wafer.run_step()
    assert wafer.floats[:, B : 2 * B].tolist() == [[12] * B, [21] * B]


def test_one_after_the_other_takes_longer() -> None:
    B = 30
    mine, theirs = row(B), row(B, base=4 * B)
    blocking = machine(
        2,
        1,
        PAIR,
        {(0, 0): [send(mine, 0), receive(theirs, 1)], (1, 0): [receive(theirs, 0), send(mine, 1)]},
    )
    assert swap(B).run_step().cycles == TRAVEL + B
    assert blocking.run_step().cycles == 2 * (TRAVEL + B)


def test_each_stream_waits_on_its_own() -> None:
    """PE 1 is late: what PE 0 sends fills the queues, what it receives comes late; then both go on."""
    B, late = 40, 100
    wafer = swap(B, late=late)
    result = wafer.run_step(log_level=st.LOG_RUNS)
    assert result.end_cycles.tolist() == [late + TRAVEL + B, late + B]
    assert result.log is not None
    sends, receives = result.log.operations()[:2].tolist()[::-1]
    # PE, pc, when it was awaited, first and last slot, wavelets.
    assert receives == [0, 0, 0, late + TRAVEL, late + TRAVEL + B - 1, B]
    assert sends[:4] + sends[5:] == [0, 1, 0, 0, B]
    # 14 wavelets fit in between; the last one is sent 14 before the last is taken, and the credit comes back.
    assert sends[4] == late + B - 1 - 14 + 3
    assert breakdown_of(wafer, result).total == result.cycles


def test_the_log_has_the_await_before_its_streams() -> None:
    wafer = swap(3, setup=15, wait=30)
    log = wafer.run_step(log_level=st.LOG_RUNS).log
    assert log is not None
    runs = log.runs_of(0)
    assert runs[:, RUN_CAUSE].tolist() == [
        st.CAUSE_AWAIT,
        st.CAUSE_SETUP,
        st.CAUSE_ARRIVAL,
        st.CAUSE_HALT,
    ]
    assert runs[:3, RUN_PC].tolist() == [2, 1, 0]
    assert runs[:3, RUN_START].tolist() == [30, 30, 30]
    assert runs[:3, RUN_SLOT].tolist() == [60, 60, 60 + TRAVEL]


def test_nothing_moves_before_the_await() -> None:
    """Local work between a start and its await holds the streams up, and may still change what is sent."""
    B = 4
    fill = Instruction(
        bc.FILL, descriptors=[row(B)], call_cycles=7, element_cycles=(1, 1), constant=0x40A00000
    )
    cores = {
        (0, 0): [start(bc.START_SEND, row(B), 0, 15), fill, delay(50), await_streams(30)],
        (1, 0): [start(bc.START_RECEIVE, row(B), 0), await_streams()],
    }
    wafer = machine(2, 1, PAIR, cores)
    result = wafer.run_step(log_level=st.LOG_RUNS)
    assert (wafer.floats[1, :B] == 5).all()
    assert result.end_cycles.tolist() == [15 + 7 + B + 50 + 30 + B, 15 + 7 + B + 50 + 30 + TRAVEL + B]
    assert breakdown_of(wafer, result) == Breakdown(
        software=15 + 7 + 50 + 30, compute=B, hops=TRAVEL, serialization=B
    )


def test_streams_of_no_wavelets() -> None:
    core = [start(bc.START_SEND, row(0), 0, 15), start(bc.START_RECEIVE, row(0), 1, 15), await_streams(30)]
    wafer = machine(2, 1, PAIR, {(0, 0): [*core, delay(2)], (1, 0): []})
    result = wafer.run_step(log_level=st.LOG_RUNS)
    assert result.cycles == 62
    assert breakdown_of(wafer, result) == Breakdown(software=62)


def test_in_a_loop() -> None:
    """Started streams may be awaited and started again, and blocking ones may come in between."""
    B, times = 3, 4
    mine, theirs = row(B), row(B, base=4 * B)

    def core(out: int, into: int, last: Instruction) -> list[Instruction]:
        return [
            Instruction(bc.FOR, [0, times], target=5, jump=6),
            start(bc.START_SEND, mine, out),
            start(bc.START_REDUCE, theirs, into),
            await_streams(),
            last,
            Instruction(bc.NEXT, [0, times], target=5, jump=1),
        ]

    wafer = machine(
        2,
        1,
        PAIR,
        {(0, 0): core(0, 1, send(row(1), 0)), (1, 0): core(1, 0, receive(row(1, base=400), 0))},
    )
    wafer.floats[:, :B] = [[1, 2, 3], [4, 5, 6]]
    for _ in range(2):
        wafer.floats[:, B : 2 * B] = 0
        result = wafer.run_step(log_level=st.LOG_RUNS)
        assert wafer.floats[:, B : 2 * B].tolist() == [[16, 20, 24], [4, 8, 12]]
        assert breakdown_of(wafer, result).total == result.cycles


def fault_of(*instructions: Instruction) -> MachineFault:
    """What goes wrong with these instructions at PE (0, 0)."""
    wafer = machine(2, 1, PAIR, {(0, 0): instructions, (1, 0): []})
    with pytest.raises(MachineFault) as caught:
        wafer.run_step()
    assert caught.value.kind == "thread"
    return caught.value


START = start(bc.START_SEND, row(3), 0)
STARTED = FaultDetail(0, 0, "started here", 0, "there", "pe.start_send in 'test'", "model.wdl:24:1")


@pytest.mark.parametrize(
    ("instructions", "detail"),
    [
        (
            [START, send(row(1), 0)],
            FaultDetail(
                0,
                0,
                "a stream is started and not awaited yet: nothing else may send or receive",
                0,
                "there",
                "pe.send in 'test'",
                "model.wdl:1:1",
            ),
        ),
        (
            [START, receive(row(1, base=100), 1)],
            FaultDetail(
                0,
                0,
                "a stream is started and not awaited yet: nothing else may send or receive",
                1,
                "back",
                "pe.recv in 'test'",
                "model.wdl:2:1",
            ),
        ),
        (
            [START, start(bc.START_SEND, row(0), 0)],
            FaultDetail(
                0,
                0,
                "a stream of this direction is started and not awaited yet",
                0,
                "there",
                "pe.start_send in 'test'",
                "model.wdl:24:1",
            ),
        ),
        (
            [START],
            FaultDetail(0, 0, "a stream is started and never awaited", None, "", "pe.halt in 'test'", ""),
        ),
        (
            [START, start(bc.START_RECEIVE, row(3, base=8), 1)],
            FaultDetail(
                0,
                0,
                "the memory of the started send and that of the started receive overlap",
                1,
                "back",
                "pe.start_recv in 'test'",
                "model.wdl:25:1",
            ),
        ),
    ],
)
def test_misuse(instructions: list[Instruction], detail: FaultDetail) -> None:
    assert fault_of(*instructions).details == (detail, STARTED)


def test_an_await_of_nothing() -> None:
    (detail,) = fault_of(await_streams()).details
    assert detail.message == "nothing is started that could be awaited"
    assert detail.location == "model.wdl:9:9"


@pytest.mark.parametrize(
    ("sent", "received", "overlap"),
    [
        (row(4), row(4, base=16), False),
        (row(4), row(4, base=12), True),
        (row(4, base=16), row(4), False),
        # From the first byte to the last one counts, not what lies in between.
        (Descriptor(bc.F32, 0, 1, 0, 4, 4), Descriptor(bc.F32, 4, 1, 0, 4, 4), True),
        (Descriptor(bc.F32, 28, 1, 0, 4, -2), Descriptor(bc.F32, 0, 1, 0, 1, 1), False),
        (Descriptor(bc.F32, 28, 1, 0, 4, -2), Descriptor(bc.F32, 4, 1, 0, 1, 1), True),
        (Descriptor(bc.F16, 0, 3, 4, 2, 1), Descriptor(bc.F32, 20, 1, 0, 1, 1), False),
        (Descriptor(bc.F16, 0, 3, 4, 2, 1), Descriptor(bc.F32, 16, 1, 0, 1, 1), True),
        (row(0), row(4), False),
    ],
)
def test_overlap(sent: Descriptor, received: Descriptor, overlap: bool) -> None:
    starts = [start(bc.START_RECEIVE, received, 1), start(bc.START_SEND, sent, 0)]
    for order in (starts, starts[::-1]):
        # A program that ends with something started shows that the starts themselves went well.
        words = [detail.message for detail in fault_of(*order).details]
        assert ("overlap" in words[0]) == overlap


def test_a_deadlock_names_the_streams_that_are_left() -> None:
    core = [start(bc.START_RECEIVE, row(2, base=100), 1), start(bc.START_SEND, row(3), 0), await_streams()]
    wafer = machine(2, 1, PAIR, {(0, 0): core, (1, 0): [receive(row(3), 0)]})
    with pytest.raises(MachineFault, match="deadlock") as caught:
        wafer.run_step()
    (detail,) = caught.value.details
    assert (detail.operation, detail.location) == ("pe.start_recv in 'test'", "model.wdl:25:1")
    assert (detail.color, detail.flow) == (1, "back")
    assert "2 to go" in detail.message
    # The machine is as before: a step with what was missing goes well.
    with pytest.raises(MachineFault, match="deadlock"):
        wafer.run_step()
