"""Random cases for comparing engines: trees, cascades of forwards, exchanges and merges, from a seed."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from wsc.runtime import bytecode as bc
from wsc.runtime.wiring import QueueDepths

from .cases import (
    COPY,
    OPPOSITE,
    STEP,
    SWITCH_POSITIONS,
    Case,
    Event,
    Flow,
    Local,
    Loop,
    Message,
    Mistake,
    Node,
    Place,
    Side,
    once,
    places_of,
    router_settings,
)

LENGTHS = (1, 1, 2, 3, 4, 5, 7, 8, 12, 16, 24, 33, 64, 100, 200, 300)
_FEW_LENGTHS = 12
_REDUCTIONS = {bc.F16: (bc.F_ADD, bc.F_MAX, bc.F_MIN), bc.F32: (bc.F_ADD, bc.F_MAX, bc.F_MIN)}
_INTEGER_REDUCTIONS = (bc.F_ADD, bc.F_SUB, bc.F_MUL, bc.F_MAX, bc.F_MIN)
_UNARY = (bc.COPY, bc.RELU, bc.ABS, bc.TANH, bc.SIGMOID, bc.SQRT)


@dataclass(frozen=True, slots=True)
class Mix:
    """Which cases come how often, of 100 each: `apart` with one color on each link and ramp, `mistakes`
    with a wrong program; the rest lets colors share links. The others are what cases may use.
    """

    apart: int = 50
    mistakes: int = 6
    positions: bool = True
    started: bool = True
    latencies: bool = True


def random_case(seed: int, mix: Mix = Mix()) -> Case:
    """Return case number `seed`: the same for the same seed, wherever it runs."""
    rng = random.Random(seed)
    kind = rng.randrange(100)
    maker = _Maker(rng, mix, apart=kind < mix.apart)
    case = maker.make()
    if kind >= 100 - mix.mistakes:
        case = _with_mistake(rng, case)
    return case


def random_depths(rng: random.Random, latencies: bool = True) -> QueueDepths:
    """Return queues and latencies that a target may have."""
    ramp = rng.choice((0, 1, 2, 2, 2, 3, 5))
    return QueueDepths(
        ramp_cycles=ramp,
        router_queue_wavelets=rng.choice((2, 2, 2, 3, 4, 7)),
        core_input_queue_wavelets=ramp + 1 + rng.choice((0, 0, 1, 3, 8)),
        core_output_queue_wavelets=ramp + 2 + rng.choice((0, 0, 1, 2, 8)),
        hop_cycles=rng.choice((1, 1, 1, 2, 3)) if latencies else 1,
        turn_cycles=rng.choice((0, 0, 0, 1, 2)) if latencies else 0,
    )


def _with_mistake(rng: random.Random, case: Case) -> Case:
    """Return the case with one PE's program spoiled."""
    places = [
        place for node in once(case.nodes) if isinstance(node, Event) for place in places_of(case, node)
    ]
    if not places:
        return case
    place = rng.choice(places)
    most = places.count(place)
    first = rng.randrange(most)
    others = [k for k in range(most) if k != first]
    second = rng.choice(others) if others and rng.random() < 0.6 else None
    return replace(case, mistake=Mistake(place, first, second))


