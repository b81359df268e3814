"""How the time to compile grows with layers and with the wafer's sides, by pass.

    python benchmarks/compile_growth.py [--layers 1,8,32,80] [--sides 64,256,750] [--memory real|roomy|both]
                                        [--repeat 1] [--json]

The model is `examples/llama3_8b.wdl` with its real shapes and so many layers, for wafers of `wse2` PEs with
so many on a side. With `real` memory some do not fit, and the table says what is missing. `roomy` gives each
PE 16 MiB, so that every size has a place and growth can be seen everywhere. The last row is `wse2` whole,
750 x 994, with real memory.

Each compilation runs in a process of its own, from text to the program's module. Times are CPU seconds
without the start of the interpreter, the least of the repetitions; memory is the process's largest resident
size. Growth is per doubling: between two sizes, the ratio to the power of 1 / log2(their ratio).
"""

from __future__ import annotations

import argparse
import json
import math
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from wsc.compiler.driver import CompileOptions, compile_module
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.operation import Operation
from wsc.ir.target import Target, load_target
from wsc.passes.base import Pass

MODEL = Path(__file__).resolve().parents[1] / "examples" / "llama3_8b.wdl"
ROOMY_BYTES = 1 << 24
SHOWN = ("place", "route", "emit", "certify")
"""Passes with a column of their own; `--json` has all."""
MOST_SECONDS, MOST_BYTES = 20.0, 2e9
MOST_PER_LAYERS, MOST_PER_SIDES = 1.3, 1.5


@dataclass(frozen=True)
class Row:
    """One compilation. `passes` are CPU seconds by name, of passes that run several times together."""

    memory: str
    layers: int
    width: int
    height: int
    seconds: float
    peak_bytes: int
    passes: dict[str, float]
    problem: str | None
    """Why it does not fit; then the times are those until that was known."""


@dataclass(frozen=True)
class Aim:
    """A figure to reach."""

    what: str
    found: float
    most: float

    @property
    def met(self) -> bool:
        return self.found <= self.most


def target_of(memory: str, width: int, height: int) -> Target:
    """Return the target for a grid: `wse2`, or with far more memory."""
    target = load_target("wse2").target.with_grid(width, height)
    return target if memory == "real" else replace(target, sram_bytes=ROOMY_BYTES)


class _Clock:
    """Adds up the CPU seconds of passes (an `Instrumentation`)."""

    wants_changes = False

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.start = 0.0

    def before(self, pass_: Pass, module: Operation) -> None:
        self.start = time.process_time()

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        name = pass_.name
        self.seconds[name] = self.seconds.get(name, 0.0) + time.process_time() - self.start

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        self.after(pass_, module, True)


def compile_here(memory: str, layers: int, width: int, height: int) -> Row:
    """Compile once, in this process."""
    options = CompileOptions(target_of(memory, width, height), overrides={"layers": str(layers)})
    clock, problem, start = _Clock(), None, time.process_time()
    try:
        compile_module(MODEL.read_text("utf-8"), MODEL.name, options, [clock])
    except DiagnosticError as error:
        first = error.diagnostics[0]
        problem = ": ".join((first.message, *first.notes[:1]))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Row(memory, layers, width, height, seconds, peak, clock.seconds, problem)


def measure(memory: str, layers: int, width: int, height: int, repeat: int) -> Row:
    """Compile in processes of their own; return the fastest."""
    case = ",".join(map(str, (memory, layers, width, height)))
    found: list[Row] = []
    for _ in range(repeat):
        command = [sys.executable, str(Path(__file__).resolve()), "--case", case]
        result = subprocess.run(command, check=True, capture_output=True, text=True)
        found.append(Row(**json.loads(result.stdout)))
    return min(found, key=lambda row: row.seconds)


def per_doubling(one: Row, other: Row, ratio: float) -> float:
    """By how much the time grows when a size that is `ratio` times as large in `other` doubles."""
    return (other.seconds / one.seconds) ** (1 / math.log2(ratio))


