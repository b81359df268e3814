"""Pass manager: runs passes in order, verifies the module after each, tells instrumentations about it."""

from __future__ import annotations

import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Protocol

from ..ir.diagnostics import Diagnostic, DiagnosticError
from ..ir.operation import Operation
from ..ir.printer import print_operation
from ..ir.rewriter import RewriteListener
from ..ir.verifier import verify
from .base import Pass, PassContext


@dataclass(frozen=True, slots=True)
class TargetRecord:
    """How long a pass took on one operation: its name, with its symbol if it defines one."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class PassRecord:
    """What one pass took and left. `seconds` is its wall-clock time without verification."""

    name: str
    seconds: float
    operations: int
    """Operations in the module afterwards."""
    operations_before: int
    verifier_seconds: float
    peak_growth_bytes: int
    """By how much the largest resident size of the process grew, verification included."""
    nest: tuple[str, ...]
    targets: tuple[TargetRecord, ...]
    """The operations on which it ran."""


class Instrumentation(Protocol):
    """Watches the passes of a compilation, without changing the module; by default it does nothing."""

    @property
    def wants_changes(self) -> bool:
        """Whether `after` must be told truly if the module changed, which costs a print for each pass."""
        return False

    def before(self, pass_: Pass, module: Operation) -> None:
        """Called before `pass_` runs."""

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Called once `pass_` ran and the module is valid.

        `changed` says whether the printed module differs; it is True wherever nobody `wants_changes`.
        """

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Called instead of `after` when `pass_` raised `error` or left an invalid module."""


class InternalDiagnosticError(DiagnosticError):
    """Diagnostics of a mistake of wsc or of a pass: they are no fault of the input."""


class BrokenModuleError(InternalDiagnosticError):
    """A pass left a module that the verifier rejects: a mistake of the pass, not of the input.

    The first diagnostic names the pass, and like those after it an operation.
    """

    def __init__(self, pass_: Pass, problems: Sequence[Diagnostic]) -> None:
        self.pass_name = pass_.name
        first, *others = problems
        head = replace(first, message=f"pass '{pass_.name}' left an invalid module: {first.message}")
        super().__init__([head, *others])


class PassManager:
    """Runs `passes` one after the other on a module.

    With `verify_each`, the module is verified before the first and after every pass; operations that no
    dialect registers are errors unless `allow_unregistered`.
    """

    def __init__(
        self,
        passes: Sequence[Pass],
        *,
        verify_each: bool = True,
        allow_unregistered: bool = False,
        instrumentations: Sequence[Instrumentation] = (),
    ) -> None:
        self.passes = tuple(passes)
        self.verify_each = verify_each
        self.allow_unregistered = allow_unregistered
        self.instrumentations = tuple(instrumentations)

    def run(self, module: Operation, context: PassContext | None = None) -> list[PassRecord]:
        """Change `module` in place and return one record for each pass.

        Raises `DiagnosticError` when the input is invalid or cannot be compiled, `BrokenModuleError`
        when a pass breaks the module; what else a pass raises is a mistake of the pass and goes through.
        """
        context = PassContext() if context is None else context
        context.listeners = tuple(w for w in self.instrumentations if isinstance(w, RewriteListener))
        if problems := self._problems(module):
            raise DiagnosticError(problems)
        compares = any(watcher.wants_changes for watcher in self.instrumentations)
        text = print_operation(module) if compares else ""
        records: list[PassRecord] = []
        count = _count(module)
        for pass_ in self.passes:
            records.append(self._run_one(pass_, module, context, count))
            count = records[-1].operations
            previous, text = text, print_operation(module) if compares else ""
            for watcher in self.instrumentations:
                watcher.after(pass_, module, not compares or text != previous)
        return records

    def _run_one(self, pass_: Pass, module: Operation, context: PassContext, count: int) -> PassRecord:
        """Run and verify one pass on a module of `count` operations."""
        for watcher in self.instrumentations:
            watcher.before(pass_, module)
        targets: list[TargetRecord] = []
        peak = peak_resident_bytes()
        try:
            for op in pass_.targets(module):
                start = perf_counter()
                _run_on(op, pass_, context)
                targets.append(TargetRecord(_label(op), perf_counter() - start))
            start = perf_counter()
            if problems := self._problems(module):
                raise BrokenModuleError(pass_, problems)
            verifier_seconds = perf_counter() - start
        except Exception as error:
            for watcher in self.instrumentations:
                watcher.failed(pass_, module, error)
            raise
        return PassRecord(
            pass_.name,
            sum(target.seconds for target in targets),
            _count(module),
            count,
            verifier_seconds,
            peak_resident_bytes() - peak,
            pass_.nest,
            tuple(targets),
        )

    def _problems(self, module: Operation) -> list[Diagnostic]:
        return verify(module, allow_unregistered=self.allow_unregistered) if self.verify_each else []


def _run_on(operation: Operation, pass_: Pass, context: PassContext) -> None:
    """Run a pass, which may raise but not end the process, as if all were well."""
    try:
        pass_.run(operation, context)
    except SystemExit as error:
        raise RuntimeError(f"SystemExit({error.code!r})").with_traceback(error.__traceback__) from error


def peak_resident_bytes() -> int:
    """Return the largest resident size that this process had so far (`ru_maxrss`)."""
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024  # macOS counts bytes, Linux KiB


def _count(module: Operation) -> int:
    return sum(1 for _ in module.walk())


def _label(operation: Operation) -> str:
    symbol = operation.symbol_name
    return operation.name if symbol is None else f"{operation.name} @{symbol}"
