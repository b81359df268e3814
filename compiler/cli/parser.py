"""The command line's grammar: subcommands and options. Imports nothing heavy, so that `--help` is instant."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from .inspect_options import (
    INSPECT_OPTIONS,
    PICTURE_SUFFIXES,
    STDERR,
    add_inspect_options,
    close_optional_values,
)
from .opt_options import add_opt, add_plugins, add_reduce, positive

DEFAULT_TARGET = "tiny"
DEFAULT_TOKENS = 32
DEFAULT_BISECT_TOKENS = 4
DEFAULT_TOLERANCE = 0.05
"""The largest error, relative to the largest result, that different orders of summation may explain.

Results are rounded to f16 (2**-11) some dozens of times on the way through a model; a wrong element is off by
far more.
"""
DEFAULT_MAX_ERRORS = 20

COMPILE_OPTIONS: tuple[tuple[str, str, object], ...] = (
    ("output", "-o", None),
    ("entry", "--entry", None),
    ("target", "--target", DEFAULT_TARGET),
    ("grid", "--grid", None),
    ("strategy", "--strategy", "auto"),
    ("overrides", "--set", []),
    *INSPECT_OPTIONS,
    ("disable_pass", "--disable-pass", []),
    ("stop_after", "--stop-after", None),
    ("pass_pipeline", "--pass-pipeline", None),
    ("plugins", "--load-pass-plugin", []),
)
"""Options that only mean something where a `.wdl` is compiled: parsed name, as typed, default."""


def parse_arguments(argv: Sequence[str]) -> argparse.Namespace:
    """Parse the arguments of `wsc`. Raises `SystemExit` after a help text or a message about a mistake."""
    parser = build_parser()
    parsed = parser.parse_args(close_optional_values(argv))
    if parsed.command is None:
        parser.error("a command is missing: compile, run, bisect, opt, reduce, fmt, passes, targets or ops")
    return parsed


class _VersionAction(argparse.Action):
    """Prints the version; looks it up only then."""

    def __call__(self, parser: argparse.ArgumentParser, *unused: object) -> None:
        from .reproducer import version

        print(f"wsc {version()}")
        parser.exit()


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    parser = argparse.ArgumentParser(
        prog="wsc",
        description="Compiles models for a wafer of processors and runs them on the simulated wafer.",
        epilog="exit status: 0 done, 1 the input is wrong, 2 the command line is wrong, 3 an internal error "
        "(a reproducer is written), 4 the program ran wrong",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version",
        action=_VersionAction,
        nargs=0,
        dest=argparse.SUPPRESS,
        default=argparse.SUPPRESS,
        help="print the version and exit",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_compile(commands)
    _add_run(commands)
    _add_bisect(commands)
    add_opt(_command(commands, "opt", "run passes on IR and print what comes out"))
    add_reduce(_command(commands, "reduce", "shrink a module for as long as something fails"))
    _add_fmt(commands)
    for command in commands.choices.values():
        command.add_argument(
            "--max-errors",
            type=_not_negative,
            default=DEFAULT_MAX_ERRORS,
            metavar="N",
            help=f"show so many errors and count the others; 0 shows all (default: {DEFAULT_MAX_ERRORS})",
        )
    _add_listings(commands)
    return parser


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],  # pyright: ignore[reportPrivateUsage]
    name: str,
    summary: str,
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=summary, description=f"{summary[0].upper()}{summary[1:]}.", allow_abbrev=False
    )


def _not_negative(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0")
    return int(text)


def _share(text: str) -> float:
    """An argument from 0 to 1."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"'{text}' is not a number from 0 to 1")
    return value


def _grid(text: str) -> tuple[int, int]:
    """An argument such as 16x16."""
    width, cross, height = text.partition("x")
    if not (cross and width.isdecimal() and height.isdecimal() and int(width) and int(height)):
        raise argparse.ArgumentTypeError(f"'{text}' is not a grid; write it WIDTHxHEIGHT, such as 16x16")
    return int(width), int(height)


def _place(text: str) -> tuple[int, int]:
    """An argument such as 3,4."""
    x, comma, y = text.partition(",")
    if not (comma and x.isdecimal() and y.isdecimal()):
        raise argparse.ArgumentTypeError(f"'{text}' is no PE; write it X,Y, such as 3,4")
    return int(x), int(y)


