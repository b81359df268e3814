"""What only windows have at the dist level: rows, and later rows that attention hides."""

import numpy as np
import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.interpreter.dist import DistInterpreter
from wsc.ir.operation import Operation
from wsc.ir.weights import random_weights

from ..passes.test_windows import BERT
from ..support.compiled import Compiled, compile_model
from ..support.wdl import replaced

CAUSAL = replaced(BERT, ("causal_rows = false", "causal_rows = true"))
ROWS = np.array([3, 1, 4, 1, 5], np.int32)


@pytest.fixture
def causal() -> Compiled:
    return compile_model(CAUSAL, (8, 8), stop_after="combine-collectives", entry="encode")


def logits(compiled: Compiled, rows: np.ndarray = ROWS) -> bytes:
    run = DistInterpreter(compiled.module, random_weights(compiled.model, 1), {"io": (3, 2), "block": (2, 3)})
    return run.step("encode", rows, 0)[-1].tobytes()


def named(module: Operation, name: str) -> list[Operation]:
    return [op for op in module.walk() if op.name == name]


def test_the_weights_say_whether_they_see_later_rows(causal: Compiled) -> None:
    """They do not rely on what the search for the largest has done to the scores."""
    right = logits(causal)
    operations = named(causal.module, "dist.softmax_mix")
    for op in operations:
        del op.attributes["causal"]
    assert operations
    assert logits(causal) != right


def test_other_rows_than_the_window_has(causal: Compiled) -> None:
    with pytest.raises(DiagnosticError, match="the input must be 5 rows of"):
        logits(causal, ROWS[:3])
