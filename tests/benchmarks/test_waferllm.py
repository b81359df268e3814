"""The comparison with published decode times runs the layer that it says, on the PEs that it says."""

from __future__ import annotations

import pytest
import waferllm
from waferllm import Published, compile_layer, read_published

from wsc.ir.runs import numbers_of, runs_of
from wsc.ir.target import load_target

TINY = load_target("tiny").target
HEAD = ",".join(waferllm.COLUMNS)
ROW = Published("LLaMA3-8B", 16, 24, 4, 3, 700)


def test_rows_are_read() -> None:
    text = f"# a comment\n{HEAD}\nA,2,16,24,4,6,10.5,700\n"
    assert read_published(text.splitlines()) == [Published("A", 16, 24, 4, 6, 700)]


@pytest.mark.parametrize(
    ("text", "message"),
    [("model,grid\n", "the columns are"), (f"{HEAD}\nA,2,16,x,4,6,1,700\n", "row 1: invalid literal")],
)
def test_a_file_that_is_none(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_published(text.splitlines())


def test_a_layer_takes_the_whole_grid() -> None:
    module = compile_layer({"dim": 16, "ffn": 24, "heads": 4, "kv_heads": 2, "context": 8}, 4, TINY)
    tiles = [op for op in module.body.operations if op.name == "pe.tile"]
    sizes = [[numbers_of(runs_of(op, key)).size for key in ("columns", "rows")] for op in tiles]
    assert sum(columns * rows for columns, rows in sizes) == 16


def test_both_layers(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(waferllm, "KEY_HEADS", {"LLaMA3-8B": 2})
    as_measured, own = waferllm.both(ROW, TINY, context=8)
    assert (as_measured.heads, as_measured.kv_heads, own.heads, own.kv_heads) == (1, 1, 4, 2)
    for found in (as_measured, own):
        assert found.cycles == found.breakdown.total > 0
    waferllm.print_row(ROW, own, "4 on 2")
    assert f"{own.cycles / 700:.2f}" in capsys.readouterr().out
