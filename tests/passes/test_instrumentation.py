"""Dumps between passes: what is written, and when."""

import io
from pathlib import Path

import pytest

from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.parser import parse_module
from wsc.passes.base import Pass
from wsc.passes.common.cse import CSE
from wsc.passes.common.dce import DCE
from wsc.passes.dist.combine_collectives import CombineCollectives
from wsc.passes.instrumentation import DirectoryDump, StreamDump, dump_header
from wsc.passes.manager import Instrumentation, PassManager
from wsc.passes.nn.specialize import Specialize

TEXT = """\
"pe.program"() ({
  %0 = "pe.constant"() {value = 1 : i64} : () -> index
  %1 = "pe.constant"() {value = 1 : i64} : () -> index
  "pe.store"(%0, %1) {type = i32} : (index, index) -> ()
  "pe.return"() : () -> ()
}) {sym_name = "a"} : () -> ()
"""
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
    PassManager(passes, instrumentations=watchers).run(parse_module(TEXT))


def test_the_header_is_mlirs() -> None:
    assert dump_header(CSE()) == "// -----// IR Dump After CSE (cse) //----- //"
    expected = "// -----// IR Dump After CombineCollectives (combine-collectives) //----- //"
    assert dump_header(CombineCollectives()) == expected


def test_only_changes() -> None:
    stream = io.StringIO()
    run(StreamDump(stream, only_changes=True))
    assert stream.getvalue() == f"// -----// IR Dump After CSE (cse) //----- //\n{MERGED}"


def test_named_passes_or_all() -> None:
    named, all_ = io.StringIO(), io.StringIO()
    run(StreamDump(named, after=["dce"]), StreamDump(all_, render=lambda module: module.name))
    heads = [line for line in named.getvalue().splitlines() if line.startswith("// -")]
    assert heads == [dump_header(DCE())] * 2
    assert all_.getvalue().splitlines()[::2] == [dump_header(DCE()), dump_header(CSE()), dump_header(DCE())]
    assert all_.getvalue().splitlines()[1::2] == ["builtin.module"] * 3


def test_a_failing_pass_shows_what_it_left() -> None:
    stream = io.StringIO()
    with pytest.raises(DiagnosticError):
        run(StreamDump(stream, after=["specialize"]), passes=(CSE(), Specialize()))
    head = "// -----// IR Dump After Specialize Failed (specialize) //----- //"
    assert stream.getvalue() == f"{head}\n{MERGED}"


def test_a_folder_gets_a_file_for_each_pass(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    run(DirectoryDump(folder))
    names = ["00_input.mlir", "01_dce.mlir", "02_cse.mlir", "03_dce.mlir"]
    assert sorted(path.name for path in folder.iterdir()) == names
    assert (folder / "02_cse.mlir").read_bytes() == MERGED.encode()
    assert str(parse_module((folder / "00_input.mlir").read_text("utf-8"))) == str(parse_module(TEXT))


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
