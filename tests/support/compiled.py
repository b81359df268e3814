"""Models compiled for tests, run on the functional interpreter and compared with the nn interpreter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import numpy as np

from wsc.compiler.frontend import compile_wdl
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.layout import Split
from wsc.ir.operation import Operation
from wsc.ir.program_check import check_program
from wsc.ir.target import Target, load_target
from wsc.ir.variable_values import DTYPES, expand
from wsc.ir.verifier import verify
from wsc.ir.weights import random_weights
from wsc.passes.base import Pass
from wsc.passes.fabric import place
from wsc.passes.fabric.place import Place
from wsc.passes.manager import Instrumentation, PassManager
from wsc.passes.pipeline import default_pipeline, up_to_pass
from wsc.runtime import host

from .functional import Wafer

TINY = load_target("tiny").target
SMALL_TALE = {
    "dim": "8",
    "heads": "2",
    "kv_heads": "1",
    "ffn": "12",
    "vocab": "16",
    "layers": "2",
    "context": "8",
}
SMALL_MLP = {"inputs": "6", "hidden": "5", "classes": "3"}
TOLERANCE = 4e-3
"""A few units in the last place of f16, relative to the largest result."""


@dataclass(slots=True)
class Compiled:
    """A model's module after the last pass, and the `nn` module that it was made from."""

    module: Operation
    model: Operation


@dataclass(slots=True)
class PassTexts(Instrumentation):
    """Keeps the module after each pass; after a pass that runs several times, the last."""

    texts: dict[str, str] = field(default_factory=dict)

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        self.texts[pass_.name] = str(module)


def front_end(text: str, overrides: Mapping[str, str] | None = None, entry: str = "decode") -> Operation:
    """Return the `nn` module of `text`, which messages call m.wdl."""
    return compile_wdl(text, "m.wdl", overrides or {}, (entry,), [])


def compile_model(
    text: str,
    grid: tuple[int, int],
    overrides: Mapping[str, str] | None = None,
    *,
    stages: int = 0,
    target: Target = TINY,
    stop_after: str | None = None,
    verify_each: bool = True,
    watchers: Sequence[Instrumentation] = (),
    entry: str = "decode",
    reduce: str = "",
) -> Compiled:
    """Compile `entry` of `text` for `grid` PEs (width, height) and check the final module."""
    module = front_end(text, overrides, entry)
    model = module.clone()
    module.attributes["fabric.target"] = target.with_grid(*grid).to_attribute()
    place_pass = Place(stages=stages, reduce=reduce)
    passes = [place_pass if pass_.name == "place" else pass_ for pass_ in default_pipeline(entry)]
    if stop_after is not None:
        passes = up_to_pass(passes, stop_after)
    PassManager(passes, verify_each=verify_each, instrumentations=watchers).run(module)
    if stop_after is None:
        assert verify(module) == []
        assert check_program(module) == []
    return Compiled(module, model)


def compile_shaped(
    text: str,
    shape: tuple[int, int],
    overrides: Mapping[str, str] | None = None,
    *,
    stages: int = 0,
    target: Target = TINY,
    verify_each: bool = True,
    watchers: Sequence[Instrumentation] = (),
    entry: str = "decode",
) -> Compiled:
    """Compile `entry` of `text` so that every region has `shape`; `stages` regions share repeated layers."""
    width, height = shape
    wafer = (width * (stages + 1), height)
    if wafer[0] == height:
        wafer = (width * (stages + 1), height + 1)

    def sizes(splits: list[Split], limit: int) -> list[int]:
        return [height if limit == wafer[1] else width]

    with mock.patch.object(place, "useful_sizes", sizes):
        return compile_model(
            text,
            wafer,
            overrides,
            stages=stages,
            target=target,
            verify_each=verify_each,
            watchers=watchers,
            entry=entry,
        )


