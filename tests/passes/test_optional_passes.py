"""Any optional pass can be left out: the program still computes the model, most of them to the bit."""

import pytest

from wsc.ir.program_check import check_program
from wsc.passes.manager import PassManager
from wsc.passes.pipeline import PASSES, default_pipeline, without_passes

from ..support.compiled import SMALL_TALE, TINY, TOLERANCE, Compiled, Runner, front_end
from ..support.wdl import TALE

OPTIONAL = [name for name, kind in PASSES.items() if not kind.required]
ROUNDING = {"fuse"}
"""Passes that change how often a value is rounded."""


def runner(disabled: list[str]) -> Runner:
    module = front_end(TALE, SMALL_TALE)
    model = module.clone()
    module.attributes["fabric.target"] = TINY.with_grid(4, 3).to_attribute()
    PassManager(without_passes(default_pipeline(), disabled)).run(module)
    assert check_program(module) == []
    return Runner(Compiled(module, model))


def bits(run: Runner) -> list[bytes]:
    """Return the results of three positions."""
    steps = (run.step(run.an_input(3), position) for position in range(3))
    return [values.tobytes() for outputs in steps for values in outputs.values()]


@pytest.fixture(scope="module")
def expected() -> list[bytes]:
    return bits(runner([]))


@pytest.mark.parametrize("name", OPTIONAL)
def test_without_one(name: str, expected: list[bytes]) -> None:
    if name in ROUNDING:
        assert runner([name]).compare(3) <= TOLERANCE
    else:
        assert bits(runner([name])) == expected


def test_without_all() -> None:
    assert runner(OPTIONAL).compare(3) <= TOLERANCE
