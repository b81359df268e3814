"""Checks calls of the operators that only move elements: `reshape`, `slice`, `concat`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .ast import CallExpr, Expr, ShapeExpr, Span
from .consts import Number
from .graph import Node, Tensor
from .operators import OPERATORS, Options, check_reshape
from .shapes import Shape, ShapeError, agree, is_known, shape_text

if TYPE_CHECKING:
    from .expressions import ExpressionChecker


class ShapeCallChecker:
    """Turns such calls, whose operands are as many as they should be, into nodes."""

    def __init__(self, expressions: ExpressionChecker) -> None:
        self.expressions = expressions
        self.model = expressions.scope.model
        self.report = expressions.scope.model.report

    def reshape(self, expr: CallExpr) -> Node | None:
        """Return the node of `reshape(x, [...])`; reports errors and then returns None."""
        source, target = expr.arguments
        node = self._floats(source, "x of 'reshape'", "'reshape'")
        if not isinstance(target, ShapeExpr):
            example = "a list of extents such as [seq, heads, head_dim]"
            self.report.error(target.span, f"the second operand of 'reshape' must be {example}")
            return None
        shape = self.model.shape(target.extents)
        if node is None:
            return None
        try:
            check_reshape(node.tensor.shape, shape)
        except ShapeError as error:
            if is_known(node.tensor.shape, shape):
                self.report.error(target.span, error.message, *error.notes, *self.model.consts.set_note())
            return None
        return self.expressions.emit(Node("reshape", (node,), Tensor(shape), expr.callee.span))

    def slice(self, expr: CallExpr, options: Options) -> Node | None:
        """Return the node of `slice(x, start, end)`; reports errors and then returns None."""
        node = self._floats(expr.arguments[0], "x of 'slice'", "'slice'")
        bounds = [
            self._bound(bound, f"{operand.name} of 'slice'")
            for bound, operand in zip(expr.arguments[1:], OPERATORS["slice"].operands[1:], strict=True)
        ]
        start, end = bounds
        if node is None or start is None or end is None:
            return None
        shape = node.tensor.shape
        try:
            axis = _fixed_dimension(shape, options["axis"], "slice")
        except ShapeError as error:
            self._report(error, expr.callee.span)
            return None
        extent = shape[axis]
        if extent is None:
            return None
        if not 0 <= start < end <= int(extent):
            message = f"'slice' from {start} to {end} does not fit {extent} elements"
            rule = f"0 <= start < end <= {extent}"
            label = f"x is {shape_text(shape)}, axis {axis}"
            self.report.error(expr.callee.span, message, rule, *self.model.consts.set_note(), label=label)
            return None
        result = Tensor((*shape[:axis], end - start, *shape[axis + 1 :]))
        attributes: Options = {"axis": axis, "start": start, "end": end}
        return self.expressions.emit(Node("slice", (node,), result, expr.callee.span, attributes))

    def concat(self, expr: CallExpr, options: Options) -> Node | None:
        """Return the node of `concat(x, y, ...)`; reports errors and then returns None."""
        span = expr.callee.span
        found = [self._floats(argument, "an operand of 'concat'", "'concat'") for argument in expr.arguments]
        nodes = tuple(node for node in found if node is not None)
        if len(nodes) < len(found):
            return None
        shapes = [node.tensor.shape for node in nodes]
        try:
            axis = _fixed_dimension(shapes[0], options["axis"], "concat")
            total = sum(_part(shape, shapes[0], axis) for shape in shapes)
        except ShapeError as error:
            self._report(error, span, *shapes)
            return None
        shape = (*shapes[0][:axis], total, *shapes[0][axis + 1 :])
        return self.expressions.emit(Node("concat", nodes, Tensor(shape), span, {"axis": axis}))

    # ---- operands

    def _floats(self, expr: Expr, what: str, operator: str) -> Node | None:
        node = self.expressions.tensor(expr, what)
        if node is None or not self.expressions.calls.is_float(node, expr.span, operator):
            return None
        return node

    def _bound(self, expr: Expr, what: str) -> int | None:
        value = self.expressions.expression(expr)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        self.report.error(expr.span, f"{what} must be an integer constant")
        return None

    def _report(self, error: ShapeError, span: Span, *shapes: Shape) -> None:
        if is_known(*shapes):
            label = ", ".join(map(shape_text, shapes))
            self.report.error(span, error.message, *error.notes, *self.model.consts.set_note(), label=label)


def dimension(shape: Shape, axis: Number, operator: str) -> int:
    """Return the number from 0 of dimension `axis` of `shape`; a negative one counts from the end.

    Raises `ShapeError` if there is no such dimension.
    """
    rank = len(shape)
    if not -rank <= axis < rank:
        message = f"'{operator}' of {shape_text(shape)} has no axis {axis}"
        raise ShapeError(message, None, f"axes are 0 to {rank - 1}, or -{rank} to -1 from the end")
    return int(axis) % rank


def _fixed_dimension(shape: Shape, axis: Number, operator: str) -> int:
    """Return the number of a dimension whose extent is no `seq`. Raises `ShapeError` if it is one."""
    found = dimension(shape, axis, operator)
    if isinstance(shape[found], str):
        message = f"'{operator}' works along a fixed extent, not along '{shape[found]}'"
        raise ShapeError(message, None, f"axis {axis} of {shape_text(shape)} is '{shape[found]}'")
    return found


def _part(shape: Shape, first: Shape, axis: int) -> int:
    """Return the extent that `shape` adds to `first` along `axis`. Raises `ShapeError` if it does not fit."""
    fits = len(shape) == len(first) and all(
        index == axis or agree(left, right)
        for index, (left, right) in enumerate(zip(shape, first, strict=True))
    )
    extent = shape[axis] if fits else None
    if not isinstance(extent, int):
        message = f"'concat' cannot put {shape_text(shape)} behind {shape_text(first)} along axis {axis}"
        raise ShapeError(message, None, "all other extents must be equal")
    return extent
