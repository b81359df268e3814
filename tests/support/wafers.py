"""Small machines for tests of the wavelet engine, without any IR."""

from __future__ import annotations

from collections.abc import Sequence

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Program, Site, assemble
from wsc.runtime.cores import Tile
from wsc.runtime.machine import Machine
from wsc.runtime.wiring import QueueDepths, Route

DEPTHS = QueueDepths(
    ramp_cycles=2, router_queue_wavelets=2, core_input_queue_wavelets=6, core_output_queue_wavelets=6
)
HALT = Instruction(bc.HALT)


def row(elements: int, type_number: int = bc.F32, base: int = 0) -> Descriptor:
    """Elements that lie side by side."""
    return Descriptor(type_number, base, 1, 0, elements, 1)


def send(data: Descriptor, channel: int = 0, setup: int = 0) -> Instruction:
    site = Site("pe.send", "model.wdl:1:1")
    return Instruction(bc.SEND, descriptors=[data], channel_out=channel, call_cycles=setup, site=site)


def receive(data: Descriptor, channel: int = 0, setup: int = 0) -> Instruction:
    site = Site("pe.recv", "model.wdl:2:1")
    return Instruction(bc.RECEIVE, descriptors=[data], channel_in=channel, call_cycles=setup, site=site)


def reduce(data: Descriptor, channel: int = 0, function: int = bc.F_ADD, setup: int = 0) -> Instruction:
    return Instruction(
        bc.REDUCE, descriptors=[data], channel_in=channel, function=function, call_cycles=setup
    )


def forward(
    data: Descriptor, channel_in: int, channel_out: int, function: int = bc.F_ADD, setup: int = 0
) -> Instruction:
    return Instruction(
        bc.REDUCE_FORWARD,
        descriptors=[data],
        channel_in=channel_in,
        channel_out=channel_out,
        function=function,
        call_cycles=setup,
    )


def delay(cycles: int) -> Instruction:
    """Keeps a core busy."""
    return Instruction(bc.ADD, [0, 0], target=bc.PRESET_REGISTERS, call_cycles=cycles)


def program(*instructions: Instruction) -> Program:
    return assemble("test", [*instructions, HALT])


def at(x: int, y: int = 0, nx: int = 1, ny: int = 1) -> tuple[int, int, int, int, int, int]:
    """A rectangle without gaps."""
    return (x, y, nx, ny, 1, 1)


def machine(
    width: int,
    height: int,
    routes: Sequence[Route],
    cores: dict[tuple[int, int], Sequence[Instruction]],
    *,
    depths: QueueDepths = DEPTHS,
    sram_bytes: int = 1024,
    colors: int = 8,
) -> Machine:
    """A machine whose PEs run these instructions; channel c of all of them is color c."""
    programs = [program(*instructions) for instructions in cores.values()]
    tiles = [Tile(number, at(*place), channels=tuple(range(colors))) for number, place in enumerate(cores)]
    return Machine(width, height, routes, tiles, programs, depths, sram_bytes)


def line_broadcast(P: int, B: int, *, depths: QueueDepths = DEPTHS, setup: int = 0) -> Machine:
    """P PEs in a row; the first sends B wavelets of float32 to all others."""
    routes = [
        Route("broadcast", 0, at(0), "RAMP", ("E",)),
        Route("broadcast", 0, at(P - 1), "W", ("RAMP",)),
    ]
    if P > 2:
        routes.append(Route("broadcast", 0, at(1, 0, P - 2), "W", ("E", "RAMP")))
    data = row(B)
    programs = [program(send(data, 0, setup)), program(receive(data, 0, setup))]
    tiles = [Tile(0, at(0), channels=(0,)), Tile(1, at(1, 0, P - 1), channels=(0,))]
    return Machine(P, 1, routes, tiles, programs, depths, 4 * B)


def line_chain(
    P: int, B: int, *, depths: QueueDepths = DEPTHS, setup: int = 0, type_number: int = bc.F32
) -> Machine:
    """P PEs in a row; each adds B wavelets to what comes from its right and passes them on to its left."""
    data = row(B if type_number != bc.F16 else 2 * B, type_number)
    routes: list[Route] = []
    for x in range(1, P):
        routes.append(Route("chain", x % 2, at(x), "RAMP", ("W",)))
        routes.append(Route("chain", x % 2, at(x - 1), "E", ("RAMP",)))
    programs = [
        program(reduce(data, 0, setup=setup)),
        program(forward(data, 0, 1, setup=setup)),
        program(send(data, 1, setup)),
    ]
    tiles = [
        Tile(0 if x == 0 else 2 if x == P - 1 else 1, at(x), channels=((x + 1) % 2, x % 2)) for x in range(P)
    ]
    return Machine(P, 1, routes, tiles, programs, depths, 4 * B)
