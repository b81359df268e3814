"""Names: what the whole model defines, and what a body defines on top of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...ir.attributes import FloatType
from ...ir.diagnostics import Diagnostic, did_you_mean
from .ast import BinaryExpr, Expr, Name, NameExpr, Span
from .consts import BUILT_IN_NAMES, ConstTable, Number
from .graph import Body, Node, Tensor, Variable
from .operators import OPERATORS
from .report import Report
from .shapes import SEQ, SO_FAR, Extent, Shape, shape_text


@dataclass(slots=True)
class ModelScope:
    """What every body of a model sees; `lost` are names whose definition could not be parsed."""

    report: Report
    consts: ConstTable
    element: FloatType
    lost: frozenset[str]
    variables: dict[str, Variable] = field(default_factory=lambda: dict[str, Variable]())
    layers: dict[str, Body] = field(default_factory=lambda: dict[str, Body]())
    functions: dict[str, Body] = field(default_factory=lambda: dict[str, Body]())

    def kind_of(self, name: str) -> str | None:
        """Return what `name` is at the model's level, such as `a const`, or None."""
        if name in BUILT_IN_NAMES:
            return "built in"
        if name in self.consts.values:
            return "a const"
        if name in self.variables:
            return f"a {self.variables[name].kind}"
        if name in self.layers:
            return "a layer"
        return "a function" if name in self.functions or name == "forward" else None

    def extent(self, expr: Expr) -> Extent:
        """Return the extent that `expr` stands for; reports errors and then returns None."""
        if isinstance(expr, NameExpr) and expr.name == SEQ:
            return SEQ
        if isinstance(expr, BinaryExpr) and expr.operator == "+":
            names = {side.name for side in (expr.left, expr.right) if isinstance(side, NameExpr)}
            if names == {"seq", "position"}:
                return SO_FAR
        return self.positive_integer(expr, "an extent")

    def shape(self, extents: tuple[Expr, ...]) -> Shape:
        """Return the shape with these extents; reports errors, and leaves wrong extents unknown."""
        return tuple(map(self.extent, extents))

    def positive_integer(self, expr: Expr, what: str) -> int | None:
        """Return the value of a const expression; reports anything but a positive integer."""
        value = self.consts.evaluate(expr)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            text = str(value).lower() if isinstance(value, bool) else value
            message = f"{what} must be a positive integer, not {text}"
            self.report.error(expr.span, message, *self.consts.values_note(expr))
            self.consts.forget_non_positive(expr)
            return None
        return value


@dataclass(slots=True)
class _Binding:
    node: Node | None
    span: Span
    is_parameter: bool
    used: bool = False


