"""Pass `dce`: dead code elimination, operations without effects whose results nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.operation import Operation
from ...ir.rewriter import Rewriter
from ..base import Pass, PassContext
from .effects import is_dead


@dataclass(frozen=True, slots=True)
class DCE(Pass):
    """Erase operations that only compute or read, and whose results are not used, at any depth."""

    name: ClassVar[str] = "dce"
    required: ClassVar[bool] = False
    anchors: ClassVar[tuple[str, ...] | None] = None

    def run(self, module: Operation, context: PassContext) -> None:
        """Erase from the end to the start, users before what they use."""
        rewriter = Rewriter(module, listeners=context.listeners)
        for op in reversed(list(module.walk())):
            if op is not module and is_dead(op):
                with rewriter.rewriting(op, "erase_unused"):
                    rewriter.erase(op)
