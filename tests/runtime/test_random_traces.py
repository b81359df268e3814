"""Traces of random programs: without gaps, well nested, and the same from a log without instructions."""

from __future__ import annotations

import pytest

from wsc.runtime.fault import MachineFault
from wsc.runtime.trace.chrome import ChromeTrace
from wsc.runtime.trace.slices import MAIN, PeSlices
from wsc.runtime.wavelet import state as st

from ..support.random_traffic import fast_wafer, random_case
from ..support.traces import check_trace


def traced(seed: int) -> bool:
    """Check the traces of a random program; return whether it runs, and does something."""
    machine = fast_wafer(*random_case(seed, switches=seed % 2 == 0, links=seed % 3 == 0))
    try:
        whole = machine.run_step(engine="wavelet", log_level=st.LOG_ALL)
    except MachineFault:
        return False
    if not whole.cycles:
        return False
    runs = machine.run_step(engine="wavelet", log_level=st.LOG_RUNS)
    assert whole.log is not None
    assert runs.log is not None
    slices = PeSlices(machine)
    for pe in range(machine.pes):
        found = slices.of(whole.log, pe)
        again = slices.of(runs.log, pe)
        assert found == again
        for part in (found, again):
            time = 0
            for slice in part:
                if slice.lane == MAIN and slice.start >= time:
                    assert slice.start == time, (seed, pe)
                    time = slice.end
            assert time == whole.end_cycles[pe]
    assert slices.unknown == set()
    trace = ChromeTrace(machine, {})
    trace.step(whole, "with instructions", {}, detail=True)
    trace.step(runs, "without", {}, detail=True)
    check_trace(trace.to_bytes())
    return True


def test_random_programs() -> None:
    assert sum(traced(seed) for seed in range(30)) >= 15


@pytest.mark.slow
def test_more_random_programs() -> None:
    assert sum(traced(seed) for seed in range(30, 600)) >= 300
