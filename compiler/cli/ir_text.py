"""IR as text for a stream: the generic form, in colors and folded where the stream is a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from ...ir.listing import Listing, list_operation
from ...ir.operation import Operation
from ...ir.printer import print_operation
from .terminal import is_fancy

if TYPE_CHECKING:
    from ...ir.diff import DiffLine
    from ...ir.listing import Line


@dataclass(frozen=True, slots=True)
class TextForm:
    """What the text shows: locations, and how many elements a constant may have to be shown with them."""

    locations: bool = False
    elide_large: int | None = None

    def of(self, module: Operation) -> str:
        """Return the text of `module`, without a final newline."""
        return print_operation(module, locations=self.locations, elide_large=self.elide_large)

    def listing(self, module: Operation) -> Listing:
        """Return the same as data."""
        return list_operation(module, locations=self.locations, elide_large=self.elide_large)


def ir_text(
    module: Operation, stream: TextIO, form: TextForm | None = None, shown: Mapping[str, str] | None = None
) -> str:
    """Return the text of `module`, without a final newline, as it suits `stream`.

    `shown` maps names of files in locations to paths, for links to them.
    """
    form = form or TextForm()
    if not is_fancy(stream):
        return form.of(module)
    return lines_text(form.listing(module).lines(), stream, shown)


def lines_text(
    lines: Iterable[Line | DiffLine], stream: TextIO, shown: Mapping[str, str] | None = None
) -> str:
    """Return lines of IR or of a difference, without a final newline, as it suits `stream`."""
    if not is_fancy(stream):
        return "\n".join(map(str, lines))
    from .views.ir_fancy import fancy_lines

    return fancy_lines(lines, stream, shown or {})
