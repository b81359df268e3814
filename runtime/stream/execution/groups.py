"""Groups: PEs that are at the same instruction, with their registers and their time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .lanes import Value, join, take
from .rows import Row

I32Array = NDArray[np.int32]
I64Array = NDArray[np.int64]
Cycles = int | I64Array
"""Cycles of each lane; an int where they are equal."""


class Members:
    """The PEs of a group, and what is the same for them whenever it is asked for."""

    def __init__(self, pes: I32Array) -> None:
        self.pes = pes
        self.known: dict[tuple[str, int], I32Array] = {}
        """What was looked up for these PEs, by what and by channel."""
        self._lanes: dict[int, int] | I32Array | None = None
        self._least = 0

    def __len__(self) -> int:
        return self.pes.size

    def lane_of(self, pe: int) -> int:
        """Return the lane of a PE, -1 if it is not in the group."""
        if self._lanes is None:
            self._least = int(self.pes.min())
            self._lanes = np.full(int(self.pes.max()) - self._least + 1, -1, np.int32)
            self._lanes[self.pes - self._least] = np.arange(self.pes.size)
        at = pe - self._least
        return int(self._lanes[at]) if 0 <= at < len(self._lanes) else -1


@dataclass(slots=True)
class Started:
    """A send or receive that was set up and goes on beside the other one in `AWAIT`."""

    row: Row
    counts: Value
    """Wavelets."""
    low: Cycles
    """The first byte of its memory and the one behind the last."""
    high: Cycles


@dataclass(slots=True)
class Group:
    """PEs at instruction `pc`: lane k of all values belongs to PE `members.pes[k]`."""

    pc: int
    members: Members
    registers: list[Value]
    since: Cycles
    """When the last communication ended."""
    ahead: Cycles = 0
    """Cycles since then."""
    compute: Cycles = 0
    """Cycles of element work since then."""
    executed: int = 0
    """Instructions since then."""
    send: Started | None = None
    receive: Started | None = None

    @property
    def size(self) -> int:
        """Number of PEs."""
        return self.members.pes.size

    @property
    def time(self) -> Cycles:
        """The cycle that each PE has come to."""
        return self.since + self.ahead

    def part(self, row: Row, chosen: NDArray[Any]) -> Group:
        """Return the group of some of the lanes (a mask or numbers), which goes on at `row`."""
        registers: list[Value] = [0] * len(self.registers)
        done: dict[int, Value] = {}
        for number in row.needed:
            value = self.registers[number]
            if not isinstance(value, int):
                if id(value) not in done:
                    done[id(value)] = take(value, chosen)
                value = done[id(value)]
            registers[number] = value
        return Group(
            row.pc,
            Members(self.members.pes[chosen]),
            registers,
            _part(self.since, chosen),
            _part(self.ahead, chosen),
            _part(self.compute, chosen),
            self.executed,
            _part_started(self.send, chosen),
            _part_started(self.receive, chosen),
        )


def merge(groups: Sequence[Group], row: Row) -> Group:
    """Return one group of several that are at `row` and have started the same communications."""
    first = groups[0]
    if len(groups) == 1:
        return first
    sizes = [group.size for group in groups]
    registers: list[Value] = [0] * len(first.registers)
    done: dict[tuple[int, ...], Value] = {}
    for number in row.needed:
        parts = [group.registers[number] for group in groups]
        key = tuple(map(id, parts))
        if key not in done:
            done[key] = join(parts, sizes)
        registers[number] = done[key]
    return Group(
        row.pc,
        Members(np.concatenate([group.members.pes for group in groups])),
        registers,
        _join([group.since for group in groups], sizes),
        _join([group.ahead for group in groups], sizes),
        _join([group.compute for group in groups], sizes),
        max(group.executed for group in groups),
        _join_started([group.send for group in groups], sizes),
        _join_started([group.receive for group in groups], sizes),
    )


def mergeable(group: Group) -> tuple[int, int]:
    """Return what must be equal for two groups at one instruction to become one."""
    return (
        -1 if group.send is None else group.send.row.pc,
        -1 if group.receive is None else group.receive.row.pc,
    )


def spread(value: Cycles, size: int) -> I64Array:
    """Return cycles as an array of `size` lanes."""
    return np.full(size, value, np.int64) if isinstance(value, int) else value


def _part(value: Cycles, chosen: NDArray[Any]) -> Cycles:
    return value if isinstance(value, int) else value[chosen]


def _part_started(started: Started | None, chosen: NDArray[Any]) -> Started | None:
    if started is None:
        return None
    low, high = _part(started.low, chosen), _part(started.high, chosen)
    return Started(started.row, take(started.counts, chosen), low, high)


def _join(parts: Sequence[Cycles], sizes: Sequence[int]) -> Cycles:
    first = parts[0]
    if isinstance(first, int) and all(isinstance(part, int) and part == first for part in parts):
        return first
    return np.concatenate([spread(part, size) for part, size in zip(parts, sizes, strict=True)])


def _join_started(parts: Sequence[Started | None], sizes: Sequence[int]) -> Started | None:
    found = [part for part in parts if part is not None]
    if not found:
        return None
    return Started(
        found[0].row,
        join([part.counts for part in found], sizes),
        _join([part.low for part in found], sizes),
        _join([part.high for part in found], sizes),
    )
