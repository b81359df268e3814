"""Calibration: two numbers of a target fitted to measured MeshGEMM runs, and what the fit predicts.

The file has rows P, M, K, N, compute_passes, mean_cycle: C[M, N] = A[M, K] B[K, N] in f16 on P x P PEs with
so many products per shift, mean cycles over the PEs. `meshgemm.py` runs the same on the target's machine.
Fitted, as integers, to the least mean relative error over the rows of one grid size only:

    vector_call_cycles   what each call of a vector operation costs beside its elements
    await_cycles         what joining started streams costs

All other numbers stay as the target has them. The rows of other grid sizes are predictions.

    python benchmarks/calibration.py MEASURED.csv [--fit-grid 3] [--target wse3] [--rows] [--json FILE]
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

import meshgemm
import numpy as np
from meshgemm import Shape

from wsc.ir.operation import Operation
from wsc.ir.target import Target, load_target
from wsc.runtime.machine import Machine
from wsc.runtime.module import machine_from_module

FITTED: Mapping[str, range] = {"vector_call_cycles": range(33), "await_cycles": range(129)}
"""The numbers that are fitted, and where they are looked for."""
COLUMNS = ("P", "M", "K", "N", "compute_passes", "mean_cycle")


@dataclass(frozen=True, slots=True)
class Measured:
    """A measured run: `cycles` is a mean over PEs."""

    shape: Shape
    cycles: float


@dataclass(frozen=True, slots=True)
class Compared:
    """A measured run beside the machine's; cycles of both are means over PEs, `error` is relative."""

    P: int
    M: int
    K: int
    N: int
    passes: int
    measured: float
    simulated: float
    error: float


def read_measured(lines: Iterable[str]) -> list[Measured]:
    """Return the rows of a CSV file whose comments start with #. Raises `ValueError` for a bad row."""
    numbered = [(n, line) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    reader = csv.DictReader(line for _, line in numbered)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"the columns are {reader.fieldnames}, not {', '.join(COLUMNS)}")
    result: list[Measured] = []
    for (number, _), row in zip(numbered[1:], reader, strict=True):
        try:
            P, M, K, N, passes = (int(row[name]) for name in COLUMNS[:-1])
            cycles = float(row[COLUMNS[-1]])
            result.append(Measured(Shape(P, M, K, N, passes), cycles))
        except (TypeError, ValueError) as error:
            raise ValueError(f"line {number}: {error}") from error
        if not cycles > 0:
            raise ValueError(f"line {number}: a run takes more than {cycles} cycles")
    return result


def mean_error(rows: Sequence[Measured], simulated: Callable[[Shape], float]) -> float:
    """Return the mean of |simulated / measured - 1|."""
    return float(np.mean([abs(simulated(row.shape) / row.cycles - 1) for row in rows]))


def fit(
    rows: Sequence[Measured],
    simulated: Callable[[Shape, Mapping[str, int]], float],
    ranges: Mapping[str, range],
    start: Mapping[str, int],
) -> dict[str, int]:
    """Return the integers in `ranges` with the least mean relative error over `rows`.

    Searched from `start` along one number after the other with steps that halve, until no step of 1, nor two
    such steps at once, makes it less. Times grow linearly with each number as long as none hides another, so
    the error is convex and that is the best there is.
    """
    names = list(ranges)

    @cache
    def error(values: tuple[int, ...]) -> float:
        numbers = dict(zip(names, values, strict=True))
        return mean_error(rows, lambda shape: simulated(shape, numbers))

    best = tuple(start[name] for name in names)
    step = max(len(candidates) for candidates in ranges.values()) // 4 or 1
    while True:
        moves = [tuple(step * int(k == index) for k in range(len(names))) for index in range(len(names))]
        if step == 1:
            moves += [tuple(a - b for a, b in zip(p, q, strict=True)) for p in moves for q in moves if p != q]
        near = [
            tuple(v + sign * m for v, m in zip(best, move, strict=True)) for move in moves for sign in (1, -1)
        ]
        near = [
            values for values in near if all(v in ranges[name] for v, name in zip(values, names, strict=True))
        ]
        # The least error; among equals the smallest numbers, so that the result depends on nothing else.
        following = min((best, *near), key=lambda values: (error(values), values))
        if error(following) < error(best):
            best = following
        elif step > 1:
            step //= 2
        else:
            return dict(zip(names, best, strict=True))


