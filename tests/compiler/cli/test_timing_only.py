"""`wsc run --timing-only`: the cycles of a run with data, without weights, input or results."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from wsc.compiler.cli import check, weights
from wsc.compiler.cli.main import main
from wsc.runtime import session

from ...support.wdl import EXAMPLES
from .conftest import CLASSIFIER, Command
from .test_run_window import MODEL as WINDOW


@pytest.fixture(scope="module")
def tale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small tale as a program; no weights lie beside it."""
    program = tmp_path_factory.mktemp("programs") / "tale.wsx"
    text = str(EXAMPLES / "tale" / "tale.wdl")
    options = ("--set", "layers=2", "--grid", "6x5", "-o", str(program), "--quiet")
    assert main(["compile", text, *options]) == 0
    return program


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever touches weights, or a PE's memory from outside, fails."""

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("data was touched")

    for module, names in (
        (weights, ("load_weights", "random_weights")),
        (session, ("scatter", "gather", "expand")),
        (check, ("NnInterpreter",)),
    ):
        for name in names:
            monkeypatch.setattr(module, name, fail)


@pytest.mark.usefixtures("no_data")
def test_one_position(wsc: Command, tale: Path) -> None:
    done = wsc("run", str(tale), "--timing-only", "--position", "40", "--json")
    assert done.status == 0, done.err
    found = json.loads(done.out)
    assert found["timing_only"] is True
    assert found["text"] is found["check"] is found["prompt"] is found["window"] is None
    (token,) = found["tokens"]
    assert set(token) == {"index", "position", "id", "text", "cycles", "latency_us"}
    assert (token["position"], token["id"], token["text"]) == (40, None, None)
    assert sum(found["breakdown"].values()) == found["cycles_per_token"] == token["cycles"]
    assert found["estimated_cycles_per_token"] is not None
    assert "time only" in done.err


def test_the_cycles_are_those_of_a_run_with_data(wsc: Command, tale: Path) -> None:
    whole = wsc("run", str(tale), "--random-weights", "3", "--prompt", "abc", "--tokens", "4", "--json")
    with_data = json.loads(whole.out)
    cycles = [token["cycles"] for token in with_data["tokens"]]
    timed = wsc("run", str(tale), "--timing-only", "--prompt", "abc", "--tokens", "4", "--json")
    without = json.loads(timed.out)
    assert [token["cycles"] for token in without["tokens"]] == cycles
    assert [token["position"] for token in without["tokens"]] == [2, 3, 4, 5]
    assert without["prompt"] == with_data["prompt"]
    for key in ("breakdown", "layer_cycles", "estimated_cycles_per_token", "tokens_per_second"):
        assert without[key] == with_data[key]
    later = wsc("run", str(tale), "--timing-only", "--position", "3", "--tokens", "2", "--quiet")
    assert (later.out, later.err) == (f"{cycles[1]}\n{cycles[2]}\n", "")


def test_a_window(wsc: Command, folder: Path) -> None:
    """A PE that looks its part of a token's row up has some branches more than one that need not."""
    (folder / "window.wdl").write_text(WINDOW, "utf-8")
    options = ("run", "window.wdl", "--entry", "encode", "--grid", "3x2")
    np.savez(folder / "tokens.npz", tokens=np.zeros(5, np.int32))
    whole = json.loads(wsc(*options, "--random-weights", "2", "--input", "tokens.npz", "--json").out)
    found = json.loads(wsc(*options, "--timing-only", "--json").out)
    assert found["window"] == whole["window"]
    assert found["breakdown"] == whole["breakdown"]
    assert [token["id"] for token in found["tokens"]] == [None] * 5
    assert wsc(*options, "--timing-only", "--quiet").out == f"{whole['window']['cycles']}\n"
    done = wsc(*options, "--timing-only", "--position", "1")
    assert done.status == 2
    assert "takes a window" in done.err


def test_a_model_of_numbers(wsc: Command, classifier: Path, folder: Path) -> None:
    np.savez(folder / "x.npz", x=np.eye(6)[:3])
    options = ("run", "classifier.wdl", "--grid", "2x2")
    whole = json.loads(wsc(*options, "--random-weights", "7", "--input", "x.npz", "--json").out)
    found = json.loads(wsc(*options, "--timing-only", "--input", "x.npz", "--json").out)
    assert [token["cycles"] for token in found["tokens"]] == [token["cycles"] for token in whole["tokens"]]
    assert len(json.loads(wsc(*options, "--timing-only", "--json").out)["tokens"]) == 1
    assert "no weights are read" in wsc(*options, "--timing-only", "--random-weights", "1").err


def test_traces_and_heat_maps_go_with_it(wsc: Command, tale: Path, folder: Path) -> None:
    options = ("--trace", "t.json", "--heat-map", "m.png")
    done = wsc("run", str(tale), "--timing-only", "--position", "7", *options, "--quiet")
    assert done.status == 0
    trace = json.loads((folder / "t.json").read_text("ascii"))
    names = [event["name"] for event in trace["traceEvents"] if event.get("cat") == "token"]
    assert names == ["position 7"]
    assert (folder / "m.png").stat().st_size > 1000


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--timing-only", "--check"], "--check compares numbers"),
        (["--position", "3", "--prompt", "a", "--random-weights", "1"], "--position 3 needs --timing-only"),
        (["--timing-only", "--position", "256"], "position 256 is not in the model's context of 256"),
        (["--timing-only", "--position", "250", "--tokens", "7"], "position 256 is not in"),
        (["--timing-only", "--position", "255", "--prompt", "ab"], "position 256 is not in"),
        (["--timing-only", "--position", "-1"], "'-1' is not a number from 0"),
        (["--timing-only", "--prompt", ""], "the prompt is empty"),
    ],
)
def test_wrong_command_lines(wsc: Command, tale: Path, options: list[str], says: str) -> None:
    done = wsc("run", str(tale), *options)
    assert done.status == 2
    assert says in done.err
    assert done.out == ""


def test_a_position_that_no_pe_can_count(wsc: Command, folder: Path) -> None:
    (folder / "m.wdl").write_text(CLASSIFIER, "utf-8")
    done = wsc("run", "m.wdl", "--grid", "2x2", "--timing-only", "--position", str(2**31))
    assert done.status == 2
    assert "larger than a PE can count" in done.err
