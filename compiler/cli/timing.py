"""Where the time of a command went: a tree of steps, for a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from time import perf_counter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ...passes.manager import PassRecord
    from .terminal import Terminal

MEMORY = "growth of the process's largest resident size (ru_maxrss)"
"""What a step's `peak_growth_bytes` are."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step and those it consists of. `operations` are those in the module before and after it."""

    name: str
    seconds: float
    operations: tuple[int, int] | None = None
    peak_growth_bytes: int | None = None
    steps: tuple[Step, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the object that `--timing=json` prints; what was not measured is null."""
        before, after = (None, None) if self.operations is None else self.operations
        return {
            "name": self.name,
            "seconds": self.seconds,
            "operations_before": before,
            "operations_after": after,
            "peak_memory_growth_bytes": self.peak_growth_bytes,
            "steps": [step.as_json() for step in self.steps],
        }


@dataclass(slots=True)
class Timing:
    """Measures the parts of a command besides passes, and puts all together."""

    seconds: dict[str, float] = field(default_factory=lambda: dict[str, float]())

    @contextmanager
    def part(self, name: str) -> Generator[None]:
        """Add the time within to part `name`."""
        start = perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + perf_counter() - start

    def total(self, records: Sequence[PassRecord], *, first: str) -> Step:
        """Return the whole: part `first`, the passes, their verification, then the other parts."""
        verifier = Step("verifier", sum(record.verifier_seconds for record in records))
        passes = Step("passes", sum(record.seconds for record in records), steps=tuple(_passes(records, 0)))
        parts = [Step(name, seconds) for name, seconds in self.seconds.items()]
        ahead = [part for part in parts if part.name == first]
        steps = (*ahead, passes, verifier, *(part for part in parts if part.name != first))
        return Step("total", sum(step.seconds for step in steps), steps=steps)


def _passes(records: Iterable[PassRecord], depth: int) -> Iterator[Step]:
    """Yield the steps of records that have the first `depth` names of their nests in common."""
    for anchor, found in groupby(records, lambda record: record.nest[depth : depth + 1]):
        group = list(found)
        if anchor:
            seconds = sum(record.seconds for record in group)
            yield Step(anchor[0], seconds, steps=tuple(_passes(group, depth + 1)))
            continue
        for record in group:
            targets = record.targets if record.nest else ()
            yield Step(
                record.name,
                record.seconds,
                (record.operations_before, record.operations),
                record.peak_growth_bytes,
                tuple(Step(target.name, target.seconds) for target in targets),
            )


def show_timing(total: Step, form: str, terminal: Terminal) -> None:
    """Show where the time went on stderr, as `form` says: `text` or `json`."""
    if form == "json":
        terminal.announce(json.dumps(_as_json(total)), asked=True)
        return
    from .views.timing import timing_table

    terminal.show(timing_table(total), asked=True)
    terminal.announce(f" memory: {MEMORY}", asked=True)


def timing_facts(total: Step | None, form: str | None) -> dict[str, Any]:
    """Return what the object of a command's `--json` says of its times: nothing unless it was asked for."""
    return {} if total is None or form is None else {"timing": _as_json(total)}


def _as_json(total: Step) -> dict[str, Any]:
    """Return the object of the whole, which says what its memory numbers are."""
    return {**total.as_json(), "memory": MEMORY}
