"""Weights for an nn module: from a safetensors file, or random ones that keep activations sane."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .attributes import StringAttr, SymbolRefAttr, TensorType
from .diagnostics import Diagnostic, Diagnostics, did_you_mean, error_at
from .interpreter.variables import (
    Array,
    element_dtype,
    is_cache,
    module_variables,
    slices,
    variable_type,
)
from .location import UNKNOWN
from .operation import Operation, Value
from .safetensors_reader import READABLE, SafetensorsReader, StoredTensor
from .stored import StepError, steps_of

_LISTED = 5
"""Names that one message lists before it only counts the rest."""


# ---- from a file -----------------------------------------------------------------------------------


def load_weights(
    module: Operation, path: str | Path, warnings: list[Diagnostic] | None = None
) -> dict[str, Array]:
    """Return the weights of `module` by variable name, read from the safetensors file `path`.

    A weight is the tensor that its `source` names, changed by its `source_steps`; a stacked one is a tensor
    for each repetition, `block.0.wq`, `block.1.wq` and so on, and one of experts a tensor for each of them.
    float16, bfloat16 and float32 are converted to the declared type. Raises `DiagnosticError` with all
    tensors that are missing, have another shape, or hold values too large for the declared type, or if the
    file is damaged. `warnings` gets warnings of values that are not finite, and a note on tensors that the
    module does not use.
    """
    variables = {
        name: variable for name, variable in module_variables(module).items() if not is_cache(variable)
    }
    claimed = frozenset(source for variable in variables.values() for source in sources(variable))
    loader = _Loader(SafetensorsReader(Path(path)), claimed)
    weights = {name: loader.load(variable) for name, variable in variables.items()}
    loader.found.raise_if_errors()
    loader.note_unused()
    if warnings is not None:
        warnings += loader.found.entries
    return {name: value for name, value in weights.items() if value is not None}


def sources(variable: Operation) -> list[str]:
    """Return the names of the tensors that make up a weight, one for each repetition and expert, in order."""
    return _numbered(variable, variable.attribute("source", StringAttr).value)


def own_names(variable: Operation) -> list[str]:
    """Return what the model calls the tensors of a weight, `block.0.wq`, whatever a file calls them."""
    *owners, name = str(variable.symbol_name).split(".")
    return _numbered(variable, "".join(f"{owner}.{{}}." for owner in owners) + name)


def _numbered(variable: Operation, name: str) -> list[str]:
    names = [name]
    for count in slices(variable):
        names = [name.replace("{}", str(index), 1) for name in names for index in range(count)]
    return names


@dataclass(slots=True)
class _Loader:
    reader: SafetensorsReader
    claimed: frozenset[str]
    """The tensors that some weight is made of."""
    found: Diagnostics = field(default_factory=Diagnostics)

    def load(self, variable: Operation) -> Array | None:
        """Return a weight; reports what is wrong with it and then returns None."""
        type, names = variable_type(variable), sources(variable)
        shape = type.shape[len(slices(variable)) :]
        missing = [name for name in names if name not in self.reader.tensors]
        if missing:
            present = len(names) - len(missing)
            is_short = present > 0 and names[present:] == missing
            # Where the last ones are missing, the names are right.
            hint = "" if is_short else did_you_mean(missing[0], set(self.reader.tensors) - self.claimed)
            notes = (f"the file has the first {present} of {len(names)}",) if is_short else ()
            shown = "" if steps_of(variable) else f" {list(shape)}"
            message = f"'{self.reader.path}' has no {_listed(missing)}{shown}{hint}"
            self.found.error(message, variable.location, *notes)
        fits = [self._fits(variable, name, shape) for name in names if name not in missing]
        if missing or not all(fits):
            return None
        parts = [self._converted(variable, name, element_dtype(type.element)) for name in names]
        return np.stack(parts).reshape(type.shape)

    def _fits(self, variable: Operation, name: str, shape: tuple[int, ...]) -> bool:
        tensor = self.reader.tensors[name]
        fits = self._has_shape(variable, tensor, shape)
        if tensor.element not in READABLE:
            message = f"tensor '{name}' of '{self.reader.path}' has elements {tensor.element}"
            self.found.error(message, variable.location, f"weights can be {', '.join(READABLE)}")
        return fits and tensor.element in READABLE

    def _has_shape(self, variable: Operation, tensor: StoredTensor, wanted: tuple[int, ...]) -> bool:
        """Whether the steps make `wanted` of a tensor; reports it if not, and what would."""
        shape = tensor.shape
        what = f"tensor '{tensor.name}' of '{self.reader.path}' is {list(shape)}"
        try:
            for step in steps_of(variable):
                shape = step.shape(shape)
        except StepError as error:
            self.found.error(f"{what}: {error}", variable.location)
            return False
        if shape == wanted:
            return True
        gives = "" if shape == tensor.shape else f", which gives {list(shape)}"
        self.found.error(f"{what}{gives}, not {list(wanted)}", variable.location, *_what_fits(shape, wanted))
        return False

    def _converted(self, variable: Operation, name: str, dtype: np.dtype[Any]) -> Array:
        stored = self.reader.read(name)
        for step in steps_of(variable):
            stored = step.apply(stored)
        finite = np.isfinite(stored)
        if not finite.all():
            count = int(stored.size - np.count_nonzero(finite))
            message = f"tensor '{name}' of '{self.reader.path}' has {count} values that are inf or nan"
            self.found.warning(message, variable.location)
        with np.errstate(over="ignore"):
            converted = stored.astype(dtype)
        lost = finite & ~np.isfinite(converted)
        if lost.any():
            largest = float(np.abs(stored[lost]).max())
            values = "1 value" if np.count_nonzero(lost) == 1 else f"{np.count_nonzero(lost)} values"
            message = f"tensor '{name}' of '{self.reader.path}' has {values} too large for {dtype.name}"
            limit = f"the largest is {largest:g}, the limit {float(np.finfo(dtype).max):g}"
            self.found.error(message, variable.location, limit)
        return converted

    def note_unused(self) -> None:
        """Say once which tensors no weight takes."""
        unused = [name for name in self.reader.tensors if name not in self.claimed]
        if unused:
            message = f"the model does not use {_listed(unused)} of '{self.reader.path}'"
            self.found.note(message, UNKNOWN)


def _what_fits(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[str, ...]:
    """Return a note on how a tensor of `shape` could be made to fit, if that is plain to see."""
    if len(shape) == 2 and shape[::-1] == wanted:
        return ("its transpose fits: write 'transpose(...)' around it in the model's table of names",)
    if math.prod(shape) == math.prod(wanted):
        return (f"it has as many elements: 'reshape(..., {list(wanted)})' in the table of names would fit",)
    return ()


def _listed(names: list[str]) -> str:
    """Return `tensor 'a'` or `tensors 'a', 'b'`, not more names than one reads."""
    shown = "tensor " if len(names) == 1 else "tensors "
    shown += ", ".join(f"'{name}'" for name in names[:_LISTED])
    return shown if len(names) <= _LISTED else f"{shown} and {len(names) - _LISTED} more"


# ---- random ----------------------------------------------------------------------------------------


def random_weights(module: Operation, seed: int) -> dict[str, Array]:
    """Return weights for `module` by variable name that depend on `seed` and the tensors' names only.

    Matrices have variance 1 / rows, so that a product keeps its input's variance; tables that are
    indexed have variance 1; a norm's weight lies within 0.1 of 1, any other vector within 0.1 of 0. All
    are evenly distributed. The same on every machine and with every version of NumPy: only the raw bits
    of PCG64 are used. Raises `ValueError` for a negative seed, `DiagnosticError` where memory does not do.
    """
    if seed < 0:
        raise ValueError(f"a seed must not be negative: {seed}")
    roles = _roles(module)
    weights: dict[str, Array] = {}
    for name, variable in module_variables(module).items():
        if is_cache(variable):
            continue
        type = variable_type(variable)
        shape = type.shape[len(slices(variable)) :]
        dtype = element_dtype(type.element)
        try:
            _check_addressable(type.shape)
            parts = [_random_tensor(own, shape, roles.get(name), seed) for own in own_names(variable)]
            weights[name] = np.stack(parts).reshape(type.shape).astype(dtype)
        except MemoryError:
            extents = " x ".join(map(str, type.shape))
            message = f"there is no memory for weight '{name}' of {extents} elements"
            raise error_at(message, variable.location) from None
    return weights


def _check_addressable(shape: tuple[int, ...]) -> None:
    """Raise `MemoryError` for what NumPy would not even ask the system for: raw bits take 8 bytes each."""
    if math.prod(shape) > sys.maxsize // 8:
        raise MemoryError


def _random_tensor(source: str, shape: tuple[int, ...], role: str | None, seed: int) -> NDArray[np.float32]:
    centre, reach = 0.0, 0.1
    if role == "norm":
        centre = 1.0
    elif role == "table":
        reach = math.sqrt(3.0)
    elif len(shape) > 1:
        reach = math.sqrt(3.0 / max(1, math.prod(shape[:-1])))
    bits = np.random.PCG64(np.random.SeedSequence([seed, *source.encode()])).random_raw(math.prod(shape))
    # The upper 24 bits are an integer that float32 holds exactly; it becomes a number from -1 up to 1.
    unit = (bits >> np.uint64(40)).astype(np.float32) / np.float32(2**23) - np.float32(1)
    return (np.float32(centre) + np.float32(reach) * unit).reshape(shape)


def _roles(module: Operation) -> Mapping[str, str]:
    """Return which variables are tables of `nn.gather` and which are weights of a norm."""
    roles: dict[str, str] = {}
    for name, user, index in _uses(module):
        if user.name == "nn.gather" and index == 0:
            roles[name] = "table"
        elif user.name in ("nn.rmsnorm", "nn.layernorm") and index == 1:
            roles[name] = "norm"
    return roles


def _uses(module: Operation) -> Iterator[tuple[str, Operation, int]]:
    """Yield each use of a variable's value: its name, the using operation, the operand's index."""
    functions = {str(op.symbol_name): op for op in module.body.operations if op.name == "nn.func"}
    for op in module.walk():
        if op.name == "nn.read" and isinstance(op.result.type, TensorType):
            name = op.attribute("variable", SymbolRefAttr).leaf
            for user, index in _uses_of(op.result, functions):
                yield name, user, index


def _uses_of(value: Value, functions: Mapping[str, Operation]) -> Iterator[tuple[Operation, int]]:
    """Yield the uses of `value`, also those as an argument in the functions that it is given to."""
    waiting, seen = [value], {value}
    for current in waiting:
        for user, index in current.uses:
            yield user, index
            if user.name == "nn.call":
                argument = functions[user.attribute("callee", SymbolRefAttr).leaf].body.arguments[index]
                if argument not in seen:
                    seen.add(argument)
                    waiting.append(argument)
