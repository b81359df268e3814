"""Entry point of `wsc`: parses the command line, runs the subcommand, returns the exit status."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Sequence

from .context import Context
from .errors import ExitStatus, FileError, RanWrongError, UsageError, WrongTextError, command_text
from .parser import parse_arguments
from .reproducer import Recorder
from .terminal import Terminal, abandon_stdout, is_of_output, prepare_streams


def main(argv: Sequence[str] | None = None) -> int:
    """Run `wsc` with the arguments `argv` (those of the process without) and return its exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    prepare_streams()
    try:
        try:
            status = _run(arguments)
        finally:
            sys.stdout.flush()
    except OSError as error:
        if not is_of_output(error):
            raise
        abandon_stdout()
        if isinstance(error, BrokenPipeError):
            return ExitStatus.CLOSED_PIPE
        print(f"wsc: error: the output cannot be written: {error.strerror}", file=sys.stderr)
        return ExitStatus.WRONG_INPUT
    except KeyboardInterrupt:
        print("\nwsc: interrupted", file=sys.stderr)
        return ExitStatus.INTERRUPTED
    return status


def _run(arguments: list[str]) -> int:
    try:
        parsed = parse_arguments(arguments)
    except SystemExit as stop:  # argparse has said what there is to say: the help, or what is wrong
        return stop.code if isinstance(stop.code, int) else ExitStatus.WRONG_COMMAND
    terminal = Terminal(quiet=bool(getattr(parsed, "quiet", False)))
    context = Context(terminal, Recorder(arguments), max_errors=getattr(parsed, "max_errors", 0))
    try:
        with command_text():
            context.plugins.load(getattr(parsed, "plugins", ()), terminal)
        return _dispatch(parsed, context)
    except WrongTextError as error:
        context.show_diagnostics(error.diagnostics)
        return ExitStatus.WRONG_COMMAND
    except UsageError as error:
        terminal.error(error.message, error.notes)
        return ExitStatus.WRONG_COMMAND
    except FileError as error:
        terminal.error(error.message, error.notes)
        return ExitStatus.WRONG_INPUT
    except RanWrongError as error:
        terminal.error(error.message, error.notes)
        return ExitStatus.RAN_WRONG
    except Exception as error:
        if isinstance(error, OSError) and is_of_output(error):
            raise
        return _failed(error, context)
    finally:
        context.plugins.unload()
        context.tell_hidden_errors()


def _failed(error: Exception, context: Context) -> int:
    """Show diagnostics of the input; of anything else say where its reproducer lies."""
    from ...ir.diagnostics import DiagnosticError
    from ...passes.manager import InternalDiagnosticError

    if isinstance(error, DiagnosticError) and not isinstance(error, InternalDiagnosticError):
        context.show_diagnostics(error.diagnostics)
        return ExitStatus.WRONG_INPUT
    try:  # ahead of all that is shown: nobody may read it to the end
        reproducer = f"reproducer: {context.recorder.write(error, context.plugins.paths)}"
    except OSError as second:
        reproducer = f"no reproducer could be written: {second}"
    if os.environ.get("WSC_TRACEBACK") == "1":
        import traceback

        traceback.print_exception(error)
    if isinstance(error, InternalDiagnosticError):
        context.show_diagnostics(error.diagnostics)
        context.tell_hidden_errors()
        summary = str(error.diagnostics[0].message)
    else:
        what = str(error).split("\n")[0]
        summary = f"{type(error).__name__}: {what}" if what else type(error).__name__
        context.show_failure(summary)
    notes = [
        reproducer,
        f"this is a mistake {context.culprit()}, not in its input; WSC_TRACEBACK=1 shows where",
    ]
    context.terminal.error(f"internal error: {summary}", notes)
    return ExitStatus.INTERNAL_ERROR


def _dispatch(parsed: Namespace, context: Context) -> int:
    """Run the subcommand. Each is imported only when it is asked for, for the help to come at once."""
    command: str = parsed.command
    if command == "compile":
        from .compile import run_compile as run
    elif command == "run":
        from .run import run_run as run
    elif command == "bisect":
        from .bisect import run_bisect as run
    elif command == "opt":
        from .opt import run_opt as run
    elif command == "reduce":
        from .reduce import run_reduce as run
    elif command == "fmt":
        from .fmt import run_fmt as run
    elif command == "passes":
        from .passes import run_passes as run
    elif command == "targets":
        from .targets import run_targets as run
    else:
        from .ops import run_ops as run
    return run(parsed, context)
