"""Where the time of a command went: one row a step, those it consists of below it."""

from __future__ import annotations

from collections.abc import Iterator

from rich.table import Table

from ..timing import Step


def timing_table(total: Step) -> Table:
    """Return a table of the steps that `total` consists of, with their sum as the last row."""
    table = Table(box=None, title="time by step", title_justify="left")
    table.add_column("step")
    for heading in ("seconds", "share", "operations", "memory"):
        table.add_column(heading, justify="right")
    for depth, step in _rows(total.steps, 0):
        share = f"{step.seconds / total.seconds:.0%}" if total.seconds else ""
        name = "  " * depth + step.name
        table.add_row(name, f"{step.seconds:.3f}", share, _operations(step), _memory(step))
    table.add_row("total", f"{total.seconds:.3f}", "", "", "")
    return table


def _rows(steps: tuple[Step, ...], depth: int) -> Iterator[tuple[int, Step]]:
    for step in steps:
        yield depth, step
        yield from _rows(step.steps, depth + 1)


def _operations(step: Step) -> str:
    """Return how many operations there were before and after a step."""
    if step.operations is None:
        return ""
    before, after = step.operations
    return f"{after:,}" if before == after else f"{before:,} -> {after:,}"


def _memory(step: Step) -> str:
    """Return by how many MB the peak grew, in a tenth where it grew at all."""
    if step.peak_growth_bytes is None:
        return ""
    return f"+{step.peak_growth_bytes / 1e6:.1f} MB" if step.peak_growth_bytes else "-"
