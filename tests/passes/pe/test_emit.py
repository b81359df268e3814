"""Pass emit: one program for each class of PEs, and a color for each channel that it uses."""

from itertools import product

import pytest

from wsc.ir.attributes import IntegerAttr, SymbolRefAttr
from wsc.ir.dialects.fabric import numbers
from wsc.ir.operation import Operation
from wsc.ir.program_check import channels_of, check_program
from wsc.ir.routes import RAMP, Point, collect_settings
from wsc.ir.runs import numbers_of, runs_of
from wsc.passes.base import operations_named, symbols
from wsc.passes.fabric.reduce_trees import tree_of
from wsc.passes.pe.lowering import PeClass
from wsc.passes.pe.roles import CHANNELS_PER_AXIS, Role, axis_channel

from ...support.compiled import SMALL_MLP, SMALL_TALE, TOLERANCE, Runner, compile_model, compile_shaped
from ...support.wdl import MLP, TALE


def emitted(shape: tuple[int, int], stages: int = 1) -> Operation:
    return compile_shaped(TALE, shape, SMALL_TALE | {"layers": "3"}, stages=stages).module


def programs_by_pe(module: Operation) -> dict[Point, tuple[str, tuple[int, ...]]]:
    """Program and colors of each PE by its place on the wafer; no PE has two."""
    instances = symbols(operations_named(module, "fabric.instance"))
    found: dict[Point, tuple[str, tuple[int, ...]]] = {}
    for tile in operations_named(module, "pe.tile"):
        x, y = numbers(instances[tile.attribute("instance", SymbolRefAttr).leaf], "origin")
        columns, rows = (numbers_of(runs_of(tile, key)).tolist() for key in ("columns", "rows"))
        for px, py in product(columns, rows):
            assert (x + px, y + py) not in found
            found[x + px, y + py] = (str(tile.attributes["program"]), numbers(tile, "channels"))
    return found


def program(module: Operation, reference: str) -> Operation:
    grid, name = reference.replace('"', "").removeprefix("@").split("::@")
    region = symbols(operations_named(module, "fabric.region"))[grid]
    return symbols(list(region.body.operations))[name]


@pytest.mark.parametrize("shape", [(1, 1), (4, 1), (1, 4), (2, 2), (5, 3)])
def test_every_pe_has_one_program(shape: tuple[int, int]) -> None:
    module = emitted(shape)
    width, height = shape
    assert programs_by_pe(module).keys() == {(x, y) for x in range(2 * width) for y in range(height)}
    assert check_program(module) == []


@pytest.mark.parametrize("shape", [(4, 1), (1, 4), (5, 3)])
def test_a_channel_s_color_is_routed_where_the_program_uses_it(shape: tuple[int, int]) -> None:
    """A send needs a route from the ramp at its PE, a receive one to it."""
    module = emitted(shape, 2)
    width, height = numbers(module, "fabric.grid")
    settings, _ = collect_settings(operations_named(module, "fabric.route"), width, height)
    for at, (name, colors) in programs_by_pe(module).items():
        for op in program(module, name).walk():
            sends = {"pe.send": "channel", "pe.recv_reduce_forward": "out_channel"}.get(op.name)
            receives = {
                "pe.recv": "channel",
                "pe.recv_reduce": "channel",
                "pe.recv_reduce_forward": "in_channel",
            }.get(op.name)
            if sends is not None:
                rows = settings.rows_at(at, colors[op.attribute(sends, IntegerAttr).value])
                assert any(settings.input[row] == RAMP for row in rows)
            if receives is not None:
                rows = settings.rows_at(at, colors[op.attribute(receives, IntegerAttr).value])
                assert any(settings.outputs[row] >> RAMP & 1 for row in rows)


def test_nothing_of_the_levels_above_is_left() -> None:
    module = emitted((3, 2))
    left = {op.name for op in module.walk() if op.dialect == "dist"}
    assert left == set()
    assert operations_named(module, "fabric.link") == []
    for region in operations_named(module, "fabric.region"):
        assert {op.name for op in region.body.operations} == {"pe.buffer", "pe.program"}
        for op in region.body.operations:
            if op.name == "pe.program":
                assert op.body.terminator is not None
                assert op.body.terminator.name == "pe.return"


def test_stages_run_the_same_programs() -> None:
    module = emitted((3, 2), 3)
    by_instance: dict[str, set[str]] = {}
    for tile in operations_named(module, "pe.tile"):
        name = tile.attribute("instance", SymbolRefAttr).leaf
        by_instance.setdefault(name, set()).add(str(tile.attributes["program"]))
    assert by_instance["block.0"] == by_instance["block.1"] == by_instance["block.2"]
    assert by_instance["io.0"].isdisjoint(by_instance["block.0"])


@pytest.mark.parametrize("shape", [(1, 1), (2, 2), (3, 5), (12, 9)])
def test_there_are_as_many_programs_as_classes_however_large_the_grid(shape: tuple[int, int]) -> None:
    module = compile_shaped(MLP, shape, SMALL_MLP, verify_each=False).module
    (region,) = operations_named(module, "fabric.region")
    programs = [op for op in region.body.operations if op.name == "pe.program"]
    kinds: list[set[int]] = []
    for axis in "xy":
        parents = tree_of(region, axis).parents()
        kinds.append({parents.count(at) if parent >= 0 else -1 for at, parent in enumerate(parents)})
    assert len(programs) == len(kinds[0]) * len(kinds[1])
    assert len({op.symbol_name for op in programs}) == len(programs)


def test_only_channels_that_are_used_need_a_color() -> None:
    module = emitted((3, 2))
    for at, (name, colors) in programs_by_pe(module).items():
        used = set(channels_of(program(module, name)))
        assert all(colors[channel] >= 0 for channel in used), at


def test_classes() -> None:
    inner, root = Role("inner", False), Role("root", True)
    pe_class = PeClass(inner, root)
    assert (pe_class.role("x"), pe_class.role("y")) == (inner, root)
    assert pe_class != PeClass(root, inner)


def test_channels_of_the_axes_are_apart() -> None:
    numbers_of = [axis_channel(axis, channel) for axis in "xy" for channel in range(CHANNELS_PER_AXIS)]
    assert numbers_of == list(range(2 * CHANNELS_PER_AXIS))


@pytest.mark.parametrize("shape", ["star", "binary", "levels 3", "groups 1 3 2 | groups 1 2 3"])
def test_all_trees_give_the_model_s_results(shape: str) -> None:
    """Executed without time: who hears whom, in the order that the switches say."""
    sizes = {"inputs": "30", "hidden": "24", "classes": "16"}
    compiled = compile_model(MLP, (8, 7), sizes, reduce=shape)
    assert any(op.attributes.get("messages") for op in operations_named(compiled.module, "fabric.route"))
    assert Runner(compiled).compare(2) <= TOLERANCE
