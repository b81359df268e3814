"""The wavelet engine against the slow wafer: random flows, programs, queue depths and ramps."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wsc.runtime import bytecode as bc
from wsc.runtime import machine as machine_module
from wsc.runtime.bytecode import Descriptor, Instruction
from wsc.runtime.critical_path import breakdown_of, critical_path
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.step_log import WaveletLog
from wsc.runtime.wavelet.state import LOG_ALL, LOG_RUNS
from wsc.runtime.wiring import QueueDepths, Route

from ..support.slow_wafer import OPPOSITE, STEPS, Op, Place, SlowWafer
from ..support.wafers import at, delay, machine

Routes = dict[tuple[Place, int], tuple[str, tuple[str, ...]]]
WIDTH, HEIGHT = 4, 3


def random_flow(rng: random.Random, color: int, routes: Routes) -> tuple[Place, list[Place]] | None:
    """Add a random multicast tree of one color; return its source and the PEs where it goes up the ramp."""
    free = [(x, y) for x in range(WIDTH) for y in range(HEIGHT) if ((x, y), color) not in routes]
    if not free:
        return None
    source = rng.choice(free)
    tree: dict[Place, tuple[str, list[str]]] = {source: ("RAMP", [])}
    for _ in range(rng.randrange(1, 7)):
        place = rng.choice(list(tree))
        direction = rng.choice(list(STEPS))
        there = place[0] + STEPS[direction][0], place[1] + STEPS[direction][1]
        if there in free and there not in tree:
            tree[place][1].append(direction)
            tree[there] = (OPPOSITE[direction], [])
    if len(tree) == 1:
        return None
    sinks = [p for p, (source_, out) in tree.items() if source_ != "RAMP" and (not out or rng.random() < 0.4)]
    for place, (input_, outputs) in tree.items():
        ramp = ["RAMP"] if place in sinks else []
        routes[place, color] = (input_, tuple(sorted(outputs) + ramp))
    return source, sinks


def chunks(rng: random.Random, total: int) -> list[int]:
    """Split `total` into random parts."""
    parts: list[int] = []
    while total:
        parts.append(rng.randint(1, total))
        total -= parts[-1]
    return parts


def random_case(seed: int) -> tuple[Routes, dict[Place, list[Op]], QueueDepths]:
    rng = random.Random(seed)
    depths = QueueDepths(rng.randrange(4), rng.randint(1, 3), rng.randint(1, 7), rng.randint(1, 7))
    routes: Routes = {}
    waiting: dict[Place, list[list[Op]]] = defaultdict(list)
    for _ in range(rng.randint(1, 7)):
        color = rng.randrange(4)
        flow = random_flow(rng, color, routes)
        if flow is None:
            continue
        source, sinks = flow
        total = rng.choice([1, 2, 5, 12, 40])
        waiting[source].append([Op(n, None, color, rng.randrange(12)) for n in chunks(rng, total)])
        for sink in sinks:
            waiting[sink].append([Op(n, color, None, rng.randrange(12)) for n in chunks(rng, total)])
    programs: dict[Place, list[Op]] = {}
    for place, streams in waiting.items():
        ops: list[Op] = []
        while streams:
            stream = rng.choice(streams)
            ops.append(stream.pop(0))
            if not stream:
                streams.remove(stream)
            if rng.random() < 0.3:
                ops.append(Op(0, setup=rng.choice([1, 3, 30, 1500])))
        programs[place] = merged(rng, ops)
    return routes, programs, depths


def merged(rng: random.Random, ops: list[Op]) -> list[Op]:
    """Make some receives that are followed by an equally long send one receive and forward."""
    result: list[Op] = []
    for op in ops:
        last = result[-1] if result else Op(0)
        receives = last.source is not None and last.target is None
        sends = op.source is None and op.target is not None
        if receives and sends and last.count == op.count and rng.random() < 0.8:
            result[-1] = Op(op.count, last.source, op.target, op.setup)
            continue
        result.append(op)
    return result


def instructions(ops: list[Op]) -> list[Instruction]:
    """What an engine's core does for the same programs; received words go to memory one behind the other."""
    result: list[Instruction] = []
    place = 0
    for op in ops:
        if op.source is None and op.target is None:
            result.append(delay(op.setup))
            continue
        data = Descriptor(bc.I32, 4 * place if op.source is not None else 2048, 1, 0, op.count, 1)
        if op.source is not None and op.target is None:
            opcode = bc.RECEIVE
        else:
            opcode = bc.SEND if op.source is None else bc.REDUCE_FORWARD
        if op.source is not None:
            place += op.count
        result.append(
            Instruction(
                opcode,
                descriptors=[data],
                channel_in=op.source or 0,
                channel_out=op.target or 0,
                function=bc.F_ADD,
                call_cycles=op.setup,
            )
        )
    return result


