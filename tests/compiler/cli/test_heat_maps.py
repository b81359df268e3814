"""Heat maps: what they count, that nothing is lost when they are scaled down, and the files they end in."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rich.console import Console

from wsc.compiler.cli.floor import PlacedRegion
from wsc.compiler.cli.heat.glyphs import FONT, text_pixels
from wsc.compiler.cli.heat.maps import HeatMap, Picture, coarse, levels, link_maps, palette, sram_map
from wsc.compiler.cli.heat.png import png_of
from wsc.compiler.cli.heat.svg import LARGEST_CELLS, svg_of
from wsc.compiler.cli.heat.svg import LEVELS as SVG_LEVELS
from wsc.compiler.cli.views.heat_map import heat_maps
from wsc.ir.defects import Defects

from ...support.wafers import line_broadcast
from .conftest import Command

REGION = PlacedRegion("block.0", "block", 1, 0, 2, 2, (0, 2), 1500)


def heat(values: list[list[float]], top: float = 10.0, unit: str = "%") -> HeatMap:
    return HeatMap("use", "what it is", np.array(values, np.float64), top, unit)


def picture(*maps: HeatMap, width: int = 4, height: int = 2) -> Picture:
    return Picture("a model: 1 step", maps, [REGION], width, height)


# ---- numbers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("engine", ["wavelet", "stream"])
def test_what_a_broadcast_puts_on_links(engine: str) -> None:
    """All but the last PE of a row send each of 12 wavelets on to the east, and nobody north or south."""
    wafer = line_broadcast(5, 12)
    result = wafer.run_step(engine=engine, count_loads=True)
    assert result.loads is not None
    across, along = link_maps(result.loads, result.cycles, wafer.pe_index)
    share = 100 * 12 / result.cycles
    assert across.values.tolist() == [[share, share, share, share, 0]]
    assert across.top == share
    assert (along.values == 0).all()
    assert along.top == 1  # a scale from 0 to 0 would be none


def test_where_there_are_no_pes_there_is_no_number() -> None:
    loads = np.zeros((4, 1, 3), np.int64)
    loads[3, 0, 1] = 5
    across, along = link_maps(loads, 10, np.array([[0, -1, -1]], np.int32))
    assert np.array_equal(across.values, [[0, 50, np.nan]], equal_nan=True)  # wavelets pass where none runs
    assert np.array_equal(along.values, [[0, np.nan, np.nan]], equal_nan=True)


def test_memory_is_that_of_the_regions() -> None:
    found = sram_map([REGION], 4, 2, 34_304)
    nan = np.nan
    assert np.array_equal(found.values, [[nan, 1500, 1500, nan]] * 2, equal_nan=True)
    assert found.number(found.top) == "34,304 B"


@settings(max_examples=30)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 9), st.integers(1, 9), st.randoms())
def test_the_largest_number_of_a_cell_is_shown(
    width: int, height: int, across: int, down: int, random: Any
) -> None:
    values = np.array(
        [[random.choice([np.nan, random.random()]) for _ in range(width)] for _ in range(height)]
    )
    found = coarse(values, across, down)
    assert found.shape == (-(-height // down), -(-width // across))
    for row, line in enumerate(found.tolist()):
        for column, value in enumerate(line):
            part = values[row * down : (row + 1) * down, column * across : (column + 1) * across]
            known = part[~np.isnan(part)]
            assert value == known.max() if known.size else np.isnan(value)


def test_where_the_largest_number_is() -> None:
    assert heat([[1, 3], [3, np.nan]]).peak() == "largest: 3 % at PE (1, 0) and 1 other"
    assert heat([[0, 1], [3, np.nan]], unit="B").peak() == "largest: 3 B at PE (0, 1)"
    assert heat([[np.nan]]).peak() == ""


def test_levels_are_equal_parts_of_the_scale() -> None:
    shown = heat([[0.0, 0.9, 1.0, 9.9, 10.0, 12.0, np.nan]])
    assert levels(shown, shown.values, 10).tolist() == [[0, 0, 1, 9, 9, 9, -1]]
    brightness = [sum(color) for color in palette(250)]
    assert brightness == sorted(brightness)


# ---- PNG -------------------------------------------------------------------------------------------


def decoded(data: bytes) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Return the pixels and the palette of a PNG with a byte a pixel, after checking its chunks."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, chunks = 8, dict[bytes, bytes]()
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        (check,) = struct.unpack(">I", data[at + 8 + length : at + 12 + length])
        assert check == zlib.crc32(name + body)
        chunks[name] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"PLTE", b"IDAT", b"IEND"]
    width, height, *kind = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert kind == [8, 3, 0, 0, 0]
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert (rows[:, 0] == 0).all()
    return rows[:, 1:], np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)


def test_a_png_has_each_pe_in_its_color() -> None:
    shown = heat([[0, 2, 4, np.nan], [6, 8, 10, 0]])
    pixels, colors = decoded(png_of(picture(shown)))
    assert pixels.max() < len(colors)
    # A PE is 80 x 80 pixels; the largest areas of one color are the PEs' (0 stands at two).
    expected = {80 * 80 for _ in range(5)} | {2 * 80 * 80}
    areas = np.bincount(pixels.reshape(-1), minlength=256)[:250]
    big = np.flatnonzero(areas > 4000)
    assert big.tolist() == [0, 50, 100, 150, 200, 249]
    assert (areas[big] <= max(expected) + 2000).all()
    corner = np.argwhere(pixels == 150)[0]
    assert pixels[corner[0] + 40, corner[1] + 40 + 80] == 200
    assert (colors[:250] == palette(250)).all()


def test_a_whole_wafer_is_a_pixel_a_pe() -> None:
    values = np.arange(994 * 750, dtype=np.float64).reshape(994, 750)
    shown = HeatMap("use", "all", values, float(values.max()), "%")
    pixels, _ = decoded(png_of(picture(shown, width=750, height=994)))
    top, left = np.argwhere(pixels == 0)[0]  # the first PEs, whose outline begins beside them
    assert pixels[top + 993, left + 749] == 249
    assert pixels[top + 500, left + 300] == int(values[500, 300] / values.max() * 250)


def test_the_font() -> None:
    assert text_pixels("I").sum() == 3 + 5 + 3
    assert text_pixels("Q1").shape == (9, 12)
    assert (text_pixels("ü") == text_pixels("?")).all()
    assert len({glyph.tobytes() for glyph in FONT.values()}) == len(FONT)
    assert set(FONT) >= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,:;%()-/_")


# ---- SVG -------------------------------------------------------------------------------------------

SVG = "{http://www.w3.org/2000/svg}"


def test_an_svg_has_the_cells_the_outline_and_the_scale() -> None:
    text = svg_of(picture(heat([[0, 0, 10, np.nan], [5, 0, 10, 10]])))
    root = ElementTree.fromstring(text)
    paths = [(path.get("fill"), path.get("d")) for path in root.iter(f"{SVG}path")]
    colors = ["#{:02x}{:02x}{:02x}".format(*color) for color in palette(SVG_LEVELS)]
    assert paths == [
        (colors[0], "M0 0h160v80h-160zM80 80h80v80h-80z"),
        (colors[16], "M0 80h80v80h-80z"),
        (colors[31], "M160 0h80v80h-80zM160 80h160v80h-160z"),
    ]
    outlines = [rect for rect in root.iter(f"{SVG}rect") if rect.get("class") == "o"]
    assert [(rect.get("x"), rect.get("width"), rect.get("height")) for rect in outlines] == [
        ("80", "160", "160")
    ]
    texts = [node.text for node in root.iter(f"{SVG}text")]
    for part in ("a model: 1 step", "use", "what it is", "0 %", "5 %", "10 %"):
        assert part in texts
    assert "block.0" in [node.text for node in root.iter(f"{SVG}title")]


def test_defects_are_marked() -> None:
    defects = Defects.of([(3, 0)], [(0, 0, "E"), (0, 0, "S")])
    shown = Picture("m", [heat([[0, 2, 4, np.nan], [6, 8, 10, 0]])], [], 4, 2, defects)
    root = ElementTree.fromstring(svg_of(shown))
    (path,) = (path for path in root.iter(f"{SVG}path") if path.get("class") == "d")
    assert path.get("d") == "M240 0l80 80m0 -80l-80 80M80 0v80M0 80h80"
    pixels, colors = decoded(png_of(shown))
    red = np.flatnonzero((colors == (220, 20, 20)).all(axis=1))
    assert (pixels == red[0]).sum() == 2 * 80 + 2 * 80 + 2 * 80 - 1  # the bars meet in a pixel
    assert "0 2 4 ×" in rendered(shown, 80)
    assert any("×" in line for line in rendered(shown, 80, "truecolor"))


def test_names_are_escaped() -> None:
    text = svg_of(Picture("<&>", [heat([[1.0]])], [], 1, 1))
    root = ElementTree.fromstring(text)
    assert "<&>" in [node.text for node in root.iter(f"{SVG}text")]


def test_an_svg_of_a_whole_wafer_is_small() -> None:
    values = np.random.default_rng(1).random((994, 750)) * 10
    text = svg_of(picture(HeatMap("use", "all", values, 10.0, "%"), width=750, height=994))
    assert len(text) < 2_000_000
    assert "994" in text
    assert f"{-(-994 // LARGEST_CELLS)} x " in text


# ---- the terminal ----------------------------------------------------------------------------------


def rendered(shown: Picture, width: int, color: Any = None) -> list[str]:
    console = Console(
        file=io.StringIO(), width=width, force_terminal=color is not None, color_system=color, highlight=False
    )
    with console.capture() as capture:
        console.print(heat_maps(shown, console))
    return [line.rstrip() for line in capture.get().splitlines()]


def test_without_colors_a_digit_is_a_tenth() -> None:
    lines = rendered(picture(heat([[0, 2, 4, np.nan], [6, 8, 10, 0]])), 80)
    assert "0 2 4 ·" in lines
    assert "6 8 9 0" in lines
    assert "a digit is a tenth of 10 %; largest: 10 % at PE (2, 1)" in lines


def test_in_color_cells_are_square() -> None:
    lines = rendered(picture(heat([[0, 2, 4, np.nan], [6, 8, 10, 0]])), 80, "truecolor")
    low = "\x1b[48;2;{};{};{}m".format(*palette(24)[0])
    assert sum(low in line for line in lines) >= 2
    assert any("· " in line for line in lines)


@pytest.mark.parametrize("color", [None, "truecolor"])
@pytest.mark.parametrize("columns", [40, 90, 300])
def test_a_whole_wafer_fits(columns: int, color: Any) -> None:
    values = np.full((994, 750), np.nan)
    values[993, 749] = 10.0
    shown = Picture("a model", [HeatMap("use", "all", values, 10.0, "%")], [], 750, 994)
    lines = rendered(shown, columns, color)
    assert max(len(line) for line in lines if "\x1b" not in line) <= columns
    assert sum("9" in line and "·" in line for line in lines) == 1 if color is None else True
    assert sum("▀" in line or "▄" in line for line in lines) == (0 if color is None else 1)


# ---- the command -----------------------------------------------------------------------------------

RUN = ("run", "classifier.wdl", "--random-weights", "7", "--input", "x.npz", "--grid", "2x2")


@pytest.fixture
def rows(classifier: Path, folder: Path) -> Path:
    np.savez(folder / "x.npz", x=np.eye(6)[:2])
    return folder


def test_maps_in_files_and_on_stderr(wsc: Command, rows: Path) -> None:
    done = wsc(*RUN, "--heat-map=a.svg", "--heat-map", "b.png", "--heat-map", "--quiet")
    assert done.status == 0, done.err
    assert "classifier: the mean of 2 steps" in done.err
    assert done.err.count("a digit is a tenth of") == 3
    assert len(done.out.splitlines()) == 2
    assert (rows / "a.svg").read_text("utf-8").startswith("<svg")
    decoded((rows / "b.png").read_bytes())
    before = {name: (rows / name).read_bytes() for name in ("a.svg", "b.png")}
    again = wsc(*RUN, "--heat-map", "a.svg", "--heat-map=b.png")
    assert again.status == 0
    assert "wrote a.svg, " in again.err
    assert before == {name: (rows / name).read_bytes() for name in before}


@pytest.mark.parametrize(
    ("option", "status", "says"),
    [
        ("--heat-map=x.jpg", 2, "'x.jpg' ends neither in .svg nor in .png"),
        ("--heat-map=no/x.svg", 1, "no/x.svg: cannot be written: No such file or directory"),
        ("--heat-map=d.png", 1, "d.png: cannot be written: Is a directory"),
    ],
)
def test_files_that_cannot_be_written(wsc: Command, rows: Path, option: str, status: int, says: str) -> None:
    (rows / "d.png").mkdir()
    done = wsc(*RUN, option)
    assert done.status == status
    assert says in done.err
    assert done.out == ""
