"""The checker of documents itself: what is wrong in a document is found, what is right is not."""

from pathlib import Path

import pytest

from .documents import DocumentError, Runner, blocks, commands, compare, run_command

MODEL = """\
model m {
  dtype f16
  weight w: [4, 2]
  forward(x: [seq, 4]) -> [seq, 2] { return x @ w }
  decode = forward
}
"""
WRONG = MODEL.replace("x @ w", "x @ v")
MESSAGE = """\
error: unknown name 'v'
 --> model.wdl:4:49
  |
4 |   forward(x: [seq, 4]) -> [seq, 2] { return x @ v }
  |                                                 ^
"""
EMPTY = '"builtin.module"() ({\n^bb0:\n}) : () -> ()\n'
FUTURE = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import ClassVar
@dataclass(slots=True)
class D:
    b: ClassVar[int] = 3
    a: int = 1
"""
TARGET = 'name = "t"\nbase = "tiny"\n[numbers]\nwidth = { value = 3, source = "chosen" }\n'


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def fenced(*parts: tuple[str, str]) -> str:
    return "\n".join(f"Text.\n\n```{info}\n{text}```\n" for info, text in parts)


def problems(*parts: tuple[str, str]) -> list[str]:
    return Runner("a.md").problems(fenced(*parts))


@pytest.mark.parametrize(
    "parts",
    [
        [("wdl", MODEL)],
        [("wdl error", WRONG), ("text", MESSAGE)],
        [("wdl error", WRONG), ("text", "error: unknown name 'v'\n...\n")],
        [("wdl warning", MODEL.replace("w: [4, 2]", "w: [4, 2], u: [1]")), ("text", "warning: ...\n...\n")],
        [("python", "a = 1\n"), ("python", "print(a + 1)\n"), ("text", "2\n")],
        [("python", FUTURE), ("python", "print(D(2).a, D.b)\n"), ("text", "2 3\n")],
        [("toml", TARGET)],
        [("toml error", TARGET.replace("3", "-3")), ("text", "error: 'width' is -3; ...\n...\n")],
        [("mlir", EMPTY)],
        [
            ("wdl file=m.wdl", MODEL),
            ("console", "$ wsc compile m.wdl --stop-after fuse --quiet > out\n$ ls\nm.wdl\nout\n"),
        ],
        [("console", "$ wsc passes | grep -c ^fuse\n1\n$ wsc passes none\nwsc: error: ...\n...\n")],
        [("console file=a.x", "$ cp a.x b.x\n$ ls *.x | cat > c\n$ cat c\na.x\nb.x\n")],
        [("mlir file=m.mlir", EMPTY), ("console", "$ cat m.mlir | wsc opt - -p dce | wc -l\n3\n")],
        [("console", "$ wsc \\\n  passes \\\n  cse\n")],
        [("console slow", "$ wsc passes none\n")],
        [("sh", "make world\n"), ("", "a -> b\n")],
    ],
)
def test_right(parts: list[tuple[str, str]]) -> None:
    assert problems(*parts) == []


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ([("wdl", WRONG)], "unknown name 'v'"),
        ([("wdl", MODEL.replace("w: [4, 2]", "w: [4, 2], u: [1]"))], "this block gives warning, not none"),
        ([("wdl error", MODEL), ("text", "")], "this block gives no diagnostics, not error"),
        ([("wdl error", WRONG)], "a ```text block must quote"),
        ([("wdl error", WRONG), ("text", MESSAGE.replace("'v'", "'w'"))], "-error: unknown name 'w'"),
        ([("python", "import nowhere\n")], 'File "a.md", line 4'),
        ([("python", "print(1)\n"), ("text", "2\n")], "+1"),
        ([("toml", TARGET.replace("3", '"3"'))], "'width' must be an integer"),
        ([("mlir", '"builtin.module"() ({\n')], "error: expected"),
        ([("mlir", '"nn.exp"() : () -> ()\n')], "error: "),
        ([("mlir check", f"// RUN: dce\n// CHECK: nn.exp\n{EMPTY}")], "nn.exp"),
        ([("console", "$ wsc passes none\n")], "the exit status is 2"),
        ([("console", "$ wsc passes cse\ncse\n")], "$ wsc passes cse\n--- the document"),
        ([("console", "$ rm -r .\n")], "'rm' is not run"),
        ([("console", "$ wsc passes | sh\n")], "'sh' is not run"),
        ([("console", "$ cat nothing\n")], "the exit status is 1"),
        ([("console", "cse\n")], "output stands before the first command"),
        ([("wld", MODEL)], "nothing is known of blocks 'wld'"),
        ([("wdl wrong", MODEL)], "nothing is known of blocks 'wdl wrong'"),
        ([("text", "cse\n")], "there is no block before this one"),
        ([("sh", "make\n"), ("text", "done\n")], "there is no block before this one"),
    ],
)
def test_wrong(parts: list[tuple[str, str]], says: str) -> None:
    (found,) = problems(*parts)
    assert found.startswith("a.md:")
    assert says in found


def test_slow_blocks_run_when_asked_for() -> None:
    (found,) = Runner("a.md", slow=True).problems(fenced(("console slow", "$ wsc passes none\n")))
    assert "the exit status is 2" in found


def test_all_problems_are_found_with_their_lines() -> None:
    found = problems(("wdl", WRONG), ("python", "1 / 0\n"))
    assert [problem.split(": ")[0] for problem in found] == ["a.md:3", "a.md:14"]


def test_indented_blocks_and_longer_fences() -> None:
    first, second = blocks(
        "1. one\n   ```python file=a.py\n   if a:\n       b\n   ```\n````text\n```\n````\n"
    )
    assert (first.line, first.language, first.file, first.text) == (2, "python", "a.py", "if a:\n    b\n")
    assert (second.language, second.text) == ("text", "```\n")


def test_a_block_that_is_not_closed() -> None:
    with pytest.raises(DocumentError, match="begins in line 2"):
        blocks("\n```python\na = 1\n")


@pytest.mark.parametrize(
    ("quoted", "output", "equal"),
    [
        ("a\nb\n", "a  \nb", True),
        ("a\n", "a\nb\n", False),
        ("a\n...\nd\n", "a\nb\nc\nd\n", True),
        ("a\n...\nb\n", "a\nb\n", True),
        ("...\nb\n", "a\nc\n", False),
        ("a\n...\nb\n...\nc\n", "a\nb\nb\nc\n", True),
        ("...\n", "", True),
        ("a ... c\n", "a b c\n", True),
        ("a ... c\n", "a b\nc\n", False),
        ("a.c [1]\n", "abc 1\n", False),
        ("  fuse    0.001 s    5 operations\n", "  fuse   12.345 s    5 operations\n", True),
        ("  fuse    0.001 s    5 operations\n", "  fuse   12.345 s    6 operations\n", False),
        ("place  0.001  40%  5\n", "place  1.234   7%  5\n", True),
        ("0.125\n", "0.250\n", False),
    ],
)
def test_comparing(quoted: str, output: str, equal: bool) -> None:
    if equal:
        compare(quoted, output)
    else:
        with pytest.raises(DocumentError):
            compare(quoted, output)


def test_commands() -> None:
    assert commands("$ wsc a \\\n    b\nx\n\ny\n$ ls\n") == [("wsc a b", "x\n\ny\n"), ("ls", "")]


def test_quoted_signs_are_no_pipes() -> None:
    status, output = run_command("wsc passes 'a|b'")
    assert status == 2
    assert "unknown pass 'a|b'" in output
