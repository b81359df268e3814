"""Pass place: regions, instances and links of small models; and what is said when a model does not fit."""

from dataclasses import replace

import pytest

from wsc.ir.attributes import DenseArrayAttr, IntegerAttr, StringAttr, SymbolRefAttr, string
from wsc.ir.diagnostics import Diagnostic, DiagnosticError
from wsc.ir.dialects.fabric import numbers
from wsc.ir.operation import Operation
from wsc.passes.base import PassContext, operations_named, symbols
from wsc.passes.fabric.place import Place
from wsc.passes.fabric.shapes import Rectangle

from ...support.compiled import SMALL_MLP, SMALL_TALE, TINY, compile_model
from ...support.wdl import MLP, TALE


def rectangles(module: Operation) -> dict[str, Rectangle]:
    regions = symbols(operations_named(module, "fabric.region"))
    found = {}
    for instance in operations_named(module, "fabric.instance"):
        region = regions[instance.attribute("region", SymbolRefAttr).leaf]
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        x, y = numbers(instance, "origin")
        found[str(instance.symbol_name)] = Rectangle(x, y, width, height)
    return found


def links(module: Operation) -> list[tuple[str, str, str, str]]:
    return [
        (
            op.attribute("source", SymbolRefAttr).leaf,
            op.attribute("out", StringAttr).value,
            op.attribute("sink", SymbolRefAttr).leaf,
            op.attribute("in", StringAttr).value,
        )
        for op in operations_named(module, "fabric.link")
    ]


def placed(text: str, grid: tuple[int, int], overrides: dict[str, str], stages: int = 0) -> Operation:
    return compile_model(text, grid, overrides, stages=stages, stop_after="place").module


def failure(
    text: str, grid: tuple[int, int], overrides: dict[str, str], stages: int = 0, **numbers: int
) -> Diagnostic:
    target = replace(TINY, **numbers)
    with pytest.raises(DiagnosticError) as caught:
        compile_model(text, grid, overrides, stages=stages, target=target, stop_after="place")
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


# ---- plans


def test_one_region_without_layers() -> None:
    module = placed(MLP, (4, 3), SMALL_MLP)
    (name,) = rectangles(module)
    assert name == "io.0"
    assert links(module) == []
    assert module.attributes["fabric.grid"] == DenseArrayAttr(
        module.attribute("fabric.grid", DenseArrayAttr).element, (4, 3)
    )
    assert operations_named(module, "dist.func", "dist.grid") == []


@pytest.mark.parametrize(
    ("layers", "stages", "ranges"),
    [
        (2, 1, [(0, 2)]),
        (3, 3, [(0, 1), (1, 2), (2, 3)]),
        (5, 3, [(0, 2), (2, 4), (4, 5)]),
        (7, 4, [(0, 2), (2, 4), (4, 6), (6, 7)]),
    ],
)
def test_stages_share_the_layers(layers: int, stages: int, ranges: list[tuple[int, int]]) -> None:
    module = placed(TALE, (10, 4), SMALL_TALE | {"layers": str(layers)}, stages)
    instances = operations_named(module, "fabric.instance")
    assert [op.symbol_name for op in instances] == ["io.0", *(f"block.{i}" for i in range(stages))]
    assert [numbers(op, "layers") for op in instances] == [(0, 0), *ranges]


def test_a_chain_there_and_back() -> None:
    module = placed(TALE, (9, 4), SMALL_TALE | {"layers": "3"}, 3)
    assert links(module) == [
        ("io.0", "out0", "block.0", "in0"),
        ("block.2", "out0", "io.0", "in0"),
        ("block.0", "out0", "block.1", "in0"),
        ("block.1", "out0", "block.2", "in0"),
    ]


@pytest.mark.parametrize("grid", [(2, 1), (1, 2), (7, 3), (16, 16)])
def test_regions_of_one_height_lie_apart_on_the_wafer(grid: tuple[int, int]) -> None:
    found = rectangles(placed(TALE, grid, SMALL_TALE))
    assert len({r.height for r in found.values()}) == 1
    points = [
        (x, y) for r in found.values() for x in range(r.x, r.x + r.width) for y in range(r.y, r.y + r.height)
    ]
    assert len(points) == len(set(points))
    assert all(x < grid[0] and y < grid[1] for x, y in points)


def test_the_same_plan_again() -> None:
    assert str(placed(TALE, (6, 5), SMALL_TALE)) == str(placed(TALE, (6, 5), SMALL_TALE))


def test_a_module_without_a_target() -> None:
    module = compile_model(MLP, (2, 2), SMALL_MLP, stop_after="combine-collectives").module
    del module.attributes["fabric.target"]
    with pytest.raises(DiagnosticError, match="the module has no target"):
        Place().run(module, PassContext())


