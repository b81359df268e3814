"""The script that finds mlir-opt: what it prints, and that it says so when there is none."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder with commands, the only ones that the script finds: it is run by no root."""
    add(tmp_path, "id", "echo 1000")
    return tmp_path


def add(folder: Path, name: str, body: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n", "utf-8")
    path.chmod(0o755)
    return path


def run(root: Path, tools: Path, **environment: str) -> tuple[str, str]:
    """What the script prints, on stdout and stderr."""
    environment = {"PATH": str(tools), **environment}
    script = root / "scripts" / "find-mlir-opt.sh"
    result = subprocess.run(
        ["/bin/sh", str(script)], env=environment, capture_output=True, text=True, check=True
    )
    return result.stdout.strip(), result.stderr.strip()


def test_the_environment_comes_first(root: Path, tools: Path) -> None:
    add(tools, "mlir-opt-19", "true")
    assert run(root, tools, WSC_MLIR_OPT="mine")[0] == "mine"


def test_what_is_there_is_taken(root: Path, tools: Path) -> None:
    path = str(add(tools, "mlir-opt-19", "true"))
    assert run(root, tools) == (path, f"mlir-opt: {path}")


@pytest.mark.parametrize("with_apt", [False, True])
def test_without_it_one_line_says_why(root: Path, tools: Path, with_apt: bool) -> None:
    if with_apt:
        add(tools, "apt-get", "touch called; exit 1")
    found, said = run(root, tools)
    assert found == ""
    why = "only root can" if with_apt else "there is no apt-get"
    assert said == (
        f"mlir-opt: not found, and mlir-19-tools cannot be installed ({why}): its tests are skipped"
    )
    assert not (tools / "called").exists()


def test_root_installs_it(root: Path, tools: Path) -> None:
    add(tools, "id", "echo 0")
    make = f'echo "#!/bin/sh" > {tools}/mlir-opt-19; {chmod()} +x {tools}/mlir-opt-19'
    install = f'[ "$1" = update ] || {{ {make}; }}'
    add(tools, "apt-get", install)
    path = str(tools / "mlir-opt-19")
    assert run(root, tools) == (path, f"mlir-opt: {path}")


def test_root_is_told_when_there_is_no_such_package(root: Path, tools: Path) -> None:
    add(tools, "id", "echo 0")
    add(tools, "apt-get", "echo noise; echo more >&2; exit 100")
    found, said = run(root, tools)
    assert found == ""
    assert "(apt-get does not have it)" in said
    assert "\n" not in said


def chmod() -> str:
    return next(path for path in ("/bin/chmod", "/usr/bin/chmod") if os.path.exists(path))
