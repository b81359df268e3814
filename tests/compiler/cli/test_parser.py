"""The command line's grammar: help, versions, what options take, what goes wrong."""

import subprocess
import sys
from importlib.metadata import version

import pytest

from wsc.compiler.cli.inspect_options import EVERY_PASS, INSPECT_OPTIONS
from wsc.compiler.cli.parser import COMPILE_OPTIONS, parse_arguments

from .conftest import Command


@pytest.mark.parametrize("command", ["compile", "run", "opt", "passes", "targets", "ops"])
def test_every_command_has_help(wsc: Command, command: str) -> None:
    done = wsc(command, "--help")
    assert done.status == 0
    assert done.out.startswith(f"usage: wsc {command}")
    assert done.err == ""


def test_help_names_the_exit_statuses(wsc: Command) -> None:
    done = wsc("--help")
    assert done.status == 0
    assert "4 the program ran wrong" in " ".join(done.out.split())


def test_version(wsc: Command) -> None:
    assert wsc("--version").out == f"wsc {version('wsc')}\n"


def test_help_imports_nothing_heavy() -> None:
    """NumPy, rich and their like take longer to import than the help may take to come."""
    code = "import sys; from wsc.compiler.cli.main import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.splitlines()[-1].split())
    assert "wsc.compiler.cli.parser" in modules
    assert modules.isdisjoint({"numpy", "rich", "numba", "ortools", "lark", "safetensors"})


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["frobnicate"],
        ["compile"],
        ["compile", "m.wdl", "--grid", "3y3"],
        ["compile", "m.wdl", "--grid", "0x3"],
        ["compile", "m.wdl", "--set", "dim"],
        ["compile", "m.wdl", "--set", "=3"],
        ["compile", "m.wdl", "--tim"],  # abbreviations would break when options are added
        ["compile", "m.wdl", "--prompt", "x"],
        ["compile", "m.wdl", "--elide-large", "-1"],
        ["run", "m.wdl", "--tokens", "0"],
        ["run", "m.wdl", "--random-weights", "-1"],
        ["run", "m.wdl", "--engine", "steam"],
        ["run", "m.wdl", "--prompt", "x", "--input", "x.npz"],
        ["run", "m.wdl", "--weights", "w", "--random-weights", "1"],
    ],
)
def test_a_wrong_command_line(wsc: Command, arguments: list[str]) -> None:
    done = wsc(*arguments)
    assert done.status == 2
    assert done.out == ""
    assert "error: " in done.err
    assert "Traceback" not in done.err


def test_options_of_compile() -> None:
    parsed = parse_arguments(
        ["compile", "m.wdl", "--grid", "4x3", "--set", "dim = 8", "--set", "heads=2", "--disable-pass", "cse"]
    )
    assert parsed.grid == (4, 3)
    assert parsed.overrides == [("dim", "8"), ("heads", "2")]
    assert parsed.disable_pass == ["cse"]


def test_print_ir_after_does_not_take_the_model_for_its_value() -> None:
    parsed = parse_arguments(["compile", "--print-ir-after", "m.wdl"])
    assert (parsed.print_ir_after, parsed.model) == (EVERY_PASS, "m.wdl")
    parsed = parse_arguments(["compile", "--print-ir-after=place,route", "m.wdl"])
    assert (parsed.print_ir_after, parsed.model) == ("place,route", "m.wdl")
    parsed = parse_arguments(["compile", "--print-ir-before", "m.wdl"])
    assert (parsed.print_ir_before, parsed.model) == (EVERY_PASS, "m.wdl")


def test_the_options_that_only_compiling_knows_are_all_listed() -> None:
    """`run` refuses them for a program file; it finds out by comparing with these defaults."""
    compile_only = vars(parse_arguments(["compile", "m.wdl"]))
    for shared in ("command", "model", "json", "quiet", "max_errors"):
        del compile_only[shared]
    assert {name: default for name, _, default in COMPILE_OPTIONS} == compile_only


def test_opt_looks_inside_with_the_same_options() -> None:
    parsed = vars(parse_arguments(["opt", "m.mlir"]))
    assert {name: parsed[name] for name, _, _ in INSPECT_OPTIONS} == {
        name: default for name, _, default in INSPECT_OPTIONS
    }
