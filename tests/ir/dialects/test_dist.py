"""Dialect dist: types as text, sizes, and the rules of its operations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import F16, F32, I32
from wsc.ir.dialects.dist_type import DistTensor, parse_dist_tensor
from wsc.ir.layout import Split
from wsc.ir.parser import parse_type

from ...support.strategies import dist_tensors
from ...support.verified import problems_of

V = "!dist.tensor<@g, [6 x], f32>"
W = "!dist.tensor<@g, [6 y], f32>"
S = "!dist.tensor<@g, [], f32>"
INT = "!dist.tensor<@g, [], i32>"
WRONG_X = "!dist.tensor<@g, [6 x], f32, partial add over x>"
PARTIAL_X = "!dist.tensor<@g, [6 y], f32, partial add over x>"
PARTIAL_Y = "!dist.tensor<@g, [6 y], f32, partial add over y>"
PARTIAL_MAX = "!dist.tensor<@g, [6 y], f32, partial max over x>"
OTHER = "!dist.tensor<@h, [6 x], f32>"
MATRIX = "!dist.tensor<@g, [6 x, 6 y], f16>"


# ---- types


@given(dist_tensors())
def test_type_round_trip(kind: DistTensor) -> None:
    assert parse_dist_tensor(kind.body()) == kind
    assert parse_type(str(kind)) == kind


@given(dist_tensors(), st.sampled_from(["x", "y"]), st.sampled_from(["add", "max", "min"]))
def test_partial_type_round_trip(kind: DistTensor, axis: str, reduction: str) -> None:
    partial = DistTensor(kind.grid, kind.dims, kind.element, axis, reduction)
    assert parse_type(str(partial)) == partial
    assert partial.complete() == DistTensor(kind.grid, kind.dims, kind.element)
    assert partial.complete() == partial.complete().complete()
    assert partial.with_element(I32).with_element(kind.element) == partial


@given(dist_tensors(), st.integers(1, 8), st.integers(1, 8))
def test_no_tile_is_larger_than_its_bytes(kind: DistTensor, width: int, height: int) -> None:
    parts = {"x": width, "y": height, None: 1}
    largest = kind.element_bytes
    for split in kind.dims:
        count = parts[split.axis]
        largest *= max(len(split.indices(at, count)) for at in range(count))
    size = kind.tile_bytes(width, height)
    assert size >= largest
    assert size % 4 == 0
    if all(split.granule == 1 for split in kind.dims):
        assert size < largest + 4


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("@a.b, [], f16", DistTensor("a.b", (), F16)),
        ("@g,[4 x,5],f32,partial max over y", DistTensor("g", (Split(4, "x"), Split(5)), F32, "y", "max")),
        (
            "@g, [6 x factors [2, 3] order [1, 0], 2 y cyclic], i32",
            DistTensor("g", (Split(6, "x", (2, 3), (1, 0)), Split(2, "y", cyclic=True)), I32),
        ),
    ],
)
def test_type_text(body: str, kind: DistTensor) -> None:
    assert parse_dist_tensor(body) == kind


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("g, [], f16", "not a distributed tensor"),
        ("@g, [], f64", "not a distributed tensor"),
        ("@g, [4 x] f16", "not a distributed tensor"),
        ("@g, [], f16, partial mul over x", "not a distributed tensor"),
        ("@g, [], f16, partial add over z", "not a distributed tensor"),
        ("@g, [4 w], f16", "not a split: '4 w'"),
        ("@g, [4 x, ], f16", "not a split"),
        ("@g, [4 x factors [2, 3] order [0, 1]], f16", "factors and order do not fit 4 elements"),
    ],
)
def test_what_is_no_type(body: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_dist_tensor(body)


# ---- rules


def test_right_operations_pass() -> None:
    assert (
        problems_of(f"""
      %v, %w, %s, %m, %i = "t.make"() : () -> ({V}, {W}, {S}, {MATRIX}, {INT})
      %p = "dist.matvec"(%v, %m) : ({V}, {MATRIX}) -> {PARTIAL_X}
      %c = "dist.all_reduce"(%p) {{axis = "x", fn = "add"}} : ({PARTIAL_X}) -> {W}
      %a = "dist.map"(%c, %w) {{fn = "add"}} : ({W}, {W}) -> {W}
      %b = "dist.map"(%s, %v) {{fn = "mul"}} : ({S}, {V}) -> {V}
      %d = "dist.map"(%v) {{fn = "mul", value = 2.0 : f32}} : ({V}) -> {V}
      %e = "dist.map"(%v) {{fn = "cast"}} : ({V}) -> !dist.tensor<@g, [6 x], f16>
      %t = "dist.transfer"(%v) : ({V}) -> {OTHER}
      %r = "dist.repeat"(%v) ({{
      ^bb0(%n: index, %x: {V}):
        "dist.yield"(%x) : ({V}) -> ()
      }}) {{count = 3 : i64, label = "g"}} : ({V}) -> {V}
    """)
        == []
    )


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (
            f'%r = "dist.map"(%v, %o) {{fn = "add"}} : ({V}, {OTHER}) -> {V}',
            "'dist.map' values on different grids: g, h",
        ),
        (
            f'%r = "dist.map"(%px) {{fn = "neg"}} : ({PARTIAL_X}) -> {W}',
            "'dist.map' operand 0 is a partial value; reduce it first",
        ),
        (f'%r = "dist.map"(%v) {{fn = "add"}} : ({V}) -> {V}', "'dist.map' 'add' takes 2 inputs, not 1"),
        (
            f'%r = "dist.map"(%v, %v) {{fn = "mul", value = 2.0 : f32}} : ({V}, {V}) -> {V}',
            "'dist.map' 'mul' takes 2 inputs, not 3",
        ),
        (
            f'%r = "dist.map"(%v) {{fn = "exp", value = 2.0 : f32}} : ({V}) -> {V}',
            "'dist.map' 'exp' takes 1 inputs, not 2",
        ),
        (
            f'%r = "dist.map"(%v, %w) {{fn = "add"}} : ({V}, {W}) -> {V}',
            "'dist.map' operand 1 is split otherwise than the result",
        ),
        (
            f'%r = "dist.matvec"(%w, %m) : ({W}, {MATRIX}) -> {PARTIAL_X}',
            "'dist.matvec' the vector's split and the matrix's first split differ",
        ),
        (
            f'%r = "dist.matvec"(%v, %v) : ({V}, {V}) -> {PARTIAL_X}',
            "'dist.matvec' the vector's split and the matrix's first split differ",
        ),
        (
            f'%r = "dist.matvec"(%v, %m) : ({V}, {MATRIX}) -> {WRONG_X}',
            "'dist.matvec' the result's split differs from the matrix's second split",
        ),
        (
            f'%r = "dist.matvec"(%v, %m) : ({V}, {MATRIX}) -> {PARTIAL_Y}',
            "'dist.matvec' the result must be partial over x",
        ),
        (
            f'%r = "dist.matvec"(%v, %m) : ({V}, {MATRIX}) -> {W}',
            "'dist.matvec' the result must be partial over x",
        ),
        (
            f'%r = "dist.all_reduce"(%w) {{axis = "x", fn = "add"}} : ({W}) -> {W}',
            "'dist.all_reduce' operand is not partial add over x",
        ),
        (
            f'%r = "dist.all_reduce"(%px) {{axis = "y", fn = "add"}} : ({PARTIAL_X}) -> {W}',
            "'dist.all_reduce' operand is not partial add over y",
        ),
        (
            f'%r = "dist.all_reduce"(%px) {{axis = "x", fn = "max"}} : ({PARTIAL_X}) -> {W}',
            "'dist.all_reduce' operand is not partial max over x",
        ),
        (
            f'%r = "dist.all_reduce"(%px) {{axis = "x", fn = "add"}} : ({PARTIAL_X}) -> {V}',
            "'dist.all_reduce' a result's type must be its operand's, complete",
        ),
        (
            f'%r:2 = "dist.all_reduce"(%px) {{axis = "x", fn = "add"}} : ({PARTIAL_X}) -> ({W}, {W})',
            "'dist.all_reduce' there must be as many results as operands",
        ),
        (
            f'%r = "dist.transfer"(%v) : ({V}) -> !dist.tensor<@h, [6 y], f32>',
            "'dist.transfer' only the grid may change in a transfer",
        ),
        (
            f'%r = "dist.transfer"(%px) : ({PARTIAL_X}) -> !dist.tensor<@h, [6 y], f32>',
            "'dist.transfer' a partial value cannot be transferred",
        ),
        (
            f'%r = "dist.repeat"(%v) ({{^bb0(%n: index, %x: {V}): "dist.yield"(%x) : ({V}) -> ()}}) '
            f'{{count = 3 : i64, label = "g"}} : ({V}) -> {W}',
            "'dist.repeat' result types differ from the carried values'",
        ),
        (
            f'%r = "dist.repeat"(%v) ({{^bb0(%n: index): "dist.yield"() : () -> ()}}) '
            f'{{count = 3 : i64, label = "g"}} : ({V}) -> {V}',
            "'dist.repeat' the body must take the iteration and the carried values",
        ),
        (
            f'%r = "dist.repeat"(%v) ({{^bb0(%x: {V}, %y: {V}): "dist.yield"(%x) : ({V}) -> ()}}) '
            f'{{count = 3 : i64, label = "g"}} : ({V}) -> {V}',
            "'dist.repeat' the body must take the iteration and the carried values",
        ),
        (
            f'%r = "dist.repeat"(%v) ({{^bb0(%n: index, %x: {V}): "dist.yield"() : () -> ()}}) '
            f'{{count = 3 : i64, label = "g"}} : ({V}) -> {V}',
            "'dist.repeat' the body must give the next carried values",
        ),
        (f'%r = "dist.map"(%v) {{fn = "softmax"}} : ({V}) -> {V}', "attribute 'fn' must be a function"),
        (
            f'%r = "dist.matvec"(%w, %m) {{transposed}} : ({W}, {MATRIX}) -> {PARTIAL_Y}',
            "'dist.matvec' the result's split differs from the matrix's first split",
        ),
        (
            f'%r = "dist.matvec"(%v, %m) {{transposed}} : ({V}, {MATRIX}) -> {PARTIAL_X}',
            "'dist.matvec' the vector's split and the matrix's second split differ",
        ),
        (
            f'%r = "dist.reslice"(%v) {{offsets = array<i64: 0, 6>}} : ({V}) -> {PARTIAL_X}',
            "'dist.reslice' there must be as many offsets as operands",
        ),
        (
            f'%r = "dist.reslice"(%v) : ({V}) -> {W}',
            "'dist.reslice' the result must be partial over the axis of operand 0",
        ),
        (
            f'%r = "dist.reslice"(%m) : ({MATRIX}) -> {W}',
            "'dist.reslice' operand 0 must be a number, or a vector that lies otherwise than the result",
        ),
        (
            f'%r = "dist.reslice"(%v) : ({V}) -> !dist.tensor<@g, [6 y], f16, partial add over x>',
            "'dist.reslice' operand 0 has another element type than the result",
        ),
        (f'%r = "dist.reslice"(%v) : ({V}) -> {S}', "'dist.reslice' the result must be a vector"),
        (
            f'%r = "dist.all_reduce"(%px) {{axis = "z", fn = "add"}} : ({PARTIAL_X}) -> {W}',
            "'dist.all_reduce' attribute 'axis' must be 'x' or 'y'",
        ),
    ],
)
def test_a_broken_rule(operation: str, message: str) -> None:
    found = problems_of(f"""
      %v, %w, %o, %m = "t.make"() : () -> ({V}, {W}, {OTHER}, {MATRIX})
      %px, %py, %pm = "t.make"() : () -> ({PARTIAL_X}, {PARTIAL_Y}, {PARTIAL_MAX})
      {operation}
    """)
    assert len(found) == 1
    assert message in found[0]
