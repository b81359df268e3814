"""The cores' side of a machine as arrays: which PE runs what, its registers, its code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..ir.runs import Run, numbers_of
from . import bytecode as bc
from .bytecode import Program
from .fault import FaultDetail, MachineFault
from .prefetch import PADDING
from .route import Rect, rect_points
from .wavelet import state as st
from .wavelet.bitmap import bitmap
from .wavelet.state import Cores


@dataclass(frozen=True, slots=True)
class Crossing:
    """The PEs where columns and rows cross, both given as runs start, count, step."""

    columns: tuple[Run, ...]
    rows: tuple[Run, ...]

    def points(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the x and y of all PEs, row by row."""
        y, x = np.meshgrid(numbers_of(self.rows), numbers_of(self.columns), indexing="ij")
        return x.reshape(-1), y.reshape(-1)


@dataclass(frozen=True, slots=True)
class Tile:
    """The PEs of a strided rectangle or of a crossing (wafer coordinates) that run one program.

    `origin` is where their instance starts: the programs' coordinates count from there. `channels[c]` is
    the color of the program's channel `c`, -1 where it has none. `layers` is the instance's first layer
    and the one behind its last.
    """

    program: int
    place: Rect | Crossing
    origin: tuple[int, int] = (0, 0)
    channels: tuple[int, ...] = ()
    layers: tuple[int, int] = (0, 0)
    instance: str = ""


def tile_of_router(width: int, height: int, tiles: Sequence[Tile]) -> NDArray[np.int32]:
    """Return the number of each router's tile, -1 where there is none.

    Raises `MachineFault` where a tile lies off the wafer or on another tile.
    """
    result = np.full(width * height, -1, np.int32)
    for number, tile in enumerate(tiles):
        x, y = tile.place.points() if isinstance(tile.place, Crossing) else rect_points(tile.place)
        if x.size and (min(x.min(), y.min()) < 0 or x.max() >= width or y.max() >= height):
            detail = FaultDetail(int(x.max()), int(y.max()), "not on the wafer")
            raise MachineFault("off-wafer", f"a program lies off the {width} x {height} wafer", (detail,))
        routers = y * width + x
        taken = np.flatnonzero(result[routers] >= 0)
        if taken.size:
            details = tuple(
                FaultDetail(int(x[k]), int(y[k]), f"tiles {result[routers[k]]} and {number}")
                for k in taken.tolist()
            )
            raise MachineFault("program", "a PE has two programs", details)
        result[routers] = number
    return result


def code_table(programs: Sequence[Program]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return one table of all programs' instructions, jumps into it, and each program's first row."""
    first_rows = np.cumsum([0, *(len(program.code) for program in programs)]).astype(np.int64)
    parts: list[NDArray[np.int64]] = []
    for program, first in zip(programs, first_rows, strict=False):
        part = program.code.copy()
        part[:, bc.JUMP] += first
        parts.append(part)
    table = np.concatenate(parts) if parts else np.zeros((0, bc.ROW_FIELDS), np.int64)
    return table, first_rows[:-1]


def channel_table(tiles: Sequence[Tile]) -> NDArray[np.int32]:
    """Return int32[tiles, channels]: colors, -1 where a tile has no such channel."""
    longest = max((len(tile.channels) for tile in tiles), default=0)
    table = np.full((len(tiles), max(longest, 1)), -1, np.int32)
    for number, tile in enumerate(tiles):
        table[number, : len(tile.channels)] = tile.channels
    return table


def preset_registers(
    routers: NDArray[np.int64], width: int, tile_of_core: NDArray[np.int32], tiles: Sequence[Tile]
) -> NDArray[np.int32]:
    """Return int32[cores, PRESET_REGISTERS]: what does not change from launch to launch."""
    preset = np.zeros((routers.size, bc.PRESET_REGISTERS), np.int32)
    origins = np.array([tile.origin for tile in tiles], np.int64).reshape(-1, 2)[tile_of_core]
    layers = np.array([tile.layers for tile in tiles], np.int64).reshape(-1, 2)[tile_of_core]
    preset[:, bc.R_X] = routers % width - origins[:, 0]
    preset[:, bc.R_Y] = routers // width - origins[:, 1]
    preset[:, bc.R_LAYER_FIRST] = layers[:, 0]
    preset[:, bc.R_LAYER_COUNT] = layers[:, 1] - layers[:, 0]
    return preset


def make_cores(
    routers: NDArray[np.int64], tile_of_core: NDArray[np.int32], programs: Sequence[Program]
) -> Cores:
    """Return the arrays of cores at these routers; a launch sets what they start with."""
    count = routers.size
    starts = any((program.code[:, bc.OPCODE] >= bc.START_SEND).any() for program in programs)
    threads = 3 * count if starts else count
    bits, summary = bitmap(threads)
    registers = max((program.registers for program in programs), default=bc.PRESET_REGISTERS)
    return Cores(
        state=np.zeros(threads * st.CORE_FIELDS, np.int32),
        registers=np.zeros((count, registers), np.int32),
        awake=bits,
        awake_words=summary,
        stepping=np.zeros(threads + PADDING, np.int32),
        wheel=np.full(st.WHEEL_BUCKETS, -1, np.int32),
        end=np.full(count, -1, np.int64),
        router=routers.astype(np.int32),
        tile=tile_of_core,
    )
