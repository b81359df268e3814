"""The GPT-2-style example on the wafer: it recites its text, within its table of positions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wsc.compiler.cli.main import main

from ..support.wdl import EXAMPLES

MODEL = EXAMPLES / "gpt2" / "gpt2.wdl"
TEXT = (EXAMPLES / "gpt2" / "gpt2.txt").read_text("ascii")
NO_CACHES = """model positions {
  const vocab = 256, dim = 6, context = 4
  dtype f16 accumulate f32
  weight wte: [vocab, dim], wpe: [context, dim]
  forward(tokens: [seq] index) -> [seq, vocab] { return (wte[tokens] + wpe[position]) @ transpose(wte) }
  decode = greedy(forward)
}
"""


@pytest.mark.parametrize(("start", "grid"), [(0, "9x7"), (321, "16x16")])
def test_it_recites(start: int, grid: str, capsys: pytest.CaptureFixture[str]) -> None:
    prompt, tokens = TEXT[start : start + 12], 6
    arguments = ["--prompt", prompt, "--tokens", str(tokens), "--grid", grid]
    assert main(["run", str(MODEL), *arguments, "--check", "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["text"] == TEXT[start + 12 : start + 12 + tokens]
    assert found["check"]["tokens_equal"]


def test_a_table_of_positions_bounds_the_text(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "positions.wdl"
    path.write_text(NO_CACHES)
    run = ["run", str(path), "--grid", "2x2", "--random-weights", "1", "--prompt", "abc", "--quiet"]
    assert main([*run, "--tokens", "2"]) == 2
    assert "do not fit into the model's context of 4" in capsys.readouterr().err
    assert main([*run, "--tokens", "1", "--check"]) == 0
