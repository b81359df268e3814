"""`wsc run`: executes a model or program on the simulated wafer and says what each token cost."""

from __future__ import annotations

import json
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...ir.operation import Operation
from ...ir.program_file import read_program
from ...ir.target import TargetDescription
from ..estimates import Estimates
from .build import build, print_stopped
from .check import Checker
from .compile import show_floor_plan, write_program
from .context import Context
from .errors import ExitStatus, RanWrongError, UsageError
from .heat.collect import HeatMapCollector
from .inputs import Prompt, Rows, Window, find_input
from .parser import COMPILE_OPTIONS
from .results import BREAKDOWN_KEYS, PromptResult, RunResult, TokenResult, WindowResult
from .text import TextCodec
from .timing import Step, timing_facts
from .views.tokens import TokenView
from .weights import find_weights

if TYPE_CHECKING:
    from ...runtime.machine import StepResult
    from ...runtime.session import Session, StepReport

ENGINE = "wavelet"
"""The engine that `auto` stands for."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A program to run. `target` is None for a program file, which has the numbers but not their sources."""

    module: Operation
    model: Operation
    name: str
    entry: str
    estimates: Estimates | None
    target: TargetDescription | None
    timing: Step | None


def run_run(args: Namespace, context: Context) -> int:
    """Run `args.model`. Raises `UsageError`, `FileError`, `DiagnosticError`, `RanWrongError`."""
    if args.engine == "stream":
        raise UsageError("engine 'stream' is not available yet", "engines: wavelet, auto")
    program = _load(args, context)
    if program is None:
        return ExitStatus.DONE
    from ...runtime.fault import MachineFault
    from ...runtime.session import Session

    weights = find_weights(args, program.model, program.name, context)
    heat = HeatMapCollector(args.heat_map) if args.heat_map else None
    try:
        session = Session(program.module, weights, context.announce_engine, count_loads=heat is not None)
        work = find_input(args, session, program.model, program.entry)
        checker = Checker(program.model, program.entry, weights) if args.check else None
        with TokenView(context.terminal, session.target.clock_hz, streams_text=not args.json) as view:
            runner = _Runner(session, view, checker, heat)
            tokens = runner.run(work)
    except MachineFault as fault:
        raise RanWrongError(f"the machine stopped: {fault}") from fault
    result = RunResult(
        program.name,
        program.entry,
        session.target.name,
        ENGINE,
        session.target.clock_hz,
        runner.prompt,
        tokens,
        _estimate(program.estimates, tokens),
        checker.result() if checker is not None else None,
        runner.window,
    )
    if not context.terminal.quiet:
        from .views.summary import summary

        context.terminal.show(summary(result, program.target, session.target, context.terminal.console))
    if heat is not None:
        picture = heat.picture(program.module, session.machine, session.target.data_bytes, program.name)
        heat.finish(picture, context)
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
        if getattr(args, name) != default:
            raise UsageError(f"{flag} is for compiling; '{args.model}' is compiled already")
    program = read_program(Path(args.model))
    estimates = Estimates.from_numbers(program.estimates)
    return _Loaded(program.module, program.model, program.name, program.entry, estimates, None, None)


def _is_program(path: str) -> bool:
    """Whether a file is a compiled program: by its name, or because it begins like one."""
    if path.endswith(".wsx"):
        return True
    try:
        with open(path, "rb") as file:
            return file.read(4) == b"PK\x03\x04"  # a zip archive; no model's text begins like that
    except OSError:
        return False  # whoever reads the model says what is wrong


# ---- running ---------------------------------------------------------------------------------------


