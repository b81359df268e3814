"""How many of many intervals are open, on the mean, between points in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mean_open(
    begins: NDArray[np.int64], ends: NDArray[np.int64], edges: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return [edges - 1] means over the cycles between each two of the ascending `edges`.

    Interval i is open in the cycles from `begins[i]` up to but without `ends[i]`.
    """
    return (_elapsed(begins, edges) - _elapsed(ends, edges)) / np.diff(edges)


def _elapsed(times: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return, between each two edges, how many cycles have passed since the times before, all added up."""
    ordered = np.sort(times)
    sums = np.concatenate([[0], np.cumsum(ordered)])
    before = np.searchsorted(ordered, edges)
    return np.diff(before * edges - sums[before])
