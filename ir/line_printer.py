"""Prints single operations of a module that changes, one line each, with names that stay."""

from __future__ import annotations

from .operation import Operation, Value
from .printer import Printer, outermost


class LinePrinter(Printer):
    """Prints single operations of a module that changes; values keep the names that they had at first.

    These are the names in the text of the module when the printer is made. Values that come later are
    numbered on from there. What is nested in an operation is left out, so every text is one line.
    """

    def __init__(self, module: Operation, elide_large: int | None = None) -> None:
        super().__init__(locations=False, elide_large=elide_large)
        self.number(outermost(module))

    def line(self, operation: Operation) -> str:
        """Return the text of `operation`, without a newline."""
        for value in operation.operands:
            self.name(value)
        self._name_results(operation)
        self.parts.clear()
        self.operation(operation, "")
        return "".join(self.parts)

    def name(self, value: Value) -> str:
        """Return what the value is called."""
        if value not in self.values:
            if isinstance(value.owner, Operation):
                self._name_results(value.owner)
            else:
                self.values[value] = f"%{len(self.values)}"
        return self.values[value]

    def _name_results(self, operation: Operation) -> None:
        if operation.results and operation.results[0] not in self.values:
            # There are no more numbers than values, so this one is free.
            self._number_results(operation, len(self.values))

    def _nested(self, operation: Operation, indent: str) -> None:
        self.parts.append(" ({...})" if operation.regions else "")
