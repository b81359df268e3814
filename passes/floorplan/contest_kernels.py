"""The kernels of the ISPD 2020 contest: convolutions and two blocks of them, as fronts of shapes.

A convolution of H x W outputs, R x S filters, C input and K output channels and stride T, executed with the
arguments h, w, c, k, is a rectangle of

    height  h w (c + 1)
    width   3 k
    time    ceil(H/h) ceil(W/w) ceil(C/c) ceil(K/k) R S / T^2
    memory  C/c K/k R S + (W+S-1)/w (H+R-1)/h K/k

with real division but for the ceilings. The convolutions of a block share h and w and stand side by side:
the largest height, time and memory count, and the sum of the widths. Source: the contest's problem statement,
'Physical Mapping of Neural Networks on a Wafer-Scale Deep Learning Accelerator', ISPD 2020.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import lcm
from typing import Any

import numpy as np

from .problem import Shape

PARAMETERS = {
    "conv": ("H", "W", "R", "S", "C", "K", "T"),
    "dblock": ("H", "W", "F"),
    "cblock": ("H", "W", "F"),
}
"""What a kernel of each kind is given by, in the order of `ContestKernel.parameters`."""

LARGEST_SIDE = 4096
"""Wafers have at most so many PEs on a side; more would only make the search for shapes slow."""
LARGEST_TICKS = 2**12
"""A unit of time has at most so many parts."""

Array = np.ndarray[Any, np.dtype[np.int64]]
_NEVER = np.iinfo(np.int64).max
_NO_K = LARGEST_SIDE
"""Stands for a number of output channels that there is not: three times as wide as any wafer."""
_LARGEST_WORK = 2**48
"""The largest time and memory of a kernel on one PE, so that no product leaves 64 bits."""


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution: `H` x `W` outputs, `R` x `S` filters, `C` to `K` channels, stride `T`."""

    H: int
    W: int
    R: int
    S: int
    C: int
    K: int
    T: int


