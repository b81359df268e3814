"""`--check`: the model computed in NumPy, in lock-step with the machine, on the same weights and inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ir.attributes import I32, FunctionType, TensorType
from ...ir.interpreter.nn import NnInterpreter
from ...ir.operation import Operation
from .deviation import errors, largest_number
from .model_input import ModelInput
from .parser import DEFAULT_TOLERANCE
from .results import CheckResult


class Checker:
    """Computes each step again and keeps the largest difference.

    Raises `DiagnosticError` if the interpreter cannot run the model.
    """

    def __init__(self, model: Operation, entry: str, weights: Mapping[str, NDArray[Any]]) -> None:
        self._interpreter = NnInterpreter(model, weights)
        self._entry = entry
        function = next(op for op in model.body.operations if op.symbol_name == entry)
        kinds = function.attribute("function_type", FunctionType)
        self._input = ModelInput.of(model, entry)
        self._is_token = [isinstance(t, TensorType) and t.element == I32 for t in kinds.results]
        self._error = 0.0
        self._largest = 0.0
        self._differing: list[int] = []
        """Positions of tokens that differ."""
        self._checked = 0

    def step(
        self,
        position: int,
        value: int | NDArray[Any],
        token: int | None,
        outputs: Sequence[NDArray[Any]],
        *,
        compare_token: bool,
    ) -> None:
        """Compute the step at `position` on `value` and compare; `outputs` are all results but the token."""
        tokens = [token] if compare_token and token is not None else []
        self._step(position, np.asarray(value)[None], tokens, outputs)

    def window(self, rows: NDArray[Any], tokens: Sequence[int], outputs: Sequence[NDArray[Any]]) -> None:
        """Compute a window of rows at once and compare all; `tokens` is empty if the entry gives none."""
        self._step(0, rows, tokens, outputs)

    def _step(
        self, position: int, rows: NDArray[Any], tokens: Sequence[int], outputs: Sequence[NDArray[Any]]
    ) -> None:
        results = self._interpreter.step(self._entry, self._input.rows(rows), position)
        wanted = [result for result, is_token in zip(results, self._is_token, strict=True) if not is_token]
        for result, output in zip(wanted, outputs, strict=True):
            self._compare(result, output)
        if not tokens:
            return
        right = next(result for result, is_token in zip(results, self._is_token, strict=True) if is_token)
        for offset, (token, expected) in enumerate(zip(tokens, right, strict=True)):
            self._checked += 1
            if token != int(expected):
                self._differing.append(position + offset)

    def _compare(self, right: NDArray[Any], found: NDArray[Any]) -> None:
        self._error = max(self._error, float(errors(right, found).max(initial=0.0)))
        self._largest = max(self._largest, largest_number(right))

    def result(self) -> CheckResult:
        """Return the verdict on all steps so far."""
        problem = None
        if self._differing:
            count, first = len(self._differing), self._differing[0]
            problem = f"{count} of {self._checked} tokens differ, the first at position {first}"
        elif self._error > DEFAULT_TOLERANCE * self._largest:
            problem = (
                f"the largest error is {self._error:g} where the largest result is {self._largest:g}; "
                f"{DEFAULT_TOLERANCE:.0%} of it would do"
            )
        return CheckResult(self._error, not self._differing, problem)
