"""A program by hand: three PEs pass eight numbers around in a ring. What goes wrong in it is easy to see.

PE (0, 0) sends on color 0 to PE (1, 0), that one on color 1 to PE (2, 0), and that one on color 2 back,
through the router of PE (1, 0). The model, `ring.wdl`, is as small as one can be.
"""

from __future__ import annotations

from pathlib import Path

from wsc.compiler.frontend import compile_wdl
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.program_file import program_bytes
from wsc.ir.target import Target, load_target

MODEL = """model ring {
  dtype f16 accumulate f32
  forward(x: [seq, 3]) -> [seq, 3] {
    return relu(x)
  }
  decode = forward
}
"""

DATA = """      %base = "pe.address"() {buffer = @io::@data} : () -> index loc("ring.wdl":3:3)
      %zero = "pe.constant"() {value = 0 : i64} : () -> index loc("ring.wdl":3:3)
      %one = "pe.constant"() {value = 1 : i64} : () -> index loc("ring.wdl":3:3)
      %count = "pe.constant"() {value = 8 : i64} : () -> index loc("ring.wdl":3:3)
      %data = "pe.dsd"(%base, %one, %zero, %count, %one)
        : (index, index, index, index, index) -> !pe.dsd<f32> loc("ring.wdl":4:12)
"""
SEND = """      "pe.send"(%data) {channel = 1 : i64} : (!pe.dsd<f32>) -> () loc("ring.wdl":4:12)
"""
RECEIVE = """      "pe.recv"(%data) {channel = 0 : i64} : (!pe.dsd<f32>) -> () loc("ring.wdl":4:17)
"""
START_SEND = SEND.replace("pe.send", "pe.start_send")
START_RECEIVE = RECEIVE.replace("pe.recv", "pe.start_recv")
AWAIT = """      "pe.await"() : () -> () loc("ring.wdl":4:12)
"""
END = """      "pe.return"() : () -> () loc("ring.wdl":6:3)
"""
FIRST, NEXT = DATA + SEND + RECEIVE + END, DATA + RECEIVE + SEND + END
"""Bodies: the one that begins and the ones that pass on."""


def _program(name: str, body: str) -> str:
    return f"""    "pe.program"() ({{
{body}    }}) {{sym_name = "{name}"}} : () -> () loc("ring.wdl":3:3)
"""


def tile(x: int, program: str, channels: str) -> str:
    return (
        f'  "pe.tile"() {{channels = array<i64: {channels}>, instance = @io.0, program = @io::@{program}, '
        f'columns = array<i64: {x}, 1, 1>, rows = array<i64: 0, 1, 1>}} : () -> () loc("ring.wdl":3:3)\n'
    )


def route(color: int, x: int, source: str, outputs: str) -> str:
    return (
        f'  "fabric.route"() {{color = {color} : i64, flow = "hop{color}", input = "{source}", '
        f'outputs = ["{outputs}"], rect = array<i64: {x}, 0, 1, 1, 1, 1>}} : () -> () loc("ring.wdl":4:12)\n'
    )


ROUTES = "".join(
    [
        route(0, 0, "RAMP", "E") + route(0, 1, "W", "RAMP"),
        route(1, 1, "RAMP", "E") + route(1, 2, "W", "RAMP"),
        route(2, 2, "RAMP", "W") + route(2, 1, "E", "W") + route(2, 0, "E", "RAMP"),
    ]
)
TILES = tile(0, "first", "2, 0") + tile(1, "next", "0, 1") + tile(2, "next", "1, 2")


def ring_text(first: str = FIRST, next_: str = NEXT, routes: str = ROUTES, tiles: str = TILES) -> str:
    """Return the final module with other programs, routes or tiles."""
    return f""""builtin.module"() ({{
  "fabric.region"() ({{
    "pe.buffer"() {{bytes = 32 : i64, kind = "temp", offset = 0 : i64, sym_name = "data"}} : () -> () loc("ring.wdl":4:12)
    "pe.buffer"() {{bytes = 4 : i64, kind = "state", offset = 32 : i64, sym_name = "x"}} : () -> () loc("ring.wdl":3:11)
    "pe.buffer"() {{bytes = 4 : i64, kind = "state", offset = 36 : i64, sym_name = "y"}} : () -> () loc("ring.wdl":3:26)
{_program("first", first)}{_program("next", next_)}  }}) {{grid = "io", height = 1 : i64, sram_bytes = 40 : i64, sym_name = "io", width = 3 : i64}} : () -> () loc("ring.wdl":3:3)
  "fabric.instance"() {{layers = array<i64: 0, 0>, origin = array<i64: 0, 0>, region = @io, sym_name = "io.0"}} : () -> () loc("ring.wdl":3:3)
{tiles}{routes}  "pe.variable"() {{buffer = @io::@x, kind = "input", sym_name = "input.x", type = !dist.tensor<@io, [3 x], f16>}} : () -> () loc("ring.wdl":3:11)
  "pe.variable"() {{buffer = @io::@y, kind = "output", sym_name = "output.y", type = !dist.tensor<@io, [3 x], f16>}} : () -> () loc("ring.wdl":3:26)
}}) : () -> () loc("ring.wdl":1:7)
"""  # noqa: E501 - operations in generic form


def ring_module(text: str, target: Target | None = None) -> Operation:
    """Return the module of `ring_text` with a target: the tiny one, 3 x 2 PEs, or that one."""
    module = parse_module(text, "ring.mlir")
    wafer = load_target("tiny").target.with_grid(3, 2) if target is None else target
    module.attributes["fabric.target"] = wafer.to_attribute()
    module.attributes["fabric.grid"] = parse_module(
        f'"builtin.module"() ({{\n^bb0:\n}}) {{g = array<i64: {wafer.width}, {wafer.height}>}} : () -> ()'
    ).attributes["g"]
    return module


def write_ring(path: Path, text: str, target: Target | None = None) -> None:
    """Write the program file of `ring_text` to `path`, with hashes that fit, whether it is right or not."""
    model = compile_wdl(MODEL, "ring.wdl", {}, ("decode",), [])
    path.write_bytes(
        program_bytes(ring_module(text, target), model, "ring", "decode", {"cycles_per_token": 1.0})
    )
