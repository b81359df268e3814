"""Memory for the SRAM of many PEs, of which few bytes may ever be touched."""

from __future__ import annotations

import mmap
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray


def zeroed_sram(pes: int, sram_bytes: int) -> NDArray[np.uint16]:
    """Return uint16[pes, sram_bytes / 2] of zeros.

    Small pages are asked for: NumPy asks for huge ones, and then a step without data, which touches a few
    bytes of each PE, would take all of the wafer's memory.
    """
    if pes * sram_bytes == 0:
        return np.zeros((pes, sram_bytes // 2), np.uint16)
    memory = mmap.mmap(-1, pes * sram_bytes)
    if hasattr(mmap, "MADV_NOHUGEPAGE"):
        # A kernel without huge pages refuses the advice, and needs none.
        with suppress(OSError):
            memory.madvise(mmap.MADV_NOHUGEPAGE)
    return np.frombuffer(memory, np.uint16).reshape(pes, sram_bytes // 2)
