"""Diagnostics: rendering with carets, collecting, and suggestions."""

from __future__ import annotations

from pathlib import Path

import pytest

from wsc.ir import (
    Diagnostic,
    DiagnosticError,
    Diagnostics,
    FileLoc,
    NameLoc,
    Severity,
    fuse_locations,
    render,
)
from wsc.ir.diagnostics import closest_name, did_you_mean, error_at
from wsc.ir.location import UNKNOWN, file_locations

TEXT = "model m {\n  y = x @ w0\n\tz = \u4e2d\u6587 @ y\n}\n"
FILES = {"m.wdl": TEXT}


def error(
    message: str, line: int, column: int, *notes: str | Diagnostic, length: int = 1, label: str = ""
) -> Diagnostic:
    return Diagnostic(Severity.ERROR, message, FileLoc("m.wdl", line, column), notes, length, label)


def test_an_error_with_label_and_note() -> None:
    shown = render(
        [error("shapes do not agree in '@'", 2, 11, "x is [4]", length=2, label="unknown name")], FILES
    )
    assert (
        shown
        == """\
error: shapes do not agree in '@'
 --> m.wdl:2:11
  |
2 |   y = x @ w0
  |           ^^ unknown name
  = note: x is [4]"""
    )


def test_line_numbers_are_aligned() -> None:
    shown = render([Diagnostic(Severity.WARNING, "w", FileLoc("f", 100, 2))], {"f": "\n" * 99 + "ab"})
    assert shown == "warning: w\n   --> f:100:2\n    |\n100 | ab\n    |  ^"


def test_several_places_and_a_note_with_a_place() -> None:
    location = fuse_locations(FileLoc("m.wdl", 1, 1), NameLoc("n", FileLoc("m.wdl", 4, 1)), UNKNOWN)
    note = Diagnostic(Severity.NOTE, "defined here", FileLoc("m.wdl", 2, 3))
    shown = render([Diagnostic(Severity.ERROR, "e", location, (note, "and so on"), 5)], FILES)
    assert (
        shown
        == """\
error: e
 --> m.wdl:1:1
  |
1 | model m {
  | ^^^^^
 --> m.wdl:4:1
  |
4 | }
  | ^
  = note: and so on
note: defined here
 --> m.wdl:2:3
  |
2 |   y = x @ w0
  |   ^"""
    )


def test_many_places_are_counted() -> None:
    location = fuse_locations(*(FileLoc("none.wdl", line, 1) for line in range(1, 8)))
    shown = render([Diagnostic(Severity.ERROR, "e", location)], {})
    assert shown.count("-->") == 4
    assert "... and 3 more places" in shown


def test_carets_below_tabs_and_wide_characters() -> None:
    lines = render([error("e", 3, 6, length=2)], FILES).splitlines()
    assert lines[-2] == "3 |     z = \u4e2d\u6587 @ y"
    assert lines[-1] == "  |         ^^^^"


def test_characters_that_steer_a_terminal_are_not_shown() -> None:
    assert "\x1b" not in render([Diagnostic(Severity.ERROR, "e", FileLoc("f", 1, 1))], {"f": "\x1b[31m x"})


@pytest.mark.parametrize("column", [1, 150, 299])
def test_long_lines_are_cut_around_the_caret(column: int) -> None:
    source = "".join(str(index % 10) for index in range(300))
    lines = render(
        [Diagnostic(Severity.ERROR, "e", FileLoc("f", 1, column), (), 3)], {"f": source}
    ).splitlines()
    shown, pointer = lines[-2][4:], lines[-1][4:]
    assert len(shown) <= 110
    assert shown[pointer.index("^") :][: pointer.count("^")] == source[column - 1 : column + 2]


@pytest.mark.parametrize("place", [FileLoc("m.wdl", 9, 1), FileLoc("m.wdl", 1, 99), FileLoc("m.wdl", 0, 0)])
def test_a_place_that_is_not_there_is_only_named(place: FileLoc) -> None:
    diagnostic = Diagnostic(Severity.ERROR, "e", place, (), 1, "why")
    assert render([diagnostic], FILES) == f"error: e\n --> m.wdl:{place.line}:{place.column}\n  = note: why"


def test_unknown_places_and_unreadable_files(tmp_path: Path) -> None:
    assert render([Diagnostic(Severity.ERROR, "e", UNKNOWN, (), 1, "why")], {}) == "error: e\n  = note: why"
    file = tmp_path / "f.wdl"
    file.write_bytes(b"caf\xe9")
    assert render([Diagnostic(Severity.ERROR, "e", FileLoc(str(file), 1, 1))]).count("\n") == 1
    file.write_text("one\r\ntwo", encoding="utf-8", newline="")
    assert render([Diagnostic(Severity.ERROR, "e", FileLoc(str(file), 1, 2))]).splitlines()[-2:] == [
        "1 | one",
        "  |  ^",
    ]


def test_the_end_of_a_line_can_be_pointed_at() -> None:
    assert render([error("e", 4, 2)], FILES).splitlines()[-1] == "  |  ^"


def test_diagnostics_are_collected_once_and_raised() -> None:
    found = Diagnostics()
    found.warning("w", UNKNOWN)
    found.note("n", UNKNOWN)
    found.raise_if_errors()
    for _ in range(2):
        found.error("e", FileLoc("f", 1, 2), length=3, label="l")
    assert [entry.severity.value for entry in found.entries] == ["warning", "note", "error"]
    with pytest.raises(DiagnosticError) as caught:
        found.raise_if_errors()
    assert caught.value.diagnostics == found.entries
    assert str(caught.value) == "warning: w\nnote: n\nf:1:2: error: e"
    assert str(error_at("e", UNKNOWN)) == "error: e"


def test_suggestions() -> None:
    assert did_you_mean("w0", ["wq", "wk", "wv", "wo"]) == "; did you mean 'wo'?"
    assert did_you_mean("rms_norm", ["layernorm", "rmsnorm"]) == "; did you mean 'rmsnorm'?"
    assert did_you_mean("TALE", ["tale"]) == "; did you mean 'tale'?"
    assert did_you_mean("attention", ["x", "norm"]) == ""
    assert closest_name("ab", ["ab"]) is None
    assert closest_name("abcx", ["abcz", "abcy"]) == closest_name("abcx", ["abcy", "abcz"]) == "abcy"


def test_fused_locations_are_flat_and_without_repetition() -> None:
    one, two = FileLoc("a", 1, 1), FileLoc("b", 2, 2)
    assert fuse_locations() == fuse_locations(UNKNOWN) == UNKNOWN
    assert fuse_locations(one, UNKNOWN, one) == one
    both = fuse_locations(one, two)
    assert fuse_locations(both, one, both) == both
    assert file_locations(fuse_locations(NameLoc("n", two), NameLoc("m"), both)) == (two, one)


def test_what_would_steer_a_terminal_is_not_shown() -> None:
    note = Diagnostic(Severity.NOTE, "n\x1b]0;title\x07", FileLoc("f\x1b[2J", 1, 1))
    odd = Diagnostic(
        Severity.ERROR, "unknown 'a\nb\x1b[31m'", FileLoc("f\r", 9, 9), ("s\x00", note), 1, "\x9b"
    )
    shown = render([odd], {})
    assert shown.replace("\n", "").isprintable()
    assert shown.split("\n")[0] == "error: unknown 'a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}[31m'"
