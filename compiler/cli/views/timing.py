"""Where the time of a compilation went: one row a pass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from ....passes.manager import PassRecord


def timing_table(records: Sequence[PassRecord], before: tuple[str, float, int] | None = None) -> Table:
    """Return a table of passes. `before` is a step ahead of them: name, seconds, operations it left."""
    rows = [(record.name, record.seconds, record.operations) for record in records]
    if before is not None:
        rows.insert(0, before)
    total = sum(seconds for _, seconds, _ in rows)
    table = Table(box=None, title="time by pass, verification excluded", title_justify="left")
    table.add_column("pass")
    for heading in ("seconds", "share", "operations after"):
        table.add_column(heading, justify="right")
    for name, seconds, operations in rows:
        share = seconds / total if total else 0.0
        table.add_row(name, f"{seconds:.3f}", f"{share:.0%}", f"{operations:,}")
    table.add_row("total", f"{total:.3f}", "", "")
    return table
