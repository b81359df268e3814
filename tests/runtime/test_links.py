"""Links of several cycles and turns: when wavelets arrive, at which rate, what room there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wsc.runtime.critical_path import Breakdown, breakdown_of
from wsc.runtime.machine import Machine
from wsc.runtime.wavelet.state import LOG_RUNS
from wsc.runtime.wiring import Route

from ..support.wafers import DEPTHS, at, delay, line_broadcast, line_chain, machine, receive, row, send

T_R = DEPTHS.ramp_cycles


@pytest.mark.parametrize("hop", [1, 2, 3])
@pytest.mark.parametrize(("P", "B"), [(2, 1), (7, 40), (16, 100)])
def test_a_line(P: int, B: int, hop: int) -> None:
    """With h cycles a hop a broadcast takes B + 2 T_R + 1 + (P - 1) h; a chain pays the hop at each PE."""
    depths = replace(DEPTHS, hop_cycles=hop, turn_cycles=9)
    broadcast = line_broadcast(P, B, depths=depths)
    broadcast.floats[0] = np.arange(B)
    result = broadcast.run_step(log_level=LOG_RUNS)
    assert result.cycles == B + 2 * T_R + 1 + (P - 1) * hop
    assert (broadcast.floats == np.arange(B)).all()
    assert breakdown_of(broadcast, result) == Breakdown(hops=2 * T_R + 1 + (P - 1) * hop, serialization=B)
    assert line_chain(P, B, depths=depths).run_step().cycles == B + (2 * T_R + 1 + hop) * (P - 1)


def bend(B: int, turn: int, late: int = 0, depths: object = DEPTHS) -> Machine:
    """From (0, 0) to the E, at (2, 0) to the S, up the ramp at (2, 1)."""
    routes = [
        Route("bend", 0, at(0, 0), "RAMP", ("E",)),
        Route("bend", 0, at(1, 0), "W", ("E",)),
        Route("bend", 0, at(2, 0), "W", ("S",)),
        Route("bend", 0, at(2, 1), "N", ("RAMP",)),
    ]
    return machine(
        3,
        2,
        routes,
        {(0, 0): [send(row(B))], (2, 1): [delay(late), receive(row(B))]},
        depths=replace(depths, turn_cycles=turn),  # type: ignore[type-var]
    )


@pytest.mark.parametrize("turn", [0, 1, 20])
def test_a_turn(turn: int) -> None:
    """One turn on the way; up the ramp is none."""
    B = 50
    wafer = bend(B, turn)
    result = wafer.run_step(log_level=LOG_RUNS)
    assert result.cycles == B + 2 * T_R + 1 + 3 + turn
    assert breakdown_of(wafer, result).hops == 2 * T_R + 1 + 3 + turn


@pytest.mark.parametrize("turn", [0, 1, 20])
def test_wavelets_in_a_turn_take_no_room(turn: int) -> None:
    """What fits between a sender and a receiver that does not take anything yet."""
    B, late = 100, 300
    ends = bend(B, turn, late).run_step().end_cycles
    # Depth of 3 router queues, of which one has `turn` slots more, and the two queues at the cores.
    fit = 3 * DEPTHS.router_queue_wavelets + turn + 2 * 6
    assert int(ends[1]) == late + B
    # Each of the five queues sees a cycle later that the next one has a slot free.
    assert int(ends[0]) == late + B - fit + 5


def test_a_branch_that_turns_slows_the_other_down() -> None:
    """A router's setting is one: what goes straight on waits for the turn too."""
    B = 10
    routes = [
        Route("f", 0, at(0, 0), "RAMP", ("E",)),
        Route("f", 0, at(1, 0), "W", ("E", "S")),
        Route("f", 0, at(2, 0), "W", ("RAMP",)),
        Route("f", 0, at(1, 1), "N", ("RAMP",)),
    ]
    cores = {(0, 0): [send(row(B))], (2, 0): [receive(row(B))], (1, 1): [receive(row(B))]}
    wafer = machine(3, 2, routes, cores, depths=replace(DEPTHS, turn_cycles=7))
    ends = wafer.run_step().end_cycles.tolist()
    assert ends == [B, B + 2 * T_R + 1 + 2 + 7, B + 2 * T_R + 1 + 2 + 7]


def test_a_position_that_turns_makes_its_lane_slow() -> None:
    """One queue for both positions of an input, so one latency: the larger one."""
    routes = [
        Route("f", 0, at(0, 0), "RAMP", ("E",)),
        Route("f", 0, at(1, 0), "W", ("E",), 0, 1),
        Route("f", 0, at(1, 0), "W", ("S",), 1, 1),
        Route("f", 0, at(2, 0), "W", ("RAMP",)),
        Route("f", 0, at(1, 1), "N", ("RAMP",)),
    ]
    cores = {(0, 0): [send(row(3)), send(row(3))], (2, 0): [receive(row(3))], (1, 1): [receive(row(3))]}
    wafer = machine(3, 2, routes, cores, depths=replace(DEPTHS, turn_cycles=7))
    ends = wafer.run_step().end_cycles.tolist()
    assert ends == [6, 3 + 2 * T_R + 1 + 2 + 7, 6 + 2 * T_R + 1 + 2 + 7]
