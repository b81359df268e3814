"""Checks the uses of a layer: `repeat`, one after the other, and `mixture`, a few of many for each row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ast import CallExpr, Expr, NameExpr, Span
from .graph import Body, Node, Tensor
from .operators import Operator, Options
from .shapes import SEQ, is_known, shapes_agree

if TYPE_CHECKING:
    from .calls import CallChecker


class LayerCallChecker:
    """Turns uses of layers into nodes; `calls` checks the other operands."""

    def __init__(self, calls: CallChecker) -> None:
        self.calls = calls
        self.scope = calls.scope
        self.model = calls.model
        self.report = calls.report

    def repeat(self, operator: Operator, expr: CallExpr) -> Node | None:
        """Return what `repeat(count, layer, x)` gives; reports errors and then returns None."""
        count_expr, layer_expr, x_expr = expr.arguments
        count = self.model.positive_integer(count_expr, "the count of 'repeat'")
        x = self.calls.operand(operator, 2, x_expr)
        layer = self._layer(operator, layer_expr)
        if self.scope.body.kind != "forward":
            message = f"'repeat' can be used in 'forward' only, not in a {self.scope.body.kind}"
            self.report.error(expr.callee.span, message)
            return None
        if layer is None or not self._claim(layer, layer_expr.span):
            return None
        fits = self._has_one_parameter(operator, layer, layer_expr.span)
        if not fits or not self._carries(layer, layer_expr.span):
            return None
        if x is None or not self._takes(layer, x, x_expr.span) or count is None:
            return None
        layer.count = count
        span = expr.callee.span
        return self.calls.expressions.emit(Node("repeat", (x,), layer.result, span, count=count, layer=layer))

    def mixture(self, operator: Operator, expr: CallExpr, options: Options | None) -> Node | None:
        """Return what `mixture(experts, layer, x, scores)` gives; reports errors and then returns None."""
        count_expr, layer_expr, x_expr, scores_expr = expr.arguments
        count = self.model.positive_integer(count_expr, "the number of experts of 'mixture'")
        x = self.calls.operand(operator, 2, x_expr)
        scores = self.calls.operand(operator, 3, scores_expr)
        layer = self._layer(operator, layer_expr)
        if self.scope.body.kind == "function":
            message = "'mixture' can be used in 'forward' and in layers, not in a function"
            self.report.error(
                expr.callee.span, message, "a function has no weights, and its experts would have"
            )
            return None
        if layer is None:
            return None
        if layer in self.scope.body.path:
            self.report.error(layer_expr.span, f"layer '{layer.name}' cannot be an expert inside of itself")
            return None
        if not self._claim(layer, layer_expr.span):
            return None
        layer.is_expert = True
        layer.inside = self.scope.body if self.scope.body.is_layer else None
        fits = self._has_one_parameter(operator, layer, layer_expr.span)
        if not fits or not self._works_on_rows(layer, layer_expr.span):
            return None
        fits = x is not None and self._takes(layer, x, x_expr.span)
        fits = self._scores_fit(scores, count, scores_expr.span) and fits
        if x is None or scores is None or count is None or options is None or not fits:
            return None
        if not 1 <= options["k"] <= count:
            message = f"'mixture' cannot choose {options['k']} of {count} experts"
            self.report.error(expr.callee.span, message, *self.model.consts.set_note())
            return None
        layer.count = count
        node = Node("mixture", (x, scores), layer.result, expr.callee.span, options, count=count, layer=layer)
        return self.calls.expressions.emit(node)

    # ---- rules

    def _layer(self, operator: Operator, expr: Expr) -> Body | None:
        name = expr.name if isinstance(expr, NameExpr) else ""
        if name not in self.model.layers:
            self.calls.report_not(operator.name, "second", "layer", expr, name, list(self.model.layers))
            return None
        return self.model.layers[name]

    def _claim(self, layer: Body, span: Span) -> bool:
        """Note where a layer is used; reports a second use."""
        if layer.applied is not None:
            before = self.report.note(layer.applied, "it is used here")
            message = f"layer '{layer.name}' is used twice; its weights can belong to one use only"
            self.report.error(span, message, before)
            return False
        layer.applied = span
        return True

    def _has_one_parameter(self, operator: Operator, layer: Body, span: Span) -> bool:
        found = len(layer.parameters)
        if found != 1:
            message = f"'{operator.name}' needs a layer with one parameter; '{layer.name}' has {found}"
            self.report.error(span, message)
        return found == 1

    def _carries(self, layer: Body, span: Span) -> bool:
        """Whether a layer can be applied to its own result."""
        takes, gives = layer.parameters[0].tensor, layer.result
        if _same_type(takes, gives):
            return True
        if not is_known(takes.shape, gives.shape):
            return False
        message = f"layer '{layer.name}' cannot be repeated: it takes {takes} and returns {gives}"
        self.report.error(span, message, self.report.note(layer.span, "it is defined here"))
        return False

    def _works_on_rows(self, layer: Body, span: Span) -> bool:
        """Whether a layer can be an expert: it takes rows and gives as many."""
        takes, gives = layer.parameters[0].tensor, layer.result
        if not is_known(takes.shape, gives.shape):
            return False
        if not takes.is_index and all(len(t.shape) == 2 and t.shape[0] == SEQ for t in (takes, gives)):
            return True
        message = f"layer '{layer.name}' cannot be an expert: it takes {takes} and returns {gives}"
        note = "an expert takes [seq, n] and returns [seq, m]"
        self.report.error(span, message, note, self.report.note(layer.span, "it is defined here"))
        return False

    def _takes(self, layer: Body, x: Node, span: Span) -> bool:
        wanted = layer.parameters[0].tensor
        if _same_type(wanted, x.tensor):
            return True
        if not is_known(wanted.shape, x.tensor.shape):
            return False
        note = self.report.note(layer.span, "it is defined here")
        message = f"layer '{layer.name}' takes {wanted}, not {x.tensor}"
        self.report.error(span, message, note, *self.model.consts.set_note())
        return False

    def _scores_fit(self, scores: Node | None, count: int | None, span: Span) -> bool:
        """Whether there is a score for each row and expert."""
        if scores is None:
            return False
        wanted = Tensor((SEQ, count))
        if _same_type(wanted, scores.tensor):
            return True
        if is_known(wanted.shape, scores.tensor.shape):
            message = f"the scores of 'mixture' must be {wanted}, not {scores.tensor}"
            note = "one for each row and expert"
            self.report.error(span, message, note, *self.model.consts.set_note())
        return False


def _same_type(left: Tensor, right: Tensor) -> bool:
    return shapes_agree(left.shape, right.shape) and left.is_index == right.is_index
