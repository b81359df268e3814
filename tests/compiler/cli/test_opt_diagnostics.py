"""`wsc opt` for tests of passes: several inputs, expected diagnostics, reproducers, foreign operations."""

from pathlib import Path

import pytest

from wsc.compiler.cli.expected import compare, find_expected
from wsc.compiler.cli.opt import split_input
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, Severity
from wsc.ir.location import UNKNOWN, FileLoc

from .conftest import Command

CONSTANT = '%0 = "nn.constant"() {value = dense<1.0> : tensor<f16>} : () -> tensor<f16>\n'


def said(message: str, line: int, *notes: str | Diagnostic, kind: Severity = Severity.ERROR) -> Diagnostic:
    return Diagnostic(kind, message, FileLoc("f", line, 1) if line else UNKNOWN, notes)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("// expected-error {{bad}}", [said("a bad one", 1)]),
        ("// expected-error @+2 {{bad}}", [said("bad", 3)]),
        ("x\n// expected-error@-1 {{bad}}", [said("bad", 1)]),
        ("// expected-error @below {{a}}\n// expected-error@below {{b}}\nx", [said("a", 3), said("b", 3)]),
        ("x\n// expected-warning @above {{w}}", [said("w", 1, kind=Severity.WARNING)]),
        ("// expected-error @unknown {{lost}}", [said("lost", 0)]),
        ("// expected-error-re {{[{{[0-9]+}}] of}}", [said("[17] of", 1)]),
        ("// expected-error {{bad}}", [said("bad", 1, "a note without a place needs no comment")]),
        ("// expected-error {{a}}\n// expected-note {{b}}", [said("a", 1, said("b", 2, kind=Severity.NOTE))]),
        ("x", []),
        ("// expected-remark {{done}}", [said("done", 1, kind=Severity.REMARK)]),
        ("// expected-note-re @+1 {{n{{.}}}}", [said("no", 2, kind=Severity.NOTE)]),
        ("// expected-error {{a {{}} b}}", [said("a {{}} b", 1)]),
        ("// an expected-error is a comment", []),
    ],
)
def test_what_is_expected_and_given(text: str, given: list[Diagnostic]) -> None:
    assert compare(find_expected(text), given, "f") == []


@pytest.mark.parametrize(
    ("text", "given", "problem"),
    [
        ("// expected-error {{bad}}", [], "expected error was not given for line 1: bad"),
        ("x", [said("bad", 1)], "unexpected error: bad"),
        ("// expected-error {{[0-9]}}", [said("7", 1)], "unexpected error: 7"),
        ("// expected-error {{bad}}", [said("bad", 2)], "unexpected error: bad"),
        ("// expected-error {{bad}}", [said("bad", 1), said("bad", 1)], "unexpected error: bad"),
        ("// expected-warning {{bad}}", [said("bad", 1)], "unexpected error: bad"),
        (
            "// expected-error {{bad}}",
            [said("bad", 1, said("here", 5, kind=Severity.NOTE))],
            "unexpected note: here",
        ),
    ],
)
def test_what_does_not_agree(text: str, given: list[Diagnostic], problem: str) -> None:
    assert problem in [found.message for found in compare(find_expected(text), given, "f")]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("x // expected-error @ {{a}}", "not a comment that expects a diagnostic"),
        ("x // expected-error {{a}", "not a comment that expects a diagnostic"),
        ("x // expected-fatal {{a}}", "not a comment that expects a diagnostic"),
        ("x // expected-error {{a}} // expected-note {{b}}", "needs a line of its own"),
        ("x // expected-error-re {{a{{(}}}}", "not a regular expression"),
        ("x // expected-error @-3 {{a}}", "there is no line @-3"),
        ("// expected-error @above {{a}}", "there is no line @above"),
    ],
)
def test_a_comment_that_is_wrong(text: str, problem: str) -> None:
    with pytest.raises(DiagnosticError) as caught:
        find_expected(f"{text}", "f.mlir")
    (found,) = caught.value.diagnostics
    assert problem in found.message
    assert str(found.location) == f'"f.mlir":1:{text.index("expected") + 1}'


def test_splitting_keeps_line_numbers() -> None:
    assert list(split_input("a\nb\n// -----\nc\n")) == ["a\nb", "\n\n\nc\n"]
    assert list(split_input("a\n")) == ["a\n"]


