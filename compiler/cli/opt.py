"""`wsc opt`: reads IR, runs a pipeline on it, prints what comes out in generic form."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from ...ir.diagnostics import Diagnostic, DiagnosticError
from ...ir.parser import parse_module
from ...passes.base import Pass, PassContext
from ...passes.manager import BrokenModuleError, Instrumentation, PassManager, PassRecord
from ...passes.pipeline import PIPELINE_FILE, parse_pipeline
from .context import Context
from .errors import ExitStatus, FileError, UsageError, command_text
from .expected import compare, find_expected
from .files import write_file
from .inspection import inspection, text_form
from .ir_text import TextForm, ir_text
from .reproducer import pipeline_in, plugins_in
from .sources import read_text

STDIN = "<stdin>"
"""What locations call the text from stdin."""
SPLIT = "// -----"
"""The line between two inputs in one file."""


def run_opt(args: Namespace, context: Context) -> int:
    """Run a pipeline on the module in `args.file`.

    Raises `UsageError`, `FileError`, `DiagnosticError`.
    """
    if args.run_reproducer and args.pipeline:
        raise UsageError("--run-reproducer takes the pipeline from the file: it does not go with -p")
    context.sources.texts[PIPELINE_FILE] = args.pipeline
    with command_text():
        passes = parse_pipeline(args.pipeline)
    filename, text = _read(args.file)
    context.sources.texts[filename] = text
    context.recorder.source(filename, text)
    if args.run_reproducer:
        context.plugins.load(plugins_in(filename, text), context.terminal)
        context.sources.texts[PIPELINE_FILE] = pipeline_in(filename, text)
        passes = parse_pipeline(context.sources.texts[PIPELINE_FILE])
    job = _Job(
        passes,
        filename,
        context,
        allow_unregistered=args.allow_unregistered_dialect,
        form=text_form(args),
        to_stdout=args.output is None,
        watchers=inspection(args, context, [pass_.name for pass_ in passes]),
    )
    results: list[str] = []
    problems: list[Diagnostic] = []
    for part in split_input(text) if args.split_input_file else [text]:
        found: list[Diagnostic] = []
        try:
            results.append(job.run(part, found))
        except BrokenModuleError:
            raise
        except DiagnosticError as error:
            found += error.diagnostics
            if not args.verify_diagnostics:
                problems += found
                continue
        if args.verify_diagnostics:
            problems += compare(find_expected(part), found, filename)
        else:
            context.show_diagnostics(found)
    if args.timing:
        from .views.timing import timing_table

        context.terminal.show(timing_table(job.records), asked=True)
    if problems:
        raise DiagnosticError(problems)
    _write(args.output, f"{SPLIT}\n".join(results))
    return ExitStatus.DONE


class _Job:
    """What is done to each input."""

    def __init__(
        self,
        passes: Sequence[Pass],
        filename: str,
        context: Context,
        *,
        allow_unregistered: bool,
        form: TextForm,
        to_stdout: bool,
        watchers: Sequence[Instrumentation],
    ) -> None:
        self.form = form
        self.to_stdout = to_stdout
        self.passes = passes
        self.filename = filename
        self.recorder = context.recorder
        self.manager = PassManager(passes, allow_unregistered=allow_unregistered, instrumentations=watchers)
        self.records: list[PassRecord] = []

    def run(self, text: str, found: list[Diagnostic]) -> str:
        """Return the text of what one input becomes; adds what the passes remark to `found`."""
        self.recorder.pipeline(self.passes)
        module = parse_module(text, self.filename)
        context = PassContext(found)
        self.records += self.manager.run(module, context)
        return (ir_text(module, sys.stdout, self.form) if self.to_stdout else self.form.of(module)) + "\n"


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
        return file, read_text(file)
    try:
        return STDIN, sys.stdin.read()
    except UnicodeDecodeError as error:
        raise FileError(STDIN, f"is no text in UTF-8: {error.reason}") from error


def _write(output: str | None, text: str) -> None:
    if output is None:
        sys.stdout.write(text)
    else:
        write_file(Path(output), text.encode())
