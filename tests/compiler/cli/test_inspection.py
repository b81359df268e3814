"""Dumps between passes, as `compile`, `run` and `opt` print them."""

import json
from pathlib import Path

import pytest

from wsc.ir.parser import parse_module

from ...support.programs import EQUAL_CONSTANTS
from .conftest import Command

COMPILE = ("compile", "classifier.wdl", "--grid", "2x2", "--quiet")


def heads(text: str) -> list[str]:
    """What the lines above the dumps say."""
    ends = "// -----// IR Dump ", " //----- //"
    return [
        line.removeprefix(ends[0]).removesuffix(ends[1])
        for line in text.splitlines()
        if line[:8] == ends[0][:8]
    ]


@pytest.fixture
def constants(folder: Path) -> str:
    """A module that only `cse` changes."""
    (folder / "constants.mlir").write_text(EQUAL_CONSTANTS, "utf-8")
    return "constants.mlir"


def test_before_and_after_passes(wsc: Command, constants: str) -> None:
    done = wsc("opt", constants, "-p", "dce,cse", "--print-ir-before=cse", "--print-ir-after=cse,dce")
    assert heads(done.err) == ["After DCE (dce)", "Before CSE (cse)", "After CSE (cse)"]
    assert done.err.count('"pe.constant"') == 2 + 2 + 1
    assert str(parse_module(done.err.split("//----- //\n")[-1])) + "\n" == done.out


@pytest.mark.parametrize(("when", "word"), [("before", "Before"), ("after", "After")])
@pytest.mark.parametrize("suffix", ["", "-all"])
def test_before_and_after_all(wsc: Command, constants: str, when: str, word: str, suffix: str) -> None:
    done = wsc("opt", f"--print-ir-{when}{suffix}", constants, "-p", "dce,cse")
    assert heads(done.err) == [f"{word} DCE (dce)", f"{word} CSE (cse)"]


def test_after_change(wsc: Command, constants: str) -> None:
    changing = wsc("opt", constants, "-p", "dce,cse,dce", "--print-ir-after-change")
    assert heads(changing.err) == ["After CSE (cse)"]
    listed = wsc("opt", constants, "-p", "dce,cse", "--print-ir-after-change", "--print-ir-after=dce")
    assert listed.err == ""


def test_after_failure(wsc: Command, constants: str) -> None:
    done = wsc("opt", constants, "-p", "cse,specialize,dce", "--print-ir-after-failure")
    assert done.status == 1
    assert heads(done.err) == ["After Specialize Failed (specialize)"]
    assert "no entry 'decode'" in done.err


def test_locations(wsc: Command, classifier: Path) -> None:
    del classifier
    done = wsc(*COMPILE, "--print-ir-after=fuse", "--stop-after", "fuse", "--print-locations")
    assert done.err.count('loc("classifier.wdl":6:') == done.out.count('loc("classifier.wdl":6:') > 3
    assert "loc(" not in wsc(*COMPILE, "--print-ir-after=fuse", "--stop-after", "fuse").err


def test_large_constants(wsc: Command, folder: Path) -> None:
    text = '"t.a"() {v = dense<[1, 2, 3]> : tensor<3xi64>} : () -> ()\n'
    (folder / "a.mlir").write_text(text, "utf-8")
    command = ("opt", "a.mlir", "--allow-unregistered-dialect", "-p", "cse", "--print-ir-after")
    elided = wsc(*command, "--elide-large", "2")
    for output in (elided.out, elided.err):
        assert "{v = dense_resource<__elided__> : tensor<3xi64>}" in output
    assert wsc(*command, "--elide-large", "3").out == wsc(*command).out
    wsc(*command, "--elide-large", "2", "-o", "b.mlir")
    assert (folder / "b.mlir").read_text("utf-8") == elided.out


def test_opt_dumps_to_a_folder(wsc: Command, constants: str, folder: Path) -> None:
    assert wsc("opt", constants, "-p", "dce,cse", "--dump-dir", "dumps").status == 0
    names = sorted(path.name for path in (folder / "dumps").glob("*.mlir"))
    assert names == ["00_input.mlir", "01_dce.mlir", "02_cse.mlir"]


@pytest.mark.parametrize("option", ["--print-ir-before", "--print-ir-after"])
def test_passes_that_do_not_run(wsc: Command, constants: str, option: str) -> None:
    done = wsc("opt", constants, "-p", "cse,dce", f"{option}=dse")
    assert done.status == 2
    assert f"{option}: pass 'dse' does not run; did you mean 'cse'?" in done.err
    assert "passes that run: cse, dce" in done.err


@pytest.mark.usefixtures("classifier")
@pytest.mark.parametrize("option", ["--print-ir-before-all", "--print-locations", "--elide-large=3"])
def test_run_looks_inside_only_where_it_compiles(wsc: Command, option: str) -> None:
    dumps = ("--print-ir-after=fuse", "--stop-after", "fuse")
    assert "IR Dump" in wsc("run", "classifier.wdl", "--quiet", *dumps, option).err
    assert wsc(*COMPILE).status == 0
    done = wsc("run", "classifier.wsx", option)
    assert done.status == 2
    assert f"{option.partition('=')[0]} is for compiling" in done.err


# ---- rewrites


def test_rewrites_on_stderr(wsc: Command, constants: str) -> None:
    done = wsc("opt", constants, "-p", "cse", "--trace-rewrites")
    assert done.err == (
        "// rewrite 1 cse: merge-equal at constants.mlir:3:8\n"
        '  - %1 = "pe.constant"() {value = 1 : i64} : () -> index\n'
        "  %1 is now %0\n"
    )
    assert parse_module(done.out)


def test_rewrites_in_a_file(wsc: Command, constants: str, folder: Path) -> None:
    plain = wsc("opt", constants, "-p", "cse", "--trace-rewrites")
    done = wsc("opt", constants, "-p", "cse", "--trace-rewrites=trace.txt")
    assert (done.err, done.out) == ("", plain.out)
    assert (folder / "trace.txt").read_text("utf-8") == plain.err


def test_rewrites_as_json(wsc: Command, classifier: Path, folder: Path) -> None:
    """One line for each; a trace from before is gone."""
    (folder / "trace.json").write_text("old\n", "utf-8")
    assert wsc(*COMPILE, "--trace-rewrites=trace.json").status == 0
    found = [json.loads(line) for line in (folder / "trace.json").read_text("utf-8").splitlines()]
    assert [rewrite["rewrite"] for rewrite in found] == list(range(1, len(found) + 1))
    assert {rewrite["pass"] for rewrite in found} >= {"fuse", "cse"}
    assert all(rewrite["location"][0]["file"] == "classifier.wdl" for rewrite in found)


def test_a_trace_that_cannot_be_written(wsc: Command, constants: str) -> None:
    done = wsc("opt", constants, "-p", "cse", "--trace-rewrites=nowhere/trace.txt")
    assert done.status == 1
    assert "nowhere/trace.txt: cannot be written: No such file or directory" in done.err
