"""Interpreter of the dist dialect: every PE of every grid computes its tiles, and collectives combine them.

It executes what the operations say, with the tiles that the types say: a partial value stays partial
until an `all_reduce` completes it, and a value that should be the same on several PEs is compared where
it leaves its grid. Floats are held as float32 whose values are rounded to the element type, as in the
interpreter of the nn level. Grids need not have the shape that they get on the wafer: any shape gives
the same results but for roundings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..attributes import I32, ArrayAttr, IntegerAttr, StringAttr, SymbolRefAttr
from ..diagnostics import error_at
from ..dialects.dist_type import DistTensor, dist_tensor, window_rows
from ..operation import Block, Operation, Value
from ..variable_values import DTYPES, expand, variable_shape
from .dist_local import LOCAL, REDUCE
from .nn import rounded
from .pe import Pe, tile_indices
from .variables import Array

DEFAULT_SHAPE = (5, 3)
"""Width and height of a grid for which nothing else was asked: they divide few extents."""

Tiles = dict[tuple[int, int], Array]
"""What each PE (x, y) of a grid holds of a value."""


class DistInterpreter:
    """A distributed model that runs: weights, caches, and the `dist.func` operations of `module`.

    `variables` are the model's, by name, as `NnInterpreter` takes them; they are not changed. `shapes`
    gives the width and height of grids by name, `DEFAULT_SHAPE` holds for the others. Raises
    `DiagnosticError` if a weight is missing or has the wrong size.
    """

    def __init__(
        self,
        module: Operation,
        variables: Mapping[str, Array],
        shapes: Mapping[str, tuple[int, int]] | None = None,
    ) -> None:
        self.module = module
        self.shapes = dict(shapes or {})
        self._functions = {op.symbol_name: op for op in module.body.operations if op.name == "dist.func"}
        self._variables = {
            str(op.symbol_name): op for op in module.body.operations if op.name == "dist.variable"
        }
        self._tiles = {name: self._initial(name, op, variables) for name, op in self._variables.items()}

    def _initial(self, name: str, op: Operation, given: Mapping[str, Array]) -> Tiles:
        """The tiles of a variable at the start: the values given for it, or zeros if it is a cache."""
        kind = op.attribute("type", DistTensor)
        if op.attribute("kind", StringAttr).value == "cache" and model_name(op) not in given:
            whole: Array = np.zeros(variable_shape(op), DTYPES[str(kind.element)])
        else:
            whole = expand(name, op, given)
        values = whole if kind.element == I32 else whole.astype(np.float32)
        return {(pe.x, pe.y): _parts(values, pe, kind) for pe in self.pes(kind.grid, 0)}

    def pes(self, grid: str, position: int) -> list[Pe]:
        """The PEs of a grid, row by row."""
        width, height = self.shapes.get(grid, DEFAULT_SHAPE)
        return [Pe(x, y, width, height, position) for y in range(height) for x in range(width)]

    def variable(self, name: str) -> Array:
        """Return a variable's present value: layers and experts first, then as its splits have it.

        `name` is that of a `dist.variable`. Raises `KeyError` for an unknown one.
        """
        op = self._variables[name]
        kind = op.attribute("type", DistTensor)
        found = np.zeros(variable_shape(op), DTYPES[str(kind.element)])
        for pe in self.pes(kind.grid, 0):
            for index in _slices(found, kind):
                target = found[index]
                target[_held(pe, kind)] = self._tiles[name][pe.x, pe.y][index]
        return found

    def step(self, entry: str, inputs: NDArray[Any], position: int) -> tuple[Array, ...]:
        """Run `entry` on the row `inputs` [1, ...], which stands at `position`, or on all rows of a window.

        Caches hold what earlier steps put there. Returns the entry's results as rows, too, in their own
        element types. Raises `KeyError` for an unknown entry, and `DiagnosticError` if the input does not
        fit, or if the module says something that PEs cannot do.
        """
        function = self._functions[entry]
        frame = _Frame(self, inputs, position)
        with np.errstate(over="ignore", invalid="ignore", divide="ignore", under="ignore"):
            return tuple(frame.function(function))

    def slot(self, operation: Operation, at: tuple[int, int], index: tuple[int, ...]) -> Array:
        """The tile that PE `at` has of the variable that `operation` names; `index` says of which slice."""
        return self._tiles[operation.attribute("variable", SymbolRefAttr).leaf][at][index]


def model_name(variable: Operation) -> str:
    """What the model calls a `dist.variable`."""
    copied = variable.attributes.get("copy_of")
    return copied.value if isinstance(copied, StringAttr) else str(variable.symbol_name)


def _held(pe: Pe, kind: DistTensor) -> tuple[NDArray[Any], ...]:
    """The index of all elements that a PE holds of a variable: caches at their full length."""
    return np.ix_(*(tile_indices(s, pe.coordinate(s.axis), pe.parts(s.axis)) for s in kind.dims))


def _slices(whole: Array, kind: DistTensor) -> Iterator[tuple[int, ...]]:
    """The numbers of layer and expert, as far as a variable has either, of all its slices."""
    return np.ndindex(whole.shape[: whole.ndim - len(kind.dims)])


def _parts(whole: Array, pe: Pe, kind: DistTensor) -> Array:
    """What a PE holds of each slice of a variable."""
    parts = [whole[index][_held(pe, kind)] for index in _slices(whole, kind)]
    leading = whole.shape[: whole.ndim - len(kind.dims)]
    return np.array(parts).reshape((*leading, *parts[0].shape))


@dataclass(slots=True)
class _Frame:
    """The values of one step."""

    interpreter: DistInterpreter
    inputs: NDArray[Any]
    position: int
    tiles: dict[Value, Tiles] = field(default_factory=lambda: dict[Value, Tiles]())
    numbers: dict[Value, int] = field(default_factory=lambda: dict[Value, int]())

    def function(self, function: Operation) -> list[Array]:
        """Run a `dist.func` and return its results as rows, each put together from its tiles."""
        terminator = self.block(function.body)
        names = terminator.attribute("names", ArrayAttr).values
        if len(names) != len(terminator.operands):
            raise error_at("there must be one name for each result", terminator.location)
        wholes = [self.whole(value, terminator) for value in terminator.operands]
        windows = [window_rows(dist_tensor(value)) is not None for value in terminator.operands]
        return [
            whole.T if is_window else whole[np.newaxis]
            for whole, is_window in zip(wholes, windows, strict=True)
        ]

    def block(self, block: Block) -> Operation:
        """Run a block and return its terminator."""
        for op in block.operations:
            kind = op.name.removeprefix("dist.")
            if kind in ("return", "yield"):
                return op
            # New tables, since those of a loop's last iteration are what this one carries.
            self.tiles.update((value, {}) for value in op.results)
            if kind in _SHARED:
                _SHARED[kind](self, op)
            elif kind in LOCAL:
                self._local(op, LOCAL[kind])
            else:
                raise error_at(f"the interpreter of the dist level does not know '{op.name}'", op.location)
        parent = block.parent_op
        assert parent is not None, "only blocks of operations are run"
        raise error_at("a block without dist.return or dist.yield", parent.location)

    def pes(self, value: Value) -> list[Pe]:
        """The PEs that hold `value`."""
        return self.interpreter.pes(dist_tensor(value).grid, self.position)

    def store(self, op: Operation, index: int, pe: Pe, tile: Array) -> None:
        """Keep a PE's tile of a result, rounded; raises `DiagnosticError` if its shape is not the type's."""
        value = op.results[index]
        kind = dist_tensor(value)
        if tile.shape != pe.shape(kind.dims):
            raise error_at(
                f"'{op.name}' makes a tile {list(tile.shape)} on PE ({pe.x}, {pe.y}) of {pe.width} x "
                f"{pe.height}; by its type it is {list(pe.shape(kind.dims))}",
                op.location,
            )
        kept = tile if kind.element == I32 else rounded(tile, kind.element)
        self.tiles[value][pe.x, pe.y] = kept

    def whole(self, value: Value, op: Operation) -> Array:
        """Return `value` put together in its element type.

        Raises `DiagnosticError`, at `op`, which takes the value, if PEs disagree on an element.
        """
        kind = dist_tensor(value)
        dtype = DTYPES[str(kind.element)]
        found = np.zeros(tuple(split.extent for split in kind.dims), dtype)
        known = np.zeros(found.shape, np.bool_)
        for pe in self.pes(value):
            held = np.ix_(*(pe.indices(split) for split in kind.dims))
            tile = self.tiles[value][pe.x, pe.y].astype(dtype)
            before = known[held]
            if not np.array_equal(tile[before], found[held][before], equal_nan=dtype.kind == "f"):
                raise error_at(
                    f"PE ({pe.x}, {pe.y}) of grid '{kind.grid}' has other values than a PE before it, "
                    f"in what '{op.name}' takes",
                    op.location,
                )
            found[held], known[held] = tile, True
        return found

    def spread(self, op: Operation, whole: Array) -> None:
        """Give each PE its tile of a result."""
        for pe in self.pes(op.result):
            held = np.ix_(*(pe.indices(split) for split in dist_tensor(op.result).dims))
            self.store(op, 0, pe, whole[held])

    def _local(self, op: Operation, function: Callable[..., Array | tuple[Array, ...]]) -> None:
        for pe in self.pes(op.results[0]):
            made = function(pe, op, *(self.tiles[value][pe.x, pe.y] for value in op.operands))
            for index, tile in enumerate(made if isinstance(made, tuple) else (made,)):
                self.store(op, index, pe, tile)

    # ---- what concerns more than one PE's operands

    def input(self, op: Operation) -> None:
        """What the host gives."""
        kind = dist_tensor(op.result)
        rows, shape = window_rows(kind), tuple(split.extent for split in kind.dims)
        given = self.inputs
        if given.shape[:1] != (rows or 1,) or given.size != prod(shape):
            wanted = "one row" if rows is None else f"{rows} rows"
            each = list(shape if rows is None else shape[:-1])
            raise error_at(f"the input must be {wanted} of {each}, not {list(given.shape)}", op.location)
        integers = np.issubdtype(given.dtype, np.integer)
        if integers != (kind.element == I32):
            wanted = "integers" if kind.element == I32 else "floats"
            raise error_at(f"the input must be {wanted}, not {given.dtype.name}", op.location)
        # Rows come first for everybody else, and last on the PEs.
        self.spread(op, given.reshape(shape[::-1]).T.astype(np.int32 if integers else np.float32))

    def _slice(self, op: Operation, first: int) -> tuple[int, ...]:
        """The numbers that the operands from `first` on are."""
        return tuple(self.numbers[operand] for operand in op.operands[first:])

    def read(self, op: Operation) -> None:
        """The tile of a variable, of a cache the rows so far."""
        index = self._slice(op, 0)
        for pe in self.pes(op.result):
            tile = self.interpreter.slot(op, (pe.x, pe.y), index)
            rows = pe.shape(dist_tensor(op.result).dims)[:1]
            self.store(op, 0, pe, tile[: rows[0]] if rows else tile)

    def append(self, op: Operation) -> None:
        """Put a row where the current position lies."""
        kind = dist_tensor(op.result)
        index = self._slice(op, 1)
        positions = kind.dims[0]
        if not 0 <= self.position < positions.extent:
            raise error_at(
                f"row {self.position} cannot be kept in a cache of {positions.extent} rows", op.location
            )
        for pe in self.pes(op.result):
            tile = self.interpreter.slot(op, (pe.x, pe.y), index)
            seen = pe.indices(positions)
            (slots,) = np.nonzero(seen == self.position)
            row = self.tiles[op.operands[0]][pe.x, pe.y]
            if row.shape != tile.shape[1:]:
                raise error_at(
                    f"a row of {list(row.shape)} does not fit into a cache of {list(tile.shape)}", op.location
                )
            tile[slots] = row
            self.store(op, 0, pe, tile[: len(seen)].copy())

    def all_reduce(self, op: Operation) -> None:
        """Combine the tiles of all PEs along an axis, rounding after each as messages do."""
        axis = op.attribute("axis", StringAttr).value
        function, _ = REDUCE[op.attribute("fn", StringAttr).value]
        for index, operand in enumerate(op.operands):
            element = dist_tensor(operand).element
            lines: dict[int, Array] = {}
            for pe in self.pes(operand):
                line = pe.y if axis == "x" else pe.x
                tile = self.tiles[operand][pe.x, pe.y]
                if line not in lines:
                    lines[line] = tile
                    continue
                if tile.shape != lines[line].shape:
                    raise error_at(f"tiles of different shapes are combined over {axis}", op.location)
                total = function(lines[line], tile)
                lines[line] = total if element == I32 else rounded(total, element)
            for pe in self.pes(operand):
                self.store(op, index, pe, lines[pe.y if axis == "x" else pe.x])

    def transfer(self, op: Operation) -> None:
        """The same value on another grid."""
        whole = self.whole(op.operands[0], op)
        self.spread(op, whole if whole.dtype == np.int32 else whole.astype(np.float32))

    def repeat(self, op: Operation) -> None:
        """Run the body once per layer."""
        number, *carried = op.body.arguments
        values = [self.tiles[operand] for operand in op.operands]
        for iteration in range(op.attribute("count", IntegerAttr).value):
            self.numbers[number] = iteration
            self.tiles.update(zip(carried, values, strict=True))
            values = [self.tiles[value] for value in self.block(op.body).operands]
        self.tiles.update(zip(op.results, values, strict=True))

    def mixture(self, op: Operation) -> None:
        """Run the body for each expert that the PEs, who must agree, have chosen; sum up as they do."""
        (number,) = op.body.arguments
        pes = self.pes(op.result)
        dims = dist_tensor(op.result).dims
        totals: Tiles = {(pe.x, pe.y): np.zeros(pe.shape(dims), np.float32) for pe in pes}
        for turn, expert in enumerate(self.whole(op.operands[0], op).tolist()):
            self.numbers[number] = expert
            given = self.tiles[self.block(op.body).operands[0]]
            for at, weights in self.tiles[op.operands[1]].items():
                totals[at] = totals[at] + given[at] * weights[turn]
        for pe in pes:
            self.store(op, 0, pe, totals[pe.x, pe.y])


_SHARED: dict[str, Callable[[_Frame, Operation], None]] = {
    "input": _Frame.input,
    "read": _Frame.read,
    "append": _Frame.append,
    "all_reduce": _Frame.all_reduce,
    "transfer": _Frame.transfer,
    "repeat": _Frame.repeat,
    "mixture": _Frame.mixture,
}
"""Operations that need more than the tiles of one PE."""