def fast_wafer(routes: Routes, programs: dict[Place, list[Op]], depths: QueueDepths) -> Machine:
    """The engine's machine for a case."""
    return machine(
        WIDTH,
        HEIGHT,
        [
            Route(f"flow{c}", c, at(*place), source, outputs)
            for (place, c), (source, outputs) in routes.items()
        ],
        {place: instructions(ops) for place, ops in programs.items()},
        depths=depths,
        sram_bytes=4096,
    )


@settings(max_examples=250)
@given(seed=some.integers(0, 2**32), log_level=some.sampled_from([LOG_RUNS, LOG_ALL]))
def test_like_the_slow_wafer(seed: int, log_level: int) -> None:
    routes, programs, depths = random_case(seed)
    slow = SlowWafer(routes, programs, depths)
    ended = slow.run()
    fast = fast_wafer(routes, programs, depths)
    # What is sent is counted from 0; what comes by a receive and forward is added to zeros.
    fast.integers[:, 512:] = np.arange(512)
    if not ended:
        with pytest.raises(MachineFault, match="deadlock: nothing can move after cycle"):
            fast.run_step(log_level=log_level)
        return
    result = fast.run_step(log_level=log_level, count_loads=True)
    for place, core in slow.cores.items():
        pe = fast.pe_index[place[1], place[0]]
        assert result.end_cycles[pe] == core.end
        received_here = [op for op in programs[place] if op.source is not None]
        if all(op.target is None for op in received_here):
            assert fast.integers[pe, : len(core.received)].tolist() == core.received
    assert result.link_hops == slow.link_hops
    assert result.contended == slow.contended
    assert result.loads is not None
    assert result.loads.sum() == result.link_hops
    breakdown = breakdown_of(fast, result)
    assert breakdown.total == result.cycles
    assert min(breakdown.compute, breakdown.hops, breakdown.serialization, breakdown.wait) >= 0
    end = result.cycles
    for segment in critical_path(fast, result):
        assert segment.end == end
        assert segment.cycles > 0
        end -= segment.cycles
    assert end == 0


def test_cases_have_what_they_are_for() -> None:
    """Among the random cases there are contention, deadlocks, forwarding and long waits."""
    contended = deadlocks = forwards = 0
    for seed in range(60):
        routes, programs, depths = random_case(seed)
        slow = SlowWafer(routes, programs, depths)
        deadlocks += not slow.run()
        contended += slow.contended > 0
        forwards += any(
            op.source is not None and op.target is not None for ops in programs.values() for op in ops
        )
    assert contended > 5
    assert deadlocks > 3
    assert forwards > 3


@pytest.mark.parametrize("log_level", [LOG_RUNS, LOG_ALL])
def test_a_short_log_grows(monkeypatch: pytest.MonkeyPatch, log_level: int) -> None:
    fast = fast_wafer(*random_case(3))
    whole = fast.run_step(log_level=log_level)
    monkeypatch.setattr(machine_module, "_FIRST_LOG_ROWS", 2)
    monkeypatch.setattr(machine_module, "_PAUSE_WORK", 3)
    pieces = fast.run_step(log_level=log_level)
    assert isinstance(whole.log, WaveletLog)
    assert isinstance(pieces.log, WaveletLog)
    assert np.array_equal(whole.log.rows, pieces.log.rows)
    assert np.array_equal(whole.end_cycles, pieces.end_cycles)
