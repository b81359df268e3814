"""A campaign: inputs of one target in a process of its own, what came of them, and what failed, cut down."""

from __future__ import annotations

import re
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .limits import TooLargeError, TooSlowError, limited
from .minimise import minimise
from .targets import BrokenPromiseError, Outcome, Target, input_of

_SPECIFIC = re.compile(r"'[^']*'|\"[^\"]*\"|\d+")


@dataclass(frozen=True, slots=True)
class Failure:
    """An input that was not treated well; `kind` is equal for equal mistakes."""

    target: str
    number: int
    kind: str
    report: str
    data: bytes
    minimal: bytes

    def as_json(self) -> dict[str, object]:
        """Return what a report says."""
        return {
            "replay": f"{self.target}:{self.number}",
            "kind": self.kind,
            "report": self.report,
            "bytes": len(self.data),
            "minimal": repr(self.minimal),
        }


@dataclass(slots=True)
class Tally:
    """What came of some inputs of one target."""

    inputs: int = 0
    accepted: int = 0
    rejected: int = 0
    messages: set[str] = field(default_factory=lambda: set[str]())
    """Messages without the names and numbers in them."""
    seconds: float = 0.0
    """CPU time of all checks."""
    slowest: float = 0.0
    slowest_number: int = -1
    failures: list[Failure] = field(default_factory=lambda: list[Failure]())

    def add(self, other: Tally) -> None:
        """Count what `other` counted as well."""
        self.inputs += other.inputs
        self.accepted += other.accepted
        self.rejected += other.rejected
        self.messages |= other.messages
        self.seconds += other.seconds
        if other.slowest > self.slowest:
            self.slowest, self.slowest_number = other.slowest, other.slowest_number
        known = {failure.kind for failure in self.failures}
        self.failures += [failure for failure in other.failures if failure.kind not in known]


def run(
    target: Target, seed: int, numbers: Iterable[int], starting: Callable[[int], None] | None = None
) -> Tally:
    """Check these inputs and return what came of them; `starting` is told each number before it runs."""
    tally = Tally()
    for number in numbers:
        data = input_of(target, seed, number)
        if starting is not None:
            starting(number)
        start = time.process_time()
        outcome = attempt(target, data)
        seconds = time.process_time() - start
        tally.inputs += 1
        tally.seconds += seconds
        if seconds > tally.slowest:
            tally.slowest, tally.slowest_number = seconds, number
        if isinstance(outcome, Outcome):
            tally.accepted += outcome.accepted
            tally.rejected += not outcome.accepted
            tally.messages.update(_SPECIFIC.sub("_", message) for message in outcome.messages)
        elif all(failure.kind != outcome[0] for failure in tally.failures):
            tally.failures.append(_failure(target, number, data, *outcome))
    return tally


def attempt(target: Target, data: bytes) -> Outcome | tuple[str, str]:
    """Return what came of an input, or the kind of the failure and a report."""
    try:
        with limited():
            return target.check(data)
    except (TooSlowError, TooLargeError) as error:
        return f"{type(error).__name__}: {error}", str(error)
    except Exception as error:  # anything at all is a mistake that the report is about
        return _kind(error), "".join(traceback.format_exception(error, limit=-8))[-3000:]


def _kind(error: Exception) -> str:
    """Return what is equal for equal mistakes."""
    if isinstance(error, RecursionError):
        return "RecursionError"  # wherever it happened to end
    if isinstance(error, BrokenPromiseError):
        return f"{type(error).__name__}: {_SPECIFIC.sub('_', str(error))[:80]}"
    innermost = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {innermost.name}, line {innermost.lineno} of {innermost.filename}"


def _failure(target: Target, number: int, data: bytes, kind: str, report: str) -> Failure:
    def fails(smaller: bytes) -> bool:
        outcome = attempt(target, smaller)
        return not isinstance(outcome, Outcome) and outcome[0] == kind

    tries = 40 if kind.startswith("Too") else 2000
    return Failure(target.name, number, kind, report, data, minimise(data, fails, tries))
