"""Heat maps as data: a number for each PE of the wafer, with its unit and the end of its scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ....ir.defects import Defects
from ..floor import PlacedRegion

Color = tuple[int, int, int]

ANCHORS: tuple[Color, ...] = ((20, 14, 66), (92, 38, 138), (190, 52, 98), (243, 132, 48), (252, 232, 130))
"""Colors of the scale at equal distances; they grow lighter, so that it reads without colors, too."""
NOTHING: Color = (226, 226, 226)
"""Where there is no number."""
DEFECT: Color = (220, 20, 20)
"""Dead PEs and links."""


@dataclass(frozen=True, slots=True)
class HeatMap:
    """A number for each PE; `values` is float64 [height, width], nan where there is none.

    The scale goes from 0 to `top`, which is above 0. `unit` stands behind numbers.
    """

    title: str
    meaning: str
    values: NDArray[np.float64]
    top: float
    unit: str

    def number(self, value: float) -> str:
        """Return a value with its unit."""
        return f"{value:.3g} %" if self.unit == "%" else f"{value:,.0f} {self.unit}"

    def peak(self) -> str:
        """Return the largest number and where it is, at how many PEs if at several; '' if there is none."""
        if np.isnan(self.values).all():
            return ""
        largest = float(np.nanmax(self.values))
        places = np.argwhere(self.values == largest)
        y, x = places[0].tolist()
        more = len(places) - 1
        others = f" and {more:,} other{'s' if more > 1 else ''}" if more else ""
        return f"largest: {self.number(largest)} at PE ({x}, {y}){others}"


@dataclass(frozen=True, slots=True)
class Picture:
    """Heat maps of one wafer that belong together; regions are outlined and defects marked in each."""

    heading: str
    maps: Sequence[HeatMap]
    regions: Sequence[PlacedRegion]
    width: int
    height: int
    defects: Defects = field(default_factory=Defects)


def link_maps(loads: NDArray[np.int64], cycles: int, pe_index: NDArray[np.int32]) -> list[HeatMap]:
    """Return two maps of link use: links that lead east and west, and those that lead north and south.

    `loads` is [4, height, width], wavelets that left each router N, E, S, W within `cycles` cycles. A link
    carries one wavelet a cycle, so the share of cycles in which it did is their quotient. A PE's value is
    that of the busier of the two links which leave it; `pe_index` is -1 where no program runs.
    """
    share = 100.0 * loads / max(cycles, 1)
    found: list[HeatMap] = []
    for title, first, second in (("east and west", 1, 3), ("north and south", 0, 2)):
        values = np.maximum(share[first], share[second])
        values[(pe_index < 0) & (values == 0)] = np.nan
        meaning = "busy cycles of the busier of the two links that leave a PE"
        found.append(HeatMap(f"link use {title}", meaning, values, _top(values), "%"))
    return found


def sram_map(regions: Sequence[PlacedRegion], width: int, height: int, data_bytes: int) -> HeatMap:
    """Return the map of the bytes that buffers take in each PE, on a scale up to `data_bytes`."""
    values = np.full((height, width), np.nan)
    for region in regions:
        if region.sram_bytes_per_pe is not None:
            rows = slice(region.y, region.y + region.height)
            values[rows, region.x : region.x + region.width] = region.sram_bytes_per_pe
    meaning = f"bytes that buffers take in each PE, of {data_bytes:,} for data"
    return HeatMap("SRAM", meaning, values, float(data_bytes), "B")


def _top(values: NDArray[np.float64]) -> float:
    """Return the largest value as the end of a scale; 1 if all are 0 or there is none."""
    known = values[~np.isnan(values)]
    largest = float(known.max(initial=0.0))
    return largest if largest > 0 else 1.0


def coarse(values: NDArray[np.float64], across: int, down: int) -> NDArray[np.float64]:
    """Return the largest value of each cell of `across` x `down` PEs, nan where all are nan."""
    height, width = values.shape
    filled = np.where(np.isnan(values), -np.inf, values)
    filled = np.maximum.reduceat(filled, list(range(0, height, down)), axis=0)
    filled = np.maximum.reduceat(filled, list(range(0, width, across)), axis=1)
    return np.where(np.isneginf(filled), np.nan, filled)


def levels(heat: HeatMap, values: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """Return which of `count` equal parts of the scale each value falls into, -1 for nan."""
    scaled = np.nan_to_num(values, nan=0.0) / heat.top * count
    found = np.clip(scaled.astype(np.int64), 0, count - 1)
    return np.where(np.isnan(values), -1, found)


def scale_color(share: float) -> Color:
    """Return the color at a place of the scale, 0 to 1."""
    place = min(max(share, 0.0), 1.0) * (len(ANCHORS) - 1)
    index = min(int(place), len(ANCHORS) - 2)
    rest = place - index
    low, high = ANCHORS[index], ANCHORS[index + 1]
    red, green, blue = (round(a + (b - a) * rest) for a, b in zip(low, high, strict=True))
    return red, green, blue


def palette(count: int) -> list[Color]:
    """Return the colors of `count` equal parts of the scale."""
    return [scale_color((index + 0.5) / count) for index in range(count)]
