"""The kernel: one step of the machine, cycle by cycle, from the launch to the last core's end.

In each cycle routers decide on the state at its start, then cores take their slot, then the routers'
moves are made. A slot that is freed in a cycle is seen in the next one. Cycles in which nothing can
happen are skipped.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ...ir.jit import entry, fingerprint
from . import state as st
from .bitmap import members
from .interpreter import FAULT, INCOMPLETE
from .router import commit, decide
from .state import Cores, Memory, Network, Programs, Run
from .stream import step_cores
from .wheel import next_wake, wake_cores

Kernel = Callable[[Network, Cores, Memory, Programs, Run], int]


def _make_kernel(sources: int) -> Kernel:
    def run_kernel(network: Network, cores: Cores, memory: Memory, programs: Programs, run: Run) -> int:
        counters, configuration = run.counters, run.configuration
        if sources < 0:
            return st.STATUS_FAULT
        cycle = counters[st.CYCLE]
        work = 0
        count = cores.end.size
        while True:
            if counters[st.PHASE] == 0:
                counters[st.CYCLE] = cycle
                if cycle > configuration[st.CYCLE_LIMIT]:
                    return st.STATUS_CYCLE_LIMIT
                if work > configuration[st.PAUSE_WORK]:
                    return st.STATUS_PAUSED
                if cycle >= 0:
                    wake_cores(cores, counters, cycle)
                counters[st.MOVES] = decide(network, counters, cycle)
                if counters[st.FAULT] != st.FAULT_NONE:
                    return st.STATUS_FAULT
                counters[st.STEPS] = members(cores.awake, cores.awake_words, cores.stepping)
                counters[st.STEPPED] = 0
                counters[st.PHASE] = 1
            status = step_cores(cycle, network, cores, memory, programs, run)
            if status == INCOMPLETE:
                return st.STATUS_LOG_FULL
            if status == FAULT:
                return st.STATUS_FAULT
            moves = counters[st.MOVES]
            commit(network, cores, counters, configuration, cycle, moves)
            counters[st.PHASE] = 0
            work += moves + counters[st.STEPS] + 1
            if counters[st.HALTED] == count and counters[st.IN_FLIGHT] == 0:
                return st.STATUS_DONE
            if moves > 0 or counters[st.STEPS] > 0:
                cycle += 1
                continue
            cycle = min(counters[st.NEXT_READY], next_wake(cores, counters, cycle))
            if cycle == st.NEVER:
                return st.STATUS_STUCK

    return entry(run_kernel)


_HERE = Path(__file__).parent
_SHARED = (_HERE.parent / "arithmetic", _HERE.parent / "bytecode.py", _HERE.parent / "prefetch.py")

run_kernel = _make_kernel(fingerprint(_HERE, *_SHARED))
"""Run until something needs the caller: returns one of the `STATUS_...` numbers of `state`.

Call it again with the same arrays to go on after `STATUS_PAUSED` and, with a longer log, `STATUS_LOG_FULL`.
"""
