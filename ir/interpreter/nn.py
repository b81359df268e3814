"""Interpreter of the nn dialect: runs an entry step by step and keeps the caches in between.

Floats are held as float32 whose values are rounded to the element type of the value they belong to, so
an operation reads exact operands, computes in float32 and rounds its result once. In the body of
`nn.fused` nothing is rounded; what leaves it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..attributes import (
    DYNAMIC,
    F16,
    F32,
    I32,
    DenseElementsAttr,
    FloatAttr,
    FunctionType,
    IntegerAttr,
    SymbolRefAttr,
    TensorType,
    TypeAttribute,
)
from ..diagnostics import error_at
from ..dialects.nn import tensor_type
from ..dialects.nn_shape import axis_of
from ..operation import Block, Operation, Value
from .functions import (
    ALONG_AXIS,
    BINARY,
    UNARY,
    Floats,
    Integers,
    attention,
    layernorm,
    rmsnorm,
    rope,
    softmax,
    top_k,
)
from .variables import (
    Array,
    element_dtype,
    initial_variables,
    is_cache,
    module_variables,
    slices,
    variable_type,
)


class NnInterpreter:
    """A model that runs: weights, caches, and the entries of `module`.

    Weights and caches are given by variable name as `initial_variables` wants them, and are not changed.
    Raises `DiagnosticError` if a weight is missing or has the wrong shape or type.
    """

    def __init__(self, module: Operation, variables: Mapping[str, Array]) -> None:
        accumulate = module.attributes.get("nn.accumulate", F32)
        if accumulate != F32:
            raise error_at(f"the interpreter computes in f32, not {accumulate}", module.location)
        self.module = module
        self._operations = module_variables(module)
        initial = initial_variables(module, variables)
        self._values: dict[str, Floats] = {
            name: np.array(value, dtype=np.float32) for name, value in initial.items()
        }
        self._functions = {op.symbol_name: op for op in module.body.operations if op.name == "nn.func"}

    def variable(self, name: str) -> Array:
        """Return a copy of a variable's present value. Raises `KeyError` for an unknown name."""
        dtype = element_dtype(variable_type(self._operations[name]).element)
        return self._values[name].astype(dtype)

    def step(self, entry: str, inputs: NDArray[Any], position: int) -> tuple[Array, ...]:
        """Run `entry` on the rows `inputs` [seq, ...], the first of which stands at `position`.

        Rows that a cache holds before `position` are those of earlier steps. Returns the entry's results
        in their own element types. Raises `KeyError` for an unknown entry, and `DiagnosticError` if the
        input does not fit the entry, an index its table, or the rows the caches.
        """
        function = self.function(entry)
        block = function.body
        if len(block.arguments) != 1:
            raise error_at(f"entry '{entry}' takes {len(block.arguments)} inputs, not one", function.location)
        rows = self._input(function, inputs)
        self._check_capacity(rows.shape[0], position)
        frame = _Frame(self, position, rows.shape[0])
        frame.values[block.arguments[0]] = rows
        with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
            results = frame.run(block)
            types = function.attribute("function_type", FunctionType).results
            return tuple(_as_declared(value, type) for value, type in zip(results, types, strict=True))

    def _input(self, function: Operation, inputs: NDArray[Any]) -> Array:
        """Return `inputs` as the function's argument is held. Raises `DiagnosticError` if it does not fit."""
        type = tensor_type(function.body.arguments[0])
        fits = len(inputs.shape) == len(type.shape) and all(
            wanted in (DYNAMIC, found) for wanted, found in zip(type.shape, inputs.shape, strict=True)
        )
        if not fits or inputs.shape[0] == 0:
            message = f"the input must be {_shape_text(type)}, not {list(inputs.shape)}"
            raise error_at(message, function.location)
        integers = np.issubdtype(inputs.dtype, np.integer)
        if integers != (type.element == I32):
            wanted = "integers" if type.element == I32 else "floats"
            raise error_at(f"the input must be {wanted}, not {inputs.dtype.name}", function.location)
        if integers:
            return inputs.astype(np.int32)
        return rounded(inputs.astype(np.float32), type.element)

    def _check_capacity(self, rows: int, position: int) -> None:
        for name, variable in self._operations.items():
            if not is_cache(variable):
                continue
            capacity = variable_type(variable).shape[len(slices(variable))]
            if not 0 <= position <= capacity - rows:
                what = f"rows {position} to {position + rows - 1}" if rows > 1 else f"row {position}"
                message = f"{what} cannot be kept in cache '{name}', which holds {capacity} rows"
                raise error_at(message, variable.location)

    def function(self, name: str) -> Operation:
        """Return the `nn.func` of this name. Raises `KeyError` without one."""
        return self._functions[name]

    def slot(self, operation: Operation, iteration: list[int]) -> Floats:
        """Return the variable that `operation` names, of a stacked one the slice of this iteration."""
        return self._values[operation.attribute("variable", SymbolRefAttr).leaf][tuple(iteration)]


