"""Options of `compile`, `run` and `opt` that look inside: what is printed and dumped between passes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from itertools import zip_longest

EVERY_PASS = "*"
"""The value of `--print-ir-before` and `--print-ir-after` without a list of passes."""
STDERR = "-"
"""The value of `--trace-rewrites` and `--heat-map` without a file."""
_OPTIONAL_VALUES = {
    "--print-ir-before": EVERY_PASS,
    "--print-ir-after": EVERY_PASS,
    "--timing": "text",
    "--trace-rewrites": STDERR,
    "--heat-map": STDERR,
}
PICTURE_SUFFIXES = (".svg", ".png")
"""How the files of `--heat-map` end."""

INSPECT_OPTIONS: tuple[tuple[str, str, object], ...] = (
    ("print_ir_before", "--print-ir-before", None),
    ("print_ir_before_all", "--print-ir-before-all", False),
    ("print_ir_after", "--print-ir-after", None),
    ("print_ir_after_all", "--print-ir-after-all", False),
    ("print_ir_after_change", "--print-ir-after-change", False),
    ("print_ir_after_failure", "--print-ir-after-failure", False),
    ("print_ir_diff", "--print-ir-diff", False),
    ("print_ir_scope", "--print-ir-scope", None),
    ("print_ir_format", "--print-ir-format", "text"),
    ("print_locations", "--print-locations", False),
    ("elide_large", "--elide-large", None),
    ("pretty", "--pretty", False),
    ("dump_dir", "--dump-dir", None),
    ("timing", "--timing", None),
    ("trace_rewrites", "--trace-rewrites", None),
)
"""These options: parsed name, as typed, default."""


def close_optional_values(argv: Sequence[str]) -> list[str]:
    """Give options whose value was left out the one that means, or they would take the next argument.

    `--heat-map` takes it if it is a picture's name: no model is called like that.
    """
    closed: list[str] = []
    for arg, after in zip_longest(argv, argv[1:], fillvalue=""):
        given = arg == "--heat-map" and after.endswith(PICTURE_SUFFIXES) and not after.startswith("-")
        closed.append(f"{arg}={_OPTIONAL_VALUES[arg]}" if arg in _OPTIONAL_VALUES and not given else arg)
    return closed


def _elements(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a number of elements")
    return int(text)


def add_inspect_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:  # pyright: ignore[reportPrivateUsage]
    """Add the options as a group and return it, for more that belongs there."""
    group = parser.add_argument_group("looking inside")
    for when in ("before", "after"):
        group.add_argument(
            f"--print-ir-{when}",
            nargs="?",
            metavar="=PASS,...",
            help=f"print the IR {when} these passes ({when} each without a list) to stderr",
        )
        group.add_argument(
            f"--print-ir-{when}-all", action="store_true", help=f"print the IR {when} each pass"
        )
    group.add_argument(
        "--print-ir-after-change",
        action="store_true",
        help="print the IR after each pass (of those listed) that changed it",
    )
    group.add_argument(
        "--print-ir-after-failure", action="store_true", help="print the IR as a failing pass left it"
    )
    group.add_argument(
        "--print-ir-diff",
        action="store_true",
        help="print what each pass (of those to print after) changed instead of the whole IR",
    )
    group.add_argument(
        "--print-ir-scope",
        metavar="SYMBOL",
        help="print only what concerns a symbol or a layer: its definition and what refers to it",
    )
    group.add_argument(
        "--print-ir-format",
        choices=("text", "json"),
        default="text",
        help="how the IR and differences are printed: json is one object a line (default: text)",
    )
    group.add_argument(
        "--print-locations", action="store_true", help="print where in the model operations come from, too"
    )
    group.add_argument(
        "--elide-large",
        type=_elements,
        metavar="N",
        help="print constants of more than N elements without them",
    )
    group.add_argument(
        "--pretty",
        action="store_true",
        help="print the IR shorter, with names from the model, in a form that no tool reads",
    )
    group.add_argument("--dump-dir", metavar="DIR", help="write the IR after each pass to a file in DIR")
    group.add_argument(
        "--timing",
        nargs="?",
        choices=("text", "json"),
        metavar="=text|json",
        help="show on stderr where the time went",
    )
    group.add_argument(
        "--trace-rewrites",
        nargs="?",
        metavar="=FILE",
        help="show each rewrite, with the operations before and after, on stderr or in FILE "
        "(as JSON, a line each, if it is called FILE.json)",
    )
    return group
