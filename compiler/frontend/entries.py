"""Entries: what of a model is compiled, such as `decode = greedy(forward)`."""

from __future__ import annotations

from ...ir.diagnostics import did_you_mean
from .ast import CallExpr, Entry, Expr, Model, NameExpr
from .graph import Body, CheckedEntry
from .scope import ModelScope
from .shapes import is_known

ENTRY_NAMES = ("decode", "encode", "prefill", "train")
COMPILED_ENTRIES = ("decode", "encode")
"""Entries that can be compiled; the others are only checked."""
WINDOW = "window"
"""The const that says how many rows one execution of `encode` takes."""
_FUNCTIONS = ("greedy", "minimize", "cross_entropy", "adam")


def check_entries(model: Model, forward: Body | None, scope: ModelScope) -> dict[str, CheckedEntry]:
    """Check all entries; reports errors and returns those without."""
    checker = _EntryChecker(forward, scope)
    found: dict[str, CheckedEntry] = {}
    for entry in model.entries:
        name = entry.name.text
        if name not in ENTRY_NAMES:
            message = f"unknown entry '{name}'{did_you_mean(name, ENTRY_NAMES)}"
            scope.report.error(entry.name.span, message, f"the entries are {', '.join(ENTRY_NAMES)}")
        elif checker.check(entry) and name not in found:
            window = checker.window(entry) if name == "encode" else None
            found[name] = CheckedEntry(name, entry.name.span, isinstance(entry.value, CallExpr), window)
    return found


class _EntryChecker:
    def __init__(self, forward: Body | None, scope: ModelScope) -> None:
        self.forward = forward
        self.scope = scope
        self.report = scope.report

    def check(self, entry: Entry) -> bool:
        """Whether an entry's value is one of the forms that it can have; reports it if not."""
        if entry.name.text == "train":
            return self._train(entry.value)
        if isinstance(entry.value, CallExpr):
            return self._greedy(entry)
        return self._is_forward(entry.value, "'forward' or 'greedy(forward)'")

    def window(self, entry: Entry) -> int | None:
        """Return how many rows `encode` takes at once; reports it if the model does not say so."""
        values = self.scope.consts.values
        rows = values.get(WINDOW)
        if isinstance(rows, int) and not isinstance(rows, bool) and rows > 0:
            return rows
        if WINDOW not in values:
            message = "'encode' takes all rows at once; the const 'window' must say how many"
            self.report.error(entry.name.span, message, "write for example 'const window = 16'")
        elif rows is not None:
            text = str(rows).lower() if isinstance(rows, bool) else rows
            message = f"'encode' takes 'window' rows at once, so that must be a positive integer, not {text}"
            self.report.error(entry.name.span, message)
        return None

    def _greedy(self, entry: Entry) -> bool:
        call = self._called(entry.value, "greedy", 1, "'forward' or 'greedy(forward)'")
        if call is None or not self._is_forward(call.arguments[0], "'forward'"):
            return False
        if not self._no_options(call):
            return False
        result = self.forward.result if self.forward is not None else None
        if result is not None and len(result.shape) != 2 and is_known(result.shape):
            message = f"'greedy' needs logits [seq, vocab], but 'forward' returns {result}"
            self.report.error(call.callee.span, message)
            return False
        return True

    def _train(self, value: Expr) -> bool:
        form = "'minimize(cross_entropy(forward), adam(lr = ...))'"
        minimize = self._called(value, "minimize", 2, form)
        if minimize is None or not self._no_options(minimize):
            return False
        loss = self._called(minimize.arguments[0], "cross_entropy", 1, "'cross_entropy(forward)'")
        optimizer = self._called(minimize.arguments[1], "adam", 0, "'adam(lr = ...)'")
        if loss is None or optimizer is None or not self._no_options(loss):
            return False
        return self._is_forward(loss.arguments[0], "'forward'") and self._has_rate(optimizer)

    def _has_rate(self, optimizer: CallExpr) -> bool:
        fits = len(optimizer.options) == 1
        for option in optimizer.options:
            if option.name.text != "lr":
                message = (
                    f"unknown option '{option.name.text}' of 'adam'{did_you_mean(option.name.text, ['lr'])}"
                )
                self.report.error(option.name.span, message, "its option is lr, the learning rate")
                return False
            value = self.scope.consts.evaluate(option.value)
            if value is not None and (isinstance(value, bool) or value <= 0):
                self.report.error(option.value.span, "the learning rate 'lr' must be a positive number")
            fits = fits and value is not None and not isinstance(value, bool) and value > 0
        if len(optimizer.options) != 1:
            message = "'adam' takes one option, the learning rate: adam(lr = ...)"
            self.report.error(optimizer.callee.span, message)
        return fits

    def _called(self, value: Expr, function: str, operands: int, form: str) -> CallExpr | None:
        """Return `value` if it is a call of `function` with that many operands; reports it if not."""
        if not isinstance(value, CallExpr):
            self.report.error(value.span, f"this must be {form}")
            return None
        name = value.callee.text
        if name != function:
            reason = f"unknown function '{name}'{did_you_mean(name, _FUNCTIONS)}"
            if name in _FUNCTIONS:
                reason = f"'{name}' cannot be used here"
            elif name == "forward":
                reason = "'forward' stands without operands here"
            self.report.error(value.callee.span, reason, f"this must be {form}")
            return None
        if len(value.arguments) != operands or value.misplaced:
            self.report.error(value.callee.span, f"this must be {form}")
            return None
        return value

    def _no_options(self, call: CallExpr) -> bool:
        for option in call.options:
            self.report.error(option.name.span, f"'{call.callee.text}' has no options")
        return not call.options

    def _is_forward(self, value: Expr, form: str) -> bool:
        if isinstance(value, NameExpr) and value.name == "forward":
            return self.forward is not None
        hint = did_you_mean(value.name, ["forward"]) if isinstance(value, NameExpr) else ""
        if not isinstance(value, NameExpr):
            self.report.error(value.span, f"this must be {form}")
        elif value.name not in self.scope.lost:
            self.report.error(value.span, f"this must be {form}, not '{value.name}'{hint}")
        return False
