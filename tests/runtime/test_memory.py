"""Memory of many PEs takes no more than what is touched."""

import resource
import sys
from pathlib import Path

import numpy as np
import pytest

from wsc.runtime.memory import zeroed_sram


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * resource.getpagesize()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asks Linux what is resident")
def test_a_few_bytes_of_each_pe_take_little() -> None:
    before = resident_bytes()
    sram = zeroed_sram(8192, 48 * 1024)
    sram[:, 0] = 7
    sram[:, -1] = 8
    taken = resident_bytes() - before
    assert 8192 * resource.getpagesize() < taken < sram.nbytes // 4


def test_it_is_zero_and_each_pe_has_its_own() -> None:
    sram = zeroed_sram(3, 12)
    assert sram.shape == (3, 6)
    sram[1] = 5
    assert sram.sum(axis=1).tolist() == [0, 30, 0]
    sram.view(np.float32)[2, 1] = 1.5
    assert sram[2].tolist() == [0, 0, 0, 0x3FC0, 0, 0]


@pytest.mark.parametrize("shape", [(0, 8), (8, 0)])
def test_nothing(shape: tuple[int, int]) -> None:
    assert zeroed_sram(*shape).shape == (shape[0], shape[1] // 2)
