"""Speed of the wavelet engine: link-hops per second on a mesh that is busy with broadcasts and reductions.

Each row of a 64 x 64 mesh broadcasts a vector from its first PE and chain-reduces one back; columns do the
same at the same time on colors of their own, several times over.

    python benchmarks/wavelet_speed.py [--size N] [--wavelets B] [--rounds R] [--dtype f32|f16]
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Program, assemble
from wsc.runtime.cores import Tile
from wsc.runtime.engine import prepare_engine
from wsc.runtime.machine import Machine
from wsc.runtime.wiring import QueueDepths, Route

# Colors: row broadcast, row chains (odd and even), column broadcast, column chains.
ROW, ROW_ODD, ROW_EVEN, COLUMN, COLUMN_ODD, COLUMN_EVEN = range(6)


def line_routes(size: int, broadcast: int, odd: int, even: int, axis: int) -> list[Route]:
    """Return the routes of a broadcast from place 0 of each row (axis 0) or column, and of a chain to it."""
    away, home = ("E", "W") if axis == 0 else ("S", "N")

    def rect(start: int, count: int, step: int = 1) -> tuple[int, int, int, int, int, int]:
        if axis == 0:
            return (start, 0, count, size, step, 1)
        return (0, start, size, count, 1, step)

    def count(first: int) -> int:
        return (size - first + 1) // 2

    return [
        Route(f"broadcast{axis}", broadcast, rect(0, 1), "RAMP", (away,)),
        Route(f"broadcast{axis}", broadcast, rect(1, size - 2), home, (away, "RAMP")),
        Route(f"broadcast{axis}", broadcast, rect(size - 1, 1), home, ("RAMP",)),
        # PE k sends on odd or even by its own number and receives on the other.
        Route(f"chain{axis}", odd, rect(1, count(1), 2), "RAMP", (home,)),
        Route(f"chain{axis}", even, rect(2, count(2), 2), "RAMP", (home,)),
        Route(f"chain{axis}", odd, rect(0, size // 2, 2), away, ("RAMP",)),
        Route(f"chain{axis}", even, rect(1, (size - 1) // 2, 2), away, ("RAMP",)),
    ]


def program(name: str, data: Descriptor, rounds: int, line: tuple[int, int], setup: int) -> Program:
    """Return the program of a PE that is first (0), between (1) or last (2) in its row and column."""

    def communicate(opcode: int, channel_in: int = 0, channel_out: int = 0) -> Instruction:
        return Instruction(
            opcode, descriptors=[data], channel_in=channel_in, channel_out=channel_out, call_cycles=setup
        )

    body: list[Instruction] = []
    for axis, place in enumerate(line):
        base = 3 * axis
        if place == 0:
            body += [communicate(bc.SEND, 0, base), communicate(bc.REDUCE, base + 1)]
        elif place == 1:
            body += [communicate(bc.RECEIVE, base), communicate(bc.REDUCE_FORWARD, base + 1, base + 2)]
        else:
            body += [communicate(bc.RECEIVE, base), communicate(bc.SEND, 0, base + 2)]
    counter = bc.PRESET_REGISTERS
    loop = Instruction(bc.FOR, [0, rounds], target=counter, jump=len(body) + 2)
    again = Instruction(bc.NEXT, [0, rounds], target=counter, jump=1)
    return assemble(name, [loop, *body, again, Instruction(bc.HALT)])


def build(size: int, wavelets: int, rounds: int, dtype: int) -> Machine:
    """Return the machine of this benchmark."""
    elements = wavelets * (2 if dtype == bc.F16 else 1)
    data = Descriptor(dtype, 0, 1, 0, elements, 1)
    programs: list[Program] = []
    tiles: list[Tile] = []
    for py in range(3):
        for px in range(3):
            number = len(programs)
            programs.append(program(f"main_{px}_{py}", data, rounds, (px, py), 15))
            for parity_y in range(2):
                for parity_x in range(2):
                    rect = place_rect(size, px, parity_x), place_rect(size, py, parity_y)
                    if rect[0] is None or rect[1] is None:
                        continue
                    (x0, nx, sx), (y0, ny, sy) = rect
                    row = (ROW_EVEN, ROW_ODD) if parity_x else (ROW_ODD, ROW_EVEN)
                    column = (COLUMN_EVEN, COLUMN_ODD) if parity_y else (COLUMN_ODD, COLUMN_EVEN)
                    channels = (ROW, *row, COLUMN, *column)
                    tiles.append(Tile(number, (x0, y0, nx, ny, sx, sy), channels=channels))
    routes = line_routes(size, ROW, ROW_ODD, ROW_EVEN, 0)
    routes += line_routes(size, COLUMN, COLUMN_ODD, COLUMN_EVEN, 1)
    return Machine(size, size, routes, tiles, programs, QueueDepths(2, 2, 6, 6), 4 * wavelets)


def place_rect(size: int, place: int, parity: int) -> tuple[int, int, int] | None:
    """Return start, count and step of the PEs of one parity at a place of a line, None if there are none."""
    first, end = ((0, 1), (1, size - 1), (size - 1, size))[place]
    start = first + (first + parity) % 2
    count = (end - start + 1) // 2
    return (start, count, 2) if count > 0 else None


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=64, help="PEs each way (default 64)")
    parser.add_argument("--wavelets", type=int, default=256, help="wavelets a message (default 256)")
    parser.add_argument("--rounds", type=int, default=4, help="times over (default 4)")
    parser.add_argument("--dtype", choices=("f16", "f32"), default="f32")
    options = parser.parse_args()
    start = time.perf_counter()
    prepare_engine()
    print(f"engine ready after {time.perf_counter() - start:.2f} s")
    machine = build(options.size, options.wavelets, options.rounds, bc.TYPE_NUMBERS[options.dtype])
    machine.floats[...] = np.float32(1e-3)
    for _ in range(3):
        start = time.perf_counter()
        result = machine.run_step()
        seconds = time.perf_counter() - start
        speed = result.link_hops / seconds / 1e6
        print(
            f"{options.size} x {options.size}, {options.wavelets} wavelets: {result.cycles} cycles, "
            f"{result.link_hops} link-hops in {seconds:.3f} s: {speed:.1f} million/s"
        )


if __name__ == "__main__":
    main()
