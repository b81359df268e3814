"""Compiled models on the wavelet engine: results as the functional interpreter has them, full accounts."""

from __future__ import annotations

import numpy as np
import pytest

from wsc.ir.attributes import Attribute, DictAttr, i64, symbol
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.parser import parse_module
from wsc.ir.target import Target, load_target
from wsc.ir.verifier import verify
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


TINY = load_target("tiny").target


def program(name: str, elements: int, *operations: str) -> str:
    """A program whose %d is `elements` f32 from byte 0 on."""
    constants = {"zero": 0, "one": 1, "n": elements}
    lines = [
        *(f'%{n} = "pe.constant"() {{value = {v} : i64}} : () -> index' for n, v in constants.items()),
        '%d = "pe.dsd"(%zero, %one, %zero, %n, %one) : (index, index, index, index, index) -> !pe.dsd<f32>',
        *operations,
        '"pe.return"() : () -> ()',
    ]
    return f'"pe.program"() ({{{" ".join(lines)}}}) {{sym_name = "{name}"}} : () -> ()'


def route(x: int, entry: str, output: str, more: str = "") -> str:
    return (
        f'"fabric.route"() {{flow = "f", color = 0 : i64, rect = array<i64: {x}, 0, 1, 1, 1, 1>, '
        f'input = "{entry}", outputs = ["{output}"]{more}}} : () -> ()'
    )


def tile(name: str, columns: str) -> str:
    return (
        f'"pe.tile"() {{instance = @g.0, program = @g::@{name}, columns = array<i64: {columns}>, '
        "rows = array<i64: 0, 1, 1>, channels = array<i64: 0>} : () -> ()"
    )


def test_switch_positions_and_started_streams() -> None:
    """The middle of three PEs takes what the left one sends, then what the right one does."""
    end = '"pe.await"() : () -> ()'
    send = '"pe.start_send"(%d) {channel = 0 : i64} : (!pe.dsd<f32>) -> ()'
    take = '"pe.start_recv"(%d) {channel = 0 : i64} : (!pe.dsd<f32>) -> ()'
    text = f"""
      "fabric.region"() ({{^bb0:
        "pe.buffer"() {{sym_name = "b", offset = 0 : i64, bytes = 32 : i64, kind = "temp"}} : () -> ()
        {program("side", 4, send, end)}
        {program("middle", 8, take, end)}
      }}) {{sym_name = "g", width = 3 : i64, height = 1 : i64}} : () -> ()
      "fabric.instance"() {{sym_name = "g.0", region = @g, origin = array<i64: 0, 0>,
        layers = array<i64: 0, 0>}} : () -> ()
      {tile("side", "0, 2, 2")} {tile("middle", "1, 1, 1")}
      {route(0, "RAMP", "E")} {route(2, "RAMP", "W")}
      {route(1, "W", "RAMP", ", position = 0 : i64, messages = 1 : i64")}
      {route(1, "E", "RAMP", ", position = 1 : i64, messages = 1 : i64")}
    """
    module = parse_module(f'"builtin.module"() ({{{text}}}) : () -> ()', "t.mlir")
    assert verify(module) == []
    machine = machine_from_module(module, TINY.with_grid(3, 1))
    machine.floats[[0, 2], :4] = [[1, 2, 3, 4], [5, 6, 7, 8]]
    result = machine.run_step()
    assert machine.floats[1].tolist() == [1, 2, 3, 4, 5, 6, 7, 8]
    software = TINY.comm_setup_cycles + TINY.await_cycles
    assert result.cycles == software + 2 * TINY.ramp_cycles + 2 + 8
