"""`wsc bisect`: a pass that silently computes something wrong is found by name, at every level."""

import json
from pathlib import Path
from typing import Any

import pytest

from wsc.compiler.cli.snapshots import Executor
from wsc.ir.parser import parse_module

from ...support.wdl import EXAMPLE_NAMES, example
from .conftest import Command, Done

MODEL = """\
model net {
  const n = 4
  dtype f16 accumulate f32
  weight w: [n, n], u: [n, n], g: [n], h: [n]
  forward(x: [seq, n]) -> [seq, n] {
    y = layernorm(x, g, h)
    return (y @ w - x) @ u
  }
  decode = greedy(forward)
}
"""
PLUGIN = '''\
"""Passes that get something wrong."""

from dataclasses import dataclass
from typing import ClassVar

from wsc.ir.attributes import StringAttr
from wsc.ir.dialects.dist import dist_tensor
from wsc.ir.operation import Operation
from wsc.passes.base import Pass, PassContext
from wsc.passes.pe.emit import Emit


@dataclass(frozen=True, slots=True)
class SwapNn(Pass):
    """a - b is b - a."""

    name: ClassVar[str] = "swap-nn"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        for op in module.walk():
            if op.name == "nn.sub":
                op.set_operands(list(op.operands)[::-1])


@dataclass(frozen=True, slots=True)
class ForgetMeans(Pass):
    """A PE's part of a sum is all of it."""

    name: ClassVar[str] = "forget-means"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        for op in list(module.walk()):
            made = op.operands[0].defining_op if op.name == "dist.all_reduce" else None
            if made is not None and made.name == "dist.reduce" and len(op.operands) == 1:
                made.result.type = dist_tensor(made.result).complete()
                op.result.replace_all_uses_with(made.result)
                op.erase()


def swap(module: Operation) -> None:
    for op in module.walk():
        if op.name == "pe.map" and op.attributes["fn"] == StringAttr("sub") and len(op.operands) == 3:
            target, left, right = op.operands
            op.set_operands([target, right, left])


@dataclass(frozen=True, slots=True)
class SwapPe(Pass):
    """a - b is b - a."""

    name: ClassVar[str] = "swap-pe"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        swap(module)


@dataclass(frozen=True, slots=True)
class BreakModule(Pass):
    """Leaves what the verifier rejects."""

    name: ClassVar[str] = "break-module"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        for op in module.body.operations:
            op.attributes.pop("sym_name", None)


@dataclass(frozen=True, slots=True)
class Stumble(Pass):
    """Raises."""

    name: ClassVar[str] = "stumble"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        raise LookupError("nobody at home")
'''
WRONG_EMIT = '''

@dataclass(frozen=True, slots=True)
class EmitWrong(Emit):
    """Emit, but a - b is b - a."""

    name: ClassVar[str] = "emit"

    def run(self, module: Operation, context: PassContext) -> None:
        Emit.run(self, module, context)
        swap(module)
'''
NN = "inline,specialize,canonicalize,cse,dce"
DIST = "fuse,partition,canonicalize,cse,dce,combine-collectives"
WAFER = "place,route,schedule,allocate,emit"
CLEAN = "canonicalize,cse,dce"


@pytest.fixture(autouse=True)
def files(folder: Path) -> None:
    (folder / "net.wdl").write_text(MODEL, "utf-8")
    (folder / "wrong.py").write_text(PLUGIN, "utf-8")
    (folder / "wrong_emit.py").write_text(PLUGIN + WRONG_EMIT, "utf-8")


def bisect(wsc: Command, *options: str, pipeline: str | None = None) -> Done:
    passes = () if pipeline is None else ("--load-pass-plugin", "wrong.py", "--pass-pipeline", pipeline)
    command = ("bisect", "net.wdl", "--check", "--grid", "3x2", "--random-weights", "1", "--tokens", "2")
    return wsc(*command, *passes, *options)


def facts(done: Done) -> dict[str, Any]:
    return json.loads(done.out)


def test_nothing_is_wrong(wsc: Command) -> None:
    done = bisect(wsc)
    assert done.status == 0
    assert "no pass makes the results wrong (5% of the largest result; 2 executions compared)" in done.err
    assert done.out == ""


