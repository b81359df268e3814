"""Checks a whole model: declarations, layers, `forward`, entries. Finds all errors, not the first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ...ir.attributes import F16, F32, FloatType
from ...ir.diagnostics import Diagnostic
from .ast import Definition, Dtype, Model, Name, State, TypeExpr
from .body import BodyChecker
from .consts import BUILT_IN_NAMES, ConstTable, Number
from .entries import ENTRY_NAMES, check_entries
from .functions import nodes_inside, report_recursion
from .graph import Body, CheckedModel, Node, Tensor, Variable
from .names import check_names
from .operators import OPERATORS
from .report import Report
from .scope import ModelScope
from .shapes import SEQ, Shape

NOT_IN_EXPERTS = ("attention", "mixture")
"""Operators that need more than one row, or experts of their own."""
_ELEMENTS = {"f16": F16, "f32": F32}
"""Element types that the nn dialect computes with."""
_FORWARD = ("function", "forward")


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
        bodies = [(definition, self._signature(scope, definition)) for definition in model.definitions]
        for definition, body in bodies:
            if body.kind != "forward":
                known = scope.layers if body.is_layer else scope.functions
                known.setdefault(definition.name.text, body)
        self._check_functions(bodies)
        forward = self._forward(bodies)
        checkers = [BodyChecker(scope, body, definition) for definition, body in bodies]
        for checker in checkers:
            checker.check()
        for layer in scope.layers.values():
            if layer.is_expert:
                self._check_expert(layer)
        variables = list(scope.variables.values())
        for layer in scope.layers.values():
            variables += layer.variables.values()
        check_names(model.names, variables, scope)
        entries = check_entries(model, forward, scope)
        if self.report.has_errors or forward is None:
            return None
        self._warn_unused(scope, checkers)
        variables = list(scope.variables.values())
        for layer in scope.layers.values():
            variables += layer.variables.values() if layer.is_reached else ()
        return CheckedModel(
            model.name.text,
            model.name.span,
            element,
            accumulate,
            _known(self.consts.values),
            variables,
            [function for function in scope.functions.values() if function.called],
            forward,
            entries,
        )

    # ---- declarations

    def _check_names(self) -> None:
        """Report names that are defined twice at one level, or are built in."""
        model = self.model
        names = [item.name for item in (*model.consts, *model.states)]
        functions = [definition.name for definition in model.definitions if definition.kind != "layer"]
        entries = [entry.name for entry in model.entries if entry.name.text in ENTRY_NAMES]
        self._unique([*names, *(definition.name for definition in model.definitions)])
        # A layer becomes no symbol of the module, so it may be called like an entry.
        self._unique([*names, *functions, *entries])
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

    def _variable(self, scope: ModelScope, state: State, owner: Body | None) -> Variable:
        shape = self._fixed_shape(scope, state)
        self._no_element(state.type, f"a {state.kind}")
        return Variable(state.name.text, state.kind, shape, state.name.span, owner)

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
        kind = "forward" if (definition.kind, definition.name.text) == _FORWARD else definition.kind
        parameters: list[Node] = []
        for parameter in definition.parameters:
            tensor = self._tensor(scope, parameter.type, indices=True)
            name, span = parameter.name.text, parameter.name.span
            parameters.append(Node("parameter", (), tensor, span, name=name))
        body = Body(
            definition.name.text,
            definition.name.span,
            kind,
            parameters,
            self._tensor(scope, definition.result, indices=kind == "function"),
        )
        for statement in definition.body:
            if isinstance(statement, State):
                self._declare(scope, body, statement)
        return body

    def _declare(self, scope: ModelScope, body: Body, state: State) -> None:
        if not body.is_layer:
            message = f"a {state.kind} is declared in the model or in a layer, not in '{body.name}'"
            note = (
                ()
                if body.kind == "forward"
                else (
                    f"write 'layer {body.name}' for something with weights of its own, "
                    f"or give '{body.name}' a parameter '{state.name.text}'",
                )
            )
            self.report.error(state.name.span, message, *note)
        elif state.name.text in self.consts.values:
            message = f"'{state.name.text}' is a const and cannot be a {state.kind}"
            self.report.error(state.name.span, message)
        body.variables.setdefault(state.name.text, self._variable(scope, state, body))

    def _tensor(self, scope: ModelScope, type: TypeExpr, *, indices: bool) -> Tensor:
        is_index = type.element is not None and type.element.text == "index"
        if not (is_index and indices):
            self._no_element(type, "a result" if not indices else "a tensor that is not 'index'")
        return Tensor(scope.shape(type.extents), is_index)

    def _check_functions(self, bodies: list[tuple[Definition, Body]]) -> None:
        """Report functions that take an operator's name, and circles of calls."""
        functions = [definition for definition, body in bodies if body.kind == "function"]
        for definition in functions:
            name = definition.name
            if name.text in OPERATORS:
                note = f"the operator is {OPERATORS[name.text].signature}"
                self.report.error(name.span, f"'{name.text}' is an operator and cannot be defined", note)
        report_recursion(functions, self.report)

    def _forward(self, bodies: list[tuple[Definition, Body]]) -> Body | None:
        """Return the body of `forward`, the first if there are several; reports a model without one."""
        for definition, body in bodies:
            if body.kind == "forward":
                self._check_input(definition, body)
                return body
        functions = [body for _, body in bodies if body.kind == "function"]
        note: str | Diagnostic = "write for example 'forward(tokens: [seq] index) -> [seq, vocab] { ... }'"
        if functions:
            # It is taken for what is missing, so that its body gives no further errors.
            functions[-1].kind = "forward"
            note = self.report.note(functions[-1].span, "is it this function? then call it 'forward'")
        if "forward" not in self.lost:
            self.report.error(self.model.name.span, f"model '{self.model.name.text}' has no 'forward'", note)
        return functions[-1] if functions else None

    def _check_input(self, definition: Definition, body: Body) -> None:
        if len(body.parameters) != 1:
            message = f"'forward' must have one parameter, not {len(body.parameters)}"
            self.report.error(definition.name.span, message, "the step's tokens or rows")
        for parameter, node in zip(definition.parameters, body.parameters, strict=True):
            if not node.tensor.shape or node.tensor.shape[0] not in (SEQ, None):
                message = f"the first extent of '{parameter.name.text}' must be 'seq'"
                self.report.error(parameter.type.span, message, "'forward' takes the rows of one step")

    def _check_expert(self, expert: Body) -> None:
        """Report what an expert cannot hold: it sees only the rows that are sent to it."""
        for variable in expert.variables.values():
            if variable.kind == "cache":
                message = f"an expert has no caches, but '{expert.name}' has '{variable.name}'"
                note = "rows reach an expert one by one, and not all of them"
                self.report.error(variable.span, message, note)
        for node in nodes_inside(expert):
            if node.op in NOT_IN_EXPERTS:
                message = f"'{node.op}' cannot be used in an expert, and '{expert.name}' is one"
                self.report.error(node.span, message, "an expert sees one row at a time")

    # ---- unused

    def _warn_unused(self, scope: ModelScope, checkers: list[BodyChecker]) -> None:
        for checker in checkers:
            checker.scope.warn_unused()
        variables = list(scope.variables.values())
        for layer in scope.layers.values():
            variables += layer.variables.values()
            if layer.applied is None:
                self.report.warning(layer.span, f"layer '{layer.name}' is never applied, so it is left out")
        for function in scope.functions.values():
            if not function.called:
                self.report.warning(function.span, f"function '{function.name}' is never called")
        for variable in variables:
            if not variable.used:
                self.report.warning(variable.span, f"{variable.kind} '{variable.name}' is never used")


def _known(values: Mapping[str, Number | None]) -> dict[str, Number]:
    return {name: value for name, value in values.items() if value is not None}
