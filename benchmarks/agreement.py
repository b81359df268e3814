"""Both engines on the same machines, operation by operation: examples, collectives and random programs.

On a run that the stream engine certifies every operation of every PE must begin, move its first and its last
wavelet and end in the same cycles on both engines, memories must hold the same bits, and critical paths the
same parts, also where colors met and it was settled who waited. A run that ends in a conflict must be one in
which the wavelet engine let a wavelet wait for a link; a deadlock must be one on both.

    python benchmarks/agreement.py [GROUP ...] [--programs N] [--seed S] [--size quick|medium|full] [--json]
    python benchmarks/agreement.py --replay SEED          # one random program again
    python benchmarks/agreement.py --write FOLDER         # what differs, made as small as it gets
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path

from agreeing.cases import Case, text_of
from agreeing.collective_cases import collectives
from agreeing.compare import CERTIFIED, CONFLICT, Outcome, compare
from agreeing.machines import build
from agreeing.programs import examples
from agreeing.random_cases import random_case
from agreeing.shrink import shrink

GROUPS = ("examples", "collectives", "random")
_CHUNK = 50
_TIMING_ONLY = 5
"""Every how manieth random program runs for timing only."""


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
        """Add what another process counted."""
        for key, value in asdict(other).items():
            if key in ("different", "conflicts"):
                getattr(self, key).extend(value)
            elif key not in ("group", "seconds"):
                setattr(self, key, getattr(self, key) + value)
        del self.conflicts[_MOST_CONFLICTS:]


_MOST_CONFLICTS = 5


def compare_case(case: Case, data: bool = True) -> Outcome:
    """Compare the engines on a random program, for timing only unless `data`."""
    return compare(build(case), build(case), case.position, data)


def random_chunk(first: int, seeds: Sequence[int]) -> Tally:
    """Compare the engines on some random programs; `first` is the number of the first."""
    tally = Tally("random")
    for number in (first + seed for seed in seeds):
        # Some without data: both engines must find the same cycles then, too.
        data = number % _TIMING_ONLY != 0
        tally.count(f"random program {number}", compare_case(random_case(number), data))
    return tally


def run_random(first: int, count: int, jobs: int) -> Tally:
    """Compare the engines on `count` random programs from number `first` on, in `jobs` processes."""
    tally = Tally("random")
    chunks = [range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK)]
    work = partial(random_chunk, first)
    if jobs == 1:
        for chunk in chunks:
            tally.add(work(chunk))
    else:
        with ProcessPoolExecutor(jobs) as pool:
            for found in pool.map(work, chunks):
                tally.add(found)
    return tally


def run_group(group: str, runs: Iterable[tuple[str, Callable[[], Outcome]]]) -> Tally:
    """Compare the engines on named runs."""
    tally = Tally(group)
    for name, run in runs:
        tally.count(name, run())
    return tally


def tallies(groups: Sequence[str], options: argparse.Namespace) -> Iterator[Tally]:
    """Yield what was found in each group."""
    for group in groups:
        start = time.perf_counter()
        if group == "random":
            tally = run_random(options.seed, options.programs, options.jobs)
        elif group == "examples":
            tally = run_group(group, examples(options.size))
        else:
            tally = run_group(group, collectives(options.size, options.seed))
        tally.seconds = round(time.perf_counter() - start, 1)
        yield tally


def row_of(tally: Tally) -> str:
    """Return a line of the table."""
    share = 100 * tally.certified_cycles / max(tally.cycles, 1)
    numbers = (tally.runs, tally.certified, tally.settled, tally.conflict, tally.deadlock, tally.other_faults)
    text = "".join(f"{number:>11,}" for number in (*numbers, tally.operations))
    return f"{tally.group:<12}{text}{share:>10.1f} %{len(tally.different):>12}{tally.seconds:>9.1f} s"


HEAD = (
    f"{'':12}{'runs':>11}{'certified':>11}{'settled':>11}{'conflict':>11}{'deadlock':>11}{'other':>11}{'operations':>11}"
    f"{'cycles':>12}{'different':>12}{'time':>11}"
)


def write_findings(folder: Path, first: int, tally: Tally) -> None:
    """Write each random program on which the engines differ, as small as it gets."""
    folder.mkdir(parents=True, exist_ok=True)
    for text in tally.different:
        number = int(text.split(":")[0].rpartition(" ")[2])
        data = number % _TIMING_ONLY != 0
        small = shrink(
            random_case(number), lambda case, data=data: bool(compare_case(case, data).differences)
        )
        differences = "\n".join(compare_case(small, data).differences)
        (folder / f"program{number}.txt").write_text(f"{text_of(small)}\n\n{differences}\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of {', '.join(GROUPS)} (default all)")
    parser.add_argument("--programs", type=int, default=2000, help="random programs (default 2000)")
    parser.add_argument("--seed", type=int, default=0, help="number of the first random program")
    parser.add_argument("--size", choices=("quick", "medium", "full"), default="full")
    parser.add_argument("--jobs", type=int, default=1, help="processes for random programs")
    parser.add_argument(
        "--replay", type=int, metavar="NUMBER", help="show one random program and what it does"
    )
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write random programs that differ")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"unknown groups: {', '.join(sorted(unknown))}")
    if options.replay is not None:
        case = random_case(options.replay)
        outcome = compare_case(case, options.replay % _TIMING_ONLY != 0)
        print(text_of(case))
        print(outcome.verdict, outcome.where)
        print("\n".join(outcome.differences))
        return bool(outcome.differences)
    found: list[Tally] = []
    for tally in tallies(options.groups or GROUPS, options):
        if not options.json:
            if not found:
                print(HEAD)
            print(row_of(tally), flush=True)
        found.append(tally)
        if options.write and tally.group == "random":
            write_findings(options.write, options.seed, tally)
    if options.json:
        print(
            json.dumps(
                {"size": options.size, "seed": options.seed, "groups": [asdict(t) for t in found]}, indent=2
            )
        )
    else:
        for tally in found:
            for text in tally.conflicts:
                print(f"conflict in {text}")
            for text in tally.different:
                print(f"DIFFERENT {text}")
    return any(tally.different for tally in found)


if __name__ == "__main__":
    sys.exit(main())