class BodyScope:
    """The names of one body: parameters, assigned names, its variables, and the model's names."""

    def __init__(self, model: ModelScope, body: Body) -> None:
        self.model = model
        self.body = body
        self._bindings: dict[str, _Binding] = {}
        self._reads: dict[Variable, Node] = {}
        self._unused: list[tuple[str, _Binding]] = []
        self._position: Node | None = None

    def variable(self, name: str) -> Variable | None:
        """Return the weight or cache `name`; a layer's own hides the model's."""
        if name in self._bindings:
            return None
        return self.body.variables.get(name) or self.model.variables.get(name)

    def bind(self, name: Name, node: Node | None, *, is_parameter: bool = False) -> None:
        """Let `name` stand for `node` from here on; reports names that cannot be assigned."""
        text = name.text
        own = self.body.variables.get(text)
        kind = self.model.kind_of(text) if own is None else f"a {own.kind}"
        if kind is None and is_parameter and text in self._bindings:
            kind = "a parameter already"
        if kind is not None:
            role = "be a parameter" if is_parameter else "be assigned"
            self.model.report.error(name.span, f"'{text}' is {kind} and cannot {role}")
            # Below, the name is what was meant here.
            self._bindings[text] = _Binding(node, name.span, is_parameter, used=True)
            return
        old = self._bindings.get(text)
        if old is not None and not old.used:
            self._unused.append((text, old))
        self._bindings[text] = _Binding(node, name.span, is_parameter, used=node is None)

    def rebinding(self, name: Name) -> Rebinding:
        """Watch whether an expression uses the value that `name` has now."""
        return Rebinding(self.model, name, self._bindings.get(name.text))

    def lookup(self, expr: NameExpr) -> Node | Number | None:
        """Return the tensor or constant that a name is; reports names that are neither, then returns None."""
        name = expr.name
        if name in self._bindings:
            self._bindings[name].used = True
            return self._bindings[name].node
        variable = self.variable(name)
        if variable is not None and variable.kind == "weight":
            return self._read(variable, expr.span)
        if variable is None and name in self.model.consts.values:
            return self.model.consts.values[name]
        if name == "position":
            return self._rows_positions(expr.span)
        if variable is not None or name not in self.model.lost:
            self._report_no_value(expr)
        return None

    def _read(self, variable: Variable, span: Span) -> Node:
        variable.used = True
        if variable not in self._reads:
            node = Node("read", (), Tensor(variable.shape), span, symbol=variable, name=variable.name)
            self.body.nodes.append(node)
            self._reads[variable] = node
        return self._reads[variable]

    def _rows_positions(self, span: Span) -> Node:
        """Return the built-in `position`: the indices of the step's rows in the sequence."""
        if self._position is None:
            self._position = Node("position", (), Tensor((SEQ,), is_index=True), span, name="position")
            self.body.nodes.append(self._position)
        return self._position

    def _report_no_value(self, expr: NameExpr) -> None:
        reason = self._why_no_value(expr.name)
        if reason is not None:
            self.model.report.error(expr.span, reason)
            return
        known = [*self._bindings, *self.body.variables, *self.model.variables, *self.model.consts.values]
        message = f"unknown name '{expr.name}'{did_you_mean(expr.name, known)}"
        self.model.report.unknown(expr.span, message)

    def _why_no_value(self, name: str) -> str | None:
        """Return why a name that exists has no value; None for a name that does not exist."""
        if self.variable(name) is not None:
            return f"'{name}' is a cache; its rows come from 'append({name}, rows)'"
        if name in BUILT_IN_NAMES:
            return f"'{name}' can be used in an extent only, not as a value"
        if name in self.model.layers:
            return f"'{name}' is a layer; apply it with 'repeat(count, {name}, x)'"
        if name in self.model.functions:
            return f"'{name}' is a function and no value; call it as {self.model.functions[name].signature}"
        if name == "forward":
            return "'forward' is what the model computes and no value"
        if name in OPERATORS:
            return f"'{name}' is an operator; use it as {OPERATORS[name].signature}"
        return None

    def declared(self, *exprs: Expr) -> tuple[Diagnostic, ...]:
        """Return notes on where the weights, caches and parameters are declared that `exprs` name."""
        notes: dict[str, Diagnostic] = {}
        for expr in exprs:
            if not isinstance(expr, NameExpr) or expr.name in notes:
                continue
            name, note = expr.name, self.model.report.note
            binding, variable = self._bindings.get(name), self.variable(name)
            if binding is not None and binding.node is not None and binding.is_parameter:
                what = f"parameter '{name}' is {binding.node.tensor}, declared here"
                notes[name] = note(binding.span, what)
            elif variable is not None:
                what = f"{variable.kind} '{name}' is {shape_text(variable.shape)}, declared here"
                notes[name] = note(variable.span, what)
        return tuple(notes.values())

    def warn_unused(self) -> None:
        """Warn of parameters and assigned names that nothing uses."""
        left = [(name, binding) for name, binding in self._bindings.items() if not binding.used]
        for name, binding in [*self._unused, *left]:
            what = "parameter " if binding.is_parameter else ""
            self.model.report.warning(binding.span, f"{what}'{name}' is never used")


class Rebinding:
    """A second assignment to a name, which must use the value it replaces.

    `x = f(x)` gives a value its predecessor's name; `x = f(y)` would hide a value by accident.
    """

    def __init__(self, model: ModelScope, name: Name, before: _Binding | None) -> None:
        self._model = model
        self._name = name
        self._before = before
        self._used = before is not None and before.used
        if before is not None:
            before.used = False

    def check(self, *, understood: bool) -> None:
        """To be called when the new value's expression has been checked; was it `understood`?"""
        before = self._before
        if before is None:
            return
        text = self._name.text
        before.used = before.used or not understood
        if not before.used and text not in self._model.lost:
            self._model.report.error(
                self._name.span,
                f"'{text}' is assigned twice, and this assignment does not use its first value",
                self._model.report.note(before.span, f"'{text}' gets its first value here"),
                f"only 'x = ...x...' may assign again; choose another name than '{text}'",
            )
            # One error is enough; that the first value is lost is part of it.
            before.used = True
        before.used = before.used or self._used
