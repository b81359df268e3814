"""Dialect pe: descriptor types, and the rules of buffers, vector operations, loops and tiles."""

import pytest

from wsc.ir.attributes import F16, F32, I32, TypeAttribute
from wsc.ir.dialects.pe import DsdType, parse_dsd_type
from wsc.ir.parser import parse_type

from ...support.verified import problems_of

DSD = "(index, index, index, index, index) -> !pe.dsd<f32>"
HEAD = f"""
  %0 = "pe.constant"() {{value = 0 : i64}} : () -> index
  %1 = "pe.constant"() {{value = 1 : i64}} : () -> index
  %2 = "pe.constant"() {{value = 2 : i64}} : () -> index
  %a = "pe.dsd"(%0, %1, %0, %2, %1) : {DSD}
  %b = "pe.dsd"(%0, %1, %0, %2, %1) : {DSD}
  %long = "pe.dsd"(%0, %2, %0, %2, %1) : {DSD}
  %other = "t.make"() : () -> !pe.dsd<f32>
"""


@pytest.mark.parametrize(("element", "size"), [(F16, 2), (F32, 4), (I32, 4)])
def test_type_round_trip(element: TypeAttribute, size: int) -> None:
    kind = DsdType(element)
    assert parse_dsd_type(kind.body()) == kind
    assert parse_type(str(kind)) == kind
    assert kind.element_bytes == size


@pytest.mark.parametrize("body", ["", "f64", "i1", "f16 f16"])
def test_what_is_no_type(body: str) -> None:
    with pytest.raises(ValueError, match="a descriptor has elements f16, f32 or i32"):
        parse_dsd_type(body)


def program(operations: str) -> str:
    return (
        f'"pe.program"() ({{{HEAD}\n{operations}\n"pe.return"() : () -> ()}}) {{sym_name = "p"}} : () -> ()'
    )


D1, D2, D3 = "(!pe.dsd<f32>)", "(!pe.dsd<f32>, !pe.dsd<f32>)", "(!pe.dsd<f32>, !pe.dsd<f32>, !pe.dsd<f32>)"


def test_right_operations_pass() -> None:
    text = f"""
      "pe.map"(%a, %b) {{fn = "exp"}} : {D2} -> ()
      "pe.map"(%a, %b) {{fn = "mul", value = 2.0 : f32}} : {D2} -> ()
      "pe.map"(%a, %b, %b) {{fn = "max"}} : {D3} -> ()
      "pe.fma"(%a, %b, %b) : {D3} -> ()
      "pe.fill"(%long) {{value = 0.0 : f32}} : {D1} -> ()
      "pe.send"(%a) {{channel = 0 : i64}} : {D1} -> ()
      "pe.start_recv"(%a) {{channel = 1 : i64}} : {D1} -> ()
      "pe.start_send"(%b) {{channel = 0 : i64}} : {D1} -> ()
      "pe.await"() : () -> ()
      "pe.start_recv_reduce"(%a) {{channel = 1 : i64, fn = "max"}} : {D1} -> ()
      "pe.await"() : () -> ()
      "pe.if"(%0, %1) ({{ "pe.yield"() : () -> () }}) {{predicate = "le"}} : (index, index) -> ()
      "pe.for"(%0, %1) ({{^bb0(%i: index): "pe.yield"() : () -> () }}) : (index, index) -> ()
    """
    assert problems_of(program(text)) == []


