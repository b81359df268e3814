"""Helpers for large arrays of integers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def different_values(values: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return each value once, ascending; `np.unique` hashes, which takes several times as long."""
    import numpy as np  # not above: to read and print programs takes no arrays

    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])[: ordered.size]]
