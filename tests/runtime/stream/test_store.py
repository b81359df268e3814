"""The store of wavelets' data when it has to be tidied and made longer all the time."""

from __future__ import annotations

import numpy as np
import pytest

from wsc.runtime.stream.execution import store
from wsc.runtime.wiring import Route

from ...support.agreement import compare, usable
from ...support.random_traffic import fast_wafer, random_case
from ...support.wafers import at, delay, machine, receive, row, send


def test_a_small_store(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each of the random programs moves the same bits as on the wavelet engine."""
    monkeypatch.setattr(store, "_FIRST_WORDS", 1)
    monkeypatch.setattr(store, "_FIRST_PIECES", 8)
    tidied = [0]
    tidy = store.StreamMover._tidy

    def counted(mover: store.StreamMover) -> None:
        tidied[0] += 1
        tidy(mover)

    monkeypatch.setattr(store.StreamMover, "_tidy", counted)
    moved = 0
    for seed in range(40):
        routes, programs, depths = random_case(seed, switches=True)
        wafer = fast_wafer(routes, programs, usable(depths))
        wafer.sram[...] = np.random.default_rng(seed).integers(0, 1 << 16, wafer.sram.shape)
        moved += compare(wafer).operations
    assert moved > 300
    assert tidied[0] > 20


def test_what_waits_is_kept_while_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """A message of one color stays in its queues while many of another color pass through the store."""
    monkeypatch.setattr(store, "_FIRST_WORDS", 1)
    routes = [
        Route("kept", 0, at(0), "RAMP", ("E",)),
        Route("kept", 0, at(1), "W", ("RAMP",)),
        Route("passing", 1, at(0), "RAMP", ("S",)),
        Route("passing", 1, at(0, 1), "N", ("RAMP",)),
    ]
    passing = [send(row(7, base=64), 1) for _ in range(30)]
    taken = [receive(row(7, base=64 + 28 * number), 1) for number in range(30)]
    cores = {
        (0, 0): [send(row(4), 0), *passing],
        (1, 0): [delay(3000), receive(row(4), 0)],
        (0, 1): taken,
    }
    wafer = machine(2, 2, routes, cores, sram_bytes=2048)
    wafer.sram[...] = np.random.default_rng(1).integers(0, 1 << 16, wafer.sram.shape)
    assert compare(wafer).operations == 62
    assert np.array_equal(wafer.floats[1, :4].view(np.int32), wafer.floats[0, :4].view(np.int32))