@pytest.mark.parametrize(
    ("name", "pipeline", "level"),
    [
        ("swap-nn", f"{NN},swap-nn,{DIST},{WAFER},{CLEAN}", "nn"),
        ("forget-means", f"{NN},{DIST},forget-means,{WAFER},{CLEAN}", "dist"),
        ("swap-pe", f"{NN},{DIST},{WAFER},swap-pe,{CLEAN}", "wafer"),
        ("swap-pe", f"{NN},{DIST},{WAFER},{CLEAN},swap-pe", "wafer"),
    ],
)
def test_the_pass_is_found(wsc: Command, name: str, pipeline: str, level: str) -> None:
    done = bisect(wsc, "--json", "--quiet", pipeline=pipeline)
    assert done.status == 4
    assert f"pass '{name}' makes the results wrong" in done.err
    found = facts(done)["first_wrong"]
    assert found["pass"] == name
    assert found["suspects"] == [name]
    assert found["place"] == pipeline.split(",").index(name) + 1
    assert found["after"]["level"] == level
    assert found["before"]["max_abs_error"] < 0.01 < found["after"]["max_abs_error"]
    assert found["after"]["difference"]["output"] in ("logits", "token")
    # About log2 of the number of passes were executed.
    assert len(facts(done)["passes"]) <= 6


def test_files_to_compare_and_to_replay(wsc: Command, folder: Path) -> None:
    done = bisect(wsc, "-o", "out", pipeline=f"{NN},swap-nn,{DIST}")
    assert done.status == 4
    assert "replay            wsc opt out/reproducer.mlir --run-reproducer" in done.err
    before, after = ((folder / "out" / f"{name}.mlir").read_text("utf-8") for name in ("before", "after"))
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    (changed,) = (old for old, new in pairs if old != new)
    assert "nn.sub" in changed
    assert 'loc("net.wdl":7:' in changed
    replayed = wsc("opt", "out/reproducer.mlir", "--run-reproducer")
    assert replayed.status == 0
    assert replayed.out.rstrip("\n") == str(parse_module(after))


def test_the_first_pass_of_all(wsc: Command, folder: Path) -> None:
    """Before it is the module of the front end, which is the reference."""
    done = bisect(wsc, "-o", "out", "--json", pipeline=f"swap-nn,{NN}")
    found = facts(done)["first_wrong"]
    assert (found["place"], found["before"], found["suspects"]) == (1, None, ["swap-nn"])
    before = parse_module((folder / "out" / "before.mlir").read_text("utf-8"))
    (sub,) = (op for op in before.walk() if op.name == "nn.sub")
    assert sub.operands[0].defining_op is not None
    assert sub.operands[0].defining_op.name == "nn.matmul"


def test_a_report_for_people(wsc: Command) -> None:
    done = bisect(wsc, pipeline=f"{NN},swap-nn,{DIST}")
    lines = [" ".join(line.split()) for line in done.err.splitlines()]
    assert "results after 5 of 12 passes" in lines
    assert "first wrong after swap-nn, pass 6, at level nn" in lines
    assert "files -o DIR writes the modules before and after" in lines
    assert "tolerance 5% of the largest result; 2 executions compared" in lines


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("break-module", "pass 'break-module' left an invalid module: "),
        ("stumble", "LookupError: nobody at home"),
    ],
)
def test_a_pass_that_fails(wsc: Command, name: str, problem: str) -> None:
    done = bisect(wsc, "--json", pipeline=f"{NN},{name},{DIST}")
    assert done.status == 4
    found = facts(done)["first_wrong"]
    assert found["pass"] == name
    assert found["after"]["problem"].startswith(problem)
    assert found["after"]["max_abs_error"] is None
    assert ("error: pass 'break-module' left" in done.err) == (name == "break-module")


def test_what_makes_a_later_pass_fail_is_found(wsc: Command) -> None:
    """The pass that fails is not the one that is wrong."""
    done = bisect(wsc, "--json", pipeline=f"{NN},swap-nn,{DIST},stumble")
    assert facts(done)["first_wrong"]["pass"] == "swap-nn"


def test_passes_that_only_work_together(wsc: Command) -> None:
    """Nothing can be executed between `place` and `emit`, so it may be any of these."""
    done = bisect(wsc, "--json", "--load-pass-plugin", "wrong_emit.py")
    assert done.status == 4
    assert facts(done)["first_wrong"]["suspects"] == ["place", "route", "allocate", "emit"]
    assert "one of the passes 'place', 'route', 'allocate', 'emit' makes the results wrong" in done.err


