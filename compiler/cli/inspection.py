"""What watches the passes for the options of `inspect_options.py`: dumps and rewrites."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from .context import Context
from .errors import UsageError
from .inspect_options import EVERY_PASS

if TYPE_CHECKING:
    from ...ir.diff import Difference
    from ...ir.listing import Listing
    from ...passes.instrumentation import Dump, Selection
    from ...passes.manager import Instrumentation
    from .ir_text import TextForm
    from .scope_watch import ScopeWatch


@contextmanager
def inspection(args: Namespace, context: Context, passes: Sequence[str]) -> Generator[list[Instrumentation]]:
    """Within, the passes, which are called `passes`, run; yield what watches them, besides progress.

    Raises `UsageError` for passes that do not run and for a scope that no module had, `DiagnosticError` or
    `FileError` for what cannot be written.
    """
    from .scope_watch import ScopeWatch

    found: list[Instrumentation] = [context.recorder]
    scope = ScopeWatch(text_form(args), args.print_ir_scope)
    found += _stream_watchers(args, context, _selection(args, passes), scope)
    if len(found) == 1:
        _refuse_to_print_nothing(args)
    if args.trace_rewrites is not None:
        from ...passes.rewrite_trace import RewriteTrace
        from .rewrites import rewrite_sink

        found.append(RewriteTrace(rewrite_sink(args.trace_rewrites)))
    with _folder(args, context) as watchers:
        yield [*found, *watchers]
    scope.check()


def _refuse_to_print_nothing(args: Namespace) -> None:
    """Raise `UsageError` for options that say how to print what no option asks for."""
    for flag, given in (
        ("--print-ir-scope", args.print_ir_scope is not None),
        ("--print-ir-format", args.print_ir_format != "text"),
    ):
        if given:
            raise UsageError(f"{flag} prints nothing by itself", "it goes with --print-ir-diff and others")


@contextmanager
def _folder(args: Namespace, context: Context) -> Generator[list[Instrumentation]]:
    """Within, passes run; yield what writes them to a folder, which is whole afterwards also if they fail."""
    if args.dump_dir is None:
        yield []
        return
    from .page.folder import DumpFolder

    input_file = args.model if "model" in args else args.file
    folder = DumpFolder(Path(args.dump_dir), PurePath(input_file).name, args.elide_large)
    try:
        yield [folder.watcher]
    finally:
        folder.finish(context.sources.texts, context.sources.shown)


def text_form(args: Namespace) -> TextForm:
    """Return how the options want IR to be printed."""
    from .ir_text import TextForm

    return TextForm(args.print_locations, args.elide_large, args.pretty)


def _stream_watchers(
    args: Namespace, context: Context, selection: Selection, scope: ScopeWatch
) -> Iterator[Instrumentation]:
    """Yield what writes to stderr."""
    from ...passes.instrumentation import DiffWatcher, DumpWatcher, Selection
    from .views.ir_stream import JsonStream, TextStream

    as_json = args.print_ir_format == "json"
    stream = (
        JsonStream(sys.stderr) if as_json else TextStream(sys.stderr, text_form(args), context.sources.shown)
    )

    def whole(dump: Dump) -> None:
        stream.whole(dump, scope.listing(dump.module), scope.note(dump.module))

    def difference(dump: Dump, listing: Listing, found: Difference) -> None:
        stream.difference(dump, listing, found, scope.note(dump.module))

    wholes = Selection(selection.before) if args.print_ir_diff else selection
    if wholes != Selection():
        yield DumpWatcher(wholes, whole, tells_changes=as_json)
    if args.print_ir_diff:
        yield DiffWatcher(replace(selection, before=()), scope.listing_or_empty, difference)


def _selection(args: Namespace, passes: Sequence[str]) -> Selection:
    """Return the dumps that are wanted; differences without any word on passes come after each."""
    from ...passes.instrumentation import Selection

    before = _names(args.print_ir_before, "--print-ir-before", passes)
    after = _names(args.print_ir_after, "--print-ir-after", passes)
    for_each = args.print_ir_after_change or (args.print_ir_diff and not args.print_ir_after_failure)
    if args.print_ir_after_all or (for_each and args.print_ir_after is None):
        after = None
    return Selection(
        None if args.print_ir_before_all else before,
        after,
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
    if not names:
        raise UsageError(f"{flag}= names no pass", f"{flag} alone means each")
    for name in names:
        if name not in passes:
            from ...ir.diagnostics import did_you_mean

            raise UsageError(
                f"{flag}: pass '{name}' does not run{did_you_mean(name, passes)}",
                f"passes that run: {', '.join(dict.fromkeys(passes))}",
            )
    return names
