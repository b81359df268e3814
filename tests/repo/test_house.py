"""The rules of the house that a reader would otherwise have to watch: size, docstrings, words, paths."""

import ast
import re
from pathlib import Path

import pytest

MOST_LINES = 450

# Each pattern is written so that it does not match itself.
EVERYWHERE = {
    "a path of one machine": r"(?<![\w.])/(?:work|tmp|root|home|farm|opt|Users)/",
    "a package registry's host": r"pypi[.]org|pythonhosted[.]org|npm(?:js)?[.](?:org|com)|crates[.]io"
    r"|deb[.]debian[.]org|proxy[.]golang[.]org",
    "a word on how the work is done": r"\b[Aa]gents?\b|\b(?:A[I]|C[E]O|C[l]aude|Chat[G]PT|Co[p]ilot)\b"
    r"|\b[Ii]ssue #\d",
}
IN_THE_PROGRAM = {
    "unfinished work": r"\b(?:T[O]DO|F[I]XME|X[X]X|NotImplemented[E]rror|place[h]older)\b|# [s]tub\b",
}


def matches(patterns: dict[str, str], name: str, text: str) -> list[str]:
    """Say where `text` has what it must not have."""
    return [
        f"{name}:{number}: {what}: {match.group()}"
        for what, pattern in patterns.items()
        for number, line in enumerate(text.splitlines(), 1)
        for match in re.finditer(pattern, line)
    ]


def does_nothing(statement: ast.stmt) -> bool:
    """Whether `statement` is a pass, a continue, an ellipsis or a string."""
    constant = isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    return constant or isinstance(statement, ast.Pass | ast.Continue)


def hidden_errors(name: str, source: str) -> list[str]:
    """Say where `source` catches an error and does nothing about it, or catches whatever comes."""
    found: list[str] = []
    for node in ast.walk(ast.parse(source, name)):
        if isinstance(node, ast.ExceptHandler):
            idle = all(does_nothing(statement) for statement in node.body)
            if idle or node.type is None:
                found.append(f"{name}:{node.lineno}: except {'does nothing' if idle else 'names no error'}")
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("suppress"):
            all_errors = {"Exception", "BaseException"} & {ast.unparse(error) for error in node.args}
            found += [f"{name}:{node.lineno}: suppress hides every {error}" for error in sorted(all_errors)]
    return found


def subject(name: str, source: str) -> str | None:
    """The first line of the module's docstring, if the file opens with one (or a `#!` line and one)."""
    module = ast.parse(source, name)
    docstring = ast.get_docstring(module)
    opens = docstring is not None and module.body[0].lineno == (2 if source.startswith("#!") else 1)
    return docstring.splitlines()[0] if docstring and opens else None


def test_no_file_is_too_long(root: Path, package_files: list[str]) -> None:
    lines = {name: len((root / name).read_text("utf-8").splitlines()) for name in package_files}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_every_module_says_its_subject(root: Path, files: list[str]) -> None:
    modules = [name for name in files if name.endswith(".py")]
    assert modules
    silent = [name for name in modules if not subject(name, (root / name).read_text("utf-8"))]
    assert silent == []


def test_no_error_is_hidden(root: Path, files: list[str]) -> None:
    modules = [name for name in files if name.endswith(".py")]
    found = [text for name in modules for text in hidden_errors(name, (root / name).read_text("utf-8"))]
    assert not found, "\n".join(found)


def test_words(root: Path, files: list[str]) -> None:
    found: list[str] = []
    for name in files:
        content = (root / name).read_bytes()
        if b"\0" in content:  # binary
            continue
        text = content.decode("utf-8")
        found += matches(EVERYWHERE, name, text)
        if name.endswith(".py") and not name.startswith("tests/"):
            found += matches(IN_THE_PROGRAM, name, text)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("head", "tail"),
    [
        ("see /wo", "rk/main"),
        ('open("/tm', 'p/x")'),
        ("https://pypi", ".org/simple"),
        ("written by an A", "I"),
        ("closes issue ", "#12"),
    ],
)
def test_a_wrong_word_is_found(head: str, tail: str) -> None:
    assert matches(EVERYWHERE, "notes.md", head + tail)


@pytest.mark.parametrize("text", ["issue 4 instructions", "a/work/b", "reagent", "FAIL", "~/.cache"])
def test_a_harmless_word_passes(text: str) -> None:
    assert matches(EVERYWHERE, "notes.md", text) == []


@pytest.mark.parametrize(
    "handler",
    [
        "except ValueError: pass",
        "except ValueError: ...",
        "except: print(1)",
        "except OSError:\n    'why'\n    pass",
    ],
)
def test_a_hidden_error_is_found(handler: str) -> None:
    assert hidden_errors("x.py", f"try: f()\n{handler}")


def test_suppressing_everything_is_found() -> None:
    assert hidden_errors("x.py", "with contextlib.suppress(Exception): f()")
    assert not hidden_errors("x.py", "with contextlib.suppress(FileNotFoundError): f()")


def test_where_a_subject_stands() -> None:
    assert subject("x.py", '"""What x is."""\n') == "What x is."
    assert subject("x.py", '#!/usr/bin/env python3\n"""What x is."""\n') == "What x is."
    assert subject("x.py", '# a comment\n"""What x is."""\n') is None
    assert subject("x.py", "import os\n") is None
