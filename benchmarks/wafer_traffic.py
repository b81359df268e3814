"""Machines with much traffic and nothing else to do, for measuring how fast engines are."""

from __future__ import annotations

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Program, assemble
from wsc.runtime.cores import Tile
from wsc.runtime.machine import Machine
from wsc.runtime.wiring import QueueDepths, Route

DEPTHS = QueueDepths(2, 2, 6, 6)
SETUP_CYCLES = 15
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


def busy_mesh(size: int, wavelets: int, rounds: int, dtype: int) -> Machine:
    """Return a mesh whose rows broadcast and chain-reduce, then its columns, `rounds` times."""
    elements = wavelets * (2 if dtype == bc.F16 else 1)
    data = Descriptor(dtype, 0, 1, 0, elements, 1)
    programs: list[Program] = []
    tiles: list[Tile] = []
    for py in range(3):
        for px in range(3):
            number = len(programs)
            programs.append(program(f"main_{px}_{py}", data, rounds, (px, py), SETUP_CYCLES))
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
    return Machine(size, size, routes, tiles, programs, DEPTHS, 4 * wavelets)


def place_rect(size: int, place: int, parity: int) -> tuple[int, int, int] | None:
    """Return start, count and step of the PEs of one parity at a place of a line, None if there are none."""
    first, end = ((0, 1), (1, size - 1), (size - 1, size))[place]
    start = first + (first + parity) % 2
    count = (end - start + 1) // 2
    return (start, count, 2) if count > 0 else None


def whole_wafer(width: int, height: int, wavelets: int) -> Machine:
    """Return a wafer whose rows broadcast from their first PE, and whose columns then chain-reduce to their
    first PE, `wavelets` float32 a message.
    """
    if min(width, height) < 3:
        raise ValueError(f"{width} x {height} PEs are too few: there must be inner ones")
    data = Descriptor(bc.F32, 0, 1, 0, wavelets, 1)

    def communicate(opcode: int, channel_in: int = 0, channel_out: int = 0) -> Instruction:
        return Instruction(
            opcode,
            descriptors=[data],
            channel_in=channel_in,
            channel_out=channel_out,
            call_cycles=SETUP_CYCLES,
        )

    rows = [communicate(bc.SEND), communicate(bc.RECEIVE)]
    columns = [communicate(bc.REDUCE, 1), communicate(bc.REDUCE_FORWARD, 1, 2), communicate(bc.SEND, 0, 2)]
    programs = [
        assemble(f"main_{px}_{py}", [row, column, Instruction(bc.HALT)])
        for py, column in enumerate(columns)
        for px, row in enumerate(rows)
    ]
    tiles: list[Tile] = []
    for py, (first, end) in enumerate(((0, 1), (1, height - 1), (height - 1, height))):
        for start in range(first, min(first + 2, end)):
            count = (end - start + 1) // 2
            # A PE in an odd row sends on the odd color and receives on the even one.
            channels = (ROW, COLUMN_EVEN, COLUMN_ODD) if start % 2 else (ROW, COLUMN_ODD, COLUMN_EVEN)
            tiles.append(Tile(2 * py, (0, start, 1, count, 1, 2), channels=channels))
            tiles.append(Tile(2 * py + 1, (1, start, width - 1, count, 1, 2), channels=channels))
    routes = [
        Route("broadcast", ROW, (0, 0, 1, height, 1, 1), "RAMP", ("E",)),
        Route("broadcast", ROW, (1, 0, width - 2, height, 1, 1), "W", ("E", "RAMP")),
        Route("broadcast", ROW, (width - 1, 0, 1, height, 1, 1), "W", ("RAMP",)),
    ]
    for color, first in ((COLUMN_ODD, 1), (COLUMN_EVEN, 2)):
        count = (height - first + 1) // 2
        routes.append(Route("chain", color, (0, first, width, count, 1, 2), "RAMP", ("N",)))
        routes.append(Route("chain", color, (0, first - 1, width, count, 1, 2), "S", ("RAMP",)))
    return Machine(width, height, routes, tiles, programs, DEPTHS, 4 * wavelets)
