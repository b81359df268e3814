"""Checks the statements of a layer or of `forward`."""

from __future__ import annotations

from .ast import Assignment, Definition, Return
from .expressions import ExpressionChecker
from .graph import Body
from .scope import BodyScope, ModelScope
from .shapes import is_known, shapes_agree


class BodyChecker:
    """Fills a `Body`, whose signature and variables are known, with the nodes of its definition."""

    def __init__(self, model: ModelScope, body: Body, definition: Definition) -> None:
        self.model = model
        self.report = model.report
        self.body = body
        self.definition = definition
        self.scope = BodyScope(model, body)
        self.expressions = ExpressionChecker(self.scope)

    def check(self) -> None:
        """Check all statements; the body then holds what could be understood."""
        for parameter, node in zip(self.definition.parameters, self.body.parameters, strict=True):
            self.scope.bind(parameter.name, node, is_parameter=True)
        returned = False
        for statement in self.definition.body:
            if returned:
                span = statement.span if isinstance(statement, Return) else statement.name.span
                self.report.error(span, "nothing may follow 'return'")
                break
            if isinstance(statement, Assignment):
                self._assign(statement)
            elif isinstance(statement, Return):
                returned = True
                self._return(statement)
        if not returned and "return" not in self.model.lost:
            self.report.error(self.definition.end, f"'{self.body.name}' does not return a value")

    def _assign(self, statement: Assignment) -> None:
        name = statement.name
        rebinding = self.scope.rebinding(name)
        value = self.expressions.tensor(statement.value, f"'{name.text}'")
        rebinding.check(understood=value is not None)
        if value is not None and value.name is None and value.op != "parameter":
            value.name = name.text
        self.scope.bind(name, value)

    def _return(self, statement: Return) -> None:
        value = self.expressions.tensor(statement.value, "the result")
        self.body.returned = value
        if value is None:
            return
        wanted, found = self.body.result, value.tensor
        if not is_known(wanted.shape, found.shape):
            return
        if not shapes_agree(wanted.shape, found.shape) or wanted.is_index != found.is_index:
            message = f"'{self.body.name}' must return {wanted}, not {found}"
            declared = self.report.note(self.definition.result.span, "its result is declared here")
            self.report.error(statement.span, message, *self.model.consts.set_note(), declared)
