"""Checks the table of names: which tensor of the weights file each weight is, and what is done to it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ...ir.diagnostics import did_you_mean
from ...ir.stored import Cut, Reshape, Step, Transpose
from .ast import Naming, Span, Stored, StoredCall, StoredRange, StoredTensor
from .graph import Source, Variable
from .scope import ModelScope
from .shapes import Shape, agree, is_known, shape_text

_SIGNATURES = {
    "transpose": "transpose(tensor): rows become columns",
    "reshape": "reshape(tensor, [extent, extent]): the same elements in another shape",
}


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a tensor: its first extents, and whether there may be more."""

    shape: Shape = ()
    is_open: bool = True

    def padded(self, rank: int) -> Shape:
        """Return the extents, at least `rank` of them where there may be more."""
        return self.shape + (None,) * (rank - len(self.shape)) if self.is_open else self.shape


@dataclass(frozen=True, slots=True)
class _Made:
    """A tensor of the file with what is done to it, and what it is then."""

    name: StoredTensor
    steps: tuple[Step, ...]
    known: _Known


def check_names(namings: tuple[Naming, ...], variables: list[Variable], scope: ModelScope) -> None:
    """Give the variables that `namings` name their sources; reports what is wrong.

    `variables` are all of the model and its layers.
    """
    checker = _NamesChecker(variables, scope)
    for naming in namings:
        checker.check(naming)


