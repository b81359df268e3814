"""Runs of numbers, as attributes hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import F32 as F32_TYPE
from wsc.ir.attributes import Attribute, DenseArrayAttr, StringAttr, i64_array
from wsc.ir.operation import Operation
from wsc.ir.runs import Run, are_runs, last_of, numbers_of, run_values, runs_of

RUNS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5), st.integers(1, 4)), min_size=1, max_size=5)


@given(RUNS)
def test_all_numbers_of_all_runs(runs: list[Run]) -> None:
    expected = sorted(start + i * step for start, count, step in runs for i in range(count))
    assert numbers_of(runs).tolist() == expected
    assert last_of(runs) == expected[-1]


@given(RUNS)
def test_they_are_read_as_written(runs: list[Run]) -> None:
    attribute = i64_array(run_values(runs))
    assert are_runs(attribute)
    assert runs_of(Operation("pe.tile", attributes={"rows": attribute}), "rows") == runs


@pytest.mark.parametrize(
    "attribute",
    [
        i64_array(()),
        i64_array((0, 1)),
        i64_array((-1, 1, 1)),
        i64_array((0, 0, 1)),
        i64_array((0, 1, 0)),
        i64_array((0, 1, 1, 0, 1)),
        StringAttr("0, 1, 1"),
        DenseArrayAttr(F32_TYPE, (0.0, 1.0, 1.0)),
    ],
)
def test_what_is_none(attribute: Attribute) -> None:
    assert not are_runs(attribute)
