"""Checks calls of operators against the signature table."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from ...ir.diagnostics import did_you_mean
from ...ir.floats import round_to_format
from .ast import CallExpr, Expr, Name, NameExpr, Option, ShapeExpr, Span
from .consts import Number
from .functions import FunctionCallChecker
from .graph import Node, Tensor, Variable
from .layer_calls import LayerCallChecker
from .operators import MATMUL, OPERATORS, Kind, Operator, Options, OptionSpec
from .shape_calls import ShapeCallChecker, dimension
from .shapes import SO_FAR, Bindings, ShapeError, is_known, shape_text

if TYPE_CHECKING:
    from .expressions import ExpressionChecker


class CallChecker:
    """Turns calls into nodes; `expressions` checks the operands and holds the scopes."""

    def __init__(self, expressions: ExpressionChecker) -> None:
        self.expressions = expressions
        self.scope = expressions.scope
        self.model = expressions.scope.model
        self.report = expressions.scope.model.report
        self.layers = LayerCallChecker(self)
        self.functions = FunctionCallChecker(expressions)
        self.shapes = ShapeCallChecker(expressions)

    def call(self, expr: CallExpr) -> Node | None:
        """Return what a call gives; reports errors and then returns None."""
        function = self.model.functions.get(expr.callee.text)
        operator = OPERATORS.get(expr.callee.text)
        # A function that takes an operator's name is reported; its calls are those it could be meant by.
        is_meant = function is not None and (
            operator is None or len(function.parameters) == len(expr.arguments)
        )
        if function is not None and is_meant and not expr.misplaced:
            return self.functions.call(function, expr)
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
            return self.shapes.reshape(expr)
        if operator.name == "slice":
            return None if options is None else self.shapes.slice(expr, options)
        if operator.name == "concat":
            return None if options is None else self.shapes.concat(expr, options)
        if operator.name == "repeat":
            return self.layers.repeat(operator, expr)
        if operator.name == "mixture":
            return self.layers.mixture(operator, expr, options)
        if operator.name == "top_k":
            return self._top_k(operator, expr, options)
        nodes = [self.operand(operator, index, argument) for index, argument in enumerate(expr.arguments)]
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
        if "axis" in options:
            try:
                axis = dimension(shape, options["axis"], operator.name)
            except ShapeError as error:
                self.report.error(span, error.message, *error.notes)
                return None
            options = options | {"axis": axis}
            if operator.reduces:
                shape = (*shape[:axis], 1, *shape[axis + 1 :])
        return self.expressions.emit(Node(operator.op, nodes, Tensor(shape), span, options))

    def is_float(self, node: Node, span: Span, operator: str) -> bool:
        """Whether `node` has float elements; reports it if not."""
        if node.tensor.is_index:
            message = f"{operator} takes a tensor of floats, not of indices"
            self.report.error(span, message, label=str(node.tensor))
        return not node.tensor.is_index

    def _is_index(self, node: Node, span: Span, operator: Operator) -> bool:
        if not node.tensor.is_index:
            message = f"'{operator.name}' takes a tensor of indices here, not of floats"
            self.report.error(span, message, label=str(node.tensor))
        return node.tensor.is_index

    # ---- operands and options

    def _unknown(self, callee: Name) -> None:
        name = callee.text
        if name in self.model.layers:
            message = f"'{name}' is a layer; apply it with 'repeat(count, {name}, x)'"
            self.report.error(callee.span, message)
        elif (variable := self.scope.variable(name)) is not None:
            notes = (f"its rows are '{name}[indices]'",) if variable.kind == "weight" else ()
            self.report.error(callee.span, f"'{name}' is a {variable.kind} and cannot be called", *notes)
        elif name == "forward":
            message = "'forward' is what the model computes and cannot be called"
            self.report.error(callee.span, message, "write a function of another name and call that")
        elif name not in self.model.lost:
            self.report.unknown(
                callee.span,
                f"unknown operator '{name}'{did_you_mean(name, [*OPERATORS, *self.model.functions])}",
                f"the operators are {', '.join(OPERATORS)}",
                *self._functions_note(),
            )

    def _functions_note(self) -> tuple[str, ...]:
        names = ", ".join(self.model.functions)
        return (f"the model's functions are {names}",) if names else ()

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
        fits = found >= wanted if operator.variadic else found == wanted
        if expr.misplaced:
            message = f"operands of '{operator.name}' stand before its options"
            self.report.error(expr.misplaced[0].span, message, operator.signature)
        elif not fits:
            least = "at least " if operator.variadic else ""
            message = f"'{operator.name}' takes {least}{wanted} {noun}, not {found}"
            self.report.error(expr.callee.span, message, operator.signature)
        return fits and not expr.misplaced

    def operand(self, operator: Operator, index: int, argument: Expr) -> Node | None:
        """Return the tensor that stands as operand `index`; reports errors and then returns None."""
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
        found = "" if isinstance(value, Node | bool) else f", not {value}"
        if isinstance(spec.default, int):
            if isinstance(value, int) and not isinstance(value, bool):
                return value
            self.report.error(option.value.span, f"option '{spec.name}' must be an integer constant{found}")
            return None
        if not isinstance(value, Node | bool) and _is_positive_f32(value):
            return float(value)
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
        notes = (*notes, *self.model.consts.set_note(), *self.scope.declared(*exprs))
        self.report.error(blamed, error.message, *notes, label=label)

    # ---- operators with rules of their own

    def _append(self, operator: Operator, expr: CallExpr) -> Node | None:
        target, rows_expr = expr.arguments
        rows = self.operand(operator, 1, rows_expr)
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
            self.report_not("append", "first", "cache", expr, name, known)
            return None
        variable.used = True
        body = self.scope.body
        if variable.owner is None and body.kind != "forward":
            again = "each repetition would overwrite it"
            if body.kind == "function":
                again = "each call would append to it"
            message = f"cache '{name}' is declared outside the {body.kind}: {again}"
            hint = "declare it in the layer" if body.is_layer else "append where the function is called"
            self.report.error(expr.span, message, hint)
            return None
        return variable

    def report_not(
        self, operator: str, ordinal: str, kind: str, expr: Expr, name: str, known: list[str]
    ) -> None:
        """Report an operand that must name a `kind`, of which `known` exist."""
        if name in self.model.lost:
            return
        found = f", not '{name}'{did_you_mean(name, known)}" if name else ""
        message = f"the {ordinal} operand of '{operator}' must be the name of a {kind}{found}"
        self.report.error(expr.span, message)

    def _top_k(self, operator: Operator, expr: CallExpr, options: Options | None) -> Node | None:
        (x_expr,) = expr.arguments
        x = self.operand(operator, 0, x_expr)
        if x is None or options is None or not self.is_float(x, x_expr.span, "'top_k'"):
            return None
        if self._bind_shapes(operator, expr.callee.span, (x,), expr.arguments) is None:
            return None
        row, k = x.tensor.shape[-1], int(options["k"])
        if k < 1 or (isinstance(row, int) and k > row):
            message = f"'top_k' cannot choose {k} of {row} elements"
            self.report.error(expr.callee.span, message, *self.model.consts.set_note())
            return None
        tensor = Tensor((*x.tensor.shape[:-1], k), is_index=True)
        return self.expressions.emit(Node("top_k", (x,), tensor, expr.callee.span, options))


def _is_positive_f32(value: Number) -> bool:
    return 0 < round_to_format(float(value), "f32") < math.inf
