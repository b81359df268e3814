"""The map of the wafer: every region is on it, at its place, at any scale."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from wsc.compiler.cli.floor import PlacedRegion
from wsc.compiler.cli.views.floor_plan import FREE, MAP_COLUMNS, floor_plan, map_cells, map_scale, wafer_map
from wsc.ir.target import load_target


def region(name: str, x: int, y: int, width: int, height: int) -> PlacedRegion:
    return PlacedRegion(name, name, x, y, width, height, (0, 2), 1000)


def test_a_small_wafer_is_drawn_pe_by_pe() -> None:
    regions = [region("io", 0, 0, 2, 1), region("block", 3, 1, 1, 2)]
    scale = map_scale(4)
    assert (scale.across, scale.down) == (1, 1)
    picture = wafer_map(regions, 4, 3, scale).plain.splitlines()
    assert picture == ["AAAA" + 2 * (FREE + " "), 3 * (FREE + " ") + "BB", 3 * (FREE + " ") + "BB"]


def test_dead_pes_are_marked_where_no_region_lies() -> None:
    picture = wafer_map([region("io", 0, 0, 2, 1)], 3, 2, map_scale(3), [(2, 0), (1, 1)]).plain
    assert picture.splitlines() == ["AAAA× ", "· × · "]
    scaled = wafer_map([region("io", 0, 0, 1, 3)], 128, 4, map_scale(128), [(1, 3), (127, 0)]).plain
    assert (scaled[0], scaled[-1]) == ("A", "×")


@given(st.integers(1, 2000))
def test_a_map_fits(width: int) -> None:
    scale = map_scale(width)
    assert -(-width // scale.across) * scale.characters <= MAP_COLUMNS
    assert scale.characters == 2 or scale.down == 2 * scale.across


@given(st.integers(0, 700), st.integers(0, 900), st.integers(1, 50), st.integers(1, 90))
def test_no_region_is_lost_when_the_map_is_scaled_down(x: int, y: int, width: int, height: int) -> None:
    scale = map_scale(750)
    cells = map_cells([region("io", x, y, width, height)], 750, 994, scale)
    marked = [(row, column) for row, line in enumerate(cells) for column, at in enumerate(line) if at == 0]
    assert (y // scale.down, x // scale.across) in marked
    assert marked[-1] == ((y + height - 1) // scale.down, (x + width - 1) // scale.across)
    rows, columns = {row for row, _ in marked}, {column for _, column in marked}
    assert len(marked) == len(rows) * len(columns)


def test_a_cell_belongs_to_the_region_with_most_of_it() -> None:
    scale = map_scale(2 * MAP_COLUMNS)
    assert (scale.across, scale.down) == (2, 4)
    cells = map_cells([region("a", 0, 0, 1, 4), region("b", 1, 0, 1, 3)], 128, 8, scale)
    assert cells[0][0] == 0


@pytest.mark.parametrize("columns", [70, 200])
def test_the_legend_names_every_region(columns: int) -> None:
    console = Console(file=io.StringIO(), width=columns, force_terminal=False)
    target = load_target("tiny").target
    regions = [region("io.0", 0, 0, 4, 16), region("block.0", 4, 0, 6, 16), region("block.1", 10, 0, 6, 16)]
    with console.capture() as capture:
        console.print(floor_plan(regions, target, console))
    text = capture.get()
    assert "16 x 16 PEs of tiny, 100% used" in text
    for name in ("io.0", "block.0", "block.1", "6 x 16", "10, 0", "0 to 1", "1,000 B", "3%"):
        assert name in text
    assert max(map(len, text.splitlines())) <= columns


def test_many_regions_are_counted() -> None:
    console = Console(file=io.StringIO(), width=110, force_terminal=False)
    target = load_target("wse2").target
    regions = [region(f"block.{index}", index * 12, 0, 12, 900) for index in range(60)]
    with console.capture() as capture:
        console.print(floor_plan(regions, target, console))
    assert "and 36 more" in capture.get()
    assert "12 x 24 PEs" in capture.get()
