"""What the command's tests share: a command in this process, an empty folder to be in, small models."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from wsc.compiler.cli.main import main

CLASSIFIER = """\
model classifier {
  const inputs = 6, classes = 4
  dtype f16 accumulate f32
  weight w: [inputs, classes], b: [classes]
  forward(x: [seq, inputs]) -> [seq, classes] {
    return relu(x @ w + b)
  }
  decode = greedy(forward)
}
"""


@dataclass(frozen=True)
class Done:
    """What a command left behind."""

    status: int
    out: str
    err: str


Command = Callable[..., Done]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current directory: an empty one."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "WSC_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def wsc(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `wsc` with the given arguments."""

    def run(*arguments: str) -> Done:
        capsys.readouterr()
        status = main(arguments)
        captured = capsys.readouterr()
        return Done(status, captured.out, captured.err)

    return run


@pytest.fixture
def classifier(folder: Path) -> Path:
    """The text of a small model in the current directory."""
    path = folder / "classifier.wdl"
    path.write_text(CLASSIFIER, "utf-8")
    return path
