"""Simulation time against PEs and against tokens, for both engines: how it grows, and with which power.

    python benchmarks/scaling.py [--sides 16,32,64,128,256,416] [--tokens 1,2,4,8,16,32,64] [--side 64]
                                 [--repeat 3] [--engines stream,wavelet] [--json FILE] [--plots FOLDER]

`traffic` is a broadcast along each row and a reduce along each column, of 16 wavelets. `model` is
`examples/llama3_8b.wdl` with one layer and dimensions that grow with the grid's side, so that each PE has as
much of it on any grid; but its messages pass over more PEs on larger ones, so link-hops are counted, too.
Steps are timing only. Times are CPU seconds of one core, the least of several runs after one that warms up;
compiling an engine is not in them.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from log_plot import Series, log_plot, power_fit
from wafer_traffic import whole_wafer

from wsc.compiler.driver import CompileOptions, compile_module
from wsc.ir.target import load_target
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.module import machine_from_module
from wsc.runtime.step import StepResult

MODEL = Path(__file__).resolve().parents[1] / "examples" / "llama3_8b.wdl"
CONTEXT = 256
WAVELETS = 16
"""Length of the traffic's messages."""


@dataclass(frozen=True)
class SizeRow:
    """One grid: what it took to compile, if anything, to build the machine and, by engine, to run a step."""

    work: str
    side: int
    pes: int
    compile_seconds: float
    machine_seconds: float
    link_hops: int
    cycles: dict[str, int]
    seconds: dict[str, float]
    failures: dict[str, str]


@dataclass(frozen=True)
class TokenRow:
    """So many tokens on one grid: cycles and CPU seconds of all together, by engine."""

    tokens: int
    cycles: dict[str, int]
    seconds: dict[str, float]


def overrides(side: int) -> dict[str, int]:
    """Return constants of the model that give each PE of a `side` x `side` grid the same work."""
    return {
        "layers": 1,
        "dim": 8 * side,
        "heads": side // 4,
        "kv_heads": side // 16,
        "ffn": 28 * side,
        "vocab": 64 * side,
        "context": CONTEXT,
    }


