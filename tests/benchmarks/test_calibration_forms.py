"""Each closed form finds the numbers that made its runs, and errs on runs that others made."""

from __future__ import annotations

import numpy as np
import pytest
from calibration import Measured
from calibration_forms import FORMS, Form, fit_form
from meshgemm import Shape

NUMBERS = {"start": 50.0, "call": 6.5, "interval": 1.25, "group": 2.0, "element": 0.25, "shorter": 0.5}
SHAPES = [
    Shape(P, P * Mt, 8 * P, 8 * P, passes) for P in (3, 6) for Mt in range(1, 17) for passes in range(3)
]


def made_by(form: Form) -> list[Measured]:
    rows: list[Measured] = []
    for shape in SHAPES:
        fixed, counts = form.terms(shape)
        cycles = fixed + sum(NUMBERS[name] * count for name, count in zip(form.fitted, counts, strict=True))
        rows.append(Measured(shape, cycles))
    return rows


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_numbers_are_found(form: Form) -> None:
    found = fit_form(form, made_by(form), 3)
    for name, value in found.numbers.items():
        assert value == pytest.approx(NUMBERS[name], abs=1e-3)
    assert max(found.errors.values()) < 0.01


def test_another_form_errs() -> None:
    """Two numbers cannot stand for four, and noise of a few runs far off hardly moves the four."""
    plain, _, _, full, *_ = FORMS
    rows = made_by(full)
    assert min(fit_form(plain, rows, 3).errors.values()) > 0.5
    rng = np.random.default_rng(0)
    spoilt = [Measured(row.shape, row.cycles * (1.5 if rng.random() < 0.1 else 1)) for row in rows]
    found = fit_form(full, spoilt, 3)
    assert {name: round(value, 2) for name, value in found.numbers.items()} == {
        name: NUMBERS[name] for name in full.fitted
    }
