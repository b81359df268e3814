"""Speed of an engine on a wafer that is busy with broadcasts and reductions.

`mesh`: each row of a 64 x 64 mesh broadcasts a vector from its first PE and chain-reduces one back, then
columns do the same on colors of their own, several times over; what counts is link-hops per second. `wafer`:
on all 750 x 994 PEs of a WSE-2 rows broadcast 16 wavelets, then columns chain-reduce them; what counts is how
long building the machine and running it take, and the memory.

    python benchmarks/wavelet_speed.py [mesh] [--size N] [--wavelets B] [--rounds R] [--dtype f32|f16]
    python benchmarks/wavelet_speed.py wafer [--size WxH] [--wavelets B]

Seconds are those of the clock and, for runs, of the CPU too: on a machine that does other work besides only
the latter say how fast the engine is.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from dataclasses import asdict, dataclass

import numpy as np
from wafer_traffic import busy_mesh, whole_wafer

from wsc.runtime import bytecode as bc
from wsc.runtime.engine import prepare_engine
from wsc.runtime.machine import Machine


@dataclass(frozen=True, slots=True)
class Measured:
    """One machine, built once and run several times."""

    traffic: str
    engine: str
    pes: int
    wavelets: int
    cycles: int
    link_hops: int
    build_seconds: float
    build_peak_mb: float
    """Most memory of the process while it built the machine, what the engine takes included."""
    run_seconds: tuple[float, ...]
    run_cpu_seconds: tuple[float, ...]
    run_peak_mb: float

    @property
    def speed(self) -> float:
        """Million link-hops per second of the CPU in the fastest run."""
        return self.link_hops / min(self.run_cpu_seconds) / 1e6

    def row(self) -> str:
        """Return the line of a table."""
        memory = f"{self.build_peak_mb:8.0f} {self.run_peak_mb:8.0f}"
        seconds = f"{self.build_seconds:7.2f} {min(self.run_seconds):7.3f} {min(self.run_cpu_seconds):7.3f}"
        traffic = f"{self.pes:7} {self.wavelets:8} {self.cycles:7} {self.link_hops:10}"
        return f"{self.traffic:14} {self.engine:8} {traffic} {seconds} {memory} {self.speed:8.1f}"


HEADER = (
    f"{'traffic':14} {'engine':8} {'PEs':>7} {'wavelets':>8} {'cycles':>7} {'link-hops':>10} {'build s':>7} "
    f"{'run s':>7} {'CPU s':>7} {'build MB':>8} {'run MB':>8} {'Mhops/s':>8}"
)


def peak_mb() -> float:
    """Return the most memory that the process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def build(options: argparse.Namespace) -> Machine:
    """Return the machine that the options ask for."""
    if options.traffic == "mesh":
        size = int(options.size or 64)
        return busy_mesh(size, options.wavelets or 256, options.rounds, bc.TYPE_NUMBERS[options.dtype])
    width, height = (int(number) for number in (options.size or "750x994").split("x"))
    return whole_wafer(width, height, options.wavelets or 16)


def measure(options: argparse.Namespace) -> Measured:
    """Build and run; check that what arrives is the sum of what was sent."""
    start = time.perf_counter()
    machine = build(options)
    build_seconds, build_peak = time.perf_counter() - start, peak_mb()
    seconds: list[float] = []
    cpu_seconds: list[float] = []
    for _ in range(options.repeat):
        machine.floats[...] = np.float32(2**-10)
        start, cpu_start = time.perf_counter(), time.process_time()
        result = machine.run_step(engine=options.engine)
        cpu_seconds.append(time.process_time() - cpu_start)
        seconds.append(time.perf_counter() - start)
    # Whole wafer: every PE has its row's broadcast; the first of each column has the sum of all.
    if options.traffic == "wafer" and not (machine.floats[: machine.width] == machine.height * 2**-10).all():
        raise SystemExit("the reduction's result is wrong")
    return Measured(
        f"{options.traffic} {machine.width}x{machine.height}",
        options.engine,
        machine.pes,
        machine.sram_bytes // 4,
        result.cycles,
        result.link_hops,
        build_seconds,
        build_peak,
        tuple(seconds),
        tuple(cpu_seconds),
        peak_mb(),
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("traffic", nargs="?", choices=("mesh", "wafer"), default="mesh")
    parser.add_argument("--size", help="PEs each way: 64 for a mesh, 750x994 for a wafer")
    parser.add_argument("--wavelets", type=int, help="wavelets a message (256 on a mesh, 16 on a wafer)")
    parser.add_argument("--rounds", type=int, default=4, help="times over, on a mesh (4)")
    parser.add_argument("--dtype", choices=("f16", "f32"), default="f32", help="of a mesh's vectors")
    parser.add_argument("--engine", choices=("wavelet", "stream"), default="wavelet")
    parser.add_argument("--repeat", type=int, default=3, help="runs (3)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    start = time.perf_counter()
    prepare_engine(engine=options.engine)
    ready = time.perf_counter() - start
    found = measure(options)
    if options.json:
        speed = {"engine_ready_seconds": ready, "million_link_hops_per_second": found.speed}
        print(json.dumps(asdict(found) | speed))
        return
    print(f"engine ready after {ready:.2f} s")
    print(HEADER)
    print(found.row())


if __name__ == "__main__":
    main()
