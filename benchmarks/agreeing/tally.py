"""What was found in runs on both engines, added up, and how it stands to what is aimed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from .compare import CERTIFIED, CONFLICT, Outcome

_MOST_CONFLICTS = 5


@dataclass(slots=True)
class Tally:
    """What was found in one group of runs."""

    group: str
    runs: int = 0
    certified: int = 0
    settled: int = 0
    """Certified runs in which colors met."""
    conflict: int = 0
    needless: int = 0
    """Conflicts in which no wavelet waited for a link on the wavelet engine."""
    deadlock: int = 0
    other_faults: int = 0
    operations: int = 0
    """Operations compared between the engines, on certified runs."""
    cycles: int = 0
    certified_cycles: int = 0
    different: list[str] = field(default_factory=lambda: list[str]())
    """One text for each run in which the engines differ."""
    conflicts: list[str] = field(default_factory=lambda: list[str]())
    """Where the first few conflicts were."""
    seconds: float = 0.0
    """CPU time, of all processes."""

    def count(self, name: str, outcome: Outcome) -> None:
        """Add one run."""
        self.runs += 1
        self.certified += outcome.verdict == CERTIFIED
        self.conflict += outcome.verdict == CONFLICT
        self.settled += outcome.settled
        self.needless += outcome.needless
        self.deadlock += outcome.verdict == "deadlock"
        self.other_faults += outcome.verdict not in (CERTIFIED, CONFLICT, "deadlock")
        self.operations += outcome.operations
        self.cycles += outcome.cycles
        self.certified_cycles += outcome.cycles if outcome.verdict == CERTIFIED else 0
        if outcome.differences:
            self.different.append(f"{name}: " + "\n    ".join(outcome.differences))
        if outcome.verdict == CONFLICT and len(self.conflicts) < _MOST_CONFLICTS:
            self.conflicts.append(f"{name}: {outcome.where.splitlines()[0]}")

    def add(self, other: Tally) -> None:
        """Add what was found in other runs of the group."""
        for key, value in asdict(other).items():
            if key in ("different", "conflicts"):
                getattr(self, key).extend(value)
            elif key != "group":
                setattr(self, key, getattr(self, key) + value)
        del self.conflicts[_MOST_CONFLICTS:]

    @property
    def certified_share(self) -> float:
        """Certified runs among all."""
        return self.certified / max(self.runs, 1)

    @property
    def met_share(self) -> float:
        """Runs in which colors met, settled or refused, among all."""
        return (self.settled + self.conflict) / max(self.runs, 1)

    @property
    def certified_cycles_share(self) -> float:
        """Cycles in certified runs among all."""
        return self.certified_cycles / max(self.cycles, 1)

    def facts(self) -> dict[str, Any]:
        """Return everything as plain data."""
        shares = ("certified_share", "met_share", "certified_cycles_share")
        return asdict(self) | {name: getattr(self, name) for name in shares}


HEAD = (
    f"{'':12}{'runs':>9}{'certified':>11}{'settled':>9}{'refused':>9}{'needless':>9}{'deadlock':>9}{'other':>7}"
    f"{'operations':>12}{'cycles':>13}{'certified':>11}{'different':>11}{'CPU':>9}"
)


def row_of(tally: Tally) -> str:
    """Return a line of the table."""
    return (
        f"{tally.group:<12}{tally.runs:>9,}{tally.certified:>11,}{tally.settled:>9,}{tally.conflict:>9,}"
        f"{tally.needless:>9,}{tally.deadlock:>9,}{tally.other_faults:>7,}{tally.operations:>12,}"
        f"{tally.cycles:>13,}{100 * tally.certified_cycles_share:>9.1f} %"
        f"{len(tally.different):>11,}{tally.seconds:>7.0f} s"
    )


@dataclass(frozen=True, slots=True)
class Aim:
    """Something aimed at, and what was found."""

    what: str
    aimed: str
    found: str
    met: bool


def aims_of(tallies: Sequence[Tally]) -> list[Aim]:
    """Return how what was found stands to what is aimed at."""
    different = sum(len(tally.different) for tally in tallies)
    operations = sum(tally.operations for tally in tallies)
    aims = [
        Aim("certified runs that differ", "0", f"{different}, of {operations:,} operations", not different)
    ]
    for tally in tallies:
        if tally.group == "random":
            aims.append(_at_least("random programs certified", 0.5, tally.certified_share))
            what = "random programs in which colors want a link at once, settled or refused"
            aims.append(_at_least(what, 1 / 3, tally.met_share))
        elif tally.group == "examples":
            what = "cycles of the examples that run certified"
            aims.append(_at_least(what, 0.9, tally.certified_cycles_share))
    return aims


def _at_least(what: str, aimed: float, found: float) -> Aim:
    return Aim(what, f">= {100 * aimed:.3g} %", f"{100 * found:.1f} %", found >= aimed)
