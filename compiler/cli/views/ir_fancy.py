"""IR on a terminal: pieces in colors, links to the model's text, long lines folded at its width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TextIO

from rich.cells import get_character_cell_size
from rich.color import ColorSystem
from rich.console import COLOR_SYSTEMS, Console
from rich.segment import Segment
from rich.style import Style
from rich.text import Text

from ....ir.diff import DiffLine
from ....ir.highlight import STYLES, highlight
from ....ir.listing import Line
from ....ir.location import FileLoc
from ....ir.pretty import with_margin

FOLD = "↳ "
"""What a line begins with that goes on with the one above."""
_SIGNS = {"-": "red", "+": "green"}
"""Whole lines are in these colors: they can be read on light and on dark ground."""
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
        margin = with_margin(line, width).removeprefix(str(line)) if has_margin else ""
        parts += fold(_styled(line, margin, links), width)
    # Not `Console.print`, which would look for places to wrap the lines.
    system = COLOR_SYSTEMS[console.color_system or "standard"]
    text = "\n".join("".join(_escaped(part.render(console), system)) for part in parts)
    return _LINK_NUMBER.sub("\x1b]8;;", text)


def _escaped(segments: Iterable[Segment], system: ColorSystem) -> Iterator[str]:
    for segment in segments:
        style = segment.style
        yield segment.text if style is None else style.render(segment.text, color_system=system)


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


def _styled(line: Line | DiffLine, margin: str, links: _Links) -> Text:
    """Return a line with the styles of its pieces and sign, links to where it comes from, and its margin."""
    inner = line.line if isinstance(line, DiffLine) else line
    sign = line.sign if isinstance(line, DiffLine) else ""
    pieces = highlight(str(inner))
    text = pieces if sign.isspace() or not sign else Text(pieces.plain, _SIGNS[sign], no_wrap=True)
    url = links.url(inner.operation.places) if inner.operation is not None else None
    link = Style(link=url) if url is not None else Style()
    for kind, plainer in (("operation", "bold"), ("location", "dim")):
        span = next((span for span in pieces.spans if span.style == STYLES[kind]), None)
        if span is not None:
            text.stylize(link if text is pieces else link + Style.parse(plainer), span.start, span.end)
    if not sign and not margin:
        return text
    room = len(margin) - len(margin.lstrip())
    signed = (sign, _SIGNS.get(sign, ""))
    return Text.assemble(signed, text, margin[:room], (margin[room:], link + Style(dim=True)), no_wrap=True)


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
