"""Closed-form costs: the machine's formulas, what costs nothing, and that bounds stay below estimates."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import F16, F32, I32, IntegerAttr
from wsc.ir.dialects.dist import DIST, DistTensor
from wsc.ir.layout import Split
from wsc.passes.base import operations_named
from wsc.passes.cost import CostModel, ceil_div, ideal_cycles, longest_cache

from ..support.compiled import SMALL_TALE, TINY, compile_model
from ..support.strategies import dist_tensors
from ..support.wdl import TALE
from .test_mixture import SINGLE as MIXTURE

MODEL = CostModel(TINY, 4, 3, position=9)
CALL = TINY.vector_call_cycles


@given(st.integers(0, 1000), st.integers(1, 50))
def test_ceil_div(numerator: int, denominator: int) -> None:
    quotient = ceil_div(numerator, denominator)
    assert (quotient - 1) * denominator < numerator <= quotient * denominator


# ---- machine operations


@pytest.mark.parametrize(
    ("calls", "elements", "per_cycle", "cycles_each", "cycles"),
    [
        (1, 1, 1, 1, CALL + 1),
        (1, 8, 4, 1, CALL + 2),
        (1, 9, 4, 1, CALL + 3),
        (5, 8, 2, 1, 5 * (CALL + 4)),
        (2, 3, 1, 30, 2 * (CALL + 90)),
        (0, 8, 1, 1, CALL),
        (3, 0, 1, 1, CALL),
    ],
)
def test_vector(calls: int, elements: int, per_cycle: int, cycles_each: int, cycles: int) -> None:
    assert MODEL.vector(calls, elements, per_cycle, cycles_each) == cycles


def test_message() -> None:
    assert MODEL.message(10) == TINY.comm_setup_cycles + 10


def test_an_all_reduce_of_one_is_free() -> None:
    assert MODEL.all_reduce(100, 1) == 0
    assert MODEL.all_reduce(1, 2) > 0


@given(st.integers(1, 200), st.integers(2, 60))
def test_an_all_reduce_grows_and_takes_no_less_than_the_wires(wavelets: int, parts: int) -> None:
    cycles = MODEL.all_reduce(wavelets, parts)
    assert cycles < MODEL.all_reduce(wavelets + 1, parts)
    assert cycles <= MODEL.all_reduce(wavelets, parts + 1)
    # The reduction's hard bound, and half the distance back.
    bound = max(wavelets, parts // 2) + 2 * TINY.ramp_cycles + 1 + parts // 2
    assert cycles >= bound


# ---- sizes


@given(dist_tensors(), st.integers(1, 6), st.integers(1, 6), st.integers(0, 40))
def test_elements_and_bytes(kind: DistTensor, width: int, height: int, position: int) -> None:
    model = CostModel(TINY, width, height, position)
    elements = 1
    for split in kind.dims:
        parts = model.parts(split.axis)
        elements *= ceil_div(position + 1, parts) if split.cyclic else split.capacity(parts)
    assert model.tile_elements(kind) == elements
    assert model.wavelets(kind) == (ceil_div(elements, 2) if kind.element == F16 else elements)
    assert model.capacity_bytes(kind) == kind.tile_bytes(width, height)


def test_parts_of_an_axis() -> None:
    assert [MODEL.parts(axis) for axis in ("x", "y", None)] == [4, 3, 1]


@given(
    st.integers(1, 6), st.integers(1, 9), st.sampled_from(["x", "y", None]), st.integers(1, 7), st.booleans()
)
def test_heads_that_a_tile_touches(
    heads: int, head_dim: int, axis: str | None, parts: int, pairs: bool
) -> None:
    split = Split(heads * head_dim, axis, granule=2 if pairs else 1)
    model = CostModel(TINY, parts, parts)
    tiles = [split.indices(at, model.parts(axis)) for at in range(model.parts(axis))]
    most = max(len({index // head_dim for index in tile.tolist()}) for tile in tiles)
    assert most <= model.heads_touched(split, head_dim) <= most + 1
    tile = split.tile(model.parts(axis))
    if tile % head_dim == 0 or head_dim % tile == 0:
        assert model.heads_touched(split, head_dim) == most


# ---- operations

FREE = {
    *("grid", "variable", "func", "return", "yield", "repeat", "transfer"),
    *("input", "position", "read"),
}


def test_every_operation_that_computes_has_a_cost() -> None:
    names = {name.removeprefix("dist.") for name in DIST.operations}
    assert {name for name in names if not hasattr(MODEL, f"_{name}")} == FREE


@pytest.mark.parametrize("grid", [(2, 1), (4, 3), (9, 5)])
@pytest.mark.parametrize("position", [0, 5])
def test_the_lower_bound_is_below_the_estimate(grid: tuple[int, int], position: int) -> None:
    module = compile_model(TALE, grid, SMALL_TALE, stop_after="place").module
    for region in operations_named(module, "fabric.region"):
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        model = CostModel(TINY, width, height, position)
        trips = {"block": 2}
        assert 0 < ideal_cycles(region.body, model, trips) < model.block(region.body, trips)


def test_a_block_counts_its_loops_as_often_as_they_run() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE, stop_after="place").module
    region = operations_named(module, "fabric.region")[1]
    none, once, twice = (MODEL.block(region.body, {"block": trips}) for trips in (0, 1, 2))
    assert twice - once == once - none > 0


def test_a_mixture_counts_the_experts_that_are_chosen() -> None:
    def cycles(k: int, experts: int) -> int:
        text = MIXTURE.replace("k = 2", f"k = {k}")
        module = compile_model(text, (4, 3), {"experts": str(experts)}, stop_after="place").module
        (region,) = operations_named(module, "fabric.region")
        return CostModel(TINY, 4, 3).block(region.body, {})

    one, two, three = (cycles(k, 5) for k in (1, 2, 3))
    assert abs(three - two - (two - one)) < 10  # weights are a few elements, in software
    assert two - one > 200
    assert 0 <= cycles(2, 9) - two < 0.2 * (two - one)


def test_later_positions_cost_more() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE, stop_after="place").module
    region = operations_named(module, "fabric.region")[1]
    early, late = (CostModel(TINY, 4, 3, at).block(region.body, {"block": 1}) for at in (0, 200))
    assert early < late


def test_the_longest_cache() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE, stop_after="place").module
    top, layers = operations_named(module, "fabric.region")
    assert longest_cache(top.body) == 0
    assert longest_cache(layers.body) == 8


def test_types_that_the_sizes_above_rely_on() -> None:
    assert [DistTensor("g", (), kind).element_bytes for kind in (F16, F32, I32)] == [2, 4, 4]
