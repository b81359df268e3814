"""Each pass of the default pipeline leaves what a model computes as it is: to the bit, unless it rounds.

That `canonicalize`, `cse` and `dce` do so on modules that no model gives is in `common/test_bits.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.compiler.cli.snapshots import WAFER, Snapshot, Snapshots
from wsc.ir.interpreter.dist import DistInterpreter
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.operation import Operation
from wsc.ir.weights import random_weights
from wsc.passes.base import Pass
from wsc.passes.manager import PassManager
from wsc.passes.pipeline import default_pipeline

from ..support.compiled import SMALL_TALE, Compiled, Runner, compile_shaped
from ..support.wdl import TALE
from .test_random_models import TOLERANCE, models

Array = np.ndarray[Any, Any]

ROUNDS = {"fuse", "partition", "place"}
"""Passes that change how often a value is rounded, or in which order a sum is taken: the last one because
what executes it then, too, is another."""
POSITIONS = 2


@dataclass(frozen=True)
class State:
    """What executing the module after a pass gave."""

    name: str
    level: str
    results: list[Array]


def results(snapshot: Snapshot, model: Operation, missing: Sequence[Pass], rows: list[Array]) -> list[Array]:
    """The results of all positions: interpreted, or on the functional wafer once the passes that are
    missing have made a program.
    """
    weights = random_weights(model, 1)
    module = snapshot.module.clone()
    if snapshot.level == WAFER:
        PassManager(missing, verify_each=False).run(module)
        runner = Runner(Compiled(module, model))
        outputs = [runner.step(row, position) for position, row in enumerate(rows)]
        return [values for found in outputs for _, values in sorted(found.items())]
    run = (NnInterpreter if snapshot.level == "nn" else DistInterpreter)(module, weights)
    found = [run.step("decode", row, position) for position, row in enumerate(rows)]
    # The names of results are 'logits' and 'token', or there is one only.
    return [np.asarray(value).reshape(-1) for step in found for value in reversed(step)]


def states(text: str, shape: tuple[int, int], stages: int, overrides: dict[str, str]) -> list[State]:
    """Compile, and execute the module after every pass."""
    watcher = Snapshots()
    compiled = compile_shaped(text, shape, overrides, stages=stages, verify_each=False, watchers=[watcher])
    runner = Runner(compiled)
    rows = [runner.an_input(3) for _ in range(POSITIONS)]
    required = [pass_ for pass_ in default_pipeline() if pass_.required]
    found: list[State] = []
    ran: list[str] = []
    for snapshot in watcher.taken:
        ran.append(snapshot.pass_.name)
        missing = [pass_ for pass_ in required if pass_.name not in ran]
        values = results(snapshot, compiled.model, missing, rows)
        found.append(State(snapshot.pass_.name, snapshot.level, values))
    return found


def check(found: list[State]) -> None:
    """Compare each state with the one before it."""
    assert {state.level for state in found} == {"nn", "dist", WAFER}
    for before, after in pairwise(found):
        for right, got in zip(before.results, after.results, strict=True):
            if after.name not in ROUNDS:
                assert right.tobytes() == got.tobytes(), after.name
            elif right.dtype != np.int32:
                difference = np.abs(right.astype(np.float64) - got.astype(np.float64).reshape(right.shape))
                assert difference.max() <= TOLERANCE * np.abs(right.astype(np.float64)).max(), after.name


@pytest.mark.parametrize("examples", [4, pytest.param(60, marks=pytest.mark.slow)], ids=["few", "many"])
def test_of_random_models(examples: int) -> None:
    @settings(max_examples=examples)
    @given(models(), st.tuples(st.integers(1, 4), st.integers(1, 3)), st.integers(1, 3))
    def run(text: str, shape: tuple[int, int], stages: int) -> None:
        check(states(text, shape, stages, {}))

    run()


@pytest.fixture(scope="module")
def decoder() -> list[State]:
    return states(TALE, (2, 2), 1, SMALL_TALE)


def test_of_a_decoder(decoder: list[State]) -> None:
    check(decoder)


@pytest.mark.parametrize("name", ["cse", "fuse", "partition", "combine-collectives", "schedule"])
def test_a_mistake_is_seen(decoder: list[State], name: str) -> None:
    """As if the pass had doubled a result."""
    index = next(index for index, state in enumerate(decoder) if state.name == name)
    state = decoder[index]
    wrong = State(name, state.level, [values * 2 for values in state.results])
    with pytest.raises(AssertionError, match=name):
        check([*decoder[:index], wrong, *decoder[index + 1 :]])
