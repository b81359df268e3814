"""Consts: compile-time numbers, their arithmetic, and `--set NAME=VALUE`."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from ...ir.diagnostics import Diagnostic, Severity, did_you_mean
from ...ir.location import UNKNOWN
from .ast import BinaryExpr, BooleanExpr, Const, Expr, NameExpr, NegateExpr, NumberExpr, Span
from .report import Report
from .tree import MAXIMUM_DIGITS, parse_number

Number: TypeAlias = int | float | bool

BUILT_IN_NAMES = ("seq", "position")
_LARGEST = 2**63 - 1
_LITERAL = re.compile(r"-?([0-9]+(\.[0-9]+)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


class ConstTable:
    """The consts of a model by name; a wrong one is known as None, so that using it is no second error."""

    def __init__(self, report: Report, lost: frozenset[str] = frozenset()) -> None:
        self.values: dict[str, Number | None] = {}
        self.overridden: dict[str, Number] = {}
        self._report = report
        self._lost = lost
        self._later: frozenset[str] = frozenset()

    def define_all(self, consts: Iterable[Const], overrides: Mapping[str, str]) -> None:
        """Evaluate `consts` in order. An override takes the place of what the text says."""
        declared = list(consts)
        names = [const.name.text for const in declared]
        for name in overrides:
            if name not in names and name not in self._lost:
                self._reject_override(name, overrides[name], names)
        for position, const in enumerate(declared):
            self._later = frozenset(names[position:])
            name = const.name.text
            if name in overrides:
                value = self._override(const, overrides[name])
            else:
                value = self.evaluate(const.value)
            # Of a const that is defined twice (reported elsewhere) the first definition counts.
            self.values.setdefault(name, value)
        self._later = frozenset()

    def forget_non_positive(self, expr: Expr) -> None:
        """Make consts in `expr` unknown that are no positive numbers, so that each is reported once."""
        for name in _names(expr):
            value = self.values.get(name)
            if value is not None and (isinstance(value, bool) or value <= 0):
                self.values[name] = None

    def set_note(self) -> tuple[str, ...]:
        """Return a note on the consts that were set on the command line, if any."""
        texts = [f"{name} = {value}" for name, value in self.overridden.items()]
        return (f"set on the command line: {', '.join(texts)}",) if texts else ()

    # ---- overrides

    def _reject_override(self, name: str, text: str, names: list[str]) -> None:
        message = f"'--set {name}={text}': the model has no const '{name}'{did_you_mean(name, names)}"
        notes = (f"its consts are {', '.join(sorted(names))}",) if names else ("it has no consts",)
        self._report.add(Diagnostic(Severity.ERROR, message, UNKNOWN, notes, 1))

    def _override(self, const: Const, text: str) -> Number | None:
        name = const.name.text
        value = _parse_override(text)
        written = self._evaluate_quietly(const.value)
        kind = "true or false" if isinstance(written, bool) else "a number"
        if isinstance(written, int) and not isinstance(written, bool):
            kind = "an integer"
        if value is None or (written is not None and not _converts(value, written)):
            message = f"'--set {name}={text}': '{name}' must be {kind}"
            self._report.error(const.name.span, message, "this is the const to be set")
            return None
        if isinstance(written, float):
            value = float(value)
        self.overridden[name] = value
        return self._in_range(const.name.span, value, (f"'--set {name}={text}'",))

    def _evaluate_quietly(self, expr: Expr) -> Number | None:
        """Evaluate what an override replaces: only its kind matters, its errors do not."""
        report, self._report = self._report, Report(self._report.filename)
        try:
            return self.evaluate(expr)
        finally:
            self._report = report

    # ---- arithmetic

    def evaluate(self, expr: Expr) -> Number | None:
        """Return the value of a const expression; reports errors and then returns None."""
        if isinstance(expr, NumberExpr | BooleanExpr):
            return self._in_range(expr.span, expr.value)
        if isinstance(expr, NameExpr):
            return self._lookup(expr)
        if isinstance(expr, NegateExpr):
            return self.negate(expr, self.evaluate(expr.operand))
        if isinstance(expr, BinaryExpr) and expr.operator != "@":
            left, right = self.evaluate(expr.left), self.evaluate(expr.right)
            return None if left is None or right is None else self.fold(expr, left, right)
        self._report.error(
            expr.span, "this is not a constant: only consts, numbers and + - * / can stand here"
        )
        return None

    def _lookup(self, expr: NameExpr) -> Number | None:
        name = expr.name
        if name in self.values:
            return self.values[name]
        if name in self._lost:
            return None
        if name in BUILT_IN_NAMES:
            message = f"'{name}' is not known at compile time"
            self._report.error(
                expr.span, message, "an extent is a constant, 'seq' alone, or 'position + seq'"
            )
        elif name in self._later:
            self._report.error(expr.span, f"const '{name}' is used before it is defined")
        else:
            self._report.unknown(expr.span, f"unknown const '{name}'{did_you_mean(name, self.values)}")
        return None

    def negate(self, expr: NegateExpr, value: Number | None) -> Number | None:
        """Return `-value`; reports errors and then returns None."""
        if isinstance(value, bool):
            self._report.error(expr.span, "'-' needs a number, not true or false")
            return None
        return None if value is None else -value

    def fold(self, expr: BinaryExpr, left: Number, right: Number) -> Number | None:
        """Return `left operator right`; reports errors and then returns None.

        Integers stay integers, so '/' on them must divide exactly.
        """
        span, operator = expr.span, expr.operator
        if isinstance(left, bool) or isinstance(right, bool):
            self._report.error(span, f"'{operator}' needs numbers, not true or false")
            return None
        notes = self.values_note(expr)
        if operator == "/":
            if right == 0:
                self._report.error(span, f"{left} / {right} divides by zero", *notes)
                return None
            if isinstance(left, int) and isinstance(right, int):
                if left % right:
                    message = f"{left} / {right} is not a whole number; integers must divide exactly"
                    self._report.error(span, message, *notes)
                    return None
                return left // right
            return self._in_range(span, left / right, notes)
        if operator == "+":
            return self._in_range(span, left + right, notes)
        if operator == "-":
            return self._in_range(span, left - right, notes)
        if operator == "*":
            return self._in_range(span, left * right, notes)
        self._report.error(span, "'@' needs two matrices, not numbers")
        return None

    def values_note(self, *exprs: Expr) -> tuple[str, ...]:
        """Return a note on what the consts named in `exprs` are, and which of them the command line set."""
        found = dict.fromkeys(name for expr in exprs for name in _names(expr))
        names = [name for name in found if self.values.get(name) is not None]
        texts = [
            f"{name} = {self.values[name]}{' (--set)' if name in self.overridden else ''}" for name in names
        ]
        return (f"here {', '.join(texts)}",) if texts else ()

    def _in_range(self, span: Span, value: Number, notes: tuple[str, ...] = ()) -> Number | None:
        if isinstance(value, float):
            if math.isfinite(value):
                return value
            self._report.error(span, "this number is too large for a float", *notes)
            return None
        if abs(value) <= _LARGEST:
            return value
        self._report.error(span, "this integer does not fit in 64 bits", *notes)
        return None


def _names(expr: Expr) -> Iterator[str]:
    if isinstance(expr, NameExpr):
        yield expr.name
    elif isinstance(expr, NegateExpr):
        yield from _names(expr.operand)
    elif isinstance(expr, BinaryExpr):
        yield from _names(expr.left)
        yield from _names(expr.right)


def _parse_override(text: str) -> Number | None:
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if _LITERAL.fullmatch(text) is None or len(text) > MAXIMUM_DIGITS:
        return None
    return -parse_number(text[1:]) if text.startswith("-") else parse_number(text)


def _converts(value: Number, written: Number) -> bool:
    """Whether `value` may replace `written`: of the same kind, or an integer for a float."""
    if isinstance(value, bool) or isinstance(written, bool):
        return isinstance(value, bool) and isinstance(written, bool)
    return isinstance(written, float) or isinstance(value, int)
