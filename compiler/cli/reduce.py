"""`wsc reduce`: shrinks a module, or a reproducer, for as long as a command or a failure of passes stays."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
from argparse import Namespace
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ...ir.operation import Operation
from ...ir.parser import parse_module
from ...ir.printer import print_operation
from ...ir.reduction import Reducer, Test
from ...ir.verifier import verify
from ...passes.pipeline import PIPELINE_FILE, parse_pipeline
from .context import Context
from .errors import ExitStatus, FileError, UsageError, command_text
from .files import check_output, write_file
from .opt_options import DEFAULT_TIMEOUT_SECONDS
from .pass_failure import FailingPasses
from .reproducer import REPRODUCED_FLAGS, flags_in, is_reproducer, pipeline_in, plugins_in
from .sources import read_text


def run_reduce(args: Namespace, context: Context) -> int:
    """Reduce `args.file`. Raises `UsageError`, `WrongTextError`, `FileError`, `DiagnosticError`."""
    output = None if args.output is None else Path(args.output)
    if output is not None and output.exists() and output.samefile(args.file):
        raise UsageError(f"the result would overwrite the input: '{output}'")
    if output is not None:
        check_output(output)
    if args.json and output is None:
        raise UsageError("--json needs stdout for itself: -o says where the result goes")
    if args.test is not None and (args.pipeline or not args.verify_each or args.verify_roundtrip):
        raise UsageError("passes and their verification are for --fails and --message; --test runs a command")
    if args.test is None and args.timeout is not None:
        raise UsageError("--timeout is for --test: passes in this process cannot be ended")
    text = read_text(args.file)
    context.sources.texts[args.file] = text
    head = _comments(text)
    if is_reproducer(text):
        for flag in flags_in(args.file, text):
            setattr(args, *REPRODUCED_FLAGS[flag])
    module = parse_module(text, args.file)
    # Locations that the input itself has are worth keeping; others only name its own lines.
    show = _Text(head, locations=" loc(" in text)
    with TemporaryDirectory(prefix="wsc-reduce-") as folder:
        if args.test is not None:
            test = _CommandTest(
                args.test, Path(folder) / Path(args.file).name, args.timeout or DEFAULT_TIMEOUT_SECONDS, show
            )
        else:
            test = _pass_test(args, text, module, context)
        return _reduce(args, context, module, test, show)


def _reduce(args: Namespace, context: Context, module: Operation, test: Test, show: _Text) -> int:
    """Run the reducer and write what it found. Raises `FileError`."""

    def valid(candidate: Operation) -> bool:
        return args.allow_invalid or not verify(candidate, allow_unregistered=args.allow_unregistered_dialect)

    def progress(edit: str) -> None:
        context.terminal.announce(f"{reducer.operations:>7,} operations, {reducer.tests:,} tests: {edit}")

    reducer = Reducer(module, test, valid=valid, max_tests=args.max_tests, progress=progress)
    before = reducer.operations
    if not test(module):
        raise FileError(args.file, "the test does not hold for it, so there is nothing to reduce")
    status = ExitStatus.DONE
    try:
        reducer.run()
    except KeyboardInterrupt:
        status = ExitStatus.INTERRUPTED
    text = show.of(reducer.best)
    if args.output is not None:
        write_file(Path(args.output), text.encode())
    else:
        sys.stdout.write(text)
    ended = ", interrupted" if status else ", as many as --max-tests allows" if reducer.exhausted else ""
    context.terminal.announce(
        f"{before:,} operations became {reducer.operations:,} in {reducer.tests:,} tests{ended}"
    )
    if args.json:
        facts = {
            "operations_before": before,
            "operations_after": reducer.operations,
            "tests": reducer.tests,
            "complete": not (status or reducer.exhausted),
            "output": args.output,
        }
        print(json.dumps(facts))
    return status


class _Text:
    """The text of a candidate: the comments of the input's head, which make it a reproducer, then the IR."""

    def __init__(self, head: str, *, locations: bool) -> None:
        self._head = head
        self._locations = locations

    def of(self, module: Operation) -> str:
        """Return it."""
        return f"{self._head}{print_operation(module, locations=self._locations)}\n"


class _CommandTest:
    """Whether a command says 0 of a file with the candidate in it; none that takes too long does."""

    def __init__(self, command: str, path: Path, timeout_seconds: float, text: _Text) -> None:
        quoted = shlex.quote(str(path))
        self._command = command.replace("{}", quoted) if "{}" in command else f"{command} {quoted}"
        self._path = path
        self._timeout_seconds = timeout_seconds
        self._text = text

    def __call__(self, module: Operation) -> bool:
        self._path.write_text(self._text.of(module), encoding="utf-8")
        nowhere = subprocess.DEVNULL
        process = subprocess.Popen(
            ["/bin/sh", "-c", self._command],
            stdin=nowhere,
            stdout=nowhere,
            stderr=nowhere,
            start_new_session=True,  # so that all that the command started can be ended with it
        )
        try:
            return process.wait(self._timeout_seconds) == 0
        except BaseException as error:  # Ctrl-C, too, of which the command hears nothing
            with suppress(ProcessLookupError):  # it ended just now
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return False
            raise


def _pass_test(args: Namespace, text: str, module: Operation, context: Context) -> Test:
    """Return the test in this process. Raises `WrongTextError`, `FileError`, `DiagnosticError`."""
    if is_reproducer(text):
        context.plugins.load(plugins_in(args.file, text), context.terminal)
    if args.pipeline is not None:
        context.sources.texts[PIPELINE_FILE] = args.pipeline
        with command_text():
            passes = parse_pipeline(args.pipeline)
    else:
        context.sources.texts[PIPELINE_FILE] = pipeline_in(args.file, text)
        passes = parse_pipeline(context.sources.texts[PIPELINE_FILE])
    failing = FailingPasses(
        passes,
        verify_each=args.verify_each,
        verify_roundtrip=args.verify_roundtrip,
        allow_unregistered=args.allow_unregistered_dialect,
    )
    wanted = failing.failure(module)
    if wanted is None:
        raise FileError(args.file, "no pass of the pipeline fails on it, so there is nothing to reduce")
    if args.message is not None and args.message not in wanted:
        raise FileError(args.file, f"it fails with another message: {wanted}")
    context.terminal.announce(f"to be kept: {wanted}")

    def test(candidate: Operation) -> bool:
        found = failing.failure(candidate)
        if args.message is None or found is None:
            return found == wanted
        return args.message in found

    return test


def _comments(text: str) -> str:
    """Return the comments and empty lines at the beginning of `text`."""
    lines = text.split("\n")
    count = next(
        (n for n, line in enumerate(lines) if line.strip() and not line.startswith("//")), len(lines)
    )
    return "".join(f"{line}\n" for line in lines[:count])
