"""Wafers with random defects: on how many a model still finds a place, and what going around costs.

For each number of defects some wafers are drawn, half of the defects dead PEs, half dead links. On each the
model is compiled; where that succeeds, one token is executed with the same random weights on every wafer, and
its result must be that of the wafer without defects. Where the floor plan differs, sums are made in another
order, so results are compared to within a few units of f16. What does not fit is counted by the error's first
words.

    python benchmarks/defects.py [--model FILE.wdl] [--set NAME=VALUE ...] [--target T] [--grid WxH]
                                 [--defects 0,1,2,4,8,16,32] [--wafers N] [--seed S] [--no-run] [--json]
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

import numpy as np

from wsc.compiler.driver import Compilation, CompileOptions, compile_module
from wsc.ir.defects import Defects
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.target import Target, load_target
from wsc.ir.weights import random_weights
from wsc.runtime.session import Session

TALE = Path(__file__).resolve().parents[1] / "examples" / "tale" / "tale.wdl"
TOLERANCE = 2e-2
"""Relative to the largest result: sums of f16 products in another order."""


@dataclass(frozen=True, slots=True)
class Row:
    """All wafers with one number of defects. Means are over the wafers on which the model was compiled."""

    defects: int
    wafers: int
    compiled: int
    cycles: float
    """Of one token."""
    least_cycles: int
    most_cycles: int
    colors: float
    """That hand-overs and collectives use."""
    same_results: int
    """Wafers on which the results are those of the wafer without defects."""
    seconds: float
    """To compile, CPU time."""
    errors: dict[str, int]


def draw(target: Target, count: int, random: Random) -> Defects:
    """Return `count` different defects of a wafer."""
    pes: set[tuple[int, int]] = set()
    while len(pes) < count - count // 2:
        pes.add((random.randrange(target.width), random.randrange(target.height)))
    links: set[tuple[int, int, str]] = set()
    while len(links) < count // 2:
        direction = random.choice("ES")
        x = random.randrange(target.width - (direction == "E"))
        links.add((x, random.randrange(target.height - (direction == "S")), direction))
    return Defects.of(pes, links)


def colors_of(compilation: Compilation) -> int:
    """Return how many colors a program uses."""
    routes = [op for op in compilation.module.body.operations if op.name == "fabric.route"]
    return len({str(op.attributes["color"]) for op in routes})


def results_of(compilation: Compilation, seed: int) -> tuple[int, dict[str, np.ndarray]]:
    """Return cycles and outputs of one step on the wavelet engine."""
    weights = random_weights(compilation.model, seed)
    session = Session(compilation.module, weights, engine="wavelet")
    report = session.step(0, 1 if session.takes_tokens else np.ones(session.input_size, np.float32))
    return report.cycles, {name: np.asarray(values, np.float64) for name, values in report.outputs.items()}


def are_near(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> bool:
    """Whether two results differ by no more than rounding."""
    return all(
        np.abs(found[name] - expected[name]).max() <= TOLERANCE * np.abs(expected[name]).max()
        for name in expected
    )


def measure(
    text: str, options: CompileOptions, counts: list[int], wafers: int, seed: int, run: bool
) -> list[Row]:
    """Return a row for each number of defects."""
    reference = results_of(compile_module(text, "model.wdl", options), seed)[1] if run else {}
    rows: list[Row] = []
    for count in counts:
        cycles: list[int] = []
        colors: list[int] = []
        seconds: list[float] = []
        errors: Counter[str] = Counter()
        same = compiled = 0
        for wafer in range(wafers if count else 1):
            defects = draw(options.target, count, Random(f"{seed}.{count}.{wafer}"))
            target = replace(options.target, defects=defects)
            start = time.process_time()
            try:
                compilation = compile_module(text, "model.wdl", replace(options, target=target))
            except DiagnosticError as error:
                errors[" ".join(error.diagnostics[0].message.split()[:4])] += 1
                continue
            seconds.append(time.process_time() - start)
            compiled += 1
            colors.append(colors_of(compilation))
            if run:
                took, outputs = results_of(compilation, seed)
                cycles.append(took)
                same += are_near(outputs, reference)
        rows.append(
            Row(
                count,
                wafers if count else 1,
                compiled,
                round(float(np.mean(cycles)), 1) if cycles else 0.0,
                min(cycles, default=0),
                max(cycles, default=0),
                round(float(np.mean(colors)), 1) if colors else 0.0,
                same,
                round(float(np.mean(seconds)), 2) if seconds else 0.0,
                dict(errors),
            )
        )
    return rows


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure what the command line asks for and print a table or JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", type=Path, default=TALE)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--target", default="tiny")
    parser.add_argument("--grid", default="16x16")
    parser.add_argument("--defects", default="0,1,2,4,8,16,32")
    parser.add_argument("--wafers", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-run", action="store_true", help="compile only")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args(arguments)
    width, height = map(int, args.grid.split("x"))
    target = load_target(args.target).target.with_grid(width, height)
    options = CompileOptions(target, "decode", "auto", dict(pair.split("=", 1) for pair in args.set))
    counts = [int(count) for count in args.defects.split(",")]
    text = args.model.read_text("utf-8")
    rows = measure(text, options, counts, args.wafers, args.seed, not args.no_run)
    if args.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
        return
    print(f"{args.model.name} on {width} x {height} PEs of {target.name}")
    print(
        "defects  wafers  compiled  cycles a token (least to most)  colors  same results  compile s  errors"
    )
    for row in rows:
        spread = f"{row.cycles:,.0f} ({row.least_cycles:,} to {row.most_cycles:,})" if row.cycles else "-"
        errors = ", ".join(f"{number} x '{text} ...'" for text, number in row.errors.items())
        print(
            f"{row.defects:7}  {row.wafers:6}  {row.compiled:8}  {spread:>30}  {row.colors:6}  "
            f"{row.same_results if not args.no_run else '-':>12}  {row.seconds:9}  {errors}".rstrip()
        )


if __name__ == "__main__":
    main()
