"""`wsc opt`: parts of pipelines, what is verified, round trips, timing, a start without heavy imports."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import wsc.passes.round_trip
from wsc.ir.operation import Operation
from wsc.passes.base import PassContext
from wsc.passes.common.dce import DCE

from .conftest import Command

MODULE = """\
"nn.func"() ({
^bb0(%x: tensor<4xf16>):
  %0 = "nn.exp"(%x) : (tensor<4xf16>) -> tensor<4xf16>
  %1 = "nn.exp"(%x) : (tensor<4xf16>) -> tensor<4xf16>
  %2 = "nn.add"(%0, %1) : (tensor<4xf16>, tensor<4xf16>) -> tensor<4xf16>
  %3 = "nn.neg"(%2) : (tensor<4xf16>) -> tensor<4xf16>
  "nn.return"(%2) : (tensor<4xf16>) -> ()
}) {function_type = (tensor<4xf16>) -> tensor<4xf16>, sym_name = "f"} : () -> ()
"""
INVALID = MODULE.replace('"nn.return"(%2)', '"nn.return"()').replace(
    "(tensor<4xf16>) -> ()\n}", "() -> ()\n}"
)


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    (folder / "m.mlir").write_text(MODULE, "utf-8")
    (folder / "invalid.mlir").write_text(INVALID, "utf-8")


def test_nested_passes(wsc: Command) -> None:
    done = wsc("opt", "m.mlir", "--pass-pipeline", "builtin.module(nn.func(cse,dce))")
    assert done.status == 0
    assert done.out == wsc("opt", "m.mlir", "-p", "cse,dce").out
    assert done.out.count("nn.exp") == 1


@pytest.mark.parametrize(
    ("options", "same"),
    [
        (("--disable-pass", "cse"), "dce"),
        (("--disable-pass", "cse", "--disable-pass", "dce"), ""),
        (("--disable-pass", "simplify"), ""),
        (("--stop-after", "cse"), "cse"),
        (("--generic",), "cse,dce"),
    ],
)
def test_parts_of_a_pipeline(wsc: Command, options: tuple[str, ...], same: str) -> None:
    assert wsc("opt", "m.mlir", "-p", "cse,dce", *options).out == wsc("opt", "m.mlir", "-p", same).out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--disable-pass", "cze"), "unknown pass 'cze'; did you mean 'cse'?"),
        (("--disable-pass", "fuse"), "pass 'fuse' is not in the pipeline"),
        (("--stop-after", "fuse"), "pass 'fuse' is not in the pipeline"),
        (("--stop-after", "dze"), "unknown pass 'dze'; did you mean 'dce'?"),
        (("--print-ir-after=",), "--print-ir-after= names no pass"),
        (("--pretty", "--generic"), "--pretty prints another form than --generic"),
    ],
)
def test_what_is_not_there_or_does_not_go_together(
    wsc: Command, options: tuple[str, ...], message: str
) -> None:
    done = wsc("opt", "m.mlir", "-p", "cse,dce", *options)
    assert (done.status, done.out) == (2, "")
    assert message in done.err


def test_required_passes_may_be_left_out_here(wsc: Command) -> None:
    done = wsc("opt", "m.mlir", "-p", "specialize,cse", "--disable-pass", "specialize")
    assert done.out == wsc("opt", "m.mlir", "-p", "cse").out


def test_verification_can_be_switched_off(wsc: Command) -> None:
    assert wsc("opt", "invalid.mlir").status == 1
    assert wsc("opt", "invalid.mlir", "--verify-each").status == 1
    done = wsc("opt", "invalid.mlir", "--no-verify-each", "-p", "cse")
    assert done.status == 0
    assert '"nn.return"() : () -> ()' in done.out


def test_round_trips(wsc: Command) -> None:
    done = wsc("opt", "m.mlir", "-p", "cse,dce", "--verify-roundtrip")
    assert (done.status, done.err) == (0, "")
    assert done.out == wsc("opt", "m.mlir", "-p", "cse,dce").out


def misread(monkeypatch: pytest.MonkeyPatch, old: str, new: str) -> None:
    """Let the round trip read `new` wherever there is `old`."""
    parse = wsc.passes.round_trip.parse_module

    def wrong(text: str, name: str) -> Operation:
        return parse(text.replace(old, new), name)

    monkeypatch.setattr(wsc.passes.round_trip, "parse_module", wrong)


def test_an_input_that_reads_back_as_another(
    wsc: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misread(monkeypatch, "nn.neg", "nn.relu")
    done = wsc("opt", "m.mlir", "-p", "cse", "--verify-roundtrip")
    assert done.status == 3
    assert "before the first pass the module's text, without locations, reads back as another" in done.err
    assert '= note: line 7: %3 = "nn.neg"(%2)' in done.err
    assert '= note: becomes: %3 = "nn.relu"(%2)' in done.err
    assert [path.suffix for path in folder.glob("wsc-reproducer-*")] == [".txt"]


def test_a_pass_whose_module_does_not_read_back(
    wsc: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mark(self: DCE, module: Operation, context: PassContext) -> None:
        module.attributes["test.mark"] = module.body.operations[0].attributes["sym_name"]

    monkeypatch.setattr(DCE, "run", mark)
    misread(monkeypatch, "test.mark =", "test.mark")
    done = wsc("opt", "m.mlir", "-p", "cse,dce,cse", "--verify-roundtrip")
    assert done.status == 3
    assert "after pass 'dce' the module's text, without locations, cannot be read back" in done.err
    (path,) = folder.glob("wsc-reproducer-*.mlir")
    text = path.read_text("utf-8")
    assert "\n// options: --verify-roundtrip\n" in text
    assert "\n// pipeline: dce,cse\n" in text
    again = wsc("opt", path.name, "--run-reproducer")
    assert again.status == 3
    assert again.err.split("\n")[0] == done.err.split("\n")[0]


def test_a_reproducer_with_a_wrong_option(wsc: Command, folder: Path) -> None:
    (folder / "r.mlir").write_text(f"// options: --fast\n// pipeline: cse\n{MODULE}", "utf-8")
    done = wsc("opt", "r.mlir", "--run-reproducer")
    assert done.status == 1
    assert "--fast cannot stand there" in done.err


def test_timing(wsc: Command) -> None:
    done = wsc("opt", "m.mlir", "-p", "nn.func(cse,dce),cse", "--timing", "-o", "out.mlir")
    assert done.status == 0
    title, head, *rows, memory = done.err.splitlines()
    assert title == "time by step"
    assert head.split() == ["step", "seconds", "share", "operations", "memory"]
    assert "ru_maxrss" in memory
    assert [row.partition("  0.")[0].rstrip() for row in rows] == [
        " parser",
        " passes",
        "   nn.func",
        "     cse",
        "       nn.func @f",
        "     dce",
        "       nn.func @f",
        "   cse",
        " verifier",
        " printer",
        " total",
    ]
    assert "7 -> 6" in rows[3]


def test_timing_as_json(wsc: Command, classifier: Path) -> None:
    done = wsc("opt", "m.mlir", "-p", "nn.func(cse)", "--timing=json", "-o", "out.mlir")
    total = json.loads(done.err)
    assert [step["name"] for step in total["steps"]] == ["parser", "passes", "verifier", "printer"]
    assert total["seconds"] == pytest.approx(sum(step["seconds"] for step in total["steps"]))
    (nest,) = total["steps"][1]["steps"]
    (cse,) = nest["steps"]
    assert (nest["name"], cse["name"], cse["steps"][0]["name"]) == ("nn.func", "cse", "nn.func @f")
    assert (cse["operations_before"], cse["operations_after"]) == (7, 6)
    assert cse["peak_memory_growth_bytes"] >= 0
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet", "--json", "--timing=json")
    inside = json.loads(done.out)["timing"]
    assert inside == json.loads(done.err)
    assert [step["name"] for step in inside["steps"]] == ["front end", "passes", "verifier"]
    assert "timing" not in wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet", "--json").out


def test_timing_in_the_facts_of_a_run(wsc: Command, classifier: Path, folder: Path) -> None:
    np.savez(folder / "x.npz", x=np.ones((1, 6), np.float32))
    run = ("run", "classifier.wdl", "--grid", "2x2", "--random-weights", "1", "--input", "x.npz", "--json")
    done = wsc(*run, "--quiet", "--timing")
    assert json.loads(done.out)["timing"]["steps"][0]["name"] == "front end"
    assert "time by step" in done.err
    assert "timing" not in json.loads(wsc(*run, "--quiet").out)


HEAVY = {"ortools", "numba", "rich", "pandas", "lark", "hypothesis", "safetensors"}


@pytest.mark.parametrize(
    ("arguments", "heavy"),
    [
        (("opt", "m.mlir", "-p", "canonicalize,cse"), HEAVY | {"numpy"}),
        (("--help",), HEAVY | {"numpy"}),
        (("passes",), HEAVY),
    ],
)
def test_nothing_heavy_is_imported(arguments: tuple[str, ...], heavy: set[str]) -> None:
    code = (
        "import sys; from wsc.compiler.cli.main import main; status = main(sys.argv[1:]); "
        f"print(sorted({heavy} & set(sys.modules)), file=sys.stderr); sys.exit(status)"
    )
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "[]\n"
