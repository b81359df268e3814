"""Differences, scopes and JSON between passes, as `compile`, `run` and `opt` print them."""

import json
from pathlib import Path

import pytest

from wsc.ir.parser import parse_module

from .conftest import Command

COMPILE = ("compile", "classifier.wdl", "--grid", "2x2", "--quiet")
CONSTANTS = """\
"pe.program"() ({
  %0 = "pe.constant"() {value = 1 : i64} : () -> index
  %1 = "pe.constant"() {value = 1 : i64} : () -> index loc("m.wdl":4:7)
  "pe.store"(%0, %1) {type = i32} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()
"""
MERGED = """\
// -----// IR Diff After CSE (cse) //----- //
// 1 operation erased, 1 changed
 "builtin.module"() ({
   "pe.program"() ({  // @a
     %0 = "pe.constant"() {value = 1 : i64} : () -> index
-    %old1 = "pe.constant"() {value = 1 : i64} : () -> index
-    "pe.store"(%0, %old1) {type = i32} : (index, index) -> ()
+    "pe.store"(%0, %0) {type = i32} : (index, index) -> ()
     "pe.return"() : () -> ()
   })
 })
"""
UNCHANGED = "// -----// IR Diff After DCE (dce) //----- //\n// no change\n"


@pytest.fixture
def constants(folder: Path) -> str:
    """A module that only `cse` changes."""
    (folder / "constants.mlir").write_text(CONSTANTS, "utf-8")
    return "constants.mlir"


def test_differences(wsc: Command, constants: str) -> None:
    opt = ("opt", constants, "-p", "dce,cse,dce", "--print-ir-diff")
    assert wsc(*opt).err == UNCHANGED + MERGED + UNCHANGED
    assert wsc(*opt, "--print-ir-after-change").err == MERGED
    assert wsc(*opt, "--print-ir-after=dce").err == UNCHANGED * 2
    assert wsc(*opt, "--print-ir-after-all").err == UNCHANGED + MERGED + UNCHANGED


def test_differences_beside_whole_modules(wsc: Command, constants: str) -> None:
    done = wsc("opt", constants, "-p", "cse", "--print-ir-diff", "--print-ir-before")
    before, difference = done.err.split("\n", 6)[0], done.err.partition("// -----// IR Diff")
    assert before == "// -----// IR Dump Before CSE (cse) //----- //"
    assert "".join(difference[1:]) == MERGED


def test_the_difference_that_a_failing_pass_made(wsc: Command, constants: str) -> None:
    done = wsc("opt", constants, "-p", "cse,specialize", "--print-ir-diff", "--print-ir-after-failure")
    assert done.status == 1
    assert done.err.startswith(
        "// -----// IR Diff After Specialize Failed (specialize) //----- //\n// no change\n"
    )


def test_a_difference_in_locations_is_one_where_they_are_shown(wsc: Command, constants: str) -> None:
    done = wsc("opt", constants, "-p", "cse", "--print-ir-diff", "--print-locations")
    assert '-    %old1 = "pe.constant"() {value = 1 : i64} : () -> index loc("m.wdl":4:7)\n' in done.err


@pytest.mark.usefixtures("classifier")
def test_a_scope(wsc: Command) -> None:
    done = wsc(*COMPILE, "--print-ir-after=dce,emit", "--print-ir-scope", "@io::@b")
    (*before, last) = done.err.split("// -----// IR Dump After ")[1:]
    missing = "DCE (dce) //----- //\n// there is no '@io::@b' in the module "
    assert before[:2] == [f"{missing}yet\n"] * 2
    assert before[2].startswith("Emit (emit) //----- //\n")
    for text in (before[2], last):
        names = {op.name for op in parse_module(text.partition("\n")[2]).walk()}
        assert names == {
            *("builtin.module", "fabric.region"),
            *("pe.buffer", "pe.variable", "pe.program", "pe.address"),
        }