def _picture(text: str) -> str:
    """An argument that is a picture's name, or stands for the terminal."""
    if text != STDERR and not text.endswith(PICTURE_SUFFIXES):
        raise argparse.ArgumentTypeError(f"'{text}' ends neither in .svg nor in .png")
    return text


def _override(text: str) -> tuple[str, str]:
    """An argument NAME=VALUE."""
    name, equals, value = text.partition("=")
    if not (equals and name.strip() and value.strip()):
        raise argparse.ArgumentTypeError(f"'{text}' sets nothing; write it NAME=VALUE")
    return name.strip(), value.strip()


def _add_model_options(group: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage]
    """Add what says which entry of a model is compiled, and for what."""
    group.add_argument(
        "--entry", action="append", metavar="NAME", help="the entry to compile (default: decode)"
    )
    group.add_argument(
        "--target",
        default=DEFAULT_TARGET,
        metavar="NAME|FILE.toml",
        help=f"the wafer to compile for (default: {DEFAULT_TARGET}; see `wsc targets`); for a program file, "
        "one whose defects alone differ",
    )
    group.add_argument("--grid", type=_grid, metavar="WxH", help="use this many PEs instead of the target's")
    group.add_argument(
        "--strategy", default="auto", metavar="NAME", help="how tensors are split over PEs (default: auto)"
    )
    group.add_argument(
        "--set",
        dest="overrides",
        action="append",
        type=_override,
        default=[],
        metavar="NAME=VALUE",
        help="give a const of the model another value",
    )


def _add_pass_options(group: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage]
    """Add what says which passes run."""
    group.add_argument(
        "--disable-pass",
        action="append",
        default=[],
        metavar="PASS",
        help="leave a pass out (see `wsc passes`)",
    )
    group.add_argument(
        "--pass-pipeline",
        metavar="PIPELINE",
        help="run these passes instead of the default ones, which `wsc passes --pipeline` prints",
    )
    add_plugins(group)


def _add_compile_options(parser: argparse.ArgumentParser) -> None:
    """Add what `compile` knows and `run` accepts for a `.wdl`."""
    group = parser.add_argument_group("compiling")
    group.add_argument("-o", dest="output", metavar="OUT.wsx", help="where to write the program")
    _add_model_options(group)
    group = add_inspect_options(parser)
    _add_pass_options(group)
    group.add_argument(
        "--stop-after", metavar="PASS", help="print the module after this pass to stdout; write no program"
    )


def _add_output_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print one JSON object to stdout")
    parser.add_argument("--quiet", action="store_true", help="no progress, tables or maps")


