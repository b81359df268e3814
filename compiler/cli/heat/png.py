"""Heat maps as PNG (RFC 2083, one byte a pixel, colors from a palette): a PE is a pixel or several."""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from ....ir.defects import Defects
from .glyphs import ADVANCE, HEIGHT, text_pixels
from .maps import DEFECT, NOTHING, Color, HeatMap, Picture, levels, palette

LEVELS = 250
"""Colors of the scale; the palette has room for a few others."""
_WHITE, _BLACK, _NOTHING, _GREY, _RED = range(LEVELS, LEVELS + 5)
_SMALLEST_PANEL = 320
"""Pixels of a map's longer side at least; a PE is several pixels on a smaller wafer."""
_MARGIN = 16
_LINE = HEIGHT + 5
_SCALE_HEIGHT = 10

Pixels = NDArray[np.uint8]


def png_of(picture: Picture) -> bytes:
    """Return the maps side by side, each with its scale and the outlines of the regions."""
    colors = [*palette(LEVELS), (255, 255, 255), (0, 0, 0), NOTHING, (90, 90, 90), DEFECT]
    return encode(_canvas(picture), colors)


def encode(pixels: Pixels, colors: list[Color]) -> bytes:
    """Return the PNG file of `pixels`, uint8 [height, width]: numbers of colors."""
    height, width = pixels.shape
    rows = np.zeros((height, width + 1), np.uint8)  # each row begins with its filter: none
    rows[:, 1:] = pixels
    header = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    chunks = (
        (b"IHDR", header),
        (b"PLTE", bytes(part for color in colors for part in color)),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _canvas(picture: Picture) -> Pixels:
    zoom = max(1, _SMALLEST_PANEL // max(picture.width, picture.height))
    wide, high = picture.width * zoom, picture.height * zoom
    longest = max(len(heat.meaning) for heat in picture.maps) * ADVANCE
    panel = max(wide, longest)
    top = _MARGIN + _LINE + 6
    map_top = top + 2 * _LINE
    shape = (
        map_top + high + 3 * _LINE + _SCALE_HEIGHT + _MARGIN + _LINE,
        _MARGIN + len(picture.maps) * (panel + _MARGIN),
    )
    canvas = np.full(shape, _WHITE, np.uint8)
    _write(canvas, _MARGIN, _MARGIN, picture.heading)
    for index, heat in enumerate(picture.maps):
        x = _MARGIN + index * (panel + _MARGIN)
        _write(canvas, x, top, heat.title)
        _write(canvas, x, top + _LINE, heat.meaning, _GREY)
        cells = levels(heat, heat.values, LEVELS)
        numbers = np.where(cells < 0, _NOTHING, cells).astype(np.uint8)
        block = np.repeat(np.repeat(numbers, zoom, axis=0), zoom, axis=1)
        for region in picture.regions:
            _outline(block, region.x * zoom, region.y * zoom, region.width * zoom, region.height * zoom)
        _mark(block, picture.defects, zoom)
        canvas[map_top : map_top + high, x : x + wide] = block
        _scale(canvas, heat, x, map_top + high + 6, panel)
    cell = f"{picture.width} x {picture.height} PEs; " + (
        "a pixel is a PE" if zoom == 1 else f"{zoom} x {zoom} pixels are a PE"
    )
    cell += "; dead PEs and links are red" if picture.defects else ""
    _write(canvas, _MARGIN, shape[0] - _LINE - 4, cell, _GREY)
    return canvas


def _outline(block: Pixels, x: int, y: int, width: int, height: int) -> None:
    """Draw a region's outline, of light and dark dots, so that it is seen on any color."""
    for line in (
        block[y, x : x + width],
        block[y + height - 1, x : x + width],
        block[y : y + height, x],
        block[y : y + height, x + width - 1],
    ):
        line[0::4] = line[1::4] = _WHITE
        line[2::4] = line[3::4] = _BLACK


def _mark(block: Pixels, defects: Defects, zoom: int) -> None:
    """Draw a cross on each dead PE, and a bar across each dead link."""
    cross = np.eye(zoom, dtype=np.bool_)
    for x, y in defects.pes:
        block[y * zoom : (y + 1) * zoom, x * zoom : (x + 1) * zoom][cross | cross[::-1]] = _RED
    for x, y in defects.east:
        block[y * zoom : (y + 1) * zoom, (x + 1) * zoom - 1 : (x + 1) * zoom + 1] = _RED
    for x, y in defects.south:
        block[(y + 1) * zoom - 1 : (y + 1) * zoom + 1, x * zoom : (x + 1) * zoom] = _RED


def _scale(canvas: Pixels, heat: HeatMap, x: int, y: int, width: int) -> None:
    """Draw the scale with its ends and its middle, and where the largest number is."""
    canvas[y : y + _SCALE_HEIGHT, x : x + width] = np.arange(width) * LEVELS // width
    for place in (0.0, 0.5, 1.0):
        text = heat.number(heat.top * place)
        left = x + round((width - len(text) * ADVANCE) * place)
        _write(canvas, left, y + _SCALE_HEIGHT + 4, text)
    _write(canvas, x, y + _SCALE_HEIGHT + 4 + _LINE, heat.peak(), _GREY)


def _write(canvas: Pixels, x: int, y: int, text: str, color: int = _BLACK) -> None:
    """Draw `text`; what does not fit on the canvas is cut off."""
    pixels = text_pixels(text)[:, : canvas.shape[1] - x]
    part = canvas[y : y + pixels.shape[0], x : x + pixels.shape[1]]
    part[pixels] = color
