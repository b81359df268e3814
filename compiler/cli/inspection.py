"""What watches the passes for the options of `inspect_options.py`: dumps to stderr and to a folder."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from .context import Context
from .errors import UsageError
from .inspect_options import EVERY_PASS

if TYPE_CHECKING:
    from ...passes.instrumentation import Dump, Selection
    from ...passes.manager import Instrumentation
    from .ir_text import TextForm


def inspection(args: Namespace, context: Context, passes: Sequence[str]) -> list[Instrumentation]:
    """Return what watches the passes, which are called `passes`, besides progress.

    Raises `UsageError` for passes that do not run, `DiagnosticError` if a folder cannot be written.
    """
    from ...ir.printer import print_operation
    from ...passes.instrumentation import DirectoryDump, DumpWatcher, Selection

    found: list[Instrumentation] = [context.recorder]
    selection = _selection(args, passes)
    if selection != Selection():
        found.append(DumpWatcher(selection, partial(_print_dump, form=text_form(args))))
    if args.dump_dir is not None:
        # With locations and all elements, so that a dump loses nothing when `wsc opt` goes on from it.
        found.append(DirectoryDump(Path(args.dump_dir), render=partial(print_operation, locations=True)))
    return found


def text_form(args: Namespace) -> TextForm:
    """Return how the options want IR to be printed."""
    from .ir_text import TextForm

    return TextForm(args.print_locations, args.elide_large)


def _selection(args: Namespace, passes: Sequence[str]) -> Selection:
    from ...passes.instrumentation import Selection

    before = _names(args.print_ir_before, "--print-ir-before", passes)
    after = _names(args.print_ir_after, "--print-ir-after", passes)
    every_change = args.print_ir_after_change and args.print_ir_after is None
    return Selection(
        None if args.print_ir_before_all else before,
        None if args.print_ir_after_all or every_change else after,
        args.print_ir_after_change,
        args.print_ir_after_failure,
    )


def _names(text: str | None, flag: str, passes: Sequence[str]) -> tuple[str, ...] | None:
    """Return the passes that an option lists, None for all. Raises `UsageError` for one that does not run."""
    if text is None:
        return ()
    if text == EVERY_PASS:
        return None
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in passes:
            from ...ir.diagnostics import did_you_mean

            raise UsageError(
                f"{flag}: pass '{name}' does not run{did_you_mean(name, passes)}",
                f"passes that run: {', '.join(dict.fromkeys(passes))}",
            )
    return names


def _print_dump(dump: Dump, form: TextForm) -> None:
    from .ir_text import ir_text

    print(dump.header, ir_text(dump.module, sys.stderr, form), sep="\n", file=sys.stderr)
