"""Checks a whole model: declarations, layers, `forward`, entries. Finds all errors, not the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...ir.attributes import F16, F32, FloatType
from .ast import Definition, Dtype, Model, Name, State, TypeExpr
from .body import BodyChecker
from .consts import BUILT_IN_NAMES, ConstTable, Number
from .entries import check_entries
from .graph import Body, CheckedModel, Node, Tensor, Variable
from .report import Report
from .scope import ModelScope
from .shapes import SEQ, Shape

_ELEMENTS = {"f16": F16, "f32": F32}
"""Element types that the nn dialect computes with."""


def check_model(model: Model, overrides: Mapping[str, str], report: Report) -> CheckedModel | None:
    """Check `model` with consts set by `overrides`; everything found goes to `report`.

    Returns None if there are errors. Warnings of unused names come only where there are none.
    """
    return _ModelChecker(model, report).check(overrides)


class _ModelChecker:
    def __init__(self, model: Model, report: Report) -> None:
        self.model = model
        self.report = report
        self.lost = model.lost
        self.consts = ConstTable(report, model.lost)

    def check(self, overrides: Mapping[str, str]) -> CheckedModel | None:
        model = self.model
        self._check_names()
        self.consts.define_all(model.consts, overrides)
        element, accumulate = self._dtype()
        scope = ModelScope(self.report, self.consts, element, self.lost)
        for state in model.states:
            scope.variables.setdefault(state.name.text, self._variable(scope, state, None))
        layers = [
            (definition, self._signature(scope, definition))
            for definition in model.definitions
            if definition.kind == "layer"
        ]
        for definition, layer in layers:
            scope.layers.setdefault(definition.name.text, layer)
        forward_definition, forward = self._forward(scope)
        checkers = [BodyChecker(scope, layer, definition) for definition, layer in layers]
        if forward_definition is not None and forward is not None:
            checkers.append(BodyChecker(scope, forward, forward_definition))
        for checker in checkers:
            checker.check()
        entries = check_entries(model, forward, scope)
        if self.report.has_errors or forward is None:
            return None
        self._warn_unused(scope, checkers)
        variables = list(scope.variables.values())
        for layer in scope.layers.values():
            variables += layer.variables.values() if layer.repeated is not None else ()
        return CheckedModel(
            model.name.text,
            model.name.span,
            element,
            accumulate,
            _known(self.consts.values),
            variables,
            forward,
            entries,
        )

    # ---- declarations

    def _check_names(self) -> None:
        """Report names that are defined twice at one level, or are built in."""
        model = self.model
        self._unique(
            [
                *(const.name for const in model.consts),
                *(state.name for state in model.states),
                *(definition.name for definition in model.definitions),
            ]
        )
        self._unique(entry.name for entry in model.entries)
        for definition in model.definitions:
            self._unique(state.name for state in definition.body if isinstance(state, State))

    def _unique(self, names: Iterable[Name]) -> None:
        first: dict[str, Name] = {}
        for name in names:
            if name.text in BUILT_IN_NAMES:
                self.report.error(name.span, f"'{name.text}' is built in and cannot be defined")
            elif name.text in first:
                before = self.report.note(first[name.text].span, "it is defined here first")
                self.report.error(name.span, f"'{name.text}' is defined twice", before)
            first.setdefault(name.text, name)

    def _dtype(self) -> tuple[FloatType, FloatType]:
        """Return the model's element type and accumulate type."""
        dtypes = self.model.dtypes
        if not dtypes:
            if "dtype" not in self.lost:
                message = f"model '{self.model.name.text}' has no dtype"
                example = "write for example 'dtype f16 accumulate f32'"
                self.report.error(self.model.name.span, message, example)
            return F16, F32
        for dtype in dtypes[1:]:
            before = self.report.note(dtypes[0].span, "it is given here first")
            self.report.error(dtype.span, "the dtype is given twice", before)
        return self._element(dtypes[0]), self._accumulate(dtypes[0])

    def _element(self, dtype: Dtype) -> FloatType:
        element = _ELEMENTS.get(dtype.element.text)
        if element is None:
            message = f"models compute with {' or '.join(_ELEMENTS)}, not {dtype.element.text}"
            self.report.error(dtype.element.span, message)
            return F16
        return element

    def _accumulate(self, dtype: Dtype) -> FloatType:
        if dtype.accumulate is not None and dtype.accumulate.text != "f32":
            message = f"sums are kept in f32, not {dtype.accumulate.text}"
            self.report.error(dtype.accumulate.span, message, "write 'accumulate f32'")
        return F32

    def _variable(self, scope: ModelScope, state: State, layer: str | None) -> Variable:
        shape = self._fixed_shape(scope, state)
        self._no_element(state.type, f"a {state.kind}")
        return Variable(state.name.text, state.kind, shape, state.name.span, layer)

    def _fixed_shape(self, scope: ModelScope, state: State) -> Shape:
        """Return the shape of a weight or cache, which has constant extents only."""
        shape = scope.shape(state.type.extents)
        for extent, expr in zip(shape, state.type.extents, strict=True):
            if isinstance(extent, str):
                message = f"'{extent}' cannot be an extent of a {state.kind}, which has a fixed size"
                self.report.error(expr.span, message)
        if state.kind == "cache" and not shape:
            example = "write for example [context, kv_heads, head_dim]"
            self.report.error(state.type.span, "a cache needs rows as its first extent", example)
        if state.kind == "weight" and not shape:
            self.report.error(state.type.span, "a weight needs at least one extent")
        return tuple(None if isinstance(extent, str) else extent for extent in shape)

    def _no_element(self, type: TypeExpr, what: str) -> None:
        if type.element is not None:
            message = f"{what} has the model's dtype; no element type can be written here"
            self.report.error(type.element.span, message)

    # ---- definitions

    def _signature(self, scope: ModelScope, definition: Definition) -> Body:
        """Return the body of a definition with its parameters, result and variables, still without nodes."""
        parameters: list[Node] = []
        for parameter in definition.parameters:
            tensor = self._tensor(scope, parameter.type, indices=True)
            name, span = parameter.name.text, parameter.name.span
            parameters.append(Node("parameter", (), tensor, span, name=name))
        body = Body(
            definition.name.text,
            definition.name.span,
            definition.kind == "layer",
            parameters,
            self._tensor(scope, definition.result, indices=False),
        )
        owner = body.name if body.is_layer else None
        for statement in definition.body:
            if isinstance(statement, State):
                self._declare(scope, body, statement, owner)
        return body

    def _declare(self, scope: ModelScope, body: Body, state: State, owner: str | None) -> None:
        if owner is None:
            message = f"a {state.kind} is declared in the model or in a layer, not in '{body.name}'"
            self.report.error(state.name.span, message)
        elif state.name.text in self.consts.values:
            message = f"'{state.name.text}' is a const and cannot be a {state.kind}"
            self.report.error(state.name.span, message)
        body.variables.setdefault(state.name.text, self._variable(scope, state, owner))

    def _tensor(self, scope: ModelScope, type: TypeExpr, *, indices: bool) -> Tensor:
        is_index = type.element is not None and type.element.text == "index"
        if not (is_index and indices):
            self._no_element(type, "a result" if not indices else "a tensor that is not 'index'")
        return Tensor(scope.shape(type.extents), is_index)

    def _forward(self, scope: ModelScope) -> tuple[Definition | None, Body | None]:
        functions = [definition for definition in self.model.definitions if definition.kind == "function"]
        found: Definition | None = None
        for definition in functions:
            name = definition.name
            if name.text == "forward" and found is None:
                found = definition
            elif name.text != "forward":
                message = f"'{name.text}' cannot be defined: a model has layers and one function, 'forward'"
                self.report.error(name.span, message)
        # Uses of a function that cannot be defined are no further errors.
        scope.lost |= {definition.name.text for definition in functions} - {"forward"}
        if found is None:
            if "forward" not in self.lost and not functions:
                message = f"model '{self.model.name.text}' has no 'forward'"
                example = "write for example 'forward(tokens: [seq] index) -> [seq, vocab] { ... }'"
                self.report.error(self.model.name.span, message, example)
            return None, None
        scope.functions.add("forward")
        body = self._signature(scope, found)
        self._check_input(found, body)
        return found, body

    def _check_input(self, definition: Definition, body: Body) -> None:
        if len(body.parameters) != 1:
            message = f"'forward' must have one parameter, not {len(body.parameters)}"
            self.report.error(definition.name.span, message, "the step's tokens or rows")
        for parameter, node in zip(definition.parameters, body.parameters, strict=True):
            if not node.tensor.shape or node.tensor.shape[0] not in (SEQ, None):
                message = f"the first extent of '{parameter.name.text}' must be 'seq'"
                self.report.error(parameter.type.span, message, "'forward' takes the rows of one step")

    # ---- unused

    def _warn_unused(self, scope: ModelScope, checkers: list[BodyChecker]) -> None:
        for checker in checkers:
            checker.scope.warn_unused()
        variables = list(scope.variables.values())
        for layer in scope.layers.values():
            variables += layer.variables.values()
            if layer.repeated is None:
                self.report.warning(layer.span, f"layer '{layer.name}' is never repeated, so it is left out")
        for variable in variables:
            if not variable.used:
                self.report.warning(variable.span, f"{variable.kind} '{variable.name}' is never used")


def _known(values: Mapping[str, Number | None]) -> dict[str, Number]:
    return {name: value for name, value in values.items() if value is not None}
