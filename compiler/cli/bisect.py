"""`wsc bisect`: the first pass after which a model's results differ from those of the model in NumPy."""

from __future__ import annotations

import json
import shlex
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ir.attributes import StringAttr
from ...ir.diagnostics import DiagnosticError
from ...ir.operation import Operation
from ...ir.printer import print_operation
from ...passes.base import Pass, PassContext
from ...passes.manager import InternalDiagnosticError, PassManager
from ...passes.pipeline import default_pipeline, pipeline_text
from ..bisection import first_bad
from ..driver import load_model
from .build import compile_options
from .context import Context
from .deviation import Deviation, Results, deviation
from .errors import ExitStatus, FileError, RanWrongError
from .files import write_file
from .inputs import Prompt, Rows, find_input
from .model_input import ModelInput
from .reproducer import INPUT_COMMENT, PIPELINE_COMMENT, PLUGINS_COMMENT, version
from .snapshots import WAFER, Executor, Snapshot, Snapshots, reference
from .sources import read_text
from .weights import find_weights

MADE_UP_PROMPT = 3
"""Tokens of a prompt that nobody gave."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What executing the module after a pass gave.

    `finished_by` are the passes that made a program of it, `deviation` is None if it could not be
    executed, for the reason `problem`.
    """

    snapshot: Snapshot
    finished_by: tuple[Pass, ...]
    deviation: Deviation | None
    problem: str | None

    @property
    def is_wrong(self) -> bool:
        """Whether the results are wrong, or there are none."""
        return self.deviation is None or self.deviation.first is not None

    def as_json(self) -> dict[str, object]:
        """Return the object that stands for it; null where a number is not finite or there is none."""
        found = self.deviation
        error, relative = (None, None) if found is None else (found.error, found.relative)
        return {
            "place": self.snapshot.place,
            "pass": self.snapshot.pass_.name,
            "level": self.snapshot.level,
            "finished_by": [pass_.name for pass_ in self.finished_by],
            "max_abs_error": error if error is not None and isfinite(error) else None,
            "relative_error": relative if relative is not None and isfinite(relative) else None,
            "wrong": self.is_wrong,
            "problem": self.problem,
            "difference": None if found is None or found.first is None else found.first.as_json(),
        }


class Judge:
    """Executes the module after each pass that it is asked about, once, and compares the results."""

    def __init__(
        self,
        passes: Sequence[Pass],
        snapshots: Snapshots,
        executor: Executor,
        right: Sequence[Results],
        names: Sequence[str],
        tolerance: float,
    ) -> None:
        self.snapshots = snapshots
        self.verdicts: dict[int, Verdict] = {}
        """By the number of the pass, from 0."""
        self._passes = passes
        self._executor = executor
        self._right = right
        self._names = names
        self._tolerance = tolerance

    def is_wrong(self, index: int) -> bool:
        """Whether the module after a pass gives wrong results."""
        if index not in self.verdicts:
            self.verdicts[index] = self._verdict(index)
        return self.verdicts[index].is_wrong

    def _verdict(self, index: int) -> Verdict:
        snapshot = self.snapshots.taken[index]
        failure = self.snapshots.failure
        if failure is not None and index == len(self.snapshots.taken) - 1:
            return Verdict(snapshot, (), None, _said(failure))
        below = snapshot.level == WAFER
        missing = tuple(self._executor.missing(self._passes[: index + 1])) if below else ()
        try:
            results = self._executor.results(snapshot, missing)
            found = deviation(self._right, results, self._names, self._tolerance)
        except Exception as error:  # a wrong module may fail in any way; that is what is looked for
            return Verdict(snapshot, missing, None, _said(error))
        return Verdict(snapshot, missing, found, None)

    def suspects(self, index: int) -> list[Pass]:
        """The passes of which one is wrong, where that after number `index` is the first wrong module.

        It is that pass alone, unless the module before did not need those that finish this one.
        """
        verdict = self.verdicts[index]
        before = self.verdicts.get(index - 1)
        if before is not None and before.snapshot.level == WAFER:
            return [verdict.snapshot.pass_]
        return [verdict.snapshot.pass_, *verdict.finished_by]


