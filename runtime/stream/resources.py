"""Resources: whether two colors would use a link or ramp in one cycle."""

from __future__ import annotations

from ..wavelet.jit import inner, wide
from . import state as st
from .state import Net


@inner
def use(net: Net, resource: int, user: int, start: int, end: int) -> bool:
    """Note that server `user` uses a resource in the cycles `start` .. `end`.

    Returns False if another one uses it in one of them, or if that is not known any more; the counters then
    have what there is to say.
    """
    table = net.resources
    me = resource << st.RESOURCE_SHIFT
    newest = wide(table[me + st.NEWEST])
    run = me + st.RUN + newest * st.RUN_WIDTH
    if start > table[me + st.LATEST]:
        table[me + st.LATEST] = end
        if table[run + st.RUN_USER] == user and table[run + st.RUN_END] == start - 1:
            table[run + st.RUN_END] = end
            return True
    else:
        if start <= table[me + st.FORGOTTEN]:
            return _conflict(net, resource, user, st.NOBODY, start)
        table[me + st.LATEST] = max(wide(table[me + st.LATEST]), end)
        mine = -1
        for kept in range(st.RUNS_KEPT):
            run = me + st.RUN + kept * st.RUN_WIDTH
            other = wide(table[run + st.RUN_USER])
            if other == user:
                if table[run + st.RUN_END] == start - 1:
                    mine = run
            elif other >= 0 and table[run + st.RUN_START] <= end and start <= table[run + st.RUN_END]:
                return _conflict(net, resource, user, other, max(start, wide(table[run + st.RUN_START])))
        if mine >= 0:
            table[mine + st.RUN_END] = end
            return True
    newest = newest + 1 if newest + 1 < st.RUNS_KEPT else 0
    table[me + st.NEWEST] = newest
    run = me + st.RUN + newest * st.RUN_WIDTH
    if table[run + st.RUN_USER] >= 0:
        table[me + st.FORGOTTEN] = max(wide(table[me + st.FORGOTTEN]), wide(table[run + st.RUN_END]))
    table[run + st.RUN_USER], table[run + st.RUN_START], table[run + st.RUN_END] = user, start, end
    return True


@inner
def _conflict(net: Net, resource: int, user: int, other: int, cycle: int) -> bool:
    counters = net.counters
    counters[st.SUBJECT], counters[st.CYCLE] = resource, cycle
    counters[st.USER], counters[st.OTHER] = user, other
    return False
