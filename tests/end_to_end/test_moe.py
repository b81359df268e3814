"""The mixture of experts on the wafer: it recites its text, and calls the experts that the model calls."""

from __future__ import annotations

import json

import pytest

from wsc.compiler.cli.main import main

from ..support.wdl import EXAMPLES

MODEL = EXAMPLES / "moe" / "moe.wdl"
TEXT = (EXAMPLES / "moe" / "moe.txt").read_text("ascii")


@pytest.mark.parametrize("start", [0, 333])
def test_it_recites(start: int, capsys: pytest.CaptureFixture[str]) -> None:
    prompt, tokens = TEXT[start : start + 12], 6
    arguments = ["--prompt", prompt, "--tokens", str(tokens), "--grid", "9x7"]
    assert main(["run", str(MODEL), *arguments, "--check", "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["text"] == TEXT[start + 12 : start + 12 + tokens]
    assert found["check"]["tokens_equal"]
