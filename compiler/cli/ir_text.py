"""IR as text for a stream: the generic form, in colors and folded where the stream is a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from ...ir.listing import Listing, list_operation
from ...ir.operation import Operation
from ...ir.pretty import list_pretty, with_margin
from ...ir.printer import print_operation
from .terminal import PLAIN_WIDTH, is_fancy

if TYPE_CHECKING:
    from ...ir.diff import DiffLine
    from ...ir.listing import Line


@dataclass(frozen=True, slots=True)
class TextForm:
    """What the text shows: locations, and how many elements a constant may have to be shown with them.

    With `pretty` it is for reading only: names from the model, shorter, with places at the right margin.
    """

    locations: bool = False
    elide_large: int | None = None
    pretty: bool = False

    def of(self, module: Operation) -> str:
        """Return the text of `module`, without a final newline."""
        if self.pretty:
            return "\n".join(with_margin(line, PLAIN_WIDTH) for line in self.listing(module).lines())
        return print_operation(module, locations=self.locations, elide_large=self.elide_large)

    def listing(self, module: Operation) -> Listing:
        """Return the same as data."""
        if self.pretty:
            return list_pretty(module, locations=self.locations)
        return list_operation(module, locations=self.locations, elide_large=self.elide_large)


class LineWriter:
    """Writes lines of IR as they suit a stream.

    `shown` maps names of files in locations to paths, for links to them.
    """

    def __init__(self, stream: TextIO, form: TextForm, shown: Mapping[str, str]) -> None:
        self._stream = stream
        self._form = form
        self._shown = shown

    def text(self, lines: Iterable[Line | DiffLine]) -> str:
        """Return the lines, without a final newline."""
        if is_fancy(self._stream):
            from .views.ir_fancy import fancy_lines

            return fancy_lines(lines, self._stream, self._shown, has_margin=self._form.pretty)
        if self._form.pretty:
            return "\n".join(with_margin(line, PLAIN_WIDTH) for line in lines)
        return "\n".join(map(str, lines))

    def heading(self, text: str) -> str:
        """Return the line above a dump."""
        return f"\x1b[1m{text}\x1b[0m" if is_fancy(self._stream) else text


def ir_text(
    module: Operation, stream: TextIO, form: TextForm | None = None, shown: Mapping[str, str] | None = None
) -> str:
    """Return the text of `module`, without a final newline, as it suits `stream`."""
    form = form or TextForm()
    if not is_fancy(stream):
        return form.of(module)
    return LineWriter(stream, form, shown or {}).text(form.listing(module).lines())