class _NamesChecker:
    def __init__(self, variables: list[Variable], scope: ModelScope) -> None:
        self.variables = {variable.symbol: variable for variable in variables}
        self.scope = scope
        self.report = scope.report

    def check(self, naming: Naming) -> None:
        """Check one line."""
        variable = self._target(naming)
        made = self._made(naming.stored)
        if variable is None or made is None:
            return
        if variable.source is not None:
            before = self.report.note(variable.source.span, "it is named here first")
            self.report.error(naming.span, f"weight '{variable.symbol}' is named twice", before)
            return
        if self._numbers_fit(variable, made.name) and self._shape_fits(variable, made, naming.stored.span):
            variable.source = Source(made.name.name, made.steps, naming.span)

    def _target(self, naming: Naming) -> Variable | None:
        name = ".".join(part.text for part in naming.target)
        first, last = naming.target[0].span, naming.target[-1].span
        length = last.column + last.length - first.column if last.line == first.line else first.length
        span = replace(first, length=length)
        variable = self.variables.get(name)
        if variable is not None and variable.kind == "weight":
            return variable
        if variable is not None:
            note = self.report.note(variable.span, "it is declared here")
            self.report.error(span, f"'{name}' is a cache, which is in no file", note)
        elif not self.scope.lost & {part.text for part in naming.target}:
            weights = [symbol for symbol, known in self.variables.items() if known.kind == "weight"]
            hint = did_you_mean(name, weights)
            own = [symbol for symbol in weights if symbol.endswith(f".{name}")]
            if own:
                hint = f"; a layer's weight is named with its layer: '{own[0]}'"
            self.report.error(span, f"the model has no weight '{name}'{hint}")
        return None

    def _numbers_fit(self, variable: Variable, tensor: StoredTensor) -> bool:
        """Whether there is a `{}` for each layer that the weight lies in."""
        wanted, found = len(variable.owners), tensor.name.count("{}")
        rest = tensor.name.replace("{}", "")
        if "{" in rest or "}" in rest:
            message = "braces in a tensor's name stand for a number: write '{}'"
            self.report.error(tensor.span, message)
            return False
        if wanted == found:
            return True
        message = f"'{variable.symbol}' needs {_times(wanted)} in its tensor's name, not {_times(found)}"
        owners = " and ".join(f"'{owner.name}'" for owner in variable.owners)
        note = f"it stands for the number of the repetition or expert of layer {owners}"
        if not wanted:
            note = (
                "it stands for the number of a repetition, and this is a weight of the model, not of a layer"
            )
        self.report.error(tensor.span, message, note, self.report.note(variable.span, "it is declared here"))
        return False

    def _shape_fits(self, variable: Variable, made: _Made, span: Span) -> bool:
        wanted, known = variable.shape, made.known
        found = known.padded(len(wanted))
        if not is_known(wanted) or (len(found) == len(wanted) and all(map(agree, found, wanted))):
            return True
        text = shape_text(found)
        message = f"weight '{variable.symbol}' is {shape_text(wanted)}, but this gives {text}"
        where = self.report.note(variable.span, "it is declared here")
        self.report.error(span, message, *self.scope.consts.set_note(), where)
        return False

    # ---- what is done to a tensor

    def _made(self, stored: Stored) -> _Made | None:
        """Return what a line gives; reports errors and then returns None."""
        if isinstance(stored, StoredTensor):
            if not stored.name:
                self.report.error(stored.span, "a tensor has a name")
            return _Made(stored, (), _Known()) if stored.name else None
        made = self._made(stored.tensor)
        if isinstance(stored, StoredCall):
            return self._called(stored, made)
        for axis, part in enumerate(stored.ranges):
            made = self._cut(axis, part, made)
        return made

    def _cut(self, axis: int, part: StoredRange, made: _Made | None) -> _Made | None:
        shape = () if made is None else made.known.padded(axis + 1)
        if made is not None and axis >= len(shape):
            self.report.error(part.span, f"{shape_text(shape)} has no axis {axis}")
            return None
        if part.begin is None or part.end is None:
            return None if made is None else replace(made, known=replace(made.known, shape=shape))
        begin, end = self.scope.consts.evaluate(part.begin), self.scope.consts.evaluate(part.end)
        if made is None or begin is None or end is None:
            return None
        extent = shape[axis]
        fits = isinstance(begin, int) and isinstance(end, int) and 0 <= begin < end
        if not fits or isinstance(begin, bool) or isinstance(end, bool):
            message = f"a part goes from a first element up to a later one, not from {begin} to {end}"
            self.report.error(part.span, message, *self.scope.consts.values_note(part.begin, part.end))
            return None
        begin, end = int(begin), int(end)
        if isinstance(extent, int) and end > extent:
            message = f"{begin} : {end} reaches behind the {extent} elements of axis {axis}"
            self.report.error(part.span, message, *self.scope.consts.values_note(part.begin, part.end))
            return None
        known = replace(made.known, shape=(*shape[:axis], end - begin, *shape[axis + 1 :]))
        return _Made(made.name, (*made.steps, Cut(axis, begin, end)), known)

    def _called(self, call: StoredCall, made: _Made | None) -> _Made | None:
        name = call.callee.text
        if name not in _SIGNATURES:
            message = f"unknown function '{name}'{did_you_mean(name, _SIGNATURES)}"
            self.report.error(call.callee.span, message, *_SIGNATURES.values())
            return None
        if (call.shape is not None) != (name == "reshape"):
            has = "needs a" if name == "reshape" else "takes no"
            self.report.error(call.callee.span, f"'{name}' {has} shape", _SIGNATURES[name])
            return None
        if name == "transpose":
            return None if made is None else self._transposed(call, made)
        assert call.shape is not None
        shape = self.scope.shape(call.shape.extents)
        extents = tuple(extent for extent in shape if isinstance(extent, int))
        if not extents or len(extents) < len(shape):
            if is_known(shape):
                self.report.error(call.shape.span, "a tensor of a file has a fixed shape")
            return None
        return (
            None
            if made is None
            else _Made(made.name, (*made.steps, Reshape(extents)), _Known(extents, False))
        )

    def _transposed(self, call: StoredCall, made: _Made) -> _Made | None:
        shape = made.known.padded(2)
        if len(shape) != 2:
            self.report.error(call.callee.span, f"only a matrix can be transposed, not {shape_text(shape)}")
            return None
        return _Made(made.name, (*made.steps, Transpose()), _Known(shape[::-1], False))


def _times(count: int) -> str:
    return f"{count} '{{}}'" if count else "no '{}'"
