"""Which constants can go: checked against float arithmetic, bit by bit."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.passes.common.patterns.numbers import exact_reciprocal, is_neutral

FUNCTIONS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}
SPECIAL = np.array([0.0, -0.0, 1.0, -1.5, 1e-45, -1e-40, 3e38, np.inf, -np.inf], np.float32)
ANY = st.floats(width=32)


def bits(array: np.ndarray) -> bytes:
    return np.where(np.isnan(array), np.float32(np.nan), array).tobytes()


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("right", [0.0, -0.0, 1.0, -1.0, 2.0])
def test_neutral_numbers_are_exactly_those_that_change_nothing(function: str, right: float) -> None:
    with np.errstate(all="ignore"):
        same = bits(FUNCTIONS[function](SPECIAL, np.float32(right))) == bits(SPECIAL)
    assert is_neutral(function, right) == same


@given(ANY, st.integers(-160, 160), st.sampled_from([1.0, -1.0]))
def test_multiplying_by_a_reciprocal_is_dividing(x: float, exponent: int, sign: float) -> None:
    with np.errstate(all="ignore"):
        number = np.float32(sign * 2.0**exponent)
    reciprocal = exact_reciprocal(float(number))
    assert (reciprocal is not None) == (-127 <= exponent <= 126)
    if reciprocal is not None:
        with np.errstate(all="ignore"):
            value = np.array([x], np.float32)
            assert bits(value / number) == bits(value * np.float32(reciprocal))


@pytest.mark.parametrize("number", [3.0, 0.1, 0.0, -0.0, float("inf"), float("nan"), 1.5])
def test_other_numbers_have_no_exact_reciprocal(number: float) -> None:
    assert exact_reciprocal(number) is None
