"""What bisecting the passes found: the modules that were executed, and the pass that made them wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rich.table import Table

if TYPE_CHECKING:
    from ..bisect import Verdict


def verdict_table(verdicts: Sequence[Verdict], passes: int, *, fancy: bool) -> Table:
    """Return a table of the executed modules, by the place of the pass that made each among all."""
    table = Table(box=None, title=f"results after {len(verdicts)} of {passes} passes", title_justify="left")
    table.add_column("place", justify="right")
    for heading in ("after", "executed at"):
        table.add_column(heading)
    for heading in ("largest error", "share"):
        table.add_column(heading, justify="right")
    table.add_column("")
    for verdict in verdicts:
        style = ("bold red" if verdict.is_wrong else "green") if fancy else None
        error, share = error_of(verdict)
        name, level = verdict.snapshot.pass_.name, verdict.snapshot.level
        row = (str(verdict.snapshot.place), name, level, error, share)
        table.add_row(*row, "wrong" if verdict.is_wrong else "right", style=style)
    return table


def error_of(verdict: Verdict) -> tuple[str, str]:
    """Return the texts of the largest error, and of its share of the largest result."""
    found = verdict.deviation
    return ("-", "-") if found is None else (f"{found.error:.3g}", f"{found.relative:.2%}")


def culprit_text(before: Verdict | None, wrong: Verdict, files: Mapping[str, str] | None) -> str:
    """Return what there is to say of the pass that made the results wrong; `before` are those before it."""
    snapshot = wrong.snapshot
    rows = [("first wrong after", f"{snapshot.pass_.name}, pass {snapshot.place}, at level {snapshot.level}")]
    if before is not None:
        rows.append(("largest error", f"{error_of(before)[0]} before, {error_of(wrong)[0]} after"))
    if wrong.problem is not None:
        rows.append(("what happens", wrong.problem))
    if wrong.deviation is not None and (first := wrong.deviation.first) is not None:
        where = f"position {first.position}, {first.output}[{first.index}]"
        rows.append(("first difference", f"{where} is {first.found:g}, not {first.right:g}"))
    if wrong.finished_by:
        names = ", ".join(pass_.name for pass_ in wrong.finished_by)
        rows.append(("finished by", f"{names}, to execute the module"))
    if files is None:
        rows.append(("files", "-o DIR writes the modules before and after"))
    else:
        rows += [("before, after", f"{files['before']}, {files['after']}")]
        rows += [("replay", f"wsc opt {files['reproducer']} --run-reproducer")]
    return "\n".join(f" {name:<17} {text}" for name, text in rows)
