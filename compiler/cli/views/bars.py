"""Bars made of characters, and the plain marks that stand for them where there is no terminal."""

from __future__ import annotations

from rich.text import Text

_EIGHTHS = " ▏▎▍▌▋▊▉"


def bar(share: float, columns: int, style: str, *, fancy: bool) -> Text:
    """Return a bar over `share` (0 to 1) of `columns`: block characters in `style`, or `#`."""
    share = min(max(share, 0.0), 1.0)
    if not fancy:
        return Text("#" * round(share * columns))
    eighths = round(share * columns * 8)
    return Text("█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip(), style=style)
