"""The module after each pass of a compilation, and the results of executing one at whatever level it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...ir.diagnostics import DiagnosticError
from ...ir.interpreter.dist import DistInterpreter
from ...ir.interpreter.nn import NnInterpreter
from ...ir.operation import Operation
from ...ir.program_check import check_program
from ...passes.base import Pass
from ...passes.manager import Instrumentation, PassManager
from .deviation import Results

WAFER = "wafer"
"""The level of a module that only the engine can execute."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The module that `pass_` left: the `place`-th of the passes, from 1."""

    pass_: Pass
    place: int
    module: Operation

    @property
    def level(self) -> str:
        """`nn` or `dist`, which are interpreted, or `wafer`."""
        names = {op.name for op in self.module.body.operations}
        return "nn" if "nn.func" in names else "dist" if "dist.func" in names else WAFER


@dataclass(slots=True)
class Snapshots(Instrumentation):
    """Keeps a copy of the module after each pass, and as the last pass left it if that failed."""

    taken: list[Snapshot] = field(default_factory=lambda: list[Snapshot]())
    failure: Exception | None = None
    """What the last pass failed with."""

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Keep a copy."""
        self.taken.append(Snapshot(pass_, len(self.taken) + 1, module.clone()))

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Keep what there is."""
        self.after(pass_, module, True)
        self.failure = error


@dataclass(frozen=True, slots=True)
class Step:
    """One execution: `rows` [rows, ...], the first of which stands at `position`."""

    position: int
    rows: NDArray[Any]


def reference(
    model: Operation,
    entry: str,
    weights: Mapping[str, NDArray[Any]],
    given: Sequence[NDArray[Any]],
    executions: int,
) -> tuple[list[Step], list[Results]]:
    """Execute the model: on the rows `given` for each execution, then on the tokens that it chooses.

    Returns the steps, for others to execute, and the results of each. There are fewer than `executions`
    where the entry chooses no tokens to go on with.
    """
    interpreter = NnInterpreter(model, weights)
    steps: list[Step] = []
    found: list[Results] = []
    for position in range(executions):
        if position < len(given):
            rows = given[position]
        else:
            tokens = [value for value in found[-1] if value.dtype == np.int32]
            if not tokens:
                break
            rows = tokens[0]
        steps.append(Step(position, rows))
        found.append(interpreter.step(entry, rows, position))
    return steps, found


@dataclass(frozen=True, slots=True)
class Executor:
    """Executes modules of any level on the same weights and steps.

    What is below `dist` is finished first: by those of `required`, the passes without which there is no
    program, that did not run yet.
    """

    entry: str
    weights: Mapping[str, NDArray[Any]]
    steps: Sequence[Step]
    required: Sequence[Pass]
    announce: Callable[[], None]

    def missing(self, passes: Sequence[Pass]) -> list[Pass]:
        """Return the passes that finish a module after `passes`."""
        ran = {pass_.name for pass_ in passes}
        return [pass_ for pass_ in self.required if pass_.name not in ran]

    def results(self, snapshot: Snapshot, missing: Sequence[Pass]) -> list[Results]:
        """Return the results of all steps. Raises whatever a wrong module makes of itself."""
        if snapshot.level == "nn":
            names = {op.symbol_name for op in snapshot.module.body.operations}
            weights = {name: values for name, values in self.weights.items() if name in names}
            run = NnInterpreter(snapshot.module, weights)
            return [run.step(self.entry, step.rows, step.position) for step in self.steps]
        if snapshot.level == "dist":
            tiles = DistInterpreter(snapshot.module, self.weights)
            return [tiles.step(self.entry, step.rows, step.position) for step in self.steps]
        module = snapshot.module.clone()
        PassManager(missing).run(module)
        if problems := check_program(module):
            raise DiagnosticError(problems)
        return self._on_the_wafer(module)

    def _on_the_wafer(self, module: Operation) -> list[Results]:
        """Run a program; the token comes first among an entry's results."""
        from ...runtime.session import Session

        session = Session(module, self.weights, self.announce)
        found: list[Results] = []
        for step in self.steps:
            if session.window is not None:
                window = session.encode(step.rows)
                tokens, outputs = window.tokens, window.outputs
            else:
                report = session.step(step.position, step.rows[0])
                tokens = None if report.token is None else np.array([report.token], np.int32)
                outputs = {name: values[np.newaxis] for name, values in report.outputs.items()}
            found.append([*outputs.values()] if tokens is None else [tokens, *outputs.values()])
        return found
