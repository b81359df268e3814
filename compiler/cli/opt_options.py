"""Options of the commands that work on IR: `opt`, and those that others share with it."""

from __future__ import annotations

import argparse

from .inspect_options import add_inspect_options

DEFAULT_TIMEOUT_SECONDS = 60
"""How long a command that tests a candidate may take."""

Group = argparse.ArgumentParser | argparse._ArgumentGroup  # pyright: ignore[reportPrivateUsage]


def positive(text: str) -> int:
    """An argument that counts something."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a positive number")
    return int(text)


def add_plugins(parser: Group) -> None:
    """Add `--load-pass-plugin`."""
    parser.add_argument(
        "--load-pass-plugin",
        dest="plugins",
        action="append",
        default=[],
        metavar="FILE.py",
        help="register the passes that a file defines, in place of those of the same name",
    )


def add_opt(parser: argparse.ArgumentParser) -> None:
    """Add the options of `opt`."""
    parser.add_argument("file", metavar="FILE.mlir", help="the IR in generic form; - reads stdin")
    parser.add_argument("-o", dest="output", metavar="FILE.mlir", help="write here instead of to stdout")
    parser.add_argument(
        "--generic", action="store_true", help="print the generic form, as is done without this, too"
    )
    parser.add_argument(
        "--split-input-file", action="store_true", help="the file holds inputs between lines '// -----'"
    )
    group = parser.add_argument_group("passes")
    group.add_argument(
        "-p",
        "--pass-pipeline",
        dest="pipeline",
        default="",
        metavar="PIPELINE",
        help="passes: 'pass{option=value},nn.func(pass)'",
    )
    group.add_argument(
        "--run-reproducer", action="store_true", help="run the pipeline that stands in the file's comments"
    )
    group.add_argument(
        "--disable-pass", action="append", default=[], metavar="PASS", help="leave a pass out of the pipeline"
    )
    group.add_argument("--stop-after", metavar="PASS", help="end the pipeline after this pass")
    add_plugins(group)
    group = parser.add_argument_group("checking")
    _add_verification(group)
    group.add_argument(
        "--verify-diagnostics",
        action="store_true",
        help="check that exactly the diagnostics of '// expected-error {{...}}' comments come",
    )
    add_inspect_options(parser)


def add_reduce(parser: argparse.ArgumentParser) -> None:
    """Add the options of `reduce`."""
    parser.add_argument("file", metavar="FILE.mlir", help="the IR, or a reproducer, which stays one")
    parser.add_argument("-o", dest="output", metavar="FILE.mlir", help="write here instead of to stdout")
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout; needs -o")
    parser.add_argument("--quiet", action="store_true", help="no progress")
    tests = parser.add_argument_group("what to keep").add_mutually_exclusive_group(required=True)
    tests.add_argument(
        "--test",
        metavar="COMMAND",
        help="the shell command exits with 0 as long as the module, whose path stands for {} in it or is "
        "appended, is of interest",
    )
    tests.add_argument(
        "--fails", action="store_true", help="the passes fail, in this process, and with the same message"
    )
    tests.add_argument("--message", metavar="TEXT", help="the passes fail with a message that has TEXT in it")
    group = parser.add_argument_group("passes of --fails and --message")
    group.add_argument(
        "-p",
        "--pass-pipeline",
        dest="pipeline",
        metavar="PIPELINE",
        help="the passes (default: those of the reproducer)",
    )
    add_plugins(group)
    _add_verification(group)
    group = parser.add_argument_group("limits")
    group.add_argument("--max-tests", type=positive, metavar="N", help="test at most N candidates")
    group.add_argument(
        "--timeout",
        type=positive,
        metavar="SECONDS",
        help=f"a command that takes longer does not count as interested (default: {DEFAULT_TIMEOUT_SECONDS})",
    )
    group.add_argument(
        "--allow-invalid", action="store_true", help="also test candidates that the verifier rejects"
    )


def _add_verification(group: Group) -> None:
    """Add what decides which modules are right."""
    group.add_argument(
        "--verify-each",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="verify the input, and the module after each pass (default)",
    )
    group.add_argument(
        "--verify-roundtrip",
        action="store_true",
        help="check that the module's text reads back as the same module: the input's, and after each pass",
    )
    group.add_argument(
        "--allow-unregistered-dialect", action="store_true", help="accept operations that nobody registered"
    )
