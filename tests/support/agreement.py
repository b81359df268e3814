"""Both engines on one machine: that they say the same of every operation, of every bit."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from wsc.runtime.critical_path import breakdown_of, layer_cycles_of
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.step import StepResult
from wsc.runtime.wavelet.state import LOG_RUNS
from wsc.runtime.wiring import QueueDepths


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the comparison of one step came to."""

    operations: int
    certificate: str | None
    """None where the stream engine met a conflict."""
    fault: str | None
    """The kind of fault that both engines ended in."""


def run(machine: Machine, engine: str, position: int, *, data: bool = True) -> StepResult | MachineFault:
    """Run a step; a fault is returned."""
    try:
        return machine.run_step(
            {"position": position}, engine=engine, data=data, log_level=LOG_RUNS, count_loads=True
        )
    except MachineFault as fault:
        return fault


def compare(machine: Machine, position: int = 0, *, data: bool = True) -> Agreement:
    """Run a step on both engines from the same memories, which are then what the wavelet engine left.

    Asserts that the stream engine gives the same or (conflict) nothing.
    """
    before = machine.sram.copy()
    streams = run(machine, "stream", position, data=data)
    after_streams = machine.sram.copy()
    machine.sram[...] = before
    wavelets = run(machine, "wavelet", position, data=data)
    if isinstance(streams, MachineFault):
        if streams.kind == "conflict":
            assert np.array_equal(after_streams, before)
            return Agreement(0, None, None)
        assert isinstance(wavelets, MachineFault), streams
        assert wavelets.kind == streams.kind
        return Agreement(0, None, streams.kind)
    assert isinstance(wavelets, StepResult), wavelets
    return Agreement(same_step(machine, wavelets, streams, after_streams), streams.certificate, None)


def same_step(
    machine: Machine,
    wavelets: StepResult,
    streams: StepResult,
    sram: NDArray[np.uint16],
) -> int:
    """Assert that two results and what they left in memory are equal; return how many operations."""
    assert wavelets.log is not None
    assert streams.log is not None
    expected, found = wavelets.log.operations(), streams.log.operations()
    assert found.shape == expected.shape
    assert np.array_equal(found, expected), (found != expected).any(axis=1).nonzero()[0][:5]
    assert np.array_equal(streams.end_cycles, wavelets.end_cycles)
    assert np.array_equal(streams.loads, wavelets.loads)
    hops = wavelets.link_hops, wavelets.ramp_hops, wavelets.wavelets
    assert (streams.link_hops, streams.ramp_hops, streams.wavelets) == hops
    assert breakdown_of(machine, streams) == breakdown_of(machine, wavelets)
    assert layer_cycles_of(machine, streams) == layer_cycles_of(machine, wavelets)
    assert np.array_equal(sram, machine.sram)
    return len(found)


def usable(depths: QueueDepths) -> QueueDepths:
    """Queues that cover their credit loops, as those of a target do."""
    return replace(
        depths,
        router_queue_wavelets=max(depths.router_queue_wavelets, 2),
        core_input_queue_wavelets=max(depths.core_input_queue_wavelets, depths.ramp_cycles + 1),
        core_output_queue_wavelets=max(depths.core_output_queue_wavelets, depths.ramp_cycles + 2),
    )
