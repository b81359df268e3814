"""Which closed form explains measured MeshGEMM runs: candidates fitted on one grid, predicting the others.

Each form is linear in a few physical numbers, which need not be integers here:

    start     cycles to start and join one exchange of tiles, the way included
    call      cycles of a vector call beside its elements, its part of the loop included
    interval  cycles between wavelets of a stream (1 where it is not fitted)
    group     cycles of eight elements, or part of eight (otherwise 4 elements take a cycle, rounded up)
    element   cycles of one element
    shorter   cycles between wavelets of the shorter of two streams that go side by side

The first form is what the machine does: the tiles of A and of B go one after the other. The last two let both
go side by side. See calibration.py for the file of runs and for the fit of the machine itself.

    python benchmarks/calibration_forms.py MEASURED.csv [--fit-grid 3]
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from calibration import Measured, read_measured
from meshgemm import Shape
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Form:
    """A closed form: what is fitted, and whether the tiles of A and B go side by side."""

    name: str
    fitted: tuple[str, ...]
    side_by_side: bool = False

    def terms(self, shape: Shape) -> tuple[float, list[float]]:
        """Return the cycles that nothing fitted changes, and how often each fitted number counts."""
        P, (Mt, Kt, Nt), (a, b) = shape.P, shape.tile, shape.wavelets
        aligned, calls = P // 2, P * shape.passes * Kt * Nt
        if self.side_by_side:
            exchanges, wavelets = aligned + P, aligned * a + P * max(a, b)
        else:
            exchanges, wavelets = aligned + 2 * P, aligned * a + P * (a + b)
        count: dict[str, float] = {
            "start": exchanges,
            "call": calls,
            "interval": wavelets,
            "group": calls * -(-Mt // 8),
            "element": calls * Mt,
            "shorter": P * min(a, b),
        }
        fixed = 0 if "interval" in self.fitted else wavelets
        if not {"group", "element"} & set(self.fitted):
            fixed += calls * -(-Mt // 4)
        return fixed, [count[name] for name in self.fitted]


FORMS = (
    Form("as the machine", ("start", "call")),
    Form("+ interval", ("start", "call", "interval")),
    Form("+ groups of 8", ("start", "call", "group")),
    Form("+ both", ("start", "call", "interval", "group")),
    Form("+ interval, element", ("start", "call", "interval", "element")),
    Form("side by side", ("start", "call", "interval"), side_by_side=True),
    Form("side by side, 2 rates", ("start", "call", "interval", "shorter"), side_by_side=True),
)


@dataclass(frozen=True, slots=True)
class FittedForm:
    """A form with its numbers, and its mean error in percent on each grid."""

    form: Form
    numbers: Mapping[str, float]
    errors: Mapping[int, float]


def least_deviations(A: Array, b: Array, rounds: int = 300) -> Array:
    """Return the x with about the least sum of |A x - b|, by least squares that are weighted anew."""
    weights = np.ones(len(b))
    x = np.zeros(A.shape[1])
    for _ in range(rounds):
        x = np.linalg.lstsq(A * weights[:, None], b * weights, rcond=None)[0]
        weights = 1 / np.sqrt(np.maximum(np.abs(A @ x - b), 1e-5))
    return x


def fit_form(form: Form, rows: Sequence[Measured], grid: int) -> FittedForm:
    """Return `form` with the least mean relative error over the rows of `grid`."""
    terms = [form.terms(row.shape) for row in rows]
    measured = np.array([row.cycles for row in rows])
    fixed = np.array([term[0] for term in terms]) / measured
    counts = np.array([term[1] for term in terms]) / measured[:, None]
    side = np.array([row.shape.P for row in rows])
    chosen = side == grid
    numbers = least_deviations(counts[chosen], 1 - fixed[chosen])
    errors = np.abs(fixed + counts @ numbers - 1)
    return FittedForm(
        form,
        dict(zip(form.fitted, numbers.tolist(), strict=True)),
        {P: 100 * float(errors[side == P].mean()) for P in sorted(set(side.tolist()))},
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("measured", type=Path, help="CSV file of measured runs")
    parser.add_argument(
        "--fit-grid", type=int, default=3, metavar="P", help="fit on this grid size (default 3)"
    )
    options = parser.parse_args()
    try:
        with options.measured.open(encoding="utf-8") as lines:
            rows = read_measured(lines)
    except (OSError, ValueError) as error:
        parser.error(f"{options.measured}: {error}")
    print(f"mean error in percent, fitted with P = {options.fit_grid}")
    for form in FORMS:
        found = fit_form(form, rows, options.fit_grid)
        errors = "  ".join(f"P = {P}: {error:4.2f}" for P, error in found.errors.items())
        numbers = ", ".join(f"{name} {value:.2f}" for name, value in found.numbers.items())
        print(f"{form.name:22s} {errors}   {numbers}")


if __name__ == "__main__":
    main()
