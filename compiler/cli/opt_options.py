"""Options of the commands that work on IR: `opt`, and those that others share with it."""

from __future__ import annotations

import argparse

from .inspect_options import add_inspect_options

Group = argparse.ArgumentParser | argparse._ArgumentGroup  # pyright: ignore[reportPrivateUsage]


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
    parser.add_argument(
        "--allow-unregistered-dialect", action="store_true", help="accept operations that nobody registered"
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
        "--verify-diagnostics",
        action="store_true",
        help="check that exactly the diagnostics of '// expected-error {{...}}' comments come",
    )
    add_inspect_options(parser)
