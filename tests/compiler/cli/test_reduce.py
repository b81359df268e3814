"""`wsc reduce`: what it keeps, what it prints and where, and when it stops."""

import json
import signal
from pathlib import Path

import pytest

from wsc.ir.parser import parse_module
from wsc.ir.verifier import verify

from .conftest import Command

T = "tensor<4xf16>"
MODULE = f"""\
"nn.func"() ({{
^bb0(%x: {T}):
  %0 = "nn.exp"(%x) : ({T}) -> {T}
  %1 = "nn.neg"(%0) : ({T}) -> {T}
  %2 = "nn.relu"(%1) : ({T}) -> {T}
  "nn.return"(%2) : ({T}) -> ()
}}) {{function_type = ({T}) -> {T}, sym_name = "f"}} : () -> ()
"""
PLUGIN = """\
from dataclasses import dataclass
from typing import ClassVar
from wsc.passes.base import Pass


@dataclass(frozen=True, slots=True)
class Refuse(Pass):
    \"\"\"Raises where there is an `nn.neg`.\"\"\"
    name: ClassVar[str] = "refuse"

    def run(self, module, context):
        for op in module.walk():
            if op.name == "nn.neg":
                raise KeyError(f"no neg, after {op.previous.name if op.previous else 'nothing'}")
"""
WITH_PLUGIN = ("--load-pass-plugin", "refuse.py", "-p", "cse,refuse", "--quiet")


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    (folder / "m.mlir").write_text(MODULE, "utf-8")
    (folder / "refuse.py").write_text(PLUGIN, "utf-8")


def names(text: str) -> list[str]:
    module = parse_module(text)
    assert verify(module) == []
    return [op.name.partition(".")[2] for op in module.walk()][1:]


def test_the_message_stays_the_same(wsc: Command) -> None:
    done = wsc("reduce", "m.mlir", "--fails", *WITH_PLUGIN)
    assert (done.status, done.err) == (0, "")
    assert names(done.out) == ["func", "exp", "neg", "return"]
    assert " loc(" not in done.out


def test_a_part_of_the_message_may_be_enough(wsc: Command) -> None:
    done = wsc("reduce", "m.mlir", "--message", "no neg", *WITH_PLUGIN)
    assert names(done.out) == ["func", "neg", "return"]


def test_progress_and_facts(wsc: Command, folder: Path) -> None:
    done = wsc("reduce", "m.mlir", "--message", "no neg", *WITH_PLUGIN[:-1], "--json", "-o", "out.mlir")
    facts = json.loads(done.out)
    assert names((folder / "out.mlir").read_text("utf-8")) == ["func", "neg", "return"]
    assert (facts["operations_before"], facts["operations_after"]) == (5, 3)
    assert facts["complete"]
    assert facts["output"] == "out.mlir"
    first, *steps, last = done.err.splitlines()
    assert first == "to be kept: pass 'refuse' raised KeyError: 'no neg, after nn.exp'"
    assert any("replace operations by operands" in step for step in steps)
    assert last == f"5 operations became 3 in {facts['tests']} tests"
    assert (folder / "m.mlir").read_text("utf-8") == MODULE


def test_a_reproducer_stays_one(wsc: Command, folder: Path) -> None:
    assert wsc("opt", "m.mlir", *WITH_PLUGIN[:-1]).status == 3
    (path,) = folder.glob("wsc-reproducer-*.mlir")
    done = wsc("reduce", path.name, "--message", "no neg", "-o", "small.mlir", "--quiet")
    assert done.status == 0
    text = (folder / "small.mlir").read_text("utf-8")
    assert "\n// pipeline: refuse\n" in text
    assert 'loc("m.mlir":4:8)' in text
    assert names(text) == ["func", "neg", "return"]
    again = wsc("opt", "small.mlir", "--run-reproducer")
    assert again.status == 3
    assert "pass 'refuse' raised KeyError: 'no neg, after nothing'\n --> m.mlir:4:8" in again.err


COMMANDS = ["grep -q nn.neg", "grep -q nn.neg {} && true", "! grep -c exp {} | grep 0"]


def test_a_command_needs_no_plug_in(wsc: Command, folder: Path) -> None:
    reproducer = f"// plugins: missing.py\n// pipeline: refuse\n\n{MODULE}"
    (folder / "r.mlir").write_text(reproducer, "utf-8")
    assert wsc("reduce", "r.mlir", "--fails").status == 1
    done = wsc("reduce", "r.mlir", "--test", "grep -q nn.neg", "--quiet")
    assert done.status == 0
    assert done.out.startswith("// plugins: missing.py\n// pipeline: refuse\n\n")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command(wsc: Command, command: str) -> None:
    done = wsc("reduce", "m.mlir", "--test", command, "--quiet")
    assert done.status == 0
    assert "nn.neg" in done.out or "nn.exp" in done.out
    assert len(names(done.out)) == 3


