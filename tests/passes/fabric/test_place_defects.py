"""Pass place on wafers with defects: no region has one inside, or the error says what is in the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir.attributes import IntegerAttr, SymbolRefAttr
from wsc.ir.defects import DefectMap, Defects
from wsc.ir.diagnostics import Diagnostic, DiagnosticError
from wsc.ir.dialects.fabric import numbers
from wsc.ir.operation import Operation
from wsc.passes.base import PassContext, operations_named, symbols
from wsc.passes.fabric.place import Place

from ...support.compiled import SMALL_TALE, TINY, compile_model
from ...support.wdl import TALE

GRID = (8, 6)
BEFORE = compile_model(TALE, GRID, SMALL_TALE, stop_after="combine-collectives").module


def placed(defects: Defects, grid: tuple[int, int] = GRID, module: Operation = BEFORE) -> Operation:
    copy = module.clone()
    target = replace(TINY.with_grid(*grid), defects=defects)
    copy.attributes["fabric.target"] = target.to_attribute()
    Place().run(copy, PassContext())
    return copy


def failure(defects: Defects, grid: tuple[int, int] = GRID, module: Operation = BEFORE) -> Diagnostic:
    with pytest.raises(DiagnosticError) as caught:
        placed(defects, grid, module)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def defects_inside(module: Operation, defects: Defects) -> list[str]:
    """The defects inside the instances of a module."""
    regions = symbols(operations_named(module, "fabric.region"))
    found: list[str] = []
    for instance in operations_named(module, "fabric.instance"):
        region = regions[instance.attribute("region", SymbolRefAttr).leaf]
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        found += DefectMap(defects).inside(*numbers(instance, "origin"), width, height)
    return found


@st.composite
def some_defects(draw: st.DrawFn) -> Defects:
    point = st.tuples(st.integers(0, GRID[0] - 1), st.integers(0, GRID[1] - 1))
    pes = draw(st.lists(point, max_size=12))
    links = draw(st.lists(st.tuples(point, st.sampled_from("ES")), max_size=6))
    return Defects.of(pes, [(x, y, way) for (x, y), way in links]).within(*GRID)


@settings(max_examples=6)
@given(some_defects())
def test_regions_lie_between_defects_or_the_error_names_them(defects: Defects) -> None:
    try:
        module = placed(defects)
    except DiagnosticError as error:
        (diagnostic,) = error.diagnostics
        assert f"between the {len(defects)} defects of the 8 x 6 PEs" in diagnostic.message
        assert diagnostic.notes[0] == f"defects: {defects.listing()}"
        return
    assert defects_inside(module, defects) == []
    assert str(placed(defects)) == str(module)


def test_a_defect_moves_a_region() -> None:
    without = placed(Defects())
    middle = Defects.of([(0, 0)])
    assert defects_inside(without, middle)
    assert not defects_inside(placed(middle), middle)


def test_what_is_said_when_there_is_no_place() -> None:
    """A wall of dead PEs in every second column leaves room for one column at a time."""
    wall = Defects.of([(x, y) for x in range(0, 8, 2) for y in range(6) if (x, y) != (0, 0)])
    memory = compile_model(
        TALE, GRID, SMALL_TALE | {"dim": "64", "ffn": "512", "vocab": "512"}, stop_after="combine-collectives"
    ).module
    found = failure(wall, module=memory)
    assert found.message == (
        "no place was found for the model between the 23 defects of the 8 x 6 PEs of target 'tiny'"
    )
    assert [str(note) for note in found.notes] == [
        "defects: PE (2, 0), PE (4, 0), PE (6, 0), PE (0, 1), PE (2, 1), PE (4, 1) and 17 more",
        "the largest rectangle without a defect has 1 x 6 PEs, at (1, 0)",
        "the smallest regions that hold it: one of 5 x 1 and 2 of 8 x 1 PEs",
        "on 8 x 6 PEs without defects it would fit",
    ]
    assert str(found).startswith("m.wdl:")


def test_the_number_of_layers_that_would_fit() -> None:
    sizes = {"layers": "18", "dim": "32", "heads": "2", "kv_heads": "1", "ffn": "64", "context": "16"}
    module = compile_model(TALE, (4, 4), sizes, stop_after="combine-collectives").module
    defects = Defects.of([(1, 1), (2, 2)])
    assert "between these defects 15 of its 18 layers would fit" in failure(defects, (4, 4), module).notes
    fewer = compile_model(TALE, (4, 4), sizes | {"layers": "15"}, stop_after="combine-collectives").module
    assert defects_inside(placed(defects, (4, 4), fewer), defects) == []
