"""Both engines on the same whole wafer: every row broadcasts, then every column chain-reduces.

The first PE of each row of a 750 x 994 wafer sends 16 wavelets to the others of its row; then each column
adds up what its PEs have, from its last PE to its first. Both engines must find the same cycles, ends of all
PEs and bits. With --llama one decode token of the Llama 3 8B shapes follows, timing only, on 420 x 420 PEs of
`wse2`. Times are CPU times, so that other work on the machine matters less.

    python benchmarks/stream_speed.py [--width W] [--height H] [--wavelets B] [--repeat R] [--llama] [--json]
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from wafer_traffic import whole_wafer

from wsc.runtime.machine import Machine
from wsc.runtime.step import StepResult

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "llama3_8b.wdl"


@dataclass(frozen=True, slots=True)
class Row:
    """What one engine took for one work; `seconds` is the least CPU time of some runs."""

    work: str
    engine: str
    pes: int
    cycles: int
    link_hops: int
    seconds: float
    certificate: str | None
    memory_bytes: int
    """The most that the process has had so far."""
    agrees: bool
    """Same ends of all PEs, link-hops and, with data, memories as the other engine."""


def measured(
    work: str, machine: Machine, position: int, engines: list[str], repeat: int, data: bool = True
) -> list[Row]:
    """Return what each engine takes for one step, each time from the same memories.

    Without `data` nobody looks at the memories, so that those of a large wafer take no room.
    """
    memory = machine.sram.copy() if data else None
    rows: list[Row] = []
    first: StepResult | None = None
    bits: np.ndarray | None = None
    for engine in engines:
        best = float("inf")
        for _ in range(repeat):
            if memory is not None:
                machine.sram[...] = memory
            start = time.process_time()
            result = machine.run_step({"position": position}, engine=engine, data=data)
            best = min(best, time.process_time() - start)
        if first is None:
            first, bits = result, machine.sram.copy() if data else None
        same = np.array_equal(result.end_cycles, first.end_cycles) and result.link_hops == first.link_hops
        rows.append(
            Row(
                work,
                engine,
                machine.pes,
                result.cycles,
                result.link_hops,
                round(best, 3),
                result.certificate,
                1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
                same and (bits is None or np.array_equal(machine.sram, bits)),
            )
        )
    return rows


def wafer_rows(options: argparse.Namespace, engines: list[str]) -> list[Row]:
    """Measure the wafer's broadcast and reduction."""
    small = whole_wafer(8, 8, 4)
    for engine in engines:
        small.run_step(engine=engine)  # compiles the engine
    machine = whole_wafer(options.width, options.height, options.wavelets)
    rng = np.random.default_rng(1)
    machine.floats[...] = rng.uniform(0.5, 1.5, machine.floats.shape)
    work = f"{options.width} x {options.height}, {options.wavelets} wavelets"
    return measured(work, machine, 0, engines, options.repeat)


def llama(engines: list[str]) -> list[Row]:
    """Measure one token of one layer of the Llama 3 8B shapes; weights are not needed."""
    from wsc.compiler.cli.main import main as wsc
    from wsc.ir.program_file import read_program
    from wsc.ir.target import load_target
    from wsc.runtime.module import machine_from_module

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "llama.wsx"
        options = ["--target", "wse2", "--grid", "420x420", "--set", "layers=1", "--quiet"]
        if wsc(["compile", str(EXAMPLE), "-o", str(path), *options]) != 0:
            raise RuntimeError("the example does not compile")
        module = read_program(path).module
    machine = machine_from_module(module, load_target("wse2").target.with_grid(420, 420))
    return measured("llama3_8b, 1 layer, 420 x 420, timing only", machine, 0, engines, 1, data=False)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--width", type=int, default=750)
    parser.add_argument("--height", type=int, default=994)
    parser.add_argument("--wavelets", type=int, default=16)
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the fastest counts")
    parser.add_argument("--engine", choices=("both", "stream", "wavelet"), default="both")
    parser.add_argument("--llama", action="store_true", help="measure the Llama 3 8B shapes, too")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    engines = ["stream", "wavelet"] if options.engine == "both" else [options.engine]
    rows = wafer_rows(options, engines)
    if options.llama:
        rows += llama(engines)
    if options.json:
        print(json.dumps({"rows": [asdict(row) for row in rows]}, indent=2))
    else:
        for row in rows:
            certificate = f", {row.certificate}" if row.certificate else ""
            print(
                f"{row.work}: {row.engine}: {row.cycles:,} cycles, {row.link_hops:,} link-hops in "
                f"{row.seconds:.3f} s ({row.memory_bytes / 1e9:.2f} GB so far{certificate})"
                + ("" if row.agrees else ": DIFFERENT")
            )
    return not all(row.agrees for row in rows)


if __name__ == "__main__":
    sys.exit(main())
