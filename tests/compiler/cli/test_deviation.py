"""How far results are off, and the first that is wrong."""

from typing import Any

import numpy as np
import pytest

from wsc.compiler.cli.deviation import Difference, deviation, errors

NAMES = ("token", "logits")


def step(token: int, *logits: float) -> list[np.ndarray[Any, Any]]:
    return [np.array([token], np.int32), np.array([logits], np.float16)]


RIGHT = [step(1, 0.0, 4.0, 1.0), step(2, 0.0, 1.0, 2.0)]


def test_equal_results() -> None:
    found = deviation(RIGHT, RIGHT, NAMES, 0.0)
    assert (found.error, found.largest, found.relative, found.first) == (0.0, 4.0, 0.0, None)


def test_what_roundings_explain() -> None:
    found = deviation(RIGHT, [step(1, 0.125, 4.0, 1.0), RIGHT[1]], NAMES, 0.05)
    assert (found.error, found.relative, found.first) == (0.125, 0.03125, None)


def test_the_first_difference() -> None:
    found = deviation(RIGHT, [RIGHT[0], step(2, 0.0, 3.0, 9.0)], NAMES, 0.05)
    assert found.error == 7.0
    assert found.first == Difference(1, "logits", 1, 3.0, 1.0)


def test_a_wrong_token_with_right_logits() -> None:
    found = deviation(RIGHT, [RIGHT[0], step(1, 0.0, 1.0, 2.0)], NAMES, 0.05)
    assert found.first == Difference(1, "token", 0, 1.0, 2.0)


def test_a_token_that_was_as_good() -> None:
    """An error of 0.5 here, and one as large there, may make up for a difference of 1."""
    assert deviation(RIGHT, [RIGHT[0], step(1, 0.5, 1.0, 2.0)], NAMES, 0.5).first is None
    assert deviation(RIGHT, [RIGHT[0], step(0, 0.5, 1.0, 2.0)], NAMES, 0.5).first is not None


@pytest.mark.parametrize("token", [-1, 3, 2**31 - 1])
def test_a_token_that_there_is_not(token: int) -> None:
    assert deviation(RIGHT, [step(token, 3.0, 4.0, 1.0), RIGHT[1]], NAMES, 0.9).first is not None


def test_what_is_no_number() -> None:
    inf, nan = np.inf, np.nan
    assert errors(np.array([inf, nan, 1.0]), np.array([inf, nan, nan])).tolist() == [0.0, 0.0, inf]
    found = deviation(RIGHT, [step(1, nan, 4.0, 1.0), RIGHT[1]], NAMES, 0.05)
    assert found.error == inf
    assert found.first is not None
    assert found.first.as_json() == {
        "position": 0,
        "output": "logits",
        "index": 0,
        "found": None,
        "right": 0.0,
    }
