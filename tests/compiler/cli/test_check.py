"""`--check` finds what is wrong: other tokens, other numbers, no numbers."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wsc.compiler.cli.check import Checker
from wsc.compiler.cli.parser import DEFAULT_TOLERANCE
from wsc.compiler.cli.results import CheckResult
from wsc.compiler.frontend import compile_wdl
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.weights import random_weights

from ...support.wdl import MLP, TALE


def check(text: str, values: list[Any], change: Any = None, *, compare: bool = True) -> CheckResult:
    """The verdict on the interpreter's own results, after `change` did something to the last step's."""
    model = compile_wdl(text, "m.wdl")
    weights = random_weights(model, 3)
    reference = NnInterpreter(model, weights)
    checker = Checker(model, "decode", weights)
    for position, value in enumerate(values):
        rows = np.array([value], np.int32) if isinstance(value, int) else value[None].astype(np.float16)
        token, logits = reference.step("decode", rows, position)
        answer: tuple[int, NDArray[Any]] = int(token[0]), logits[0]
        if change is not None and position == len(values) - 1:
            answer = change(*answer)
        checker.step(position, value, answer[0], [answer[1]], compare_token=compare)
    return checker.result()


ROW = np.linspace(-1, 1, 64, dtype=np.float32)


@pytest.mark.parametrize(("text", "values"), [(TALE, [65, 66, 67]), (MLP, [ROW, -ROW])])
def test_the_same_results_agree(text: str, values: list[Any]) -> None:
    assert check(text, values) == CheckResult(0.0, True, None)


def test_another_token() -> None:
    found = check(TALE, [65, 66, 67], lambda token, logits: (token ^ 1, logits))
    assert not found.tokens_equal
    assert found.problem == "1 of 3 tokens differ, the first at position 2"


def test_the_prompt_s_own_predictions_do_not_count() -> None:
    found = check(TALE, [65], lambda token, logits: (token ^ 1, logits), compare=False)
    assert found.tokens_equal
    assert found.problem is None


def test_another_number() -> None:
    def nudge(token: int, logits: NDArray[Any]) -> tuple[int, NDArray[Any]]:
        changed = logits.astype(np.float32)
        changed[7] += 2 * DEFAULT_TOLERANCE * np.abs(changed).max()
        return token, changed

    found = check(MLP, [ROW], nudge)
    assert found.tokens_equal
    assert found.problem is not None
    assert "the largest error" in found.problem


def test_an_error_within_the_tolerance_is_reported_but_no_mismatch() -> None:
    def nudge(token: int, logits: NDArray[Any]) -> tuple[int, NDArray[Any]]:
        changed = logits.astype(np.float32)
        changed[7] += 0.5 * DEFAULT_TOLERANCE * np.abs(changed).max()
        return token, changed

    found = check(MLP, [ROW], nudge)
    assert found.max_abs_error > 0
    assert found.problem is None


def test_no_number() -> None:
    def spoil(token: int, logits: NDArray[Any]) -> tuple[int, NDArray[Any]]:
        changed = logits.astype(np.float32)
        changed[0] = np.nan
        return token, changed

    found = check(MLP, [ROW], spoil)
    assert found.max_abs_error == np.inf
    assert found.problem is not None