def test_two_wrongs_make_a_right(wsc: Command) -> None:
    pipeline = f"{NN},swap-nn,swap-nn,{DIST}"
    assert bisect(wsc, pipeline=pipeline).status == 0
    done = bisect(wsc, "--all", "--json", pipeline=pipeline)
    assert done.status == 4
    assert [entry["pass"] for entry in facts(done)["passes"] if entry["wrong"]] == ["swap-nn"]
    assert len(facts(done)["passes"]) == len(pipeline.split(","))


def test_a_tolerance(wsc: Command) -> None:
    pipeline = f"{NN},{DIST},forget-means"
    assert bisect(wsc, pipeline=pipeline).status == 4
    assert bisect(wsc, "--tolerance", "1", pipeline=pipeline).status == 0


def test_inputs_from_a_file(wsc: Command, folder: Path) -> None:
    import numpy as np

    np.savez(folder / "x.npz", x=np.ones((5, 4), np.float32))
    done = bisect(wsc, "--input", "x.npz", "--json", pipeline=f"{NN},{DIST}")
    assert (done.status, facts(done)["executions"], facts(done)["first_wrong"]) == (0, 2, None)


def test_a_window_of_rows(wsc: Command, folder: Path) -> None:
    """All rows at once, at every level."""
    text = MODEL.replace("const n = 4", "const n = 4, window = 3").replace(
        "decode = greedy", "encode = greedy"
    )
    (folder / "net.wdl").write_text(text, "utf-8")
    done = bisect(wsc, "--entry", "encode", "--all", "--json")
    assert done.status == 0
    assert {entry["level"] for entry in facts(done)["passes"]} == {"nn", "dist", "wafer"}
    assert facts(done)["executions"] == 1
    pipeline = f"{NN.replace('specialize', 'specialize{entry=encode}')},swap-nn,{DIST}"
    done = bisect(wsc, "--entry", "encode", "--json", pipeline=pipeline)
    assert facts(done)["first_wrong"]["pass"] == "swap-nn"


@pytest.mark.parametrize("name", EXAMPLE_NAMES)
def test_every_example_after_every_pass_that_leads_to_dist(wsc: Command, folder: Path, name: str) -> None:
    text, entry = example(name)
    (folder / "net.wdl").write_text(text, "utf-8")
    passes = f"inline,specialize{{entry={entry}}},simplify,{DIST}"
    inputs = ("--random-weights", "1", "--tokens", "2")
    options = ("--entry", entry, "--pass-pipeline", passes, "--all", "--json")
    done = wsc("bisect", "net.wdl", "--check", *inputs, *options)
    assert done.status == 0
    levels = [entry["level"] for entry in facts(done)["passes"]]
    assert levels == ["nn"] * 6 + ["dist"] * 5


def test_an_input_that_is_wrong_stays_the_inputs_mistake(wsc: Command) -> None:
    """A model that does not fit is no pass's fault."""
    done = bisect(wsc, "--set", "n=200", "--grid", "1x1", "--tokens", "1")
    assert done.status == 1
    assert "does not fit" in done.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("bisect", "net.wdl"), "the following arguments are required: --check"),
        (("bisect", "net.wdl", "--check", "--tolerance", "2"), "'2' is not a number from 0 to 1"),
        (("bisect", "net.wdl", "--check", "--random-weights", "1", "--prompt", "a"), "takes numbers"),
        (("bisect", "net.wdl", "--check", "--disable-pass", "emit"), "cannot be disabled"),
    ],
)
def test_a_wrong_command(wsc: Command, options: tuple[str, ...], message: str) -> None:
    done = wsc(*options)
    assert done.status == 2
    assert message in done.err


def test_a_folder_that_cannot_be_made(wsc: Command, folder: Path) -> None:
    (folder / "out").write_text("a file", "utf-8")
    done = bisect(wsc, "-o", "out", pipeline=f"{NN},swap-nn")
    assert done.status == 1
    assert done.err == "wsc: error: out: is no folder, so the modules cannot be written there\n"
    done = bisect(wsc, "-o", "out/in", pipeline=f"{NN},swap-nn")
    assert done.status == 1
    assert "out/in: cannot be made: Not a directory" in done.err


def test_an_interruption_shows_what_is_known(wsc: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    results = Executor.results

    def interrupted(self: Executor, *arguments: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return results(self, *arguments)

    monkeypatch.setattr(Executor, "results", interrupted)
    done = bisect(wsc, "--all", pipeline=f"{NN},swap-nn")
    assert done.status == 130
    assert "results after 1 of " in done.err
    assert "interrupted" in done.err
