"""`wsc fmt`: files in place, stdin, `--check`, `--diff`, texts that cannot be formatted."""

import io
import sys
from pathlib import Path

import pytest

from .conftest import CLASSIFIER, Command

UNTIDY = CLASSIFIER.replace(" = ", "=").replace(", b: [", ",b:[")
FORMATTED = CLASSIFIER.replace("  forward", "\n  forward").replace("  decode", "\n  decode")


def stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data), "utf-8"))


def test_a_file_is_formatted_in_place_once(wsc: Command, folder: Path) -> None:
    path = folder / "m.wdl"
    path.write_text(UNTIDY, "utf-8")
    done = wsc("fmt", "m.wdl")
    assert (done.status, done.out, done.err) == (0, "", "m.wdl: formatted\n")
    assert path.read_text("utf-8") == FORMATTED
    before = path.stat()
    assert wsc("fmt", "m.wdl", "m.wdl").err == ""
    assert path.stat() == before


def test_check_names_what_would_change_and_writes_nothing(wsc: Command, folder: Path) -> None:
    (folder / "good.wdl").write_text(FORMATTED, "utf-8")
    (folder / "bad.wdl").write_text(UNTIDY, "utf-8")
    done = wsc("fmt", "--check", "good.wdl", "bad.wdl")
    assert (done.status, done.out, done.err) == (1, "", "wsc: error: bad.wdl: would be formatted\n")
    assert (folder / "bad.wdl").read_text("utf-8") == UNTIDY
    assert wsc("fmt", "--check", "good.wdl").status == 0


def test_diff(wsc: Command, folder: Path) -> None:
    (folder / "m.wdl").write_text(FORMATTED.replace("x @ w", "x@w").rstrip(), "utf-8")
    done = wsc("fmt", "--diff", "m.wdl")
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("--- m.wdl\n+++ m.wdl formatted\n@@ ")
    assert "-    return relu(x@w + b)\n" in done.out
    assert "+    return relu(x @ w + b)\n" in done.out
    assert "-}\n\\ No newline at end of file\n+}\n" in done.out
    assert wsc("fmt", "--diff", "--check", "m.wdl").status == 1
    assert "x@w" in (folder / "m.wdl").read_text("utf-8")


def test_stdin(wsc: Command, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stdin(monkeypatch, UNTIDY.encode())
    done = wsc("fmt", "-")
    assert (done.status, done.out, done.err) == (0, FORMATTED, "")
    stdin(monkeypatch, UNTIDY.encode())
    assert wsc("fmt", "--check", "-").err == "wsc: error: <stdin>: would be formatted\n"
    assert wsc("fmt", "-", "-").status == 2
    assert not list(folder.iterdir())


def test_lines_end_in_line_feeds(wsc: Command, folder: Path) -> None:
    path = folder / "m.wdl"
    path.write_bytes(FORMATTED.replace("\n", "\r\n").encode())
    assert wsc("fmt", "--check", "m.wdl").status == 1
    assert wsc("fmt", "m.wdl").status == 0
    assert path.read_bytes() == FORMATTED.encode()
    path.write_bytes(b"model m { // one\rconst a = 1 // two\r}\r")
    assert wsc("fmt", "m.wdl").status == 0
    assert path.read_bytes() == b"model m {  // one\n  const a = 1  // two\n}\n"


def test_what_cannot_be_formatted_is_left_alone_and_no_reason_to_stop(wsc: Command, folder: Path) -> None:
    wrong = UNTIDY.replace("relu(x", "relu((x")
    (folder / "wrong.wdl").write_text(wrong, "utf-8")
    (folder / "latin.wdl").write_bytes(b"model \xe9 {}")
    (folder / "m.wdl").write_text(UNTIDY, "utf-8")
    done = wsc("fmt", "wrong.wdl", "missing.wdl", "latin.wdl", "m.wdl")
    assert done.status == 1
    assert "error: expected an operator, ',' or ')' after ')'\n --> wrong.wdl:6:" in done.err
    assert "wsc: error: missing.wdl: cannot be read: No such file or directory\n" in done.err
    assert "wsc: error: latin.wdl: is no text in UTF-8" in done.err
    assert done.err.endswith("m.wdl: formatted\n")
    assert (folder / "wrong.wdl").read_text("utf-8") == wrong
    assert (folder / "m.wdl").read_text("utf-8") == FORMATTED


def test_errors_of_meaning_do_not_matter(wsc: Command, folder: Path) -> None:
    (folder / "m.wdl").write_text("model m{decode=nothing}", "utf-8")
    assert wsc("fmt", "m.wdl", "--quiet").err == ""
    assert (folder / "m.wdl").read_text("utf-8") == "model m { decode = nothing }\n"


def test_max_errors(wsc: Command, classifier: Path) -> None:
    lines = "".join(f"    h{i} = unknown{i}\n" for i in range(25))
    classifier.write_text(CLASSIFIER.replace("    return", f"{lines}    return"), "utf-8")
    for options, shown, tail in (
        ((), 20, "\n\n... and 5 more errors; --max-errors 0 shows all\n"),
        (("--max-errors", "24"), 24, "\n\n... and 1 more error; --max-errors 0 shows all\n"),
        (("--max-errors", "25"), 25, "^\n"),
        (("--max-errors", "0"), 25, "^\n"),
    ):
        for command in ("compile", "run"):
            done = wsc(command, "classifier.wdl", *options)
            assert done.status == 1
            assert done.err.count("error: ") == shown
            assert done.err.endswith(tail)


def test_max_errors_counts_those_of_all_files(wsc: Command, folder: Path) -> None:
    for name in ("a.wdl", "b.wdl", "c.wdl"):
        (folder / name).write_text("model m {\n const\n dtype\n}\n", "utf-8")
    done = wsc("fmt", "a.wdl", "b.wdl", "c.wdl", "--max-errors", "3")
    assert done.err.count("error: ") == 3
    assert done.err.endswith("\n... and 3 more errors; --max-errors 0 shows all\n")
    (folder / "m.mlir").write_text('"a.b"() : () -> ()\n' * 3, "utf-8")
    assert wsc("opt", "m.mlir", "--max-errors", "1").err.endswith(
        "and 2 more errors; --max-errors 0 shows all\n"
    )
