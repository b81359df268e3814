"""The four packages import each other one way only: compiler -> passes -> ir <- runtime."""

import ast
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest

# What each package may import besides itself.
ARROWS = {
    "compiler": {"ir", "passes"},
    "compiler/cli": {"ir", "passes", "runtime"},
    "ir": set[str](),
    "passes": {"ir"},
    "runtime": {"ir"},
}
PACKAGES = {"compiler", "ir", "passes", "runtime"}


def room(name: str) -> str:
    """The key of `ARROWS` that the file `name` falls under."""
    parts = name.split("/")
    return "compiler/cli" if parts[:2] in (["compiler", "cli"], ["compiler", "cli.py"]) else parts[0]


def imports(name: str, source: str) -> Iterator[tuple[int, str, bool]]:
    """Yield line, absolute dotted name and whether it was written relative, for each import in `source`."""
    package = ["wsc", *PurePosixPath(name).parts[:-1]]
    for node in ast.walk(ast.parse(source, name)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, False
        elif isinstance(node, ast.ImportFrom):
            assert node.level <= len(package), f"{name}:{node.lineno}: leaves the package wsc"
            base = package[: len(package) - node.level + 1] if node.level else []
            base += node.module.split(".") if node.module else []
            for alias in node.names:
                yield node.lineno, ".".join([*base, alias.name]), node.level > 0
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value, first.value.startswith(".")


def violations(name: str, source: str) -> list[str]:
    """Say which imports of the file `name` the house forbids, and why."""
    own, allowed = name.split("/")[0], ARROWS[room(name)]
    found: list[str] = []
    for line, target, relative in imports(name, source):
        parts = target.split(".")
        if parts[0] in PACKAGES:
            found.append(f"{name}:{line}: {target} is installed as wsc.{target}: import it relatively")
        if parts[0] != "wsc":
            continue
        if not relative:
            found.append(f"{name}:{line}: import {target} relatively")
        other = parts[1] if len(parts) > 1 else "*"
        if other != own and other not in allowed:
            found.append(f"{name}:{line}: {room(name)} must not import {target}")
    return found


def test_arrows(root: Path, package_files: list[str]) -> None:
    modules = [name for name in package_files if name.endswith(".py")]
    assert {name.split("/")[0] for name in modules} == PACKAGES
    found = [text for name in modules for text in violations(name, (root / name).read_text("utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("ir/types.py", "from ..passes.base import Pass"),
        ("ir/types.py", "from .. import runtime"),
        ("ir/types.py", "from .. import *"),
        ("ir/dialects/nn.py", "if True:\n    from ...compiler import pipeline"),
        ("passes/nn/fuse.py", "from ...runtime import machine"),
        ("passes/nn/fuse.py", "def late():\n    from ...compiler.frontend import parse"),
        ("passes/nn/fuse.py", "import wsc.ir"),
        ("passes/nn/fuse.py", "from wsc.ir import types"),
        ("passes/nn/fuse.py", "from ir import types"),
        ("runtime/machine.py", "from ..passes import base"),
        ("runtime/machine.py", "import importlib\nimportlib.import_module('wsc.compiler')"),
        ("compiler/pipeline.py", "from ..runtime import machine"),
    ],
)
def test_a_wrong_arrow_is_found(name: str, source: str) -> None:
    assert violations(name, source)


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("ir/dialects/nn.py", "from ..types import Type\nfrom . import dist"),
        ("passes/nn/fuse.py", "from ...ir.types import Type\nfrom ..base import Pass\nimport numpy"),
        ("runtime/machine.py", "from ..ir import types\nfrom .wavelet import kernel"),
        ("compiler/pipeline.py", "from .. import ir, passes"),
        (
            "compiler/cli/run.py",
            "from ...runtime import machine\nfrom ...passes import base\nfrom .. import pipeline",
        ),
    ],
)
def test_a_right_arrow_passes(name: str, source: str) -> None:
    assert violations(name, source) == []
