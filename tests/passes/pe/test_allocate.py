"""Pass allocate: what lives for ever has memory of its own, and everything fits."""

from dataclasses import replace

import pytest

from wsc.ir.attributes import IntegerAttr, StringAttr, SymbolRefAttr
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.dialects.dist import DistTensor
from wsc.ir.dialects.fabric import numbers
from wsc.ir.operation import Operation
from wsc.passes.base import PassContext, operations_named, symbols
from wsc.passes.pe.allocate import BUFFERS_ATTRIBUTE, Allocate

from ...support.compiled import SMALL_MLP, SMALL_TALE, TINY, compile_model
from ...support.wdl import MLP, TALE

MODELS = [(TALE, SMALL_TALE, (4, 3)), (TALE, SMALL_TALE, (2, 1)), (MLP, SMALL_MLP, (3, 2))]


def allocated(text: str, sizes: dict[str, str], grid: tuple[int, int]) -> Operation:
    return compile_model(text, grid, sizes, stop_after="allocate").module


def place_of(buffer: Operation) -> range:
    start = buffer.attribute("offset", IntegerAttr).value
    return range(start, start + buffer.attribute("bytes", IntegerAttr).value)


@pytest.mark.parametrize(("text", "sizes", "grid"), MODELS)
def test_what_lives_for_ever_shares_with_nobody(
    text: str, sizes: dict[str, str], grid: tuple[int, int]
) -> None:
    for region in operations_named(allocated(text, sizes, grid), "fabric.region"):
        buffers = [op for op in region.body.operations if op.name == "pe.buffer"]
        fixed = [op for op in buffers if op.attribute("kind", StringAttr).value != "temp"]
        temporary = [op for op in buffers if op not in fixed]
        taken: set[int] = set()
        for op in fixed:
            assert taken.isdisjoint(place_of(op)), op
            taken.update(place_of(op))
        assert all(taken.isdisjoint(place_of(op)) for op in temporary)
        end = max(place_of(op).stop for op in buffers)
        assert region.attribute("sram_bytes", IntegerAttr).value == end <= TINY.data_bytes
        # Sharing is worth it: intermediate values take less than all of them would side by side.
        assert end - len(taken) < sum(len(place_of(op)) for op in temporary)


@pytest.mark.parametrize(("text", "sizes", "grid"), MODELS)
def test_variables_keep_what_they_were(text: str, sizes: dict[str, str], grid: tuple[int, int]) -> None:
    before = compile_model(text, grid, sizes, stop_after="schedule").module
    after = allocated(text, sizes, grid)
    assert operations_named(after, "dist.variable") == []
    described = symbols(operations_named(after, "pe.variable"))
    declared = symbols(operations_named(before, "dist.variable"))
    assert declared.keys() <= described.keys()
    for name, op in declared.items():
        kept = {key: value for key, value in described[name].attributes.items() if key != "buffer"}
        assert kept == op.attributes
    others = [name for name in described if name not in declared]
    kinds = {described[name].attribute("kind", StringAttr).value for name in others}
    assert kinds == {"input", "output"}


def test_a_stacked_variable_has_room_for_the_layers_of_one_stage() -> None:
    sizes = SMALL_TALE | {"layers": "5"}
    module = compile_model(TALE, (9, 3), sizes, stages=3, stop_after="allocate").module
    regions = symbols(operations_named(module, "fabric.region"))
    variable = symbols(operations_named(module, "pe.variable"))["block.keys"]
    reference = variable.attribute("buffer", SymbolRefAttr)
    region = regions[reference.root]
    width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
    (buffer,) = (op for op in region.body.operations if op.symbol_name == reference.leaf)
    tile = variable.attribute("type", DistTensor).tile_bytes(width, height)
    assert buffer.attribute("bytes", IntegerAttr).value == 2 * tile
    assert variable.attribute("stacked", IntegerAttr).value == 5
    assert [numbers(op, "layers") for op in operations_named(module, "fabric.instance")][1:] == [
        (0, 2),
        (2, 4),
        (4, 5),
    ]


@pytest.mark.parametrize(("text", "sizes", "grid"), MODELS)
def test_every_value_has_a_buffer(text: str, sizes: dict[str, str], grid: tuple[int, int]) -> None:
    without = {"dist.read", "dist.append", "dist.input"}
    for region in operations_named(allocated(text, sizes, grid), "fabric.region"):
        names = {op.symbol_name for op in region.body.operations if op.name == "pe.buffer"}
        for op in region.walk():
            if op.results and op.dialect in ("dist", "fabric") and op.name not in without:
                found = [str(reference) for reference in op.attributes[BUFFERS_ATTRIBUTE]]
                assert len(found) == len(op.results)
                assert all(reference.split("::@")[1].strip('"') in names for reference in found)


def test_too_little_memory() -> None:
    module = compile_model(TALE, (2, 1), SMALL_TALE, stop_after="schedule").module
    module.attributes["fabric.target"] = replace(TINY, sram_bytes=TINY.code_bytes + 400).to_attribute()
    with pytest.raises(DiagnosticError) as caught:
        Allocate().run(module, PassContext())
    (found,) = caught.value.diagnostics
    needed = int(found.message.split()[3])
    assert found.message == (f"region 'io' needs {needed} bytes of SRAM on a PE, {needed - 400} too many")
    (note,) = map(str, found.notes)
    assert note.endswith("400 bytes are left beside the code")


@pytest.mark.parametrize(("text", "sizes", "grid"), MODELS)
def test_what_was_planned_fits(text: str, sizes: dict[str, str], grid: tuple[int, int]) -> None:
    """With the least memory for which there is a floor plan, there is enough."""
    low, high = 0, TINY.sram_bytes - TINY.code_bytes
    while high - low > 16:
        middle = (low + high) // 2
        target = replace(TINY, sram_bytes=(TINY.code_bytes + middle) // 4 * 4)
        try:
            compile_model(text, grid, sizes, target=target, stop_after="place", verify_each=False)
            high = middle
        except DiagnosticError:
            low = middle
    target = replace(TINY, sram_bytes=(TINY.code_bytes + high) // 4 * 4)
    assert compile_model(text, grid, sizes, target=target, verify_each=False)
