"""Compiles a `.wdl` as `compile` and `run` do: options to a compilation, with progress, dumps and timing."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .context import Context
from .errors import UsageError, command_line, command_text
from .sources import read_text
from .timing import Step, Timing, show_timing

if TYPE_CHECKING:
    from ...ir.target import TargetDescription
    from ...passes.base import Pass
    from ..driver import Compilation, CompileOptions


FRONT_END = "front end"
"""What the timing calls the way from text to a module."""


@dataclass(frozen=True, slots=True)
class Build:
    """A compilation, and what it was asked for. `target` has the sources of its numbers."""

    compilation: Compilation
    options: CompileOptions
    target: TargetDescription
    strategy: str
    """The strategy that was used: `auto` resolved."""
    timing: Step


def find_target(name: str) -> TargetDescription:
    """Return a target by name or file.

    Raises `UsageError` for an unknown name, `DiagnosticError` for a bad file.
    """
    from ...ir.target import load_target

    if name.endswith(".toml"):
        return load_target(name)
    with command_line():
        return load_target(name)


def compile_options(
    args: Namespace, context: Context
) -> tuple[CompileOptions, TargetDescription, list[Pass]]:
    """Return what `args` ask for: the options, the target with its sources, the passes that run.

    Raises `UsageError`, `WrongTextError`, and `DiagnosticError` for a bad target file.
    """
    from ...passes.pipeline import PIPELINE_FILE, parse_pipeline
    from ..driver import CompileOptions

    entries = list(dict.fromkeys(args.entry or ["decode"]))
    if len(entries) > 1:
        raise UsageError(f"one entry at a time can be compiled, not {len(entries)}: {', '.join(entries)}")
    description = find_target(args.target)
    if args.grid is not None:
        description = replace(description, target=description.target.with_grid(*args.grid))
    options = CompileOptions(
        description.target,
        entries[0],
        args.strategy,
        dict(args.overrides),
        tuple(args.disable_pass),
        getattr(args, "stop_after", None),
        args.pass_pipeline,
    )
    if args.pass_pipeline is not None:
        if args.strategy != "auto":
            raise UsageError("--strategy is an option of pass 'partition' where --pass-pipeline is given")
        context.sources.texts[PIPELINE_FILE] = args.pass_pipeline
        with command_text():
            parse_pipeline(args.pass_pipeline)
    with command_line():
        passes = options.pipeline()
    return options, description, passes


def build(args: Namespace, context: Context) -> Build:
    """Compile the model that `args` name.

    Raises `UsageError`, `FileError`, `DiagnosticError`.
    """
    from ...passes.nn.partition import Partition
    from ..driver import compile_module
    from .inspection import inspection
    from .views.progress import PassProgress

    if args.stop_after is not None and (args.json or args.output):
        other = "--json" if args.json else "-o"
        raise UsageError(f"--stop-after prints a module and writes no program: it does not go with {other}")
    options, description, passes = compile_options(args, context)
    strategy = next((p.strategy for p in passes if isinstance(p, Partition)), args.strategy)
    text = read_text(args.model)
    filename = context.sources.add(args.model, text)
    context.recorder.source(args.model, text)
    context.recorder.pipeline(passes)
    with (
        inspection(args, context, [pass_.name for pass_ in passes]) as watchers,
        PassProgress(context.terminal) as progress,
    ):
        compilation = compile_module(text, filename, options, [*watchers, progress])
    context.show_diagnostics(compilation.remarks)
    timing = Timing({FRONT_END: compilation.frontend_seconds}).total(compilation.records, first=FRONT_END)
    if args.timing is not None:
        show_timing(timing, args.timing, context.terminal)
    return Build(compilation, options, description, strategy, timing)


def print_stopped(built: Build, args: Namespace, context: Context) -> None:
    """Print the module of a compilation that `--stop-after` ended to stdout."""
    from .inspection import text_form
    from .ir_text import ir_text

    print(ir_text(built.compilation.module, sys.stdout, text_form(args), context.sources.shown))