def _said(error: Exception) -> str:
    if isinstance(error, DiagnosticError):
        return error.diagnostics[0].message
    text = str(error).split("\n")[0]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def run_bisect(args: Namespace, context: Context) -> int:
    """Find the pass. Raises `UsageError`, `FileError`, `DiagnosticError`, `RanWrongError` if there is one."""
    options, _, passes = compile_options(args, context)
    if args.output is not None and Path(args.output).exists() and not Path(args.output).is_dir():
        raise FileError(args.output, "is no folder, so the modules cannot be written there")
    text = read_text(args.model)
    filename = context.sources.add(args.model, text)
    context.recorder.source(args.model, text)
    remarks = PassContext()
    model, module = load_model(text, filename, options, remarks.remarks)
    context.show_diagnostics(remarks.remarks)
    weights = find_weights(args, model, model.attribute("nn.model", StringAttr).value, context)
    takes = ModelInput.of(model, options.entry)
    given, positions = _input(args, takes, model, options.entry, context)
    steps, right = reference(model, options.entry, weights, given, positions)
    required = _required(passes, default_pipeline(options.entry, options.strategy))
    executor = Executor(options.entry, weights, steps, required, context.announce_engine)
    first = module.clone()
    snapshots = _run_passes(passes, module)
    judge = Judge(passes, snapshots, executor, right, takes.outputs, args.tolerance)
    try:
        found = (_look_at_all if args.all else _bisect)(snapshots.taken, judge)
    except KeyboardInterrupt:
        _show_verdicts(context, judge)
        raise
    failure = snapshots.failure if found == len(snapshots.taken) - 1 else None
    if isinstance(failure, DiagnosticError) and not isinstance(failure, InternalDiagnosticError):
        raise failure  # until this pass refused it, the model was right
    files = None
    if found is not None and args.output is not None:
        before = first if found == 0 else snapshots.taken[found - 1].module
        files = _write_files(Path(args.output), before, snapshots.taken[found], args, context)
    _report(args, context, judge, found, files, len(steps))
    if isinstance(failure, DiagnosticError):
        context.show_diagnostics(failure.diagnostics)
    if found is None:
        return ExitStatus.DONE
    suspects = [f"'{pass_.name}'" for pass_ in judge.suspects(found)]
    if len(suspects) == 1:
        raise RanWrongError(f"pass {suspects[0]} makes the results wrong")
    raise RanWrongError(
        f"one of the passes {', '.join(suspects)} makes the results wrong",
        "only all of them together make a program that can be executed",
    )


def _look_at_all(snapshots: Sequence[Snapshot], judge: Judge) -> int | None:
    """Execute every module, and return the number of the first wrong one, None if there is none."""
    wrong = [index for index in range(len(snapshots)) if judge.is_wrong(index)]
    return wrong[0] if wrong else None


def _bisect(snapshots: Sequence[Snapshot], judge: Judge) -> int | None:
    """Return the number of the first pass whose module is wrong, None if there is none.

    A mistake in a higher level may not show in the end: the floor plan may leave nothing to reduce. So
    unless the last module is wrong, the last one of each level is looked at, too.
    """
    levels = [snapshot.level for snapshot in snapshots]
    for level in (WAFER, "dist", "nn"):
        if level in levels:
            count = len(levels) - levels[::-1].index(level)
            if (found := first_bad(count, judge.is_wrong)) is not None:
                return found
    return None


def _run_passes(passes: Sequence[Pass], module: Operation) -> Snapshots:
    """Run the passes until one fails, keeping the module after each."""
    snapshots = Snapshots()
    try:
        PassManager(passes, instrumentations=[snapshots]).run(module)
    except Exception:
        if snapshots.failure is None:
            raise
    return snapshots


def _required(passes: Sequence[Pass], default: Sequence[Pass]) -> list[Pass]:
    """Return those without which no program comes out, with the options that `passes` give them."""
    given = {pass_.name: pass_ for pass_ in passes}
    return [given.get(pass_.name, pass_) for pass_ in default if pass_.required]


