"""Which links and ramps of a wafer several colors share: what a run must be watched for.

Two engines that let wavelets of one color go on in order can only differ where two colors want a link, or the
ramp down to a core, in one cycle. Colors that share none of them never do. Messages of one color are kept
in order by its queues and switch positions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .arrays import different_values
from .routes import DIRECTIONS, RAMP, Settings

IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SharedPair:
    """Two flows of different colors and how many links and ramps both use."""

    flows: tuple[str, str]
    links: int
    ramps: int


@dataclass(frozen=True, slots=True)
class Sharing:
    """The shared links and ramps of a wafer; `pairs` are ordered by how much they share, most first."""

    links: int
    ramps: int
    pairs: tuple[SharedPair, ...]


def uses(settings: Settings) -> tuple[IntArray, IntArray, IntArray]:
    """Return resource, color and flow of each use of a link or ramp, each of these triples once.

    The resource in direction d (a link, or the ramp down to the core) of router r is r * 5 + d.
    """
    resources: list[IntArray] = []
    rows: list[IntArray] = []
    for direction in range(len(DIRECTIONS)):
        used = np.flatnonzero(settings.outputs >> direction & 1)
        resources.append(settings.router[used] * len(DIRECTIONS) + direction)
        rows.append(used)
    resource, row = np.concatenate(resources), np.concatenate(rows)
    flows = max(len(settings.flows), 1)
    keys = (resource * settings.colors + settings.color[row]) * flows + settings.flow[row]
    keys = different_values(keys)
    return keys // flows // settings.colors, keys // flows % settings.colors, keys % flows


def sharing_of(settings: Settings) -> Sharing:
    """Return which links and ramps more than one color uses."""
    resource, color, flow = uses(settings)
    counted: dict[tuple[int, int], list[int]] = {}
    shared: list[IntArray] = []
    offset = 1
    while offset < resource.size:
        # Uses of one resource lie side by side, so its pairs are found at growing distances.
        same = resource[offset:] == resource[:-offset]
        if not same.any():
            break
        at = np.flatnonzero(same & (color[offset:] != color[:-offset]))
        shared.append(resource[at])
        one, other = flow[at], flow[at + offset]
        pairs = np.minimum(one, other) * len(settings.flows) + np.maximum(one, other)
        ramps = resource[at] % len(DIRECTIONS) == RAMP
        for index, kind in enumerate((~ramps, ramps)):
            found, counts = np.unique(pairs[kind], return_counts=True)
            for pair, count in zip(found.tolist(), counts.tolist(), strict=True):
                counted.setdefault(divmod(pair, len(settings.flows)), [0, 0])[index] += count
        offset += 1
    places = different_values(np.concatenate(shared)) if shared else np.zeros(0, np.int64)
    ramps = int(np.count_nonzero(places % len(DIRECTIONS) == RAMP))
    pairs_found = [
        SharedPair((settings.flows[one], settings.flows[other]), links, ramps)
        for (one, other), (links, ramps) in counted.items()
    ]
    pairs_found.sort(key=lambda pair: (-pair.links - pair.ramps, pair.flows))
    return Sharing(places.size - ramps, ramps, tuple(pairs_found))
