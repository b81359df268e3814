"""Attributes: equality, canonical forms and float text."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir import parse_attribute
from wsc.ir.attributes import (
    F16,
    F32,
    I64,
    DenseArrayAttr,
    DenseElementsAttr,
    DialectAttribute,
    DialectType,
    DictAttr,
    FloatAttr,
    FloatType,
    TensorType,
    boolean,
    f32,
    float_from_bits,
    float_text,
    i64,
    i64_array,
    is_bare_identifier,
    quote,
    round_float,
    string,
    symbol,
)
from wsc.ir.floats import bits_of, bytes_of_all

BF16, F64 = FloatType("bf16"), FloatType("f64")
PAIR = TensorType((2,), F32)


def test_every_f16_has_a_text_that_gives_it_back() -> None:
    for bits in range(1 << 16):
        value = float_from_bits(bits, F16)
        text = float_text(value, F16)
        if math.isfinite(value):
            assert bits_of(round_float(float(text), F16), "f16") == bits
            assert len(text) <= len(repr(value)) + 2
        else:
            assert math.isnan(value) or text == f"0x{bits:04X}"


def test_every_bf16_has_a_text_that_gives_it_back() -> None:
    for bits in range(1 << 16):
        value = float_from_bits(bits, BF16)
        if math.isfinite(value):
            assert bits_of(round_float(float(float_text(value, BF16)), BF16), "bf16") == bits


@given(st.floats(), st.sampled_from([F16, F32, F64]))
def test_rounding_is_numpys(value: float, type: FloatType) -> None:
    dtype = {"f16": np.float16, "f32": np.float32, "f64": np.float64}[type.name]
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        wanted = dtype(value)
    rounded = round_float(value, type)
    assert math.isnan(rounded) == math.isnan(wanted)
    if not math.isnan(rounded):
        assert struct.pack("<d", rounded) == struct.pack("<d", float(wanted))


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_bf16_rounds_to_nearest_even(value: float) -> None:
    rounded = round_float(value, BF16)
    if math.isinf(rounded):
        assert abs(value) > 3.389e38
        return
    bits = bits_of(rounded, "bf16")
    assert float_from_bits(bits, BF16) == rounded
    neighbours = [float_from_bits(other, BF16) for other in (bits - 1, bits + 1) if 0 <= other < 1 << 16]
    for other in filter(math.isfinite, neighbours):
        assert abs(value - rounded) < abs(value - other) or (
            abs(value - rounded) == abs(value - other) and bits % 2 == 0
        )


def test_constants_are_rounded_and_splats_found() -> None:
    assert f32(0.1) == FloatAttr(0.1, F32) == FloatAttr(np.float32(0.1).item(), F32)
    assert str(f32(0.1)) == "0.1 : f32"
    assert str(f32(1e-5)) == "1.0e-05 : f32"
    assert DenseElementsAttr((2.0, 2.0), PAIR) == DenseElementsAttr((2.0,), PAIR)
    assert DenseElementsAttr((2.0,), PAIR).elements() == (2.0, 2.0)
    assert DenseElementsAttr((1.0, 2.0), PAIR).elements() == (1.0, 2.0)
    assert DenseArrayAttr(F32, (0.1,)) == DenseArrayAttr(F32, (np.float32(0.1).item(),))
    with pytest.raises(ValueError, match="no definite number"):
        DenseElementsAttr((2.0,), TensorType((-1,), F32)).elements()


def test_zero_and_minus_zero_differ_and_nan_equals_nan() -> None:
    for make in (
        lambda x: FloatAttr(x, F32),
        lambda x: DenseArrayAttr(F32, (x,)),
        lambda x: DenseElementsAttr((x,), PAIR),
    ):
        assert make(0.0) != make(-0.0)
        assert len({make(0.0), make(-0.0)}) == 2
        assert make(math.nan) == make(math.nan)
        assert hash(make(math.nan)) == hash(make(math.nan))
        assert make(1.0) != i64(1)
    assert DenseElementsAttr((0.0, -0.0), PAIR).values == (0.0, -0.0)
    assert DenseArrayAttr(F32, (1.0,)) != DenseArrayAttr(I64, (1,))


def test_infinities_in_constants_are_bytes() -> None:
    constant = DenseElementsAttr((1.0, math.inf), PAIR)
    assert str(constant) == 'dense<"0x0000803F0000807F"> : tensor<2xf32>'
    assert parse_attribute(str(constant)) == constant
    assert bytes_of_all((1.0,), "bf16") == b"\x80\x3f"


def test_short_forms() -> None:
    assert str(boolean(True)) == "true"
    assert str(i64(-3)) == "-3 : i64"
    assert str(string('a"b')) == '"a\\"b"'
    assert str(symbol("a", "b")) == "@a::@b"
    assert symbol("a", "b").root == "a"
    assert symbol("a", "b").leaf == "b"
    assert str(i64_array([1, 2])) == "array<i64: 1, 2>"
    entries = DictAttr.of({"b": i64(1), "a": i64(2)})
    assert str(entries) == "{a = 2 : i64, b = 1 : i64}"
    assert entries["b"] == i64(1)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_quoted_text_is_ascii_and_comes_back(text: str) -> None:
    quoted = quote(text)
    assert quoted.isascii()
    assert quoted.isprintable()
    assert parse_attribute(quoted) == string(text)


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("a", True),
        ("_1", True),
        ("a.b$c", True),
        ("", False),
        (".a", False),
        ("1a", False),
        ("a-b", False),
        ("é", False),
    ],
)
def test_bare_identifiers(text: str, bare: bool) -> None:
    assert is_bare_identifier(text) == bare


def test_dialects_own_must_say_their_text() -> None:
    class Attribute(DialectAttribute):
        mnemonic = "zoo.attribute"

    class Type(DialectType):
        mnemonic = "zoo.type"

        def body(self) -> str:
            return "x"

    assert str(Type()) == "!zoo.type<x>"
    with pytest.raises(TypeError, match="Attribute does not say"):
        str(Attribute())
