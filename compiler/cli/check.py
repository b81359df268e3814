"""`--check`: the model computed in NumPy, in lock-step with the machine, on the same weights and inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ir.attributes import F16, I32, FunctionType, TensorType
from ...ir.interpreter.nn import NnInterpreter
from ...ir.operation import Operation
from .results import CheckResult

TOLERANCE = 0.05
"""The largest error, relative to the largest result, that different orders of summation may explain.

Results are rounded to f16 (2**-11) some dozens of times on the way through a model; a wrong element is off by
far more.
"""


class Checker:
    """Computes each step again and keeps the largest difference.

    Raises `DiagnosticError` if the interpreter cannot run the model.
    """

    def __init__(self, model: Operation, entry: str, weights: Mapping[str, NDArray[Any]]) -> None:
        self._interpreter = NnInterpreter(model, weights)
        self._entry = entry
        function = next(op for op in model.body.operations if op.symbol_name == entry)
        kinds = function.attribute("function_type", FunctionType)
        self._input: TensorType | None = kinds.inputs[0] if isinstance(kinds.inputs[0], TensorType) else None
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
        results = self._interpreter.step(self._entry, self._as_input(rows), position)
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

    def _as_input(self, rows: NDArray[Any]) -> NDArray[Any]:
        """Return rows [rows, ...] in the shape and type of the entry's input."""
        kind = self._input
        if kind is None:
            return rows
        dtype = np.int32 if kind.element == I32 else np.float16 if kind.element == F16 else np.float32
        return rows.astype(dtype).reshape(len(rows), *kind.shape[1:])

    def _compare(self, right: NDArray[Any], found: NDArray[Any]) -> None:
        wanted = right.astype(np.float64).reshape(-1)
        got = np.asarray(found, dtype=np.float64).reshape(-1)
        same = (wanted == got) | (np.isnan(wanted) & np.isnan(got))
        with np.errstate(invalid="ignore"):
            error = np.where(same, 0.0, np.abs(wanted - got))
        # Where only one side is a number there is no distance; that is as wrong as can be.
        error = np.where(np.isnan(error), np.inf, error)
        self._error = max(self._error, float(error.max(initial=0.0)))
        finite = wanted[np.isfinite(wanted)]
        self._largest = max(self._largest, float(np.abs(finite).max(initial=0.0)))

    def result(self) -> CheckResult:
        """Return the verdict on all steps so far."""
        problem = None
        if self._differing:
            count, first = len(self._differing), self._differing[0]
            problem = f"{count} of {self._checked} tokens differ, the first at position {first}"
        elif self._error > TOLERANCE * self._largest:
            problem = (
                f"the largest error is {self._error:g} where the largest result is {self._largest:g}; "
                f"{TOLERANCE:.0%} of it would do"
            )
        return CheckResult(self._error, not self._differing, problem)
