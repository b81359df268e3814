"""Dumps between passes: what is written, and when."""

from pathlib import Path

import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.parser import parse_module
from wsc.passes.base import Pass
from wsc.passes.common.cse import CSE
from wsc.passes.common.dce import DCE
from wsc.passes.dist.combine_collectives import CombineCollectives
from wsc.passes.instrumentation import DirectoryDump, Dump, DumpWatcher, Selection, When
from wsc.passes.manager import Instrumentation, PassManager
from wsc.passes.nn.specialize import Specialize

from ..support.programs import EQUAL_CONSTANTS

MERGED = """\
"builtin.module"() ({
  "pe.program"() ({
    %0 = "pe.constant"() {value = 1 : i64} : () -> index
    "pe.store"(%0, %0) {type = i32} : (index, index) -> ()
    "pe.return"() : () -> ()
  }) {sym_name = "a"} : () -> ()
}) : () -> ()
"""


def run(*watchers: Instrumentation, passes: tuple[Pass, ...] = (DCE(), CSE(), DCE())) -> None:
    PassManager(passes, instrumentations=watchers).run(parse_module(EQUAL_CONSTANTS))


def shown(
    selection: Selection, passes: tuple[Pass, ...] = (DCE(), CSE(), DCE())
) -> list[tuple[str, str, str]]:
    """What a watcher shows: pass, when, text of the module."""
    found: list[tuple[str, str, str]] = []

    def show(dump: Dump) -> None:
        found.append((dump.pass_.name, dump.when.value, f"{dump.module}\n"))

    try:
        run(DumpWatcher(selection, show), passes=passes)
    except DiagnosticError:
        assert passes[-1] == Specialize()
    return found


def test_the_header_is_mlirs() -> None:
    module = parse_module(EQUAL_CONSTANTS)
    expected = "// -----// IR Dump After CombineCollectives (combine-collectives) //----- //"
    assert Dump(CombineCollectives(), When.AFTER, module).header() == expected
    assert Dump(CSE(), When.BEFORE, module).header() == "// -----// IR Dump Before CSE (cse) //----- //"
    assert Dump(CSE(), When.FAILED, module).header() == "// -----// IR Dump After CSE Failed (cse) //----- //"


def test_nothing_is_shown_unless_asked_for() -> None:
    assert shown(Selection()) == []


def test_only_changes() -> None:
    assert shown(Selection(after=None, only_changes=True)) == [("cse", "after", MERGED)]
    assert shown(Selection(after=["dce"], only_changes=True)) == []


def test_named_passes_or_all() -> None:
    assert [dump[:2] for dump in shown(Selection(after=["dce"]))] == [("dce", "after")] * 2
    assert [dump[0] for dump in shown(Selection(after=None))] == ["dce", "cse", "dce"]
    assert [dump[:2] for dump in shown(Selection(before=["cse"], after=["cse"]))] == [
        ("cse", "before"),
        ("cse", "after"),
    ]
    assert [dump[0] for dump in shown(Selection(before=None))] == ["dce", "cse", "dce"]


def test_a_failing_pass_shows_what_it_left() -> None:
    passes = (CSE(), Specialize())
    failure = ("specialize", "failed", MERGED)
    assert shown(Selection(after=["specialize"]), passes) == [failure]
    assert shown(Selection(failures=True), passes) == [failure]
    assert shown(Selection(after=["cse"], failures=True), passes) == [("cse", "after", MERGED), failure]
    assert shown(Selection(after=["cse"]), passes) == [("cse", "after", MERGED)]


def test_a_folder_gets_a_file_for_each_pass(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    run(DirectoryDump(folder))
    names = ["00_input.mlir", "01_dce.mlir", "02_cse.mlir", "03_dce.mlir"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "02_cse.mlir").read_bytes() == MERGED.encode()
    assert str(parse_module((folder / "00_input.mlir").read_text("utf-8"))) == str(
        parse_module(EQUAL_CONSTANTS)
    )


def test_dumps_of_an_earlier_run_go_and_nothing_else(tmp_path: Path) -> None:
    run(DirectoryDump(tmp_path))
    (tmp_path / "03_notes.txt").write_text("mine")
    (tmp_path / "tale.mlir").write_text("mine")
    with pytest.raises(DiagnosticError):
        run(DirectoryDump(tmp_path), passes=(Specialize(),))
    names = ["00_input.mlir", "01_specialize.failed.mlir", "03_notes.txt", "tale.mlir"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(DiagnosticError, match="cannot write dumps to"):
        DirectoryDump(tmp_path / "file")


def test_an_instrumentation_does_not_have_to_define_everything() -> None:
    class Silent(Instrumentation):
        """Defines nothing."""

    assert not Silent().wants_changes
    run(Silent())
