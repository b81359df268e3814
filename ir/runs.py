"""Runs: numbers start, start + step, ... (`count` of them), as attributes hold them one behind the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .attributes import I64, Attribute, DenseArrayAttr
from .operation import Operation

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Run = tuple[int, int, int]
"""Start, count, step."""


def are_runs(attribute: Attribute) -> bool:
    """Whether an attribute holds runs: at least one, none negative or without numbers."""
    if not isinstance(attribute, DenseArrayAttr) or attribute.element != I64:
        return False
    values = attribute.values
    if not values or len(values) % 3:
        return False
    return all(value >= (index % 3 > 0) for index, value in enumerate(values))


def runs_of(op: Operation, key: str) -> list[Run]:
    """Return the runs that an attribute of `op` holds."""
    values = [int(value) for value in op.attribute(key, DenseArrayAttr).values]
    return list(zip(values[::3], values[1::3], values[2::3], strict=True))


def run_values(runs: Iterable[Run]) -> list[int]:
    """Return runs as an attribute holds them."""
    return [number for run in runs for number in run]


def last_of(runs: Iterable[Run]) -> int:
    """Return the largest number in runs, without going through all of them."""
    return max(start + (count - 1) * step for start, count, step in runs)


def numbers_of(runs: Sequence[Run]) -> npt.NDArray[np.int64]:
    """Return all numbers of runs, ascending; one that is in two runs comes twice."""
    import numpy as np  # not above: to read and print programs takes no arrays

    parts = [start + step * np.arange(count, dtype=np.int64) for start, count, step in runs]
    return np.sort(np.concatenate(parts))
