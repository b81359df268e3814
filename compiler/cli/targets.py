"""`wsc targets`: the wafers that can be compiled for, or one's numbers, each with its source."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter

from .build import find_target
from .context import Context
from .errors import ExitStatus
from .listing import heading, print_rows


def run_targets(args: Namespace, context: Context) -> int:
    """List the targets, or show the one named. Raises `UsageError`, `DiagnosticError`."""
    from ...ir.target import NUMBERS, SOURCE_KINDS, builtin_target_names, load_target, source_kind

    if args.name is None:
        print_rows([(name, load_target(name).summary) for name in builtin_target_names()], indent="")
        return ExitStatus.DONE
    description = find_target(args.name)
    print(heading(description.target.name) + (f": {description.summary}" if description.summary else ""))
    target, sources = description.target, description.sources
    rows = [(key, f"{getattr(target, key):>12,}", *source_kind(sources.get(key, ""))) for key in NUMBERS]
    if target.defects:
        kind, source = source_kind(sources["defects"])
        rows.append(
            ("defects", f"{len(target.defects):>12,}", kind, f"{source}: {target.defects.listing(8)}")
        )
    print_rows(rows)
    kinds = Counter(kind for _, _, kind, _ in rows)
    print(", ".join(f"{kinds[kind]} {kind}" for kind in (*SOURCE_KINDS, "other") if kinds[kind]))
    return ExitStatus.DONE
