"""Recurrence: whether the network is as it was a while ago, but for the time, and letting time pass in it.

A time that lies before all that can still happen makes no difference any more. What is later is compared
relative to that moment.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from . import state as st
from .streams import Streams

Array = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class NetworkState:
    """The state of a network without wavelets, as far as it matters from cycle `since` on."""

    since: int
    relevant: tuple[Array, ...]
    """Times relative to `since` with where they are, and positions of switches."""
    counters: Array
    loads: Array

    def recurs(self, earlier: NetworkState) -> bool:
        """Whether the network is as it was, but for the time."""
        pairs = zip(self.relevant, earlier.relevant, strict=True)
        return all(np.array_equal(one, other) for one, other in pairs)


def network_state(streams: Streams, since: int) -> NetworkState | None:
    """Return the state of a network in which nothing can happen before cycle `since`.

    None if there are wavelets in it, or operations that begin later.
    """
    net = streams.net
    if streams.levels.any():
        return None
    pes = net.pes.reshape(-1, 1 << st.PE_SHIFT)
    busy = pes[pes[:, st.BUSY] > 0]
    if (busy[:, [st.NEXT, st.TRANSMIT_FIELDS + st.NEXT]] > since).any():
        return None
    servers = net.servers.reshape(-1, 1 << st.SERVER_SHIFT)
    relevant = [
        *_later(servers[:, st.LAST], since),
        servers[:, st.LEFT].astype(np.int64),
        servers[:, st.POSITION].astype(np.int64),
        *_slots(streams, since),
        *_runs(streams, since),
    ]
    return NetworkState(since, tuple(relevant), streams.counters.copy(), streams.loads)


def let_pass(streams: Streams, now: NetworkState, earlier: NetworkState, times: int) -> None:
    """Bring the network to where it will be when what happened between two states has happened `times` more.

    `now` must be its state and recur from `earlier`.
    """
    net, since = streams.net, now.since
    cycles = times * (since - earlier.since)
    servers = net.servers.reshape(-1, 1 << st.SERVER_SHIFT)
    servers[:, st.LAST] += np.where(servers[:, st.LAST] > since, cycles, 0).astype(np.int32)
    queues = net.queues.reshape(-1, 1 << streams.network.queue_shift)
    taken = queues[:, st.TAKEN]
    taken += np.where(taken > since, cycles, 0).astype(np.int32)
    slots = queues[:, st.SLOTS :]
    rows, columns = np.nonzero(slots >> st.TIME_SHIFT > since)
    slots[rows, columns] += cycles << st.TIME_SHIFT
    resources = net.resources.reshape(-1, 1 << st.RESOURCE_SHIFT)
    for column in (st.LATEST, st.FORGOTTEN):
        values = resources[:, column]
        values += np.where(values > since, cycles, 0).astype(np.int32)
    runs = _runs_of(resources)
    rows, columns = np.nonzero((runs[:, :, st.RUN_USER] >= 0) & (runs[:, :, st.RUN_END] > since))
    for column in (st.RUN_START, st.RUN_END):
        runs[rows, columns, column] += cycles
    for counter in (st.LINK_HOPS, st.RAMP_HOPS, st.WAVELETS, st.WAITED):
        net.counters[counter] += times * (now.counters[counter] - earlier.counters[counter])
    net.position_loads[...] += times * (now.loads - earlier.loads)


def _later(values: NDArray[np.int32], since: int) -> tuple[Array, Array]:
    """Return where `values` are later than `since`, and by how much."""
    rows = np.flatnonzero(values > since)
    return rows, values[rows].astype(np.int64) - since


def _slots(streams: Streams, since: int) -> tuple[Array, ...]:
    """Return which free slots are free later than `since`, as places in their queues, and by how much."""
    queues = streams.net.queues.reshape(-1, 1 << streams.network.queue_shift)
    times = queues[:, st.SLOTS :] >> st.TIME_SHIFT
    rows, columns = np.nonzero(times > since)
    depths = queues[rows, st.DEPTH]
    places = (columns - queues[rows, st.HEAD]) % depths
    order = np.lexsort((places, rows))
    later = times[rows, columns][order].astype(np.int64) - since
    return rows[order], places[order].astype(np.int64), later, *_later(queues[:, st.TAKEN], since)


def _runs_of(resources: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return a view int32[resources, RUNS_KEPT, RUN_WIDTH]."""
    end = st.RUN + st.RUNS_KEPT * st.RUN_WIDTH
    return resources[:, st.RUN : end].reshape(len(resources), st.RUNS_KEPT, st.RUN_WIDTH)


def _runs(streams: Streams, since: int) -> tuple[Array, ...]:
    """Return the uses of shared links and ramps that end later than `since`."""
    resources = streams.net.resources.reshape(-1, 1 << st.RESOURCE_SHIFT)
    runs = _runs_of(resources)
    rows, columns = np.nonzero((runs[:, :, st.RUN_USER] >= 0) & (runs[:, :, st.RUN_END] > since))
    ages = (resources[rows, st.NEWEST] - columns) % st.RUNS_KEPT
    order = np.lexsort((ages, rows))
    found = runs[rows, columns][order].astype(np.int64)
    return (
        rows[order],
        ages[order].astype(np.int64),
        found[:, st.RUN_USER],
        found[:, st.RUN_START] - since,
        found[:, st.RUN_END] - since,
        *_later(resources[:, st.LATEST], since),
        *_later(resources[:, st.FORGOTTEN], since),
    )
