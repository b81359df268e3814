"""Collectives against the literature: measured cycles beside the closed forms of HPDC 2024 and our own.

One row of P PEs on a target without software costs; each collective runs alone, from cycle 0, with B wavelets
at each PE. The published forms are those of 'Near-Optimal Wafer-Scale Reduce' (arXiv 2404.15888). Then the
claims: where measured and published cycles agree, how far the best trees are from the published lower bound,
and whether choosing by our closed forms ever picks a slower collective than another one.

    python benchmarks/collectives.py                     # some seconds
    python benchmarks/collectives.py --full              # P from 4 to 512, B from 1 to 4096: some minutes
    python benchmarks/collectives.py --engine both --parts 16 64 --json
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from collective_runs import CollectiveRun

from wsc.passes.fabric.collectives import published
from wsc.passes.fabric.collectives.all_reduce import all_reduce_plan
from wsc.passes.fabric.collectives.auto import best_tree, energies, recurrence_bound
from wsc.passes.fabric.collectives.broadcast import broadcast_plan
from wsc.passes.fabric.collectives.grouping import best_groups
from wsc.passes.fabric.collectives.level_sizes import best_levels
from wsc.passes.fabric.collectives.plan import LinePlan
from wsc.passes.fabric.collectives.rectangle import row_plan
from wsc.passes.fabric.collectives.reduce import reduce_plan
from wsc.passes.fabric.collectives.ring import ring_all_reduce_plan
from wsc.passes.fabric.collectives.timing import (
    LineCosts,
    all_reduce_cycles,
    broadcast_cycles,
    reduce_cycles,
    ring_all_reduce_cycles,
)
from wsc.passes.fabric.collectives.trees import LineTree, line_tree
from wsc.runtime.fault import MachineFault

COSTS = LineCosts(ramp_cycles=2)
"""Nothing but the fabric: T_R of the WSE-2."""
SHAPES: Mapping[str, str] = {"star": "star", "chain": "chain", "tree": "binary", "two-phase": "two-phase"}
PUBLISHED: Mapping[str, Callable[[int, int, int], float]] = {
    "star": published.star_reduce,
    "chain": published.chain_reduce,
    "tree": published.tree_reduce,
    "two-phase": published.two_phase_reduce,
    "broadcast": published.broadcast,
    "ring": published.ring_all_reduce,
}
EVERYWHERE = ("star", "chain", "broadcast")
WIDE = ("tree", "two-phase", "ring")
"""Whose forms are to hold for B >= `WIDE_FROM` * P."""
WIDE_FROM = 64
TOLERANCE, FEW_CYCLES = 0.04, 4
LONG_RING = 64
REDUCES = ("star", "chain", "tree", "two-phase", "levels", "groups", "best")


@dataclass
class Case:
    """What one collective took: cycles by engine, None where an engine cannot say."""

    name: str
    parts: int
    wavelets: int
    form: int
    published: float | None
    measured: dict[str, int | None] = field(default_factory=dict[str, int | None])

    @property
    def cycles(self) -> int:
        """The cycles of the engine that could say; both must agree."""
        found = [cycles for cycles in self.measured.values() if cycles is not None]
        assert found, f"no engine ran {self.name} with P = {self.parts}, B = {self.wavelets}"
        assert len(set(found)) == 1, f"engines differ: {self}"
        return found[0]

    @property
    def error(self) -> float | None:
        """Measured against published, relative."""
        return None if self.published is None else self.cycles / self.published - 1

    @property
    def close(self) -> bool:
        """Whether measured and published are within 4 % of each other, or 4 cycles where B may be small."""
        assert self.published is not None
        few = FEW_CYCLES if self.name in EVERYWHERE else 0
        return abs(self.cycles - self.published) <= max(TOLERANCE * self.published, few)


def tree_of(name: str, parts: int, wavelets: int) -> LineTree:
    """The tree of a reduce to the first PE."""
    if name == "best":
        return best_tree(parts, wavelets, COSTS, 0)
    if name == "groups":
        shape = best_groups(0, parts - 1, wavelets, COSTS)
    elif name == "levels":
        shape = best_levels(0, parts - 1, wavelets, COSTS)
    else:
        shape = SHAPES[name]
    return line_tree(shape, parts, 0)


def plan_of(name: str, parts: int, wavelets: int) -> tuple[LinePlan, int]:
    """The plan of a collective and our form of its cycles; `all-` and a reduce's name is an all-reduce."""
    if name == "broadcast":
        return broadcast_plan(parts, 0), broadcast_cycles(parts, 0, wavelets, COSTS)
    if name == "ring":
        return ring_all_reduce_plan(parts), ring_all_reduce_cycles(parts, wavelets, COSTS)
    tree = tree_of(name.removeprefix("all-"), parts, wavelets)
    if name.startswith("all-"):
        return all_reduce_plan(tree), all_reduce_cycles(tree, wavelets, COSTS)
    return reduce_plan(tree), reduce_cycles(tree, wavelets, COSTS)


