"""A comparison of engines cut into parts: processes share them, and what is done can be kept."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from .cases import Case
from .collective_cases import collectives
from .compare import Outcome, compare
from .machines import build
from .programs import EXAMPLE_RUNS, examples
from .random_cases import random_case
from .tally import Tally

GROUPS = ("examples", "collectives", "random")
_PROGRAMS = 50
"""Random programs of a part."""
_COLLECTIVE_PARTS = 16
_TIMING_ONLY = 5
"""Every how manieth random program runs for timing only."""
_SOURCES = ("ir", "passes", "compiler", "runtime", "benchmarks")
_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Part:
    """Number `number` of `parts` of a group of runs; of random programs, `count` from number `number` on."""

    group: str
    number: int
    size: str = "full"
    seed: int = 0
    count: int = 0

    @property
    def name(self) -> str:
        return f"{self.group}-{self.number:06}"


def parts_of(group: str, size: str, seed: int, programs: int) -> list[Part]:
    """Return the parts of a group; `programs` random ones from number `seed` on."""
    if group == "random":
        end = seed + programs
        starts = range(seed, end, _PROGRAMS)
        return [Part(group, start, count=min(_PROGRAMS, end - start)) for start in starts]
    count = len(EXAMPLE_RUNS[size][0]) if group == "examples" else _COLLECTIVE_PARTS
    return [Part(group, number, size, seed) for number in range(count)]


def has_data(number: int) -> bool:
    """Whether a random program runs with data: some do not, and both engines must agree then, too."""
    return number % _TIMING_ONLY != 0


def compare_case(case: Case, data: bool = True) -> Outcome:
    """Compare the engines on a random program, for timing only unless `data`."""
    return compare(build(case), build(case), case.position, data)


def run_group(group: str, runs: Iterable[tuple[str, Callable[[], Outcome]]]) -> Tally:
    """Compare the engines on named runs."""
    tally = Tally(group)
    for name, run in runs:
        tally.count(name, run())
    return tally


def run_part(part: Part) -> Tally:
    """Compare the engines on one part."""
    start = time.process_time()
    tally = run_group(part.group, _runs(part))
    tally.seconds = round(time.process_time() - start, 2)
    return tally


def _runs(part: Part) -> Iterable[tuple[str, Callable[[], Outcome]]]:
    if part.group == "examples":
        return examples(part.size, part.number)
    if part.group == "collectives":
        return islice(collectives(part.size, part.seed), part.number, None, _COLLECTIVE_PARTS)
    numbers = range(part.number, part.number + part.count)
    return ((f"random program {n}", partial(_compare_number, n)) for n in numbers)


def _compare_number(number: int) -> Outcome:
    return compare_case(random_case(number), has_data(number))


def run_parts(parts: Sequence[Part], jobs: int = 1, kept: Path | None = None) -> Iterator[Tally]:
    """Yield what was found in each part, in order, worked on by `jobs` processes.

    With a folder `kept`, each part's result is written there as JSON when it ends, and one that is there
    from the same sources is not run again.
    """
    work = run_part
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        work = partial(_run_or_read, kept, source_hash())
    if jobs == 1:
        yield from map(work, parts)
    else:
        with ProcessPoolExecutor(jobs) as pool:
            yield from pool.map(work, parts)


def _run_or_read(folder: Path, sources: str, part: Part) -> Tally:
    path = folder / f"{part.name}.json"
    if path.exists():
        facts = json.loads(path.read_text("utf-8"))
        if facts["part"] == asdict(part) and facts["sources"] == sources:
            return Tally(**facts["found"])
    found = run_part(part)
    new = path.with_suffix(".new")
    facts = {"part": asdict(part), "sources": sources, "found": asdict(found)}
    new.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    new.replace(path)
    return found


def source_hash() -> str:
    """Return a hash of all that decides what a part finds."""
    digest = hashlib.sha256()
    for folder in _SOURCES:
        for path in sorted((_ROOT / folder).rglob("*.py")):
            digest.update(path.read_bytes())
    return digest.hexdigest()
