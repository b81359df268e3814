"""Programs in which one thing was made wrong: refused, stopped by a fault that says where, or harmless."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from wsc.ir.attributes import ArrayAttr, IntegerAttr, StringAttr, i64, i64_array, string
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.dialects.fabric import DIRECTIONS, numbers
from wsc.ir.operation import Operation
from wsc.ir.program_check import check_program
from wsc.ir.target import Target
from wsc.ir.verifier import verify
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import StepResult
from wsc.runtime.module import machine_from_module

from ..support.compiled import SMALL_TALE, TINY, compile_model
from ..support.wdl import TALE

GRID = (4, 3)
RIGHT = compile_model(TALE, GRID, SMALL_TALE).module
TARGET: Target = TINY.with_grid(*GRID)


def communications(module: Operation) -> list[Operation]:
    names = ("pe.send", "pe.recv", "pe.recv_reduce", "pe.recv_reduce_forward")
    return [op for op in module.walk() if op.name in names]


def erase_a_communication(module: Operation, random: Random) -> None:
    random.choice(communications(module)).erase()


def change_a_channel(module: Operation, random: Random) -> None:
    op = random.choice(communications(module))
    key = random.choice([key for key in op.attributes if key.endswith("channel")])
    op.attributes[key] = i64(random.randrange(12))


def change_a_constant(module: Operation, random: Random) -> None:
    op = random.choice([op for op in module.walk() if op.name == "pe.constant"])
    old = op.attribute("value", IntegerAttr).value
    op.attributes["value"] = i64(random.choice([0, -1, old + 1, 3 * old + 7, 1 << 20]))


def routes(module: Operation) -> list[Operation]:
    return [op for op in module.body.operations if op.name == "fabric.route"]


def erase_a_route(module: Operation, random: Random) -> None:
    random.choice(routes(module)).erase()


def turn_a_route(module: Operation, random: Random) -> None:
    op = random.choice(routes(module))
    if random.random() < 0.5:
        op.attributes["input"] = string(random.choice(DIRECTIONS))
    else:
        outputs = random.sample(DIRECTIONS, random.randrange(1, 4))
        op.attributes["outputs"] = ArrayAttr(tuple(map(StringAttr, outputs)))


def move_a_route(module: Operation, random: Random) -> None:
    op = random.choice(routes(module))
    rect = list(numbers(op, "rect"))
    rect[random.randrange(2)] += random.choice((1, -1)) if min(rect[:2]) > 0 else 1
    op.attributes["rect"] = i64_array(rect)


def recolor_a_route(module: Operation, random: Random) -> None:
    random.choice(routes(module)).attributes["color"] = i64(random.randrange(23))


Mutation = Callable[[Operation, Random], None]
MUTATIONS: tuple[Mutation, ...] = (
    *(erase_a_communication, change_a_channel, change_a_constant),
    *(erase_a_route, turn_a_route, move_a_route, recolor_a_route),
)


def outcome(module: Operation, engine: str) -> list[str] | StepResult | MachineFault:
    """What is said of a module before it runs, or what its first step came to."""
    problems = [str(problem) for problem in verify(module) or check_program(module)]
    if problems:
        return problems
    try:
        machine = machine_from_module(module, TARGET)
        return machine.run_step({"position": 0}, cycle_limit=200_000, engine=engine)
    except DiagnosticError as error:
        return [str(problem) for problem in error.diagnostics]
    except MachineFault as fault:
        return fault


def test_nothing_is_wrong_without_a_mutation() -> None:
    assert isinstance(outcome(RIGHT.clone(), "wavelet"), StepResult)


@pytest.mark.parametrize("mutate", MUTATIONS)
def test_a_mutation(mutate: Mutation) -> None:
    check(mutate, 1)


@pytest.mark.slow
@pytest.mark.parametrize("mutate", MUTATIONS)
def test_many_mutations(mutate: Mutation) -> None:
    for seed in range(2, 40):
        check(mutate, seed)


def check(mutate: Mutation, seed: int) -> None:
    """Both engines end in the same way, and whatever is said has a place in the model's text."""
    module = RIGHT.clone()
    mutate(module, Random(seed))
    found = outcome(module.clone(), "wavelet")
    if isinstance(found, list):
        assert found
        assert all(text.startswith("m.wdl:") for text in found)
        return
    if isinstance(found, MachineFault):
        assert found.kind not in ("conflict", "defect", "not-a-number")
        assert found.details
        for detail in found.details:
            assert 0 <= detail.x < GRID[0] or found.kind == "off-wafer"
            assert detail.location.startswith("m.wdl:")
            assert detail.operation or detail.flow
    other = outcome(module, "stream")
    assert isinstance(other, StepResult | MachineFault)
    if isinstance(other, MachineFault) and other.kind == "conflict":
        return
    assert type(other) is type(found)
    if isinstance(other, MachineFault) and isinstance(found, MachineFault):
        assert other.kind == found.kind
        assert other.details
        assert all(detail.location.startswith("m.wdl:") for detail in other.details)
    elif isinstance(other, StepResult) and isinstance(found, StepResult):
        assert other.cycles == found.cycles
