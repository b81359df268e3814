"""Resources: whether two colors would use a link or ramp in one cycle."""

from __future__ import annotations

from ..wavelet.jit import inner
from . import state as st
from .state import Resources


@inner
def use(resources: Resources, resource: int, user: int, start: int, end: int) -> bool:
    """Note that `user` uses a resource in the cycles `start` .. `end`.

    Returns False if another one uses it in one of them, or if that is not known any more.
    """
    base = resource * st.REMEMBERED
    users, starts, ends = resources.user, resources.start, resources.end
    newest = resources.newest[resource]
    if start > resources.latest[resource]:
        resources.latest[resource] = end
        if users[base + newest] == user and ends[base + newest] == start - 1:
            ends[base + newest] = end
            return True
    else:
        if start <= resources.forgotten[resource]:
            return False
        resources.latest[resource] = max(resources.latest[resource], end)
        mine = -1
        for run in range(base, base + st.REMEMBERED):
            if users[run] == user:
                if ends[run] == start - 1:
                    mine = run
            elif users[run] >= 0 and starts[run] <= end and start <= ends[run]:
                return False
        if mine >= 0:
            ends[mine] = end
            return True
    newest = newest + 1 if newest + 1 < st.REMEMBERED else 0
    resources.newest[resource] = newest
    run = base + newest
    if users[run] >= 0:
        resources.forgotten[resource] = max(resources.forgotten[resource], ends[run])
    users[run], starts[run], ends[run] = user, start, end
    return True


@inner
def other_user(resources: Resources, resource: int, user: int, start: int, end: int) -> int:
    """Return who uses a resource in one of the cycles too, -1 if that is not known any more."""
    base = resource * st.REMEMBERED
    for run in range(base, base + st.REMEMBERED):
        other = resources.user[run]
        if other >= 0 and other != user and resources.start[run] <= end and start <= resources.end[run]:
            return other
    return -1