def hops_of(name: str, parts: int, wavelets: int) -> int:
    """Link-hops of a star, the only collective that has very many of them; 0 for others."""
    return wavelets * parts * (parts - 1) // 2 if name in ("star", "all-star") else 0


def names_for(parts: int, wavelets: int) -> list[str]:
    """The collectives to measure. A long ring's programs are one instruction after the other, P^2 in all, so
    it only runs where the published form is to hold.
    """
    if wavelets >= WIDE_FROM * parts or parts <= LONG_RING:
        return ["broadcast", *REDUCES, *(f"all-{name}" for name in REDUCES), "ring"]
    return ["broadcast", *REDUCES, *(f"all-{name}" for name in REDUCES)]


def measure(name: str, parts: int, wavelets: int, engines: Sequence[str]) -> Case:
    """Run one collective alone on each engine."""
    plan, form = plan_of(name, parts, wavelets)
    formula = PUBLISHED.get(name)
    case = Case(name, parts, wavelets, form, formula and formula(parts, wavelets, COSTS.ramp_cycles))
    machine = CollectiveRun(row_plan(plan), wavelets, costs=COSTS).machine()
    for engine in engines:
        try:
            result = machine.run_step(engine=engine, data=False)
        except MachineFault as fault:
            if fault.kind != "conflict":
                raise
            case.measured[engine] = None
            continue
        # A reduce is done when its root is; senders may have ended long before, receivers of a
        # multicast may not.
        case.measured[engine] = int(result.end_cycles[0]) if name in REDUCES else result.cycles
    return case


@dataclass
class Claim:
    """Something that is to hold, in how many cases it was looked for, and the worst of them."""

    text: str
    cases: int
    misses: int
    worst: str


def claim(text: str, found: Iterable[tuple[float, bool, str]]) -> Claim:
    """Summarize (how bad, whether it holds, where) over all cases."""
    cases = sorted(found, reverse=True)
    where = f"{cases[0][2]}" if cases else "no case"
    return Claim(text, len(cases), sum(not holds for _, holds, _ in cases), where)


def claims_of(cases: Sequence[Case], bounds: Mapping[tuple[int, int], float]) -> list[Claim]:
    """Judge what was measured."""
    by_key = {(case.name, case.parts, case.wavelets): case for case in cases}

    def at(case: Case) -> str:
        return f"{case.name} P={case.parts} B={case.wavelets}"

    def errors(names: Sequence[str], wide: bool) -> list[tuple[float, bool, str]]:
        chosen = [c for c in cases if c.name in names and (not wide or c.wavelets >= WIDE_FROM * c.parts)]
        found: list[tuple[float, bool, str]] = []
        for c in chosen:
            assert c.error is not None
            assert c.published is not None
            off = c.cycles - c.published
            found.append((abs(c.error), c.close, f"{at(c)}: {c.error:+.1%}, {off:+.1f} cycles"))
        # The largest error that a few cycles do not explain comes first.
        return [(error if not close else error - 1, close, text) for error, close, text in found]

    ratios = [
        (c.cycles / bounds[c.parts, c.wavelets], f"{at(c)}: {c.cycles / bounds[c.parts, c.wavelets]:.3f}")
        for c in cases
        if c.name == "best"
    ]
    off = [(abs(c.cycles - c.form), f"{at(c)}: {c.cycles - c.form:+d} of {c.cycles}", c) for c in cases]
    choices: list[tuple[float, bool, str]] = []
    for parts, wavelets in bounds:
        for names in (REDUCES, (*(f"all-{name}" for name in REDUCES), "ring")):
            group = [by_key[key] for name in names if (key := (name, parts, wavelets)) in by_key]
            if not group:
                continue
            chosen = min(group, key=lambda c: c.form)
            fastest = min(group, key=lambda c: c.cycles)
            excess = chosen.cycles - fastest.cycles
            choices.append((excess, excess <= 0, f"{at(chosen)}: {excess:+d} cycles against {fastest.name}"))
    exact = (*EVERYWHERE, "groups", "all-star", "all-chain", "all-groups")
    return [
        claim("star, chain, broadcast within 4 % or 4 cycles of HPDC 2024", errors(EVERYWHERE, False)),
        claim(f"tree, two-phase, ring within 4 % of it where B >= {WIDE_FROM} P", errors(WIDE, True)),
        claim(
            "best tree at most 1.4 times min(recurrence bound, star)",
            ((ratio, ratio <= 1.4, text) for ratio, text in ratios),
        ),
        claim("the choice by our forms is no slower than any single one", choices),
        claim(
            "our forms of star, chain, groups, broadcast are the engine's cycles",
            ((n, n == 0, text) for n, text, c in off if c.name in exact),
        ),
        claim(
            "our forms of the others are within 1 % or 4 cycles",
            (
                (n / c.cycles, n <= max(0.01 * c.cycles, FEW_CYCLES), text)
                for n, text, c in off
                if c.name not in exact
            ),
        ),
    ]


