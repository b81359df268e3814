"""Functions that a model defines: whether they call each other in circles, and checks of their calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from ...ir.diagnostics import Diagnostic
from .ast import (
    Assignment,
    BinaryExpr,
    CallExpr,
    Definition,
    Expr,
    IndexExpr,
    Name,
    NegateExpr,
    Return,
    ShapeExpr,
)
from .graph import Body, Node
from .report import Report
from .shapes import is_known, shapes_agree

if TYPE_CHECKING:
    from .expressions import ExpressionChecker


# ---- circles -----------------------------------------------------------------------------------------


def report_recursion(functions: Iterable[Definition], report: Report) -> bool:
    """Report each circle of functions that call each other once; returns whether there is one."""
    definitions = {definition.name.text: definition for definition in functions}
    calls: dict[str, dict[str, Name]] = {name: {} for name in definitions}
    for name, definition in definitions.items():
        for callee in _callees(definition):
            if callee.text in definitions:
                calls[name].setdefault(callee.text, callee)
    done: set[str] = set()
    found = False
    for name in definitions:
        circle = _circle(name, calls)
        if circle is None or done & set(circle):
            continue
        done |= set(circle)
        found = True
        _report_circle(circle, calls, report)
    return found


def _circle(start: str, calls: Mapping[str, Mapping[str, Name]]) -> list[str] | None:
    """Return the shortest way from `start` back to it along calls, without the return; None without one."""
    ways = [[start]]
    seen: set[str] = set()
    for way in ways:
        for callee in calls[way[-1]]:
            if callee == start:
                return way
            if callee not in seen:
                seen.add(callee)
                ways.append([*way, callee])
    return None


def _report_circle(circle: list[str], calls: Mapping[str, Mapping[str, Name]], report: Report) -> None:
    steps = list(zip(circle, [*circle[1:], circle[0]], strict=True))
    first, *others = [calls[caller][callee].span for caller, callee in steps]
    notes: list[str | Diagnostic] = [
        report.note(span, f"'{caller}' calls '{callee}' here")
        for span, (caller, callee) in zip(others, steps[1:], strict=True)
    ]
    shown = " -> ".join([*circle, circle[0]])
    what = "calls itself" if len(circle) == 1 else f"calls itself in a circle: {shown}"
    report.error(
        first,
        f"function '{circle[0]}' {what}",
        "a call is replaced by the function's body; it must end",
        *notes,
    )


def _callees(definition: Definition) -> Iterator[Name]:
    """Yield what the body of `definition` calls, in the order of the text."""
    for statement in definition.body:
        if isinstance(statement, Assignment | Return):
            yield from _called(statement.value)


def _called(expr: Expr) -> Iterator[Name]:
    parts: tuple[Expr, ...] = ()
    if isinstance(expr, CallExpr):
        yield expr.callee
        parts = (*expr.arguments, *(option.value for option in expr.options), *expr.misplaced)
    elif isinstance(expr, NegateExpr):
        parts = (expr.operand,)
    elif isinstance(expr, BinaryExpr):
        parts = (expr.left, expr.right)
    elif isinstance(expr, IndexExpr):
        parts = (expr.table, *expr.indices)
    elif isinstance(expr, ShapeExpr):
        parts = expr.extents
    for part in parts:
        yield from _called(part)


def nodes_inside(body: Body) -> Iterator[Node]:
    """Yield the nodes of a checked body, and those of the functions that it calls, each function's once."""
    waiting = [body]
    for current in waiting:
        yield from current.nodes
        called = [node.function for node in current.nodes if node.function is not None]
        waiting += [function for function in dict.fromkeys(called) if function not in waiting]


# ---- calls -------------------------------------------------------------------------------------------


class FunctionCallChecker:
    """Checks calls of the model's own functions; `expressions` checks the arguments."""

    def __init__(self, expressions: ExpressionChecker) -> None:
        self.expressions = expressions
        self.report = expressions.scope.model.report
        self.consts = expressions.scope.model.consts

    def call(self, function: Body, expr: CallExpr) -> Node | None:
        """Return what a call gives; reports errors and then returns None."""
        function.called = True
        arguments = [self.expressions.expression(argument) for argument in expr.arguments]
        if not self._has_right_arguments(function, expr):
            return None
        operands: list[Node] = []
        for parameter, value, argument in zip(function.parameters, arguments, expr.arguments, strict=True):
            operand = self._operand(function, parameter, value, argument)
            if operand is not None:
                operands.append(operand)
        if len(operands) < len(arguments):
            return None
        call = Node("call", tuple(operands), function.result, expr.callee.span, function=function)
        return self.expressions.emit(call)

    def _has_right_arguments(self, function: Body, expr: CallExpr) -> bool:
        where = self.report.note(function.span, "it is defined here")
        for option in expr.options:
            message = f"function '{function.name}' has no options; its arguments stand in order"
            self.report.error(option.name.span, message, function.signature, where)
            return False
        wanted, found = len(function.parameters), len(expr.arguments)
        if found != wanted:
            noun = "argument" if wanted == 1 else "arguments"
            message = f"function '{function.name}' takes {wanted} {noun}, not {found}"
            self.report.error(expr.callee.span, message, function.signature, where)
        return found == wanted

    def _operand(
        self, function: Body, parameter: Node, value: Node | float | bool | None, expr: Expr
    ) -> Node | None:
        if value is None:
            return None
        if not isinstance(value, Node) and not parameter.tensor.shape:
            return self.expressions.constant(value, expr.span)
        wanted = parameter.tensor
        where = self.report.note(parameter.span, f"parameter '{parameter.name}' is declared here")
        if not isinstance(value, Node):
            message = f"argument '{parameter.name}' of '{function.name}' must be {wanted}, not a constant"
            self.report.error(expr.span, message, where)
            return None
        found = value.tensor
        if shapes_agree(wanted.shape, found.shape) and wanted.is_index == found.is_index:
            return value
        if is_known(wanted.shape, found.shape):
            message = f"argument '{parameter.name}' of '{function.name}' must be {wanted}, not {found}"
            self.report.error(expr.span, message, *self.consts.set_note(), where)
        return None
