"""Pass `dce`: dead code elimination, operations without effects whose results nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.operation import Operation
from ..base import Pass, PassContext
from .effects import is_dead


@dataclass(frozen=True, slots=True)
class DCE(Pass):
    """Erase operations that only compute or read, and whose results are not used, at any depth."""

    name: ClassVar[str] = "dce"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        """Erase from the end to the start, users before what they use."""
        pending = list(module.walk())
        while pending:
            op = pending.pop()
            if op.parent is not None and is_dead(op):
                sources = _sources(op)
                op.erase()
                pending.extend(sources)


def _sources(op: Operation) -> list[Operation]:
    """Return what computes the values that `op` and all nested in it take from outside, each once."""
    found: dict[Operation, None] = {}
    for nested in op.walk():
        for operand in nested.operands:
            source = operand.defining_op
            if source is not None and not op.is_ancestor_of(source):
                found[source] = None
    return list(found)
