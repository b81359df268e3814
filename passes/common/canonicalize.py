"""Pass `canonicalize`: local simplifications that leave every result as it is, bit by bit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.operation import Operation
from ...ir.rewriter import apply_patterns
from ..base import Pass, PassContext
from .patterns import PATTERNS


@dataclass(frozen=True, slots=True)
class Canonicalize(Pass):
    """Fold constants, and drop operations that give back what they take; no bit of a result changes."""

    name: ClassVar[str] = "canonicalize"
    required: ClassVar[bool] = False
    anchors: ClassVar[tuple[str, ...] | None] = None

    def run(self, module: Operation, context: PassContext) -> None:
        """Apply the patterns of all dialects until none matches."""
        patterns = [pattern for patterns in PATTERNS.values() for pattern in patterns]
        apply_patterns(module, patterns, listeners=context.listeners)
