"""`wsc opt`: reads IR, runs a pipeline on it, prints what comes out in generic form."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...ir.diagnostics import Diagnostic, DiagnosticError
from ...ir.parser import parse_module
from ...passes.base import Pass, PassContext
from ...passes.manager import Instrumentation, InternalDiagnosticError, PassManager, PassRecord
from ...passes.pipeline import PIPELINE_FILE, parse_pipeline, up_to_pass, without_passes
from ...passes.round_trip import RoundTripWatcher, check_round_trip
from .context import Context
from .errors import ExitStatus, UsageError, command_line, command_text
from .expected import compare, find_expected
from .files import write_file
from .inspection import inspection, text_form
from .ir_text import ir_text
from .reproducer import REPRODUCED_FLAGS, flags_in, given_flags, input_in, pipeline_in, plugins_in
from .sources import STDIN, name_in_ir, no_text, read_text
from .timing import Timing, show_timing

SPLIT = "// -----"
"""The line between two inputs in one file."""
_PARSER, _PRINTER = "parser", "printer"


def run_opt(args: Namespace, context: Context) -> int:
    """Run a pipeline on the module in `args.file`.

    Raises `UsageError`, `WrongTextError`, `FileError`, `DiagnosticError`.
    """
    if args.run_reproducer and args.pipeline:
        raise UsageError("--run-reproducer takes the pipeline from the file: it does not go with -p")
    if args.pretty and args.output is not None:
        raise UsageError("--pretty prints IR that no tool reads: it does not go with -o")
    if args.pretty and args.generic:
        raise UsageError("--pretty prints another form than --generic")
    context.sources.texts[PIPELINE_FILE] = args.pipeline
    with command_text():
        passes = parse_pipeline(args.pipeline)
    filename, text = _read(args.file)
    context.sources.texts[filename] = text
    context.recorder.source(filename, text)
    context.sources.folders = [Path(path).parent for path in (filename, input_in(text)) if path is not None]
    if args.run_reproducer:
        context.plugins.load(plugins_in(filename, text), context.terminal)
        flags = flags_in(filename, text)
        context.recorder.replayed = _replayed(args, flags)
        for flag in flags:
            setattr(args, *REPRODUCED_FLAGS[flag])
        context.sources.texts[PIPELINE_FILE] = pipeline_in(filename, text)
        passes = parse_pipeline(context.sources.texts[PIPELINE_FILE])
    with command_line():
        passes = without_passes(passes, args.disable_pass, keep_required=False)
        passes = passes if args.stop_after is None else up_to_pass(passes, args.stop_after)
    context.recorder.flags = given_flags(args)
    with inspection(args, context, [pass_.name for pass_ in passes]) as watchers:
        job = _Job(args, passes, filename, context, watchers)
        results = _results(args, context, job, text)
    _write(args.output, f"{SPLIT}\n".join(results))
    return ExitStatus.DONE


def _results(args: Namespace, context: Context, job: _Job, text: str) -> list[str]:
    """Return what each input in `text` becomes. Raises `DiagnosticError` with all that is wrong in them."""
    results: list[str] = []
    problems: list[Diagnostic] = []
    for part in split_input(text) if args.split_input_file else [text]:
        expected = find_expected(part, job.filename) if args.verify_diagnostics else []
        found: list[Diagnostic] = []
        try:
            results.append(job.run(part, found))
        except InternalDiagnosticError:
            raise
        except DiagnosticError as error:
            found += error.diagnostics
            if not args.verify_diagnostics:
                problems += found
                continue
        if args.verify_diagnostics:
            problems += compare(expected, found, job.filename)
        else:
            context.show_diagnostics(found)
    if args.timing is not None:
        show_timing(job.timing.total(job.records, first=_PARSER), args.timing, context.terminal)
    if problems:
        raise DiagnosticError(problems)
    return results


class _Job:
    """What is done to each input."""

    def __init__(
        self,
        args: Namespace,
        passes: Sequence[Pass],
        filename: str,
        context: Context,
        watchers: Sequence[Instrumentation],
    ) -> None:
        self.form = text_form(args)
        self.to_stdout = args.output is None
        self.round_trip = args.verify_roundtrip
        self.passes = passes
        self.filename = filename
        self.recorder = context.recorder
        if self.round_trip:
            # Ahead of the recorder, which then still has what the pass was given.
            watchers = [RoundTripWatcher(), *watchers]
        self.manager = PassManager(
            passes,
            verify_each=args.verify_each,
            allow_unregistered=args.allow_unregistered_dialect,
            instrumentations=watchers,
        )
        self.timing = Timing()
        self.records: list[PassRecord] = []

    def run(self, text: str, found: list[Diagnostic]) -> str:
        """Return the text of what one input becomes; adds what the passes remark to `found`."""
        self.recorder.pipeline(self.passes)
        with self.timing.part(_PARSER):
            module = parse_module(text, self.filename)
        if self.round_trip:
            check_round_trip(module, "before the first pass")
        self.records += self.manager.run(module, PassContext(found))
        with self.timing.part(_PRINTER):
            shown = ir_text(module, sys.stdout, self.form) if self.to_stdout else self.form.of(module)
        return f"{shown}\n"


def _replayed(args: Namespace, flags: Sequence[str]) -> Path | None:
    """Return the reproducer if it runs with nothing but what is in it, its `flags` among that."""
    added = args.plugins or args.disable_pass or args.split_input_file or set(given_flags(args)) - set(flags)
    return None if added or args.file == "-" else Path(args.file)


def split_input(text: str) -> Iterator[str]:
    """Yield the inputs between `// -----` lines, each behind as many empty lines as keep its line numbers."""
    lines = text.split("\n")
    start = 0
    for index, line in enumerate([*lines, SPLIT]):
        if line.rstrip() == SPLIT:
            yield "\n" * start + "\n".join(lines[start:index])
            start = index + 1


def _read(file: str) -> tuple[str, str]:
    """Return what locations call the input, and its text. Raises `FileError`."""
    if file != "-":
        return name_in_ir(file), read_text(file)
    try:
        return STDIN, sys.stdin.read()
    except UnicodeDecodeError as error:
        raise no_text(STDIN, error) from error


def _write(output: str | None, text: str) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(Path(output), text.encode())
