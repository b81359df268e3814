"""Both engines on the same machines, operation by operation: examples, collectives and random programs.

On a run that the stream engine certifies every operation of every PE must begin, move its first and its last
wavelet and end in the same cycles on both engines, memories must hold the same bits, and critical paths the
same parts, also where colors met and it was settled who waited. A run that ends in a conflict must be one in
which the wavelet engine let a wavelet wait for a link; a deadlock must be one on both.

    python benchmarks/agreement.py [GROUP ...] [--programs N] [--seed S] [--size quick|medium|full] [--jobs N]
                                   [--kept FOLDER] [--json]
    python benchmarks/agreement.py --replay SEED          # one random program again
    python benchmarks/agreement.py --write FOLDER         # what differs, made as small as it gets
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from agreeing.cases import text_of
from agreeing.parts import GROUPS, compare_case, has_data, parts_of, run_parts
from agreeing.random_cases import random_case
from agreeing.shrink import shrink
from agreeing.tally import HEAD, Tally, aims_of, row_of


def tallies(groups: Sequence[str], options: argparse.Namespace) -> Iterator[Tally]:
    """Yield what was found in each group."""
    for group in groups:
        total = Tally(group)
        parts = parts_of(group, options.size, options.seed, options.programs)
        for number, tally in enumerate(run_parts(parts, options.jobs, options.kept), 1):
            total.add(tally)
            if sys.stderr.isatty():
                print(f"\r{group}: {number} of {len(parts)} parts", end="\r", file=sys.stderr, flush=True)
        yield total


def write_findings(folder: Path, tally: Tally) -> None:
    """Write each random program on which the engines differ, as small as it gets."""
    folder.mkdir(parents=True, exist_ok=True)
    for text in tally.different:
        number = int(text.split(":")[0].rpartition(" ")[2])
        data = has_data(number)
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
    parser.add_argument("--jobs", type=int, default=1, help="processes (default 1)")
    parser.add_argument(
        "--kept", type=Path, metavar="FOLDER", help="keep each part's result here, and go on from those"
    )
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
        outcome = compare_case(case, has_data(options.replay))
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
            write_findings(options.write, tally)
    aims = aims_of(found)
    if options.json:
        facts = {
            "size": options.size,
            "seed": options.seed,
            "groups": [tally.facts() for tally in found],
            "aims": [asdict(aim) for aim in aims],
        }
        print(json.dumps(facts, indent=2))
    else:
        print()
        for aim in aims:
            print(f"{aim.what}: {aim.found} (aimed at {aim.aimed}): {'met' if aim.met else 'not met'}")
        for tally in found:
            for text in tally.conflicts:
                print(f"conflict in {text}")
            for text in tally.different:
                print(f"DIFFERENT {text}")
    return any(tally.different for tally in found)


if __name__ == "__main__":
    sys.exit(main())