def growth(rows: Sequence[Row]) -> Iterator[tuple[str, float, float]]:
    """Yield what grew, by how much per doubling, and how much it may, for all pairs of neighbours."""
    fitting = [row for row in rows if row.problem is None and row.width == row.height]
    for memory in dict.fromkeys(row.memory for row in fitting):
        mine = [row for row in fitting if row.memory == memory]
        for one in mine:
            more = [r for r in mine if r.width == one.width and r.layers > one.layers]
            wider = [r for r in mine if r.layers == one.layers and r.width > one.width]
            if more:
                next_ = min(more, key=lambda row: row.layers)
                name = f"{memory}, side {one.width}: layers {one.layers} to {next_.layers}"
                yield name, per_doubling(one, next_, next_.layers / one.layers), MOST_PER_LAYERS
            if wider:
                next_ = min(wider, key=lambda row: row.width)
                name = f"{memory}, {one.layers} layers: sides {one.width} to {next_.width}"
                yield name, per_doubling(one, next_, next_.width / one.width), MOST_PER_SIDES


def aims_of(rows: Sequence[Row], whole: Row | None) -> list[Aim]:
    """Return what is aimed at: the whole model on the whole wafer, and growth."""
    aims = [Aim(f"growth per doubling, {what}", found, most) for what, found, most in growth(rows)]
    if whole is not None and whole.problem is None:
        aims.insert(0, Aim("llama3_8b on wse2: CPU seconds", whole.seconds, MOST_SECONDS))
        aims.insert(1, Aim("llama3_8b on wse2: bytes at most resident", whole.peak_bytes, MOST_BYTES))
    return aims


def print_row(row: Row) -> None:
    """Print one line of the table."""
    grid = f"{row.width} x {row.height}"
    print(f"{row.memory:<7}{row.layers:>7}{grid:>11}{row.seconds:>8.2f}{row.peak_bytes / 1e6:>9.0f}", end="")
    others = row.seconds - sum(row.passes.get(name, 0.0) for name in SHOWN)
    print("".join(f"{row.passes.get(name, 0.0):>9.2f}" for name in SHOWN) + f"{others:>9.2f}", end="")
    print(f"  {row.problem}" if row.problem else "", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; the exit status is 1 if a figure is not reached."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--layers", default="1,8,32,80", help="numbers of layers")
    parser.add_argument("--sides", default="64,256,750", help="PEs on a side")
    parser.add_argument("--memory", choices=("real", "roomy", "both"), default="both")
    parser.add_argument("--repeat", type=int, default=1, help="compilations of which the fastest counts")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--case", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.case is not None:
        memory, *sizes = options.case.split(",")
        print(json.dumps(asdict(compile_here(memory, *map(int, sizes)))))
        return 0
    counts, sides = ([int(n) for n in text.split(",")] for text in (options.layers, options.sides))
    memories = ("real", "roomy") if options.memory == "both" else (options.memory,)
    if not options.json:
        print(f"{'memory':<7}{'layers':>7}{'grid':>11}{'CPU s':>8}{'MB':>9}", end="")
        print("".join(f"{name:>9}" for name in (*SHOWN, "others")))
    rows: list[Row] = []
    for memory, layers, side in ((m, n, s) for m in memories for n in counts for s in sides):
        rows.append(measure(memory, layers, side, side, options.repeat))
        if not options.json:
            print_row(rows[-1])
    whole = None
    if "real" in memories:
        whole = measure("real", 32, 750, 994, options.repeat)
        if not options.json:
            print_row(whole)
    aims = aims_of(rows, whole)
    if options.json:
        facts = {
            "rows": [asdict(row) for row in (*rows, *([whole] if whole is not None else []))],
            "aims": [asdict(aim) | {"met": aim.met} for aim in aims],
        }
        print(json.dumps(facts, indent=2))
    else:
        print()
        for aim in aims:
            verdict = "met" if aim.met else "NOT met"
            print(f"{aim.what}: {aim.found:.4g} (at most {aim.most:.4g}): {verdict}")
    return 0 if all(aim.met for aim in aims) else 1


if __name__ == "__main__":
    sys.exit(main())
