"""The encoder on the wafer: it restores lost letters, as in NumPy, on grids that divide nothing."""

from __future__ import annotations

import json

import pytest

from wsc.compiler.cli.main import main

from ..support.wdl import EXAMPLES

MODEL = EXAMPLES / "encoder" / "encoder.wdl"
TEXT = (EXAMPLES / "encoder" / "encoder.txt").read_text("ascii")
WINDOW = 32


@pytest.mark.parametrize(("start", "grid"), [(0, "5x3"), (303, "11x7")])
def test_it_restores(start: int, grid: str, capsys: pytest.CaptureFixture[str]) -> None:
    whole = TEXT[start : start + WINDOW]
    given = "".join("_" if place % 9 == 4 else letter for place, letter in enumerate(whole))
    assert (
        main(["run", str(MODEL), "--entry", "encode", "--prompt", given, "--grid", grid, "--check", "--json"])
        == 0
    )
    found = json.loads(capsys.readouterr().out)
    assert found["text"] == whole
    assert found["window"]["rows"] == WINDOW
    assert found["check"]["tokens_equal"]
