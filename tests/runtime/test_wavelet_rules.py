"""The wavelet engine against the slow wafer: random flows, switches, programs, queue depths and ramps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from wsc.runtime import machine as machine_module
from wsc.runtime.critical_path import breakdown_of, critical_path
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.step_log import WaveletLog
from wsc.runtime.wavelet.state import LOG_ALL, LOG_RUNS

from ..support.random_traffic import fast_wafer, random_case
from ..support.slow_wafer import SlowWafer

KINDS = [(False, False), (False, True), (True, False), (True, True)]
"""Whether a case has switches and streams side by side, and slow links."""


def rows_of(log: object) -> np.ndarray:
    """The rows of a log of the wavelet engine."""
    assert isinstance(log, WaveletLog)
    return log.rows


def check_like_the_slow_wafer(seed: int, kind: tuple[bool, bool], log_level: int) -> None:
    routes, programs, depths = random_case(seed, *kind)
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
    check_critical_path(fast, log_level)
    fast.integers[...] = 7
    assert np.array_equal(fast.run_step(data=False).end_cycles, result.end_cycles)
    assert (fast.integers == 7).all()


def check_critical_path(fast: Machine, log_level: int) -> None:
    """A second launch gives the same, and its path leads from the last end to cycle 0 without a gap."""
    result = fast.run_step(log_level=log_level)
    breakdown = breakdown_of(fast, result)
    assert breakdown.total == result.cycles
    assert min(breakdown.compute, breakdown.hops, breakdown.serialization, breakdown.wait) >= 0
    end = result.cycles
    for segment in critical_path(fast, result):
        assert segment.end == end
        assert segment.cycles > 0
        end -= segment.cycles
    assert end == 0


@settings(max_examples=200)
@given(
    seed=some.integers(0, 2**32),
    kind=some.sampled_from(KINDS),
    log_level=some.sampled_from([LOG_RUNS, LOG_ALL]),
)
def test_like_the_slow_wafer(seed: int, kind: tuple[bool, bool], log_level: int) -> None:
    check_like_the_slow_wafer(seed, kind, log_level)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_like_the_slow_wafer_for_longer(kind: tuple[bool, bool]) -> None:
    for seed in range(500):
        check_like_the_slow_wafer(seed, kind, LOG_RUNS)


def test_cases_have_what_they_are_for() -> None:
    """Among the random cases there are contention, deadlocks, forwarding, switches and side by side."""
    contended = deadlocks = forwards = switches = both = moved = 0
    for seed in range(40):
        routes, programs, depths = random_case(seed, switches=True)
        slow = SlowWafer(routes, programs, depths)
        deadlocks += not slow.run()
        contended += slow.contended > 0
        ops = [op for ops in programs.values() for op in ops]
        forwards += any(op.source is not None and op.target is not None and op.sent is None for op in ops)
        both += any(op.sent is not None for op in ops)
        switches += any(len(settings) > 1 for settings in routes.values())
        moved += any(slow.position.values())
    assert contended > 5
    assert deadlocks > 3
    assert forwards > 3
    assert both > 3
    assert switches > 15
    assert moved < deadlocks + 1, "a case that ends leaves its switches in their first position"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("log_level", [LOG_RUNS, LOG_ALL])
def test_a_short_log_grows(monkeypatch: pytest.MonkeyPatch, log_level: int, kind: tuple[bool, bool]) -> None:
    fast = fast_wafer(*random_case(7, *kind))
    whole = fast.run_step(log_level=log_level)
    monkeypatch.setattr(machine_module, "_FIRST_LOG_ROWS", 2)
    monkeypatch.setattr(machine_module, "_PAUSE_WORK", 3)
    pieces = fast.run_step(log_level=log_level)
    assert np.array_equal(rows_of(whole.log), rows_of(pieces.log))
    assert np.array_equal(whole.end_cycles, pieces.end_cycles)
