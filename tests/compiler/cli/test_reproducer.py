"""Reproducers as files: deterministic, never in the place of another, comments even where a line breaks."""

from pathlib import Path

import pytest

from wsc.compiler.cli.reproducer import Recorder, input_in, pipeline_in, plugins_in
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.passes.base import PassContext
from wsc.passes.common.dce import DCE

from .conftest import Command

MODULE = '%0 = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>\n'


@pytest.fixture
def broken_dce(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: DCE, module: Operation, context: PassContext) -> None:
        for op in module.body.operations:
            raise ValueError(f"lost\n{op.name}")

    monkeypatch.setattr(DCE, "run", broken)


@pytest.mark.usefixtures("broken_dce")
def test_the_same_failure_gives_the_same_file(wsc: Command, folder: Path) -> None:
    (folder / "m.mlir").write_text(MODULE, "utf-8")
    pipeline = "cse,\n  nn.func(cse),\n  dce,cse"
    for _ in range(2):
        assert wsc("opt", "m.mlir", "-p", pipeline).status == 3
    (path,) = folder.glob("wsc-reproducer-*")
    text = path.read_text("utf-8")
    assert pipeline_in(path.name, text) == "dce,cse"
    assert input_in(text) == "m.mlir"
    assert plugins_in(path.name, text) == []
    assert all(line.startswith("//") for line in text.split("\n\n")[0].split("\n"))
    assert "\n//   nn.func(cse),\n" in text
    assert len(parse_module(text).body.operations) == 1


@pytest.mark.usefixtures("broken_dce")
def test_an_input_in_another_folder_finds_its_sources_there(wsc: Command, folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    (inner / "x.wdl").write_text("model x {\n}\n", "utf-8")
    (inner / "m.mlir").write_text(MODULE.rstrip() + ' loc("x.wdl":1:7)\n', "utf-8")
    done = wsc("opt", "inner/m.mlir", "-p", "dce")
    (path,) = folder.glob("wsc-reproducer-*")
    again = wsc("opt", path.name, "--run-reproducer")
    for each in (done, again):
        assert each.status == 3
        assert "error: pass 'dce' raised ValueError: lost\n" in each.err
        assert " --> inner/x.wdl:1:7\n  |\n1 | model x {\n  |       ^\n" in each.err


@pytest.mark.usefixtures("broken_dce")
def test_what_replays_is_its_own_reproducer(wsc: Command, folder: Path) -> None:
    (folder / "m.mlir").write_text(MODULE, "utf-8")
    wsc("opt", "m.mlir", "-p", "dce,cse")
    (path,) = folder.glob("wsc-reproducer-*")
    again = wsc("opt", path.name, "--run-reproducer")
    assert again.status == 3
    assert f"= note: reproducer: {path}\n" in again.err
    assert list(folder.glob("wsc-reproducer-*")) == [path]
    wsc("opt", path.name, "--run-reproducer", "--verify-roundtrip")
    assert len(list(folder.glob("wsc-reproducer-*"))) == 2


def test_another_one_is_never_overwritten(folder: Path) -> None:
    recorder = Recorder(["opt"])
    first = recorder.write(ValueError("a"))
    first.write_bytes(b"of somebody else")
    second = recorder.write(ValueError("a"))
    assert first.read_bytes() == b"of somebody else"
    assert second != first
    assert recorder.write(ValueError("a")) == second
    assert sorted(folder.iterdir()) == sorted([first, second])