@dataclass(frozen=True, slots=True)
class ContestKernel:
    """A kernel of one of the kinds in `PARAMETERS`, with its parameters in that order, all positive."""

    kind: str
    parameters: tuple[int, ...]

    def convs(self) -> tuple[Conv, ...]:
        """Return the convolutions that it consists of, from left to right."""
        if self.kind == "conv":
            return (Conv(*self.parameters),)
        H, W, F = self.parameters
        if self.kind == "dblock":
            return (
                Conv(H, W, 1, 1, F, F // 4, 1),
                Conv(H, W, 3, 3, F // 4, F // 4, 1),
                Conv(H, W, 1, 1, F // 4, F, 1),
            )
        return (
            Conv(H, W, 1, 1, F // 2, F // 4, 1),
            Conv(H, W, 3, 3, F // 4, F // 4, 2),
            Conv(H // 2, W // 2, 1, 1, F // 4, F, 1),
            Conv(H, W, 1, 1, F // 2, F, 2),
        )

    def faults(self) -> list[str]:
        """Return what is wrong with the parameters, as sentences without subject; nothing if they can be."""
        named = dict(zip(PARAMETERS[self.kind], self.parameters, strict=True))
        found = [f"{name} = {value} is not positive" for name, value in named.items() if value < 1]
        if not found and self.kind != "conv" and named["F"] % 4:
            found.append(f"F = {named['F']} is not a multiple of 4, as a block's channels must be")
        if not found and self.kind == "cblock":
            odd = [name for name in ("H", "W") if named[name] % 2]
            found += [f"{name} = {named[name]} is odd, but the block halves it" for name in odd]
        if not found and any(_work(conv) > _LARGEST_WORK for conv in self.convs()):
            found.append("it is more work than 64 bits can count")
        return found

    def ticks(self) -> int:
        """Return the smallest number of equal parts of a unit of time that makes all times integers."""
        return lcm(*(Fraction(conv.R * conv.S, conv.T**2).denominator for conv in self.convs()))


def _work(conv: Conv) -> int:
    """Return a number that neither the time nor the memory of a convolution exceeds, at any arguments."""
    field = (conv.W + conv.S - 1) * (conv.H + conv.R - 1)
    return conv.C * conv.K * (conv.T**2 * conv.R * conv.S * conv.H * conv.W + field)


@cache
def front(
    kernel: ContestKernel,
    width: int,
    height: int,
    memory_limit: int | None,
    ticks: int,
    may_rotate: bool = True,
) -> tuple[Shape, ...]:
    """Return all shapes of `kernel` that can be of use on a `width` x `height` wafer, sorted.

    None beats another in width, height and time; with `may_rotate`, none of them turned by 90 degrees does
    either. Each fits the wafer, possibly turned, and keeps `memory_limit` if there is one. Times are in parts
    of 1/`ticks`, a multiple of `kernel.ticks()`. Nothing is left out: whatever width, height and time
    arguments within the kernel's extents reach, there is a shape as good.
    """
    convs = kernel.convs()
    side = max(width, height)
    p, h, w, c = _triples(convs, side)
    if not len(p):
        return ()
    heights = p * (c + 1)
    scales, least_ks = _per_conv(convs, p, h, w, c, memory_limit, ticks)
    best = np.full((side + 1) * (side + 1), _NEVER)
    found: list[tuple[Array, Array, Array, Array]] = []
    for time in _candidates(convs, scales, side // 3):
        ks = _channels(convs, scales, least_ks, time)
        widths = 3 * ks.sum(axis=0)
        index = np.nonzero(widths <= side)[0]
        ks = ks[:, index]
        times = np.max(
            [scale[index] * -(-conv.K // k) for conv, scale, k in zip(convs, scales, ks, strict=True)], axis=0
        )
        cells = heights[index] * (side + 1) + widths[index]
        np.minimum.at(best, cells, times)
        found.append((index, ks, times, cells))
    on_front = _on_front(best.reshape(side + 1, side + 1), width, height, may_rotate)
    shapes: dict[int, Shape] = {}
    for index, ks, times, cells in found:
        for which in np.nonzero(on_front[cells] & (times == best[cells]))[0].tolist():
            t = int(index[which])
            shape = _shape(convs, int(h[t]), int(w[t]), int(c[t]), ks[:, which].tolist(), int(times[which]))
            cell = int(cells[which])
            # Of shapes that only differ in arguments the one that needs least memory stands for all.
            old = shapes.get(cell)
            if old is None or (shape.memory, shape.arguments) < (old.memory, old.arguments):
                shapes[cell] = shape
    return tuple(sorted(shapes.values()))


def _triples(convs: Sequence[Conv], side: int) -> tuple[Array, Array, Array, Array]:
    """Return h w, h, w and c of all combinations that fit `side` and that no other one clearly beats.

    Memory and height depend on h w alone, so of pairs with one product only those are kept whose
    numbers of rounds, one for each convolution, no other pair beats.
    """
    rows: list[tuple[int, int, int, int]] = []
    most_c = max(conv.C for conv in convs)
    tallest, widest = max(conv.H for conv in convs), max(conv.W for conv in convs)
    for product in range(1, min(side // 2, tallest * widest) + 1):
        rounds: dict[tuple[int, ...], tuple[int, int]] = {}
        for h in range(1, min(product, tallest) + 1):
            w, rest = divmod(product, h)
            if not rest and w <= widest:
                key = tuple(-(-conv.H // h) * -(-conv.W // w) for conv in convs)
                rounds.setdefault(key, (h, w))
        for key, (h, w) in rounds.items():
            if any(other != key and all(a <= b for a, b in zip(other, key, strict=True)) for other in rounds):
                continue
            rows += [(product, h, w, c) for c in range(1, min(most_c, side // product - 1) + 1)]
    table = np.array(rows, dtype=np.int64).reshape(-1, 4)
    return table[:, 0], table[:, 1], table[:, 2], table[:, 3]


def _per_conv(
    convs: Sequence[Conv], p: Array, h: Array, w: Array, c: Array, memory_limit: int | None, ticks: int
) -> tuple[list[Array], list[Array]]:
    """Return for each convolution its time per round of output channels, and the least k memory allows."""
    scales: list[Array] = []
    least_ks: list[Array] = []
    for conv in convs:
        own = np.minimum(c, conv.C)
        unit, rest = divmod(conv.R * conv.S * ticks, conv.T**2)
        if rest:
            raise ValueError(f"times of {conv} are no multiples of 1/{ticks}")
        scales.append(-(-conv.H // h) * -(-conv.W // w) * -(-conv.C // own) * unit)
        if memory_limit is None:
            least_ks.append(np.ones_like(p))
            continue
        field = (conv.W + conv.S - 1) * (conv.H + conv.R - 1)
        needed = conv.K * (conv.C * conv.R * conv.S * p + field * own)
        # A larger limit than what is ever needed changes nothing, and might not fit 64 bits.
        allowed = min(memory_limit, _LARGEST_WORK) * own * p
        least_ks.append(np.maximum(1, -(-needed // allowed)) if memory_limit else np.full_like(p, _NO_K))
    return scales, least_ks


def _candidates(convs: Sequence[Conv], scales: Sequence[Array], most_k: int) -> list[Array]:
    """Return times, each an array over the triples, among which are all that a triple can have."""
    return [
        scale * rounds
        for conv, scale in zip(convs, scales, strict=True)
        for rounds in sorted({-(-conv.K // k) for k in range(1, min(conv.K, most_k) + 1)})
    ]


def _channels(
    convs: Sequence[Conv], scales: Sequence[Array], least_ks: Sequence[Array], time: Array
) -> Array:
    """Return the least k of each convolution for a time, a row each; too large a number if there is none."""
    rows: list[Array] = []
    for conv, scale, least in zip(convs, scales, least_ks, strict=True):
        rounds = time // scale
        ks = np.maximum(least, -(-conv.K // np.maximum(rounds, 1)))
        rows.append(np.where((rounds > 0) & (ks <= conv.K), ks, _NO_K))
    return np.array(rows)


def _on_front(best: Array, width: int, height: int, may_rotate: bool) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return, flat, which cells (height, width) no other cell beats in height, width and time `best`."""
    usable = np.zeros_like(best, dtype=bool)
    usable[: height + 1, : width + 1] = True
    if may_rotate:
        usable |= usable.T
    times = np.minimum(best, best.T) if may_rotate else best.copy()
    times[~usable] = _NEVER
    # The best time of any cell that is no larger, without the cell itself.
    least = np.minimum.accumulate(np.minimum.accumulate(times, axis=0), axis=1)
    below = np.full_like(least, _NEVER)
    below[1:] = least[:-1]
    below[:, 1:] = np.minimum(below[:, 1:], least[:, :-1])
    good = (times < below) & (best == times)
    if may_rotate:  # of a shape and its turned twin, if equally good, one stands for both
        good &= ~(good.T & np.tri(len(best), k=-1, dtype=bool))
    return good.ravel()


def _shape(convs: Sequence[Conv], h: int, w: int, c: int, ks: Sequence[int], time: int) -> Shape:
    cs = [min(c, conv.C) for conv in convs]
    memory = max(memory_needed(conv, h, w, own, k) for conv, own, k in zip(convs, cs, ks, strict=True))
    return Shape(3 * sum(ks), h * w * (max(cs) + 1), time, float(memory), (h, w, *cs, *ks))


def memory_needed(conv: Conv, h: int, w: int, c: int, k: int) -> Fraction:
    """Return the memory of one PE of a convolution at its execution arguments."""
    weights = Fraction(conv.C * conv.K * conv.R * conv.S, c * k)
    return weights + Fraction((conv.W + conv.S - 1) * (conv.H + conv.R - 1) * conv.K, w * h * k)
