"""Round trips: a module that is printed and read back must print as the same text."""

from __future__ import annotations

from itertools import zip_longest

from ..ir.diagnostics import Diagnostic, DiagnosticError, Severity
from ..ir.location import UNKNOWN
from ..ir.operation import Operation
from ..ir.parser import parse_module
from ..ir.printer import print_operation
from .base import Pass
from .manager import Instrumentation, InternalDiagnosticError

_PRINTED = "<printed>"


class RoundTripError(InternalDiagnosticError):
    """The text of a module reads back as another module, or not at all: a mistake of printer or parser."""


class RoundTripWatcher(Instrumentation):
    """Makes the round trip after each pass, with locations and without. Raises `RoundTripError`."""

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Check what the pass left."""
        check_round_trip(module, f"after pass '{pass_.name}'")


def check_round_trip(module: Operation, when: str) -> None:
    """Print `module`, read that and print it again, with locations and without.

    Raises `RoundTripError`, which says `when` that was and shows the first line that differs.
    """
    for locations in (False, True):
        text = print_operation(module, locations=locations)
        form = "with locations" if locations else "without locations"
        try:
            again = print_operation(parse_module(text, _PRINTED), locations=locations)
        except DiagnosticError as error:
            message = f"{when} the module's text, {form}, cannot be read back"
            raise RoundTripError([_error(message), *error.diagnostics]) from error
        if again != text:
            message = f"{when} the module's text, {form}, reads back as another module"
            raise RoundTripError([_error(message, *_difference(text, again))])


def _error(message: str, *notes: str) -> Diagnostic:
    return Diagnostic(Severity.ERROR, message, UNKNOWN, notes)


def _difference(text: str, again: str) -> tuple[str, str]:
    """Return the first line in which two texts differ, as it is in both."""
    pairs = zip_longest(text.split("\n"), again.split("\n"), fillvalue="the end of the text")
    number, (old, new) = next((n, pair) for n, pair in enumerate(pairs, 1) if pair[0] != pair[1])
    return f"line {number}: {old.strip()}", f"becomes: {new.strip()}"
