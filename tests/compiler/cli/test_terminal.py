"""Output on terminals: colors, IR in colors, and none of it when somebody says NO_COLOR."""

import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from wsc.compiler.cli.ir_text import ir_text
from wsc.compiler.cli.terminal import Terminal, is_fancy, share_a_file
from wsc.ir.diagnostics import Diagnostic, Severity
from wsc.ir.location import FileLoc
from wsc.ir.parser import parse_module

pty = pytest.importorskip("pty", reason="needs pseudo-terminals")

COMMAND = "import sys; from wsc.compiler.cli.main import main; sys.exit(main(sys.argv[1:]))"


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def on_a_terminal(*arguments: str, **settings: str) -> str:
    """All that `wsc` writes when stdout and stderr are a terminal."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", **settings}
    command = [sys.executable, "-c", COMMAND, *arguments]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment)
    os.close(theirs)
    chunks: list[bytes] = []
    while True:
        try:
            chunk = os.read(ours, 1 << 16)
        except OSError:  # Linux says so when the other side is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(ours)
    assert process.wait() == 0, b"".join(chunks)
    return b"".join(chunks).decode()


@pytest.mark.parametrize(
    ("setting", "fancy"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_when_colors_are_used(monkeypatch: pytest.MonkeyPatch, setting: dict[str, str], fancy: bool) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name, value in setting.items():
        monkeypatch.setenv(name, value)
    assert is_fancy(Tty()) is fancy
    assert not is_fancy(io.StringIO())


def test_diagnostics_are_colored(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    (folder / "f").write_text("abc\n", "utf-8")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("sys.stderr", tty := Tty())
    Terminal().diagnostics([Diagnostic(Severity.ERROR, "bad", FileLoc("f", 1, 2))])
    assert "\x1b[1;31merror\x1b[0m" in tty.getvalue()
    assert "\x1b[1;31m ^\x1b[0m" in tty.getvalue()
    assert re.sub(r"\x1b\[[0-9;]*m", "", tty.getvalue()) == "error: bad\n --> f:1:2\n  |\n1 | abc\n  |  ^\n"


def test_ir_in_colors_is_the_same_ir(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    module = parse_module('"test.op"() {name = "' + 200 * "x" + '"} : () -> ()')
    colored = ir_text(module, Tty())
    assert "\x1b[" in colored
    unfolded = re.sub(r"\n *↳ ", "", re.sub(r"\x1b\[[0-9;]*m", "", colored))
    assert unfolded == ir_text(module, io.StringIO()) == str(module)


def test_streams_of_one_file(folder: Path) -> None:
    with open(folder / "a", "w") as first, open(folder / "a") as second, open(folder / "b", "w") as third:
        assert share_a_file(first, second)
        assert not share_a_file(first, third)
        assert not share_a_file(first, io.StringIO())


@pytest.mark.usefixtures("classifier")
def test_progress_and_map_on_a_terminal() -> None:
    text = on_a_terminal("compile", "classifier.wdl", "--grid", "2x2")
    assert "\x1b[" in text
    assert re.search(r"\x1b\[30;46mAA", text)
    assert "wrote classifier.wsx" in text


@pytest.mark.usefixtures("classifier")
@pytest.mark.parametrize("arguments", [("NO_COLOR",), ("--quiet",)])
def test_plain_text_on_a_terminal(arguments: tuple[str]) -> None:
    (way,) = arguments
    quiet, settings = ([way], {}) if way == "--quiet" else ([], {way: "1"})
    text = on_a_terminal("compile", "classifier.wdl", "--grid", "2x2", *quiet, **settings)
    assert "\x1b" not in text
    assert ("floor plan" in text) is not bool(quiet)