# ---- the machine ---------------------------------------------------------------------------------


class Simulator:
    """Runs MeshGEMM on the machine of a target, with some of its numbers changed."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._modules: dict[Shape, Operation] = {}
        self._cycles: dict[tuple[Shape, Target], float] = {}

    def machine(self, shape: Shape, numbers: Mapping[str, int]) -> tuple[Machine, Target]:
        """Return the machine for a run, and its target."""
        target = replace(self.target, **numbers)
        if shape not in self._modules:
            self._modules[shape] = meshgemm.meshgemm_module(shape, self.target)
        return machine_from_module(self._modules[shape], target), target

    def cycles(self, shape: Shape, numbers: Mapping[str, int]) -> float:
        """Return the mean cycle at which a PE ends."""
        key = shape, replace(self.target, **numbers)
        if key not in self._cycles:
            machine, _ = self.machine(shape, numbers)
            self._cycles[key] = float(machine.run_step().end_cycles.mean())
        return self._cycles[key]

    def product_error(self, shape: Shape, numbers: Mapping[str, int]) -> float:
        """Return how far a product of random numbers is from NumPy's in f64, relative to its largest."""
        rng = np.random.default_rng(0)
        A, B = (
            rng.uniform(-1, 1, size).astype(np.float16) for size in ((shape.M, shape.K), (shape.K, shape.N))
        )
        machine, _ = self.machine(shape, numbers)
        meshgemm.load(machine, shape, A, B)
        machine.run_step()
        wanted = shape.passes * (A.astype(np.float64) @ B.astype(np.float64))
        difference = np.abs(meshgemm.unload(machine, shape) - wanted).max()
        return float(difference / np.abs(wanted).max()) if shape.passes else float(difference)


def compare(rows: Sequence[Measured], simulator: Simulator, numbers: Mapping[str, int]) -> list[Compared]:
    """Return all rows beside what the machine takes."""
    result: list[Compared] = []
    for row in rows:
        shape, simulated = row.shape, simulator.cycles(row.shape, numbers)
        error = simulated / row.cycles - 1
        result.append(
            Compared(shape.P, shape.M, shape.K, shape.N, shape.passes, row.cycles, simulated, error)
        )
    return result


# ---- the report ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Summary:
    """Errors in percent over some rows."""

    group: str
    rows: int
    mean: float
    """Mean of the absolute relative error."""
    bias: float
    """Mean of the relative error with its sign."""
    largest: float


def summary(group: str, errors: Sequence[float]) -> Summary:
    """Return the errors of a group of rows in percent."""
    percent = 100 * np.array(errors)
    return Summary(
        group, len(errors), float(abs(percent).mean()), float(percent.mean()), float(abs(percent).max())
    )


