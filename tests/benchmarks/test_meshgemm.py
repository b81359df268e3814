"""MeshGEMM as a program of PEs: its ring, its bits, its cycles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from meshgemm import Shape, folded_ring, meshgemm_module, multiply, ring_settings, run, successors
from numpy.typing import NDArray

from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.target import load_target

WSE3 = load_target("wse3").target


@pytest.mark.parametrize("P", range(2, 12))
@pytest.mark.parametrize("reverse", [False, True])
def test_the_ring_is_folded(P: int, reverse: bool) -> None:
    """All places, two hops at most, and a router has one setting of a color and gives a link to one color."""
    assert sorted(folded_ring(P)) == list(range(P))
    follow = successors(P, reverse)
    assert sorted(follow.values()) == list(range(P))
    assert max(abs(sink - source) for source, sink in follow.items()) <= 2
    settings = list(ring_settings(P, reverse))
    assert len({(setting.place, setting.color) for setting in settings}) == len(settings)
    assert len({(setting.place, setting.output) for setting in settings}) == len(settings)


def product(shape: Shape, A: NDArray[np.float16], B: NDArray[np.float16]) -> NDArray[np.float16]:
    """The product with every sum rounded to f16, in the order in which the tiles come to each PE."""
    Mt, Kt, Nt = shape.tile
    C = np.zeros((shape.M, shape.N), np.float16)
    for i in range(shape.P):
        for j in range(shape.P):
            tile = np.zeros((Mt, Nt), np.float16)
            for step in range(shape.P):
                first = (i + j + step) % shape.P * Kt
                for _ in range(shape.passes):
                    for k in range(first, first + Kt):
                        a, b = A[i * Mt : (i + 1) * Mt, k], B[k, j * Nt : (j + 1) * Nt]
                        more = np.outer(a.astype(np.float32), b.astype(np.float32))
                        tile = (tile.astype(np.float32) + more).astype(np.float16)
            C[i * Mt : (i + 1) * Mt, j * Nt : (j + 1) * Nt] = tile
    return C


@pytest.mark.parametrize(
    "shape",
    [
        Shape(2, 6, 4, 2),
        Shape(3, 9, 6, 12),
        Shape(4, 4, 8, 4, passes=2),
        Shape(5, 15, 5, 10),
        Shape(6, 12, 18, 6),
        Shape(3, 3, 3, 3, passes=0),
    ],
)
def test_the_product(shape: Shape) -> None:
    rng = np.random.default_rng(shape.P)
    A = rng.uniform(-1, 1, (shape.M, shape.K)).astype(np.float16)
    B = rng.uniform(-1, 1, (shape.K, shape.N)).astype(np.float16)
    C, _ = multiply(shape, WSE3, A, B)
    assert (product(shape, A, B) == C).all()
    np.testing.assert_allclose(C.astype(float), shape.passes * (A.astype(float) @ B.astype(float)), atol=0.03)


def test_odd_tiles_end_in_half_a_wavelet() -> None:
    shape = Shape(3, 3, 9, 3)
    assert shape.wavelets == (2, 2)
    rng = np.random.default_rng(0)
    A, B = (rng.uniform(-1, 1, size).astype(np.float16) for size in ((3, 9), (9, 3)))
    assert (multiply(shape, WSE3, A, B)[0] == product(shape, A, B)).all()


def test_cycles_of_a_tiny_case() -> None:
    """On a machine without software costs only the elements and the shifts take time.

    A PE's exchange ends when its own w wavelets have left and its neighbour's, over h hops, have come: the
    first of them 2 T_R + 1 + h cycles after the neighbour began.
    """
    free = replace(
        WSE3,
        vector_call_cycles=0,
        scalar_cycles=0,
        branch_cycles=0,
        comm_setup_cycles=0,
        await_cycles=0,
    )
    shape = Shape(3, 24, 6, 6)
    P, (a, b) = shape.P, shape.wavelets
    forwards, backwards = successors(P, False), successors(P, True)

    def exchange(
        times: NDArray[np.int64], wavelets: int, next_of: Callable[[int, int], tuple[int, int]]
    ) -> None:
        starts = times.copy()
        for y, x in np.ndindex(P, P):
            to_y, to_x = next_of(y, x)
            first = starts[y, x] + 2 * free.ramp_cycles + 1 + abs(to_y - y) + abs(to_x - x)
            times[to_y, to_x] = max(starts[to_y, to_x], first) + wavelets

    times = np.full((P, P), 8 * 2 * 2 // free.sram_write_bytes_per_cycle)
    exchange(times, a, lambda y, x: (y, (backwards if y % 2 else forwards)[x]))
    for _ in range(P):
        times += 2 * 2 * 8 // 4
        exchange(times, a, lambda y, x: (y, forwards[x]))
        exchange(times, b, lambda y, x: (forwards[y], x))
    assert (run(shape, free).end_cycles.reshape(P, P) == times).all()


def test_each_number_counts_as_often_as_it_should() -> None:
    shape = Shape(2, 8, 4, 4)
    base = run(shape, WSE3).end_cycles
    shifts = 1 + 2 * 2
    for number, times in (("await_cycles", shifts), ("comm_setup_cycles", 2 * shifts)):
        more = replace(WSE3, **{number: getattr(WSE3, number) + 5})
        assert (run(shape, more).end_cycles - base == 5 * times).all()
    more = replace(WSE3, vector_call_cycles=WSE3.vector_call_cycles + 3)
    assert (run(shape, more).end_cycles - base == 3 * (2 + 2 * 2 * 2)).all()


def test_a_shape_that_does_not_divide() -> None:
    with pytest.raises(ValueError, match="multiples of the 3 PEs"):
        Shape(3, 6, 7, 3)


def test_the_module_is_text_like_any_other() -> None:
    module = meshgemm_module(Shape(3, 3, 6, 3), WSE3)
    text = print_operation(module)
    assert print_operation(parse_module(text, "gemm.mlir")) == text
