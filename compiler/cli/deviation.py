"""How far results are from those that they should be: the largest error, and where the first one is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

Results = Sequence[NDArray[Any]]
"""The results of one step, in the entry's order; tokens are int32."""


def errors(right: NDArray[Any], found: NDArray[Any]) -> NDArray[np.float64]:
    """Return the distance of each element, flattened; infinite where only one side is a number."""
    wanted, got = (np.asarray(values, dtype=np.float64).reshape(-1) for values in (right, found))
    same = (wanted == got) | (np.isnan(wanted) & np.isnan(got))
    with np.errstate(invalid="ignore"):
        distance = np.where(same, 0.0, np.abs(wanted - got))
    return np.where(np.isnan(distance), np.inf, distance)


def largest_number(values: NDArray[Any]) -> float:
    """Return the largest magnitude among the numbers that are finite; 0 if there are none."""
    numbers = np.asarray(values, dtype=np.float64)
    return float(np.abs(numbers[np.isfinite(numbers)]).max(initial=0.0))


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that is wrong: `index` within the result `output` of the step at `position`."""

    position: int
    output: str
    index: int
    found: float
    right: float

    def as_json(self) -> dict[str, object]:
        """Return the object that stands for it; null where a number is not finite."""
        numbers = {"found": self.found, "right": self.right}
        return {
            "position": self.position,
            "output": self.output,
            "index": self.index,
            **{key: value if isfinite(value) else None for key, value in numbers.items()},
        }


@dataclass(frozen=True, slots=True)
class Deviation:
    """The largest error of all results, the largest of the right numbers, and the first wrong element.

    What is wrong is farther off than the tolerance; so is a token for which the right results are worse
    than for the right token by more than the errors found explain.
    """

    error: float
    largest: float
    first: Difference | None

    @property
    def relative(self) -> float:
        """The largest error as a share of the largest number."""
        return self.error / self.largest if self.largest else (0.0 if self.error == 0 else np.inf)


def deviation(
    right: Sequence[Results], found: Sequence[Results], names: Sequence[str], tolerance: float
) -> Deviation:
    """Compare the results of steps, whose results are called `names`.

    `tolerance` is relative to the largest of the right numbers.
    """
    numbers = [
        (position, name, wanted, got)
        for position, (expected, actual) in enumerate(zip(right, found, strict=True))
        for name, wanted, got in zip(names, expected, actual, strict=True)
        if wanted.dtype != np.int32
    ]
    largest = max((largest_number(wanted) for _, _, wanted, _ in numbers), default=0.0)
    worst, first = 0.0, None
    for position, name, wanted, got in numbers:
        distance = errors(wanted, got)
        worst = max(worst, float(distance.max(initial=0.0)))
        (wrong,) = np.nonzero(distance > tolerance * largest)
        if wrong.size and first is None:
            first = _difference(position, name, int(wrong[0]), wanted, got)
    if first is None:
        first = _first_wrong_token(right, found, names, worst)
    return Deviation(worst, largest, first)


def _difference(position: int, name: str, index: int, right: NDArray[Any], found: NDArray[Any]) -> Difference:
    wanted, got = (float(values.reshape(-1)[index]) for values in (right, found))
    return Difference(position, name, index, got, wanted)


def _first_wrong_token(
    right: Sequence[Results], found: Sequence[Results], names: Sequence[str], error: float
) -> Difference | None:
    for position, (expected, actual) in enumerate(zip(right, found, strict=True)):
        for name, wanted, got in zip(names, expected, actual, strict=True):
            if wanted.dtype != np.int32:
                continue
            for index, (token, chosen) in enumerate(zip(wanted.reshape(-1), got.reshape(-1), strict=True)):
                if token != chosen and not _is_close(expected, index, int(token), int(chosen), error):
                    return _difference(position, name, index, wanted, got)
    return None


def _is_close(results: Results, row: int, token: int, chosen: int, error: float) -> bool:
    """Whether errors as large as `error` explain that `chosen` seemed better than `token`."""
    tables = [values[row] for values in results if values.dtype != np.int32 and values.ndim == 2]
    return any(
        0 <= chosen < len(scores) and float(scores[token]) - float(scores[chosen]) <= 2 * error
        for scores in tables
    )
