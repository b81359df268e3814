"""What each PE computes alone for an operation of the dist dialect: tiles in, tiles out.

`LOCAL` has one function per operation, called as `function(pe, operation, *tiles)` for each PE of the
grid. It returns the tile of the result (of each result, in a tuple). Tiles of floats are float32 arrays
with one axis per split dimension, those of i32 are int32; the interpreter rounds results to their type.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..attributes import I32, FloatAttr, IntegerAttr, StringAttr
from ..diagnostics import error_at
from ..dialects.dist import dist_tensor, part_dims, reslice_offsets
from ..layout import Split
from ..operation import Operation
from . import dist_window
from .functions import BINARY, UNARY, Floats, Integers
from .functions import top_k as largest_first
from .pe import Indices, Pe
from .variables import Array

Local = Callable[..., Array | tuple[Array, ...]]
LOCAL: dict[str, Local] = {}
"""By the operation's name without the dialect."""

NEVER = np.int32(np.iinfo(np.int32).max)
"""The index that loses against every other."""
_FUNCTIONS: dict[str, Callable[..., NDArray[Any]]] = {
    **UNARY,
    **BINARY,
    "max": np.maximum,
    "cast": np.positive,
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "reciprocal": np.reciprocal,
}
REDUCE: dict[str, tuple[np.ufunc, float]] = {
    "add": (np.add, 0.0),
    "max": (np.maximum, -np.inf),
    "min": (np.minimum, np.inf),
}
"""Reductions with the value of no elements."""


def local(name: str) -> Callable[[Local], Local]:
    """Enter a function into `LOCAL`: `@local("matvec")`."""

    def enter(function: Local) -> Local:
        LOCAL[name] = function
        return function

    return enter


# ---- elementwise and linear work


@local("position")
def position(pe: Pe, op: Operation) -> Array:
    """The position as a number, or as an index."""
    kind = dist_tensor(op.result)
    rows = np.arange(kind.dims[0].extent) if kind.dims else np.array(0)
    return (pe.position + rows).astype(np.int32 if kind.element == I32 else np.float32)


@local("map")
def elementwise(pe: Pe, op: Operation, *inputs: Floats) -> Floats:
    """A function of one or two tiles, or of a tile and a constant; a tile repeats along what it has not."""
    shape = dist_tensor(op.result).dims
    operands = [
        _repeated(tile, dist_tensor(value).dims, shape)
        for value, tile in zip(op.operands, inputs, strict=True)
    ]
    if "value" in op.attributes:
        operands.append(np.array(op.attribute("value", FloatAttr).value, np.float32))
    return np.asarray(_FUNCTIONS[op.attribute("fn", StringAttr).value](*operands), np.float32)


def _repeated(tile: Floats, dims: tuple[Split, ...], shape: tuple[Split, ...]) -> Floats:
    """Return `tile` with an axis of length 1 for each dimension of `shape` that it has not."""
    if not 0 < len(dims) < len(shape):
        return tile
    return tile[tuple(slice(None) if split in dims else None for split in shape)]


@local("matvec")
def matvec(pe: Pe, op: Operation, vector: Floats, matrix: Floats) -> Floats:
    """The tile's share of vector @ matrix, or of vector @ matrix^T, for each row of a window."""
    if "transposed" in op.attributes:
        matrix = matrix.T
    return matrix.T @ _same_length(op, vector, matrix)


@local("reduce")
def reduce(pe: Pe, op: Operation, x: Floats) -> Floats:
    """All elements of the tile, or their squares, to one number; in a window to one for each row."""
    function, start = REDUCE[op.attribute("fn", StringAttr).value]
    values = x * x if "square" in op.attributes else x
    return np.asarray(function.reduce(values, axis=0, initial=np.float32(start)), np.float32)


@local("gather")
def gather(pe: Pe, op: Operation, table: Floats, index: Integers) -> Floats:
    """The row `index` of the table if it is in the tile, else zeros.

    Of several, each is a row of a window, or they lie one behind the other in one row.
    """
    wanted = index.reshape(-1)[:, None] == pe.indices(dist_tensor(op.operands[0]).dims[0])
    found = wanted.astype(np.float32) @ table
    return found.T if len(dist_tensor(op.result).dims) == 2 else found.reshape(-1)


@local("reslice")
def reslice(pe: Pe, op: Operation, *parts: Floats) -> Floats:
    """The elements that this PE needs in the result and has in a part of it; zeros where it has not."""
    whole = dist_tensor(op.result)
    everything = np.zeros([split.extent for split in whole.dims], np.float32)
    for value, part, offset in zip(op.operands, parts, reslice_offsets(op), strict=True):
        features, _ = part_dims(dist_tensor(value), whole)
        have = pe.indices(features) + offset
        fits = (have >= 0) & (have < len(everything))
        everything[have[fits]] = part.reshape(len(have), *everything.shape[1:])[fits]
    return everything[pe.indices(whole.dims[0])]


@local("rotate")
def rotate(pe: Pe, op: Operation, x: Floats, cos: Floats, sin: Floats, minus_sin: Floats) -> Floats:
    """Rotates the pairs that lie side by side, in every local part by the same angles."""
    pairs = x.reshape(dist_tensor(op.operands[0]).dims[0].local, -1, 2, *x.shape[1:])
    _same_length(op, pairs[0], cos)
    even, odd = pairs[:, :, 0], pairs[:, :, 1]
    turned = np.empty_like(pairs)
    turned[:, :, 0] = even * cos + odd * minus_sin
    turned[:, :, 1] = even * sin + odd * cos
    return turned.reshape(x.shape)


