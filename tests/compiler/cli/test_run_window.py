"""`wsc run --entry encode`: a whole window of rows in one execution, checked row by row."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wsc.compiler.cli.check import Checker
from wsc.compiler.frontend import compile_wdl
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.weights import random_weights
from wsc.runtime.session import Session

from .conftest import Command

MODEL = """model window {
  const vocab = 128, dim = 6, heads = 2, window = 5
  dtype f16 accumulate f32
  weight wq: [dim, dim], wk: [dim, dim], wv: [dim, dim], embed: [vocab, dim], head: [dim, vocab]
  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens]
    q = reshape(x @ wq, [seq, heads, dim / heads])
    k = reshape(x @ wk, [seq, heads, dim / heads])
    v = reshape(x @ wv, [seq, heads, dim / heads])
    return reshape(attention(q, k, v, causal = false), [seq, dim]) @ head
  }
  encode = greedy(forward)
}
"""
NUMBERS = """model numbers {
  const inputs = 6, classes = 3, window = 4
  dtype f32
  weight w: [inputs, classes], b: [classes]
  forward(x: [seq, inputs]) -> [seq, classes] { return tanh(x @ w + b) }
  encode = forward
}
"""
TEXT = "abcde"


@pytest.fixture
def model(folder: Path) -> Path:
    """A folder with both models."""
    (folder / "window.wdl").write_text(MODEL, "utf-8")
    (folder / "numbers.wdl").write_text(NUMBERS, "utf-8")
    return folder


def expected(text: str, rows: NDArray[Any], seed: int) -> tuple[NDArray[Any], ...]:
    """What the interpreter says of `rows`."""
    module = compile_wdl(text, "m.wdl", entries=["encode"])
    return NnInterpreter(module, random_weights(module, seed)).step("encode", rows, 0)


def test_tokens(wsc: Command, model: Path) -> None:
    options = ("--entry", "encode", "--random-weights", "2", "--grid", "3x2", "--prompt", TEXT)
    done = wsc("run", "window.wdl", *options, "--json", "--check", "-o", "window.wsx")
    assert done.status == 0
    found = json.loads(done.out)
    tokens, _ = expected(MODEL, np.frombuffer(TEXT.encode(), np.uint8).astype(np.int32), 2)
    assert [row["id"] for row in found["tokens"]] == tokens.tolist()
    assert [row["position"] for row in found["tokens"]] == [0, 1, 2, 3, 4]
    assert found["text"] == bytes(tokens.tolist()).decode()
    assert found["entry"] == "encode"
    assert found["prompt"] is None
    assert found["window"] == {"rows": 5, "cycles": round(5 * found["cycles_per_token"])}
    assert sum(found["breakdown"].values()) == pytest.approx(found["cycles_per_token"])
    assert found["estimated_cycles_per_token"] == pytest.approx(found["cycles_per_token"], rel=0.5)
    assert found["check"]["tokens_equal"] is True
    again = wsc("run", "window.wsx", "--random-weights", "2", "--prompt", TEXT)
    assert (again.status, again.out.rstrip("\n")) == (0, found["text"].rstrip("\n"))
    assert "5 rows, " in again.err


def test_numbers(wsc: Command, model: Path) -> None:
    rows = np.random.default_rng(1).standard_normal((4, 6)).astype(np.float32)
    np.savez("rows.npz", x=rows)
    options = ("--entry", "encode", "--random-weights", "5", "--grid", "2x2", "--input", "rows.npz")
    done = wsc("run", "numbers.wdl", *options, "--json", "--check")
    assert done.status == 0
    found = json.loads(done.out)
    (right,) = expected(NUMBERS, rows, 5)
    assert np.allclose([row["outputs"]["output0"] for row in found["tokens"]], right, rtol=0, atol=1e-6)
    assert found["text"] is None
    assert found["check"]["max_abs_error"] < 1e-6


def test_a_row_without_a_number(wsc: Command, model: Path) -> None:
    (model / "numbers.wdl").write_text(NUMBERS.replace("= forward", "= greedy(forward)"), "utf-8")
    rows = np.ones((4, 6), np.float32)
    rows[2, 5] = np.nan
    np.savez("rows.npz", x=rows)
    options = ("--entry", "encode", "--random-weights", "5", "--grid", "1x2", "--input", "rows.npz")
    done = wsc("run", "numbers.wdl", *options)
    assert done.status == 4
    assert "in row 2 no logit is a number" in done.err


def test_another_number_of_rows(wsc: Command, model: Path) -> None:
    options = ("--entry", "encode", "--random-weights", "2", "--grid", "2x1", "--prompt", "abc")
    done = wsc("run", "window.wdl", *options)
    assert done.status == 2
    assert "the prompt has 3 tokens, but the model takes 5 at once" in done.err
    assert "--set window=3" in done.err
    assert wsc("run", "window.wdl", *options, "--set", "window=3", "--check").status == 0


def test_a_wrong_row_is_a_mismatch(wsc: Command, model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    feed = Session.feed

    def swapped(session: Session, value: NDArray[Any]) -> None:
        feed(session, value[[1, 0, 2, 3, 4]])

    monkeypatch.setattr(Session, "feed", swapped)
    options = ("--entry", "encode", "--random-weights", "2", "--grid", "2x1", "--prompt", TEXT)
    done = wsc("run", "window.wdl", *options, "--check")
    assert done.status == 4
    assert "check failed" in done.err


def test_the_checker_counts_rows() -> None:
    model = compile_wdl(MODEL, "m.wdl", entries=["encode"])
    weights = random_weights(model, 3)
    rows = np.arange(5, dtype=np.int32)
    tokens, logits = NnInterpreter(model, weights).step("encode", rows, 0)
    checker = Checker(model, "encode", weights)
    wrong = tokens.copy()
    wrong[3] ^= 1
    checker.window(rows, wrong.tolist(), [logits])
    assert checker.result().problem == "1 of 5 tokens differ, the first at position 3"
