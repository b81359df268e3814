"""`wsc run --engine`: both engines give the same, and what happens at a conflict."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from wsc.runtime import machine as machine_module
from wsc.runtime.fault import FaultDetail, MachineFault
from wsc.runtime.stream_step import StreamSide

from .conftest import Command


@pytest.fixture
def rows(tmp_path: Path) -> str:
    """Inputs of the classifier."""
    path = tmp_path / "rows.npz"
    np.savez(path, x=np.random.default_rng(5).standard_normal((3, 6)).astype(np.float16))
    return str(path)


def run(wsc: Command, model: Path, rows: str, *options: str) -> dict[str, Any]:
    done = wsc(
        *("run", str(model), "--grid", "2x1", "--random-weights", "1", "--input", rows, "--json", *options)
    )
    assert done.status == 0, done.err
    return json.loads(done.out)


def test_both_engines_give_the_same(wsc: Command, classifier: Path, rows: str) -> None:
    wavelets = run(wsc, classifier, rows, "--engine", "wavelet", "--check")
    streams = run(wsc, classifier, rows, "--engine", "stream", "--check")
    assert (wavelets.pop("engine"), wavelets.pop("certificate")) == ("wavelet", None)
    assert streams.pop("engine") == "stream"
    assert streams.pop("certificate") in ("static", "checked")
    assert streams == wavelets


def test_the_summary_names_the_engine(wsc: Command, classifier: Path, rows: str) -> None:
    options = ["--grid", "2x1", "--random-weights", "1", "--input", rows, "--engine", "stream"]
    done = wsc("run", str(classifier), *options)
    assert done.status == 0
    assert "the stream engine is certified" in done.err


def conflict(*_: object, **__: object) -> None:
    detail = FaultDetail(1, 0, "wants the ramp to the core", 4, "y.reduce")
    raise MachineFault("conflict", "in cycle 9 two colors want the ramp to the core of PE (1, 0)", (detail,))


def test_a_conflict(wsc: Command, classifier: Path, rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(StreamSide, "run_step", conflict)
    options = ["--grid", "2x1", "--random-weights", "1", "--input", rows]
    done = wsc("run", str(classifier), *options, "--engine", "stream")
    assert done.status == 4
    assert "two colors want the ramp to the core of PE (1, 0)" in done.err
    assert "color 4, flow 'y.reduce'" in done.err
    assert "--engine auto turns to the wavelet engine" in done.err
    monkeypatch.setattr(machine_module, "AUTO_PES", 1)
    done = wsc("run", str(classifier), *options)
    assert done.status == 0
    assert done.err.count("two colors want the ramp") == 1
    assert "this step and the following ones: wavelet engine" in done.err


def test_a_conflict_after_the_first_step(
    wsc: Command, classifier: Path, rows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right, calls = StreamSide.run_step, [0]

    def later(*args: Any, **options: Any) -> Any:
        calls[0] += 1
        return right(*args, **options) if calls[0] == 1 else conflict()

    expected = run(wsc, classifier, rows)
    monkeypatch.setattr(StreamSide, "run_step", later)
    monkeypatch.setattr(machine_module, "AUTO_PES", 1)
    found = run(wsc, classifier, rows)
    assert calls == [2]
    assert found.pop("engine") == "stream+wavelet"
    assert found.pop("certificate") in ("static", "checked")
    assert found == {key: expected[key] for key in found}
