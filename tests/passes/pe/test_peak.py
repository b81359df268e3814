"""Memory for intermediate values before there are addresses: as much as there will be, or a little more."""

import pytest

from wsc.ir.attributes import IntegerAttr
from wsc.ir.parser import parse_module
from wsc.passes.base import operations_named
from wsc.passes.cost import CostModel
from wsc.passes.fabric.memory import MemoryNeed
from wsc.passes.pe.peak import temporary_bytes

from ...support.compiled import SMALL_TALE, TINY, PassTexts, compile_shaped
from ...support.wdl import TALE
from ..test_windows import BERT

KEPT = ('"weight"', '"cache"', '"constant"')


@pytest.mark.parametrize(
    ("text", "entry", "sizes"), [(TALE, "decode", SMALL_TALE), (BERT, "encode", {"window": "9"})]
)
def test_as_much_as_is_allocated(text: str, entry: str, sizes: dict[str, str]) -> None:
    watcher = PassTexts()
    compile_shaped(text, (3, 2), sizes, stages=1, entry=entry, watchers=[watcher])
    placed, allocated = (parse_module(watcher.texts[stage]) for stage in ("place", "allocate"))
    regions = {str(op.symbol_name): op for op in operations_named(placed, "fabric.region")}
    need = MemoryNeed(TINY, regions, {})
    for region in operations_named(allocated, "fabric.region"):
        name = str(region.symbol_name)
        before, model = str(regions[name]), CostModel(TINY, 3, 2)
        peak = temporary_bytes(regions[name], model)
        assert str(regions[name]) == before
        kept = sum(
            op.attribute("bytes", IntegerAttr).value
            for op in region.body.operations
            if op.name == "pe.buffer" and str(op.attributes["kind"]) in KEPT
        )
        taken = region.attribute("sram_bytes", IntegerAttr).value - kept
        assert taken <= peak <= 1.2 * taken
        assert peak < need.all_at_once(name, model)


def test_a_window_that_fits_only_because_values_share_memory() -> None:
    """All values at once would take several times what a PE has."""
    module = compile_shaped(BERT, (2, 2), {"window": "48", "ffn": "64"}, stages=1, entry="encode").module
    regions = operations_named(module, "fabric.region")
    assert all(region.attribute("sram_bytes", IntegerAttr).value <= TINY.data_bytes for region in regions)
    assert any(2 * region.attribute("sram_bytes", IntegerAttr).value > TINY.data_bytes for region in regions)
