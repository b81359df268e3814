"""The arithmetic of the nn level: float32 in, float32 out, nothing rounded in between to a narrower type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Integers = NDArray[np.int32]

_ONE = np.float32(1)
_GELU_SCALE = np.float32(np.sqrt(2.0 / np.pi))
_GELU_CUBE = np.float32(0.044715)


def _f32(value: NDArray[Any]) -> Floats:
    return np.asarray(value, dtype=np.float32)


def sigmoid(x: Floats) -> Floats:
    """1 / (1 + exp(-x)), without overflow for either sign of x."""
    small = np.exp(-np.abs(x))
    return _f32(np.where(x >= 0, _ONE, small) / (_ONE + small))


def gelu(x: Floats) -> Floats:
    """The tanh form of GELU (Hendrycks and Gimpel, arXiv:1606.08415)."""
    inner = _GELU_SCALE * (x + _GELU_CUBE * x * x * x)
    return np.float32(0.5) * x * (_ONE + np.tanh(inner))


UNARY: dict[str, Callable[[Floats], Floats]] = {
    "neg": lambda x: -x,
    "exp": lambda x: np.exp(x),
    "tanh": lambda x: np.tanh(x),
    "sigmoid": sigmoid,
    "silu": lambda x: x * sigmoid(x),
    "gelu": gelu,
    "relu": lambda x: np.maximum(x, np.float32(0)),
    "rsqrt": lambda x: _ONE / np.sqrt(x),
}
"""Elementwise operations of one operand by their name in the nn dialect."""

BINARY: dict[str, Callable[[Floats, Floats], Floats]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
}
"""Elementwise operations of two operands, one of which may broadcast along the other."""


def rmsnorm(x: Floats, weight: Floats, eps: float) -> Floats:
    """x / sqrt(mean(x^2) + eps) * weight over the last dimension of `x` [..., n], `weight` [n]."""
    mean_square = np.mean(x * x, axis=-1, keepdims=True, dtype=np.float32)
    return _f32(x * (_ONE / np.sqrt(mean_square + np.float32(eps))) * weight)


def layernorm(x: Floats, weight: Floats, bias: Floats, eps: float) -> Floats:
    """(x - mean) / sqrt(variance + eps) * weight + bias over the last dimension of `x` [..., n]."""
    centred = x - np.mean(x, axis=-1, keepdims=True, dtype=np.float32)
    variance = np.mean(centred * centred, axis=-1, keepdims=True, dtype=np.float32)
    return _f32(centred * (_ONE / np.sqrt(variance + np.float32(eps))) * weight + bias)


def softmax(x: Floats, axis: int = -1) -> Floats:
    """exp(x) / sum(exp(x)) along `axis`."""
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return _f32(powers / powers.sum(axis=axis, keepdims=True, dtype=np.float32))


ALONG_AXIS: dict[str, Callable[[Floats, int], Floats]] = {
    "softmax": softmax,
    "sum": lambda x, axis: _f32(x.sum(axis=axis, dtype=np.float32, keepdims=True)),
    "mean": lambda x, axis: _f32(x.mean(axis=axis, dtype=np.float32, keepdims=True)),
    "max": lambda x, axis: _f32(x.max(axis=axis, keepdims=True)),
}
"""Operations along one dimension, which reductions keep with extent 1."""


def rope(x: Floats, position: int, theta: float) -> Floats:
    """Rotary embedding of `x` [rows, heads, head_dim]; its first row stands at `position`.

    Elements i and i + head_dim / 2 turn as a pair by position * theta^(-2 i / head_dim) radians
    (Su et al., arXiv:2104.09864, paired as Llama does). Angles are taken in float64.
    """
    rows, _, head_dim = x.shape
    half = head_dim // 2
    rates = np.power(theta, -2.0 * np.arange(half, dtype=np.float64) / head_dim)
    positions = position + np.arange(rows, dtype=np.float64)
    angles = positions[:, None, None] * rates
    cos, sin = _f32(np.cos(angles)), _f32(np.sin(angles))
    low, high = x[..., :half], x[..., half:]
    return _f32(np.concatenate([low * cos - high * sin, high * cos + low * sin], axis=-1))


def top_k(x: Floats, k: int) -> Integers:
    """Indices [..., k] of the `k` largest elements of each row of `x` [..., n], the largest first.

    Of equals the first comes first. A nan, like -inf, is less than every number; where only these are
    left, the index is 0.
    """
    left = np.where(np.isnan(x), np.float32(-np.inf), x)
    chosen: list[Integers] = []
    for _ in range(k):
        index = np.argmax(left, axis=-1, keepdims=True)
        np.put_along_axis(left, index, np.float32(-np.inf), axis=-1)
        chosen.append(index.astype(np.int32))
    return np.concatenate(chosen, axis=-1)


def attention(q: Floats, k: Floats, v: Floats, *, causal: bool) -> Floats:
    """softmax(q k^T / sqrt(head_dim)) v.

    `q` is [rows, heads, head_dim], `k` and `v` are [total, kv_heads, head_dim]. Query head h reads key
    head h / (heads / kv_heads). The queries are the last `rows` of the `total` rows; with `causal`, none
    of them sees a row behind its own.
    """
    rows, heads, head_dim = q.shape
    total, kv_heads, _ = k.shape
    grouped = q.reshape(rows, kv_heads, heads // kv_heads, head_dim)
    scores = np.einsum("rghd,tgd->ghrt", grouped, k, dtype=np.float32) / np.float32(np.sqrt(head_dim))
    if causal:
        keys = np.arange(total, dtype=np.int64)
        visible = keys <= keys[total - rows :, None]
        scores = np.where(visible, scores, np.float32(-np.inf))
    return np.einsum("ghrt,tgd->rghd", softmax(scores), v, dtype=np.float32).reshape(rows, heads, head_dim)
