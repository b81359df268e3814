"""MeshGEMM: C = A B in f16 on P x P PEs by Cannon's algorithm on rings folded onto rows and columns.

As in WaferLLM (OSDI 2025). A ring of P PEs lies on a line so that all neighbours are at most two hops apart:
0, 2, 4, ... away and ..., 5, 3, 1 back. The tiles of A move along the rows, those of B along the columns.
A is aligned on the wafer in P // 2 shifts, the rows of one half by the ring's other way round; B is loaded
aligned. Then come P steps, each of which shifts both tiles while the products of those at hand are added to
C: for each column k of A's tile and each element of row k of B's, one multiply-add of a whole column.

    python benchmarks/meshgemm.py --grid 6 --shape 96,48,48 [--passes N] [--target NAME] [--engine NAME]
        [--emit FILE]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wsc.ir.attributes import F16, ArrayAttr, Attribute, i64, i64_array, string, symbol
from wsc.ir.builder import Builder
from wsc.ir.operation import Block, Operation, Region, Value
from wsc.ir.printer import print_operation
from wsc.ir.target import Target, load_target
from wsc.ir.verifier import verify_or_raise
from wsc.passes.pe.program_builder import ProgramBuilder
from wsc.runtime.machine import Machine, StepResult
from wsc.runtime.module import machine_from_module
from wsc.runtime.stream_step import ENGINES

# Channels of the program: A's ring, the ring that aligns A in this row, B's ring; each to send, to receive.
A_SEND, A_RECEIVE, ALIGN_SEND, ALIGN_RECEIVE, B_SEND, B_RECEIVE = range(6)
CHANNELS = ((A_SEND, A_RECEIVE), (ALIGN_SEND, ALIGN_RECEIVE), (B_SEND, B_RECEIVE))
COLORS_PER_RING = 4
# Colors of the rings: along rows, along rows the other way round, along columns.
ROW, ROW_REVERSE, COLUMN = 0, COLORS_PER_RING, 2 * COLORS_PER_RING
GRID = "gemm"


@dataclass(frozen=True, slots=True)
class Shape:
    """C[M, N] = A[M, K] B[K, N] on P x P PEs; `passes` products a step (0 moves the tiles only)."""

    P: int
    M: int
    K: int
    N: int
    passes: int = 1

    def __post_init__(self) -> None:
        if self.P < 2 or any(extent % self.P or extent < 1 for extent in (self.M, self.K, self.N)):
            raise ValueError(f"M, K and N must be multiples of the {self.P} PEs (at least 2) of a side")

    @property
    def tile(self) -> tuple[int, int, int]:
        """Mt, Kt, Nt: the extents of one PE's tiles."""
        return self.M // self.P, self.K // self.P, self.N // self.P

    @property
    def wavelets(self) -> tuple[int, int]:
        """Wavelets that carry a tile of A and one of B."""
        Mt, Kt, Nt = self.tile
        return -(-Mt * Kt // 2), -(-Kt * Nt // 2)


# ---- the ring on a line --------------------------------------------------------------------------


def folded_ring(P: int) -> list[int]:
    """Return the places on the line in the order of the ring: the even ones away, the odd ones back."""
    return [*range(0, P, 2), *range(P - 1 - P % 2, 0, -2)]


def ring_color(place: int) -> int:
    """Return the color, of `COLORS_PER_RING`, on which the PE at `place` of a line sends.

    Places of one parity send past those of the other, and alternate so that a router's incoming and
    outgoing stream differ.
    """
    return 2 * (place % 2) + place // 2 % 2


def successors(P: int, reverse: bool) -> dict[int, int]:
    """Return where each place sends to: one back in the ring, or with `reverse` one on."""
    ring = folded_ring(P)
    step = 1 if reverse else -1
    return {place: ring[(index + step) % P] for index, place in enumerate(ring)}


@dataclass(frozen=True, slots=True)
class Setting:
    """How the router at `place` of a line switches a color: ways are -1, 1 along the line or 0, the ramp."""

    color: int
    place: int
    source: int
    output: int


def ring_settings(P: int, reverse: bool) -> Iterator[Setting]:
    """Return the switch settings of a ring along one line."""
    for place, sink in successors(P, reverse).items():
        color, way = ring_color(place), (1 if sink > place else -1)
        yield Setting(color, place, 0, way)
        for between in range(place + way, sink, way):
            yield Setting(color, between, -way, way)
        yield Setting(color, sink, -way, 0)


def ring_channels(P: int, place: int, reverse: bool) -> tuple[int, int]:
    """Return the colors on which a place sends and receives."""
    (before,) = (source for source, sink in successors(P, reverse).items() if sink == place)
    return ring_color(place), ring_color(before)


# ---- the module ----------------------------------------------------------------------------------


def buffers(shape: Shape) -> dict[str, tuple[int, int]]:
    """Return offset and bytes of the buffers: two of A's tiles, two of B's, C's."""
    Mt, Kt, Nt = shape.tile
    result: dict[str, tuple[int, int]] = {}
    offset = 0
    for name, elements in (("a", Mt * Kt), ("a2", Mt * Kt), ("b", Kt * Nt), ("b2", Kt * Nt), ("c", Mt * Nt)):
        result[name] = offset, 2 * elements
        offset += -(-2 * elements // 4) * 4
    return result


def meshgemm_module(shape: Shape, target: Target) -> Operation:
    """Return the verified module of `pe` and `fabric` operations that multiplies on `target`'s PEs."""
    P = shape.P
    top = Block()
    attributes: dict[str, Attribute] = {
        "fabric.grid": i64_array([P, P]),
        "fabric.target": target.to_attribute(),
    }
    module = Operation("builtin.module", (), (), attributes, [Region([top])])
    work = Block()
    inside = Builder(work)
    for name, (offset, size) in buffers(shape).items():
        kind = "temp" if name.endswith("2") else "state"
        inside.create(
            "pe.buffer",
            attributes={
                "sym_name": string(name),
                "offset": i64(offset),
                "bytes": i64(size),
                "kind": string(kind),
            },
        )
    inside.create(
        "pe.program", attributes={"sym_name": string("main")}, regions=[Region([program(shape, target)])]
    )
    build = Builder(top)
    region: dict[str, Attribute] = {"sym_name": string(GRID), "width": i64(P), "height": i64(P)}
    build.create("fabric.region", attributes=region, regions=[Region([work])])
    instance: dict[str, Attribute] = {"sym_name": string("run"), "region": symbol(GRID)}
    instance |= {"origin": i64_array([0, 0]), "layers": i64_array([0, 0])}
    build.create("fabric.instance", attributes=instance)
    for y in range(P):
        for x in range(P):
            align = (ROW_REVERSE if y % 2 else ROW, *ring_channels(P, x, y % 2 == 1))
            rings = ((ROW, *ring_channels(P, x, False)), align, (COLUMN, *ring_channels(P, y, False)))
            colors = [first + color for first, *pair in rings for color in pair]
            tile: dict[str, Attribute] = {"instance": symbol("run"), "program": symbol(GRID, "main")}
            tile |= {"columns": i64_array([x, 1, 1]), "rows": i64_array([y, 1, 1])}
            tile["channels"] = i64_array(colors)
            build.create("pe.tile", attributes=tile)
    for first, reverse in ((ROW, False), (ROW_REVERSE, True), (COLUMN, False)):
        for setting in ring_settings(P, reverse):
            build.create("fabric.route", attributes=_route(P, first, setting))
    verify_or_raise(module)
    return module


def _route(P: int, first: int, setting: Setting) -> dict[str, Attribute]:
    """Return the attributes of the route of a setting in all rows, or of a column's in all columns."""
    if first == COLUMN:
        names, rect = {0: "RAMP", 1: "S", -1: "N"}, [0, setting.place, P, 1, 1, 1]
    else:
        names, rect = {0: "RAMP", 1: "E", -1: "W"}, [setting.place, 0, 1, P, 1, 1]
    return {
        "flow": string({ROW: "a", ROW_REVERSE: "a.reverse", COLUMN: "b"}[first]),
        "color": i64(first + setting.color),
        "rect": i64_array(rect),
        "input": string(names[setting.source]),
        "outputs": ArrayAttr((string(names[setting.output]),)),
    }


def program(shape: Shape, target: Target) -> Block:
    """Return the program of every PE."""
    return _Program(shape).write()


class _Program:
    """Writes the program. Which of two buffers holds a tile follows from how often it has moved."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.builder = ProgramBuilder(GRID, shape.P, shape.P, Builder(Block()).location)
        constant = self.builder.constant
        self.extents = tuple(constant(extent) for extent in shape.tile)

    def write(self) -> Block:
        """Return the whole program."""
        b, P = self.builder, self.shape.P
        Mt, _, Nt = self.extents
        with b.once():
            # Row y is number y / 2 of the ring or, if odd, (y + 1) / 2 from its other end.
            moves = b.integer("divi", b.add(b.coordinate("y"), b.constant(1)), b.constant(2))
        b.fill(b.strided(b.buffer("c"), F16, Nt, Mt, Mt, b.constant(1)))
        with b.loop(b.constant(0), b.constant(P // 2)) as step:
            here, there = self.halves("a", b.integer("mini", step, moves))
            self.shift(1, here, there)
            b.run("await", ())
        with b.loop(b.constant(0), b.constant(P)) as step:
            a, next_a = self.halves("a", b.add(step, moves))
            w, next_w = self.halves("b", step)
            self.shift(0, a, next_a)
            for _ in range(self.shape.passes):
                self.multiply(a[0], w[0])
            b.run("await", ())
            self.shift(2, w, next_w)
            b.run("await", ())
        return b.finish()

    def halves(self, name: str, moves: Value) -> tuple[tuple[Value, Value], tuple[Value, Value]]:
        """Return address and descriptor of a tile that has moved so often, and of the buffer it moves to."""
        b = self.builder
        first, second = b.buffer(name), b.buffer(f"{name}2")
        size = b.constant(buffers(self.shape)[f"{name}2"][0] - buffers(self.shape)[name][0])
        with b.once():
            ends = b.add(first, second)
        here = b.add(first, b.mul(b.integer("remi", moves, b.constant(2)), size))
        there = b.sub(ends, here)
        elements = b.constant(buffers(self.shape)[name][1] // 2)
        return (here, b.dsd(here, F16, elements)), (there, b.dsd(there, F16, elements))

    def shift(self, ring: int, here: tuple[Value, Value], there: tuple[Value, Value]) -> None:
        """Start to send a tile and to receive the next one."""
        send, receive = CHANNELS[ring]
        self.builder.run("start_send", (here[1],), {"channel": i64(send)})
        self.builder.run("start_recv", (there[1],), {"channel": i64(receive)})

    def multiply(self, a: Value, w: Value) -> None:
        """C += A B of the tiles at these addresses: column k of A times each element of row k of B."""
        b = self.builder
        Mt, Kt, Nt = self.extents
        zero, one = b.constant(0), b.constant(1)
        mt, _, nt = self.shape.tile
        with b.loop(zero, Kt) as k:
            column = b.add(a, b.mul(k, b.constant(2 * mt)))
            row = b.add(w, b.mul(k, b.constant(2 * nt)))
            result = b.strided(b.buffer("c"), F16, Nt, Mt, Mt, one)
            factors = b.strided(column, F16, Nt, zero, Mt, one), b.strided(row, F16, Nt, one, Mt, zero)
            b.run("fma", (result, *factors))


# ---- running it ----------------------------------------------------------------------------------


def load(machine: Machine, shape: Shape, A: NDArray[np.float16], B: NDArray[np.float16]) -> None:
    """Store the tiles: A's where they belong, by columns; B's aligned, by rows."""
    P, (Mt, Kt, Nt) = shape.P, shape.tile
    ring = {place: number for number, place in enumerate(folded_ring(P))}
    memory = machine.sram.view(np.float16)
    offsets = {name: offset // 2 for name, (offset, _) in buffers(shape).items()}
    for y in range(P):
        for x in range(P):
            i, j = ring[y], ring[x]
            k = (i + j) % P
            pe = machine.pe_index[y, x]
            a = A[i * Mt : (i + 1) * Mt, j * Kt : (j + 1) * Kt]
            b = B[k * Kt : (k + 1) * Kt, j * Nt : (j + 1) * Nt]
            memory[pe, offsets["a"] : offsets["a"] + Mt * Kt] = a.T.ravel()
            memory[pe, offsets["b"] : offsets["b"] + Kt * Nt] = b.ravel()


def unload(machine: Machine, shape: Shape) -> NDArray[np.float16]:
    """Return C [M, N] from the tiles."""
    P, (Mt, _, Nt) = shape.P, shape.tile
    memory = machine.sram.view(np.float16)
    start = buffers(shape)["c"][0] // 2
    C = np.zeros((shape.M, shape.N), np.float16)
    for i, y in enumerate(folded_ring(P)):
        for j, x in enumerate(folded_ring(P)):
            tile = memory[machine.pe_index[y, x], start : start + Mt * Nt].reshape(Nt, Mt).T
            C[i * Mt : (i + 1) * Mt, j * Nt : (j + 1) * Nt] = tile
    return C


def run(shape: Shape, target: Target) -> StepResult:
    """Return what the multiplication of zeros takes; time does not depend on the values."""
    return machine_from_module(meshgemm_module(shape, target), target).run_step()


def multiply(
    shape: Shape, target: Target, A: NDArray[np.float16], B: NDArray[np.float16], engine: str = "wavelet"
) -> tuple[NDArray[np.float16], StepResult]:
    """Return `passes` times A B as an engine computes it, and what it took."""
    machine = machine_from_module(meshgemm_module(shape, target), target)
    load(machine, shape, A, B)
    result = machine.run_step(engine=engine)
    return unload(machine, shape), result


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--grid", type=int, default=6, metavar="P", help="PEs of a side (default 6)")
    parser.add_argument("--shape", default="96,48,48", metavar="M,K,N", help="default 96,48,48")
    parser.add_argument("--passes", type=int, default=1, help="products per shift (default 1)")
    parser.add_argument("--target", default="wse3", help="a target's name or file (default wse3)")
    parser.add_argument("--engine", choices=ENGINES, default="auto", help="what executes it (default auto)")
    parser.add_argument("--emit", type=Path, metavar="FILE", help="write the module as text")
    options = parser.parse_args()
    target = load_target(options.target).target
    try:
        M, K, N = (int(extent) for extent in options.shape.split(","))
        shape = Shape(options.grid, M, K, N, options.passes)
    except ValueError as error:
        parser.error(f"--shape {options.shape}: {error}")
    if options.emit is not None:
        options.emit.write_text(print_operation(meshgemm_module(shape, target)))
    rng = np.random.default_rng(0)
    A, B = (rng.uniform(-1, 1, size).astype(np.float16) for size in ((M, K), (K, N)))
    C, result = multiply(shape, target, A, B, options.engine)
    wanted = shape.passes * (A.astype(np.float64) @ B.astype(np.float64))
    print(
        f"{M} x {K} x {N} on {shape.P} x {shape.P} PEs of {target.name}: mean {result.end_cycles.mean():.2f} "
        f"cycles, last {result.cycles}; largest difference from a product in f64 {abs(C - wanted).max():.2g}"
    )


if __name__ == "__main__":
    main()
