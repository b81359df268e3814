"""The floor plan of the wafer as a map of characters, with a legend."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from string import ascii_lowercase, ascii_uppercase

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from ....ir.target import Target
from ..floor import PlacedRegion

LETTERS = ascii_uppercase + ascii_lowercase
COLORS = ("cyan", "green", "yellow", "magenta", "blue", "red", "bright_cyan", "bright_green")
FREE = "·"
DEFECT = "×"
MAP_COLUMNS = 64
"""The widest that a map may become; a larger wafer is scaled down."""
LEGEND_ROWS = 24
_DEAD = -2
"""Stands for a dead PE where a map's cells have the numbers of regions."""


@dataclass(frozen=True, slots=True)
class Scale:
    """What one cell of the map stands for: `across` x `down` PEs, drawn as `characters` characters."""

    across: int
    down: int
    characters: int


def map_scale(width: int, columns: int = MAP_COLUMNS) -> Scale:
    """Return the scale at which a wafer `width` PEs wide fits into `columns` and keeps its proportions.

    A character is about twice as high as wide.
    """
    if 2 * width <= columns:
        return Scale(1, 1, 2)
    across = -(-width // columns)
    return Scale(across, 2 * across, 1)


def map_cells(regions: Sequence[PlacedRegion], width: int, height: int, scale: Scale) -> list[list[int]]:
    """Return the map's rows: for each cell the index of the region with most of it, -1 where all is free."""
    rows = -(-height // scale.down)
    cells = [[-1] * -(-width // scale.across) for _ in range(rows)]
    best = [[0] * len(row) for row in cells]
    for index, region in enumerate(regions):
        for row in range(region.y // scale.down, (region.y + region.height - 1) // scale.down + 1):
            tall = _overlap(row * scale.down, scale.down, region.y, region.height)
            for column in range(region.x // scale.across, (region.x + region.width - 1) // scale.across + 1):
                area = tall * _overlap(column * scale.across, scale.across, region.x, region.width)
                if area > best[row][column]:
                    best[row][column] = area
                    cells[row][column] = index
    return cells


def _overlap(start: int, length: int, other_start: int, other_length: int) -> int:
    """Return how much two ranges have in common."""
    return max(0, min(start + length, other_start + other_length) - max(start, other_start))


def letter(index: int) -> str:
    """Return the letter of a region; after 52 they begin anew."""
    return LETTERS[index % len(LETTERS)]


def _style(index: int) -> str:
    return f"black on {COLORS[index % len(COLORS)]}"


def wafer_map(
    regions: Sequence[PlacedRegion],
    width: int,
    height: int,
    scale: Scale,
    dead: Iterable[tuple[int, int]] = (),
) -> Text:
    """Return the map as text, one line a row of cells; a cell without region is marked where a PE is dead."""
    text = Text(no_wrap=True)
    cells = map_cells(regions, width, height, scale)
    for x, y in dead:
        row, column = y // scale.down, x // scale.across
        if cells[row][column] < 0:
            cells[row][column] = _DEAD
    for number, row in enumerate(cells):
        if number:
            text.append("\n")
        for index, run in groupby(row):
            count = len(list(run))
            if index == _DEAD:
                text.append(DEFECT.ljust(scale.characters) * count, "red")
            elif index < 0:
                text.append(FREE.ljust(scale.characters) * count, "dim")
            else:
                text.append(letter(index) * scale.characters * count, _style(index))
    return text


def legend(regions: Sequence[PlacedRegion], data_bytes: int) -> Table:
    """Return a table of the regions: letter, name, shape, place, layers, memory of each PE."""
    table = Table(box=None, padding=(0, 1))
    for heading, right in (
        *(("", False), ("region", False), ("PEs", True), ("at", True), ("layers", True)),
        ("SRAM/PE", True),
        ("full", True),
    ):
        table.add_column(heading, justify="right" if right else "left", no_wrap=True)
    for index, region in enumerate(regions[:LEGEND_ROWS]):
        first, end = region.layers
        sram = region.sram_bytes_per_pe
        table.add_row(
            Text(letter(index), _style(index)),
            region.name,
            f"{region.width} x {region.height}",
            f"{region.x}, {region.y}",
            "" if first == end else str(first) if end == first + 1 else f"{first} to {end - 1}",
            "" if sram is None else f"{sram:,} B",
            "" if sram is None else f"{sram / data_bytes:.0%}",
        )
    if len(regions) > LEGEND_ROWS:
        table.add_row("", f"and {len(regions) - LEGEND_ROWS} more")
    return table


def floor_plan(regions: Sequence[PlacedRegion], target: Target, console: Console) -> RenderableType:
    """Return map and legend, beside each other where `console` is wide enough."""
    width, height = target.width, target.height
    scale = map_scale(width, min(MAP_COLUMNS, max(16, console.width - 4)))
    used = sum(region.width * region.height for region in regions)
    cell = "one PE" if scale.across == scale.down == 1 else f"{scale.across} x {scale.down} PEs"
    title = Text(
        f"floor plan: {width} x {height} PEs of {target.name}, {used / (width * height):.0%} used; "
        f"a cell is {cell}"
    )
    picture = wafer_map(regions, width, height, scale, target.defects.pes)
    explanation = legend(regions, target.data_bytes)
    cells_wide = -(-width // scale.across) * scale.characters
    if cells_wide + 3 + console.measure(explanation).maximum > console.width:
        return Group(Text(), title, picture, explanation, Text())
    grid = Table.grid(padding=(0, 3, 0, 0))
    grid.add_row(picture, explanation)
    return Group(Text(), title, grid, Text())
