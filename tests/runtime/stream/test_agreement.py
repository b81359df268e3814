"""Both engines on small machines: the same cycles of each operation, the same bits, the same path."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wsc.runtime import bytecode as bc
from wsc.runtime import machine as machine_module
from wsc.runtime.bytecode import Descriptor, Instruction, Register
from wsc.runtime.cores import Tile
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.stream.execution import engine as engine_module
from wsc.runtime.wiring import Route

from ...support.agreement import compare, usable
from ...support.random_traffic import fast_wafer, random_case
from ...support.wafers import (
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


def filled(wafer: Machine, seed: int = 0) -> Machine:
    """Put random bits into the memories."""
    wafer.sram[...] = np.random.default_rng(seed).integers(0, 1 << 16, wafer.sram.shape)
    return wafer


@pytest.mark.parametrize("setup", [0, 15])
@pytest.mark.parametrize(("P", "B"), [(2, 1), (5, 30), (12, 3)])
def test_lines(P: int, B: int, setup: int) -> None:
    for wafer in (
        line_broadcast(P, B, setup=setup),
        line_chain(P, B, setup=setup),
        line_chain(P, B, setup=setup, type_number=bc.F16),
    ):
        found = compare(filled(wafer))
        assert found.certificate == "static"
        assert found.operations == P


KINDS = [(switches, links) for switches in (False, True) for links in (False, True)]


@settings(max_examples=120)
@given(seed=some.integers(0, 2**32), kind=some.sampled_from(KINDS), data=some.booleans())
def test_random_traffic(seed: int, kind: tuple[bool, bool], data: bool) -> None:
    """Multicasts, forwarding, back-pressure; with switch positions, streams side by side, slow links."""
    routes, programs, depths = random_case(seed, *kind)
    compare(filled(fast_wafer(routes, programs, usable(depths)), seed), data=data)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_more_random_traffic(kind: tuple[bool, bool]) -> None:
    for seed in range(400):
        routes, programs, depths = random_case(seed, *kind)
        compare(filled(fast_wafer(routes, programs, usable(depths)), seed))


def test_random_traffic_has_what_it_is_for() -> None:
    certificates: list[str | None] = []
    deadlocks = 0
    for seed in range(60):
        routes, programs, depths = random_case(seed, True, False)
        found = compare(filled(fast_wafer(routes, programs, usable(depths)), seed))
        deadlocks += found.fault == "deadlock"
        if found.fault is None:
            certificates.append(found.certificate)
    assert min(map(certificates.count, ("static", "checked", "settled"))) > 5
    assert deadlocks > 3


def loops() -> list[Instruction]:
    """Loops of different lengths, a branch, words loaded and stored, vectors of different extents."""
    x, y, r5, r6, r7 = Register(bc.R_X), Register(bc.R_Y), Register(5), Register(6), Register(7)
    data = Descriptor(bc.F16, 0, 1, 0, r6, 1)
    return [
        Instruction(bc.MULTIPLY, [x, 3], target=5, call_cycles=1),
        Instruction(bc.ADD, [r5, y], target=5, call_cycles=1),
        Instruction(bc.FOR, [0, r5], target=6, jump=9),
        Instruction(
            bc.FMA,
            descriptors=[data, Descriptor(bc.F16, 64, 1, 0, r6, 1), Descriptor(bc.F16, 128, 1, 0, r6, 0)],
            call_cycles=7,
            element_cycles=(1, 4),
        ),
        Instruction(bc.REMAINDER, [r6, 3], target=7, call_cycles=1),
        Instruction(bc.IF, [r7, 0], function=bc.EQUAL, jump=8, call_cycles=6),
        Instruction(bc.MULTIPLY, [r6, 4], target=7, call_cycles=1),
        Instruction(bc.STORE, [r7, r6], function=bc.I32, call_cycles=1),
        Instruction(bc.NEXT, [0, r5], target=6, jump=3, call_cycles=6),
        Instruction(bc.LOAD, [8], target=7, call_cycles=1),
        Instruction(bc.REMAINDER, [r7, 5], target=7, call_cycles=1),
        Instruction(bc.ADD, [r7, 1], target=7, call_cycles=1),
        Instruction(bc.FILL, descriptors=[Descriptor(bc.F32, 256, r7, 4, 3, 1)], call_cycles=7),
    ]


def test_pes_that_go_different_ways() -> None:
    """Each PE of a column does another amount of work and sends another amount to the one below."""
    P = 6
    length = Register(7)
    sent = Descriptor(bc.F32, 256, 1, 0, length, 1)
    routes = [
        Route("down", 0, at(0, 0, P), "RAMP", ("S",)),
        Route("down", 0, at(0, 1, P), "N", ("RAMP",)),
    ]
    programs = [
        program(*loops(), Instruction(bc.SEND, descriptors=[sent], channel_out=0, call_cycles=15)),
        program(*loops(), receive(row(1, base=512))),
    ]
    tiles = [Tile(0, at(0, 0, P), channels=(0,)), Tile(1, at(0, 1, P), channels=(0,))]
    wafer = Machine(P, 2, routes, tiles, programs, DEPTHS, 1024)
    wafer.integers[:, 2] = [0, 0, 0, 0, 0, 0] * 2
    assert compare(wafer).operations == 2 * P


def test_nothing_to_send_takes_its_set_up() -> None:
    """Of a row of PEs with one program, those in even columns have nothing to send."""
    x, r5 = Register(bc.R_X), Register(5)
    routes = [Route("up", 0, at(0, 1, 4), "RAMP", ("N",)), Route("up", 0, at(0, 0, 4), "S", ("RAMP",))]
    data = Descriptor(bc.F32, 0, 1, 0, r5, 1)
    parity = Instruction(bc.REMAINDER, [x, 2], target=5, call_cycles=1)
    tiles = [Tile(0, at(0, 1, 4), channels=(0,)), Tile(1, at(0, 0, 4), channels=(0,))]
    programs = [
        program(parity, Instruction(bc.SEND, descriptors=[data], channel_out=0, call_cycles=15), delay(3)),
        program(parity, Instruction(bc.RECEIVE, descriptors=[data], channel_in=0, call_cycles=9), delay(2)),
    ]
    wafer = Machine(4, 2, routes, tiles, programs, DEPTHS, 64)
    assert compare(filled(wafer)).operations == 4


def conflict() -> Machine:
    """Two senders whose wavelets come to one ramp at the same time; the higher color is looked at first."""
    routes = [
        Route("left", 1, at(0), "RAMP", ("E",)),
        Route("left", 1, at(1), "W", ("RAMP",)),
        Route("right", 0, at(2), "RAMP", ("W",)),
        Route("right", 0, at(1), "E", ("RAMP",)),
    ]
    store = Instruction(bc.STORE, [60, 7], function=bc.I32, call_cycles=1)
    cores = {
        (0, 0): [store, send(row(5), 1)],
        (1, 0): [receive(row(5), 1), receive(row(5, base=20), 0)],
        (2, 0): [store, send(row(5), 0)],
    }
    return filled(machine(3, 1, routes, cores))


@pytest.mark.parametrize("data", [False, True])
def test_a_replay_settles_who_waits(data: bool) -> None:
    found = compare(conflict(), data=data)
    assert found.certificate == "settled"
    result = conflict().run_step(engine="stream", data=data)
    assert (result.contended, result.replays) == (5, 1)


@pytest.mark.parametrize("data", [False, True])
def test_a_conflict_says_where_and_changes_nothing(data: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "MOST_REPLAYS", 0)
    wafer = conflict()
    before = wafer.sram.copy()
    with pytest.raises(MachineFault) as caught:
        wafer.run_step(engine="stream", data=data)
    fault = caught.value
    assert fault.kind == "conflict"
    assert "two colors want the ramp to the core of PE (1, 0)" in fault.message
    assert [(d.x, d.y, d.color, d.flow) for d in fault.details] == [(1, 0, 0, "right")]
    assert np.array_equal(wafer.sram, before)


def test_auto_turns_to_the_wavelet_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_module, "AUTO_PES", 2)
    monkeypatch.setattr(engine_module, "MOST_REPLAYS", 0)
    wafer, other = conflict(), conflict()
    expected = other.run_step()
    found = wafer.run_step(engine="auto")
    assert (found.engine, found.certificate, found.cycles) == ("wavelet", None, expected.cycles)
    assert wafer.conflict is not None
    assert wafer.conflict.kind == "conflict"
    assert np.array_equal(wafer.sram, other.sram)
    free = line_chain(3, 4)
    assert free.run_step(engine="auto").engine == "stream"
    assert free.conflict is None


def test_auto_takes_the_wavelet_engine_for_small_machines() -> None:
    assert line_chain(3, 4).run_step(engine="auto").engine == "wavelet"


def test_an_engine_that_there_is_not() -> None:
    with pytest.raises(ValueError, match="unknown engine 'steam'; engines: wavelet, stream, auto"):
        line_chain(3, 4).run_step(engine="steam")