def test_split_input_file(wsc: Command, folder: Path) -> None:
    (folder / "m.mlir").write_text(f"{CONSTANT}// -----\n{CONSTANT}", "utf-8")
    done = wsc("opt", "m.mlir", "--split-input-file", "-p", "dce")
    assert done.status == 0
    empty = '"builtin.module"() ({\n^bb0:\n}) : () -> ()\n'
    assert done.out == f"{empty}// -----\n{empty}"


def test_errors_of_all_inputs_come_with_their_lines(wsc: Command, folder: Path) -> None:
    (folder / "m.mlir").write_text(
        f'"nn.foo"() : () -> ()\n// -----\n{CONSTANT}// -----\n"nn.bar"(\n', "utf-8"
    )
    done = wsc("opt", "m.mlir", "--split-input-file")
    assert (done.status, done.out) == (1, "")
    assert "m.mlir:1:1" in done.err
    assert "m.mlir:6:1" in done.err


def test_verify_diagnostics(wsc: Command, folder: Path) -> None:
    text = '// expected-error @+1 {{nn.foo}}\n"nn.foo"() : () -> ()\n// -----\n'
    (folder / "m.mlir").write_text(text + CONSTANT, "utf-8")
    done = wsc("opt", "m.mlir", "--split-input-file", "--verify-diagnostics")
    assert (done.status, done.err) == (0, "")
    assert "nn.constant" in done.out
    (folder / "m.mlir").write_text(text.replace("foo}}", "fox}}") + CONSTANT, "utf-8")
    done = wsc("opt", "m.mlir", "--split-input-file", "--verify-diagnostics")
    assert (done.status, done.out) == (1, "")
    assert "unexpected error: " in done.err
    assert "expected error was not given for line 2: nn.fox" in done.err


TELLS = """\
from dataclasses import dataclass
from typing import ClassVar
from wsc.ir.diagnostics import Diagnostic, Severity
from wsc.ir.location import UNKNOWN
from wsc.passes.base import Pass


@dataclass(frozen=True, slots=True)
class Tell(Pass):
    name: ClassVar[str] = "tell"

    def run(self, module, context):
        (op,) = module.body.operations
        context.warn("it is 1", op.location)
        context.remark("it is 2 of 3", op.location)
        context.remark("it is [4]", UNKNOWN)
        note = Diagnostic(Severity.NOTE, "it is 5", op.location)
        context.remarks.append(Diagnostic(Severity.ERROR, "it is 6", op.location, (note,)))
"""


def test_every_form_through_the_command(wsc: Command, folder: Path) -> None:
    (folder / "tells.py").write_text(TELLS, "utf-8")
    comments = [
        "// expected-warning @below {{is 1}}",
        "// expected-remark-re @+4 {{it is {{[0-9]}} of}}",
        "// expected-remark @unknown {{[4]}}",
        "// expected-note @below {{it is 5}}",
        "// expected-error @+1 {{it is 6}}",
    ]
    command = ("opt", "m.mlir", "-p", "tell", "--load-pass-plugin", "tells.py", "--verify-diagnostics")
    text = "\n".join([*comments, CONSTANT])
    (folder / "m.mlir").write_text(text, "utf-8")
    done = wsc(*command)
    assert (done.status, done.err) == (0, "")
    for comment in comments:
        (folder / "m.mlir").write_text(text.replace(comment, "// nothing"), "utf-8")
        done = wsc(*command)
        assert done.status == 1
        assert "unexpected " in done.err


def test_foreign_operations(wsc: Command, folder: Path) -> None:
    (folder / "m.mlir").write_text('"test.op"() : () -> ()\n', "utf-8")
    assert wsc("opt", "m.mlir").status == 1
    done = wsc("opt", "m.mlir", "--allow-unregistered-dialect", "-p", "dce")
    assert done.status == 0
    assert '"test.op"' in done.out


def test_run_reproducer(wsc: Command, folder: Path) -> None:
    (folder / "r.mlir").write_text(f"// wsc\n// pipeline: dce,cse\n\n{CONSTANT}", "utf-8")
    done = wsc("opt", "r.mlir", "--run-reproducer")
    assert done.status == 0
    assert "nn.constant" not in done.out
    assert wsc("opt", "r.mlir", "--run-reproducer", "-p", "dce").status == 2
    (folder / "r.mlir").write_text(CONSTANT, "utf-8")
    done = wsc("opt", "r.mlir", "--run-reproducer")
    assert done.status == 1
    assert "is no reproducer" in done.err
