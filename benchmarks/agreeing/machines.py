"""From a case to its machine: each PE's program is its part in each message, in the case's order."""

from __future__ import annotations

import struct

import numpy as np

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Operand, Program, Register, assemble
from wsc.runtime.cores import Tile
from wsc.runtime.machine import Machine
from wsc.runtime.wiring import QueueDepths, Route

from .cases import (
    COPY,
    Case,
    Event,
    Local,
    Loop,
    Node,
    Place,
    Side,
    area_bytes,
    base_of,
    machine_routes,
    once,
    places_of,
)

VECTOR_CALL_CYCLES = 3
BRANCH_CYCLES = 2
SCALAR_CYCLES = 1
AWAIT_CYCLES = 4
_MOST_LOADED = 16
"""Iterations at most that a loaded number asks for."""

(_HALF_BITS,) = struct.unpack("<I", struct.pack("<f", 0.5))


class Writer:
    """Writes the program of `place`; `channels` are the colors it uses, in the order of first use."""

    def __init__(self, case: Case, place: Place, area: int) -> None:
        self.case = case
        self.place = place
        self.area = area
        self.channels: list[int] = []
        self.instructions: list[Instruction] = []
        self.counters: list[int] = []
        self.registers = bc.PRESET_REGISTERS + 1

    def write(self) -> list[Instruction]:
        """Return all instructions, the case's mistake included."""
        self.nodes(self.case.nodes)
        mistake = self.case.mistake
        if mistake is not None and mistake.place == self.place:
            talk = [k for k, instruction in enumerate(self.instructions) if instruction.opcode >= bc.SEND]
            if mistake.first < len(talk):
                first = talk[mistake.first]
                if mistake.second is None:
                    self.instructions[first] = self.delay(1)
                elif mistake.second < len(talk):
                    second = talk[mistake.second]
                    code = self.instructions
                    code[first], code[second] = code[second], code[first]
        return self.instructions

    def nodes(self, nodes: tuple[Node, ...]) -> None:
        for node in nodes:
            if isinstance(node, Loop):
                self.loop(node)
            elif isinstance(node, Local):
                if self.place in node.places:
                    self.local(node)
            else:
                self.event(node)

    # ---- control

    def loop(self, node: Loop) -> None:
        first, counter = self.open(node.count)
        self.counters.append(counter)
        self.nodes(node.body)
        self.counters.pop()
        if len(self.instructions) == first + 1:
            self.instructions.pop()
            return
        self.close(first, counter, node.count)

    def open(self, count: Operand) -> tuple[int, int]:
        """Begin a loop; return its first instruction and its counter."""
        counter = self.register()
        self.emit(bc.FOR, [0, count], target=counter, call_cycles=0)
        return len(self.instructions) - 1, counter

    def close(self, first: int, counter: int, count: Operand) -> None:
        self.emit(bc.NEXT, [0, count], target=counter, jump=first + 1, call_cycles=BRANCH_CYCLES)
        self.instructions[first].jump = len(self.instructions)

    def register(self) -> int:
        self.registers += 1
        return self.registers - 1

    def scalar(self, opcode: int, a: Operand, b: Operand = 0) -> Register:
        target = self.register()
        operands = [a] if opcode == bc.LOAD else [a, b]
        self.emit(opcode, operands, target=target, call_cycles=SCALAR_CYCLES)
        return Register(target)

    def emit(
        self, opcode: int, operands: list[Operand], *, target: int = 0, jump: int = 0, **more: int
    ) -> None:
        self.instructions.append(Instruction(opcode, operands, target=target, jump=jump, **more))

    @staticmethod
    def delay(cycles: int) -> Instruction:
        """Keeps a core busy."""
        return Instruction(bc.ADD, [0, 0], target=bc.PRESET_REGISTERS, call_cycles=cycles)

    # ---- messages

    def event(self, event: Event) -> None:
        send: tuple[Side, int] | None = None
        receive: tuple[Side, int] | None = None
        for message in event.messages:
            flow = self.case.flows[message.flow]
            if flow.source == self.place:
                send = message.send, self.channel(flow.color)
            for sink, side in zip(flow.sinks, message.receive, strict=True):
                if sink == self.place:
                    receive = side, self.channel(flow.color)
        if send is not None and receive is not None:
            if event.forward:
                self.forward(event, receive, send[1])
            else:
                self.start(event, send, receive)
        elif send is not None or receive is not None:
            side = (send or receive or (Side(), 0))[0]
            if side.started:
                self.start(event, send, receive)
            else:
                self.blocking(event, send, receive)

    def channel(self, color: int) -> int:
        if color not in self.channels:
            self.channels.append(color)
        return self.channels.index(color)

    def data(self, event: Event, side: Side, first: int, wavelets: int, upper: bool) -> Descriptor:
        """Return where `wavelets` of a message lie, from number `first` on."""
        pair = 2 if event.type == bc.F16 else 1
        size = 2 if event.type == bc.F16 else 4
        elements = pair * wavelets - (side.odd and event.type == bc.F16 and wavelets > 0)
        start = base_of(self.area, event.type, upper) + size * (side.offset + pair * first * side.stride)
        base: Operand = start
        if side.walk and self.counters:
            steps = self.scalar(bc.MULTIPLY, Register(self.counters[-1]), side.walk)
            base = self.scalar(bc.ADD, steps, start)
        rows = side.rows if elements % side.rows == 0 else 1
        columns = elements // rows
        return Descriptor(event.type, base, rows, columns * side.stride, columns, side.stride)

    def blocking(self, event: Event, send: tuple[Side, int] | None, receive: tuple[Side, int] | None) -> None:
        side, channel = send or receive or (Side(), 0)
        done = 0
        for wavelets in side.parts(event.wavelets):
            data = self.data(event, side, done, wavelets, side.upper)
            opcode = bc.SEND if send else bc.RECEIVE if side.function == COPY else bc.REDUCE
            self.talk(opcode, data, side, channel, channel)
            done += wavelets

    def forward(self, event: Event, receive: tuple[Side, int], channel_out: int) -> None:
        side, channel_in = receive
        data = self.data(event, side, 0, event.wavelets, side.upper)
        self.talk(bc.REDUCE_FORWARD, data, side, channel_in, channel_out)

    def start(self, event: Event, send: tuple[Side, int] | None, receive: tuple[Side, int] | None) -> None:
        """Both at the same time, or one of them asynchronously."""
        between = 0
        if send is not None:
            side, channel = send
            between = side.between
            data = self.data(event, side, 0, event.wavelets, True)
            self.talk(bc.START_SEND, data, side, channel, channel)
        if receive is not None:
            side, channel = receive
            between += side.between
            data = self.data(event, side, 0, event.wavelets, False)
            opcode = bc.START_RECEIVE if side.function == COPY else bc.START_REDUCE
            self.talk(opcode, data, side, channel, channel)
        if between:
            self.instructions.append(self.delay(between))
        self.emit(bc.AWAIT, [], call_cycles=AWAIT_CYCLES)

    def talk(self, opcode: int, data: Descriptor, side: Side, channel_in: int, channel_out: int) -> None:
        self.instructions.append(
            Instruction(
                opcode,
                descriptors=[data],
                function=max(side.function, 0),
                channel_in=channel_in,
                channel_out=channel_out,
                call_cycles=side.setup,
            )
        )

    # ---- computing

    def local(self, node: Local) -> None:
        if node.kind == "delay":
            self.instructions.append(self.delay(node.amount))
        elif node.kind in ("skew x", "skew y"):
            count = Register(bc.R_X if node.kind == "skew x" else bc.R_Y)
            self.repeat(count, node.amount)
        elif node.kind == "branch":
            parity = self.scalar(bc.REMAINDER, self.scalar(bc.ADD, Register(bc.R_X), Register(bc.R_Y)), 2)
            test = Instruction(bc.IF, [parity, 0], function=bc.EQUAL, call_cycles=BRANCH_CYCLES)
            self.instructions.append(test)
            self.repeat(2, node.amount)
            test.jump = len(self.instructions)
        elif node.kind == "loaded":
            address = base_of(self.area, bc.I32, False) + 4 * (node.amount % 8)
            value = self.scalar(bc.LOAD, address)
            count = self.scalar(bc.MAXIMUM, self.scalar(bc.REMAINDER, value, _MOST_LOADED), 0)
            self.repeat(count, 3)
            self.emit(bc.STORE, [address, count], function=bc.I32, call_cycles=SCALAR_CYCLES)
        else:
            self.vector(node)

    def repeat(self, count: Operand, cycles: int) -> None:
        """Keep busy `count` times."""
        first, counter = self.open(count)
        self.instructions.append(Instruction(bc.ADD, [0, 0], target=self.register(), call_cycles=cycles))
        self.close(first, counter, count)

    def vector(self, node: Local) -> None:
        count: Operand = Register(bc.R_POSITION) if node.kind == "position fill" else node.amount
        rows = [
            Descriptor(node.type, base_of(self.area, node.type, False), 1, 0, count, 1),
            Descriptor(node.type, base_of(self.area, node.type, True), 1, 0, count, 1),
            Descriptor(node.type, base_of(self.area, node.type, True), 1, 0, count, 1),
        ]
        opcode = {
            "unary": bc.MAP_UNARY,
            "binary": bc.MAP_BINARY,
            "constant": bc.MAP_CONSTANT,
            "fma": bc.FMA,
            "fill": bc.FILL,
            "position fill": bc.FILL,
            "argmax": bc.ARGMAX,
            "keep": bc.KEEP_EQUAL,
        }[node.kind]
        if opcode == bc.ARGMAX:
            rows[0] = Descriptor(bc.I32, base_of(self.area, bc.I32, True), 1, 0, 1, 1)
        self.instructions.append(
            Instruction(
                opcode,
                descriptors=rows[: bc.DESCRIPTORS[opcode]],
                function=node.function,
                constant=_HALF_BITS,
                call_cycles=VECTOR_CALL_CYCLES,
                element_cycles=(1, 4) if node.type == bc.F16 else (1, 1),
            )
        )


