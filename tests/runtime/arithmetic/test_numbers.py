"""Half precision by its bits, conversions and functions of the cores, against NumPy."""

from __future__ import annotations

import math

import numba
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from numpy.typing import NDArray

from wsc.runtime import bytecode as bc
from wsc.runtime.arithmetic import number

HALVES = np.arange(65536).astype(np.uint16)
NAN = np.isnan(HALVES.view(np.float16))


@numba.njit
def to_floats(halves: NDArray[np.uint16]) -> NDArray[np.float32]:
    floats = np.zeros(halves.size, np.float32)
    for index in range(halves.size):
        floats[index] = number.float_of_half(halves[index])
    return floats


@numba.njit
def to_halves(floats: NDArray[np.float32]) -> NDArray[np.uint16]:
    halves = np.zeros(floats.size, np.uint16)
    for index in range(floats.size):
        halves[index] = number.half_of_float(floats[index])
    return halves


def check_halves(floats: NDArray[np.float32]) -> None:
    got = to_halves(floats)
    with np.errstate(over="ignore", under="ignore"):
        expected = floats.astype(np.float16)
    nan = np.isnan(floats)
    assert np.array_equal(got[~nan], expected.view(np.uint16)[~nan])
    assert np.isnan(got.view(np.float16)[nan]).all()
    assert np.array_equal(np.signbit(got.view(np.float16)), np.signbit(floats))


def test_every_half_becomes_its_float() -> None:
    got, expected = to_floats(HALVES), HALVES.view(np.float16).astype(np.float32)
    assert np.array_equal(got[~NAN].view(np.uint32), expected[~NAN].view(np.uint32))
    assert np.isnan(got[NAN]).all()
    assert np.array_equal(np.signbit(got), np.signbit(expected))


def test_every_half_survives() -> None:
    back = to_halves(to_floats(HALVES))
    assert np.array_equal(back[~NAN], HALVES[~NAN])
    assert np.isnan(back[NAN].view(np.float16)).all()


def test_floats_around_every_half() -> None:
    """Each half, the middle between it and the next, and the floats next to those."""
    finite = np.sort(HALVES.view(np.float16)[np.isfinite(HALVES.view(np.float16))].astype(np.float32))
    edges = np.array([65504, 65519.996, 65520, 65536, np.inf], np.float32)
    middles = (finite[1:] + finite[:-1]) / np.float32(2)
    points = np.concatenate([finite, middles, edges, -edges])
    for values in (
        points,
        np.nextafter(points, np.float32(np.inf)),
        np.nextafter(points, np.float32(-np.inf)),
    ):
        check_halves(values.astype(np.float32))


@given(some.lists(some.integers(0, 2**32 - 1), min_size=1, max_size=64))
@example([0x7F800000, 0xFF800000, 0x7FC00000, 0x7F800001, 0xFFFFFFFF, 0x80000000, 1])
def test_any_float(bits: list[int]) -> None:
    check_halves(np.array(bits, np.uint32).view(np.float32))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (7.0, 7), (math.nan, 0)),
        *((3e9, 2**31 - 1), (math.inf, 2**31 - 1), (-3e9, -(2**31)), (-math.inf, -(2**31))),
    ],
)
def test_float_to_integer(value: float, expected: int) -> None:
    assert number.integer_of_float(np.float32(value)) == expected


SPECIAL_VALUES = (0.0, -0.0, math.inf, -math.inf, math.nan, 1e-45, -3e38, 88.0, -104.0)
FORMULAS = {
    "copy": lambda x: x,
    "neg": lambda x: -x,
    "abs": abs,
    "relu": lambda x: np.maximum(x, 0.0),
    "exp": np.exp,
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "silu": lambda x: x / (1 + np.exp(-x)),
    "gelu": lambda x: x / (1 + np.exp(-2 * np.sqrt(2 / np.pi) * (x + 0.044715 * x * x * x))),
    "rsqrt": lambda x: 1 / np.sqrt(x),
    "sqrt": np.sqrt,
    "reciprocal": lambda x: 1 / x,
    "sin": np.sin,
    "cos": np.cos,
}


@pytest.mark.parametrize("name", bc.UNARY_NUMBERS)
def test_unary_functions(name: str) -> None:
    rng = np.random.default_rng(7)
    values = np.concatenate([rng.normal(0, 3, 300), rng.uniform(0, 90, 50), SPECIAL_VALUES]).astype(
        np.float32
    )
    with np.errstate(all="ignore"):
        expected = np.asarray(FORMULAS[name](values.astype(np.float64))).astype(np.float32)
    got = np.array([number.unary(bc.UNARY_NUMBERS[name], value) for value in values], np.float32)
    # Both are doubles rounded once; the double functions of two libraries may differ in the last place.
    np.testing.assert_allclose(got, expected, rtol=1.3e-7, atol=1e-45)


def test_gelu_is_the_tanh_form() -> None:
    for x in np.linspace(-4, 4, 41).astype(np.float32):
        wide = float(x)
        tanh_form = 0.5 * wide * (1 + math.tanh(math.sqrt(2 / math.pi) * (wide + 0.044715 * wide**3)))
        assert number.unary(bc.GELU, x) == pytest.approx(tanh_form, rel=1e-6, abs=1e-12)


BINARY_FORMULAS = {
    "add": np.add,
    "sub": np.subtract,
    "mul": np.multiply,
    "div": np.divide,
    "max": np.maximum,
    "min": np.minimum,
}


@pytest.mark.parametrize("name", bc.BINARY_NUMBERS)
def test_binary_functions(name: str) -> None:
    rng = np.random.default_rng(8)
    values = np.concatenate([rng.normal(0, 3, 40), SPECIAL_VALUES]).astype(np.float32)
    for a in values:
        for b in values:
            with np.errstate(all="ignore"):
                expected = BINARY_FORMULAS[name](a, b)
            got = np.float32(number.binary(bc.BINARY_NUMBERS[name], a, b))
            assert got == expected or (np.isnan(got) and np.isnan(expected)), (a, b)


@pytest.mark.parametrize("name", ["add", "sub", "mul", "max", "min"])
def test_integers_wrap_around(name: str) -> None:
    for a in (0, 1, -1, 7, 2**31 - 1, -(2**31), 123456789):
        for b in (0, 1, -1, -7, 2**31 - 1, -(2**31), 987654321):
            got = number.integer_binary(bc.BINARY_NUMBERS[name], np.int32(a), np.int32(b))
            exact = {"add": a + b, "sub": a - b, "mul": a * b, "max": max(a, b), "min": min(a, b)}[name]
            assert got == (exact + 2**31) % 2**32 - 2**31
