"""IR on terminals: long lines are folded, differences colored, operations linked to the model's text."""

import io
import re
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.text import Text

from wsc.compiler.cli.ir_text import LineWriter, TextForm, ir_text
from wsc.compiler.cli.views.ir_fancy import FOLD, fold
from wsc.ir.diff import difference
from wsc.ir.highlight import highlight
from wsc.ir.listing import list_operation
from wsc.ir.parser import parse_module

LONG = (
    '      %0 = "t.a"(%1, %2) {text = "' + 120 * "x" + '", words = "' + 30 * "as " + '"} : (f32, f32) -> f32'
)
ESCAPE = re.compile(r"\x1b\[[0-9;]*m|\x1b\]8;;[^\x1b]*\x1b\\")
LINK = re.compile(r"\x1b\]8;;(file:[^\x1b]+)\x1b\\(?:\x1b\[[0-9;]*m)*([^\x1b]*)")
MODEL = """\
"builtin.module"() ({
  "t.a"() : () -> () loc("m.wdl":3:5)
  "t.b"() : () -> () loc("gone.wdl":4:5)
  "t.c"() : () -> () loc(fused["gone.wdl":1:1, "m.wdl":7:1])
}) : () -> ()
"""


class Tty(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A terminal of 60 columns that knows many colors."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.delenv("COLORTERM", raising=False)


@pytest.mark.parametrize("width", [30, 60, 100])
def test_folded_lines_are_no_wider_than_the_terminal(width: int) -> None:
    first, *rest = list(fold(highlight(LONG), width))
    assert rest
    assert all(cell_len(part.plain) <= width for part in (first, *rest))
    assert all(part.plain.lstrip().startswith(FOLD) for part in rest)
    assert first.plain + "".join(part.plain.partition(FOLD)[2] for part in rest) == LONG


def test_a_line_is_cut_at_a_blank_if_there_is_one() -> None:
    parts = [part.plain.strip() for part in fold(Text("one two three " * 4), 30)]
    assert parts == ["one two three one two three", "↳ one two three one two", "↳ three"]


def test_wide_characters_count_twice() -> None:
    parts = list(fold(Text("字" * 40), 30))
    assert [cell_len(part.plain) for part in parts] == [30, 30, 28]
    assert [part.plain for part in fold(Text("字" * 15), 30)] == ["字" * 15]


def test_pieces_keep_their_colors_across_a_fold() -> None:
    long = highlight('"t.a"() {s = "' + 100 * "x" + '"} : () -> ()')
    styles = {str(span.style) for part in list(fold(long, 40))[1:-1] for span in part.spans}
    assert styles == {"dim", "green"}


def test_operations_are_links_to_lines_that_are_there(folder: Path) -> None:
    (folder / "here").mkdir()
    (folder / "here" / "m.wdl").write_text("text", "utf-8")
    text = ir_text(parse_module(MODEL), Tty(), TextForm(), {"m.wdl": "here/m.wdl"})
    file = (folder / "here" / "m.wdl").resolve().as_uri()
    assert LINK.findall(text) == [(f"{file}#3", '"t.a"'), (f"{file}#7", '"t.c"')]
    assert LINK.findall(ir_text(parse_module(MODEL), Tty())) == []
    assert ir_text(parse_module(MODEL), Tty(), None, {"m.wdl": "here/m.wdl"}) == text


def test_locations_are_dim_links(folder: Path) -> None:
    (folder / "m.wdl").write_text("text", "utf-8")
    text = ir_text(parse_module(MODEL), Tty(), TextForm(locations=True))
    assert [shown for _, shown in LINK.findall(text)] == [
        *('"t.a"', 'loc("m.wdl":3:5)', '"t.c"', 'loc(fused["gone.wdl":1:1, "m.wdl":7:1])'),
    ]
    assert '\x1b[2mloc("gone.wdl":4:5)\x1b[0m' in text


def test_differences_have_colors(monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = (list_operation(parse_module(f'"t.a"() {{n = {n}}} : () -> ()')) for n in "12")
    found = difference(old, new)
    text = LineWriter(Tty(), TextForm(), {}).text(found.lines)
    erased, inserted = [line for line in text.splitlines() if re.search("n.*=", line)]
    assert erased.startswith("\x1b[31m-")
    assert inserted.startswith("\x1b[32m+")
    assert '\x1b[1;31m"t.a"\x1b[0m' in erased
    assert ESCAPE.sub("", text) == str(found)
    monkeypatch.setenv("NO_COLOR", "1")
    assert LineWriter(Tty(), TextForm(), {}).text(found.lines) == str(found)
