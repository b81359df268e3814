"""Switch positions: in which cycles messages of one color pass a router, and what positions cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from wsc.runtime.bytecode import Instruction
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.wavelet.state import LOG_RUNS
from wsc.runtime.wiring import Route

from ..support.wafers import DEPTHS, at, delay, forward, machine, receive, reduce, row, send

T_R = DEPTHS.ramp_cycles
TRAVEL = 2 * T_R + 1
"""Cycles from the slot in which a core sends to the one in which another takes it, without those of links."""


def star(late: int, order: Sequence[str], B: int = 4, depths: object = DEPTHS) -> Machine:
    """PEs 0 and 2 both send B wavelets of one color to PE 1, which lets them in by `order`; PE 0 is late."""
    routes = [Route("star", 0, at(0), "RAMP", ("E",)), Route("star", 0, at(2), "RAMP", ("W",))]
    routes += [Route("star", 0, at(1), side, ("RAMP",), k, 1) for k, side in enumerate(order)]
    first, second = row(B), row(B, base=4 * B)
    return machine(
        3,
        1,
        routes,
        {
            (0, 0): [delay(late), send(first)],
            (2, 0): [send(first)],
            (1, 0): [receive(first), receive(second)],
        },
        depths=depths,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("late", [0, 5, 100])
def test_messages_pass_in_the_order_of_the_positions(late: int) -> None:
    B = 4
    wafer = star(late, "WE", B)
    wafer.floats[[0, 2], :B] = [[1] * B, [2] * B]
    result = wafer.run_step(log_level=LOG_RUNS)
    # The first message comes by one link; the other waits at the router, whose switch moves in the cycle in
    # which the first one's last wavelet leaves it, and follows without a gap.
    assert wafer.floats[1, : 2 * B].tolist() == [1] * B + [2] * B
    assert result.cycles == late + TRAVEL + 1 + 2 * B
    assert result.contended == 0
    other = star(late, "EW", B)
    other.floats[[0, 2], :B] = [[1] * B, [2] * B]
    assert other.run_step().cycles == max(B, late) + TRAVEL + 1 + B
    assert other.floats[1, : 2 * B].tolist() == [2] * B + [1] * B


def test_a_message_that_waits_holds_its_sender_back() -> None:
    """K_out + depth wavelets of the second message fit in; the others leave when the switch has moved."""
    B, late = 20, 100
    wafer = star(late, "WE", B)
    ends = wafer.run_step().end_cycles
    # In this cycle the first message's last wavelet leaves the middle's router.
    moved = late + T_R + 1 + 1 + B - 1
    fit = DEPTHS.core_output_queue_wavelets + DEPTHS.router_queue_wavelets
    # The second one leaves it from the next cycle on; each of two queues sees its slots a cycle later.
    assert ends.tolist() == [late + B, 2 * B + late + TRAVEL + 1, moved + 1 + 2 + B - fit]


def test_positions_come_round_again() -> None:
    """Two messages from the left, one from the right, and again: as often as the programs send."""
    routes = [
        Route("f", 0, at(0), "RAMP", ("E",)),
        Route("f", 0, at(2), "RAMP", ("W",)),
        Route("f", 0, at(1), "W", ("RAMP",), 0, 2),
        Route("f", 0, at(1), "E", ("RAMP",), 1, 1),
    ]
    left = [send(row(2)), send(row(1, base=8))] * 3
    right = [send(row(3))] * 3
    middle = [receive(row(6, base=24 * k)) for k in range(3)]
    wafer = machine(3, 1, routes, {(0, 0): left, (1, 0): middle, (2, 0): right})
    wafer.floats[[0, 2], :3] = [[1, 2, 3], [4, 5, 6]]
    for _ in range(2):
        wafer.run_step()
        assert wafer.floats[1, :18].tolist() == [1, 2, 3, 4, 5, 6] * 3
        wafer.floats[1] = 0


def test_a_message_of_no_wavelets_is_none() -> None:
    wafer = star(0, "WE", 2)
    plain = wafer.run_step().cycles
    routes, first = wafer.routes, row(2)
    empty = machine(
        3,
        1,
        routes,
        {
            (0, 0): [send(row(0)), send(first), send(row(0))],
            (2, 0): [send(row(0)), send(first)],
            (1, 0): [receive(first), receive(first)],
        },
    )
    assert empty.run_step().cycles == plain


def test_the_first_position_sends_and_the_second_passes_on() -> None:
    """A star on one color: each PE sends its own vector first, then lets those from behind it through."""
    P, B = 5, 3
    routes = [Route("star", 0, at(0), "E", ("RAMP",))]
    for x in range(1, P):
        last = x == P - 1
        routes.append(Route("star", 0, at(x), "RAMP", ("W",), 0, 0 if last else 1))
        if not last:
            routes.append(Route("star", 0, at(x), "E", ("W",), 1, P - 1 - x))
    data = row(B)
    cores: dict[tuple[int, int], list[Instruction]] = {(x, 0): [send(data)] for x in range(1, P)}
    cores[0, 0] = [reduce(data)] * (P - 1)
    wafer = machine(P, 1, routes, cores)
    wafer.floats[:, :B] = np.arange(P)[:, None]
    result = wafer.run_step(count_loads=True)
    assert (wafer.floats[0, :B] == sum(range(P))).all()
    # HPDC 2024: star reduce B (P - 1) + 2 T_R + 1; the first link takes one cycle more than none.
    assert result.cycles == B * (P - 1) + 2 * T_R + 2
    assert result.contended == 0
    # Link x to x - 1 carries all messages from x on.
    assert result.loads is not None
    assert result.loads[3, 0].tolist() == [0, *(B * (P - x) for x in range(1, P))]


def test_positions_may_share_an_input() -> None:
    """From the right: one message up the ramp, then two past the PE. The queue is the same."""
    routes = [
        Route("f", 0, at(2), "RAMP", ("W",)),
        Route("f", 0, at(1), "E", ("RAMP",), 0, 1),
        Route("f", 0, at(1), "E", ("W",), 1, 2),
        Route("f", 0, at(0), "E", ("RAMP",)),
    ]
    B = 5
    wafer = machine(
        3,
        1,
        routes,
        {
            (2, 0): [send(row(B)), send(row(B)), send(row(B))],
            (1, 0): [receive(row(B))],
            (0, 0): [receive(row(2 * B))],
        },
    )
    ends = wafer.run_step().end_cycles.tolist()
    assert ends == [3 * B + TRAVEL + 2, B + TRAVEL + 1, 3 * B]


def test_a_switch_that_leads_two_ways_at_once() -> None:
    """A multicast in one position, one branch only in the next."""
    routes = [
        Route("f", 0, at(1), "RAMP", ("E", "W"), 0, 1),
        Route("f", 0, at(1), "RAMP", ("E",), 1, 1),
        Route("f", 0, at(0), "E", ("RAMP",)),
        Route("f", 0, at(2), "W", ("RAMP",)),
    ]
    wafer = machine(
        3,
        1,
        routes,
        {(1, 0): [send(row(3)), send(row(4))], (0, 0): [receive(row(3))], (2, 0): [receive(row(7))]},
    )
    ends = wafer.run_step(count_loads=True)
    assert ends.end_cycles.tolist() == [3 + TRAVEL + 1, 7, 7 + TRAVEL + 1]
    assert ends.loads is not None
    assert ends.loads[[1, 3], 0, 1].tolist() == [7, 3]


def test_a_chain_over_a_switch() -> None:
    """What is received and sent on is one message too."""
    routes = [
        *(Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(1), "W", ("RAMP",))),
        *(Route("g", 1, at(1), "RAMP", ("E",)), Route("g", 1, at(3), "RAMP", ("W",))),
        *(Route("g", 1, at(2), "W", ("RAMP",), 0, 1), Route("g", 1, at(2), "E", ("RAMP",), 1, 1)),
    ]
    B = 6
    data = row(B)
    cores = {
        (0, 0): [send(data, 0)],
        (1, 0): [forward(data, 0, 1)],
        (2, 0): [reduce(data, 1), reduce(data, 1)],
        (3, 0): [send(data, 1)],
    }
    wafer = machine(4, 1, routes, cores)
    wafer.floats[:, :B] = [[1], [10], [100], [1000]]
    result = wafer.run_step()
    assert (wafer.floats[2, :B] == 1111).all()
    assert result.cycles == 2 * (TRAVEL + 1) + 2 * B


def test_deeper_queues_hold_more_of_a_message_that_waits() -> None:
    ends = [
        int(star(50, "WE", 20, replace(DEPTHS, router_queue_wavelets=depth)).run_step().end_cycles[2])
        for depth in (2, 3, 4)
    ]
    assert ends == [ends[0], ends[0] - 1, ends[0] - 2]


def test_a_deadlock_at_a_switch_says_what_it_waits_for() -> None:
    """The message that a switch waits for does not come: from behind it, or from beside the sender."""
    routes = list(star(0, "WE", 20).routes)
    stuck = machine(3, 1, routes, {(2, 0): [send(row(20))], (1, 0): [receive(row(20))]})
    with pytest.raises(MachineFault, match="deadlock") as caught:
        stuck.run_step()
    assert [detail.message for detail in caught.value.details] == [
        "waits for a wavelet, 20 to go; nobody sends any at PE (0, 0)",
        "no room to send, 12 wavelets to go; nobody sends any at PE (0, 0)",
    ]
    routes = [
        *(Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(2), "W", ("RAMP",))),
        *(Route("f", 0, at(1), "W", ("E",), 0, 1), Route("f", 0, at(1), "RAMP", ("E",), 1, 1)),
    ]
    stuck = machine(3, 1, routes, {(1, 0): [send(row(9))], (2, 0): [receive(row(9))], (0, 0): []})
    with pytest.raises(MachineFault, match="deadlock") as caught:
        stuck.run_step()
    texts = [detail.message for detail in caught.value.details if detail.x == 1]
    position = "its router's switch is in position 0, for 1 more message from W"
    assert texts == [f"no room to send, 3 wavelets to go; {position}; PE (0, 0) has ended"]


@pytest.mark.parametrize(
    ("positions", "message"),
    [
        ([(0, 1), (0, 1)], "a router has two routes for one color"),
        ([(0, 1), (2, 1)], "the positions of a switch do not count from 0"),
        ([(1, 1)], "the positions of a switch do not count from 0"),
        ([(0, 0), (1, 1)], "a switch position does not say for how many messages it lasts"),
    ],
)
def test_what_positions_cannot_be(positions: list[tuple[int, int]], message: str) -> None:
    routes = [
        Route("f", 5, at(1), side, ("RAMP",), *position)
        for side, position in zip("WE", positions, strict=False)
    ]
    with pytest.raises(MachineFault, match=message) as caught:
        machine(3, 1, routes, {(1, 0): []})
    (detail,) = caught.value.details
    assert (detail.x, detail.y, detail.color, detail.flow) == (1, 0, 5, "f")
