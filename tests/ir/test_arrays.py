"""Helpers for large arrays."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.arrays import different_values


@given(st.lists(st.integers(-5, 5), max_size=12))
def test_each_value_once(values: list[int]) -> None:
    assert different_values(np.array(values, np.int64)).tolist() == sorted(set(values))
