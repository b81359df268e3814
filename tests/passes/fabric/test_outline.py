"""From one function to a region for each grid: work in order, ports where values change grids."""

import pytest

from wsc.ir.attributes import StringAttr
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.operation import Operation
from wsc.ir.verifier import verify
from wsc.passes.base import operations_named
from wsc.passes.fabric.outline import Transfer, grid_of, outline

from ...support.compiled import SMALL_MLP, SMALL_TALE, compile_model
from ...support.wdl import MLP, TALE


def outlined(
    text: str, sizes: dict[str, str]
) -> tuple[Operation, Operation, dict[str, Operation], list[Transfer]]:
    """The module before and after, its regions and transfers."""
    module = compile_model(text, (4, 3), sizes, stop_after="combine-collectives").module
    before = module.clone()
    (function,) = operations_named(module, "dist.func")
    grids = [str(op.symbol_name) for op in operations_named(module, "dist.grid")]
    regions, transfers = outline(module, function, grids)
    for op in operations_named(module, "dist.grid"):
        op.erase()  # the regions have their names now
    return before, module, regions, transfers


def test_one_grid() -> None:
    before, module, regions, transfers = outlined(MLP, SMALL_MLP)
    assert transfers == []
    assert list(regions) == ["io"]
    (function,) = operations_named(before, "dist.func")
    assert [op.name for op in regions["io"].body.operations] == [op.name for op in function.body.operations]
    assert operations_named(module, "dist.func") == []
    assert verify(module) == []


def test_two_grids() -> None:
    _, module, regions, transfers = outlined(TALE, SMALL_TALE)
    assert list(regions) == ["io", "block"]
    assert [(t.source, t.out, t.sink, t.into) for t in transfers] == [
        ("io", "out0", "block", "in0"),
        ("block", "out0", "io", "in0"),
    ]
    assert verify(module) == []
    for transfer in transfers:
        assert transfer.location_op.name == "fabric.receive"
        sends = [op for op in regions[transfer.source].body.operations if op.name == "fabric.send"]
        (send,) = (op for op in sends if op.attributes["port"] == StringAttr(transfer.out))
        sent, received = send.operands[0].type, transfer.location_op.results[0].type
        assert str(sent).replace(f"@{transfer.source}", f"@{transfer.sink}") == str(received)


def test_every_operation_goes_to_its_grid_in_order() -> None:
    before, _, regions, _ = outlined(TALE, SMALL_TALE)
    (function,) = operations_named(before, "dist.func")
    for grid, region in regions.items():
        wanted = [op.name for op in function.body.operations if grid_of(op) == grid]
        got = [op.name for op in region.body.operations if op.dialect != "fabric"]
        assert got == wanted


def test_a_grid_without_work() -> None:
    module = compile_model(MLP, (4, 3), SMALL_MLP, stop_after="combine-collectives").module
    (function,) = operations_named(module, "dist.func")
    with pytest.raises(DiagnosticError, match="grid 'idle' has no work"):
        outline(module, function, ["io", "idle"])
