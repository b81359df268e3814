"""Roles: what the PEs of an axis do in its all-reduces, and on which colors."""

import pytest

from wsc.passes.base import operations_named
from wsc.passes.fabric.collectives.all_reduce import COLLECTIVE_COLORS, COLORS_PER_AXIS
from wsc.passes.fabric.reduce_trees import tree_of
from wsc.passes.pe.roles import BROADCAST_CHANNEL, CHANNELS_PER_AXIS, REDUCE_IN, REDUCE_OUT, UNUSED, segments

from ...support.compiled import SMALL_TALE, compile_model, compile_shaped
from ...support.wdl import MLP, TALE

SIZES = {"inputs": "60", "hidden": "60", "classes": "60"}


@pytest.mark.parametrize("shape", ["", "star", "binary", "groups 3 2"])
def test_segments_cover_each_pe_once_with_the_channels_that_it_uses(shape: str) -> None:
    module = compile_model(MLP, (14, 11), SIZES, reduce=shape, stop_after="allocate").module
    (region,) = operations_named(module, "fabric.region")
    for axis in "xy":
        tree = tree_of(region, axis)
        parents = tree.parents()
        colors = range(COLORS_PER_AXIS) if axis == "x" else range(COLORS_PER_AXIS, COLLECTIVE_COLORS)
        seen: list[int] = []
        for segment in segments(region, axis):
            start, count, step = segment.run
            places = range(start, start + count * step, step)
            seen += places
            role = segment.role
            assert role.middle == (tree.root in places)
            assert len(segment.channels) == CHANNELS_PER_AXIS
            assert all(color == UNUSED or color in colors for color in segment.channels)
            heard = [name for name, _ in role.steps if "reduce" in name]
            assert {parents.count(place) for place in places} == {len(heard)}
            assert (segment.channels[REDUCE_IN] == UNUSED) == (not heard)
            assert (segment.channels[REDUCE_OUT] == UNUSED) == role.middle
            assert segment.channels[BROADCAST_CHANNEL] != UNUSED
        assert sorted(seen) == list(range(tree.parts))


def test_an_axis_of_one_pe_has_one_role() -> None:
    module = compile_shaped(TALE, (1, 3), SMALL_TALE, stages=1).module
    assert all(
        {str(op.symbol_name).partition(".")[0] for op in region.body.operations if op.name == "pe.program"}
        == {"single"}
        for region in operations_named(module, "fabric.region")
    )
