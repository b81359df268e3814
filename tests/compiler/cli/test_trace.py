"""`wsc run --trace`: the file it writes, what it says of it, and wrong command lines."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import numpy as np
import pytest

from wsc.compiler.cli.main import main

from ...support.traces import check_trace, outermost
from ...support.wdl import EXAMPLES
from .conftest import Command

PROMPT = "A t"
ROWS = ("run", "classifier.wdl", "--random-weights", "7", "--input", "x.npz", "--grid", "2x2")


@pytest.fixture
def rows(classifier: Path, folder: Path) -> Path:
    np.savez(folder / "x.npz", x=np.eye(6)[:2])
    return folder


@pytest.fixture(scope="module")
def tale(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("programs") / "tale.wsx"
    assert main(["compile", str(EXAMPLES / "tale" / "tale.wdl"), "-o", str(program), "--quiet"]) == 0
    program.with_suffix(".safetensors").write_bytes((EXAMPLES / "tale" / "tale.safetensors").read_bytes())
    return program


def test_the_tale(wsc: Command, tale: Path, folder: Path) -> None:
    arguments = ("run", str(tale), "--prompt", PROMPT, "--tokens", "2", "--trace", "t.json", "--json")
    done = wsc(*arguments, "--trace-pe", "3,4")
    assert done.status == 0, done.err
    data = (folder / "t.json").read_bytes()
    file, threads, names = check_trace(data)
    found = json.loads(done.out)
    about = file["otherData"]
    assert (about["model"], about["entry"], about["target"]) == ("tale", "decode", "tiny")
    assert "3, 4" in about["PEs"]
    assert f"{len(about['PEs'])} of 256 PEs are shown" in done.err
    assert "2 of 4 steps are shown in detail" in done.err
    assert f"wrote t.json, {len(data):,} bytes" in done.err

    tokens = threads[1, 1]
    assert len(tokens) == 4
    assert sum(token["dur"] for token in tokens[:3]) == found["prompt"]["cycles"]
    assert [token["dur"] for token in tokens[2:]] == [token["cycles"] for token in found["tokens"]]
    assert tokens[0]["name"] == "position 0 (prompt)"
    assert tokens[3]["name"] == f"position 3: {found['tokens'][1]['text']!r}"
    assert tokens[3]["args"]["token"] == found["tokens"][1]["id"]

    path = next(threads[key] for key, name in names.items() if name == "critical path")
    for kind, cycles in found["breakdown"].items():
        assert sum(slice["dur"] for slice in path if slice["name"] == kind) == 2 * cycles
    (layers,) = (threads[key] for key, name in names.items() if name == "layers" and key in threads)
    assert [layer["name"] for layer in layers[:3]] == ["layer 0", "layer 1", "layer 2"]
    assert sum(layer["dur"] for layer in layers[-6:]) == pytest.approx(6 * found["layer_cycles"])

    last = tokens[3]["ts"]
    for key, name in names.items():
        if name.startswith("PE "):
            slices = [slice for slice in outermost(threads[key]) if slice["ts"] >= last]
            assert slices[0]["ts"] == last
            ends = [slice["ts"] + slice["dur"] for slice in slices]
            assert [slice["ts"] for slice in slices[1:]] == ends[:-1]
    kinds = {word for slices in threads.values() for slice in slices for word in slice["cat"].split(",")}
    assert kinds >= {"compute", "software", "send", "receive", "wait", "layer", "token"}
    sends = [
        s for slices in threads.values() for s in slices if "send" in s["cat"] and "op" in s.get("args", {})
    ]
    assert all(slice["args"]["at"].startswith("tale.wdl:") for slice in sends[:50])
    assert all(slice["args"]["flow out"] for slice in sends)


def test_both_engines_show_the_same(wsc: Command, tale: Path, folder: Path) -> None:
    """One logs each instruction; of the other the instructions are found once more."""
    for engine in ("wavelet", "stream"):
        files = ("--trace", f"{engine}.json", "--heat-map", f"{engine}.svg")
        done = wsc("run", str(tale), "--timing-only", "--position", "40", "--engine", engine, *files)
        assert done.status == 0, done.err
    for kind in ("json", "svg"):
        assert (folder / f"wavelet.{kind}").read_bytes() == (folder / f"stream.{kind}").read_bytes()


def test_equal_runs_write_equal_files(wsc: Command, rows: Path) -> None:
    assert wsc(*ROWS, "--trace", "a.json", "--quiet").err == ""
    assert wsc(*ROWS, "--trace=b.json", "--json", "--heat-map", "m.svg").status == 0
    assert (rows / "a.json").read_bytes() == (rows / "b.json").read_bytes()
    file, threads, _ = check_trace((rows / "a.json").read_bytes())
    assert [token["name"] for token in threads[1, 1]] == ["position 0", "position 1"]
    assert file["otherData"]["left out"] == []


@pytest.mark.parametrize(
    ("options", "status", "says"),
    [
        (["--trace", "no/t.json"], 1, "no/t.json: cannot be written: No such file or directory"),
        (["--trace", "d.json"], 1, "d.json: cannot be written: Is a directory"),
        (["--trace", "/dev/full"], 1, "/dev/full: cannot be written: No space left on device"),
        (["--trace-pe", "0,0"], 2, "--trace-pe says what --trace shows"),
        (["--trace", "t.json", "--trace-pe", "2,0"], 2, "PE 2,0 is not on the 2 x 2 wafer"),
        (["--trace", "t.json", "--trace-pe", "1"], 2, "'1' is no PE; write it X,Y"),
        (["--trace", "x.svg", "--heat-map", "x.svg"], 2, "two options write 'x.svg'"),
        (["--trace", "x.json", "-o", "x.json"], 2, "two options write 'x.json'"),
    ],
)
def test_wrong_command_lines(wsc: Command, rows: Path, options: list[str], status: int, says: str) -> None:
    (rows / "d.json").mkdir()
    done = wsc(*ROWS, *options)
    assert done.status == status
    assert says in done.err
    assert ("front end" in done.err) == (
        "2,0" in options or "/dev/full" in options
    )  # else it is said at once
    assert not (rows / "t.json").exists()


def test_a_trace_into_a_pipe(wsc: Command, rows: Path) -> None:
    os.mkfifo(rows / "pipe")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((rows / "pipe").read_bytes()))
    reader.start()
    assert wsc(*ROWS, "--trace", "pipe").status == 0
    reader.join(timeout=10)
    check_trace(read[0])


def test_a_run_that_goes_wrong_writes_nothing(wsc: Command, rows: Path) -> None:
    values = np.eye(6)[:2]
    values[1, 3] = np.nan
    np.savez("x.npz", x=values)
    done = wsc(*ROWS, "--trace", "t.json", "--heat-map", "m.png")
    assert done.status == 4
    assert [path.name for path in rows.glob("*.json")] == [path.name for path in rows.glob("*.png")] == []