def _same_length(op: Operation, one: Array, other: Array) -> Array:
    if len(one) != len(other):
        raise error_at(f"'{op.name}' meets tiles of {len(one)} and of {len(other)} elements", op.location)
    return one


# ---- attention


def _heads(pe: Pe, features: Split, head_dim: int) -> Indices:
    """The query head of each feature of the tile, shape `[local, count]`.

    The local part counts the query heads that share a key head; heads are numbered in order of key heads.
    """
    count = len(pe.indices(features)) // features.local
    key_heads = (pe.start(features) + np.arange(count)) // head_dim
    return key_heads * features.local + np.arange(features.local)[:, None]


def _head_dim(op: Operation) -> int:
    return op.attribute("head_dim", IntegerAttr).value


@local("scores")
def scores(pe: Pe, op: Operation, q: Floats, k: Floats) -> Floats:
    """Each head's q . k over the features of the tile, for the tile's positions: `[heads, positions]`."""
    features = dist_tensor(op.operands[0]).dims[0]
    heads = _heads(pe, features, _head_dim(op))
    if q.ndim == 2:
        return dist_window.scores(pe, op, q, k, heads)
    found = np.zeros((dist_tensor(op.result).dims[0].extent, k.shape[0]), np.float32)
    _same_length(op, q.reshape(heads.shape)[0], k.T)
    np.add.at(found, heads, q.reshape(heads.shape)[..., None] * k.T)
    return found


def _touched_only(values: Floats, heads: Indices) -> Floats:
    """Per-head `values` where the tile has features of the head; a PE does not know those of others."""
    found = np.full_like(values, np.nan)
    found[heads] = values[heads]
    return found


@local("softmax_max")
def softmax_max(pe: Pe, op: Operation, scores: Floats) -> Floats:
    """The largest score of each head that the tile has features of."""
    cached = op.attribute("features", Split)
    group = scores.shape[0] * _head_dim(op) // cached.extent
    key_heads = _heads(pe, cached, _head_dim(op))
    heads = np.add(key_heads * group, np.arange(group, dtype=np.int64)[:, None])
    if scores.ndim == 3:
        scores = dist_window.visible(pe, op, scores)
    return _touched_only(scores.max(axis=-1, initial=np.float32(-np.inf)), heads)


@local("softmax_mix")
def softmax_mix(pe: Pe, op: Operation, scores: Floats, largest: Floats, v: Floats) -> tuple[Floats, Floats]:
    """sum(w v) of each feature and sum(w) of each head over the positions of the tile."""
    features = dist_tensor(op.results[0]).dims[0]
    heads = _heads(pe, features, _head_dim(op))
    if scores.ndim == 3:
        scores = dist_window.visible(pe, op, scores)
    weights = np.exp((scores - largest[..., None]) * np.float32(op.attribute("scale", FloatAttr).value))
    if scores.ndim == 3:
        mixed = dist_window.mixed(weights[heads], _same_length(op, v, heads[0]))
        return mixed, _touched_only(weights.sum(axis=2, dtype=np.float32), heads)
    _same_length(op, heads[0], v.T)
    mixed = np.einsum("gft,tf->gf", weights[heads], v, dtype=np.float32)
    return mixed.reshape(-1), _touched_only(weights.sum(axis=1, dtype=np.float32), heads)


@local("softmax_divide")
def softmax_divide(pe: Pe, op: Operation, mixed: Floats, weight: Floats) -> Floats:
    """Each feature divided by its head's weight."""
    features = dist_tensor(op.operands[0]).dims[0]
    heads = _heads(pe, features, _head_dim(op))
    return mixed * np.reciprocal(weight[heads.reshape(-1)])


LOCAL["spread"] = dist_window.spread


# ---- choosing


@local("argmax")
def argmax(pe: Pe, op: Operation, x: Floats) -> tuple[Floats, Integers]:
    """The largest element and its index in the whole vector, the first of equals; of each row in a window."""
    indices = pe.indices(dist_tensor(op.operands[0]).dims[0]).reshape(-1, *(1 for _ in x.shape[1:]))
    best = x.max(axis=0, initial=np.float32(-np.inf))
    return best, np.where(x == best, indices, NEVER).min(axis=0, initial=NEVER).astype(np.int32)


@local("keep_equal")
def keep_equal(pe: Pe, op: Operation, index: Integers, mine: Floats, best: Floats) -> Integers:
    """`index` where `mine` is `best`."""
    return np.where(mine == best, index, NEVER).astype(np.int32)


@local("top_k")
def top_k(pe: Pe, op: Operation, x: Floats) -> tuple[Integers, Floats, Floats]:
    """Indices and values of the largest, and what is left with -inf in their places."""
    indices = largest_first(x, op.attribute("k", IntegerAttr).value)
    rest = x.copy()
    rest[indices] = -np.inf
    return indices, x[indices], rest


@local("pick")
def pick(pe: Pe, op: Operation, x: Floats, indices: Integers) -> Floats:
    """The elements at the indices."""
    return x[indices]
