"""The time wheel: cores that sleep until a known cycle, in buckets by the cycle's remainder."""

from __future__ import annotations

from ...ir.jit import inner, wide
from . import state as st
from .bitmap import set_bit
from .state import Cores, I32Array, I64Array


@inner
def sleep_until(state: I32Array, wheel: I32Array, counters: I64Array, core: int, cycle: int) -> None:
    """Put `core`, which must not be in the wheel, to sleep until `cycle`."""
    bucket = cycle % st.WHEEL_BUCKETS
    at = core << st.CORE_SHIFT
    state[at + st.WAKE] = cycle
    state[at + st.NEXT] = wheel[bucket]
    wheel[bucket] = core
    counters[st.SLEEPING] += 1


@inner
def wake_cores(cores: Cores, counters: I64Array, cycle: int) -> None:
    """Wake the cores that sleep until `cycle`."""
    state, wheel, awake, awake_words = cores.state, cores.wheel, cores.awake, cores.awake_words
    bucket = cycle % st.WHEEL_BUCKETS
    core = wide(wheel[bucket])
    wheel[bucket] = -1
    while core >= 0:
        at = core << st.CORE_SHIFT
        following = wide(state[at + st.NEXT])
        if state[at + st.WAKE] == cycle:
            counters[st.SLEEPING] -= 1
            set_bit(awake, awake_words, core)
        else:
            state[at + st.NEXT] = wheel[bucket]
            wheel[bucket] = core
        core = following


@inner
def next_wake(cores: Cores, counters: I64Array, cycle: int) -> int:
    """Return the first cycle after `cycle` at which a core wakes, `NEVER` if none sleeps."""
    if counters[st.SLEEPING] == 0:
        return st.NEVER
    state, wheel = cores.state, cores.wheel
    first = st.NEVER
    for later in range(cycle + 1, cycle + 1 + st.WHEEL_BUCKETS):
        core = wide(wheel[later % st.WHEEL_BUCKETS])
        while core >= 0:
            at = core << st.CORE_SHIFT
            if state[at + st.WAKE] == later:
                return later
            first = min(first, wide(state[at + st.WAKE]))
            core = wide(state[at + st.NEXT])
    return first
