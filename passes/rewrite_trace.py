"""Trace of rewrites: each one's pass and pattern, the place in the model, the operations before and after."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ..ir.line_printer import LinePrinter
from ..ir.location import Location, file_locations, fuse_locations
from ..ir.operation import Operation, Value
from ..ir.rewriter import RewriteListener
from .base import Pass
from .manager import Instrumentation

MOST_ELEMENTS = 16
"""Constants of more elements are shown without them."""


@dataclass(frozen=True, slots=True)
class Rewrite:
    """One rewrite. Operations are lines of text whose values are named as in a dump before the pass."""

    number: int
    """From 1, over all passes."""
    pass_name: str
    iteration: int
    """From 1, in this run of the pass."""
    pattern: str
    operation: str
    """The name of the operation that it was a rewrite of."""
    location: Location
    operands: tuple[str, ...]
    """The operations that define that one's operands."""
    before: tuple[str, ...]
    """What is gone or was changed."""
    after: tuple[str, ...]
    """What is new or was changed."""
    replaced: tuple[tuple[str, str], ...]
    """Names of values, each with that of the value that its users use now."""

    def as_text(self) -> str:
        """Return the rewrite for people, without a final newline."""
        places = ", ".join(f"{at.file}:{at.line}:{at.column}" for at in file_locations(self.location))
        head = f"rewrite {self.number} {self.pass_name}: {self.pattern} at {places or 'an unknown place'}"
        lines = [f"// {head}"]
        lines += [f"    {line}" for line in self.operands]
        lines += [f"  - {line}" for line in self.before]
        lines += [f"  + {line}" for line in self.after]
        lines += [f"  {old} is now {new}" for old, new in self.replaced]
        return "\n".join(lines)

    def as_json(self) -> dict[str, object]:
        """Return the object that stands for the rewrite in a trace in JSON."""
        places = file_locations(self.location)
        return {
            "rewrite": self.number,
            "pass": self.pass_name,
            "iteration": self.iteration,
            "pattern": self.pattern,
            "operation": self.operation,
            "location": [{"file": at.file, "line": at.line, "column": at.column} for at in places],
            "operands": list(self.operands),
            "before": list(self.before),
            "after": list(self.after),
            "replaced": dict(self.replaced),
        }


@dataclass(slots=True)
class _Attempt:
    """What is known of a rewrite that may be about to happen."""

    operation: Operation
    text: str
    definitions: tuple[Operation, ...]
    operands: dict[Operation, str] | None = None
    """None until something changes: most attempts match nothing."""
    gone: dict[Operation, str] = field(default_factory=lambda: dict[Operation, str]())
    made: dict[Operation, None] = field(default_factory=lambda: dict[Operation, None]())
    replaced: list[tuple[str, str]] = field(default_factory=lambda: list[tuple[str, str]]())


class RewriteTrace(Instrumentation, RewriteListener):
    """Calls `show` with each rewrite, once it is complete."""

    def __init__(self, show: Callable[[Rewrite], None]) -> None:
        self._show = show
        self._pass = ""
        self._number = self._iteration = 0
        self._printer: LinePrinter | None = None
        self._attempt: _Attempt | None = None

    # ---- passes

    def before(self, pass_: Pass, module: Operation) -> None:
        """Name the values as they are now."""
        self._pass, self._iteration = pass_.name, 0
        self._printer = LinePrinter(module, MOST_ELEMENTS)

    # ---- rewrites

    def _lines(self) -> LinePrinter:
        assert self._printer is not None, "rewrites happen in passes"
        return self._printer

    def trying(self, operation: Operation) -> None:
        """Keep the operation's text: a pattern may change it before it tells."""
        found = (value.defining_op for value in operation.operands)
        definitions = tuple(dict.fromkeys(op for op in found if op is not None))
        self._attempt = _Attempt(operation, self._lines().line(operation), definitions)

    def _changing(self) -> _Attempt:
        """Return what happens now; before its first change, keep the texts of what the operands are."""
        attempt = self._attempt
        assert attempt is not None, "changes happen in rewrites"
        if attempt.operands is None:
            attempt.operands = {op: self._lines().line(op) for op in attempt.definitions}
        return attempt

    def inserted(self, operation: Operation) -> None:
        """It is one of those after the rewrite."""
        for value in operation.results:
            self._lines().name(value)
        self._changing().made[operation] = None

    def modified(self, operation: Operation) -> None:
        """It is one of those after the rewrite."""
        self._changing().made[operation] = None

    def replacing(self, operation: Operation, values: Sequence[Value]) -> None:
        """Note the names."""
        lines = self._lines()
        self._changing().replaced += [
            (lines.name(old), lines.name(new)) for old, new in zip(operation.results, values, strict=True)
        ]

    def erasing(self, operation: Operation) -> None:
        """Keep the text, or forget what the same rewrite made."""
        attempt = self._changing()
        if operation in attempt.made:
            del attempt.made[operation]
        else:
            attempt.gone[operation] = (attempt.operands or {}).get(operation) or self._lines().line(operation)

    def applied(self, name: str, operation: Operation) -> None:
        """Show what happened."""
        attempt, lines = self._changing(), self._lines()
        after = {op: lines.line(op) for op in attempt.made if op.parent is not None}
        if operation.parent is not None and lines.line(operation) != attempt.text:
            after[operation] = lines.line(operation)
        before = attempt.gone | ({operation: attempt.text} if operation in attempt.gone | after else {})
        operands = attempt.operands or {}
        self._number += 1
        self._iteration += 1
        where = fuse_locations(operation.location, *(op.location for op in attempt.gone))
        rewrite = Rewrite(
            self._number,
            self._pass,
            self._iteration,
            name.replace("_", "-"),
            operation.name,
            where,
            tuple(text for op, text in operands.items() if op not in before),
            tuple(before.values()),
            tuple(after.values()),
            tuple(attempt.replaced),
        )
        self._show(rewrite)