def table(name: str, cases: Sequence[Case], cell: Callable[[Case], str]) -> str:
    """Return the cells of a collective's cases: a line for each P, a column for each B."""
    mine = [case for case in cases if case.name == name]
    columns = sorted({case.wavelets for case in mine})
    lines = ["     P " + "".join(f"{f'B={wavelets}':>10}" for wavelets in columns)]
    for parts in sorted({case.parts for case in mine}):
        found = {case.wavelets: cell(case) for case in mine if case.parts == parts}
        lines.append(f"{parts:6d} " + "".join(f"{found.get(wavelets, ''):>10}" for wavelets in columns))
    return "\n".join(lines)


def show(cases: Sequence[Case], bounds: Mapping[tuple[int, int], float], claims: Sequence[Claim]) -> None:
    """Print all tables."""
    for name in PUBLISHED:
        print(f"\n{name}: measured against HPDC 2024")
        print(table(name, cases, lambda c: f"{c.error:+.1%}"))
    print("\nbest tree: measured / min(recurrence bound, star)")
    print(table("best", cases, lambda c: f"{c.cycles / bounds[c.parts, c.wavelets]:.3f}"))
    best = {(c.parts, c.wavelets): c.cycles for c in cases if c.name == "best"}
    for name in ("levels", "groups"):
        print(f"\n{name}: measured / best tree")
        print(table(name, cases, lambda c: f"{c.cycles / best[c.parts, c.wavelets]:.3f}"))
    conflicts = sum(None in c.measured.values() for c in cases)
    if conflicts:
        print(f"\nthe stream engine met a conflict in {conflicts} of {len(cases)} runs and left them out")
    print()
    for found in claims:
        verdict = "holds" if not found.misses else f"missed in {found.misses}"
        print(f"{found.text}: {verdict} of {found.cases} cases")
        print(f"    worst: {found.worst}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--parts", type=int, nargs="+", default=[4, 16, 64], help="PEs of a row")
    parser.add_argument("--wavelets", type=int, nargs="+", default=[1, 16, 256], help="wavelets a message")
    parser.add_argument("--full", action="store_true", help="P from 4 to 512, B from 1 to 4096")
    parser.add_argument("--engine", choices=("wavelet", "stream", "both"), default="wavelet")
    parser.add_argument(
        "--most-hops", type=float, default=1000, help="leave out stars of more million link-hops"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    parts = [2**k for k in range(2, 10)] if options.full else options.parts
    wavelets = [4**k for k in range(7)] if options.full else options.wavelets
    engines = ("wavelet", "stream") if options.engine == "both" else (options.engine,)
    start = time.perf_counter()
    energy = energies(max(parts))
    bounds: dict[tuple[int, int], float] = {}
    cases: list[Case] = []
    skipped: list[str] = []
    for count in parts:
        for length in wavelets:
            bound = recurrence_bound(energy, count, length, COSTS.ramp_cycles)
            bounds[count, length] = min(bound, published.star_reduce(count, length, COSTS.ramp_cycles))
            for name in names_for(count, length):
                if hops_of(name, count, length) > options.most_hops * 1e6:
                    skipped.append(f"{name} P={count} B={length}")
                else:
                    cases.append(measure(name, count, length, engines))
        print(f"P={count} measured", file=sys.stderr, flush=True)
        if WIDE_FROM * count not in wavelets:
            cases += [measure(name, count, WIDE_FROM * count, engines) for name in WIDE]
    claims = claims_of(cases, bounds)
    seconds = time.perf_counter() - start
    if options.json:
        found = [asdict(case) | {"cycles": case.cycles, "error": case.error} for case in cases]
        limits = [{"parts": p, "wavelets": b, "bound": bound} for (p, b), bound in bounds.items()]
        result = {"cases": found, "bounds": limits, "claims": [asdict(c) for c in claims]}
        result |= {"skipped": skipped, "seconds": seconds}
        print(json.dumps(result))
        return
    show(cases, bounds, claims)
    if skipped:
        print(f"left out, too many link-hops: {', '.join(skipped)}")
    print(f"{len(cases)} collectives on {' and '.join(engines)} in {seconds:.1f} s")


if __name__ == "__main__":
    main()
