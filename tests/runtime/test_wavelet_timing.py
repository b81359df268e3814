"""Cycles of the wavelet engine: closed forms, costs, multicast, back-pressure, priorities."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction
from wsc.runtime.wiring import QueueDepths, Route

from ..support.wafers import (
    DEPTHS,
    at,
    delay,
    forward,
    line_broadcast,
    line_chain,
    machine,
    receive,
    reduce,
    row,
    send,
)


def depths_for(ramp_cycles: int) -> QueueDepths:
    """The smallest queues with which streams keep their full rate."""
    return QueueDepths(ramp_cycles, 2, max(ramp_cycles, 1) + 1, ramp_cycles + 2)


@pytest.mark.parametrize("T_R", [1, 2, 5])
@pytest.mark.parametrize("B", [1, 2, 7, 100])
@pytest.mark.parametrize("P", [2, 3, 16, 40])
def test_closed_forms(P: int, B: int, T_R: int) -> None:
    """Chain and broadcast of 'Near-Optimal Wafer-Scale Reduce' (HPDC 2024), without software costs."""
    depths = depths_for(T_R)
    broadcast = line_broadcast(P, B, depths=depths)
    broadcast.floats[0] = np.arange(B)
    assert broadcast.run_step().cycles == B + P + 2 * T_R
    assert (broadcast.floats == np.arange(B)).all()
    chain = line_chain(P, B, depths=depths)
    chain.floats[...] = 1
    result = chain.run_step()
    assert result.cycles == B + (2 * T_R + 2) * (P - 1)
    assert (chain.floats[0] == P).all()
    assert result.link_hops == B * (P - 1)
    assert result.wavelets == B * (P - 1)
    assert result.ramp_hops == B * (P - 1)


@pytest.mark.parametrize(
    ("changed", "rate"),
    [
        ({"router_queue_wavelets": 1}, 2),
        ({"core_input_queue_wavelets": 1}, 3),
        ({"core_input_queue_wavelets": 2}, 1.5),
        ({"core_output_queue_wavelets": 1}, 4),
        ({"core_output_queue_wavelets": 3}, 4 / 3),
    ],
)
def test_shallow_queues_slow_a_stream_down(changed: dict[str, int], rate: float) -> None:
    """A loop of credits that takes c cycles and has k of them lets a wavelet pass every c / k cycles."""
    B = 600
    cycles = line_broadcast(6, B, depths=replace(DEPTHS, **changed)).run_step().cycles
    assert cycles == pytest.approx(B * rate, abs=30)


def test_a_halfword_pair_is_one_wavelet() -> None:
    for elements, wavelets in ((1, 1), (2, 1), (7, 4), (8, 4)):
        data = row(elements, bc.F16)
        two = machine(
            2,
            1,
            [Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(1), "W", ("RAMP",))],
            {(0, 0): [send(data)], (1, 0): [receive(data)]},
        )
        two.sram[0, :8] = np.arange(1, 9)
        two.sram[1, :8] = 77
        result = two.run_step()
        assert result.wavelets == wavelets
        assert result.cycles == wavelets + 2 + 2 * 2
        assert two.sram[1, :8].tolist() == [*range(1, elements + 1), *[77] * (8 - elements)]


def test_elements_follow_the_descriptors() -> None:
    """A column of a matrix is sent, and received as every third element from the back."""
    source = Descriptor(bc.F16, 2, 5, 4, 1, 1)
    sink = Descriptor(bc.F16, 60, 1, 0, 5, -3)
    two = machine(
        2,
        1,
        [Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(1), "W", ("RAMP",))],
        {(0, 0): [send(source)], (1, 0): [receive(sink)]},
    )
    two.sram[0, :32] = np.arange(32)
    two.run_step()
    assert two.sram[1, 30:17:-3].tolist() == [1, 5, 9, 13, 17]


@pytest.mark.parametrize(("function", "expected"), [(bc.F_ADD, 30), (bc.F_MAX, 20), (bc.F_MIN, 10)])
@pytest.mark.parametrize("type_number", [bc.F16, bc.F32, bc.I32])
def test_reductions(type_number: int, function: int, expected: int) -> None:
    data = row(3, type_number)
    three = machine(
        3,
        1,
        [
            Route("a", 0, at(0), "RAMP", ("E",)),
            Route("a", 0, at(1), "W", ("RAMP",)),
            Route("b", 1, at(1), "RAMP", ("E",)),
            Route("b", 1, at(2), "W", ("RAMP",)),
        ],
        {
            (0, 0): [send(data, 0)],
            (1, 0): [forward(data, 0, 1, function)],
            (2, 0): [reduce(data, 1, function)],
        },
    )
    view = three.sram.view({bc.F16: np.float16, bc.F32: np.float32, bc.I32: np.int32}[type_number])
    view[0, :4], view[1, :4], view[2, :4] = 10, 20, 0 if function == bc.F_ADD else 15
    three.run_step()
    assert view[2, :3].tolist() == [expected] * 3
    assert view[1, :3].tolist() == [20] * 3
    assert view[2, 3] in (0, 15)


def test_integers_cross_the_wafer_exactly() -> None:
    data = row(2, bc.I32)
    two = machine(
        2,
        1,
        [Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(1), "W", ("RAMP",))],
        {(0, 0): [send(data)], (1, 0): [reduce(data, 0, bc.F_MIN)]},
    )
    two.integers[0, :2] = [2**31 - 1, 2**24 + 1]
    two.integers[1, :2] = [2**31 - 2, 2**24 + 3]
    two.run_step()
    assert two.integers[1, :2].tolist() == [2**31 - 2, 2**24 + 1]


def cycles_of(*instructions: Instruction) -> int:
    return machine(1, 1, [], {(0, 0): instructions}).run_step().cycles


def test_costs() -> None:
    def vector(n0: int, n1: int) -> Instruction:
        return Instruction(
            bc.FILL, descriptors=[Descriptor(bc.F16, 0, n0, 0, n1, 0)], call_cycles=7, element_cycles=(2, 3)
        )

    assert cycles_of() == 0
    assert cycles_of(vector(1, 1)) == 8
    assert cycles_of(vector(1, 3)) == 9
    assert cycles_of(vector(5, 4)) == 5 * (7 + 3)
    assert cycles_of(vector(5, 0)) == 7
    assert cycles_of(vector(0, 4)) == 7
    assert cycles_of(Instruction(bc.ADD, [1, 1], target=5, call_cycles=3)) == 3
    # An empty message is only set up.
    assert cycles_of(send(row(0), 0, setup=15), receive(row(0), 0, setup=15)) == 30


@pytest.mark.parametrize(("first", "end", "iterations"), [(0, 5, 5), (3, 5, 2), (5, 5, 0), (7, 5, 0)])
def test_loops(first: int, end: int, iterations: int) -> None:
    counter = bc.Register(5)
    body = [
        Instruction(bc.FOR, [first, end], target=5, jump=4),
        Instruction(bc.ADD, [bc.Register(6), counter], target=6, call_cycles=1),
        delay(10),
        Instruction(bc.NEXT, [0, end], target=5, jump=1, call_cycles=6),
        Instruction(bc.STORE, [0, bc.Register(6)], function=bc.I32),
    ]
    body[2].target = 7
    one = machine(1, 1, [], {(0, 0): body})
    assert one.run_step().cycles == iterations * (1 + 10 + 6)
    assert one.integers[0, 0] == sum(range(first, end))


@pytest.mark.parametrize(
    ("predicate", "a", "b", "holds"),
    [
        *((bc.EQUAL, 3, 3, True), (bc.EQUAL, 3, 4, False), (bc.LESS, 3, 4, True), (bc.LESS, 4, 4, False)),
        *((bc.LESS_EQUAL, 4, 4, True), (bc.LESS_EQUAL, 5, 4, False)),
    ],
)
def test_conditions(predicate: int, a: int, b: int, holds: bool) -> None:
    test = Instruction(bc.IF, [a, b], function=predicate, jump=2, call_cycles=6)
    assert cycles_of(test, delay(10)) == (16 if holds else 6)


def star(late: tuple[int, ...]) -> tuple[int, list[int]]:
    """The middle of a row sends 20 wavelets E and W at once; cycles, and when each sink ended."""
    data = row(20)
    three = machine(
        3,
        1,
        [
            Route("f", 0, at(1), "RAMP", ("E", "W")),
            Route("f", 0, at(0), "E", ("RAMP",)),
            Route("f", 0, at(2), "W", ("RAMP",)),
        ],
        {
            (1, 0): [send(data)],
            (0, 0): [delay(late[0]), receive(data)],
            (2, 0): [delay(late[1]), receive(data)],
        },
    )
    three.floats[1, :20] = np.arange(20)
    result = three.run_step()
    assert (three.floats[[0, 2], :20] == np.arange(20)).all()
    return result.cycles, result.end_cycles.tolist()


def test_branches_of_a_multicast_go_in_lock_step() -> None:
    assert star((0, 0))[1] == [26, 20, 26]
    # One late sink holds the sender, and through it the other sink, back.
    _, (late, sender, early) = star((200, 0))
    assert late == 200 + 20
    # 20 wavelets; 6 fit into the sink's queue, 2 into its router's, 6 into the sender's output queue.
    assert sender == pytest.approx(200 + 20 - 14, abs=5)
    assert early == pytest.approx(late, abs=10)


def test_the_lower_color_takes_the_link() -> None:
    """Two streams share the link from PE 1 to PE 2; the one with the lower color does not notice."""
    B = 30

    def run(first: int, second: int) -> tuple[list[int], int]:
        data = row(B)
        four = machine(
            3,
            2,
            [
                Route("straight", first, at(0, 0), "RAMP", ("E",)),
                Route("straight", first, at(1, 0), "W", ("E",)),
                Route("straight", first, at(2, 0), "W", ("RAMP",)),
                Route("turning", second, at(1, 1), "RAMP", ("N",)),
                Route("turning", second, at(1, 0), "S", ("E",)),
                Route("turning", second, at(2, 0), "W", ("S",)),
                Route("turning", second, at(2, 1), "N", ("RAMP",)),
            ],
            {
                (0, 0): [send(data, first)],
                (2, 0): [receive(data, first)],
                (1, 1): [send(data, second)],
                (2, 1): [receive(data, second)],
            },
        )
        result = four.run_step()
        ends = result.end_cycles
        return [int(ends[four.pe_index[0, 2]]), int(ends[four.pe_index[1, 2]])], result.contended

    (straight, turning), contended = run(0, 1)
    assert straight == B + 3 + 4
    assert turning == B + B + 4 + 4
    assert contended == B
    (straight, turning), _ = run(3, 2)
    assert turning == B + 4 + 4
    assert straight > turning


def test_a_stream_between_two_that_share_a_link() -> None:
    """Colors 0 and 2 leave the middle to the E; color 1, which crosses it, does not let both pass at once."""
    B = 30
    data = row(B)
    wafer = machine(
        3,
        3,
        [
            Route("a", 0, at(0, 1), "RAMP", ("E",)),
            Route("a", 0, at(1, 1), "W", ("E",)),
            Route("a", 0, at(2, 1), "W", ("RAMP",)),
            Route("b", 1, at(1, 0), "RAMP", ("S",)),
            Route("b", 1, at(1, 1), "N", ("S",)),
            Route("b", 1, at(1, 2), "N", ("RAMP",)),
            Route("c", 2, at(1, 1), "RAMP", ("E",)),
            Route("c", 2, at(2, 1), "W", ("N",)),
            Route("c", 2, at(2, 0), "S", ("RAMP",)),
        ],
        {
            (0, 1): [send(data, 0)],
            (2, 1): [receive(data, 0)],
            (1, 0): [send(data, 1)],
            (1, 2): [receive(data, 1)],
            (1, 1): [send(data, 2)],
            (2, 0): [receive(data, 2)],
        },
    )
    result = wafer.run_step()
    ends = {
        place: int(result.end_cycles[wafer.pe_index[place[1], place[0]]])
        for place in ((2, 1), (1, 2), (2, 0))
    }
    # The first wavelet of color 2 is at the router one cycle before color 0's.
    assert ends[2, 1] == ends[1, 2] == B + 3 + 4
    assert ends[2, 0] == B + B + 3 + 4
    assert result.contended == B


def test_the_ramp_is_a_link() -> None:
    """Two colors for one core meet at its ramp: together they take twice as long."""
    B = 40
    data = row(B)
    wafer = machine(
        3,
        1,
        [
            Route("left", 0, at(0), "RAMP", ("E",)),
            Route("left", 0, at(1), "W", ("RAMP",)),
            Route("right", 1, at(2), "RAMP", ("W",)),
            Route("right", 1, at(1), "E", ("RAMP",)),
        ],
        {
            (0, 0): [send(data, 0)],
            (2, 0): [send(data, 1)],
            (1, 0): [receive(row(B), 0), receive(row(B, base=4 * B), 1)],
        },
    )
    result = wafer.run_step()
    # Color 1 fills its input queue in the gaps and waits there until the core has taken all of color 0.
    assert result.contended > 0
    assert result.cycles == pytest.approx(2 * B + 6, abs=2)


def test_a_step_can_be_repeated() -> None:
    wafer = line_chain(9, 13, setup=15, type_number=bc.F16)
    values = np.random.default_rng(3).normal(size=(9, 26)).astype(np.float16)
    results = []
    for _ in range(2):
        wafer.sram[...] = values.view(np.uint16)
        result = wafer.run_step(count_loads=True)
        assert result.loads is not None
        results.append((result.end_cycles.tolist(), wafer.sram.tolist(), result.loads.tolist()))
    assert results[0] == results[1]
    # The reduction is a chain of roundings from the right end on.
    total = values[8]
    for x in range(7, -1, -1):
        total = (values[x].astype(np.float32) + total.astype(np.float32)).astype(np.float16)
    assert np.array_equal(wafer.sram[0].view(np.float16), total)
    loads = np.array(results[0][2])
    assert loads[3, 0, 1:].tolist() == [13] * 8
    assert loads.sum() == 13 * 8
