"""Pass `inline`: a call gives way to the body of the function that it calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.attributes import StringAttr, SymbolRefAttr
from ...ir.diagnostics import Diagnostic, DiagnosticError, Severity
from ...ir.location import CallSiteLoc
from ...ir.operation import Operation
from ...ir.rewriter import Rewriter
from ...ir.symbols import SymbolTable
from ..base import Pass, PassContext, operations_named


@dataclass(frozen=True, slots=True)
class Inline(Pass):
    """Replace each call by the body of its function, and erase the private functions."""

    name: ClassVar[str] = "inline"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        """Inline what a function calls before what calls it. Raises `DiagnosticError` for recursion.

        An operation that comes out of a function is at `callsite(its place at the call's place)`.
        """
        inliner = _Inliner(SymbolTable(module), Rewriter(module, listeners=context.listeners))
        functions = operations_named(module, "nn.func")
        for function in functions:
            inliner.finish(function)
        for function in functions:
            if function.attributes.get("sym_visibility") == StringAttr("private"):
                function.erase()


class _Inliner:
    def __init__(self, functions: SymbolTable, rewriter: Rewriter) -> None:
        self.functions = functions
        self.rewriter = rewriter
        self.finished: set[Operation] = set()
        self.calls: list[Operation] = []
        """The calls on the way to the function being worked on, outermost first."""

    def finish(self, function: Operation) -> None:
        """Leave no call in `function`."""
        if function in self.finished:
            return
        for call in [op for op in function.walk() if op.name == "nn.call"]:
            callee = self.functions.lookup(call.attribute("callee", SymbolRefAttr).leaf)
            if callee is None:
                raise ValueError(f"the module was not verified: {call} calls nothing")
            if any(callee.is_ancestor_of(outer) for outer in (*self.calls, call)):
                raise self._recursion(callee, call)
            self.calls.append(call)
            self.finish(callee)
            self.calls.pop()
            with self.rewriter.rewriting(call, "inline_call"):
                _inline(call, callee, self.rewriter)
        self.finished.add(function)

    def _recursion(self, callee: Operation, call: Operation) -> DiagnosticError:
        calls = [*self.calls, call]
        first = next(index for index, op in enumerate(calls) if callee.is_ancestor_of(op))
        notes = [
            Diagnostic(Severity.NOTE, f"{op.attribute('callee', SymbolRefAttr)} is called here", op.location)
            for op in calls[first:]
        ]
        message = f"function '@{callee.symbol_name}' calls itself and cannot be inlined"
        return DiagnosticError([Diagnostic(Severity.ERROR, message, callee.location, tuple(notes))])


def _inline(call: Operation, callee: Operation, rewriter: Rewriter) -> None:
    values = dict(zip(callee.body.arguments, call.operands, strict=True))
    *operations, terminator = callee.body.operations
    for operation in operations:
        copy = operation.clone(values)
        for inner in copy.walk():
            inner.location = CallSiteLoc(inner.location, call.location)
        rewriter.insert(copy)
    inlined = [values[returned] for returned in terminator.operands]
    for result, value in zip(call.results, inlined, strict=True):
        value.name_hint = value.name_hint or result.name_hint
    rewriter.replace(call, inlined)
