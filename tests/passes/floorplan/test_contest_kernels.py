"""The contest's kernels: fronts against all arguments there are."""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.passes.floorplan.contest_kernels import ContestKernel, front
from wsc.passes.floorplan.problem import Shape

SIDE = 60


def conv(parameters: tuple[int, ...], h: int, w: int, c: int, k: int) -> tuple[int, int, Fraction, Fraction]:
    """Width, height, time and memory, as the contest's statement has them."""
    H, W, R, S, C, K, T = map(Fraction, parameters)
    time = ceil(H / h) * ceil(W / w) * ceil(C / c) * ceil(K / k) * R * S / T**2
    return 3 * k, h * w * (c + 1), time, C / c * K / k * R * S + (W + S - 1) / w * (H + R - 1) / h * K / k


def blocks(kernel: ContestKernel) -> list[tuple[int, ...]]:
    if kernel.kind == "conv":
        return [kernel.parameters]
    H, W, F = kernel.parameters
    if kernel.kind == "dblock":
        return [(H, W, 1, 1, F, F // 4, 1), (H, W, 3, 3, F // 4, F // 4, 1), (H, W, 1, 1, F // 4, F, 1)]
    quarter, half = F // 4, F // 2
    return [
        (H, W, 1, 1, half, quarter, 1),
        (H, W, 3, 3, quarter, quarter, 2),
        (H // 2, W // 2, 1, 1, quarter, F, 1),
        (H, W, 1, 1, half, F, 2),
    ]


def executed(kernel: ContestKernel, arguments: tuple[int, ...]) -> tuple[int, int, Fraction, Fraction]:
    """Width, height, time and memory of a kernel."""
    layers = blocks(kernel)
    h, w, *rest = arguments
    cs, ks = rest[: len(layers)], rest[len(layers) :]
    parts = [conv(layer, h, w, c, k) for layer, c, k in zip(layers, cs, ks, strict=True)]
    return (
        sum(part[0] for part in parts),
        max(part[1] for part in parts),
        max(part[2] for part in parts),
        max(part[3] for part in parts),
    )


def everything(kernel: ContestKernel) -> list[tuple[int, ...]]:
    """All arguments within the kernel's extents and a wafer's width."""
    layers = blocks(kernel)
    H, W = layers[0][:2]
    cs = [range(1, min(layer[4], SIDE) + 1) for layer in layers]
    ks = [range(1, min(layer[5], SIDE // 3) + 1) for layer in layers]
    return list(product(range(1, H + 1), range(1, W + 1), *cs, *ks))


extents = st.integers(1, 7)
convs = st.builds(
    lambda *parameters: ContestKernel("conv", parameters),
    *(extents, extents, st.integers(1, 3), st.integers(1, 3), st.integers(1, 9), st.integers(1, 9)),
    st.integers(1, 2),
)
small_blocks = st.one_of(
    st.builds(lambda H, W, F: ContestKernel("dblock", (H, W, F)), extents, extents, st.just(4)),
    st.builds(lambda H, W: ContestKernel("cblock", (2 * H, 2 * W, 4)), st.integers(1, 2), st.integers(1, 2)),
)


@settings(max_examples=15, deadline=None)
@given(st.one_of(convs, small_blocks), st.integers(1, 200), st.integers(6, SIDE), st.booleans())
def test_no_arguments_beat_the_front(kernel: ContestKernel, limit: int, width: int, may_rotate: bool) -> None:
    shapes = front(kernel, width, SIDE, limit, 36, may_rotate)
    check(kernel, shapes, limit, width, may_rotate)
    for arguments in everything(kernel):
        wide, high, time, memory = executed(kernel, arguments)
        turned = [(wide, high), (high, wide)] if may_rotate else [(wide, high)]
        fits = any(w <= width and h <= SIDE for w, h in turned)
        if memory <= limit and fits:
            assert any(
                s.time <= 36 * time and s.width <= w and s.height <= h for s in shapes for w, h in turned
            )


def check(kernel: ContestKernel, shapes: tuple[Shape, ...], limit: int, width: int, may_rotate: bool) -> None:
    """Each shape is what its arguments give, fits, keeps the limit and is beaten by no other."""
    for shape in shapes:
        wide, high, time, memory = executed(kernel, shape.arguments)
        assert (shape.width, shape.height, shape.time) == (wide, high, 36 * time)
        assert shape.memory == pytest.approx(float(memory))
        assert memory <= limit
        assert (wide <= width and high <= SIDE) or (may_rotate and high <= width and wide <= SIDE)
        for other in shapes:
            if other is shape or other.time > shape.time:
                continue
            assert other.width > wide or other.height > high
            assert not may_rotate or other.width > high or other.height > wide


def test_a_kernel_that_memory_forbids_has_no_shape() -> None:
    kernel = ContestKernel("conv", (8, 8, 3, 3, 64, 64, 1))
    assert front(kernel, 100, 100, None, 1)
    assert front(kernel, 100, 100, 0, 1) == ()
    assert front(kernel, 100, 100, 40, 1) == ()
    assert front(kernel, 2, 2, None, 1) == ()


def test_a_tie_of_arguments_takes_least_memory_and_repeats() -> None:
    kernel = ContestKernel("dblock", (7, 7, 128))
    first = front.__wrapped__(kernel, 200, 100, 2000, 1)
    assert first == front.__wrapped__(kernel, 200, 100, 2000, 1)
    assert len({(shape.width, shape.height) for shape in first}) == len(first)


@pytest.mark.parametrize(
    ("kernel", "fault"),
    [
        (ContestKernel("conv", (8, 8, 3, 0, 64, 64, 1)), "S = 0 is not positive"),
        (ContestKernel("dblock", (8, 8, 6)), "F = 6 is not a multiple of 4"),
        (ContestKernel("cblock", (7, 8, 4)), "H = 7 is odd"),
        (ContestKernel("conv", (2**20, 2**20, 3, 3, 64, 64, 1)), "more work than 64 bits"),
    ],
)
def test_impossible_parameters_are_told(kernel: ContestKernel, fault: str) -> None:
    (told,) = kernel.faults()
    assert fault in told
