"""Loading a compiled engine, and telling the user when that takes a while."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import cache

import numpy as np

from . import bytecode as bc
from .stream.execution.load import load_stream_engine
from .wavelet import state as st
from .wavelet.bitmap import bitmap
from .wavelet.kernel import run_kernel
from .wavelet.state import Cores, Memory, Network, Programs, Run

ANNOUNCE_AFTER_SECONDS = 1.0
"""The engine counts as being compiled when it is not there after this time."""


def prepare_engine(announce: Callable[[], None] | None = None, engine: str = "wavelet") -> None:
    """Load the machine code of an engine (`wavelet`, `stream`), or compile it, which takes a while at first.

    `announce` is called, from another thread, when it turns out to take longer than loading does.
    """
    load = load_stream_engine if engine == "stream" else _load
    if announce is None or load.cache_info().currsize:
        load()
        return
    # Nothing public tells whether Numba has the machine code on disk; loading it is quick, compiling is not.
    timer = threading.Timer(ANNOUNCE_AFTER_SECONDS, announce)
    timer.start()
    try:
        load()
    finally:
        timer.cancel()


@cache
def _load() -> None:
    """Run the engine on a machine without cores, so that it is there for the real one."""
    none = np.zeros(0, np.int32)
    table = np.zeros((0, 1), np.int32)
    network = Network(
        queues=none,
        slots=np.zeros(0, np.uint32),
        router=none,
        color=none,
        awake=bitmap(0)[0],
        awake_words=bitmap(0)[1],
        moves=none,
        loads=np.zeros(0, np.int64),
        latency=none,
        switch=none,
        switches=none,
        settings=none,
    )
    cores = Cores(
        state=none,
        registers=table,
        awake=bitmap(0)[0],
        awake_words=bitmap(0)[1],
        stepping=none,
        wheel=np.full(st.WHEEL_BUCKETS, -1, np.int32),
        end=np.zeros(0, np.int64),
        router=none,
        tile=none,
    )
    programs = Programs(
        np.zeros((0, bc.ROW_FIELDS), np.int64),
        table,
        np.zeros(1, np.int32),
        np.zeros(1, np.int32),
        np.zeros(15, np.int64),
    )
    run = Run(
        np.zeros(st.COUNTERS, np.int64),
        np.zeros(st.CONFIGURATION, np.int64),
        np.zeros((0, st.LOG_FIELDS), np.int32),
    )
    memory = Memory(np.zeros(0, np.uint16), np.zeros(0, np.float32), none)
    if run_kernel(network, cores, memory, programs, run) != st.STATUS_DONE:
        raise RuntimeError("a machine without cores does not end")
