"""Which PEs a trace shows: a whole wafer has more than anybody could look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..critical_path import Segment
from ..machine import Machine

MOST_PES = 64
"""PEs of a trace, besides those that were asked for."""
_ON_THE_PATH = 12


def choose_pes(machine: Machine, path: Sequence[Segment], wanted: Iterable[int] = ()) -> list[int]:
    """Return numbers of PEs, the most telling first: those `wanted`, then `MOST_PES` others at most.

    These are: where the critical path spends most cycles, the first PE of each program of each instance, and
    the corners of the instances; and of a machine with few PEs all others.
    """
    first = dict.fromkeys(wanted)
    chosen: dict[int, None] = {}
    others = range(machine.pes) if machine.pes <= MOST_PES else ()
    for pe in [*_on_the_path(path), *_one_a_program(machine), *_corners(machine), *others]:
        if pe not in first and len(chosen) < MOST_PES:
            chosen.setdefault(pe)
    return [*first, *chosen]


def _on_the_path(path: Sequence[Segment]) -> list[int]:
    """Return the PEs with most cycles of the critical path, hops not counted."""
    cycles: dict[int, int] = {}
    for segment in path:
        if segment.kind != "hops":
            cycles[segment.pe] = cycles.get(segment.pe, 0) + segment.cycles
    return sorted(cycles, key=lambda pe: (-cycles[pe], pe))[:_ON_THE_PATH]


def _one_a_program(machine: Machine) -> Iterator[int]:
    """Yield the first PE of each program of each instance."""
    found: set[tuple[str, int]] = set()
    _, first = np.unique(machine.pe_tile, return_index=True)
    for pe in sorted(int(pe) for pe in first):
        tile = machine.tiles[int(machine.pe_tile[pe])]
        key = tile.instance, tile.program
        if key not in found:
            found.add(key)
            yield pe


def _corners(machine: Machine) -> Iterator[int]:
    """Yield the PEs at the corners of each instance's rectangle."""
    instances = list(dict.fromkeys(tile.instance for tile in machine.tiles))
    number = np.array([instances.index(tile.instance) for tile in machine.tiles])[machine.pe_tile]
    for instance in range(len(instances)):
        pes = np.flatnonzero(number == instance)
        x, y = machine.pe_x[pes], machine.pe_y[pes]
        for place in ((y.min(), x.min()), (y.min(), x.max()), (y.max(), x.min()), (y.max(), x.max())):
            pe = int(machine.pe_index[place])
            if pe >= 0:
                yield pe
