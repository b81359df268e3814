"""IR as text for a stream: the generic form, in colors where the stream is a terminal."""

from __future__ import annotations

from typing import TextIO

from ...ir.operation import Operation
from ...ir.printer import print_operation
from .terminal import is_fancy


def ir_text(module: Operation, stream: TextIO) -> str:
    """Return the text of `module`, without a final newline, as it suits `stream`."""
    text = print_operation(module)
    if not is_fancy(stream):
        return text
    from rich.console import Console

    from ...ir.highlight import highlight

    console = Console(file=stream)
    with console.capture() as capture:
        console.print(highlight(text), soft_wrap=True)
    return capture.get().rstrip("\n")
