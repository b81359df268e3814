"""Every operation of every level, those that a pass makes up too, says which lines of the model it is for."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings

from wsc.ir.attributes import SymbolRefAttr
from wsc.ir.location import AND_OTHERS, MOST_FUSED, FileLoc, FusedLoc, file_locations, fuse_locations
from wsc.ir.operation import Operation
from wsc.ir.program_file import program_bytes, read_program
from wsc.passes.base import Pass
from wsc.passes.manager import Instrumentation

from ..support.compiled import SMALL_MLP, SMALL_TALE, Compiled, compile_model, compile_shaped, front_end
from ..support.wdl import EXAMPLE_NAMES, MLP, TALE, example
from .test_random_models import models

SIZES = {"tale": SMALL_TALE, "mlp": SMALL_MLP}
"""Consts that make an example small; those without are small already."""


def lines(operation: Operation) -> list[int]:
    return [place.line for place in file_locations(operation.location)]


def unlocated(module: Operation, last_line: int) -> list[str]:
    """Operations that do not come from lines 1 to `last_line` of m.wdl, or name too many."""
    wrong: list[str] = []
    for op in module.walk():
        places = file_locations(op.location)
        inside = all(place.file == "m.wdl" and 1 <= place.line <= last_line for place in places)
        if not places or not inside or len(places) > MOST_FUSED:
            wrong.append(f"{op.name} {op.location}")
    return wrong


@dataclass
class Walker(Instrumentation):
    """Looks at the whole module after each pass."""

    last_line: int
    passes: int = 0

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        self.passes += 1
        assert unlocated(module, self.last_line) == [], f"after {pass_.name}"


def located(
    text: str,
    overrides: dict[str, str] | None = None,
    grid: tuple[int, int] = (8, 6),
    entry: str = "decode",
) -> Compiled:
    """Compile `text` and look at every operation on the way."""
    last = len(text.splitlines())
    assert unlocated(front_end(text, overrides, entry), last) == []
    walker = Walker(last)
    compiled = compile_model(text, grid, overrides, verify_each=False, watchers=[walker], entry=entry)
    assert walker.passes > 10
    return compiled


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_no_operation_of_an_example_is_without(name: str) -> None:
    text, entry = example(name)
    located(text, SIZES.get(name), (8, 6) if name in SIZES else (16, 16), entry)


@settings(max_examples=5)
@given(models())
def test_no_operation_of_a_random_model_is_without(text: str) -> None:
    located(text)


def test_they_survive_a_program_file(tmp_path: Path) -> None:
    compiled = located(MLP, SMALL_MLP)
    path = tmp_path / "m.wsx"
    path.write_bytes(program_bytes(compiled.module, compiled.model, "mlp", "decode", {}))
    program = read_program(path)
    before, after = (
        Counter((op.name, op.location) for op in module.walk() if op.name.startswith("pe."))
        for module in (compiled.module, program.module)
    )
    assert before == after


# ---- which lines


def of(text: str, found: Collection[int]) -> set[str]:
    """The first words of lines."""
    every = text.splitlines()
    return {every[line - 1].split()[0] for line in found}


@pytest.fixture(scope="module")
def tale() -> Operation:
    return compile_shaped(TALE, (4, 3), SMALL_TALE, stages=1, verify_each=False).module


def named(module: Operation, name: str) -> Operation:
    return next(op for op in module.walk() if op.symbol_name == name)


def test_an_address_is_for_those_who_read_there(tale: Operation) -> None:
    found: dict[str, set[str]] = {}
    for op in named(tale, "block").walk():
        if op.name == "pe.address":
            name = op.attribute("buffer", SymbolRefAttr).leaf
            found.setdefault(name, set()).update(of(TALE, lines(op)))
    assert found["block.wq"] == {"q"}
    assert found["block.norm1"] == {"h"}
    assert found["block.keys"] == {"k"}


def test_what_is_computed_once_is_for_all_who_use_it(tale: Operation) -> None:
    one = next(op for op in named(tale, "block").walk() if op.name == "pe.constant")
    assert {"h", "q", "k", "a", "y"} <= of(TALE, lines(one))


def test_a_region_is_where_its_layers_are_repeated(tale: Operation) -> None:
    assert "repeat(" in TALE.splitlines()[lines(named(tale, "block"))[0] - 1]


def test_routes_are_for_all_that_go_over_them(tale: Operation) -> None:
    routes = {op.attributes["flow"]: op for op in tale.walk() if op.name == "fabric.route"}
    found = {str(flow): of(TALE, lines(op)) for flow, op in routes.items()}
    assert found['"block.0.x.reduce"'] >= {"a", "y"}


def test_rotation_tables_are_for_queries_and_keys(tale: Operation) -> None:
    sine = [
        op
        for op in named(tale, "block").walk()
        if op.name == "pe.map" and str(op.attributes["fn"]) == '"sin"'
    ]
    assert all(of(TALE, lines(op)) == {"q", "k"} for op in sine)
    assert sine


# ---- fused locations


def test_many_places_are_cut_short() -> None:
    places = [FileLoc("m.wdl", line, 1) for line in range(1, MOST_FUSED + 3)]
    fused = fuse_locations(*places)
    assert fused == FusedLoc((*places[:MOST_FUSED], AND_OTHERS))
    assert fuse_locations(fused, places[0]) == fuse_locations(fused, places[-1]) == fused
    assert fuse_locations(fused, fused) == fused
    assert file_locations(fused) == tuple(places[:MOST_FUSED])
    assert fuse_locations(*places[:MOST_FUSED]) == FusedLoc(tuple(places[:MOST_FUSED]))
    assert str(fused).startswith('fused["m.wdl":1:1, ')
    assert str(fused).endswith(', "and others"]')
