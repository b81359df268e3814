"""Equal layers: a loop over layers whose state recurs is not executed again, its time is added.

Groups wait at the `NEXT` of such a loop until nothing else can happen. If all PEs of the instance are there
and everything is as it was one layer earlier, but for the time and the layer's number, then the layers to
come are like the last one, and so is what they log. The very last one is executed all the same: addresses
may depend on the number, and are checked there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..recurrence import NetworkState, let_pass, network_state
from ..streams import Streams
from .groups import Group, merge, mergeable, spread
from .lanes import raw
from .local import operand
from .log import LogMark, StreamLog
from .taint import layer_matters
from .wafer import Wafer

_NOTHING_STARTED = (-1, -1)
_LEAST_LAYERS = 3
"""From a layer that recurs to the loop's end, for reuse: that layer, one that is not executed, the last."""
Words = tuple[NDArray[np.int64], NDArray[np.int32]]


@dataclass(frozen=True, slots=True)
class _Part:
    """What must recur of the PEs at one `NEXT`, in the order of their numbers."""

    pes: NDArray[np.int32]
    numbers: tuple[NDArray[np.int64], ...]


@dataclass(frozen=True, slots=True)
class _Barrier:
    """All PEs of an instance at the end of a layer."""

    layer: int
    end: int
    """The loop's: the last layer is the one before."""
    time: int
    """Of the first PE that has come."""
    parts: dict[int, _Part]
    network: NetworkState
    mark: LogMark
    stores: int
    """How many words had been overwritten."""


class Layers:
    """The loops over layers of a launch without data, and how many layers were `reused`.

    `overwritten` has the words that programs store to and what was there, in order of time.
    """

    def __init__(self, wafer: Wafer, streams: Streams, log: StreamLog, overwritten: Sequence[Words]) -> None:
        self._wafer = wafer
        self._streams = streams
        self._log = log
        self._overwritten = overwritten
        self._waiting: dict[int, list[Group]] = {}
        """Groups at a `NEXT`, by instance."""
        self._barriers: dict[int, _Barrier] = {}
        self._given_up: set[int] = set()
        """Instances whose loops run as any other."""
        self._members: dict[int, int] = {}
        self.reused = 0

    def holds(self, group: Group) -> bool:
        """Take a group that is at the `NEXT` of a loop over layers; returns whether it has to wait there."""
        instances = self._wafer.instance[group.members.pes]
        number = int(instances[0])
        if number in self._given_up or not self._may_recur(group.pc) or (instances != number).any():
            return False
        self._waiting.setdefault(number, []).append(group)
        return True

    def release(self) -> list[Group]:
        """Return the groups that wait, which go on with `NEXT`, when nothing else can happen any more."""
        waiting, self._waiting = self._waiting, {}
        released: list[Group] = []
        for number, groups in waiting.items():
            merged = _merged(groups, self._wafer)
            whole = sum(group.size for group in merged) == self._size(number)
            if len(waiting) > 1 or not whole:
                # Others are on their way, or wait for what the next layer sends.
                self._given_up.add(number)
                self._barriers.pop(number, None)
            else:
                self._arrive(number, merged)
            released += merged
        return released

    def _may_recur(self, pc: int) -> bool:
        known = self._wafer.equal_layers
        if pc not in known:
            known[pc] = layer_matters(self._wafer.rows, pc) is None
        return known[pc]

    def _size(self, instance: int) -> int:
        if not self._members:
            numbers, counts = np.unique(self._wafer.instance, return_counts=True)
            self._members = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
        return self._members[instance]

    def _arrive(self, instance: int, groups: list[Group]) -> None:
        """See whether the layer that has ended is like the one before, and let those to come pass."""
        earlier = self._barriers.pop(instance, None)
        barrier = self._barrier(groups, _LEAST_LAYERS if earlier is not None else _LEAST_LAYERS + 1)
        if barrier is None:
            return
        if earlier is not None and self._recurs(instance, barrier, earlier):
            self._skip(groups, barrier, earlier, barrier.end - barrier.layer - 2)
            return
        self._barriers[instance] = barrier

    def _barrier(self, groups: Sequence[Group], least: int) -> _Barrier | None:
        """Return the state at the end of a layer; None if it cannot recur, or fewer than `least` are left."""
        times = [spread(group.time, group.size) for group in groups]
        since = min(int(time.min()) for time in times)
        rows = [self._wafer.rows[group.pc] for group in groups]
        layers = {
            (group.registers[row.target], operand(row, group, 1))
            for group, row in zip(groups, rows, strict=True)
        }
        layer, end = layers.pop()
        if layers or not isinstance(layer, int) or not isinstance(end, int) or end - layer < least:
            return None
        network = network_state(self._streams, since)
        parts: dict[int, _Part] = {}
        for group, row, time in zip(groups, rows, times, strict=True):
            if network is None or mergeable(group) != _NOTHING_STARTED:
                return None
            order = np.argsort(group.members.pes)
            registers = [group.registers[number] for number in row.needed if number != row.target]
            numbers = [
                time - since,
                spread(group.ahead, group.size),
                spread(group.compute, group.size),
                *(np.broadcast_to(np.asarray(raw(value), np.int64), (group.size,)) for value in registers),
            ]
            parts[group.pc] = _Part(group.members.pes[order], tuple(values[order] for values in numbers))
        assert network is not None, "seen above"
        return _Barrier(layer, end, since, parts, network, self._log.mark(), len(self._overwritten))

    def _recurs(self, instance: int, now: _Barrier, earlier: _Barrier) -> bool:
        if now.layer != earlier.layer + 1 or now.parts.keys() != earlier.parts.keys():
            return False
        for pc, part in now.parts.items():
            other = earlier.parts[pc]
            if not np.array_equal(part.pes, other.pes):
                return False
            if not all(np.array_equal(a, b) for a, b in zip(part.numbers, other.numbers, strict=True)):
                return False
        if not now.network.recurs(earlier.network) or not self._words_recur(earlier):
            return False
        # Nobody else did anything in the meantime.
        seen = self._log.members_since(earlier.mark, now.mark)
        return all((self._wafer.instance[members.pes] == instance).all() for members in seen)

    def _words_recur(self, earlier: _Barrier) -> bool:
        """Whether all words that were stored to since a moment are again what they were then."""
        stores = self._overwritten[earlier.stores :]
        if not stores:
            return True
        at = np.concatenate([places for places, _ in stores])
        before = np.concatenate([words for _, words in stores])
        places, first = np.unique(at, return_index=True)
        return np.array_equal(self._wafer.words[places], before[first])

    def _skip(self, groups: Sequence[Group], now: _Barrier, earlier: _Barrier, times: int) -> None:
        cycles = now.time - earlier.time
        let_pass(self._streams, now.network, earlier.network, times)
        self._log.repeat(earlier.mark, now.mark, cycles, times)
        for group in groups:
            group.since = group.since + cycles * times
            group.registers[self._wafer.rows[group.pc].target] = now.layer + times
        self.reused += times


def _merged(groups: list[Group], wafer: Wafer) -> list[Group]:
    """Return one group for each instruction (and what has been started) that groups are at."""
    kinds: dict[tuple[int, int, int], list[Group]] = {}
    for group in groups:
        kinds.setdefault((group.pc, *mergeable(group)), []).append(group)
    return [merge(kinds[kind], wafer.rows[kind[0]]) for kind in sorted(kinds)]
