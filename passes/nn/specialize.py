"""Pass `specialize`: keeps one entry and fixes the sequence length that it works on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.attributes import (
    DYNAMIC,
    Attribute,
    DenseElementsAttr,
    FunctionType,
    TensorType,
    TypeAttribute,
)
from ...ir.diagnostics import error_at
from ...ir.dialects.nn import window_of
from ...ir.operation import Operation
from ..base import Pass, PassContext, operations_named

COMPILED = ("decode", "encode")
"""Entries that can be compiled for the wafer."""


@dataclass(frozen=True, slots=True)
class Specialize(Pass):
    """Keep the function of one entry and give `seq` its length there: 1 in decode, the window in encode."""

    name: ClassVar[str] = "specialize"

    entry: str = "decode"

    def run(self, module: Operation, context: PassContext) -> None:
        """Erase the other functions and replace `?` by the entry's sequence length, except in caches."""
        functions = {op.symbol_name: op for op in operations_named(module, "nn.func")}
        chosen = functions.get(self.entry)
        if chosen is None:
            known = ", ".join(sorted(name for name in functions if name)) or "none"
            raise error_at(f"the model has no entry '{self.entry}'", module.location, f"entries: {known}")
        if self.entry not in COMPILED:
            supported = ", ".join(COMPILED)
            raise error_at(
                f"entry '{self.entry}' cannot be compiled for the wafer yet",
                chosen.location,
                f"entries that can: {supported}",
            )
        for function in functions.values():
            if function is not chosen:
                function.erase()
        for op in chosen.walk():
            if op.name == "nn.call":
                message = "a call must be inlined before its function can be specialized"
                raise error_at(message, op.location, "pass 'inline' does that")
        length = window_of(chosen) or 1
        for op in chosen.walk():
            for region in op.regions:
                for block in region.blocks:
                    for argument in block.arguments:
                        argument.type = _fixed(argument.type, length)
            # The rows of a cache are the positions so far, whatever the length of this step.
            if op.name != "nn.append":
                for value in op.results:
                    value.type = _fixed(value.type, length)
            for key, attribute in op.attributes.items():
                op.attributes[key] = _fixed_attribute(attribute, length)


def _fixed(kind: TypeAttribute, length: int) -> TypeAttribute:
    if isinstance(kind, TensorType) and DYNAMIC in kind.shape:
        return TensorType(tuple(length if n == DYNAMIC else n for n in kind.shape), kind.element)
    return kind


def _fixed_attribute(attribute: Attribute, length: int) -> Attribute:
    if isinstance(attribute, FunctionType):
        return FunctionType(
            tuple(_fixed(kind, length) for kind in attribute.inputs),
            tuple(_fixed(kind, length) for kind in attribute.results),
        )
    if isinstance(attribute, DenseElementsAttr):
        return attribute
    return _fixed(attribute, length) if isinstance(attribute, TypeAttribute) else attribute