def summaries(compared: Sequence[Compared], fit_grid: int) -> list[Summary]:
    """Return the errors of each grid, whole, by passes and by the height of a tile."""
    result: list[Summary] = []
    for P in sorted({row.P for row in compared}):
        mine = [row for row in compared if row.P == P]
        result.append(
            summary(f"P = {P}, {'fitted' if fit_grid == P else 'predicted'}", [row.error for row in mine])
        )
        for passes in sorted({row.passes for row in mine}):
            errors = [row.error for row in mine if row.passes == passes]
            result.append(summary(f"  {passes} passes a step", errors))
        for low in range(1, max(row.M // P for row in mine) + 1, 4):
            errors = [row.error for row in mine if low <= row.M // P < low + 4]
            if errors:
                result.append(summary(f"  vectors of {low} to {low + 3}", errors))
    return result


@dataclass(frozen=True, slots=True)
class Part:
    """Cycles of the parts of a run: measured, simulated."""

    P: int
    Mt: int
    fabric: tuple[float, float]
    """A step without a product: the whole run of 0 passes over P + P // 2."""
    first: tuple[float, float]
    """What the first product of a step adds, per call of a vector operation."""
    second: tuple[float, float]
    """What the second one adds, per call."""


def parts(compared: Sequence[Compared]) -> list[Part]:
    """Return the parts of all shapes that were run with 0, 1 and 2 passes."""
    by_shape: dict[tuple[int, int, int, int], dict[int, Compared]] = {}
    for row in compared:
        by_shape.setdefault((row.P, row.M, row.K, row.N), {})[row.passes] = row
    result: list[Part] = []
    for (P, M, K, N), found in by_shape.items():
        if not {0, 1, 2} <= found.keys():
            continue
        calls = P * (K // P) * (N // P)
        runs = [(found[passes].measured, found[passes].simulated) for passes in range(3)]
        fabric, first, second = zip(
            *(
                (zero / (P + P // 2), (one - zero) / calls, (two - one) / calls)
                for zero, one, two in zip(*runs, strict=True)
            ),
            strict=True,
        )
        result.append(Part(P, M // P, fabric, first, second))
    return result


def print_report(compared: Sequence[Compared], fit_grid: int, rows: bool) -> None:
    """Print the tables."""
    print("\nerror of the mean cycle, percent     rows    mean    bias  largest")
    for line in summaries(compared, fit_grid):
        print(f"{line.group:36s} {line.rows:4d} {line.mean:7.2f} {line.bias:+7.2f} {line.largest:8.2f}")
    print("\n             a shift without      a call of the       a call of the")
    print(" P  vector   a product            first product       second product")
    print("             measured simulated   measured simulated  measured simulated")
    for part in parts(compared):
        print(
            f"{part.P:2d} {part.Mt:7d}   {part.fabric[0]:8.1f} {part.fabric[1]:9.1f}   {part.first[0]:8.2f} "
            f"{part.first[1]:9.2f}  {part.second[0]:8.2f} {part.second[1]:9.2f}"
        )
    if rows:
        print("\n  P    M    K    N  passes  measured  simulated   error")
        for row in compared:
            print(
                f"{row.P:3d} {row.M:4d} {row.K:4d} {row.N:4d} {row.passes:7d} {row.measured:9.2f} "
                f"{row.simulated:10.2f} {100 * row.error:+6.2f}%"
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("measured", type=Path, help="CSV file of measured runs")
    parser.add_argument(
        "--fit-grid", type=int, default=3, metavar="P", help="fit on this grid size (default 3)"
    )
    parser.add_argument("--target", default="wse3", help="a target's name or file (default wse3)")
    parser.add_argument("--rows", action="store_true", help="print every row")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON")
    options = parser.parse_args()
    try:
        with options.measured.open(encoding="utf-8") as lines:
            measured = read_measured(lines)
    except (OSError, ValueError) as error:
        parser.error(f"{options.measured}: {error}")
    chosen = [row for row in measured if options.fit_grid == row.shape.P]
    if not chosen:
        parser.error(f"{options.measured}: no row has P = {options.fit_grid}")
    target = load_target(options.target).target
    simulator = Simulator(target)
    present = {name: getattr(target, name) for name in FITTED}
    fitted = fit(chosen, simulator.cycles, FITTED, present)
    print(f"fitted on {len(chosen)} rows with P = {options.fit_grid}, all else as {target.name} has it:")
    for name, value in fitted.items():
        source = f"fit: MeshGEMM on the WSE-3 simulator, P = {options.fit_grid} (benchmarks/calibration.py)"
        print(f'{name} = {{ value = {value}, source = "{source}" }}  # {target.name} has {present[name]}')
    compared = compare(measured, simulator, fitted)
    print_report(compared, options.fit_grid, options.rows)
    worst = max(simulator.product_error(row.shape, fitted) for row in measured)
    print(
        f"\nall {len(measured)} products are within {worst:.1e} of NumPy's in f64, "
        "relative to the largest element"
    )
    if options.json is not None:
        report = {
            "target": target.name,
            "fit_grid": options.fit_grid,
            "fitted": fitted,
            "present": present,
            "errors_percent": [asdict(line) for line in summaries(compared, options.fit_grid)],
            "parts": [asdict(part) for part in parts(compared)],
            "rows": [asdict(row) for row in compared],
            "product_error": worst,
        }
        options.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
