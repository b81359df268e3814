"""Compiled models on the wavelet engine: results as the functional interpreter has them, full accounts."""

from __future__ import annotations

import numpy as np
import pytest

from wsc.ir.attributes import Attribute, DictAttr, i64, symbol
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.target import Target
from wsc.runtime import host
from wsc.runtime.critical_path import breakdown_of, layer_cycles_of
from wsc.runtime.machine import Machine
from wsc.runtime.module import machine_from_module
from wsc.runtime.session import MachineMemory
from wsc.runtime.wavelet.state import LOG_RUNS

from ..support.compiled import SMALL_MLP, SMALL_TALE, Compiled, Runner, compile_shaped
from ..support.wdl import MLP, TALE


def target_of(compiled: Compiled) -> Target:
    return Target.from_attribute(compiled.module.attribute("fabric.target", DictAttr))


def machine_of(compiled: Compiled, runner: Runner) -> tuple[Machine, MachineMemory]:
    """The engine's machine for a compiled model, with the same weights."""
    machine = machine_from_module(compiled.module, target_of(compiled))
    memory = MachineMemory(machine)
    for name in runner.variables.of_kind("weight", "constant"):
        host.scatter(memory, runner.variables, name, runner.loaded[name])
    return machine, memory


@pytest.mark.parametrize(
    ("text", "overrides", "shape", "stages"),
    [(TALE, SMALL_TALE, (4, 4), 1), (TALE, SMALL_TALE, (3, 5), 2), (MLP, SMALL_MLP, (2, 3), 0)],
)
def test_the_same_results(text: str, overrides: dict[str, str], shape: tuple[int, int], stages: int) -> None:
    compiled = compile_shaped(text, shape, overrides, stages=stages)
    runner = Runner(compiled)
    machine, memory = machine_of(compiled, runner)
    for position in range(3):
        value = runner.an_input(3)
        host.scatter(memory, runner.variables, runner.input, value[0])
        expected = runner.step(value, position)
        result = machine.run_step({"position": position}, log_level=LOG_RUNS)
        for name, wanted in expected.items():
            got = host.gather(memory, runner.variables, f"output.{name}")
            np.testing.assert_allclose(
                got.astype(np.float64), wanted.astype(np.float64), rtol=2e-3, atol=2e-3
            )
        breakdown = breakdown_of(machine, result)
        assert breakdown.total == result.cycles
        assert min(breakdown.compute, breakdown.hops, breakdown.serialization, breakdown.software) > 0
        layer_cycles = layer_cycles_of(machine, result)
        assert (layer_cycles is None) == (text == MLP)
        assert layer_cycles is None or 0 < layer_cycles < result.cycles / 2


def changed(compiled: Compiled, name: str, key: str, value: Attribute) -> Compiled:
    """Change an attribute of the first operation called `name`."""
    op = next(op for op in compiled.module.walk() if op.name == name)
    op.attributes[key] = value
    return compiled


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        ("pe.tile", "instance", symbol("nowhere"), "'pe.tile': there is no @nowhere"),
        ("pe.tile", "program", symbol("block", "nothing"), "there is no @block::@nothing"),
        ("pe.buffer", "offset", i64(10**6), "the buffers take 10000.* bytes of each PE's 49152"),
    ],
)
def test_what_does_not_fit_together(name: str, key: str, value: Attribute, message: str) -> None:
    compiled = changed(compile_shaped(MLP, (2, 3), SMALL_MLP), name, key, value)
    with pytest.raises(DiagnosticError, match=message):
        machine_from_module(compiled.module, target_of(compiled))
