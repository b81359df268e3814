"""The shapes of Llama 3 8B: a floor plan for all layers on a whole wafer, equal cycles from both engines."""

from pathlib import Path

import numpy as np
import pytest

from wsc.compiler.driver import CompileOptions, compile_module
from wsc.ir.attributes import IntegerAttr, SymbolRefAttr
from wsc.ir.dialects.fabric import numbers
from wsc.ir.operation import Operation
from wsc.ir.target import Target, load_target
from wsc.passes.base import operations_named, symbols
from wsc.runtime.module import machine_from_module

from ..support.wdl import EXAMPLES

MODEL = EXAMPLES / "llama3_8b.wdl"
WSE2 = load_target("wse2").target


def compiled(target: Target, overrides: dict[str, str], stop_after: str | None = None) -> Operation:
    options = CompileOptions(target, overrides=overrides, stop_after=stop_after)
    return compile_module(Path(MODEL).read_text("utf-8"), MODEL.name, options).module


@pytest.mark.slow
def test_all_layers_fit_a_wafer() -> None:
    """Only certain widths and heights do: those at which tiles become smaller."""
    module = compiled(WSE2, {}, stop_after="allocate")
    regions = symbols(operations_named(module, "fabric.region"))
    layers: list[int] = []
    taken = np.zeros((WSE2.height, WSE2.width), int)
    for instance in operations_named(module, "fabric.instance"):
        region = regions[instance.attribute("region", SymbolRefAttr).leaf]
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        (x, y), (first, end) = numbers(instance, "origin"), numbers(instance, "layers")
        taken[y : y + height, x : x + width] += 1
        layers += range(first, end)
        assert region.attribute("sram_bytes", IntegerAttr).value <= WSE2.data_bytes
        assert x + width <= WSE2.width
        assert y + height <= WSE2.height
    assert layers == list(range(32))
    assert taken.max() == 1


@pytest.mark.slow
def test_both_engines_give_the_same_cycles() -> None:
    target = WSE2.with_grid(64, 64)
    sizes = {"dim": 1024, "heads": 8, "kv_heads": 2, "ffn": 3584, "vocab": 8192, "context": 256, "layers": 1}
    module = compiled(target, {name: str(size) for name, size in sizes.items()})
    machine = machine_from_module(module, target)
    for position in (0, 200):
        stream, wavelet = (
            machine.run_step({"position": position}, engine=engine, data=False)
            for engine in ("stream", "wavelet")
        )
        assert stream.certificate is not None
        assert np.array_equal(stream.end_cycles, wavelet.end_cycles)
        assert (stream.link_hops, stream.wavelets) == (wavelet.link_hops, wavelet.wavelets)