class _Maker:
    """Builds one case, taking back what would need too many switch positions or share a link."""

    def __init__(self, rng: random.Random, mix: Mix, apart: bool) -> None:
        self.rng = rng
        self.mix = mix
        self.apart = apart
        shape = rng.random()
        if shape < 0.2:
            size = rng.choice((rng.randint(2, 10), rng.randint(2, 10), rng.randint(11, 40)))
            self.width, self.height = (size, 1) if rng.random() < 0.6 else (1, size)
        else:
            self.width, self.height = rng.randint(2, 6), rng.randint(2, 6)
        self.places = [(x, y) for y in range(self.height) for x in range(self.width)]
        self.colors = rng.randint(2, 6) if not apart else rng.randint(2, 8)
        self.depths = random_depths(rng, mix.latencies)
        self.positions = SWITCH_POSITIONS if mix.positions else 1
        self.flows: list[Flow] = []
        self.links: dict[tuple[Place, str], int] = {}
        self.nodes: list[Node] = []
        self.lengths = LENGTHS[: _FEW_LENGTHS if rng.random() < 0.6 else len(LENGTHS)]
        if not apart:
            self.lengths = self.lengths[4:]
        self.most_setup = rng.choice((0, 5, 15, 15, 60))

    def make(self) -> Case:
        rng = self.rng
        kinds: list[Callable[[], list[Event]]] = [
            *(self.single, self.single, self.single, self.again, self.again),
            *(self.cascade, self.cascade, self.exchange, self.merge),
        ]
        if not self.apart:
            kinds += [self.crowd] * 16
        for place in self.places:
            if rng.random() < (0.5 if self.apart else 0.2):
                self.nodes.append(Local((place,), "delay", rng.choice((0, 1, 3, 20, 100, 300))))
        for _ in range(rng.choice((1, 2, 3, 5, 8, 12) if self.apart else (3, 5, 8, 12))):
            self.attempt(rng.choice(kinds))
            if rng.random() < 0.4:
                self.nodes.append(self.local())
        if not any(isinstance(node, Event) for node in self.nodes):
            self.attempt(self.single)
        if rng.random() < 0.4:
            self.wrap()
        if rng.random() < 0.3:
            copies = rng.choice(((1, 2), (2, 1), (1, 4), (3, 2)))
        else:
            copies = (1, 1)
        return replace(self.case(self.nodes), copies=copies)

    def case(self, nodes: list[Node]) -> Case:
        rng_free = self.width * 7 + self.height
        return Case(
            *(self.width, self.height, self.depths, tuple(self.flows), tuple(nodes)),
            position=rng_free % 5,
            memory_seed=rng_free,
        )

    def attempt(self, make: Callable[[], list[Event]]) -> None:
        """Add what `make` returns if the switches can do it, else forget the flows that it made."""
        flows, links = list(self.flows), dict(self.links)
        events = make()
        if events and self.possible([*self.nodes, *events]):
            self.nodes.extend(events)
        else:
            self.flows, self.links = flows, links

    def possible(self, nodes: list[Node]) -> bool:
        return router_settings(self.case(nodes), self.positions) is not None

    def wrap(self) -> None:
        """Put some neighbours into a loop, perhaps part of those into another."""
        rng = self.rng
        first = rng.randrange(len(self.nodes))
        end = rng.randint(first + 1, min(len(self.nodes), first + 8))
        body: list[Node] = self.nodes[first:end]
        if len(body) > 2 and rng.random() < 0.3:
            body = [*body[:1], Loop(rng.randint(2, 3), tuple(body[1:-1])), *body[-1:]]
        nodes = [*self.nodes[:first], Loop(rng.choice((1, 2, 3, 5)), tuple(body)), *self.nodes[end:]]
        if self.possible(nodes):
            self.nodes = nodes

    # ---- flows

    def add_flow(self, color: int, tree: dict[Place, tuple[str, list[str]]]) -> int | None:
        """Return the number of a flow, None if it may not share a link or goes nowhere."""
        rows = tuple((place, entry, tuple(outputs)) for place, (entry, outputs) in tree.items())
        flow = Flow(color, rows)
        if not flow.sinks:
            return None
        if flow in self.flows:
            return self.flows.index(flow)
        links = [(place, output) for place, _, outputs in rows for output in outputs]
        if self.apart and any(self.links.get(link, color) != color for link in links):
            return None
        for link in links:
            self.links[link] = color
        self.flows.append(flow)
        return len(self.flows) - 1

    def path(self, color: int, source: Place, sink: Place, taps: float = 0.0) -> int | None:
        """A flow along x, then y, or y, then x; with probability `taps` those on the way hear it."""
        way = [source]
        axes = [0, 1] if self.rng.random() < 0.5 else [1, 0]
        for axis in axes:
            while way[-1][axis] != sink[axis]:
                step = 1 if sink[axis] > way[-1][axis] else -1
                x, y = way[-1]
                way.append((x + step, y) if axis == 0 else (x, y + step))
        return self.line(color, way, taps)

    def line(self, color: int, way: list[Place], taps: float) -> int | None:
        """A flow through the neighbours `way`."""
        if len(way) < 2:
            return None
        tree: dict[Place, tuple[str, list[str]]] = {}
        entry = "RAMP"
        for here, there in itertools.pairwise(way):
            direction = next(d for d, (dx, dy) in STEP.items() if (here[0] + dx, here[1] + dy) == there)
            outputs = [direction]
            if entry != "RAMP" and self.rng.random() < taps:
                outputs.append("RAMP")
            tree[here] = (entry, outputs)
            entry = OPPOSITE[direction]
        tree[way[-1]] = (entry, ["RAMP"])
        return self.add_flow(color, tree)

    def tree(self, color: int, source: Place) -> int | None:
        """A flow that branches at random."""
        rng = self.rng
        tree: dict[Place, tuple[str, list[str]]] = {source: ("RAMP", [])}
        for _ in range(rng.randint(1, 12)):
            place = rng.choice(list(tree))
            direction = rng.choice("NESW")
            there = place[0] + STEP[direction][0], place[1] + STEP[direction][1]
            if there not in tree and there in self.places:
                tree[place][1].append(direction)
                tree[there] = (OPPOSITE[direction], [])
        for place, (_, outputs) in tree.items():
            outputs.sort()
            if place != source and (not outputs or rng.random() < 0.5):
                outputs.append("RAMP")
        return self.add_flow(color, tree)

    def flow_from(self, color: int, source: Place) -> int | None:
        """Any kind of flow."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            return self.tree(color, source)
        if kind < 0.8:
            return self.path(color, source, rng.choice(self.places), rng.choice((0.0, 0.0, 0.5, 1.0)))
        axis, x, y = rng.randrange(2), *source
        length = self.width if axis == 0 else self.height
        ends = range(source[axis] + 1, length) if rng.random() < 0.5 else range(source[axis] - 1, -1, -1)
        way = [source, *((k, y) if axis == 0 else (x, k) for k in ends)]
        return self.line(color, way, 1.0)

    # ---- events

    def side(self, wavelets: int, type_number: int, receives: bool) -> Side:
        rng = self.rng
        cuts: tuple[int, ...] = ()
        if rng.random() < 0.25:
            cuts = tuple(sorted(rng.randint(0, wavelets) for _ in range(rng.randint(1, 3))))
        function = COPY
        if receives and rng.random() < 0.5:
            function = rng.choice(_REDUCTIONS.get(type_number, _INTEGER_REDUCTIONS))
        started = self.mix.started and rng.random() < 0.2
        return Side(
            cuts=() if started else cuts,
            setup=rng.randint(0, self.most_setup),
            started=started,
            between=rng.choice((0, 0, 7, 50)) if started else 0,
            function=function,
            offset=rng.choice((0, 0, 1, 5)),
            stride=rng.choice((1, 1, 1, 2)),
            rows=rng.choice((1, 1, 1, 2, 3)),
            walk=rng.choice((0, 0, 4, 16)),
            odd=rng.random() < 0.2,
            upper=rng.random() < 0.3,
        )

    def message(self, flow: int, wavelets: int, type_number: int) -> Message:
        send = self.side(wavelets, type_number, False)
        receive = tuple(self.side(wavelets, type_number, True) for _ in self.flows[flow].sinks)
        return Message(flow, send, receive)

    def event(self, flows: list[int], forward: bool) -> Event:
        """An event of messages on `flows`, of a random length."""
        rng = self.rng
        wavelets, type_number = rng.choice(self.lengths), rng.choice((bc.F16, bc.F32, bc.F32, bc.I32))
        messages = [self.message(flow, wavelets, type_number) for flow in flows]
        sources = {self.flows[flow].source for flow in flows}
        sinks = {sink for flow in flows for sink in self.flows[flow].sinks}
        both = sources & sinks
        fixed: list[Message] = []
        for message in messages:
            flow = self.flows[message.flow]
            send, receive = message.send, list(message.receive)
            if flow.source in both:
                send = replace(send, cuts=(), between=0 if forward else send.between)
            for index, sink in enumerate(flow.sinks):
                if sink in both:
                    receive[index] = replace(receive[index], cuts=())
                if sink in both and forward and receive[index].function == COPY:
                    receive[index] = replace(receive[index], function=bc.F_ADD)
            fixed.append(Message(message.flow, send, tuple(receive)))
        return Event(wavelets, type_number, tuple(fixed), forward)

    def single(self) -> list[Event]:
        flow = self.flow_from(self.rng.randrange(self.colors), self.rng.choice(self.places))
        return [] if flow is None else [self.event([flow], False)]

    def again(self) -> list[Event]:
        """One more message on a flow that is there."""
        if not self.flows:
            return []
        return [self.event([self.rng.randrange(len(self.flows))], False)]

    def cascade(self) -> list[Event]:
        """Messages whose receivers forward what they get on other flows."""
        rng = self.rng
        first = self.flow_from(rng.randrange(self.colors), rng.choice(self.places))
        if first is None:
            return []
        chosen = [first]
        busy = {self.flows[first].source, *self.flows[first].sinks}
        used = {(place, self.flows[first].color) for place, _, _ in self.flows[first].tree}
        waiting = list(self.flows[first].sinks)
        for _ in range(rng.randint(1, 10)):
            if not waiting:
                break
            source = waiting.pop(rng.randrange(len(waiting)))
            color = rng.randrange(self.colors)
            number = self.flow_from(color, source)
            if number is None:
                continue
            flow = self.flows[number]
            routers = {(place, color) for place, _, _ in flow.tree}
            if routers & used or busy.intersection(flow.sinks):
                continue
            used |= routers
            busy.update(flow.sinks)
            waiting.extend(flow.sinks)
            chosen.append(number)
        return [self.event(chosen, True)]

    def exchange(self) -> list[Event]:
        """Some PEs in a ring, each sends to the next one; or any flows with different ends."""
        rng = self.rng
        chosen: list[int] = []
        sources: set[Place] = set()
        sinks: set[Place] = set()
        ring = rng.sample(self.places, min(len(self.places), rng.randint(2, 6)))
        if rng.random() < 0.5:
            ring.sort()
        for here, there in zip(ring, [*ring[1:], ring[0]], strict=True):
            number = self.path(rng.randrange(self.colors), here, there)
            if number is None:
                continue
            flow = self.flows[number]
            if flow.source in sources or sinks.intersection(flow.sinks):
                continue
            if not self.mix.started and (flow.source in sinks or sources.intersection(flow.sinks)):
                continue
            sources.add(flow.source)
            sinks.update(flow.sinks)
            chosen.append(number)
        return [self.event(chosen, False)] if chosen else []

    def crowd(self) -> list[Event]:
        """Several messages on colors of their own over one link, or to one PE, about the same time."""
        rng = self.rng
        axis = 0 if self.width > 1 and (self.height == 1 or rng.random() < 0.5) else 1
        length = self.width if axis == 0 else self.height
        across = rng.randrange(self.height if axis == 0 else self.width)
        line = [(k, across) if axis == 0 else (across, k) for k in range(length)]
        if rng.random() < 0.5:
            line.reverse()
        middle = rng.randint(1, length - 1)
        colors = rng.sample(range(self.colors), min(self.colors, rng.randint(2, 4)))
        sources = rng.sample(line[:middle], min(middle, len(colors)))
        sinks = rng.sample(line[middle:], min(length - middle, len(colors)))
        events: list[Event] = []
        for color, source in zip(colors, sources, strict=False):
            sink = rng.choice(sinks)
            way = line[line.index(source) : line.index(sink) + 1]
            number = self.line(color, way, rng.choice((0.0, 0.3)))
            if number is not None:
                events.append(self.event([number], False))
        if len(sources) == 1 and events:
            others = [self.path(color, rng.choice(self.places), sinks[0]) for color in colors[1:]]
            events += [self.event([number], False) for number in others if number is not None]
        return events

    def merge(self) -> list[Event]:
        """Several PEs of a line send to one, one after the other, on one color: the nearest first or last."""
        rng = self.rng
        color, axis = rng.randrange(self.colors), 0 if self.width > 1 else 1
        if self.width > 1 and self.height > 1 and rng.random() < 0.5:
            axis = 1
        length = self.width if axis == 0 else self.height
        across = rng.randrange(self.height if axis == 0 else self.width)
        line = [(k, across) if axis == 0 else (across, k) for k in range(length)]
        root = rng.randrange(length)
        sides = [list(range(root - 1, -1, -1)), list(range(root + 1, length))]
        rng.shuffle(sides)
        events: list[Event] = []
        for side in sides:
            senders = [k for k in side if rng.random() < 0.7][:8]
            if rng.random() < 0.2:
                senders.reverse()
            for k in senders:
                step = 1 if root > k else -1
                number = self.line(color, [line[j] for j in range(k, root + step, step)], 0.0)
                if number is not None:
                    events.append(self.event([number], False))
        return events

    # ---- computing

    def local(self) -> Local:
        rng = self.rng
        count = rng.randint(1, len(self.places))
        places = tuple(sorted(rng.sample(self.places, count)))
        kind = rng.choice(
            (
                *("delay", "delay", "skew x", "skew y", "branch", "loaded", "unary", "binary", "constant"),
                *("fma", "fill", "position fill", "argmax", "keep"),
            )
        )
        type_number = rng.choice((bc.F16, bc.F32)) if kind in ("unary", "fma") else rng.randrange(3)
        if kind == "delay":
            amount = rng.choice((1, 2, 10, 50, 400))
        elif kind in ("skew x", "skew y", "branch", "loaded"):
            amount = rng.choice((1, 2, 5, 30))
        else:
            amount = rng.choice((0, 1, 3, 8, 30))
        function = 0
        if kind == "unary":
            function = rng.choice(_UNARY)
        elif kind in ("binary", "constant"):
            function = rng.choice((bc.F_ADD, bc.F_MAX, bc.F_MIN))
        return Local(places, kind, amount, type_number, function)
