"""Checks expressions: constants are folded, tensors become nodes with known shapes."""

from __future__ import annotations

import math
from typing import TypeAlias

from ...ir.floats import round_to_format
from .ast import BinaryExpr, BooleanExpr, CallExpr, Expr, IndexExpr, NameExpr, NegateExpr, NumberExpr, Span
from .calls import CallChecker
from .consts import Number
from .graph import Node, Tensor
from .operators import ELEMENTWISE, GATHER, MATMUL
from .scope import BodyScope
from .shapes import broadcasts, is_known, merge, shape_text, shapes_agree

Checked: TypeAlias = Node | int | float | bool | None
"""What an expression is: a tensor, a constant, or None after an error."""


class ExpressionChecker:
    """Checks the expressions of one body, whose nodes it collects in the order of evaluation."""

    def __init__(self, scope: BodyScope) -> None:
        self.scope = scope
        self.report = scope.model.report
        self.consts = scope.model.consts
        self.calls = CallChecker(self)

    def emit(self, node: Node) -> Node:
        """Add a node to the body."""
        self.scope.body.nodes.append(node)
        return node

    def tensor(self, expr: Expr, what: str) -> Node | None:
        """Return the tensor that `expr` is; anything else is reported, naming it `what`."""
        value = self.expression(expr)
        if value is None or isinstance(value, Node):
            return value
        self.report.error(expr.span, f"{what} must be a tensor, not a constant")
        return None

    def expression(self, expr: Expr) -> Checked:
        """Return what `expr` is; reports errors and then returns None."""
        if isinstance(expr, NumberExpr | BooleanExpr):
            return self.consts.evaluate(expr)
        if isinstance(expr, NameExpr):
            return self.scope.lookup(expr)
        if isinstance(expr, NegateExpr):
            return self._negate(expr)
        if isinstance(expr, BinaryExpr):
            return self._binary(expr)
        if isinstance(expr, CallExpr):
            return self.calls.call(expr)
        if isinstance(expr, IndexExpr):
            return self._index(expr)
        self.report.error(expr.span, "a list of extents is no value; only 'reshape' takes one")
        return None

    def _negate(self, expr: NegateExpr) -> Checked:
        value = self.expression(expr.operand)
        if not isinstance(value, Node):
            return self.consts.negate(expr, value)
        if not self.calls.is_float(value, expr.operand.span, "'-'"):
            return None
        return self.emit(Node("neg", (value,), value.tensor, expr.span))

    def _binary(self, expr: BinaryExpr) -> Checked:
        left, right = self.expression(expr.left), self.expression(expr.right)
        if left is None or right is None:
            return None
        if not isinstance(left, Node) and not isinstance(right, Node):
            return self.consts.fold(expr, left, right)
        if expr.operator == "@":
            if isinstance(left, Node) and isinstance(right, Node):
                return self.calls.apply(MATMUL, expr.span, (left, right), (expr.left, expr.right), {})
            self.report.error(expr.span, "'@' needs two matrices; a constant scales with '*'")
            return None
        left, right = self._operand(left, expr.left), self._operand(right, expr.right)
        if left is None or right is None:
            return None
        return self._elementwise(expr, left, right)

    def _operand(self, value: Node | Number, expr: Expr) -> Node | None:
        return value if isinstance(value, Node) else self.constant(value, expr.span)

    def constant(self, value: Number, span: Span) -> Node | None:
        """Return a rank-0 tensor of the model's element type; reports a value that it cannot hold."""
        if isinstance(value, bool):
            self.report.error(span, f"{str(value).lower()} is not a number")
            return None
        element = self.scope.model.element
        rounded = round_to_format(float(value), element.name)
        if math.isinf(rounded) or (rounded == 0 and value != 0):
            fate = "becomes 0 in" if rounded == 0 else "is too large for"
            self.report.error(span, f"the constant {value} {fate} {element}")
            return None
        return self.emit(Node("constant", (), Tensor(()), span, value=rounded))

    def _elementwise(self, expr: BinaryExpr, left: Node, right: Node) -> Node | None:
        """Apply `+ - * /`; one operand may broadcast along the other."""
        operator, name = expr.operator, f"'{expr.operator}'"
        left_is_float = self.calls.is_float(left, expr.left.span, name)
        if not self.calls.is_float(right, expr.right.span, name) or not left_is_float:
            return None
        shapes = left.tensor.shape, right.tensor.shape
        label = f"{shape_text(shapes[0])} {operator} {shape_text(shapes[1])}"
        if not broadcasts(*shapes) and not broadcasts(shapes[1], shapes[0]):
            if not is_known(*shapes):
                return None
            rule = "they must be equal, or one the last dimensions of the other; 1 goes with any extent"
            message = f"shapes do not agree in {name}"
            notes = rule, *self.consts.set_note(), *self.scope.declared(expr.left, expr.right)
            self.report.error(expr.span, message, *notes, label=label)
            return None
        op = ELEMENTWISE[operator]
        shape = shapes[0]
        if len(shapes[0]) < len(shapes[1]) or not broadcasts(*shapes):
            shape = shapes[1]
            if operator == "-":
                # a - b is -b + a, exactly: changing the sign does not round.
                right, op = self.emit(Node("neg", (right,), right.tensor, expr.span)), "add"
            if operator != "/":
                left, right = right, left
        if shapes_agree(*shapes):
            shape = merge(*shapes)
        return self.emit(Node(op, (left, right), Tensor(shape), expr.span))

    def _index(self, expr: IndexExpr) -> Checked:
        table = self.tensor(expr.table, "what is indexed")
        indices = [self.expression(index) for index in expr.indices]
        if table is None or None in indices:
            return None
        only = indices[0]
        if len(indices) != 1 or not isinstance(only, Node):
            message = "a table is indexed with one tensor of indices, as in 'table[tokens]'"
            self.report.error(expr.indices[-1].span, message)
            return None
        return self.calls.apply(GATHER, expr.span, (table, only), (expr.table, expr.indices[0]), {})
