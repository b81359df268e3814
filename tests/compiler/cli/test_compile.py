"""`wsc compile`: the program file, the JSON object, what people see, dumps."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from wsc.ir.attributes import DictAttr
from wsc.ir.parser import parse_module
from wsc.ir.program_file import read_program

from .conftest import CLASSIFIER, Command

KEYS = {
    *("model", "entry", "target", "grid", "strategy", "passes", "regions", "colors_used"),
    "certificate",
    *("sram_peak_bytes_per_pe", "estimated_cycles_per_token", "lower_bound_cycles_per_token"),
    *("program", "sha256"),
}


def test_json(wsc: Command, classifier: Path, folder: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "4x3", "--json", "--set", "inputs=300")
    assert done.status == 0
    facts = json.loads(done.out)
    assert set(facts) == KEYS
    assert facts["model"] == "classifier"
    assert facts["entry"] == "decode"
    assert facts["target"] == "tiny"
    assert facts["grid"] == [4, 3]
    assert facts["strategy"] == "gemv-2d"
    assert facts["program"] == "classifier.wsx"
    assert facts["sha256"] == hashlib.sha256((folder / "classifier.wsx").read_bytes()).hexdigest()
    assert [set(record) for record in facts["passes"]] == [{"name", "seconds", "operations"}] * len(
        facts["passes"]
    )
    assert [record["name"] for record in facts["passes"]][-1] in done.err
    (region,) = facts["regions"]
    assert set(region) == {"name", "x", "y", "width", "height", "sram_bytes_per_pe"}
    assert region["x"] + region["width"] <= 4
    assert region["y"] + region["height"] <= 3
    assert facts["sram_peak_bytes_per_pe"] == region["sram_bytes_per_pe"] > 0
    assert 0 < facts["lower_bound_cycles_per_token"] < facts["estimated_cycles_per_token"]
    routes = [op for op in read_program(folder / "classifier.wsx").module.walk() if op.name == "fabric.route"]
    assert facts["colors_used"] == len({str(op.attributes["color"]) for op in routes}) > 0


def test_the_program_can_be_read_and_has_the_estimates(wsc: Command, classifier: Path, folder: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "-o", "out.wsx", "--json")
    program = read_program(folder / "out.wsx")
    assert (program.name, program.entry) == ("classifier", "decode")
    facts = json.loads(done.out)
    certificate = program.module.attributes["fabric.certificate"]
    assert isinstance(certificate, DictAttr)
    assert str(dict(certificate.entries)["kind"]) == f'"{facts["certificate"]}"'
    assert program.estimates["cycles_per_token"] == facts["estimated_cycles_per_token"]
    assert [path.name for path in folder.iterdir() if path.suffix not in (".wdl", ".wsx")] == []


def test_the_same_program_from_wherever_it_is_compiled(
    wsc: Command, classifier: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wsc("compile", "classifier.wdl", "--grid", "2x2", "-o", "a.wsx").status == 0
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert wsc("compile", str(classifier), "--grid", "2x2", "-o", "b.wsx").status == 0
    assert (elsewhere / "b.wsx").read_bytes() == (folder / "a.wsx").read_bytes()


def test_what_people_see_is_plain_in_a_pipe(wsc: Command, classifier: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "4x3")
    assert done.out == ""
    assert "\x1b" not in done.err
    assert "\r" not in done.err
    assert not [line for line in done.err.splitlines() if line != line.rstrip()]
    assert re.search(r"place +\d+\.\d{3} s +\d+ operations", done.err)
    assert "floor plan: 4 x 3 PEs of tiny" in done.err
    assert re.search(r"^A{2,8}[A·]* ", done.err, re.MULTILINE)
    assert "io.0" in done.err
    assert "wrote classifier.wsx" in done.err


def test_quiet(wsc: Command, classifier: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet")
    assert (done.status, done.out, done.err) == (0, "", "")


def test_set_and_target_file(wsc: Command, classifier: Path, folder: Path) -> None:
    (folder / "small.toml").write_text(
        'name = "small"\nbase = "tiny"\n[numbers]\nwidth = { value = 3, source = "chosen" }\n', "utf-8"
    )
    done = wsc("compile", "classifier.wdl", "--target", "small.toml", "--set", "classes=9", "--json")
    facts = json.loads(done.out)
    assert facts["target"] == "small"
    assert facts["grid"] == [3, 16]
    assert "9 : i64" in str(read_program(folder / "classifier.wsx").model)


def test_stop_after(wsc: Command, classifier: Path, folder: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--stop-after", "partition")
    assert done.status == 0
    module = parse_module(done.out)
    assert any(op.name == "dist.func" for op in module.body.operations)
    assert not (folder / "classifier.wsx").exists()


@pytest.mark.parametrize("other", [["--json"], ["-o", "x.wsx"]])
def test_stop_after_writes_no_program(wsc: Command, classifier: Path, other: list[str]) -> None:
    done = wsc("compile", "classifier.wdl", "--stop-after", "partition", *other)
    assert done.status == 2
    assert other[0] in done.err


def test_print_ir_after(wsc: Command, classifier: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet", "--print-ir-after=partition,place")
    heads = [line for line in done.err.splitlines() if line.startswith("// -----//")]
    assert heads == [
        "// -----// IR Dump After Partition (partition) //----- //",
        "// -----// IR Dump After Place (place) //----- //",
    ]
    first, second = done.err.split(heads[1])
    assert parse_module(first).body.operations
    assert any(op.name == "fabric.instance" for op in parse_module(second).body.operations)
    assert done.out == ""


def test_print_ir_after_change(wsc: Command, classifier: Path) -> None:
    arguments = ("compile", "classifier.wdl", "--grid", "2x2", "--quiet")
    every = wsc(*arguments, "--print-ir-after").err.count("IR Dump After")
    changed = wsc(*arguments, "--print-ir-after-change").err.count("IR Dump After")
    assert 0 < changed < every


def test_print_ir_after_a_pass_that_does_not_run(wsc: Command, classifier: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--print-ir-after=plac")
    assert done.status == 2
    assert "did you mean 'place'?" in done.err


def test_dump_dir(wsc: Command, classifier: Path, folder: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--dump-dir", "dumps/here", "--json")
    names = sorted(path.name for path in (folder / "dumps" / "here").glob("*.mlir"))
    passes = [record["name"] for record in json.loads(done.out)["passes"]]
    assert names == [f"{index:02}_{name}.mlir" for index, name in enumerate(["input", *passes])]
    text = (folder / "dumps" / "here" / names[-1]).read_text("utf-8")
    assert any(op.name == "pe.tile" for op in parse_module(text).body.operations)
    assert 'loc("classifier.wdl":' in text


def test_disabled_pass(wsc: Command, classifier: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--json", "--disable-pass", "dce")
    names = [record["name"] for record in json.loads(done.out)["passes"]]
    assert "place" in names
    assert "dce" not in names


def test_timing(wsc: Command, classifier: Path) -> None:
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet", "--timing")
    rows = [line.split() for line in done.err.splitlines()]
    assert "front end" in done.err
    total = next(float(row[1]) for row in rows if row and row[0] == "total")
    place = next(float(row[1]) for row in rows if row and row[0] == "place")
    assert 0 < place <= total


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--target", "tini"], "did you mean 'tiny'?"),
        (["--strategy", "gemv"], "gemv-2d"),
        (["--disable-pass", "emit"], "cannot be disabled"),
        (["--disable-pass", "cze"], "did you mean 'cse'?"),
        (["--stop-after", "plac"], "did you mean 'place'?"),
        (["--entry", "decode", "--entry", "prefill"], "one entry at a time"),
        (["-o", "classifier.wdl"], "would overwrite the model"),
    ],
)
def test_names_on_the_command_line_that_do_not_exist(
    wsc: Command, classifier: Path, arguments: list[str], says: str
) -> None:
    done = wsc("compile", "classifier.wdl", *arguments)
    assert done.status == 2
    assert says in done.err
    assert classifier.read_text("utf-8") == CLASSIFIER


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--set", "classs=3"], "did you mean 'classes'?"),
        (["--entry", "prefill"], "no entry 'prefill'"),
        (["--set", "inputs=2000000", "--grid", "1x1"], "does not fit"),
        (["-o", "missing/x.wsx"], "no such folder"),
        (["--target", "missing.toml"], "cannot read the target file"),
    ],
)
def test_wrong_input(wsc: Command, classifier: Path, folder: Path, arguments: list[str], says: str) -> None:
    done = wsc("compile", "classifier.wdl", *arguments)
    assert done.status == 1
    assert says in done.err
    assert sorted(path.name for path in folder.iterdir()) == ["classifier.wdl"]


def test_a_mistake_in_the_model_gets_a_caret_below_its_path(wsc: Command, folder: Path) -> None:
    (folder / "models").mkdir()
    (folder / "models" / "bad.wdl").write_text(CLASSIFIER.replace("x @ w", "x @ v"), "utf-8")
    done = wsc("compile", str(Path("models") / "bad.wdl"))
    assert done.status == 1
    place = str(Path("models") / "bad.wdl")
    assert f"--> {place}:6:21" in done.err
    assert "6 |     return relu(x @ v + b)\n  |                     ^" in done.err


@pytest.mark.parametrize("content", [b"\xff\xfe not text", None])
def test_a_model_that_cannot_be_read(wsc: Command, folder: Path, content: bytes | None) -> None:
    if content is not None:
        (folder / "m.wdl").write_bytes(content)
    done = wsc("compile", "m.wdl")
    assert done.status == 1
    assert "error: m.wdl: " in done.err


@pytest.mark.parametrize("folder_name", [".", "/"])
def test_a_folder_is_no_model(wsc: Command, folder_name: str) -> None:
    done = wsc("compile", folder_name)
    assert done.status == 1
    assert f"error: {folder_name}: cannot be read: " in done.err
