"""Where the mean token's cycles went, as bars."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from ..results import BREAKDOWN_KEYS, RunResult
from .bars import bar

MEANINGS = {
    "compute": "element work",
    "hops": "links and ramps",
    "serialization": "wavelets behind a message's first",
    "software": "calls, set-up, scalars, branches",
    "wait": "contention, back-pressure",
}
STYLES = {
    "compute": "green",
    "hops": "cyan",
    "serialization": "blue",
    "software": "yellow",
    "wait": "red",
}


def breakdown_table(result: RunResult, *, fancy: bool, columns: int) -> Table:
    """Return one row a kind of cycles: mean, share, bar, what it means. It fits into `columns`."""
    bar_columns = 30 if columns >= 100 else 10
    table = Table(
        box=None,
        title="where the mean token's cycles went, along its critical path",
        title_justify="left",
        title_style="bold",
        show_header=False,
        padding=(0, 1),
    )
    table.add_column()
    table.add_column(justify="right")
    table.add_column(justify="right")
    table.add_column(width=bar_columns)
    table.add_column(style="dim", no_wrap=True)
    whole = result.cycles_per_token
    for key in BREAKDOWN_KEYS:
        cycles = result.breakdown[key]
        share = cycles / whole if whole else 0.0
        table.add_row(
            key,
            f"{cycles:,.1f}",
            f"{share:.1%}",
            bar(share, bar_columns, STYLES[key], fancy=fancy),
            Text(MEANINGS[key]),
        )
    return table
