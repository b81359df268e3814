"""What the log of a step says of each communication."""

from __future__ import annotations

from wsc.runtime.step_log import RUN_CAUSE, RUN_SLOT
from wsc.runtime.wavelet import state as st
from wsc.runtime.wiring import Route

from ..support.wafers import at, delay, line_broadcast, machine, receive, row, send


def test_operations_of_a_broadcast() -> None:
    """The first wavelet is sent after the set-up, and comes P - 1 links and both ramps later."""
    log = line_broadcast(3, 10, setup=15).run_step(log_level=st.LOG_RUNS).log
    assert log is not None
    assert log.operations().tolist() == [
        [0, 0, 0, 15, 24, 10],
        [1, 2, 0, 15 + 6, 24 + 6, 10],
        [2, 2, 0, 15 + 7, 24 + 7, 10],
    ]


def test_an_operation_in_several_runs() -> None:
    """The first of two messages is received late, so that the second one is sent in pieces."""
    routes = [Route("f", 0, at(0), "RAMP", ("E",)), Route("f", 0, at(1), "W", ("RAMP",))]
    cores = {(0, 0): [send(row(40), 0), delay(7)], (1, 0): [delay(300), receive(row(40), 0)]}
    log = machine(2, 1, routes, cores).run_step(log_level=st.LOG_RUNS).log
    assert log is not None
    sent, received = log.operations().tolist()
    assert received == [1, 4, 300, 300, 339, 40]
    assert sent[:4] == [0, 0, 0, 0]
    assert sent[5] == 40
    runs = log.runs_of(0)
    assert runs[:, RUN_CAUSE].tolist() == [st.CAUSE_SETUP, st.CAUSE_ROOM, st.CAUSE_HALT]
    assert runs[-1, RUN_SLOT] == sent[4] + 1 + 7
    assert log.layers().shape == (0, 4)
