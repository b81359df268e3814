"""Run one machine on both engines and say in what they differ: operation by operation and bit by bit."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wsc.runtime import bytecode as bc
from wsc.runtime.critical_path import breakdown_of
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine, StepResult
from wsc.runtime.wavelet.state import DIRECTIONS, LOG_RUNS

CERTIFIED, CONFLICT = "certified", "conflict"
_MOST_SHOWN = 6
_FIELDS = ("PE", "pc", "start", "first slot", "last slot", "count")


@dataclass(frozen=True, slots=True)
class Observation:
    """What one engine said of one step: `result` if it ended, else why it did not."""

    verdict: str
    """`ended`, `conflict`, or a fault's kind"""
    where: str = ""
    result: StepResult | None = None
    memory: NDArray[np.uint16] | None = None


@dataclass(slots=True)
class Outcome:
    """A comparison: `verdict` is `certified`, `conflict` or the kind of the fault that both engines found."""

    verdict: str
    operations: int = 0
    cycles: int = 0
    where: str = ""
    differences: list[str] = field(default_factory=lambda: list[str]())
    settled: bool = False
    """Certified although colors met."""
    needless: bool = False
    """A conflict that the wavelet engine does not see."""


def observe(machine: Machine, engine: str, position: int = 0, data: bool = True) -> Observation:
    """Run one step of `machine` on `engine`, for timing only unless `data`."""
    try:
        result = machine.run_step(
            {"position": position},
            engine=engine,
            data=data,
            log_level=LOG_RUNS,
            count_loads=True,
        )
    except MachineFault as fault:
        return Observation(fault.kind, str(fault))
    return Observation("ended", "", result, machine.sram.copy())


def compare(wavelet: Machine, stream: Machine, position: int = 0, data: bool = True) -> Outcome:
    """Compare the wavelet engine on one machine with the stream engine on another, usually its twin.

    After a conflict the step is done once more on the other machine, by the wavelet engine, as `auto` does:
    that must give the same as if nothing had happened before.
    """
    one, two = observe(wavelet, "wavelet", position, data), observe(stream, "stream", position, data)
    outcome = Outcome(two.verdict, cycles=one.result.cycles if one.result else 0, where=two.where)
    if two.verdict == CONFLICT:
        outcome.needless = one.result is not None and not one.result.contended
        again = observe(stream, "wavelet", position, data)
        outcome.differences += [
            f"after a conflict: {text}" for text in contrasts(wavelet, one, stream, again)
        ]
        return outcome
    outcome.verdict = CERTIFIED if two.result is not None else one.verdict
    outcome.differences += contrasts(wavelet, one, stream, two)
    if one.result is not None and two.result is not None:
        outcome.operations = len(operations_of(one.result))
        outcome.settled = two.result.certificate == "settled"
    return outcome


def contrasts(machine: Machine, one: Observation, other: Machine, two: Observation) -> list[str]:
    """Return in what two observations differ, of one machine and the other."""
    if one.result is None or two.result is None:
        if one.verdict == two.verdict:
            return []
        return [f"{one.verdict} and {two.verdict}\n{one.where}\n{two.where}"]
    found = differences(machine, one.result, two.result) + memory_differences(machine, one, two)
    if not found:
        path = breakdown_of(machine, one.result), breakdown_of(other, two.result)
        if path[0] != path[1]:
            found.append(f"critical paths differ: {path[0]} and {path[1]}")
    return found


def operations_of(result: StepResult) -> NDArray[np.int64]:
    """Return the table of a step's operations."""
    assert result.log is not None, "every step here keeps a log"
    return result.log.operations()


def memory_differences(machine: Machine, one: Observation, two: Observation) -> list[str]:
    """Return in what two memories differ."""
    assert one.memory is not None
    assert two.memory is not None
    if np.array_equal(one.memory, two.memory):
        return []
    differ = one.memory != two.memory
    pe, half = np.argwhere(differ)[0].tolist()
    return [
        f"{np.count_nonzero(differ)} halves of memory differ, first at byte {2 * half} of "
        f"{place_of(machine, pe)}: {one.memory[pe, half]:#06x} and {two.memory[pe, half]:#06x}"
    ]


def differences(machine: Machine, one: StepResult, two: StepResult) -> list[str]:
    """Return in what two results differ, operations first."""
    found: list[str] = []
    a, b = operations_of(one), operations_of(two)
    if len(a) != len(b):
        found.append(f"{len(a)} and {len(b)} operations")
    else:
        rows = np.flatnonzero((a != b).any(axis=1))
        # The earliest is the likeliest cause of the others.
        rows = rows[np.argsort(np.minimum(a[rows, 3], b[rows, 3]), kind="stable")]
        for row in rows[:_MOST_SHOWN].tolist():
            found.append(f"{operation_text(machine, a[row])}: {values(a[row])} and {values(b[row])}")
        if len(rows) > _MOST_SHOWN:
            found.append(f"{len(rows)} operations differ")
    ends = np.flatnonzero(one.end_cycles != two.end_cycles)
    if ends.size:
        pe = int(ends[0])
        found.append(
            f"{ends.size} PEs end at other cycles, first {place_of(machine, pe)}: "
            f"{one.end_cycles[pe]} and {two.end_cycles[pe]}"
        )
    for name in ("cycles", "link_hops", "ramp_hops", "wavelets", "contended"):
        if getattr(one, name) != getattr(two, name):
            found.append(f"{name}: {getattr(one, name)} and {getattr(two, name)}")
    assert one.loads is not None
    assert two.loads is not None
    if not np.array_equal(one.loads, two.loads):
        direction, y, x = np.argwhere(one.loads != two.loads)[0].tolist()
        found.append(
            f"loads of links differ, first at ({x}, {y}) {DIRECTIONS[direction]}: "
            f"{one.loads[direction, y, x]} and {two.loads[direction, y, x]} wavelets"
        )
    return found


def values(row: NDArray[np.int64]) -> str:
    """Return the times of a row of the table of operations."""
    return ", ".join(f"{name} {value}" for name, value in zip(_FIELDS[2:], row[2:].tolist(), strict=True))


def operation_text(machine: Machine, row: NDArray[np.int64]) -> str:
    """Return which operation a row of the table is."""
    name = bc.OPCODE_NAMES[int(machine.code[int(row[1]), bc.OPCODE])]
    return f"{place_of(machine, int(row[0]))} {name} (pc {row[1]})"


def place_of(machine: Machine, pe: int) -> str:
    """Return a PE by its coordinates."""
    return f"PE ({machine.pe_x[pe]}, {machine.pe_y[pe]})"