def build(case: Case, depths: QueueDepths | None = None, routes: list[Route] | None = None) -> Machine:
    """Return the machine of a case with its memory filled, with other `depths` or `routes` if given."""
    area = area_bytes(case)
    numbers: dict[bytes, int] = {}
    programs: list[Program] = []
    tiles: list[Tile] = []
    places = {place for node in once(case.nodes) for place in places_of(case, node)}
    for place in sorted(places, key=lambda place: (place[1], place[0])):
        writer = Writer(case, place, area)
        instructions = [*writer.write(), Instruction(bc.HALT)]
        program = assemble(f"program{len(programs)}", instructions)
        key = program.code.tobytes()
        if key not in numbers:
            numbers[key] = len(programs)
            programs.append(program)
        rect = (*place, *case.copies, case.width, case.height)
        tiles.append(Tile(numbers[key], rect, channels=tuple(writer.channels)))
    machine = Machine(
        case.width * case.copies[0],
        case.height * case.copies[1],
        machine_routes(case) if routes is None else routes,
        tiles,
        programs,
        depths or case.depths,
        6 * area + 64,
    )
    fill_memory(case, machine, area)
    return machine


def fill_memory(case: Case, machine: Machine, area: int) -> None:
    """Fill the memories: positive numbers of a reasonable size in each type's part."""
    rng = np.random.default_rng(case.memory_seed)
    pes, half, word = machine.pes, area // 2, area // 4
    halves = rng.uniform(0.125, 2.0, (pes, area)).astype(np.float16)
    machine.sram[:, : 2 * half] = halves.view(np.uint16)
    machine.floats[:, 2 * word : 4 * word] = rng.uniform(0.125, 2.0, (pes, 2 * word)).astype(np.float32)
    machine.integers[:, 4 * word : 6 * word] = rng.integers(-1000, 1000, (pes, 2 * word))
