"""Vector instructions on the memories of all PEs of a group, with the vector unit that both engines share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ....ir.jit import entry, fingerprint
from ...arithmetic.vector import execute_vector
from .lanes import Value
from .rows import Row
from .wafer import Wafer

SOURCES = fingerprint(
    Path(__file__).parents[2] / "arithmetic",
    Path(__file__).parents[2] / "bytecode.py",
    Path(__file__),
    Path(__file__).parent / "mover.py",
)
"""Of what the machine code of vector instructions and of moving data is made."""
_OPERANDS = 15

Kernel = Callable[
    [
        int,
        int,
        int,
        int,
        NDArray[np.int64],
        NDArray[np.int64],
        NDArray[np.int32],
        NDArray[np.int32],
        NDArray[np.uint16],
        NDArray[np.float32],
        NDArray[np.int32],
        int,
    ],
    None,
]


def _make_kernel(sources: int) -> Kernel:
    def run_vectors(
        opcode: int,
        function: int,
        types: int,
        constant: int,
        operands: NDArray[np.int64],
        varying: NDArray[np.int64],
        table: NDArray[np.int32],
        pes: NDArray[np.int32],
        halves: NDArray[np.uint16],
        floats: NDArray[np.float32],
        words: NDArray[np.int32],
        sram_bytes: int,
    ) -> None:
        if sources < 0:
            return
        for lane in range(pes.size):
            for row in range(varying.size):
                operands[varying[row]] = table[row, lane]
            first, end = np.int64(pes[lane]) * sram_bytes, (np.int64(pes[lane]) + 1) * sram_bytes
            execute_vector(
                opcode,
                function,
                types,
                constant,
                operands,
                halves[first >> 1 : end >> 1],
                floats[first >> 2 : end >> 2],
                words[first >> 2 : end >> 2],
            )

    return entry(run_vectors)


_run_vectors = _make_kernel(SOURCES)


class VectorLanes:
    """The vector units of all PEs of a wafer."""

    def __init__(self, wafer: Wafer) -> None:
        self._wafer = wafer

    def execute(self, row: Row, operands: list[Value], pes: NDArray[np.int32]) -> None:
        """Do the vector instruction `row`, with checked operands, on the memory of each of `pes`."""
        wafer = self._wafer
        numbers = np.zeros(_OPERANDS, np.int64)
        places: list[int] = []
        tables: list[NDArray[np.int32]] = []
        for place, value in enumerate(operands):
            if isinstance(value, int):
                numbers[place] = value
            else:
                places.append(place)
                tables.append(value.values)
        table = np.stack(tables) if tables else np.zeros((0, 0), np.int32)
        _run_vectors(
            row.opcode,
            row.function,
            row.types,
            row.constant,
            numbers,
            np.array(places, np.int64),
            table,
            pes,
            wafer.halves,
            wafer.floats,
            wafer.words,
            wafer.sram_bytes,
        )
