"""`wsc run`: executes a model or program on the simulated wafer and says what each token cost."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path

from ...ir.operation import Operation
from ...ir.program_file import read_program
from ...ir.target import TargetDescription
from ..estimates import Estimates
from .build import build, print_stopped
from .check import Checker
from .compile import show_floor_plan, write_program
from .context import Context
from .errors import ExitStatus, RanWrongError, UsageError
from .inputs import find_input
from .parser import COMPILE_OPTIONS, DEFAULT_TARGET
from .results import RunResult, TokenResult
from .runner import Runner
from .timing import Step, timing_facts
from .timing_input import check_timing_options, find_timing
from .views.tokens import TokenView
from .wafer import put_on_wafer
from .watch import Watch
from .weights import find_weights


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A program to run. `target` is None for a program file, which has the numbers but not their sources,
    unless a wafer is named to run it on."""

    module: Operation
    model: Operation
    name: str
    entry: str
    estimates: Estimates | None
    target: TargetDescription | None
    timing: Step | None


def run_run(args: Namespace, context: Context) -> int:
    """Run `args.model`. Raises `UsageError`, `FileError`, `DiagnosticError`, `RanWrongError`."""
    check_timing_options(args)
    watch = Watch(args)
    program = _load(args, context)
    if program is None:
        return ExitStatus.DONE
    from ...runtime.fault import MachineFault
    from ...runtime.session import Session

    weights = None if args.timing_only else find_weights(args, program.model, program.name, context)
    if args.timing_only and (args.weights is not None or args.random_weights is not None):
        context.terminal.announce("--timing-only: no weights are read")
    try:
        session = Session(
            program.module,
            weights,
            context.announce_engine,
            engine=args.engine,
            log_level=watch.log_level(program.module),
            count_loads=watch.count_loads,
            cycle_limit=args.cycle_limit,
            tell_conflict=lambda fault: context.terminal.announce(
                f"the stream engine stopped: {fault}\nthis step and the following ones: wavelet engine"
            ),
        )
        find = find_timing if args.timing_only else find_input
        work = find(args, session, program.model, program.entry)
        checker = (
            Checker(program.model, program.entry, weights) if args.check and weights is not None else None
        )
        watch.begin(session, program.name, program.entry)
        with TokenView(context.terminal, session.target.clock_hz, streams_text=not args.json) as view:
            runner = Runner(session, view, checker, watch)
            tokens = runner.run(work)
    except MachineFault as fault:
        if fault.kind == "conflict":
            note = "--engine auto turns to the wavelet engine where the stream engine meets a conflict"
            raise RanWrongError(f"the stream engine stopped: {fault}", note) from fault
        raise RanWrongError(f"the machine stopped: {fault}") from fault
    result = RunResult(
        program.name,
        program.entry,
        session.target.name,
        "+".join(session.engines),
        session.target.clock_hz,
        runner.prompt,
        tokens,
        _estimate(program.estimates, tokens),
        checker.result() if checker is not None else None,
        runner.window,
        args.timing_only,
        session.certificate,
        session.layers_executed,
        session.layers_reused,
    )
    if not context.terminal.quiet:
        from .views.summary import speed, summary

        context.terminal.show(summary(result, program.target, session.target, context.terminal.console))
        context.terminal.announce(speed(session.link_hops, session.seconds))
    watch.finish(session, program.module, program.name, context)
    if args.json:
        facts = result.as_json() | timing_facts(program.timing, args.timing)
        print(json.dumps(facts, allow_nan=False))
    if result.check is not None and result.check.problem is not None:
        raise RanWrongError(f"check failed: {result.check.problem}")
    return ExitStatus.DONE


def _estimate(estimates: Estimates | None, tokens: list[TokenResult]) -> float | None:
    """Return what the compiler believed of the tokens that were generated, on average."""
    if estimates is None:
        return None
    return sum(estimates.at(token.position) for token in tokens) / len(tokens)


# ---- what to run -----------------------------------------------------------------------------------


def _load(args: Namespace, context: Context) -> _Loaded | None:
    """Read the program, or compile the model; None if the compilation was to stop before it was complete."""
    if not _is_program(args.model):
        built = build(args, context)
        compilation = built.compilation
        if args.stop_after is not None:
            print_stopped(built, args, context)
            return None
        if args.output is not None:
            write_program(built, Path(args.output))
        show_floor_plan(built, context)
        return _Loaded(
            compilation.module,
            compilation.model,
            compilation.name,
            built.options.entry,
            compilation.estimates,
            built.target,
            built.timing,
        )
    for name, flag, default in COMPILE_OPTIONS:
        if name != "target" and getattr(args, name) != default:
            raise UsageError(f"{flag} is for compiling; '{args.model}' is compiled already")
    program = read_program(Path(args.model))
    wafer = put_on_wafer(program.module, args.target) if args.target != DEFAULT_TARGET else None
    estimates = Estimates.from_numbers(program.estimates)
    return _Loaded(program.module, program.model, program.name, program.entry, estimates, wafer, None)


def _is_program(path: str) -> bool:
    """Whether a file is a compiled program: by its name, or because it begins like one."""
    if path.endswith(".wsx"):
        return True
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"PK\x03\x04"  # a zip archive; no model's text begins like that
    except OSError:
        return False  # whoever reads the model says what is wrong
