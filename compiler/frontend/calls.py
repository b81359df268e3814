"""Checks calls of operators against the signature table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...ir.diagnostics import did_you_mean
from ...ir.floats import round_to_format
from .ast import CallExpr, Expr, Name, NameExpr, Option, ShapeExpr, Span
from .consts import Number
from .graph import Body, Node, Tensor, Variable
from .operators import MATMUL, OPERATORS, Kind, Operator, Options, OptionSpec, check_reshape
from .shapes import SO_FAR, Bindings, ShapeError, is_known, shape_text, shapes_agree

if TYPE_CHECKING:
    from .expressions import ExpressionChecker


class CallChecker:
    """Turns calls into nodes; `expressions` checks the operands and holds the scopes."""

    def __init__(self, expressions: ExpressionChecker) -> None:
        self.expressions = expressions
        self.scope = expressions.scope
        self.model = expressions.scope.model
        self.report = expressions.scope.model.report

    def call(self, expr: CallExpr) -> Node | None:
        """Return what a call gives; reports errors and then returns None."""
        operator = OPERATORS.get(expr.callee.text)
        if operator is None:
            self._unknown(expr.callee)
            self._look_inside(expr)
            return None
        options = self._options(operator, expr)
        if not self._has_right_operands(operator, expr):
            self._look_inside(expr)
            return None
        if operator.name == "append":
            return self._append(operator, expr)
        if operator.name == "reshape":
            return self._reshape(operator, expr)
        if operator.name == "repeat":
            return self._repeat(operator, expr)
        nodes = [self._operand(operator, index, argument) for index, argument in enumerate(expr.arguments)]
        present = tuple(node for node in nodes if node is not None)
        if options is None or len(present) < len(nodes):
            return None
        return self.apply(operator, expr.callee.span, present, expr.arguments, options)

    def apply(
        self,
        operator: Operator,
        span: Span,
        nodes: tuple[Node, ...],
        exprs: tuple[Expr, ...],
        options: Options,
    ) -> Node | None:
        """Apply an operator all of whose operands are tensors, written as `exprs`."""
        kinds = [operand.kind for operand in operator.operands]
        fits = [
            self.is_float(node, expr.span, f"'{operator.name}'")
            if kind is Kind.TENSOR
            else self._is_index(node, expr.span, operator)
            for kind, node, expr in zip(kinds, nodes, exprs, strict=True)
        ]
        bindings = self._bind_shapes(operator, span, nodes, exprs) if all(fits) else None
        if bindings is None:
            return None
        shape = nodes[0].tensor.shape if operator.result is None else bindings.shape(operator.result)
        return self.expressions.emit(Node(operator.op, nodes, Tensor(shape), span, options))

    def is_float(self, node: Node, span: Span, operator: str) -> bool:
        """Whether `node` has float elements; reports it if not."""
        if node.tensor.is_index:
            self.report.error(span, f"{operator} takes a tensor of floats, not of indices")
        return not node.tensor.is_index

    def _is_index(self, node: Node, span: Span, operator: Operator) -> bool:
        if not node.tensor.is_index:
            self.report.error(span, f"'{operator.name}' takes a tensor of indices here, not of floats")
        return node.tensor.is_index

    # ---- operands and options

    def _unknown(self, callee: Name) -> None:
        name = callee.text
        if name in self.model.layers:
            message = f"'{name}' is a layer; apply it with 'repeat(count, {name}, x)'"
            self.report.error(callee.span, message)
        elif name not in self.model.lost:
            self.report.unknown(
                callee.span,
                f"unknown operator '{name}'{did_you_mean(name, OPERATORS)}",
                f"the operators are {', '.join(OPERATORS)}",
            )

    def _look_inside(self, expr: CallExpr) -> None:
        """Report what is wrong in the operands of a call that makes no sense itself."""
        for argument in expr.arguments:
            if isinstance(argument, NameExpr):
                variable = self.scope.variable(argument.name)
                if argument.name in self.model.layers or (variable and variable.kind == "cache"):
                    continue
            if not isinstance(argument, ShapeExpr):
                self.expressions.expression(argument)

    def _has_right_operands(self, operator: Operator, expr: CallExpr) -> bool:
        wanted, found = len(operator.operands), len(expr.arguments) + len(expr.misplaced)
        noun = "operand" if wanted == 1 else "operands"
        if expr.misplaced:
            message = f"operands of '{operator.name}' stand before its options"
            self.report.error(expr.misplaced[0].span, message, operator.signature)
        elif found != wanted:
            message = f"'{operator.name}' takes {wanted} {noun}, not {found}"
            self.report.error(expr.callee.span, message, operator.signature)
        return found == wanted and not expr.misplaced

    def _operand(self, operator: Operator, index: int, argument: Expr) -> Node | None:
        return self.expressions.tensor(argument, f"{operator.operands[index].name} of '{operator.name}'")

    def _options(self, operator: Operator, expr: CallExpr) -> Options | None:
        """Return all options with their values; None after an error."""
        specs = {spec.name: spec for spec in operator.options}
        given: Options = {}
        seen: set[str] = set()
        fits = True
        for option in expr.options:
            name = option.name.text
            if name not in specs:
                known = f"its options are {', '.join(specs)}" if specs else "it has no options"
                message = f"unknown option '{name}' of '{operator.name}'{did_you_mean(name, specs)}"
                self.report.error(option.name.span, message, known)
            elif name in seen:
                self.report.error(option.name.span, f"option '{name}' is given twice")
            elif (value := self._option(specs[name], option)) is not None:
                given[name] = value
            fits = fits and name in given and name not in seen
            seen.add(name)
        return {name: spec.default for name, spec in specs.items()} | given if fits else None

    def _option(self, spec: OptionSpec, option: Option) -> Number | None:
        value = self.expressions.expression(option.value)
        if value is None:
            return None
        if isinstance(spec.default, bool):
            if isinstance(value, bool):
                return value
            self.report.error(option.value.span, f"option '{spec.name}' must be true or false")
            return None
        if not isinstance(value, Node | bool) and _is_positive_f32(value):
            return float(value)
        found = "" if isinstance(value, Node | bool) else f", not {value}"
        message = f"option '{spec.name}' must be a positive constant in the range of f32{found}"
        self.report.error(option.value.span, message)
        return None

    # ---- shapes

    def _bind_shapes(
        self, operator: Operator, span: Span, nodes: tuple[Node, ...], exprs: tuple[Expr, ...]
    ) -> Bindings | None:
        """Match operands with the operator's patterns; reports what does not fit and then returns None."""
        bindings = Bindings()
        try:
            for index, (operand, node) in enumerate(zip(operator.operands, nodes, strict=True)):
                if operand.pattern is not None:
                    bindings.unify(operand.pattern, node.tensor.shape, operator.name, operand.name, index)
            if operator.check is not None:
                operator.check(bindings)
        except ShapeError as error:
            self._report_shapes(error, operator, span, nodes, exprs)
            return None
        return bindings

    def _report_shapes(
        self,
        error: ShapeError,
        operator: Operator,
        span: Span,
        nodes: tuple[Node, ...],
        exprs: tuple[Expr, ...],
    ) -> None:
        if not is_known(*(node.tensor.shape for node in nodes)):
            return
        texts = [shape_text(node.tensor.shape) for node in nodes]
        if operator is MATMUL:
            label, notes, blamed = " @ ".join(texts), error.notes, span
        else:
            named = zip(operator.operands, texts, strict=True)
            label = ", ".join(f"{operand.name} is {text}" for operand, text in named)
            notes = (*error.notes, operator.signature)
            blamed = span if error.operand is None else exprs[error.operand].span
        self.report.error(blamed, error.message, *notes, *self.model.consts.set_note(), label=label)

    # ---- operators with rules of their own

    def _append(self, operator: Operator, expr: CallExpr) -> Node | None:
        target, rows_expr = expr.arguments
        rows = self._operand(operator, 1, rows_expr)
        cache = self._cache(target)
        if cache is None or rows is None or not self.is_float(rows, rows_expr.span, "'append'"):
            return None
        if cache.appended is not None:
            before = self.report.note(cache.appended, "it is appended to here")
            self.report.error(target.span, f"cache '{cache.name}' is appended to twice", before)
            return None
        cache.appended = target.span
        held = Node("cache", (), Tensor(cache.shape), target.span)
        span = expr.callee.span
        if self._bind_shapes(operator, span, (held, rows), expr.arguments) is None:
            return None
        shape = (SO_FAR, *cache.shape[1:])
        return self.expressions.emit(Node("append", (rows,), Tensor(shape), span, symbol=cache))

    def _cache(self, expr: Expr) -> Variable | None:
        name = expr.name if isinstance(expr, NameExpr) else ""
        variable = self.scope.variable(name)
        if variable is None or variable.kind != "cache":
            known = [v.name for v in self.scope.body.variables.values() if v.kind == "cache"]
            self._report_not("append", "first", "cache", expr, name, known)
            return None
        variable.used = True
        if variable.layer is None and self.scope.body.is_layer:
            message = f"cache '{name}' is declared outside the layer: each repetition would overwrite it"
            self.report.error(expr.span, message, "declare it in the layer")
            return None
        return variable

    def _report_not(
        self, operator: str, ordinal: str, kind: str, expr: Expr, name: str, known: list[str]
    ) -> None:
        if name in self.model.lost:
            return
        found = f", not '{name}'{did_you_mean(name, known)}" if name else ""
        message = f"the {ordinal} operand of '{operator}' must be the name of a {kind}{found}"
        self.report.error(expr.span, message)

    def _reshape(self, operator: Operator, expr: CallExpr) -> Node | None:
        source, target = expr.arguments
        node = self._operand(operator, 0, source)
        if not isinstance(target, ShapeExpr):
            example = "a list of extents such as [seq, heads, head_dim]"
            self.report.error(target.span, f"the second operand of 'reshape' must be {example}")
            return None
        shape = self.model.shape(target.extents)
        if node is None or not self.is_float(node, source.span, "'reshape'"):
            return None
        try:
            check_reshape(node.tensor.shape, shape)
        except ShapeError as error:
            if is_known(node.tensor.shape, shape):
                self.report.error(target.span, error.message, *error.notes, *self.model.consts.set_note())
            return None
        return self.expressions.emit(Node("reshape", (node,), Tensor(shape), expr.callee.span))

    def _repeat(self, operator: Operator, expr: CallExpr) -> Node | None:
        count_expr, layer_expr, x_expr = expr.arguments
        count = self.model.positive_integer(count_expr, "the count of 'repeat'")
        x = self._operand(operator, 2, x_expr)
        layer = self._layer(layer_expr)
        if self.scope.body.is_layer:
            self.report.error(expr.callee.span, "'repeat' can be used in 'forward' only, not in a layer")
            return None
        if layer is None:
            return None
        if layer.repeated is not None:
            before = self.report.note(layer.repeated, "it is repeated here")
            message = f"layer '{layer.name}' is repeated twice; its weights can belong to one 'repeat' only"
            self.report.error(layer_expr.span, message, before)
            return None
        layer.repeated = layer_expr.span
        if not self._carries(layer, layer_expr.span) or x is None or not self._takes(layer, x, x_expr.span):
            return None
        if count is None:
            return None
        for variable in layer.variables.values():
            variable.count = count
        span = expr.callee.span
        return self.expressions.emit(Node("repeat", (x,), layer.result, span, count=count, layer=layer))

    def _layer(self, expr: Expr) -> Body | None:
        name = expr.name if isinstance(expr, NameExpr) else ""
        if name not in self.model.layers:
            self._report_not("repeat", "second", "layer", expr, name, list(self.model.layers))
            return None
        return self.model.layers[name]

    def _carries(self, layer: Body, span: Span) -> bool:
        """Whether a layer can be applied to its own result."""
        if len(layer.parameters) != 1:
            found = len(layer.parameters)
            message = f"'repeat' needs a layer with one parameter; '{layer.name}' has {found}"
            self.report.error(span, message)
            return False
        takes, gives = layer.parameters[0].tensor, layer.result
        if _same_type(takes, gives):
            return True
        if not is_known(takes.shape, gives.shape):
            return False
        message = f"layer '{layer.name}' cannot be repeated: it takes {takes} and returns {gives}"
        self.report.error(span, message, self.report.note(layer.span, "it is defined here"))
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


def _same_type(left: Tensor, right: Tensor) -> bool:
    return shapes_agree(left.shape, right.shape) and left.is_index == right.is_index


def _is_positive_f32(value: Number) -> bool:
    return 0 < round_to_format(float(value), "f32") < math.inf
