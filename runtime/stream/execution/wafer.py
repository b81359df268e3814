"""What the stream engine is given: the PEs of a machine, what they execute, their memories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..network import StreamNetwork
from .rows import Row


@dataclass(frozen=True, slots=True)
class Wafer:
    """The PEs of a machine in the order of `Machine.pe_index`, and the network between them."""

    rows: Sequence[Row]
    """The instructions of all programs."""
    first_rows: Sequence[int]
    """The first row of each program, ascending."""
    first_pc: NDArray[np.int64]
    """[PEs]"""
    registers: int
    preset: NDArray[np.int32]
    """[PEs, PRESET_REGISTERS] what does not change from launch to launch"""
    channels: NDArray[np.int32]
    """[tiles, channels] colors, -1 where there is none"""
    tile: NDArray[np.int32]
    """[PEs]"""
    instance: NDArray[np.int32]
    """[PEs] number of the instance that the PE belongs to"""
    network: StreamNetwork
    sram_bytes: int
    halves: NDArray[np.uint16]
    """Flat views of the memories, PE by PE."""
    floats: NDArray[np.float32]
    words: NDArray[np.int32]
    equal_layers: dict[int, bool] = field(default_factory=dict[int, bool])
    """Whether layers may recur in the loop over layers that ends at a row, where that has been asked for."""

    @property
    def pes(self) -> int:
        """Number of PEs."""
        return self.tile.size
