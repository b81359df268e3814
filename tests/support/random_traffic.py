"""Random traffic on a small wafer: flows, switches, programs, queue depths and ramps, for any engine."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction
from wsc.runtime.machine import Machine
from wsc.runtime.wiring import QueueDepths, Route

from .slow_wafer import OPPOSITE, STEPS, Op, Place, Routes, Setting
from .wafers import at, delay, machine

WIDTH, HEIGHT = 4, 3
Tree = dict[Place, Setting]


def random_tree(rng: random.Random, free: list[Place]) -> tuple[Place, list[Place], Tree] | None:
    """Return a random multicast tree over routers in `free`: its source, its sinks, what routers do."""
    if not free:
        return None
    source = rng.choice(free)
    tree: dict[Place, tuple[str, list[str]]] = {source: ("RAMP", [])}
    for _ in range(rng.randrange(1, 7)):
        place = rng.choice(list(tree))
        direction = rng.choice(list(STEPS))
        there = place[0] + STEPS[direction][0], place[1] + STEPS[direction][1]
        if there in free and there not in tree:
            tree[place][1].append(direction)
            tree[there] = (OPPOSITE[direction], [])
    if len(tree) == 1:
        return None
    sinks = [p for p, (entry, out) in tree.items() if entry != "RAMP" and (not out or rng.random() < 0.4)]
    settings = {
        place: Setting(entry, tuple(sorted(outputs) + (["RAMP"] if place in sinks else [])))
        for place, (entry, outputs) in tree.items()
    }
    return source, sinks, settings


def chunks(rng: random.Random, total: int) -> list[int]:
    """Split `total` into random parts."""
    parts: list[int] = []
    while total:
        parts.append(rng.randint(1, total))
        total -= parts[-1]
    return parts


Streams = dict[Place, list[list[Op]]]


def add_flow(rng: random.Random, color: int, routes: Routes, streams: Streams) -> None:
    """Add a flow of its own way; a message may be received in other parts than it was sent in."""
    places = [(x, y) for x in range(WIDTH) for y in range(HEIGHT)]
    found = random_tree(rng, [place for place in places if (place, color) not in routes])
    if found is None:
        return
    source, sinks, tree = found
    routes.update({(place, color): [setting] for place, setting in tree.items()})
    total = rng.choice([1, 2, 5, 12, 40])
    streams[source].append([Op(n, None, color, rng.randrange(12)) for n in chunks(rng, total)])
    for sink in sinks:
        streams[sink].append([Op(n, color, None, rng.randrange(12)) for n in chunks(rng, total)])


def add_switched_flows(rng: random.Random, color: int, routes: Routes, streams: Streams) -> None:
    """Add messages of one color over ways that cross; switches let them pass one after the other."""
    places = [(x, y) for x in range(WIDTH) for y in range(HEIGHT)]
    free = [place for place in places if (place, color) not in routes]
    ops: Streams = defaultdict(list)
    for _ in range(rng.randint(2, 4)):
        found = random_tree(rng, free)
        if found is None:
            continue
        source, sinks, tree = found
        for _ in range(rng.choice([1, 1, 2])):
            count = rng.choice([1, 2, 5, 20])
            ops[source].append([Op(count, None, color, rng.randrange(12))])
            for sink in sinks:
                ops[sink].append([Op(n, color, None, rng.randrange(12)) for n in chunks(rng, count)])
            for place, setting in tree.items():
                positions = routes.setdefault((place, color), [])
                if positions and positions[-1][:2] == setting[:2]:
                    positions[-1] = setting._replace(messages=positions[-1].messages + 1)
                else:
                    positions.append(setting)
    for place, parts in ops.items():
        streams[place].append([op for part in parts for op in part])


def random_case(
    seed: int, switches: bool = False, links: bool = False
) -> tuple[Routes, dict[Place, list[Op]], QueueDepths]:
    """Return routes, programs and queues. With `switches` some colors have switch positions and some PEs
    receive and send side by side; with `links` links take more than one cycle and turns longer still.
    """
    rng = random.Random(seed)
    depths = QueueDepths(rng.randrange(4), rng.randint(1, 3), rng.randint(1, 7), rng.randint(1, 7))
    if links:
        depths = replace(depths, hop_cycles=rng.randint(1, 4), turn_cycles=rng.choice([0, 1, 7]))
    routes: Routes = {}
    streams: Streams = defaultdict(list)
    for _ in range(rng.randint(1, 7)):
        add = add_switched_flows if switches and rng.random() < 0.5 else add_flow
        add(rng, rng.randrange(4), routes, streams)
    programs: dict[Place, list[Op]] = {}
    for place, waiting in streams.items():
        ops: list[Op] = []
        while waiting:
            stream = rng.choice(waiting)
            ops.append(stream.pop(0))
            if not stream:
                waiting.remove(stream)
            if rng.random() < 0.3:
                ops.append(Op(0, setup=rng.choice([1, 3, 30, 1500])))
        programs[place] = merged(rng, ops, switches)
    return routes, programs, depths


def merged(rng: random.Random, ops: list[Op], side_by_side: bool) -> list[Op]:
    """Make some receives that are followed by a send one operation of both."""
    result: list[Op] = []
    for op in ops:
        last = result[-1] if result else Op(0)
        receives = last.source is not None and last.target is None
        sends = op.source is None and op.target is not None
        if receives and sends and last.count == op.count and rng.random() < 0.8:
            result[-1] = Op(op.count, last.source, op.target, op.setup)
        elif receives and sends and side_by_side and rng.random() < 0.6:
            result[-1] = Op(last.count, last.source, op.target, op.setup, op.count)
        else:
            result.append(op)
    return result


def instructions(ops: list[Op]) -> list[Instruction]:
    """What an engine's core does for the same programs; received words go to memory one behind the other."""
    result: list[Instruction] = []
    place = 0

    def communicate(opcode: int, op: Op, count: int, base: int, setup: int) -> Instruction:
        return Instruction(
            opcode,
            descriptors=[Descriptor(bc.I32, base, 1, 0, count, 1)],
            channel_in=op.source or 0,
            channel_out=op.target or 0,
            function=bc.F_ADD,
            call_cycles=setup,
        )

    for op in ops:
        if op.source is None and op.target is None:
            result.append(delay(op.setup))
            continue
        received = 4 * place
        if op.source is not None:
            place += op.count
        if op.sent is not None:
            first = op.setup // 3
            result += [
                communicate(bc.START_RECEIVE, op, op.count, received, first),
                communicate(bc.START_SEND, op, op.sent, 2048, 0),
                Instruction(bc.AWAIT, call_cycles=op.setup - first),
            ]
        elif op.source is None:
            result.append(communicate(bc.SEND, op, op.count, 2048, op.setup))
        else:
            opcode = bc.RECEIVE if op.target is None else bc.REDUCE_FORWARD
            result.append(communicate(opcode, op, op.count, received, op.setup))
    return result


def fast_wafer(routes: Routes, programs: dict[Place, list[Op]], depths: QueueDepths) -> Machine:
    """The engine's machine for a case."""
    return machine(
        WIDTH,
        HEIGHT,
        [
            Route(
                f"flow{color}",
                color,
                at(*place),
                setting.input,
                setting.outputs,
                position,
                setting.messages if len(settings) > 1 else 0,
            )
            for (place, color), settings in routes.items()
            for position, setting in enumerate(settings)
        ],
        {place: instructions(ops) for place, ops in programs.items()},
        depths=depths,
        sram_bytes=4096,
    )
