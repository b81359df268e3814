"""The variables of an nn module as arrays: their types, and a checked set to start from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..attributes import F16, F32, StringAttr, TensorType, TypeAttribute
from ..diagnostics import Diagnostics, did_you_mean
from ..operation import Operation

Array = NDArray[Any]


def module_variables(module: Operation) -> dict[str, Operation]:
    """Return the `nn.variable` operations of `module` by name, in order."""
    return {
        op.attribute("sym_name", StringAttr).value: op
        for op in module.body.operations
        if op.name == "nn.variable"
    }


def variable_type(variable: Operation) -> TensorType:
    """Return the type of a `nn.variable`; its first extents count repetitions and experts."""
    return variable.attribute("type", TensorType)


def slices(variable: Operation) -> tuple[int, ...]:
    """Return how many repetitions and experts a `nn.variable` has slices for, as far as it has either.

    These are the first extents of its type.
    """
    depth = ("stacked" in variable.attributes) + ("experts" in variable.attributes)
    return variable_type(variable).shape[:depth]


def is_cache(variable: Operation) -> bool:
    """Whether a `nn.variable` is a cache and not a weight."""
    return variable.attribute("kind", StringAttr).value == "cache"


def element_dtype(element: TypeAttribute) -> np.dtype[Any]:
    """Return the NumPy type of f16 or f32 elements. Raises `ValueError` for others."""
    if element == F16:
        return np.dtype(np.float16)
    if element == F32:
        return np.dtype(np.float32)
    raise ValueError(f"no NumPy type for elements of type {element}")


def initial_variables(module: Operation, weights: Mapping[str, Array]) -> dict[str, Array]:
    """Return all variables of `module` at the start: `weights` as they are, caches zero.

    `weights` may hold caches as well, to go on from. Raises `DiagnosticError` with every weight that
    is missing or has another shape or element type than the module says, and every unknown name.
    """
    variables = module_variables(module)
    found = Diagnostics()
    result: dict[str, Array] = {}
    for name, variable in variables.items():
        type, kind = variable_type(variable), variable.attribute("kind", StringAttr).value
        dtype = element_dtype(type.element)
        value = weights.get(name)
        if value is None:
            if is_cache(variable):
                result[name] = np.zeros(type.shape, dtype)
            else:
                found.error(f"no value for weight '{name}' {list(type.shape)}", variable.location)
        elif value.shape != type.shape:
            message = f"{kind} '{name}' must be {list(type.shape)}, not {list(value.shape)}"
            found.error(message, variable.location)
        elif value.dtype != dtype:
            message = f"{kind} '{name}' must have elements {dtype.name}, not {value.dtype.name}"
            found.error(message, variable.location)
        else:
            result[name] = value
    for name in weights:
        if name not in variables:
            found.error(
                f"the module has no variable '{name}'{did_you_mean(name, variables)}", module.location
            )
    found.raise_if_errors()
    return result
