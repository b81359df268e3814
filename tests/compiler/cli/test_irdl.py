"""`wsc ops --irdl`: definitions that mlir-opt loads, and that tell right operations from wrong ones."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from wsc.ir.attributes import StringAttr
from wsc.ir.dialects import load_dialects
from wsc.ir.operation import Block, Operation, Region
from wsc.ir.parser import parse_module
from wsc.ir.printer import print_operation
from wsc.ir.spec import lookup_spec, registered_operations

from .conftest import Command

GOLDENS = Path(__file__).resolve().parents[2] / "goldens"
EXPORTED = ("fabric", "nn", "pe")
MLIR_OPT = os.environ.get("WSC_MLIR_OPT")


def exported() -> set[str]:
    """All operations of the exported dialects but the one whose name a type has."""
    load_dialects()
    names = {spec.name for spec in registered_operations() if spec.name.split(".")[0] in EXPORTED}
    return names - {"pe.dsd"}


def test_every_operation_is_there_once(wsc: Command) -> None:
    text = wsc("ops", "--irdl").out
    found: list[str] = []
    for dialect in re.split(r"^irdl\.dialect @", text, flags=re.MULTILINE)[1:]:
        own = dialect.split(" ")[0]
        found += [f"{own}.{name}" for name in re.findall(r"irdl\.operation @(\w+)", dialect)]
    assert len(found) == len(set(found))
    assert set(found) == exported()


def test_one_dialect(wsc: Command) -> None:
    text = wsc("ops", "fabric", "--irdl").out
    assert text.count("irdl.dialect") == 1
    assert '"sym_name" = %0, "width" = %1, "height" = %2' in text
    assert "IRDL cannot say how !dist.tensor<...> is read" in wsc("ops", "dist", "--irdl").out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fabrik", "--irdl"), "did you mean 'fabric'?"),
        (("builtin", "--irdl"), "MLIR's own"),
        (("--irdl", "--markdown"), "it does not go with"),
    ],
)
def test_what_cannot_be_exported(wsc: Command, arguments: tuple[str, ...], message: str) -> None:
    done = wsc("ops", *arguments)
    assert (done.status, done.out) == (2, "")
    assert message in done.err


def sayable(module: Operation) -> Iterator[Operation]:
    """Yield the operations of which IRDL can say what we mean.

    Not those with regions, since it has no terminators; not those with types or attributes of dialect
    `dist`; not those with several types in what is variadic.
    """
    for op in module.walk():
        if op.name not in exported() or op.regions or "dist." in str(op):
            continue
        spec = lookup_spec(op.name)
        assert spec is not None
        groups = [
            values[len(fields) - 1 :]
            for fields, values in ((spec.operands, op.operands), (spec.results, op.results))
            if fields and fields[-1].variadic
        ]
        if all(len({value.type for value in group}) <= 1 for group in groups):
            yield op


def flat(operations: Iterator[Operation]) -> tuple[str, int]:
    """Return a module of copies of operations, whose operands come from nowhere, and their number."""
    body = Block()
    count = 0
    for op in operations:
        operands = [
            body.append(Operation("builtin.unrealized_conversion_cast", (), [value.type])).result
            for value in op.operands
        ]
        attributes = dict(op.attributes)
        if op.symbol_name is not None:
            attributes["sym_name"] = StringAttr(f"s{count}")
        body.append(Operation(op.name, operands, [value.type for value in op.results], attributes))
        count += 1
    return print_operation(Operation("builtin.module", regions=[Region([body])])), count


def complaints(irdl: Path, text: str, folder: Path) -> str:
    """Return what mlir-opt has against a module."""
    assert MLIR_OPT is not None
    (folder / "m.mlir").write_text(text, "utf-8")
    command = [MLIR_OPT, f"--irdl-file={irdl}", "m.mlir", "-o", os.devnull]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.fixture
def irdl(wsc: Command, folder: Path) -> Path:
    path = folder / "wsc.irdl.mlir"
    path.write_text(wsc("ops", "--irdl").out, "utf-8")
    return path


@pytest.mark.slow
@pytest.mark.skipif(MLIR_OPT is None, reason="WSC_MLIR_OPT names no mlir-opt")
def test_mlir_opt_knows_the_operations_of_all_goldens(irdl: Path, folder: Path) -> None:
    known = 0
    for path in sorted(GOLDENS.rglob("*.mlir")):
        text, count = flat(sayable(parse_module(path.read_text("utf-8"), path.name)))
        assert complaints(irdl, text, folder) == "", path.name
        known += count
    assert known > 1000


@pytest.mark.slow
@pytest.mark.skipif(MLIR_OPT is None, reason="WSC_MLIR_OPT names no mlir-opt")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('"nn.read"() : () -> tensor<4xf16>', 'attribute "variable" is expected but not provided'),
        ('"nn.read"() {variable = 3 : i64} : () -> tensor<4xf16>', "expected base attribute"),
        ('"nn.read"() {variable = @w} : () -> index', "expected base type"),
        ('"nn.nothing"() : () -> ()', "unregistered operation 'nn.nothing'"),
        ('"pe.program"() {sym_name = "p"} : () -> ()', "region"),
    ],
)
def test_mlir_opt_refuses_what_is_wrong(irdl: Path, folder: Path, text: str, message: str) -> None:
    assert message in complaints(irdl, f'"builtin.module"() ({{\n{text}\n}}) : () -> ()\n', folder)
