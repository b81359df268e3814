"""Compiles a model: its text to the module that engines run, with what was learned on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from ..ir.attributes import StringAttr
from ..ir.diagnostics import Diagnostic, DiagnosticError, Severity
from ..ir.operation import Operation
from ..ir.program_check import check_program
from ..ir.target import Target
from ..passes.base import TARGET_ATTRIBUTE, Pass, PassContext
from ..passes.manager import BrokenModuleError, Instrumentation, PassManager, PassRecord
from ..passes.pipeline import default_pipeline, parse_pipeline, up_to_pass, without_passes
from .estimates import Estimates, EstimateWatcher
from .frontend import compile_wdl


@dataclass(frozen=True, slots=True)
class CompileOptions:
    """What to compile and how. `target` has the grid to use; `overrides` are texts of consts by name."""

    target: Target
    entry: str = "decode"
    strategy: str = "auto"
    overrides: Mapping[str, str] = field(default_factory=lambda: dict[str, str]())
    disabled_passes: tuple[str, ...] = ()
    stop_after: str | None = None
    pass_pipeline: str | None = None
    """The text of the pipeline to run instead of the default one, which takes `entry` and `strategy`."""

    def pipeline(self) -> list[Pass]:
        """Return the passes to run. Raises `DiagnosticError` for what cannot be used."""
        if self.pass_pipeline is None:
            passes = default_pipeline(self.entry, self.strategy)
        else:
            passes = parse_pipeline(self.pass_pipeline)
        passes = without_passes(passes, self.disabled_passes)
        return passes if self.stop_after is None else up_to_pass(passes, self.stop_after)


@dataclass(frozen=True, slots=True)
class Compilation:
    """What came out: the module after the last pass, and the `nn` module as the front end gave it.

    `estimates` is None if the passes stopped before the floor plan. `remarks` are warnings and notes.
    """

    module: Operation
    model: Operation
    records: tuple[PassRecord, ...]
    frontend_seconds: float
    estimates: Estimates | None
    remarks: tuple[Diagnostic, ...]

    @property
    def name(self) -> str:
        """The model's name."""
        return self.model.attribute("nn.model", StringAttr).value


def load_model(
    text: str, filename: str, options: CompileOptions, remarks: list[Diagnostic]
) -> tuple[Operation, Operation]:
    """Return the `nn` module of the model in `text`, and the same for passes to change, with the target.

    Warnings are added to `remarks`. Raises `DiagnosticError` for everything that is wrong with the text.
    """
    model = compile_wdl(text, filename, options.overrides, (options.entry,), remarks)
    module = model.clone()
    module.attributes[TARGET_ATTRIBUTE] = options.target.to_attribute()
    return model, module


def compile_module(
    text: str, filename: str, options: CompileOptions, instrumentations: Sequence[Instrumentation] = ()
) -> Compilation:
    """Compile the model in `text`, which messages call `filename`.

    Raises `DiagnosticError` for everything that is wrong with the text, the options or the model's size, and
    `BrokenModuleError` when the passes got something wrong.
    """
    passes = options.pipeline()
    context = PassContext()
    start = perf_counter()
    model, module = load_model(text, filename, options, context.remarks)
    frontend_seconds = perf_counter() - start
    estimator = EstimateWatcher()
    manager = PassManager(passes, instrumentations=(*instrumentations, estimator))
    records = manager.run(module, context)
    if options.stop_after is None and (problems := check_program(module)):
        if options.pass_pipeline is not None:
            raise DiagnosticError([_no_program(module, passes), *problems])
        raise BrokenModuleError(passes[-1], problems)
    return Compilation(
        module, model, tuple(records), frontend_seconds, estimator.estimates, tuple(context.remarks)
    )


def _no_program(module: Operation, passes: Sequence[Pass]) -> Diagnostic:
    """Say that the pipeline that was asked for leaves no program, and what it may lack."""
    names = {pass_.name for pass_ in passes}
    missing = [pass_.name for pass_ in default_pipeline() if pass_.required and pass_.name not in names]
    notes = [f"passes of the default pipeline that it lacks: {', '.join(missing)}"] if missing else []
    message = "the module that the pipeline left is no program that could run"
    return Diagnostic(Severity.ERROR, message, module.location, tuple(notes))