class Runner:
    """A compiled model with random weights, next to the nn interpreter with the same."""

    def __init__(self, compiled: Compiled, seed: int = 1) -> None:
        self.weights = random_weights(compiled.model, seed)
        self.reference = NnInterpreter(compiled.model, self.weights)
        self.wafer = Wafer(compiled.module)
        self.variables = host.Variables(compiled.module)
        self.loaded: dict[str, Any] = {}
        for name in self.variables.of_kind("weight", "constant"):
            values = expand(name, self.variables.by_name[name], self.weights)
            host.scatter(self.wafer, self.variables, name, values)
            self.loaded[name] = values
        (self.input,) = self.variables.of_kind("input")
        self.random = np.random.default_rng(seed)

    def an_input(self, tokens: int) -> np.ndarray[Any, Any]:
        """A random token below `tokens`, or a random vector."""
        kind = self.variables.type(self.input)
        if not kind.dims:
            return self.random.integers(0, tokens, 1).astype(np.int32)
        return self.random.standard_normal((1, kind.dims[0].extent)).astype(DTYPES[str(kind.element)])

    def step(self, value: np.ndarray[Any, Any], position: int) -> dict[str, np.ndarray[Any, Any]]:
        """Put `value` (one row) in and run one position; see `launch`."""
        host.scatter(self.wafer, self.variables, self.input, value[0])
        return self.launch(position)

    def launch(self, position: int) -> dict[str, np.ndarray[Any, Any]]:
        """Run one position and return what the host reads, by name."""
        self.wafer.launch(position)
        return {
            name.removeprefix("output."): host.gather(self.wafer, self.variables, name)
            for name in self.variables.of_kind("output")
        }

    def compare(self, positions: int, tokens: int = 3) -> float:
        """Run `positions` positions on both; return the largest error, relative to the largest result.

        Tokens must be the same where the two best candidates are not as close as the error allows; what
        was loaded must still be there, and the caches must hold the same.
        """
        worst = 0.0
        for position in range(positions):
            value = self.an_input(tokens)
            got = self.step(value, position)
            expected = self.reference.step("decode", value, position)
            vector = np.asarray(expected[-1], np.float32).reshape(-1)
            (name,) = got.keys() - {"token"}
            assert got[name].shape == vector.shape
            scale = float(np.abs(vector).max())
            error = float(np.abs(got[name].astype(np.float32) - vector).max()) / scale
            assert not np.isnan(error), f"not a number at position {position}"
            worst = max(worst, error)
            if "token" in got:
                best = np.sort(vector)[-2:]
                close = best[-1] - best[0] <= 2 * TOLERANCE * scale
                assert int(got["token"]) == int(np.asarray(expected[0]).item()) or close
        self.check_memory(positions)
        return worst

    def check_memory(self, positions: int) -> None:
        """Weights and constants are untouched, caches hold what the nn interpreter's do."""
        for name, values in self.loaded.items():
            assert np.array_equal(host.gather(self.wafer, self.variables, name), values), name
        for name in self.variables.of_kind("cache"):
            got = host.gather(self.wafer, self.variables, name)
            expected = np.asarray(self.reference.variable(name)).reshape(got.shape)
            at = 1 if "stacked" in self.variables.by_name[name].attributes else 0
            kept = (slice(None),) * at + (slice(0, positions),)
            scale = float(np.abs(expected[kept]).max())
            assert np.allclose(got[kept], expected[kept], rtol=0, atol=TOLERANCE * scale), name


def check_model(
    text: str,
    shape: tuple[int, int],
    overrides: Mapping[str, str] | None = None,
    *,
    stages: int = 0,
    positions: int = 3,
    verify_each: bool = False,
) -> None:
    """Compile `text` with regions of `shape`, and compare a few positions with the nn interpreter."""
    compiled = compile_shaped(text, shape, overrides, stages=stages, verify_each=verify_each)
    assert Runner(compiled).compare(positions) <= TOLERANCE