@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (f'"pe.map"(%a) {{fn = "exp"}} : {D1} -> ()', "has 1 operands, but takes at least 2"),
        (f'"pe.map"(%a, %b, %b) {{fn = "exp"}} : {D3} -> ()', "'exp' takes 1 inputs, not 2"),
        (f'"pe.map"(%a, %b) {{fn = "add"}} : {D2} -> ()', "'add' takes 2 inputs, not 1"),
        (
            f'"pe.map"(%a, %b, %b) {{fn = "add", value = 1.0 : f32}} : {D3} -> ()',
            "'add' takes 2 inputs, not 3",
        ),
        (f'"pe.map"(%a, %b) {{fn = "softmax"}} : {D2} -> ()', "attribute 'fn' must be a function"),
        (f'"pe.map"(%a, %long) {{fn = "exp"}} : {D2} -> ()', "the descriptors' extents differ"),
        (f'"pe.fma"(%a, %b, %long) : {D3} -> ()', "the descriptors' extents differ"),
        (f'"pe.keep_equal"(%a, %b, %long) : {D3} -> ()', "the descriptors' extents differ"),
        (f'"pe.map"(%a, %other) {{fn = "exp"}} : {D2} -> ()', "an operand is not made by pe.dsd"),
        (f'"pe.send"(%a) {{channel = -1 : i64}} : {D1} -> ()', "must be a channel number from 0"),
        (f'"pe.recv_reduce"(%a) {{channel = 1 : i64, fn = "mul"}} : {D1} -> ()', "must be add, max or min"),
        (
            '"pe.if"(%0, %1) ({^bb0(%i: index): "pe.yield"() : () -> () }) '
            '{predicate = "le"} : (index, index) -> ()',
            "the body takes no arguments",
        ),
        (
            '"pe.if"(%0, %1) ({"pe.yield"() : () -> () }) {predicate = "gt"} : (index, index) -> ()',
            "attribute 'predicate' must be eq, lt or le",
        ),
        (
            '"pe.for"(%0, %1) ({"pe.yield"() : () -> () }) : (index, index) -> ()',
            "the body takes the iteration's number (index)",
        ),
        (
            '%c = "pe.coord"() {axis = "z"} : () -> index',
            "attribute 'axis' must be 'x' or 'y'",
        ),
        (
            '%c = "pe.argument"() {name = "time"} : () -> index',
            "attribute 'name' must be an argument's name",
        ),
    ],
)
def test_a_broken_rule(operation: str, message: str) -> None:
    found = problems_of(program(operation))
    assert len(found) == 1
    assert message in found[0]


def test_a_descriptor_without_its_operands() -> None:
    short = '%short = "pe.dsd"(%0) : (index) -> !pe.dsd<f32>'
    first, second = problems_of(program(f'{short} "pe.fma"(%a, %b, %short) : {D3} -> ()'))
    assert first.startswith("'pe.dsd' has 1 operands, but takes 5 operands")
    assert second == "'pe.fma' an operand is not made by pe.dsd"


@pytest.mark.parametrize(("offset", "size"), [(-4, 4), (0, -1), (2, 4)])
def test_a_wrong_buffer(offset: int, size: int) -> None:
    text = (
        f'"pe.buffer"() {{sym_name = "b", offset = {offset} : i64, bytes = {size} : i64, kind = "temp"}} '
        ": () -> ()"
    )
    assert problems_of(text) == [
        "'pe.buffer' a buffer starts at a multiple of 4 bytes and has no negative size"
    ]


@pytest.mark.parametrize(
    ("columns", "channels", "message"),
    [
        ("array<i64: 0, 1, 1>", "array<i64: 0, -1>", ""),
        ("array<i64: 0, 1, 1, 3, 2, 4>", "array<i64: 0, -1>", ""),
        ("array<i64: 0, 0, 1>", "array<i64: 0, -1>", "attribute 'columns' must be runs"),
        ("array<i64: 0, 1, 0>", "array<i64: 0, -1>", "attribute 'columns' must be runs"),
        ("array<i64: -1, 1, 1>", "array<i64: 0, -1>", "attribute 'columns' must be runs"),
        ("array<i64: 0, 1, 1, 3>", "array<i64: 0, -1>", "attribute 'columns' must be runs"),
        ("array<i64>", "array<i64: 0, -1>", "attribute 'columns' must be runs"),
        ("array<i64: 0, 1, 1>", '"none"', "attribute 'channels' must be"),
        ("array<i64: 0, 1, 1>", "array<f32: 1.0>", "attribute 'channels' must be"),
        ("array<i64: 0, 1, 1>", "array<i64: 0, -2>", "attribute 'channels' must be"),
    ],
)
def test_tiles(columns: str, channels: str, message: str) -> None:
    text = f"""
      "fabric.region"() ({{ {program("")} }}) {{sym_name = "g", width = 1 : i64, height = 1 : i64}} : () -> ()
      "fabric.instance"() {{sym_name = "g.0", region = @g, origin = array<i64: 0, 0>,
        layers = array<i64: 0, 1>}} : () -> ()
      "pe.tile"() {{instance = @g.0, program = @g::@p, columns = {columns}, rows = array<i64: 0, 1, 1>,
        channels = {channels}}} : () -> ()
    """
    found = problems_of(text)
    assert len(found) == (1 if message else 0)
    assert all(message in problem for problem in found)