def test_a_command_that_takes_too_long(wsc: Command) -> None:
    """All but the whole module makes it hang."""
    command = "grep -q nn.relu {} && grep -q nn.neg {} && grep -q nn.exp {} || sleep 30"
    done = wsc("reduce", "m.mlir", "--test", command, "--timeout", "1", "--max-tests", "1")
    assert done.status == 0
    assert names(done.out) == ["func", "exp", "neg", "relu", "return"]
    assert "as many as --max-tests allows" in done.err


def test_invalid_candidates(wsc: Command) -> None:
    options = ("--test", "grep -q nn.return", "--quiet")
    assert "sym_name" in wsc("reduce", "m.mlir", *options).out
    assert "sym_name" not in wsc("reduce", "m.mlir", *options, "--allow-invalid").out


def test_operations_that_nobody_registered(wsc: Command, folder: Path) -> None:
    (folder / "o.mlir").write_text('"test.a"() : () -> ()\n"test.b"() : () -> ()\n', "utf-8")
    done = wsc("reduce", "o.mlir", "--test", "grep -q test.b", "--allow-unregistered-dialect", "--quiet")
    assert [line for line in done.out.splitlines() if "test." in line] == ['  "test.b"() : () -> ()']


def test_an_interruption_keeps_the_best_so_far(
    wsc: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wsc.compiler.cli.pass_failure import FailingPasses

    calls: list[int] = []
    failure = FailingPasses.failure

    def interrupted(self: FailingPasses, module: object) -> str | None:
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return failure(self, module)

    monkeypatch.setattr(FailingPasses, "failure", interrupted)
    done = wsc("reduce", "m.mlir", "--message", "no neg", *WITH_PLUGIN[:-1], "-o", "out.mlir")
    assert done.status == 130
    assert "nn.neg" in (folder / "out.mlir").read_text("utf-8")
    assert "interrupted" in done.err


def test_an_interruption_while_a_command_runs(
    wsc: Command, folder: Path, request: pytest.FixtureRequest
) -> None:
    """The command has ended by the time that it is to be ended."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in background jobs
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    # The pause lets the parent have started it: an interruption in the middle of that is Python's own affair.
    command = "test -e begun && sleep 0.2 && kill -INT $PPID; : {}; touch begun"
    done = wsc("reduce", "m.mlir", "--test", command, "-o", "o.mlir")
    assert done.status == 130
    assert "interrupted" in done.err
    assert names((folder / "o.mlir").read_text("utf-8")) == names((folder / "m.mlir").read_text("utf-8"))


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        (("--test", "exit 7", "-o", "."), 1, ".: cannot be written: Is a directory"),
        (("--test", "exit 7", "-o", "no/o.mlir"), 1, "no/o.mlir: cannot be written: No such file"),
        (("--test", "true", "-o", "m.mlir"), 2, "the result would overwrite the input"),
        (("--test", "true", "-o", "./m.mlir"), 2, "the result would overwrite the input"),
        (("--test", "true", "--json"), 2, "-o says where the result goes"),
        (("--test", "true", "--fails"), 2, "not allowed with argument"),
        ((), 2, "one of the arguments --test --fails --message is required"),
        (("--test", "true", "--max-tests", "0"), 2, "not a positive number"),
        (("--test", "true", "-p", "cse"), 2, "--test runs a command"),
        (("--fails", "-p", "cse", "--timeout", "3"), 2, "--timeout is for --test"),
        (("--test", "false"), 1, "m.mlir: the test does not hold for it"),
        (("--fails", "-p", "cse"), 1, "m.mlir: no pass of the pipeline fails on it"),
        (("--fails", "-p", "cze"), 2, "did you mean 'cse'?"),
        (("--fails",), 1, "m.mlir: is no reproducer"),
        (
            ("--message", "other", *WITH_PLUGIN),
            1,
            "it fails with another message: pass 'refuse' raised",
        ),
    ],
)
def test_what_cannot_be_reduced(wsc: Command, options: tuple[str, ...], status: int, message: str) -> None:
    done = wsc("reduce", "m.mlir", *options)
    assert (done.status, done.out) == (status, "")
    assert message in done.err
    assert Path("m.mlir").read_text("utf-8") == MODULE