# ---- what does not fit

LARGE = {"layers": "5", "dim": "64", "heads": "4", "ffn": "128", "context": "32"}


def test_too_little_memory() -> None:
    found = failure(TALE, (3, 3), LARGE)
    assert found.message == "the model does not fit on 3 x 3 PEs of target 'tiny'"
    memory, grid, layers, targets = map(str, found.notes)
    assert memory.startswith("it needs about ")
    assert memory.endswith(" too many each")
    assert "a PE has 34304 for data (308736 in all)" in memory
    assert grid.startswith("a grid of ")
    assert layers.endswith(" of its 5 layers would fit")
    assert targets == "targets that would hold it: wse2, wse3"


def suggestion(found: Diagnostic, start: str) -> str:
    (note,) = [str(note) for note in found.notes if str(note).startswith(start)]
    return note.removeprefix(start)


def test_the_suggested_grid_holds_it_and_a_much_smaller_one_does_not() -> None:
    size = suggestion(failure(TALE, (3, 3), LARGE), "a grid of ").removesuffix(" would hold it")
    width, height = (int(number) for number in size.split(" x "))
    assert rectangles(placed(TALE, (width, height), LARGE))
    assert failure(TALE, (width // 2, height // 2), LARGE).message.startswith("the model does not fit")


def test_the_suggested_number_of_layers_fits_and_one_more_does_not() -> None:
    sizes = {"layers": "30", "dim": "32", "heads": "2", "kv_heads": "1", "ffn": "64", "context": "16"}
    left = suggestion(failure(TALE, (4, 4), sizes), "on this grid ")
    layers = int(left.removesuffix(" of its 30 layers would fit"))
    assert rectangles(placed(TALE, (4, 4), sizes | {"layers": str(layers)}))
    message = failure(TALE, (4, 4), sizes | {"layers": str(layers + 1)}).message
    assert message == "the model does not fit on 4 x 4 PEs of target 'tiny'"


@pytest.mark.parametrize(("share", "fits"), [(0.5, False), (2, True)])
def test_how_much_is_missing(share: float, fits: bool) -> None:
    """With half of what is missing it still does not fit; with twice as much it does, uneven as tiles are."""
    missing = int(str(failure(TALE, (3, 3), LARGE).notes[0]).rpartition(": ")[2].split()[0])
    target = replace(TINY, sram_bytes=TINY.sram_bytes + int(missing * share) // 4 * 4)
    if fits:
        assert compile_model(TALE, (3, 3), LARGE, target=target, stop_after="place")
    else:
        with pytest.raises(DiagnosticError, match="does not fit"):
            compile_model(TALE, (3, 3), LARGE, target=target, stop_after="place")


def test_too_few_pes() -> None:
    found = failure(TALE, (1, 1), SMALL_TALE)
    assert str(found.notes[0]).startswith("each of its 2 regions needs PEs of its own, in the same rows; ")
    assert "a grid of 2 x 2 would hold it" in found.notes


def test_a_model_that_no_grid_holds_is_refused_in_no_time() -> None:
    found = failure(TALE, (4, 4), {"layers": "1200", "dim": "2560", "heads": "10", "ffn": "7000"})
    assert "no grid up to 64 times as wide and high would hold it" in found.notes


@pytest.mark.parametrize("stages", [5, 6, 8])
def test_a_number_of_stages_that_leaves_one_idle(stages: int) -> None:
    found = failure(TALE, (9, 9), SMALL_TALE | {"layers": "7"}, stages)
    assert found.message == f"7 layers cannot be shared by {stages} regions evenly"
    assert found.notes == ("numbers of stages that can: 1, 2, 3, 4, 7",)


def test_two_repeated_layers() -> None:
    text = """model two {
  const n = 4
  dtype f16 accumulate f32
  layer a(x: [seq, n]) -> [seq, n] { weight w: [n, n] return x + x @ w @ w }
  layer b(x: [seq, n]) -> [seq, n] { weight w: [n, n] return x + x @ w @ w }
  forward(x: [seq, n]) -> [seq, n] { return repeat(2, b, repeat(2, a, x)) }
  decode = forward
}
"""
    found = failure(text, (4, 4), {})
    assert found.message == "more than one repeated layer in an entry cannot be placed yet"


def test_a_module_without_one_function_is_refused() -> None:
    module = compile_model(MLP, (2, 2), SMALL_MLP, stop_after="partition").module
    (function,) = operations_named(module, "dist.func")
    second = module.body.append(function.clone())
    second.attributes["sym_name"] = string("prefill")
    with pytest.raises(DiagnosticError, match="one function can be placed, but the module has 2"):
        Place().run(module, PassContext())
