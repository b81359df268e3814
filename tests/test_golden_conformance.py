"""What we print is MLIR that others read: golden files, files of pass tests, dumps of all examples.

xDSL reads the golden files in every run; mlir-opt reads everything, in `make slow`.
"""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from xdsl.context import Context
from xdsl.dialects.builtin import Builtin
from xdsl.parser import Parser
from xdsl.printer import Printer

from wsc.compiler.cli.opt import split_input
from wsc.compiler.driver import CompileOptions, compile_module
from wsc.compiler.frontend.entries import COMPILED_ENTRIES
from wsc.compiler.frontend.parse import parse_wdl
from wsc.ir.dialects import load_dialects
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.target import load_target
from wsc.passes.base import Pass
from wsc.passes.manager import Instrumentation

from .support.mlir_opt import needs_mlir_opt, through_mlir_opt
from .support.wdl import EXAMPLES

TESTS = Path(__file__).parent
GOLDENS = TESTS / "goldens"
FILES = sorted(GOLDENS.rglob("*.mlir"))
NAMES = [str(path.relative_to(GOLDENS)) for path in FILES]
PASS_FILES = sorted((TESTS / "passes").rglob("*.mlir"))
MODELS = sorted(EXAMPLES.glob("*/*.wdl"))


def reprint(text: str, name: str) -> str:
    load_dialects()
    return f"{parse_module(text, name)}\n"


def test_there_is_something_to_read() -> None:
    assert FILES
    assert PASS_FILES
    assert MODELS


@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_xdsl_reads_and_prints_it(path: Path) -> None:
    context = Context(allow_unregistered=True)
    context.load_dialect(Builtin)
    text = path.read_text(encoding="utf-8")
    module = Parser(context, text, name=path.name).parse_module()
    printed = StringIO()
    Printer(stream=printed, print_generic_format=True).print_op(module)
    assert reprint(printed.getvalue(), path.name) == text


@needs_mlir_opt
@pytest.mark.parametrize("path", FILES, ids=NAMES)
def test_mlir_opt_reads_and_prints_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert reprint(through_mlir_opt(text), path.name) == text


@needs_mlir_opt
@pytest.mark.parametrize("path", PASS_FILES, ids=lambda path: path.stem)
def test_mlir_opt_reads_the_inputs_of_pass_tests(path: Path) -> None:
    for part in split_input(path.read_text(encoding="utf-8")):
        assert reprint(through_mlir_opt(part), path.name) == reprint(part, path.name)


class LocatedDumps(Instrumentation):
    """Keeps the module after each pass, with locations."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    def after(self, pass_: Pass, module: object, changed: bool) -> None:
        self.texts[f"{len(self.texts):02}_{pass_.name}"] = print_operation(module, locations=True)  # type: ignore[arg-type]


@needs_mlir_opt
@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_mlir_opt_reads_the_dumps_of_an_example(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    model = parse_wdl(text, path.name).model
    assert model is not None
    entries = [entry.name.text for entry in model.entries if entry.name.text in COMPILED_ENTRIES]
    assert entries
    for entry in entries:
        dumps = LocatedDumps()
        options = CompileOptions(load_target("tiny").target, entry=entry)
        compile_module(text, path.name, options, [dumps])
        assert len(dumps.texts) > 10
        for name, dump in dumps.texts.items():
            read = parse_module(through_mlir_opt(dump, "--mlir-print-debuginfo"), name)
            assert print_operation(read, locations=True) == dump, name
