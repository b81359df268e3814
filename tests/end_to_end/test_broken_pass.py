"""Passes that are broken on purpose: what wsc says of each, its reproducer, the replay, and what is left.

One breaks the module, one raises, one leaves a valid module that computes something else.
"""

import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

from wsc.ir.parser import parse_module
from wsc.ir.verifier import verify

from ..compiler.cli.conftest import Command, wsc

__all__ = ["wsc"]

ROOT = Path(__file__).resolve().parents[2]
TALE = ROOT / "examples" / "tale" / "tale.wdl"
PLUGIN = '''\
"""Passes with a mistake each."""
from dataclasses import dataclass
from typing import ClassVar

from wsc.passes.base import Pass


@dataclass(frozen=True, slots=True)
class DropMul(Pass):
    """Let the operand of each `nn.mul` stand for its result, of whatever type that is."""

    name: ClassVar[str] = "drop-mul"

    def run(self, module, context):
        for op in list(module.walk()):
            if op.name == "nn.mul":
                op.result.replace_all_uses_with(op.operands[0])
                op.erase()


@dataclass(frozen=True, slots=True)
class EraseMatmul(Pass):
    """Erase what is in use."""

    name: ClassVar[str] = "erase-matmul"

    def run(self, module, context):
        for op in module.walk():
            if op.name == "nn.matmul":
                op.erase()


@dataclass(frozen=True, slots=True)
class SwapOperands(Pass):
    """Swap the operands of differences, as if it did not matter."""

    name: ClassVar[str] = "swap-operands"

    def run(self, module, context):
        for op in module.walk():
            if op.name == "nn.sub":
                op.set_operands(op.operands[::-1])
'''
DIFFERENCE = """\
model difference {
  const size = 6
  dtype f16 accumulate f32
  weight w: [size, size]
  forward(x: [seq, size]) -> [seq, size] {
    h = x @ w
    g = exp(h) + relu(h)
    return g - tanh(h)
  }
  decode = forward
}
"""
SAME = '''\
"""Whether a pass changes what a module computes: 0 if it does."""
import sys
from pathlib import Path

import numpy as np

from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.parser import parse_module
from wsc.ir.weights import random_weights
from wsc.passes.base import PassContext
from wsc.passes.plugins import load_plugin

swap = next(kind for kind in load_plugin("broken.py").passes if kind.name == "swap-operands")
before = parse_module(Path(sys.argv[1]).read_text("utf-8"))
after = before.clone()
swap().run(after, PassContext())


def result(module):
    weights = random_weights(module, 1)
    return NnInterpreter(module, weights).step("decode", np.ones((1, 6), np.float32), 0)[0]


sys.exit(bool(np.array_equal(result(before), result(after))))
'''


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the plug-in and the model, where commands run."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NO_COLOR", "1")
    (tmp_path / "broken.py").write_text(PLUGIN, "utf-8")
    (tmp_path / "tale.wdl").write_bytes(TALE.read_bytes())
    (tmp_path / "difference.wdl").write_text(DIFFERENCE, "utf-8")
    return tmp_path


def caret(text: str) -> str:
    """The first source line that a message shows, with the carets below it."""
    match = re.search(r"^ *\d+ \| (.*)\n *\| ( *)(\^+)", text, re.MULTILINE)
    assert match is not None
    return match[1][len(match[2]) :][: len(match[3])]


def names(text: str) -> list[str]:
    """The operations of a valid module, without their dialects."""
    module = parse_module(text)
    assert verify(module) == []
    return [op.name.partition(".")[2] for op in module.walk()][1:]


@pytest.mark.parametrize(
    ("name", "message", "place", "marked", "left"),
    [
        (
            "drop-mul",
            "pass 'drop-mul' left an invalid module: 'nn.fused' nn.yield's types differ",
            "tale.wdl:21:17",
            "s",
            ["func", "fused", "silu", "mul", "yield", "return"],
        ),
        (
            "erase-matmul",
            "pass 'erase-matmul' raised ValueError: cannot erase 'nn.matmul': its result 0 is in use",
            "tale.wdl:15:24",
            "@",
            ["func", "matmul", "return"],
        ),
    ],
)
def test_it_is_named_reproduced_and_reduced(
    wsc: Command, folder: Path, name: str, message: str, place: str, marked: str, left: list[str]
) -> None:
    pipeline = f"specialize,simplify,fuse,{name},partition"
    options = ("--load-pass-plugin", "broken.py", "--pass-pipeline", pipeline, "--quiet")
    done = wsc("compile", "tale.wdl", *options)
    assert done.status == 3
    first = done.err.split("\n")[0]
    assert first.startswith(f"error: {message}")
    assert f"--> {place}\n" in done.err
    assert caret(done.err) == marked
    assert f"this is a mistake in pass '{name}' of broken.py" in done.err
    (reproducer,) = folder.glob("wsc-reproducer-*.mlir")
    assert f"reproducer: {reproducer}" in done.err

    replayed = wsc("opt", reproducer.name, "--run-reproducer")
    assert replayed.status == 3
    assert replayed.err.split("\n")[0] == first

    done = wsc("reduce", reproducer.name, "--fails", "-o", "small.mlir")
    assert done.status == 0
    small = (folder / "small.mlir").read_text("utf-8")
    assert names(small) == left
    replayed = wsc("opt", "small.mlir", "--run-reproducer")
    assert replayed.status == 3
    assert replayed.err.split("\n")[0] == first
    assert "--> tale.wdl:" in replayed.err

    # The pass that wsc has under that name, so to say, is right.
    fixed = PLUGIN.replace("for op in", "for op in [] and")
    (folder / "broken.py").write_text(fixed, "utf-8")
    assert wsc("opt", "small.mlir", "--run-reproducer", "--stop-after", name).status == 0


def test_wrong_numbers_are_found_by_check_and_bisect(wsc: Command, folder: Path) -> None:
    np.savez(folder / "x.npz", x=np.ones((1, 6), np.float32))
    run = ("run", "difference.wdl", "--grid", "2x2", "--random-weights", "1", "--input", "x.npz", "--check")
    assert wsc(*run, "--quiet").status == 0
    pipeline = wsc("passes", "--pipeline").out.strip().replace("fuse,", "swap-operands,fuse,")
    options = ("--load-pass-plugin", "broken.py", "--pass-pipeline", pipeline, "--quiet")
    done = wsc(*run, *options)
    assert done.status == 4
    assert "check failed" in done.err
    done = wsc("bisect", *run[1:], *options, "--json")
    assert done.status == 4
    assert json.loads(done.out)["first_wrong"]["pass"] == "swap-operands"


@pytest.mark.slow
def test_wrong_numbers_are_reduced_by_a_command(wsc: Command, folder: Path) -> None:
    (folder / "differs.py").write_text(SAME, "utf-8")
    module = wsc("compile", "difference.wdl", "--stop-after", "dce", "--print-locations", "--quiet").out
    (folder / "m.mlir").write_text(module, "utf-8")
    before = len(names(module))
    done = wsc("reduce", "m.mlir", "--test", f"{sys.executable} differs.py", "-o", "small.mlir")
    assert done.status == 0
    left = names((folder / "small.mlir").read_text("utf-8"))
    assert "sub" in left
    assert len(left) <= 5 < before
