"""`wsc opt`: IR in, passes, IR out."""

import io
from pathlib import Path

import pytest

from wsc.ir.parser import parse_module

from .conftest import Command

MODULE = """\
"builtin.module"() ({
  %0 = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>
}) {nn.model = "m"} : () -> ()
"""


def test_no_passes(wsc: Command, folder: Path) -> None:
    (folder / "m.mlir").write_text(MODULE, "utf-8")
    done = wsc("opt", "m.mlir")
    assert (done.status, done.out, done.err) == (0, MODULE, "")


def test_a_pass_on_stdin(wsc: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(MODULE))
    done = wsc("opt", "-", "-p", "dce")
    assert done.status == 0
    assert "nn.constant" not in done.out
    assert not parse_module(done.out).body.operations


def test_output_file_and_timing(wsc: Command, folder: Path) -> None:
    (folder / "m.mlir").write_text(MODULE, "utf-8")
    done = wsc("opt", "m.mlir", "-p", "dce,dce", "-o", "out.mlir", "--timing")
    assert (done.status, done.out) == (0, "")
    assert done.err.count("dce") == 2
    assert "nn.constant" not in (folder / "out.mlir").read_text("utf-8")


def test_what_compile_stops_at_goes_on_here(
    wsc: Command, classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = wsc("compile", "classifier.wdl", "--grid", "2x2", "--stop-after", "place").out
    routed = wsc("compile", "classifier.wdl", "--grid", "2x2", "--stop-after", "route").out
    monkeypatch.setattr("sys.stdin", io.StringIO(stopped))
    assert wsc("opt", "-", "-p", "route").out == routed


def test_a_wrong_pipeline_gets_a_caret(wsc: Command) -> None:
    done = wsc("opt", "-", "-p", "dce,plac{x=1}")
    assert done.status == 2
    assert "did you mean 'place'?" in done.err
    assert "1 | dce,plac{x=1}\n  |     ^^^^" in done.err


@pytest.mark.parametrize(
    "text", ['"nn.foo"() : () -> (', '"nn.foo"() : () -> ()\n', MODULE.replace("f16>}", "f16>")]
)
def test_wrong_ir(wsc: Command, folder: Path, text: str) -> None:
    (folder / "m.mlir").write_text(text, "utf-8")
    done = wsc("opt", "m.mlir")
    assert done.status == 1
    assert "m.mlir:" in done.err
    assert done.out == ""


def test_a_missing_file(wsc: Command) -> None:
    done = wsc("opt", "missing.mlir")
    assert done.status == 1
    assert "missing.mlir: cannot be read" in done.err
