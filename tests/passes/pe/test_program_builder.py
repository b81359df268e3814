"""The program builder: integers are folded and shared, and tiles are where the layout says."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import F16, F32, IntegerAttr, StringAttr
from wsc.ir.dialects.pe import DsdType
from wsc.ir.layout import Split
from wsc.ir.location import UNKNOWN
from wsc.ir.operation import Block, Operation, Value
from wsc.passes.pe.program_builder import ProgramBuilder

from ...support.strategies import splits

INTEGERS: dict[str, Callable[[int, int], int]] = {
    "pe.addi": lambda a, b: a + b,
    "pe.subi": lambda a, b: a - b,
    "pe.muli": lambda a, b: a * b,
    "pe.divi": lambda a, b: a // b,
    "pe.remi": lambda a, b: a % b,
    "pe.mini": min,
    "pe.maxi": max,
}


def builder(width: int = 4, height: int = 3) -> ProgramBuilder:
    return ProgramBuilder("g", width, height, UNKNOWN)


def evaluate(value: Value, x: int = 0, y: int = 0, position: int = 0) -> int:
    """What an integer is on the PE at (x, y)."""
    op = value.defining_op
    assert op is not None
    if op.name == "pe.constant":
        return op.attribute("value", IntegerAttr).value
    if op.name == "pe.coord":
        return {"x": x, "y": y}[op.attribute("axis", StringAttr).value]
    if op.name == "pe.argument":
        return {"position": position}[op.attribute("name", StringAttr).value]
    left, right = (evaluate(operand, x, y, position) for operand in op.operands)
    return INTEGERS[op.name](left, right)


def operations(block: Block) -> list[str]:
    return [op.name for op in block.operations]


# ---- integers


@given(
    st.sampled_from(["addi", "subi", "muli", "divi", "remi", "mini", "maxi"]),
    st.integers(-20, 20),
    st.integers(1, 20),
)
def test_constants_are_folded(name: str, left: int, right: int) -> None:
    p = builder()
    value = p.integer(name, p.constant(left), p.constant(right))
    assert evaluate(value) == INTEGERS[f"pe.{name}"](left, right)
    assert set(operations(p.finish())) == {"pe.constant", "pe.return"}


@pytest.mark.parametrize(
    ("name", "left", "right"),
    [
        *(("addi", "x", 0), ("addi", 0, "x"), ("subi", "x", 0)),
        *(("muli", "x", 1), ("muli", 1, "x"), ("divi", "x", 1)),
    ],
)
def test_neutral_operands_give_back_the_other(name: str, left: int | str, right: int | str) -> None:
    p = builder()
    x = p.coordinate("x")
    sides = [x if isinstance(side, str) else p.constant(side) for side in (left, right)]
    assert p.integer(name, *sides) is x


def test_nothing_times_nothing() -> None:
    p = builder()
    assert evaluate(p.mul(p.coordinate("x"), p.constant(0)), x=7) == 0
    assert evaluate(p.sub(p.constant(0), p.coordinate("x")), x=7) == -7


def test_what_does_not_depend_on_the_layer_is_computed_once_and_first() -> None:
    p = builder()
    with p.loop(p.constant(0), p.argument("layer_count")) as layer:
        inside = p.add(layer, p.constant(5))
        with p.once():
            outside = p.add(p.coordinate("x"), p.constant(5))
            again = p.add(p.coordinate("x"), p.constant(5))
    assert outside is again
    block = p.finish()
    names = operations(block)
    assert names.index("pe.addi") < names.index("pe.for")
    assert outside.block is block
    assert inside.block is not block
    assert names[-1] == "pe.return"
    assert names.count("pe.coord") == names.count("pe.argument") == 1


def test_addresses_and_numbers_are_shared() -> None:
    p = builder()
    assert p.buffer("a") is p.buffer("a")
    assert p.buffer("a") is not p.buffer("b")
    assert p.constant(3) is p.constant(3)
    assert p.argument("position") is p.argument("position")


# ---- tiles


@given(splits().filter(lambda split: not split.cyclic), st.integers(1, 7), st.integers(1, 7))
def test_a_tile_starts_and_ends_where_the_layout_says(split: Split, width: int, height: int) -> None:
    p = builder(width, height)
    base, count = p.base(split), p.count(split)
    parts = {"x": width, "y": height, None: 1}[split.axis]
    ordered = split.ordered()
    for at in range(parts):
        here = {"x": at, "y": at}
        start, size = evaluate(base, **here), evaluate(count, **here)
        assert size == split.count(at, parts)
        tile = ordered[:, start : start + size].reshape(-1)
        assert tile.tolist() == split.indices(at, parts).tolist()
        assert evaluate(p.elements((split,)), **here) == split.local * size


@given(st.integers(1, 30), st.integers(1, 7), st.integers(0, 29))
def test_a_cyclic_tile_counts_the_positions_so_far(extent: int, parts: int, position: int) -> None:
    p = builder(parts, parts)
    split = Split(extent, "y", cyclic=True)
    for at in range(parts):
        expected = [index for index in split.indices(at, parts).tolist() if index <= position < extent]
        if position < extent:
            assert evaluate(p.count(split), y=at, position=position) == len(expected)


@given(splits().filter(lambda s: not s.cyclic), splits().filter(lambda s: not s.cyclic))
def test_elements_of_a_matrix(rows: Split, columns: Split) -> None:
    p = builder()
    for x in range(4):
        for y in range(3):
            expected = 1
            for split in (rows, columns):
                at, parts = {"x": (x, 4), "y": (y, 3), None: (0, 1)}[split.axis]
                expected *= len(split.indices(at, parts))
            assert evaluate(p.elements((rows, columns)), x, y) == expected


# ---- instructions


def test_descriptors() -> None:
    p = builder()
    plain = p.dsd(p.buffer("a"), F16, p.constant(6))
    nested = p.dsd(p.buffer("a"), F32, p.constant(6), 2, outer=(p.constant(3), p.constant(12)))
    for value, element, numbers in ((plain, F16, [1, 0, 6, 1]), (nested, F32, [3, 12, 6, 2])):
        assert value.type == DsdType(element)
        op = value.defining_op
        assert op is not None
        assert [evaluate(operand) for operand in op.operands[1:]] == numbers


def test_bodies_end_with_a_yield() -> None:
    p = builder()
    with p.when("lt", p.coordinate("x"), p.constant(2)):
        p.fill(p.dsd(p.buffer("a"), F32, p.constant(6)), 1.5)
    branch: Operation = next(op for op in p.finish().operations if op.name == "pe.if")
    assert operations(branch.body) == ["pe.dsd", "pe.fill", "pe.yield"]