def timed(work: Callable[[], object]) -> float:
    """Return the CPU seconds that `work` takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def build(side: int) -> tuple[Machine, float, float]:
    """Return the machine of the model for a grid, and the CPU seconds of compiling and of building."""
    target = load_target("wse2").target.with_grid(side, side)
    consts = {name: str(value) for name, value in overrides(side).items()}
    options = CompileOptions(target, overrides=consts)
    start = time.process_time()
    module = compile_module(MODEL.read_text("utf-8"), MODEL.name, options).module
    compiled = time.process_time()
    machine = machine_from_module(module, target)
    return machine, compiled - start, time.process_time() - compiled


def build_traffic(side: int) -> tuple[Machine, float, float]:
    """Return the machine of the traffic, 0 and the CPU seconds of building."""
    start = time.process_time()
    machine = whole_wafer(side, side, WAVELETS)
    return machine, 0.0, time.process_time() - start


BUILDERS = {"traffic": build_traffic, "model": build}


def measure_size(work: str, side: int, engines: Sequence[str], repeat: int) -> SizeRow:
    """Run one step on a grid with each engine."""
    machine, compile_seconds, machine_seconds = BUILDERS[work](side)
    link_hops = 0
    cycles: dict[str, int] = {}
    seconds: dict[str, float] = {}
    failures: dict[str, str] = {}
    for engine in engines:

        def step(engine: str = engine) -> StepResult:
            return machine.run_step({"position": CONTEXT // 2}, engine=engine, data=False)

        try:
            result = step()
            cycles[engine], link_hops = result.cycles, result.link_hops
        except MachineFault as fault:
            failures[engine] = fault.message
            continue
        seconds[engine] = min(timed(step) for _ in range(repeat))
    times = compile_seconds, machine_seconds
    return SizeRow(work, side, machine.pes, *times, link_hops, cycles, seconds, failures)


def measure_tokens(side: int, counts: Sequence[int], engines: Sequence[str], repeat: int) -> list[TokenRow]:
    """Run tokens one after the other on one grid; the times are those from the first token on."""
    machine, _, _ = build(side)
    cycles: dict[int, dict[str, int]] = {count: {} for count in counts}
    seconds: dict[int, dict[str, float]] = {count: {} for count in counts}
    for engine in engines:
        try:
            machine.run_step(engine=engine, data=False)
        except MachineFault as fault:
            print(f"{engine} engine, {side} x {side}: {fault.message}", file=sys.stderr)
            continue
        for _ in range(repeat):
            total, start = 0, time.process_time()
            for position in range(max(counts)):
                total += machine.run_step({"position": position}, engine=engine, data=False).cycles
                if position + 1 in cycles:
                    took = time.process_time() - start
                    row = seconds[position + 1]
                    cycles[position + 1][engine] = total
                    row[engine] = min(took, row.get(engine, took))
    return [TokenRow(count, cycles[count], seconds[count]) for count in sorted(counts)]


def series(
    points: Sequence[tuple[float, dict[str, float]]], engines: Sequence[str], suffix: str
) -> list[Series]:
    """Return a series for each engine that has two points at least."""
    found = {e: [(x, values[e]) for x, values in points if e in values] for e in engines}
    return [Series(f"{engine} engine, {suffix}", p) for engine, p in found.items() if len(p) > 1]


def print_sizes(rows: Sequence[SizeRow], engines: Sequence[str]) -> None:
    """Print the table of grids."""
    print(
        f"{'work':<8} {'grid':>10} {'PEs':>8} {'compile s':>10} {'machine s':>10} {'link-hops':>12}", end=""
    )
    print("".join(f" {engine + ' s':>11} {engine + ' cycles':>15}" for engine in engines))
    for row in rows:
        grid = f"{row.side} x {row.side}"
        print(f"{row.work:<8} {grid:>10} {row.pes:>8} {row.compile_seconds:>10.2f}", end="")
        print(f" {row.machine_seconds:>10.3f} {row.link_hops:>12,}", end="")
        for engine in engines:
            if engine in row.seconds:
                print(f" {row.seconds[engine]:>11.4f} {row.cycles[engine]:>15,}", end="")
            else:
                print(f" {'-':>11} {row.failures[engine]}", end="")
        print()


def print_tokens(rows: Sequence[TokenRow], engines: Sequence[str]) -> None:
    """Print the table of tokens."""
    print(f"{'tokens':>10}" + "".join(f" {e + ' s':>11} {e + ' cycles':>15}" for e in engines))
    for row in rows:
        print(f"{row.tokens:>10}", end="")
        print("".join(f" {row.seconds[e]:>11.4f} {row.cycles[e]:>15,}" for e in engines))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status is 1 if engines differ in cycles."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--sides", default="16,32,64,128,256,416", help="grids, multiples of 16")
    parser.add_argument("--tokens", default="1,2,4,8,16,32,64", help="numbers of tokens")
    parser.add_argument("--side", type=int, default=64, help="grid of the run of tokens")
    parser.add_argument("--repeat", type=int, default=3, help="runs of which the fastest counts")
    parser.add_argument("--engines", default="stream,wavelet")
    parser.add_argument("--json", type=Path, help="write the tables here")
    parser.add_argument("--plots", type=Path, help="write scaling_pes.svg, _hops.svg and _tokens.svg here")
    args = parser.parse_args(arguments)
    engines = args.engines.split(",")
    sides = [int(side) for side in args.sides.split(",")]
    sizes = [measure_size(work, side, engines, args.repeat) for work in BUILDERS for side in sides]
    print_sizes(sizes, engines)
    print()
    counts = [int(count) for count in args.tokens.split(",")]
    tokens = measure_tokens(args.side, counts, engines, args.repeat)
    print_tokens(tokens, [engine for engine in engines if engine in tokens[0].seconds])
    by_size, by_hops = (
        [s for work in BUILDERS for s in series([p for w, p in points if w == work], engines, work)]
        for points in (
            [(row.work, (row.pes, row.seconds)) for row in sizes],
            [(row.work, (row.link_hops, row.seconds)) for row in sizes],
        )
    )
    by_token = series([(row.tokens, row.seconds) for row in tokens], engines, f"{args.side} x {args.side}")
    print()
    exponents = {
        against: {one.name: round(power_fit(one.points)[0], 3) for one in found}
        for against, found in (("PEs", by_size), ("link-hops", by_hops), ("tokens", by_token))
    }
    for against, found in exponents.items():
        for name, exponent in found.items():
            verdict = "not worse than linear" if exponent <= 1.05 else "worse than linear"
            print(f"{name}: seconds grow with {against} to the power of {exponent:.2f}, {verdict}")
    if args.json is not None:
        facts = {
            "sizes": [asdict(row) for row in sizes],
            "tokens": [asdict(row) for row in tokens],
            "exponents": exponents,
        }
        args.json.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    if args.plots is not None:
        plots = ("pes", "PEs", by_size), ("hops", "link-hops", by_hops), ("tokens", "tokens", by_token)
        for name, label, found in plots:
            text = log_plot("Time to simulate", label, "CPU seconds", found)
            (args.plots / f"scaling_{name}.svg").write_text(text, "utf-8")
    differ = [row for row in (*sizes, *tokens) if len(set(row.cycles.values())) > 1]
    if differ:
        print(f"the engines differ in cycles: {differ}", file=sys.stderr)
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
