"""Heat maps in the terminal: half blocks in color, or digits where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, zip_longest

import numpy as np
from numpy.typing import NDArray
from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.text import Text

from ..heat.maps import HeatMap, Picture, coarse, levels, palette
from .floor_plan import DEFECT, FREE

MAP_COLUMNS = 96
"""The widest that a map may become."""
_LEVELS = 24
_DIGITS = 10
_DEAD = -2


def heat_maps(picture: Picture, console: Console) -> RenderableType:
    """Return the maps one below the other, each with its scale."""
    columns = min(MAP_COLUMNS, max(16, console.width - 2))
    fancy = console.color_system is not None
    parts: list[RenderableType] = [Text(), Text(picture.heading, "bold" if fancy else "")]
    draw = _fancy if fancy else _plain
    for heat in picture.maps:
        parts += [Text(), *draw(heat, columns, picture.defects.pes)]
    return Group(*parts, Text())


def _title(heat: HeatMap, across: int, down: int) -> Text:
    cell = (
        "a cell is a PE" if across == down == 1 else f"a cell is {across} x {down} PEs, the largest of them"
    )
    return Text.assemble((heat.title, "bold"), f": {heat.meaning}; {cell}")


def _fancy(heat: HeatMap, columns: int, dead: Sequence[tuple[int, int]]) -> list[RenderableType]:
    """Return title, map and scale in color; a character is two cells, one above the other."""
    width = heat.values.shape[1]
    across = -(-width // columns)
    wide = 2 if across == 1 and 2 * width <= columns else 1
    # A cell that is two characters wide is a whole line high, or it would not be square.
    down = across
    cells = _rows(levels(heat, coarse(heat.values, across, down), _LEVELS), dead, across, down)
    colors = ["#{:02x}{:02x}{:02x}".format(*color) for color in palette(_LEVELS)]
    text = _wide_cells(cells, colors) if wide == 2 else _half_blocks(cells, colors)
    scale = Text.assemble(f"{heat.number(0)} ", *((" ", Style(bgcolor=color)) for color in colors))
    scale.append(f" {heat.number(heat.top)}   {heat.peak()}")
    return [_title(heat, across, down), text, scale]


def _rows(
    cells: NDArray[np.int64], dead: Sequence[tuple[int, int]], across: int, down: int
) -> list[list[int]]:
    """Return the cells row by row; one without a number is marked where a PE is dead."""
    rows: list[list[int]] = cells.tolist()
    for x, y in dead:
        if rows[y // down][x // across] < 0:
            rows[y // down][x // across] = _DEAD
    return rows


def _wide_cells(cells: list[list[int]], colors: list[str]) -> Text:
    text = Text(no_wrap=True)
    for number, row in enumerate(cells):
        text.append("\n" if number else "")
        for level, run in groupby(row):
            count = len(list(run))
            if level == _DEAD:
                text.append(f"{DEFECT} " * count, "red")
            elif level < 0:
                text.append(f"{FREE} " * count, "dim")
            else:
                text.append("  " * count, Style(bgcolor=colors[level]))
    return text


def _half_blocks(cells: list[list[int]], colors: list[str]) -> Text:
    text = Text(no_wrap=True)
    nothing = [-1] * len(cells[0])
    for number, (upper, lower) in enumerate(zip_longest(cells[::2], cells[1::2], fillvalue=nothing)):
        text.append("\n" if number else "")
        for (above, below), run in groupby(zip(upper, lower, strict=True)):
            count = len(list(run))
            if above < 0 and below < 0:
                text.append(*((DEFECT * count, "red") if _DEAD in (above, below) else (FREE * count, "dim")))
            elif above < 0:
                text.append("▄" * count, Style(color=colors[below]))
            else:
                under = None if below < 0 else colors[below]
                text.append("▀" * count, Style(color=colors[above], bgcolor=under))
    return text


def _plain(heat: HeatMap, columns: int, dead: Sequence[tuple[int, int]]) -> list[RenderableType]:
    """Return title, map and scale without color: a digit is the tenth of the scale that a value is in."""
    width = heat.values.shape[1]
    across = -(-width // columns)
    down = 2 * across if 2 * width > columns else 1
    cells = _rows(levels(heat, coarse(heat.values, across, down), _DIGITS), dead, across, down)
    marks = {_DEAD: DEFECT, -1: FREE}
    space = " " if down == 1 else ""
    lines = [space.join(marks.get(level) or str(level) for level in row).rstrip() for row in cells]
    scale = f"a digit is a tenth of {heat.number(heat.top)}; {heat.peak()}"
    return [_title(heat, across, down), Text("\n".join(lines), no_wrap=True), Text(scale)]
