"""What an entry of a model takes, and inputs that are made up for it."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ir.attributes import F16, I32, TensorType
from ...ir.dialects.nn import tensor_type, window_of
from ...ir.interpreter.variables import is_cache, module_variables, variable_type
from ...ir.operation import Operation
from ...passes.nn.partition_builder import input_names, output_names
from .inputs import vocabulary

MADE_UP_TOKENS = 16
"""Made-up tokens are below this, where the model does not say how many it knows."""


@dataclass(frozen=True, slots=True)
class ModelInput:
    """An entry of an `nn` module as `Session` describes that of a program.

    `input_size` counts the numbers of a row, `window` the rows of one execution, `context` the positions
    that the caches hold.
    """

    kind: TensorType
    takes_tokens: bool
    input_name: str
    input_size: int
    window: int | None
    context: int | None
    vocabulary: int | None
    outputs: tuple[str, ...]
    """What the host calls the entry's results."""

    @staticmethod
    def of(model: Operation, entry: str) -> ModelInput:
        """Return what `entry` of `model`, as the front end gave it, takes."""
        function = next(op for op in model.body.operations if op.symbol_name == entry)
        kind = tensor_type(function.body.arguments[0])
        capacities = [
            variable_type(op).shape[1 if "stacked" in op.attributes else 0]
            for op in module_variables(model).values()
            if is_cache(op)
        ]
        return ModelInput(
            kind,
            kind.element == I32,
            input_names(function)[0],
            prod(kind.shape[1:]),
            window_of(function),
            min(capacities, default=None),
            vocabulary(model, entry),
            tuple(output_names(function)),
        )

    def rows(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return rows [rows, ...] in the shape and type of the entry's input."""
        element = self.kind.element
        dtype = np.int32 if element == I32 else np.float16 if element == F16 else np.float32
        return values.astype(dtype).reshape(len(values), *self.kind.shape[1:])

    def made_up(self, count: int, seed: int) -> NDArray[Any]:
        """Return `count` random rows: tokens [rows], or numbers [rows, features]."""
        random = np.random.default_rng(seed)
        if self.takes_tokens:
            return random.integers(0, self.vocabulary or MADE_UP_TOKENS, count)
        return random.standard_normal((count, self.input_size))
