"""Colors for the generic text form on terminals; the only part of the IR that needs rich."""

from __future__ import annotations

import re

from rich.text import Text

from .lexer import STRING

STYLES = {
    "comment": "dim italic",
    "location": "dim",
    "operation": "bold blue",
    "string": "green",
    "value": "cyan",
    "block": "magenta",
    "symbol": "bold yellow",
    "attribute": "green",
    "type": "blue",
    "key": "default",
    "number": "green",
}
"""rich styles by the kind of a piece of text."""

# The first alternative that matches wins, so what may hold other pieces comes first.
_PIECE = re.compile(
    rf"""
    (?P<comment>//[^\n]*+)
    | (?P<location>\bloc\((?:{STRING}|[^()\n"]|\((?:{STRING}|[^()\n"])*+\))*+\))
    | (?P<operation>"[\w.$]++"(?=\()|(?:(?<=[ ][ ])|(?<==[ ])|(?<![^\n]))[a-z_]\w*+\.\w[\w.]*+(?![ ]=))
    | (?P<string>{STRING})
    | (?P<value>%[\w$.-]++(?:[#:][0-9]++)?)
    | (?P<block>\^[\w$.-]++)
    | (?P<symbol>@(?:[\w$.-]++|{STRING}))
    | (?P<attribute>\#[\w$.-]++)
    | (?P<type>![\w$.-]++|\b(?:tensor|array|dense|index|none|unit|bf16|f16|f32|f64|i[0-9]++)\b)
    | (?P<key>[A-Za-z_][\w$.]*+(?=\s=))
    | (?P<number>(?<![\w.])-?(?:0x[0-9A-Fa-f]++|[0-9]++(?:\.[0-9]*+(?:[eE][-+]?[0-9]++)?)?)(?![\w.]))
    """,
    re.ASCII | re.VERBOSE,
)


def highlight(text: str) -> Text:
    """Return `text`, which is IR in generic or pretty form, with styles for its pieces."""
    styled = Text(text, no_wrap=True)
    for match in _PIECE.finditer(text):
        kind = match.lastgroup
        if kind is not None:
            styled.stylize(STYLES[kind], match.start(), match.end())
    return styled
