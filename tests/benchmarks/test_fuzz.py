"""The fuzzer: a few thousand inputs in every run of the tests, and that it would find what it looks for."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from random import Random

import fuzz
import pytest
from fuzzing.campaign import attempt, run
from fuzzing.limits import TooSlowError, limited
from fuzzing.minimise import minimise
from fuzzing.targets import TARGETS, BrokenPromiseError, Outcome, Target, input_of

from .conftest import BENCHMARKS

SEED = 1
QUICK = {"wdl": 300, "fmt": 200, "mlir": 600, "wsx": 250, "session": 100, "pipeline": 800, "toml": 300}
SLOW = 5000


def problems(name: str, first: int, count: int) -> list[str]:
    """What failed, each with its smallest input."""
    tally = run(TARGETS[name], SEED, range(first, first + count))
    assert tally.inputs == tally.accepted + tally.rejected + len(tally.failures) == count
    assert tally.accepted
    assert len(tally.messages) > 5
    return [f"{f.target}:{f.number} {f.kind}\n{f.report}\n{f.minimal!r}" for f in tally.failures]


@pytest.mark.parametrize("name", TARGETS)
def test_inputs_are_treated_well(name: str) -> None:
    assert problems(name, 0, QUICK[name]) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_more_inputs_are_treated_well(name: str) -> None:
    assert problems(name, QUICK[name], SLOW) == []


# ---- inputs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TARGETS)
def test_an_input_depends_on_seed_and_number_alone(name: str) -> None:
    target = TARGETS[name]
    inputs = [input_of(target, SEED, number) for number in range(20)]
    assert [input_of(target, SEED, number) for number in reversed(range(20))] == inputs[::-1]
    assert len(set(inputs)) > 15
    assert inputs != [input_of(target, SEED + 1, number) for number in range(20)]


def test_the_command_gives_the_same_whatever_the_hash_seed() -> None:
    command = [sys.executable, str(BENCHMARKS / "fuzz.py"), "mlir", "--count", "60", "--seed", "1", "--json"]
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    result = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    (target,) = json.loads(result.stdout)["targets"]
    here = fuzz.as_json("mlir", run(TARGETS["mlir"], 1, range(60)))
    timeless = here.keys() - {"seconds", "slowest"}
    assert {key: target[key] for key in timeless} == {key: here[key] for key in timeless}
    assert target["inputs"] == 60


# ---- what it finds ---------------------------------------------------------------------------------


def raises(check: Callable[[bytes], None]) -> Target:
    """A target of short random inputs of the letters a to d, on which `check` may fail."""

    def checked(data: bytes) -> Outcome:
        check(data)
        return Outcome(True)

    return Target("test", lambda random: bytes(random.choices(b"abcd\n", k=60)), checked)


def test_a_mistake_is_found_once_and_cut_down() -> None:
    def check(data: bytes) -> None:
        if b"ab" in data and b"c" in data.split(b"\n")[-1]:
            raise KeyError("lost")

    tally = run(raises(check), SEED, range(50))
    (failure,) = tally.failures
    assert tally.accepted < 50
    assert failure.kind.startswith("KeyError in check")
    assert "KeyError: 'lost'" in failure.report
    assert input_of(raises(check), SEED, failure.number) == failure.data
    assert failure.minimal in (b"ab\nc", b"abc", b"cab")


def test_broken_promises_are_told_apart_by_what_they_say() -> None:
    def check(data: bytes) -> None:
        raise BrokenPromiseError(f"starts with {'a letter' if data[:1].isalpha() else 'an end'}: {data[0]}")

    tally = run(raises(check), SEED, range(50))
    assert {failure.kind for failure in tally.failures} == {
        "BrokenPromiseError: starts with a letter: _",
        "BrokenPromiseError: starts with an end: _",
    }


def test_an_endless_recursion_is_a_failure() -> None:
    def check(data: bytes) -> None:
        check(data)

    outcome = attempt(raises(check), b"")
    assert isinstance(outcome, tuple)
    assert outcome[0] == "RecursionError"


def test_what_takes_too_long_is_stopped() -> None:
    def endless() -> None:
        while True:
            sum(range(100))

    with pytest.raises(TooSlowError), limited(cpu_seconds=0.05):
        endless()
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_an_endless_loop_in_c_ends_with_the_process() -> None:
    program = "from fuzzing.limits import limited\nwith limited(0.02): sum(iter(int, 1))\n"
    result = subprocess.run([sys.executable, "-c", program], cwd=BENCHMARKS, check=False)
    assert result.returncode == -signal.SIGVTALRM


def test_what_takes_too_much_memory_is_a_failure() -> None:
    program = (
        "from fuzzing.limits import limited, TooLargeError\n"
        "with limited(): bytes(1 << 20)\n"
        "try:\n with limited(): bytearray(b'x') * (80 << 20)\n"
        "except TooLargeError as error: print(error)\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=BENCHMARKS
    )
    assert result.stdout == "more than 64 MiB\n"


def test_a_process_that_dies_is_a_failure_of_the_input_that_ran() -> None:
    worker = fuzz.Worker(SEED)
    worker.give(("pipeline", 7, 10_000_000))
    while worker.current.value < 7:
        time.sleep(0.01)
    worker.process.kill()
    (failure,) = worker.take().failures
    assert failure.number >= 7
    assert failure.kind == "the process died with status -9"
    assert failure.data == input_of(TARGETS["pipeline"], SEED, failure.number)
    worker.give(("pipeline", 0, 5))
    assert worker.take().inputs == 5
    worker.give(None)
    worker.process.join()


def test_minimising_leaves_only_what_matters_and_ends() -> None:
    random = Random(0)
    data = random.randbytes(200) + b"\nneedle\n" + random.randbytes(200)
    assert minimise(data, lambda piece: b"eed" in piece) == b"eed"
    tries: list[bytes] = []

    def counted(piece: bytes) -> bool:
        tries.append(piece)
        return b"eed" in piece

    assert b"eed" in minimise(data, counted, tries=10)
    assert len(tries) == 10


def test_a_failure_is_replayed_by_its_number() -> None:
    command = [sys.executable, str(BENCHMARKS / "fuzz.py"), "--replay", "pipeline:3", "--seed", "1"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    outcome = attempt(TARGETS["pipeline"], input_of(TARGETS["pipeline"], 1, 3))
    assert isinstance(outcome, Outcome)
    assert result.stdout.splitlines() == ["accepted" if outcome.accepted else "rejected", *outcome.messages]
