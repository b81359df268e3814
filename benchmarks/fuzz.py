"""Fuzz the parsers and the loader of program files: nothing but clean diagnostics, no hang, bounded memory.

    python benchmarks/fuzz.py wdl mlir wsx [--count 20000] [--seed 0] [--jobs 1] [--minutes M] [--json]
    python benchmarks/fuzz.py --replay wdl:123 [--seed 0] [--write FILE]

Input i of a target depends on the seed, the target and i (and on the texts in the repository that mutations
start from), so a failure is replayed by its number. The exit status is 1 if an input failed; its smallest
part that still fails is printed. Targets: wdl (front end), fmt (formatter), mlir (parser, verifier, printer),
wsx (program files), session (machines made of these), pipeline (pass pipelines), toml (targets' files).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from fuzzing.campaign import Failure, Tally, attempt, run
from fuzzing.limits import limit_address_space
from fuzzing.targets import TARGETS, Outcome, input_of

BLOCK = 500
"""Inputs that a worker takes at a time."""


# ---- workers ---------------------------------------------------------------------------------------


def work(connection: Connection, current: Any, seed: int) -> None:
    """Run blocks of inputs, (target, first, end), until told None; `current` holds the number that runs."""
    limit_address_space()

    def starting(number: int) -> None:
        current.value = number

    while (block := connection.recv()) is not None:
        name, first, end = block
        connection.send(run(TARGETS[name], seed, range(first, end), starting))


class Worker:
    """A process that runs blocks; a new one takes the place of one that died."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.context = multiprocessing.get_context("spawn")
        self.block: tuple[str, int, int] | None = None
        self.start()

    def start(self) -> None:
        """Start the process."""
        self.current = self.context.Value("q", -1, lock=False)
        self.connection, other = self.context.Pipe()
        self.process = self.context.Process(target=work, args=(other, self.current, self.seed), daemon=True)
        self.process.start()
        other.close()

    def give(self, block: tuple[str, int, int] | None) -> None:
        """Let it run a block, or end."""
        self.block = block
        self.connection.send(block)

    def take(self) -> Tally:
        """Return what came of the block. If the process died, the input that it was at failed."""
        assert self.block is not None
        try:
            return self.connection.recv()
        except EOFError:
            self.process.join()
            name, number = self.block[0], self.current.value
            kind = f"the process died with status {self.process.exitcode}"
            data = input_of(TARGETS[name], self.seed, number)
            tally = Tally(inputs=number + 1 - self.block[1])
            tally.failures.append(Failure(name, number, kind, kind, data, data))
            self.start()
            return tally


def fuzz(names: list[str], seed: int, count: int, jobs: int, minutes: float | None) -> dict[str, Tally]:
    """Run `count` inputs of each target, as many as are possible within `minutes`."""
    blocks = [(name, first, min(count, first + BLOCK)) for first in range(0, count, BLOCK) for name in names]
    blocks.reverse()
    tallies = {name: Tally() for name in names}
    end = None if minutes is None else time.monotonic() + 60 * minutes
    workers = [Worker(seed) for _ in range(min(jobs, len(blocks)))]
    busy: dict[Any, Worker] = {}
    for worker in workers:
        worker.give(blocks.pop())
        busy[worker.connection] = worker
    while busy:
        for connection in wait(list(busy)):
            worker = busy.pop(connection)
            assert worker.block is not None
            tallies[worker.block[0]].add(worker.take())
            in_time = end is None or time.monotonic() < end
            worker.give(blocks.pop() if blocks and in_time else None)
            if worker.block is not None:
                busy[worker.connection] = worker
    for worker in workers:
        worker.process.join()
    return tallies


# ---- reports ---------------------------------------------------------------------------------------


def as_json(name: str, tally: Tally) -> dict[str, object]:
    """Return what is said of a target."""
    return {
        "target": name,
        "inputs": tally.inputs,
        "accepted": tally.accepted,
        "rejected": tally.rejected,
        "distinct_messages": len(tally.messages),
        "seconds": round(tally.seconds, 2),
        "slowest": {"replay": f"{name}:{tally.slowest_number}", "seconds": round(tally.slowest, 3)},
        "failures": [failure.as_json() for failure in tally.failures],
    }


def report(name: str, tally: Tally) -> None:
    """Print what came of the inputs of a target, and of each failure an input that is ready for a test."""
    print(
        f"{name:9}{tally.inputs:>9,} inputs  {tally.accepted:>8,} accepted  {tally.rejected:>8,} rejected  "
        f"{len(tally.messages):>5} messages  {tally.seconds:9.1f} s  slowest {tally.slowest:.3f} s"
    )
    for failure in tally.failures:
        print(f"\n{name}:{failure.number} failed: {failure.kind}\n{failure.report}")
        print(
            f"the smallest input that fails alike, of {len(failure.data)} bytes:\n\n    {failure.minimal!r}\n"
        )


def replay(name: str, number: int, seed: int, file: str | None) -> bool:
    """Run one input again and say what comes of it; return whether it is treated well."""
    target = TARGETS[name]
    data = input_of(target, seed, number)
    if file is not None:
        Path(file).write_bytes(data)
    limit_address_space()
    outcome = attempt(target, data)
    if isinstance(outcome, Outcome):
        print("accepted" if outcome.accepted else "rejected", *outcome.messages, sep="\n")
        return True
    report(name, run(target, seed, [number]))
    return False


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "targets", nargs="*", metavar="TARGET", help=f"any of {', '.join(TARGETS)}; default: all"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int, default=20_000, help="inputs of each target")
    parser.add_argument("--jobs", type=int, default=1, help="processes")
    parser.add_argument("--minutes", type=float, help="begin nothing new after this time")
    parser.add_argument("--replay", metavar="TARGET:NUMBER", help="run one input again")
    parser.add_argument("--write", metavar="FILE", help="write the replayed input to a file")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    names = arguments.targets or list(TARGETS)
    if arguments.replay:
        name, _, number = arguments.replay.partition(":")
        names = [name]
    if unknown := [name for name in names if name not in TARGETS]:
        parser.error(f"no target {', '.join(unknown)}")
    if arguments.replay:
        return 0 if replay(names[0], int(number), arguments.seed, arguments.write) else 1
    tallies = fuzz(names, arguments.seed, arguments.count, arguments.jobs, arguments.minutes)
    if arguments.json:
        result = {
            "seed": arguments.seed,
            "targets": [as_json(name, tally) for name, tally in tallies.items()],
        }
        print(json.dumps(result))
    else:
        for name, tally in tallies.items():
            report(name, tally)
    return 1 if any(tally.failures for tally in tallies.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
