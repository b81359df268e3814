"""Where the mean token's cycles went, as bars."""

from __future__ import annotations

from rich.table import Table
from rich.text import Text

from ..results import BREAKDOWN_KEYS, RunResult
from .bars import bar

MEANINGS = {
    "compute": "element work of vector operations",
    "hops": "links and ramps on the way",
    "serialization": "wavelets of a message behind its first",
    "software": "calls, set-up, scalars, branches",
    "wait": "contention and back-pressure",
}
STYLES = {
    "compute": "green",
    "hops": "cyan",
    "serialization": "blue",
    "software": "yellow",
    "wait": "red",
}
BAR_COLUMNS = 30


def breakdown_table(result: RunResult, *, fancy: bool) -> Table:
    """Return one row a kind of cycles: mean, share, bar, what it means."""
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
    table.add_column(width=BAR_COLUMNS)
    table.add_column(style="dim")
    whole = result.cycles_per_token
    for key in BREAKDOWN_KEYS:
        cycles = result.breakdown[key]
        share = cycles / whole if whole else 0.0
        table.add_row(
            key,
            f"{cycles:,.1f}",
            f"{share:.1%}",
            bar(share, BAR_COLUMNS, STYLES[key], fancy=fancy),
            Text(MEANINGS[key]),
        )
    return table
