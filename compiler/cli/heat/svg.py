"""Heat maps as SVG: the cells of one color are one path, so that a whole wafer stays small."""

from __future__ import annotations

from html import escape
from itertools import groupby

from ....ir.defects import Defects
from .maps import DEFECT, NOTHING, Color, HeatMap, Picture, coarse, levels, palette

LEVELS = 32
"""Colors of the scale."""
LARGEST_CELLS = 250
"""Cells of a map on its longer side; of a larger wafer a cell is several PEs."""
_PANEL = 320
"""Pixels of a map's longer side, about."""
_MARGIN, _HEADING, _TITLE, _FOOT = 24, 30, 42, 62


def svg_of(picture: Picture) -> str:
    """Return the maps side by side, each with its scale and the outlines of the regions."""
    longer = max(picture.width, picture.height)
    step = -(-longer // LARGEST_CELLS)
    size = max(1, round(_PANEL * step / longer))
    pixels = size / step
    wide, high = picture.width * pixels, picture.height * pixels
    panel = max(wide, 260.0)
    full_width = _MARGIN + len(picture.maps) * (panel + _MARGIN)
    full_height = _HEADING + _TITLE + high + _FOOT + 22
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{full_width:g}" height="{full_height:g}"'
        f' viewBox="0 0 {full_width:g} {full_height:g}" font-family="sans-serif" font-size="12">',
        "<style>.o{fill:none;stroke:#fff;stroke-width:1.5}.u{fill:none;stroke:#000;stroke-width:.5}"
        f".d{{fill:none;stroke:{_hex(DEFECT)};stroke-width:1.5}}</style>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        _text(_MARGIN, 22, picture.heading, "font-size='14' font-weight='bold'"),
    ]
    for index, heat in enumerate(picture.maps):
        x = _MARGIN + index * (panel + _MARGIN)
        parts.append(f'<g transform="translate({x:g} {_HEADING})">')
        parts += [_text(0, 18, heat.title, "font-weight='bold'"), *_meaning(heat)]
        parts.append(f'<g transform="translate(0 {_TITLE})">')
        parts.append(f'<rect width="{wide:g}" height="{high:g}" fill="{_hex(NOTHING)}"/>')
        parts += [
            *_cells(heat, step, size),
            *_outlines(picture, pixels),
            *_defects(picture.defects, pixels),
            "</g>",
        ]
        parts += [*_legend(heat, _TITLE + high + 10, panel)]
        parts += [_text(0, _TITLE + high + 50, heat.peak(), "font-size='10' fill='#444'"), "</g>"]
    cell = "a PE" if step == 1 else f"{step} x {step} PEs, with the largest of their numbers"
    red = "; dead PEs and links are red" if picture.defects else ""
    text = f"{picture.width} x {picture.height} PEs; a cell is {cell}{red}"
    parts.append(_text(_MARGIN, full_height - 8, text))
    return "\n".join([*parts, "</svg>", ""])


def _cells(heat: HeatMap, step: int, size: int) -> list[str]:
    """Return a path for each color that occurs: its cells, row by row, neighbours as one rectangle."""
    paths: dict[int, list[str]] = {}
    for row, line in enumerate(levels(heat, coarse(heat.values, step, step), LEVELS).tolist()):
        column = 0
        for level, run in groupby(line):
            count = len(list(run))
            if level >= 0:
                data = f"M{column * size} {row * size}h{count * size}v{size}h-{count * size}z"
                paths.setdefault(level, []).append(data)
            column += count
    height, width = heat.values.shape
    colors = palette(LEVELS)
    # An inner picture cuts the last cells, of which only a part may be on the wafer, at its edge.
    inner = f'<svg width="{width * size / step:g}" height="{height * size / step:g}"'
    body = [
        f'<path fill="{_hex(colors[level])}" d="{"".join(data)}"/>' for level, data in sorted(paths.items())
    ]
    return [f'{inner} shape-rendering="crispEdges">', *body, "</svg>"]


def _outlines(picture: Picture, pixels: float) -> list[str]:
    """Return each region's outline, light and dark, so that it is seen on any color."""
    found: list[str] = []
    for region in picture.regions:
        x, y = region.x * pixels, region.y * pixels
        place = f'x="{x:g}" y="{y:g}" width="{region.width * pixels:g}" height="{region.height * pixels:g}"'
        found.append(
            f'<g><title>{escape(region.name)}</title><rect class="o" {place}/><rect class="u" {place}/></g>'
        )
    return found


def _defects(defects: Defects, pixels: float) -> list[str]:
    """Return a cross on each dead PE, and a bar across each dead link."""
    size = max(pixels, 3.0)
    lines = [
        f"M{x * pixels:g} {y * pixels:g}l{size:g} {size:g}m0 -{size:g}l-{size:g} {size:g}"
        for x, y in defects.pes
    ]
    lines += [f"M{(x + 1) * pixels:g} {y * pixels:g}v{size:g}" for x, y in defects.east]
    lines += [f"M{x * pixels:g} {(y + 1) * pixels:g}h{size:g}" for x, y in defects.south]
    return [f'<path class="d" d="{"".join(lines)}"/>'] if lines else []


def _legend(heat: HeatMap, y: float, width: float) -> list[str]:
    """Return the scale as a row of colors with its ends and its middle."""
    colors = palette(LEVELS)
    part = width / LEVELS
    rects = [
        f'<rect x="{index * part:g}" y="{y:g}" width="{part + 0.5:g}" height="10" fill="{_hex(color)}"/>'
        for index, color in enumerate(colors)
    ]
    anchors = (("start", 0.0), ("middle", 0.5), ("end", 1.0))
    texts = [
        _text(width * place, y + 24, heat.number(heat.top * place), f"text-anchor='{anchor}'")
        for anchor, place in anchors
    ]
    return [*rects, *texts]


def _meaning(heat: HeatMap) -> list[str]:
    """Return what the numbers are."""
    return [_text(0, 33, heat.meaning, "font-size='10' fill='#444'")]


def _text(x: float, y: float, text: str, attributes: str = "") -> str:
    space = " " if attributes else ""
    return f'<text x="{x:g}" y="{y:g}"{space}{attributes}>{escape(text)}</text>'


def _hex(color: Color) -> str:
    return "#{:02x}{:02x}{:02x}".format(*color)
