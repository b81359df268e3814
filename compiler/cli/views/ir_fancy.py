"""IR on a terminal: pieces in colors, links to the model's text, long lines folded at its width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.style import Style
from rich.text import Text

from ....ir.diff import DiffLine
from ....ir.highlight import STYLES, highlight
from ....ir.listing import Line
from ....ir.location import FileLoc
from ....ir.pretty import with_margin

FOLD = "↳ "
"""What a line begins with that goes on with the one above."""
_SIGNS = {"-": "on #442222", "+": "on #1d3a1d", " ": ""}
_LEAST_WIDTH = 20
_LINK_NUMBER = re.compile(r"\x1b\]8;id=[^;]*;")
"""rich gives links random numbers; without them, the same IR gives the same bytes."""


def fancy_lines(
    lines: Iterable[Line | DiffLine], stream: TextIO, shown: Mapping[str, str], *, has_margin: bool
) -> str:
    """Return the lines with escapes for colors and links, without a final newline.

    `shown` maps names of files in locations to paths; a link is made to each file that is there. With
    `has_margin`, places in the model stand at the right margin.
    """
    console = Console(file=stream)
    width, links = console.width, _Links(shown)
    parts: list[Text] = []
    for line in lines:
        text = with_margin(line, width) if has_margin else str(line)
        parts += fold(_styled(line, text, links), width)
    with console.capture() as capture:
        console.print(Text("\n").join(parts), soft_wrap=True)
    return _LINK_NUMBER.sub("\x1b]8;;", capture.get().removesuffix("\n"))


def fold(text: Text, width: int) -> Iterator[Text]:
    """Yield a line in parts of at most `width` columns, cut behind a blank if one is near the end.

    All parts but the first begin with the indentation of the line, two blanks more, and `FOLD`.
    """
    width = max(width, _LEAST_WIDTH)
    plain = text.plain
    blanks = len(plain) - len(plain.lstrip(" +-"))
    margin = " " * min(blanks + 2, width // 2)
    cuts: list[int] = []
    start, room = 0, width
    while (end := _fitting(plain, start, room)) < len(plain):
        blank = plain.rfind(" ", start + width // 2, end) + 1
        start = blank or end
        cuts.append(start)
        room = width - len(margin) - len(FOLD)
    first, *rest = text.divide(cuts) if cuts else [text]
    yield first
    for part in rest:
        yield Text.assemble(margin, (FOLD, "dim"), part, no_wrap=True)


def _fitting(text: str, start: int, columns: int) -> int:
    """Return where the part of `text` that begins at `start` must end to take at most so many columns."""
    end = start + columns
    if text.isascii() or len(text) <= start:
        return end
    for index in range(start, len(text)):
        columns -= get_character_cell_size(text[index])
        if columns < 0:
            return index
    return len(text)


def _styled(line: Line | DiffLine, plain: str, links: _Links) -> Text:
    """Return the text of a line with the styles of its pieces and sign, and links to where it comes from."""
    inner = line.line if isinstance(line, DiffLine) else line
    text = highlight(plain)
    if isinstance(line, DiffLine) and line.sign != " ":
        text.stylize_before(_SIGNS[line.sign])
    url = links.url(inner.operation.places) if inner.operation is not None else None
    if url is not None:
        for kind in ("operation", "location"):
            span = next((span for span in text.spans if span.style == STYLES[kind]), None)
            if span is not None:
                text.stylize(Style(link=url), span.start, span.end)
    return text


class _Links:
    """Addresses of lines in files, each file looked for once."""

    def __init__(self, shown: Mapping[str, str]) -> None:
        self._shown = shown
        self._files: dict[str, str | None] = {}

    def url(self, places: tuple[FileLoc, ...]) -> str | None:
        """Return the address of the first place in a file that is there."""
        for place in places:
            if place.file not in self._files:
                path = Path(self._shown.get(place.file, place.file))
                self._files[place.file] = path.resolve().as_uri() if path.is_file() else None
            file = self._files[place.file]
            if file is not None:
                return f"{file}#{place.line}"
        return None