def _input(
    args: Namespace, takes: ModelInput, model: Operation, entry: str, context: Context
) -> tuple[list[NDArray[Any]], int]:
    """Return what to begin with, the rows of each execution, and how many executions there shall be."""
    count: int = args.tokens
    generate = 1
    if args.prompt is None and args.input is None:
        rows = takes.window or (MADE_UP_PROMPT if takes.takes_tokens else count)
        rows = min(rows, takes.context or rows)
        values = takes.made_up(rows, args.random_weights or 0)
        generate = count if takes.takes_tokens else 1
        context.terminal.announce(f"no input is given, so {rows} random rows are made up")
    else:
        work = find_input(Namespace(**(vars(args) | {"tokens": None})), takes, model, entry)
        if isinstance(work, Prompt):
            values, generate = np.array(work.tokens), min(count, work.generate)
        else:
            values = work.values[:count] if isinstance(work, Rows) else work.rows
    values = takes.rows(values)
    if takes.window is not None:
        return [values], 1
    positions = len(values) + generate - 1
    return [row[np.newaxis] for row in values], min(positions, takes.context or positions)


def _write_files(
    folder: Path, before: Operation, after: Snapshot, args: Namespace, context: Context
) -> dict[str, str]:
    """Write the modules around a pass, and one that replays it; return the files' names.

    Raises `FileError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(str(folder), f"cannot be made: {error.strerror}") from error
    lines = [
        f"wsc {version()}: wrong results after pass {after.pass_.name}",
        f"command: wsc {shlex.join(context.recorder.argv)}",
        *([f"{PLUGINS_COMMENT}{shlex.join(context.plugins.paths)}"] if context.plugins.paths else []),
        f"{PIPELINE_COMMENT}{pipeline_text([after.pass_])}",
        f"{INPUT_COMMENT}{args.model}",
    ]
    comments = "".join(f"// {line}\n" for line in "\n".join(lines).split("\n"))
    text = print_operation(before, locations=True) + "\n"
    contents = {
        "before": text,
        "after": print_operation(after.module, locations=True) + "\n",
        "reproducer": f"{comments}\n{text}",
    }
    paths = {name: folder / f"{name}.mlir" for name in contents}
    for name, content in contents.items():
        write_file(paths[name], content.encode("utf-8", "backslashreplace"))
    return {name: str(path) for name, path in paths.items()}


def _report(
    args: Namespace,
    context: Context,
    judge: Judge,
    found: int | None,
    files: dict[str, str] | None,
    steps: int,
) -> None:
    """Show what was found, for people and, if wanted, as JSON."""
    verdicts = _show_verdicts(context, judge)
    if found is None:
        context.terminal.announce(f"no pass makes the results wrong ({_compared(args, steps)})")
    elif not context.terminal.quiet:
        from .views.bisect import culprit_text

        lines = culprit_text(judge.verdicts.get(found - 1), judge.verdicts[found], files)
        context.terminal.announce(f"{lines}\n tolerance         {_compared(args, steps)}")
    if not args.json:
        return
    facts: dict[str, object] = {
        "model": args.model,
        "executions": steps,
        "tolerance": args.tolerance,
        "passes": [verdict.as_json() for verdict in verdicts],
        "first_wrong": None,
    }
    if found is not None:
        wrong = judge.verdicts[found]
        before = judge.verdicts.get(found - 1)
        facts["first_wrong"] = {
            "pass": wrong.snapshot.pass_.name,
            "place": wrong.snapshot.place,
            "pipeline": pipeline_text([wrong.snapshot.pass_]),
            "suspects": [pass_.name for pass_ in judge.suspects(found)],
            "before": None if before is None else before.as_json(),
            "after": wrong.as_json(),
            "files": files,
        }
    print(json.dumps(facts, allow_nan=False))


def _show_verdicts(context: Context, judge: Judge) -> list[Verdict]:
    """Show a table of the modules that were executed so far, and return what they gave, in order."""
    verdicts = [judge.verdicts[index] for index in sorted(judge.verdicts)]
    if not context.terminal.quiet:
        from .views.bisect import verdict_table

        table = verdict_table(verdicts, len(judge.snapshots.taken), fancy=context.terminal.fancy)
        context.terminal.show(table)
    return verdicts


def _compared(args: Namespace, steps: int) -> str:
    count = "one execution" if steps == 1 else f"{steps} executions"
    return f"{args.tolerance:.0%} of the largest result; {count} compared"