class _Frame:
    """The values of one step on `rows` rows, the first of which stands at `position`."""

    def __init__(self, interpreter: NnInterpreter, position: int, rows: int) -> None:
        self.interpreter = interpreter
        self.position, self.rows = position, rows
        self.values: dict[Value, Array | int] = {}
        self.rounds = True
        self.calling: list[str] = []
        """The functions whose calls have begun and not ended."""
        self.handlers: dict[str, Callable[[Operation], Array]] = {
            "constant": self._constant,
            "position": lambda op: np.arange(self.position, self.position + self.rows, dtype=np.int32),
            "read": self._read,
            "append": self._append,
            "gather": self._gather,
            "matmul": lambda op: self._floats(op, 0) @ self._floats(op, 1),
            "rmsnorm": self._rmsnorm,
            "layernorm": self._layernorm,
            "rope": lambda op: rope(
                self._floats(op, 0), self.position, op.attribute("theta", FloatAttr).value
            ),
            "attention": self._attention,
            "reshape": self._reshape,
            "transpose": lambda op: np.swapaxes(self._floats(op, 0), -1, -2),
            "concat": lambda op: np.concatenate(
                [self._floats(op, index) for index in range(len(op.operands))], axis_of(op)
            ),
            "slice": self._slice,
            "argmax": lambda op: np.argmax(self._floats(op, 0), axis=-1).astype(np.int32),
            "top_k": lambda op: top_k(self._floats(op, 0), op.attribute("k", IntegerAttr).value),
            "pick": self._pick,
            "mixture": self._mixture,
        }

    def run(self, block: Block) -> list[Array | int]:
        """Run a block; returns the operands of its terminator."""
        for op in block.operations:
            kind = op.name.removeprefix("nn.")
            if kind in ("return", "yield"):
                return [self.values[operand] for operand in op.operands]
            if kind == "repeat":
                self._repeat(op)
            elif kind == "call":
                self._call(op)
            elif kind == "fused":
                self._fused(op)
            else:
                self.values[op.result] = self._compute(kind, op)
        raise error_at("a block without nn.return or nn.yield", _location(block))

    def _compute(self, kind: str, op: Operation) -> Array:
        if kind in UNARY:
            value: Array = UNARY[kind](self._floats(op, 0))
        elif kind in BINARY:
            value = BINARY[kind](self._floats(op, 0), self._floats(op, 1))
        elif kind in ALONG_AXIS:
            value = ALONG_AXIS[kind](self._floats(op, 0), axis_of(op))
        elif kind in self.handlers:
            value = self.handlers[kind](op)
        else:
            raise error_at(f"the interpreter of the nn level does not know '{op.name}'", op.location)
        element = tensor_type(op.result).element
        return rounded(value, element) if self.rounds and element != I32 else value

    def _floats(self, op: Operation, index: int) -> Floats:
        value = self.values[op.operands[index]]
        if isinstance(value, int) or value.dtype != np.float32:
            raise error_at(f"operand {index} of '{op.name}' must be a tensor of floats", op.location)
        return value

    def _indices(self, op: Operation, index: int) -> Integers:
        value = self.values[op.operands[index]]
        if isinstance(value, int) or value.dtype != np.int32:
            raise error_at(f"operand {index} of '{op.name}' must be a tensor of i32", op.location)
        return value

    def _iteration(self, op: Operation, first: int) -> list[int]:
        """Return the values of the `index` operands from operand `first` on."""
        values = [self.values[operand] for operand in op.operands[first:]]
        return [value for value in values if isinstance(value, int)]

    # ---- control

    def _repeat(self, op: Operation) -> None:
        carried = [self.values[operand] for operand in op.operands]
        for iteration in range(op.attribute("count", IntegerAttr).value):
            arguments = op.body.arguments
            for argument, value in zip(arguments, [iteration, *carried], strict=True):
                self.values[argument] = value
            carried = self.run(op.body)
        for result, value in zip(op.results, carried, strict=True):
            self.values[result] = value

    def _call(self, op: Operation) -> None:
        name = op.attribute("callee", SymbolRefAttr).leaf
        if name in self.calling:
            raise error_at(f"function '@{name}' calls itself", op.location)
        body = self.interpreter.function(name).body
        for argument, operand in zip(body.arguments, op.operands, strict=True):
            self.values[argument] = self.values[operand]
        self.calling.append(name)
        results = self.run(body)
        self.calling.pop()
        for result, value in zip(op.results, results, strict=True):
            self.values[result] = value

    def _fused(self, op: Operation) -> None:
        for argument, operand in zip(op.body.arguments, op.operands, strict=True):
            self.values[argument] = self.values[operand]
        outer, self.rounds = self.rounds, False
        values = self.run(op.body)
        self.rounds = outer
        for result, value in zip(op.results, values, strict=True):
            if isinstance(value, int):
                raise error_at("'nn.fused' gives tensors, not an index", op.location)
            element = tensor_type(result).element
            self.values[result] = rounded(value, element) if self.rounds else value

    def _mixture(self, op: Operation) -> Floats:
        """Run the experts of each row by itself, and sum up in the order of their scores."""
        x, scores = self._floats(op, 0), self._floats(op, 1)
        chosen = top_k(scores, op.attribute("k", IntegerAttr).value)
        shares = softmax(np.take_along_axis(scores, chosen, axis=-1))
        number, rows = op.body.arguments
        first, self.rows = self.position, 1
        sums: list[Floats] = []
        for row in range(x.shape[0]):
            self.position = first + row
            total = np.float32(0)
            for expert, share in zip(chosen[row].tolist(), shares[row], strict=True):
                self.values[number], self.values[rows] = expert, x[row : row + 1]
                (value,) = self.run(op.body)
                total = total + share * np.asarray(value)
            sums.append(np.asarray(total, dtype=np.float32))
        self.position, self.rows = first, x.shape[0]
        return np.concatenate(sums)

    # ---- state

    def _read(self, op: Operation) -> Floats:
        return self.interpreter.slot(op, self._iteration(op, 0))

    def _append(self, op: Operation) -> Floats:
        rows = self._floats(op, 0)
        cache = self.interpreter.slot(op, self._iteration(op, 1))
        end = self.position + rows.shape[0]
        cache[self.position : end] = rows
        return cache[:end].copy()

    # ---- computing

    def _constant(self, op: Operation) -> Array:
        attribute = op.attribute("value", DenseElementsAttr)
        values = np.array(attribute.values, dtype=np.float32)
        if len(attribute.values) == 1:
            return np.full(attribute.type.shape, values[0], dtype=np.float32)
        return values.reshape(attribute.type.shape)

    def _gather(self, op: Operation) -> Floats:
        table = self._floats(op, 0)
        return table[self._indices_within(op, table.shape[0], "a table of {} rows")]

    def _pick(self, op: Operation) -> Floats:
        x = self._floats(op, 0)
        return np.take_along_axis(x, self._indices_within(op, x.shape[-1], "a row of {} elements"), axis=-1)

    def _indices_within(self, op: Operation, extent: int, what: str) -> Integers:
        """Return the second operand, indices below `extent`."""
        indices = self._indices(op, 1)
        wrong = indices[(indices < 0) | (indices >= extent)]
        if wrong.size:
            raise error_at(f"index {int(wrong[0])} is outside {what.format(extent)}", op.location)
        return indices

    def _rmsnorm(self, op: Operation) -> Floats:
        eps = op.attribute("eps", FloatAttr).value
        return rmsnorm(self._floats(op, 0), self._floats(op, 1), eps)

    def _layernorm(self, op: Operation) -> Floats:
        eps = op.attribute("eps", FloatAttr).value
        return layernorm(self._floats(op, 0), self._floats(op, 1), self._floats(op, 2), eps)

    def _attention(self, op: Operation) -> Floats:
        causal = bool(op.attribute("causal", IntegerAttr).value)
        return attention(self._floats(op, 0), self._floats(op, 1), self._floats(op, 2), causal=causal)

    def _reshape(self, op: Operation) -> Floats:
        shape = tensor_type(op.result).shape
        return self._floats(op, 0).reshape([-1 if extent == DYNAMIC else extent for extent in shape])

    def _slice(self, op: Operation) -> Floats:
        start, end = (op.attribute(name, IntegerAttr).value for name in ("start", "end"))
        return self._floats(op, 0)[(slice(None),) * axis_of(op) + (slice(start, end),)]


def rounded(value: Array, element: TypeAttribute) -> Floats:
    """Return float32 numbers rounded to the nearest of `element` (f16 or f32; ties to even)."""
    narrow = value.astype(np.float16) if element == F16 else value
    return narrow.astype(np.float32)


def _as_declared(value: Array | int, type: TypeAttribute) -> Array:
    if isinstance(value, int) or not isinstance(type, TensorType):
        raise TypeError(f"an entry's result must be a tensor, not {type}")
    return value if type.element == I32 else value.astype(element_dtype(type.element))


def _shape_text(type: TensorType) -> str:
    return "[" + ", ".join("seq" if extent == DYNAMIC else str(extent) for extent in type.shape) + "]"


def _location(block: Block) -> Any:
    parent = block.parent_op
    if parent is None:
        raise ValueError("the block belongs to no operation")
    return parent.location
