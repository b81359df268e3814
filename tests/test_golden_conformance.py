"""Every golden file is MLIR that others read: xDSL always, mlir-opt where `WSC_MLIR_OPT` names one."""

from __future__ import annotations

import os
import subprocess
from io import StringIO
from pathlib import Path

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin
from xdsl.parser import Parser
from xdsl.printer import Printer

from wsc.ir.dialects import load_dialects
from wsc.ir.parser import parse_module

GOLDENS = Path(__file__).parent / "goldens"
FILES = sorted(GOLDENS.rglob("*.mlir"))
NAMES = [str(path.relative_to(GOLDENS)) for path in FILES]


def reprint(text: str, name: str) -> str:
    load_dialects()
    return f"{parse_module(text, name)}\n"


def test_there_are_goldens() -> None:
    assert FILES


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_xdsl_reads_and_prints_it(path: Path) -> None:
    context = Context(allow_unregistered=True)
    context.load_dialect(Builtin)
    text = path.read_text(encoding="utf-8")
    module = Parser(context, text, name=path.name).parse_module()
    printed = StringIO()
    Printer(stream=printed, print_generic_format=True).print_op(module)
    assert reprint(printed.getvalue(), path.name) == text


@pytest.mark.skipif("WSC_MLIR_OPT" not in os.environ, reason="WSC_MLIR_OPT names no mlir-opt")
@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_mlir_opt_reads_and_prints_it(path: Path) -> None:
    command = [
        os.environ["WSC_MLIR_OPT"],
        "--allow-unregistered-dialect",
        "--mlir-print-op-generic",
        str(path),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    assert reprint(result.stdout, path.name) == path.read_text(encoding="utf-8")
