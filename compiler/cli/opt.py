"""`wsc opt`: reads IR, runs a pipeline on it, prints what comes out in generic form."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from .context import Context
from .errors import ExitStatus, FileError
from .files import write_file
from .sources import read_text

STDIN = "<stdin>"
"""What locations call the text from stdin."""


def run_opt(args: Namespace, context: Context) -> int:
    """Run `args.pipeline` on the module in `args.file`.

    Raises `FileError`, `DiagnosticError`.
    """
    from ...ir.diagnostics import DiagnosticError
    from ...ir.parser import parse_module
    from ...ir.printer import print_operation
    from ...passes.base import PassContext
    from ...passes.manager import PassManager
    from ...passes.pipeline import PIPELINE_FILE, parse_pipeline

    context.sources.texts[PIPELINE_FILE] = args.pipeline
    try:
        passes = parse_pipeline(args.pipeline)
    except DiagnosticError as error:
        context.show_diagnostics(error.diagnostics)
        return ExitStatus.WRONG_COMMAND
    filename, text = _read(args.file)
    context.sources.texts[filename] = text
    context.recorder.source(filename, text)
    context.recorder.pipeline(passes)
    module = parse_module(text, filename)
    pass_context = PassContext()
    records = PassManager(passes, instrumentations=[context.recorder]).run(module, pass_context)
    context.show_diagnostics(pass_context.remarks)
    if args.timing:
        from .views.timing import timing_table

        context.terminal.console.print(timing_table(records))
    result = print_operation(module) + "\n"
    if args.output is None:
        sys.stdout.write(result)
    else:
        write_file(Path(args.output), result.encode())
    return ExitStatus.DONE


def _read(file: str) -> tuple[str, str]:
    """Return what locations call the input, and its text. Raises `FileError`."""
    if file != "-":
        return file, read_text(file)
    try:
        return STDIN, sys.stdin.read()
    except UnicodeDecodeError as error:
        raise FileError(STDIN, f"is no text in UTF-8: {error.reason}") from error