class _Runner:
    """Executes steps, shows and checks each, and collects what they cost."""

    def __init__(
        self, session: Session, view: TokenView, checker: Checker | None, heat: HeatMapCollector | None
    ) -> None:
        self.session = session
        self.view = view
        self.checker = checker
        self.heat = heat
        self.prompt: PromptResult | None = None
        self.window: WindowResult | None = None

    def run(self, work: Prompt | Rows | Window) -> list[TokenResult]:
        """Do what was asked for. Raises `UsageError` if the entry does not choose tokens to go on with."""
        if isinstance(work, Window):
            return self.encode(work)
        return self.generate(work) if isinstance(work, Prompt) else self.answer(work)

    def generate(self, work: Prompt) -> list[TokenResult]:
        """Feed a prompt and go on from it. Raises `UsageError` if the entry does not choose tokens."""
        decode = work.codec.decoder()
        tokens: list[TokenResult] = []
        prompt_cycles, last = 0, len(work.tokens) - 1
        fed = work.tokens[0]
        for report in self.session.generate(work.tokens, work.generate):
            if report.token is None:
                raise UsageError("the entry gives no next token to go on with; 'greedy(forward)' would")
            if report.position <= last:
                prompt_cycles += report.cycles
                fed = work.tokens[report.position]
            self.check(report, fed, is_answer=report.position >= last)
            fed = report.token
            if report.position < last:
                self.view.prompt(report.position + 1, last + 1)
                continue
            self.watch(report.result)
            text = decode(report.token)
            if len(tokens) == work.generate - 1:
                text += decode(None)
            tokens.append(_token(report, len(tokens), text))
            self.view.token(tokens[-1])
        self.prompt = PromptResult(len(work.tokens), prompt_cycles)
        return tokens

    def answer(self, work: Rows) -> list[TokenResult]:
        """Execute one step for each row."""
        tokens: list[TokenResult] = []
        for position, row in enumerate(work.values):
            report = self.session.step(position, row)
            self.check(report, row, is_answer=True)
            self.watch(report.result)
            tokens.append(_token(report, position, None))
            self.view.token(tokens[-1])
        return tokens

    def encode(self, work: Window) -> list[TokenResult]:
        """Execute once for all rows of a window."""
        report = self.session.encode(work.rows)
        self.watch(report.result)
        rows = len(work.rows)
        self.window = WindowResult(rows, report.cycles)
        chosen = [] if report.tokens is None else [int(token) for token in report.tokens]
        if self.checker is not None:
            self.checker.window(work.rows, chosen, list(report.outputs.values()))
        texts = [None] * rows if work.codec is None or not chosen else _texts(chosen, work.codec)
        shares = {key: float(getattr(report.breakdown, key)) / rows for key in BREAKDOWN_KEYS}
        tokens: list[TokenResult] = []
        for row in range(rows):
            outputs = {name: _numbers(values[row]) for name, values in report.outputs.items()}
            token = chosen[row] if chosen else None
            tokens.append(
                TokenResult(row, row, token, texts[row], None, shares, report.layer_cycles, outputs)
            )
            self.view.token(tokens[-1])
        return tokens

    def watch(self, result: StepResult) -> None:
        """Add a step that gave an answer to the heat maps, if there are to be any."""
        if self.heat is not None:
            self.heat.step(result)

    def check(self, report: StepReport, value: int | NDArray[np.float32], *, is_answer: bool) -> None:
        """Compare a step with the interpreter's, if that was asked for."""
        if self.checker is not None:
            outputs = list(report.outputs.values())
            self.checker.step(report.position, value, report.token, outputs, compare_token=is_answer)


def _token(report: StepReport, index: int, text: str | None) -> TokenResult:
    return TokenResult(
        index,
        report.position,
        report.token,
        text,
        report.cycles,
        {key: float(getattr(report.breakdown, key)) for key in BREAKDOWN_KEYS},
        report.layer_cycles,
        {name: _numbers(values) for name, values in report.outputs.items()},
    )


def _texts(tokens: list[int], codec: TextCodec) -> list[str]:
    """Return the text of each token; the last one's has what was held back."""
    decode = codec.decoder()
    texts = [decode(token) for token in tokens]
    return [*texts[:-1], texts[-1] + decode(None)]


def _numbers(values: NDArray[Any]) -> list[float]:
    return [float(value) for value in np.asarray(values).reshape(-1)]
