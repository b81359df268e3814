"""Every .mlir file below this folder tests the passes that its first line names, in one of three ways.

    fuse.mlir           what comes out is what the CHECK lines say, and running the pass again does nothing
                        more to it (but for `NOT_IDEMPOTENT`). Files `fuse_<what>.mlir` likewise
    fuse_nothing.mlir   inputs in which the pass finds nothing to do: they come out as they are
    fuse_illegal.mlir   inputs that are refused with exactly what `expected-error` comments say

The part of the name before `_` is the pass. Each registered pass has at least one file of each kind.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from wsc.compiler.cli.expected import compare, find_expected
from wsc.compiler.cli.opt import split_input
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, render
from wsc.ir.parser import parse_module
from wsc.passes.base import PassContext
from wsc.passes.manager import BrokenModuleError, PassManager
from wsc.passes.pipeline import PASSES, parse_pipeline

from ..support.filecheck_text import check_mlir, pipeline_of, run_pipeline

FOLDER = Path(__file__).resolve().parent
FILES = sorted(FOLDER.rglob("*.mlir"))
LEVELS = {"common", "nn", "dist", "fabric", "pe"}
KINDS = ("legal", "nothing", "illegal")

NOT_IDEMPOTENT = {
    "place": "it takes the one function apart, so that a second run has none to place",
    "route": "it adds the routes of all flows, so that a second run adds them again",
    "allocate": "it declares buffers for all values, so that a second run declares them again",
    "emit": "it refuses regions that hold programs, as it leaves them",
}
"""Passes that cannot run on their own output, and why; all others do nothing more to it."""
NEVER_IDLE = {
    "place": "it refuses a module without a function, and places any other",
}
"""Passes that always have something to do, and why: they have no inputs of the kind `nothing`."""


def pass_of(path: Path) -> str:
    return path.stem.partition("_")[0]


def kind_of(path: Path) -> str:
    variant = path.stem.partition("_")[2]
    return variant if variant in KINDS else "legal"


def files(kind: str) -> list[object]:
    """The files of a kind as parameters of a test."""
    return [
        pytest.param(path, id=path.relative_to(FOLDER).as_posix()) for path in FILES if kind_of(path) == kind
    ]


def parts(path: Path) -> list[str]:
    """The inputs of a file, whose lines are those of the file."""
    return list(split_input(path.read_text("utf-8")))


# ---- the three kinds ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", files("legal"))
def test_what_comes_out(path: Path) -> None:
    check_mlir(path.read_text("utf-8"), path.name, idempotent=pass_of(path) not in NOT_IDEMPOTENT)


@pytest.mark.parametrize("path", files("nothing"))
def test_nothing_to_do(path: Path) -> None:
    pipeline = pipeline_of(path.read_text("utf-8"), path.name)
    for part in parts(path):
        assert str(run_pipeline(pipeline, part, path.name)) == str(parse_module(part, path.name))


@pytest.mark.parametrize("path", files("illegal"))
def test_what_is_refused(path: Path) -> None:
    pipeline = pipeline_of(path.read_text("utf-8"), path.name)
    for part in parts(path):
        expected = find_expected(part)
        assert expected, "an input without an expected-error comment"
        given: list[Diagnostic] = []
        try:
            module = parse_module(part, path.name)
            PassManager(parse_pipeline(pipeline)).run(module, PassContext(given))
        except BrokenModuleError:
            raise
        except DiagnosticError as error:
            given += error.diagnostics
        problems = compare(expected, given, path.name)
        assert not problems, render(problems, {path.name: path.read_text("utf-8")})


@pytest.mark.parametrize("name", NOT_IDEMPOTENT)
def test_what_is_said_to_be_no_idempotent_pass_is_none(name: str) -> None:
    for path in FILES:
        if pass_of(path) == name and kind_of(path) == "legal":
            pipeline = pipeline_of(path.read_text("utf-8"), path.name)
            for part in parts(path):
                once = str(run_pipeline(pipeline, part, path.name))
                assert again(pipeline, once) != once, f"'{name}' is idempotent: take it out of the table"


def again(pipeline: str, text: str) -> str:
    """What `pipeline` makes of its own output; the error where it refuses that."""
    try:
        return str(run_pipeline(pipeline, text))
    except DiagnosticError as error:
        return str(error)


# ---- no pass without them ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", PASSES)
def test_a_pass_has_files_of_every_kind(name: str) -> None:
    kinds = {kind_of(path) for path in FILES if pass_of(path) == name}
    wanted = {kind for kind in KINDS if kind != "nothing" or name not in NEVER_IDLE}
    suffixes = {"legal": "", "nothing": "_nothing", "illegal": "_illegal"}
    missing = [f"{name}{suffixes[kind]}.mlir" for kind in KINDS if kind in wanted - kinds]
    assert not missing, f"add below tests/passes/<level>/, as test_mlir_files.py says: {', '.join(missing)}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_file_names_its_pass_and_runs_it(path: Path) -> None:
    assert path.relative_to(FOLDER).parts[0] in LEVELS
    assert pass_of(path) in PASSES
    passes = [pass_.name for pass_ in parse_pipeline(pipeline_of(path.read_text("utf-8"), path.name))]
    assert pass_of(path) in passes
    if kind_of(path) != "legal":
        assert passes == [pass_of(path)]


def test_the_tables_name_passes() -> None:
    assert NOT_IDEMPOTENT.keys() | NEVER_IDLE.keys() <= PASSES.keys()
