"""IR as text for a stream: the generic form, in colors where the stream is a terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TextIO

from ...ir.operation import Operation
from ...ir.printer import print_operation
from .terminal import is_fancy


@dataclass(frozen=True, slots=True)
class TextForm:
    """What the text shows: locations, and how many elements a constant may have to be shown with them."""

    locations: bool = False
    elide_large: int | None = None

    def of(self, module: Operation) -> str:
        """Return the text of `module`, without a final newline."""
        return print_operation(module, locations=self.locations, elide_large=self.elide_large)


def ir_text(module: Operation, stream: TextIO, form: TextForm | None = None) -> str:
    """Return the text of `module`, without a final newline, as it suits `stream`."""
    text = (form or TextForm()).of(module)
    if not is_fancy(stream):
        return text
    from rich.console import Console

    from ...ir.highlight import highlight

    console = Console(file=stream)
    with console.capture() as capture:
        console.print(highlight(text), soft_wrap=True)
    return capture.get().rstrip("\n")
