"""`--heat-map`: adds up what the links carried, and shows or writes the maps when the run is over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....ir.operation import Operation
from ....ir.target import Target
from ....runtime.machine import Machine, StepResult
from ..context import Context
from ..files import check_output, write_file
from ..floor import placed_regions
from ..inspect_options import STDERR
from .maps import HeatMap, Picture, link_maps, sram_map


class HeatMapCollector:
    """Keeps the loads of the steps that made tokens. `files` are paths, or `STDERR` for the terminal."""

    def __init__(self, files: Sequence[str]) -> None:
        self._files = list(dict.fromkeys(files))
        self._loads: NDArray[np.int64] | None = None
        self._cycles = 0
        self._steps = 0
        for file in self._files:
            if file != STDERR:
                check_output(Path(file))

    def step(self, result: StepResult) -> None:
        """Add a step, which must have counted loads."""
        if result.loads is None:
            raise ValueError("the step did not count what links carried")
        self._loads = result.loads if self._loads is None else self._loads + result.loads
        self._cycles += result.cycles
        self._steps += 1

    def picture(self, module: Operation, machine: Machine, target: Target, name: str) -> Picture:
        """Return the maps of all steps so far. Raises `ValueError` if there was none."""
        if self._loads is None:
            raise ValueError("no step was added")
        regions = placed_regions(module)
        steps = "1 step" if self._steps == 1 else f"the mean of {self._steps} steps"
        heading = f"{name}: {steps}, {self._cycles / self._steps:,.0f} cycles"
        maps: list[HeatMap] = [
            *link_maps(self._loads, self._cycles, machine.pe_index),
            sram_map(regions, machine.width, machine.height, target.data_bytes),
        ]
        return Picture(heading, maps, regions, machine.width, machine.height, target.defects)

    def finish(self, picture: Picture, context: Context) -> None:
        """Write each file and show what is for the terminal. Raises `FileError`."""
        for file in self._files:
            if file == STDERR:
                from ..views.heat_map import heat_maps

                context.terminal.show(heat_maps(picture, context.terminal.console), asked=True)
                continue
            if file.endswith(".png"):
                from .png import png_of

                data = png_of(picture)
            else:
                from .svg import svg_of

                data = svg_of(picture).encode("utf-8")
            write_file(Path(file), data)
            context.terminal.announce(f"wrote {file}, {len(data):,} bytes")
