"""`wsc targets`: the wafers that can be compiled for, or one's numbers, each with its source."""

from __future__ import annotations

from argparse import Namespace

from .build import find_target
from .context import Context
from .errors import ExitStatus
from .listing import heading, print_rows


def run_targets(args: Namespace, context: Context) -> int:
    """List the targets, or show the one named. Raises `UsageError`, `DiagnosticError`."""
    from ...ir.target import NUMBERS, builtin_target_names, load_target

    if args.name is None:
        print_rows([(name, load_target(name).summary) for name in builtin_target_names()], indent="")
        return ExitStatus.DONE
    description = find_target(args.name)
    print(heading(description.target.name) + (f": {description.summary}" if description.summary else ""))
    rows = [
        (name, f"{getattr(description.target, name):>12,}", description.sources.get(name, ""))
        for name in NUMBERS
    ]
    defects = description.target.defects
    if defects:
        source = f"{description.sources['defects']}: {defects.listing(8)}"
        rows.append(("defects", f"{len(defects):>12,}", source))
    print_rows(rows)
    return ExitStatus.DONE