def _add_compile(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _command(commands, "compile", "compile a model to a program file")
    parser.add_argument("model", metavar="MODEL.wdl", help="the model's text")
    _add_output_options(parser)
    _add_compile_options(parser)


def _add_inputs(group: argparse._ArgumentGroup) -> None:  # pyright: ignore[reportPrivateUsage]
    """Add what a model runs on."""
    weights = group.add_mutually_exclusive_group()
    weights.add_argument(
        "--weights", metavar="FILE.safetensors", help="the weights (default: MODEL.safetensors beside MODEL)"
    )
    weights.add_argument(
        "--random-weights", type=_not_negative, metavar="SEED", help="random weights instead of a file"
    )
    inputs = group.add_mutually_exclusive_group()
    inputs.add_argument("--prompt", metavar="TEXT", help="the text to go on from, for a model of tokens")
    inputs.add_argument("--input", metavar="FILE.npz", help="the input's rows, one a position or sample")
    group.add_argument(
        "--tokenizer", metavar="FILE.json", help="a Hugging Face tokenizer (default: tokens are bytes)"
    )


def _add_run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _command(commands, "run", "run a model or a program on the simulated wafer")
    parser.add_argument("model", metavar="MODEL.wdl|PROGRAM.wsx", help="a model's text, or a program file")
    _add_output_options(parser)
    group = parser.add_argument_group("running")
    _add_inputs(group)
    group.add_argument(
        "--tokens",
        type=positive,
        metavar="N",
        help=f"how many tokens to generate (default: {DEFAULT_TOKENS}, fewer where the context ends; "
        "1 with --timing-only)",
    )
    group.add_argument(
        "--timing-only",
        action="store_true",
        help="simulate nothing but time: needs no weights and no input, and computes no results",
    )
    group.add_argument(
        "--position",
        type=_not_negative,
        metavar="K",
        help="start at position K; only with --timing-only",
    )
    group.add_argument(
        "--engine",
        choices=("wavelet", "stream", "auto"),
        default="auto",
        help="what executes the program (default: auto)",
    )
    group.add_argument(
        "--cycle-limit",
        type=positive,
        metavar="N",
        help="stop, as at any other fault, when a step has taken N cycles",
    )
    group.add_argument(
        "--check", action="store_true", help="compare each step with the model computed in NumPy"
    )
    group = parser.add_argument_group("watching")
    group.add_argument(
        "--trace",
        metavar="FILE.json",
        help="write what PEs did in which cycles, for chrome://tracing or ui.perfetto.dev",
    )
    group.add_argument(
        "--trace-pe",
        action="append",
        type=_place,
        default=[],
        metavar="X,Y",
        help="show this PE in the trace, besides those that are chosen; may be repeated",
    )
    group.add_argument(
        "--heat-map",
        nargs="?",
        action="append",
        type=_picture,
        default=[],
        metavar="FILE.svg|FILE.png",
        help="draw what links carried and how full memories are, on stderr or in a file; may be repeated",
    )
    _add_compile_options(parser)


def _add_bisect(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _command(commands, "bisect", "find the first pass that makes a model's results wrong")
    parser.add_argument("model", metavar="MODEL.wdl", help="the model's text")
    parser.add_argument(
        "--check",
        action="store_true",
        required=True,
        help="wrong are results that differ from those of the model computed in NumPy",
    )
    parser.add_argument(
        "--all", action="store_true", help="execute the module after every pass, not only after a few"
    )
    parser.add_argument("-o", dest="output", metavar="DIR", help="write the modules before and after here")
    _add_output_options(parser)
    group = parser.add_argument_group("running")
    _add_inputs(group)
    group.add_argument(
        "--tokens",
        type=positive,
        default=DEFAULT_BISECT_TOKENS,
        metavar="N",
        help=f"how many tokens to generate, or rows of an input to take (default: {DEFAULT_BISECT_TOKENS})",
    )
    group.add_argument(
        "--tolerance",
        type=_share,
        default=DEFAULT_TOLERANCE,
        metavar="SHARE",
        help="results may differ by as much of the largest one, which roundings explain "
        f"(default: {DEFAULT_TOLERANCE})",
    )
    _add_model_options(parser.add_argument_group("compiling"))
    _add_pass_options(parser.add_argument_group("passes"))


def _add_fmt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _command(commands, "fmt", "lay out models in the one canonical way")
    parser.add_argument("files", nargs="+", metavar="FILE.wdl", help="a model's text; - reads stdin")
    parser.add_argument(
        "--check",
        action="store_true",
        help="write nothing; exit with 1 if a file would change, and name it",
    )
    parser.add_argument("--diff", action="store_true", help="write nothing; print what would change")
    parser.add_argument("--quiet", action="store_true", help="do not say what was done")


def _add_listings(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:  # pyright: ignore[reportPrivateUsage]
    parser = _command(commands, "passes", "list the passes, or what one does and its options")
    parser.add_argument("name", nargs="?", metavar="NAME", help="a pass")
    parser.add_argument(
        "--pipeline", action="store_true", help="print the pipeline that compiles an entry, and nothing else"
    )
    parser.add_argument("--entry", metavar="NAME", help="the entry of --pipeline (default: decode)")
    add_plugins(parser)
    parser = _command(commands, "targets", "list the targets, or one's numbers, each with its source")
    parser.add_argument("name", nargs="?", metavar="NAME|FILE.toml", help="a target")
    parser = _command(commands, "ops", "list the dialects and operations, or what one looks like")
    parser.add_argument("name", nargs="?", metavar="NAME", help="a dialect or an operation")
    parser.add_argument("--markdown", action="store_true", help="print the whole reference as Markdown")
    parser.add_argument(
        "--irdl",
        action="store_true",
        help="print definitions for `mlir-opt --irdl-file`",
    )
