"""What happens when wsc itself is wrong, is interrupted, or writes into a closed pipe."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.passes.base import PassContext
from wsc.passes.fabric.place import Place
from wsc.passes.pe.schedule import Schedule

from .conftest import Command, Done

PLUGIN = """\
from dataclasses import dataclass
from typing import ClassVar
from wsc.passes.base import Pass


@dataclass(frozen=True, slots=True)
class Fail(Pass):
    name: ClassVar[str] = "fail"
    def run(self, module, context):
        raise LookupError("nobody at home")
"""
MAIN = "import sys; from wsc.compiler.cli.main import main; sys.exit(main(sys.argv[1:]))"


def broken(module: Operation, context: PassContext) -> None:
    """Change the module, then fail."""
    for op in list(module.body.operations)[::-1]:
        op.erase()
    raise LookupError("nobody at home")


@pytest.fixture
def failed(wsc: Command, classifier: Path, monkeypatch: pytest.MonkeyPatch) -> Done:
    """A compilation during which the floorplanner breaks."""
    with monkeypatch.context() as patched:
        patched.setattr(Place, "run", lambda self, module, context: broken(module, context))
        return wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet")


def reproducer(done: Done) -> str:
    """The text of the reproducer that a message names."""
    match = re.search(r"reproducer: (.*)", done.err)
    assert match is not None
    return Path(match[1]).read_text("utf-8")


def test_an_internal_error_leaves_a_reproducer(failed: Done) -> None:
    assert failed.status == 3
    assert "internal error: LookupError: nobody at home" in failed.err
    assert "Traceback" not in failed.err
    text = reproducer(failed)
    assert re.match(r"// wsc \d+\.\d+", text)
    assert "// command: wsc compile classifier.wdl --grid 2x2 --quiet\n" in text
    assert "// failed in pass: place\n" in text
    assert "LookupError: nobody at home" in text


def test_the_reproducer_goes_on_where_the_pass_failed(failed: Done, wsc: Command) -> None:
    text = reproducer(failed)
    assert any(op.name == "dist.func" for op in parse_module(text).body.operations)
    assert "\n// pipeline: place," in text
    Path("reproducer.mlir").write_text(text, "utf-8")
    done = wsc("opt", "reproducer.mlir", "--run-reproducer")
    assert done.status == 0
    assert '"pe.tile"' in done.out


def test_a_traceback_on_demand(wsc: Command, classifier: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Place, "run", lambda self, module, context: broken(module, context))
    monkeypatch.setenv("WSC_TRACEBACK", "1")
    done = wsc("compile", "classifier.wdl")
    assert done.status == 3
    assert "Traceback (most recent call last)" in done.err


def test_a_pass_that_breaks_the_module_is_an_internal_error(
    wsc: Command, classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def forget_shapes(self: Schedule, module: Operation, context: PassContext) -> None:
        for op in module.body.operations:
            op.attributes.pop("width", None)

    monkeypatch.setattr(Schedule, "run", forget_shapes)
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet")
    assert done.status == 3
    assert "pass 'schedule' left an invalid module" in done.err
    assert "// failed in pass: schedule\n" in reproducer(done)


def test_an_error_before_there_is_a_module(
    wsc: Command, classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise AssertionError("grammar upside down")

    monkeypatch.setattr("wsc.compiler.driver.compile_wdl", fail)
    done = wsc("compile", "classifier.wdl")
    assert done.status == 3
    assert classifier.read_text("utf-8") in reproducer(done)


def test_no_reproducer_can_be_written(
    wsc: Command, classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(Place, "run", lambda self, module, context: broken(module, context))
    monkeypatch.setattr("wsc.ir.program_file.write_atomically", fail)
    done = wsc("compile", "classifier.wdl", "--quiet")
    assert done.status == 3
    assert "no reproducer could be written: read-only" in done.err


def test_interrupted(wsc: Command, classifier: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(self: Place, module: Operation, context: PassContext) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Place, "run", interrupt)
    done = wsc("compile", "classifier.wdl")
    assert done.status == 130
    assert "Traceback" not in done.err
    assert sorted(path.name for path in folder.iterdir()) == ["classifier.wdl"]


def test_a_disk_that_fails_leaves_the_old_program(
    wsc: Command, classifier: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "classifier.wsx").write_bytes(b"the old one")

    def full(*arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    done = wsc("compile", "classifier.wdl", "--grid", "2x2", "--quiet")
    assert done.status == 1
    assert "cannot be written: No space left on device" in done.err
    assert (folder / "classifier.wsx").read_bytes() == b"the old one"
    assert sorted(path.name for path in folder.iterdir()) == ["classifier.wdl", "classifier.wsx"]


@pytest.mark.parametrize(
    ("redirections", "status", "message"),
    [
        (">&-", 0, ""),
        (">&- 2>&-", 0, ""),
        ("> /dev/full", 1, "wsc: error: the output cannot be written: No space left on device\n"),
    ],
)
def test_output_that_goes_nowhere(folder: Path, redirections: str, status: int, message: str) -> None:
    command = ["/bin/sh", "-c", f'exec "$@" {redirections}', "sh", sys.executable, "-c", MAIN, "ops"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (status, message)
    assert list(folder.iterdir()) == []


def test_a_closed_pipe_is_no_traceback(classifier: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, "compile", "classifier.wdl", "--stop-after", "emit", "--quiet"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    message = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 141
    assert message == ""


def test_a_closed_stderr_leaves_the_reproducer(folder: Path) -> None:
    (folder / "plugin.py").write_text(PLUGIN, "utf-8")
    (folder / "m.mlir").write_text('"builtin.module"() ({\n^bb0:\n}) : () -> ()\n', "utf-8")
    command = [sys.executable, "-c", MAIN, "opt", "m.mlir", "--load-pass-plugin", "plugin.py", "-p", "fail"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    assert process.stderr is not None
    process.stderr.close()
    assert process.wait() == 141
    assert len(list(folder.glob("wsc-reproducer-*.mlir"))) == 1
