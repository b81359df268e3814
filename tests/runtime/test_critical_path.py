"""Where the cycles of a step went."""

from __future__ import annotations

import numpy as np
import pytest

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Instruction
from wsc.runtime.cores import Tile
from wsc.runtime.critical_path import Breakdown, breakdown_of, critical_path, layer_cycles_of
from wsc.runtime.machine import Machine
from wsc.runtime.step_log import WaveletLog
from wsc.runtime.wavelet import state as st
from wsc.runtime.wiring import Route

from ..support.wafers import (
    DEPTHS,
    at,
    delay,
    line_broadcast,
    line_chain,
    machine,
    program,
    receive,
    row,
    send,
)

T_R = DEPTHS.ramp_cycles


def breakdown(wafer: Machine, log_level: int = st.LOG_RUNS) -> Breakdown:
    result = wafer.run_step(log_level=log_level)
    found = breakdown_of(wafer, result)
    assert found.total == result.cycles
    return found


@pytest.mark.parametrize("log_level", [st.LOG_RUNS, st.LOG_ALL])
@pytest.mark.parametrize("setup", [0, 15])
@pytest.mark.parametrize(("P", "B"), [(2, 1), (5, 30), (12, 3)])
def test_a_broadcast(P: int, B: int, setup: int, log_level: int) -> None:
    """P - 1 links, both ramps and the cycle in which the first wavelet leaves its core; then B wavelets."""
    assert breakdown(line_broadcast(P, B, setup=setup), log_level) == Breakdown(
        hops=P - 1 + 2 * T_R + 1, serialization=B, software=setup
    )


@pytest.mark.parametrize(("P", "B"), [(2, 1), (5, 30), (12, 3)])
def test_a_chain(P: int, B: int) -> None:
    assert breakdown(line_chain(P, B, setup=15)) == Breakdown(
        hops=(P - 1) * (2 * T_R + 2), serialization=B, software=15
    )


def test_work_before_and_after_a_message() -> None:
    """The path leads over the later of the two PEs, then over what it does with the message."""
    vector = Instruction(bc.FILL, descriptors=[row(10)], call_cycles=7, element_cycles=(3, 1))
    routes = [Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(1), "W", ("RAMP",))]

    def pair(sender: int, receiver: int) -> Breakdown:
        return breakdown(
            machine(
                2,
                1,
                routes,
                {
                    (0, 0): [delay(sender), vector, send(row(4), 0, 15)],
                    (1, 0): [delay(receiver), receive(row(4), 0, 15), vector, delay(2)],
                },
            )
        )

    assert pair(5, 1) == Breakdown(compute=60, hops=6, serialization=4, software=5 + 7 + 15 + 7 + 2)
    # The sender is early: its wavelets wait for the receiver, which takes one a cycle.
    assert pair(5, 500) == Breakdown(compute=30, serialization=4, software=500 + 15 + 7 + 2)


def test_back_pressure_is_waiting() -> None:
    routes = [Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(1), "W", ("RAMP",))]
    wafer = machine(
        2, 1, routes, {(0, 0): [send(row(40), 0), delay(100)], (1, 0): [delay(300), receive(row(40), 0)]}
    )
    found = breakdown(wafer)
    result = wafer.run_step(log_level=st.LOG_RUNS)
    assert result.cycles > 400
    # 14 wavelets fit in between; the others go when the receiver has begun at cycle 300.
    assert found.serialization == 40
    assert found.wait == result.cycles - 40 - 100
    kinds = [segment.kind for segment in critical_path(wafer, result)]
    assert kinds == ["software", "serialization", "wait", "serialization"]


def test_a_contended_link_is_waiting() -> None:
    """What color 1 loses to color 0 on the shared link is no hop."""
    B = 25
    routes = [
        Route("f", 0, at(0), "RAMP", ("E",)),
        Route("f", 0, at(1), "W", ("E",)),
        Route("f", 0, at(2), "W", ("RAMP",)),
        Route("g", 1, at(1), "RAMP", ("E",)),
        Route("g", 1, at(2), "W", ("E",)),
        Route("g", 1, at(3), "W", ("RAMP",)),
    ]
    data = row(B)
    wafer = machine(
        4,
        1,
        routes,
        {
            (0, 0): [send(data, 0)],
            (1, 0): [send(data, 1)],
            (2, 0): [receive(data, 0)],
            (3, 0): [receive(data, 1)],
        },
    )
    found = breakdown(wafer)
    assert found.wait == pytest.approx(B, abs=2)
    assert found.hops == 2 + 2 * T_R + 1


def test_without_a_log() -> None:
    wafer = line_chain(2, 1)
    result = wafer.run_step()
    for function in (breakdown_of, critical_path, layer_cycles_of):
        with pytest.raises(ValueError, match="the step kept no log"):
            function(wafer, result)


def test_a_machine_without_programs() -> None:
    wafer = Machine(2, 2, [], [], [], DEPTHS, 64)
    result = wafer.run_step(log_level=st.LOG_RUNS)
    assert result.cycles == 0
    assert breakdown_of(wafer, result) == Breakdown()
    assert layer_cycles_of(wafer, result) is None


def looping(work: int, *, layers: bool) -> list[Instruction]:
    """A loop over the instance's layers of `work` cycles each."""
    count = bc.Register(bc.R_LAYER_COUNT)
    return [
        delay(11),
        Instruction(bc.FOR, [0, count], target=6, jump=4, constant=int(layers)),
        delay(work),
        Instruction(bc.NEXT, [0, count], target=6, jump=2, call_cycles=6, constant=int(layers)),
        delay(17),
    ]


def test_layers() -> None:
    programs = [program(*looping(work, layers=True)) for work in (40, 30, 94)]
    tiles = [
        Tile(0, at(0), layers=(0, 3), instance="block_0"),
        Tile(1, at(1), layers=(0, 3), instance="block_0"),
        Tile(2, at(2), layers=(3, 4), instance="block_1"),
    ]
    wafer = Machine(4, 1, [], tiles, programs, DEPTHS, 64)
    result = wafer.run_step(log_level=st.LOG_RUNS)
    # Three layers of 46 cycles (the slower PE counts) and one of 100.
    assert layer_cycles_of(wafer, result) == (3 * 46 + 100) / 4
    assert result.end_cycles.tolist() == [11 + 3 * 46 + 17, 11 + 3 * 36 + 17, 11 + 100 + 17]


def test_other_loops_are_no_layers() -> None:
    tile = Tile(0, at(0), layers=(0, 3))
    wafer = Machine(1, 1, [], [tile], [program(*looping(40, layers=False))], DEPTHS, 64)
    assert layer_cycles_of(wafer, wafer.run_step(log_level=st.LOG_RUNS)) is None


def test_a_full_log_has_every_instruction() -> None:
    wafer = Machine(
        1, 1, [], [Tile(0, at(0), layers=(0, 2))], [program(*looping(40, layers=False))], DEPTHS, 64
    )
    found = wafer.run_step(log_level=st.LOG_ALL).log
    assert isinstance(found, WaveletLog)
    log = found.rows
    assert log[:, st.LOG_CAUSE].tolist() == [st.CAUSE_LOCAL] * 6 + [st.CAUSE_HALT]
    ends = log[:, st.LOG_SLOT]
    assert np.array_equal(log[1:, st.LOG_START], ends[:-1])
    assert ends.tolist() == [11, 51, 57, 97, 103, 120, 120]