@pytest.mark.usefixtures("classifier")
def test_a_scope_that_goes(wsc: Command) -> None:
    done = wsc(*COMPILE, "--print-ir-diff", "--print-ir-after=partition,place", "--print-ir-scope=decode")
    assert '-  "nn.func"() ({' in done.err
    assert '+  "dist.func"() ({' in done.err
    place = done.err.partition("// -----// IR Diff After Place (place) //----- //\n")[2]
    assert place.startswith("// there is no 'decode' in the module any more\n// ")
    assert '\n-  "dist.func"() ({' in place


def test_a_scope_that_never_was(wsc: Command, constants: str) -> None:
    opt = ("opt", constants, "-p", "cse,dce")
    done = wsc(*opt, "--print-ir-after-change", "--print-ir-scope=aa")
    assert done.status == 2
    assert done.out == ""
    assert "no printed module has a symbol or layer 'aa'; did you mean 'a'?" in done.err
    assert "they have: a\n" in done.err
    alone = wsc(*opt, "--print-ir-scope=a")
    assert (alone.status, alone.out) == (2, "")
    assert "prints nothing by itself" in alone.err
    alone = wsc(*opt, "--print-ir-format", "json")
    assert (alone.status, alone.out) == (2, "")
    assert "--print-ir-format prints nothing by itself" in alone.err


def test_json(wsc: Command, constants: str) -> None:
    done = wsc(
        "opt",
        constants,
        "-p",
        "dce,cse",
        "--print-ir-before=dce",
        "--print-ir-after",
        "--print-ir-format=json",
    )
    before, first, second = map(json.loads, done.err.splitlines())
    assert set(before) == {"pass", "when", "changed", "operations", "text"}
    assert [(d["pass"], d["when"], d["changed"], d["operations"]) for d in (before, first, second)] == [
        ("dce", "before", None, 6),
        ("dce", "after", False, 6),
        ("cse", "after", True, 5),
    ]
    assert second["text"] + "\n" == done.out


def test_json_differences(wsc: Command, constants: str) -> None:
    opt = ("opt", constants, "-p", "dce,cse", "--print-ir-diff", "--print-ir-format=json")
    first, second = map(json.loads, wsc(*opt).err.splitlines())
    assert (first["changed"], first["changes"], first["diff"]) == (False, [], "")
    assert (second["changed"], second["operations"]) == (True, 5)
    assert second["diff"] == MERGED.split("\n", 2)[2].rstrip("\n")
    assert second["changes"][0] == {
        "kind": "erased",
        "operation": "pe.constant",
        "locations": [{"file": "m.wdl", "line": 4, "column": 7}],
        "before": '%old1 = "pe.constant"() {value = 1 : i64} : () -> index',
        "after": None,
    }
    scoped = wsc(*opt, "--print-ir-scope=b")
    assert json.loads(scoped.err.splitlines()[0])["note"] == "there is no 'b' in the module yet"


@pytest.mark.usefixtures("classifier")
def test_pretty(wsc: Command) -> None:
    done = wsc(*COMPILE, "--pretty", "--print-ir-diff", "--print-ir-after=fuse", "--stop-after", "fuse")
    product = "    %1 = nn.matmul %x, %w : tensor<1x4xf16>"
    place = "classifier.wdl:6"
    assert f"{product}{' ' * (110 - len(product) - len(place))}{place}\n" in done.out
    assert f" {product}{' ' * (109 - len(product) - len(place))}{place}\n" in done.err
    assert "\n-    %old3 = nn.add %1, %b : tensor<1x4xf16>" in done.err


def test_pretty_text_is_not_written_to_files(wsc: Command, constants: str, folder: Path) -> None:
    done = wsc("opt", constants, "--pretty", "-o", "x.mlir")
    assert done.status == 2
    assert "does not go with -o" in done.err
    assert not (folder / "x.mlir").exists()
