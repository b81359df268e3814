"""Cases for comparing engines: flows, messages in one global order, and the machine that they describe.

A case is plain data whose `repr` can be evaluated again. All PEs take part in the messages in the order in
which the case lists them, so a case is free of deadlock by construction unless its `mistake` says otherwise:
when all earlier messages are through, those who take part in the next one have come to it, and its wavelets
are first in every queue.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from wsc.runtime import bytecode as bc
from wsc.runtime.wiring import QueueDepths, Route

SWITCH_POSITIONS = 4
COPY = -1
"""The `function` of a side that just receives."""
STEP = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Flow:
    """A multicast tree of one color: (router, input, outputs) from the source on, `RAMP` the last output."""

    color: int
    tree: tuple[tuple[Place, str, tuple[str, ...]], ...]

    @property
    def source(self) -> Place:
        return self.tree[0][0]

    @property
    def sinks(self) -> tuple[Place, ...]:
        return tuple(place for place, _, outputs in self.tree if "RAMP" in outputs)


@dataclass(frozen=True, slots=True)
class Side:
    """How one PE sends or receives a message: in how many operations, from where or to where.

    `cuts` are the wavelets before which another operation begins. `offset` and `stride` count elements,
    `walk` bytes for each iteration of the innermost loop; `odd` leaves out the last f16 element.
    """

    cuts: tuple[int, ...] = ()
    setup: int = 0
    started: bool = False
    between: int = 0
    """Cycles of computing between the start and `await`."""
    function: int = COPY
    offset: int = 0
    stride: int = 1
    rows: int = 1
    walk: int = 0
    odd: bool = False
    upper: bool = False
    """In the upper half of the memory for its type."""

    def parts(self, wavelets: int) -> list[int]:
        """The wavelets of each operation."""
        ends = [0, *(min(cut, wavelets) for cut in sorted(self.cuts)), wavelets]
        return [end - start for start, end in itertools.pairwise(ends)]


@dataclass(frozen=True, slots=True)
class Message:
    """One message on the flow number `flow`; `receive` is in the order of the flow's sinks."""

    flow: int
    send: Side
    receive: tuple[Side, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Messages of equal length that go on at the same time; each PE receives and sends at most one of them.

    Who does both forwards (`forward`) or starts both.
    """

    wavelets: int
    type: int
    messages: tuple[Message, ...]
    forward: bool = False


@dataclass(frozen=True, slots=True)
class Local:
    """Something that `places` compute: `kind` is one of those in `machines`."""

    places: tuple[Place, ...]
    kind: str
    amount: int
    type: int = bc.F32
    function: int = 0


@dataclass(frozen=True, slots=True)
class Loop:
    """Everybody in it goes through `body` so many times."""

    count: int
    body: tuple[Node, ...]


Node = Event | Local | Loop


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is done to the finished program of `place`: its communication number `first` is left out, or
    changes places with number `second`.
    """

    place: Place
    first: int
    second: int | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """`copies` (x, y) of a block of `width` x `height` PEs side by side."""

    width: int
    height: int
    depths: QueueDepths
    flows: tuple[Flow, ...]
    nodes: tuple[Node, ...]
    copies: tuple[int, int] = (1, 1)
    mistake: Mistake | None = None
    position: int = 0
    memory_seed: int = 0


def walk(nodes: tuple[Node, ...]) -> Iterator[Event | Local]:
    """Yield what happens, in order, with loops unrolled."""
    for node in nodes:
        if isinstance(node, Loop):
            for _ in range(node.count):
                yield from walk(node.body)
        else:
            yield node


def once(nodes: tuple[Node, ...]) -> Iterator[Event | Local]:
    """Yield what happens with each loop's body taken once."""
    for node in nodes:
        if isinstance(node, Loop):
            yield from once(node.body)
        else:
            yield node


Switch = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Setting:
    """The positions of a router for one color: (switch, messages); `flow` is the first flow."""

    flow: int
    positions: tuple[tuple[Switch, int], ...]


def router_settings(case: Case, most: int = SWITCH_POSITIONS) -> dict[tuple[Place, int], Setting] | None:
    """Return each router's positions by (router, color), or None if one needs more than `most`.

    A router's positions are the switches that its messages ask for one after the other, equal neighbours
    together; what repeats itself is left to the switch, which starts again from its first position.
    """
    wanted: dict[tuple[Place, int], list[tuple[Switch, int]]] = {}
    first: dict[tuple[Place, int], int] = {}
    for node in walk(case.nodes):
        if not isinstance(node, Event):
            continue
        for message in node.messages:
            flow = case.flows[message.flow]
            sent = sum(part > 0 for part in message.send.parts(node.wavelets))
            if not sent:
                continue
            for place, entry, outputs in flow.tree:
                runs = wanted.setdefault((place, flow.color), [])
                first.setdefault((place, flow.color), message.flow)
                if runs and runs[-1][0] == (entry, outputs):
                    runs[-1] = runs[-1][0], runs[-1][1] + sent
                else:
                    runs.append(((entry, outputs), sent))
    settings: dict[tuple[Place, int], Setting] = {}
    for key, runs in wanted.items():
        period = _period(runs, most)
        if period is None:
            return None
        settings[key] = Setting(first[key], tuple(runs[:period]))
    return settings


def _period(runs: list[tuple[Switch, int]], most: int) -> int | None:
    """Return how many positions give all of `runs`, None if more than `most`."""
    if len(runs) == 1:
        return 1
    for period in range(2, min(most, len(runs)) + 1):
        rest = [(run, runs[index % period]) for index, run in enumerate(runs)]
        (switch, count), (wanted, full) = rest.pop()
        if switch == wanted and count <= full and all(run == other for run, other in rest):
            return period
    return None


def machine_routes(case: Case) -> list[Route]:
    """Return the routes of a case. Raises `ValueError` if a router needs too many positions."""
    settings = router_settings(case)
    if settings is None:
        raise ValueError("a router needs more switch positions than there are")
    routes: list[Route] = []
    for (place, color), setting in settings.items():
        rect = (*place, *case.copies, case.width, case.height)
        several = len(setting.positions) > 1
        for position, ((entry, outputs), messages) in enumerate(setting.positions):
            more = {"position": position, "messages": messages} if several else {}
            routes.append(Route(f"flow{setting.flow}", color, rect, entry, outputs, **more))
    return routes


def area_bytes(case: Case) -> int:
    """Return the bytes of one half of the memory for one type: what the largest operation needs."""
    most = 64

    def visit(nodes: tuple[Node, ...], count: int) -> None:
        nonlocal most
        for node in nodes:
            if isinstance(node, Loop):
                visit(node.body, node.count)
            elif isinstance(node, Local):
                most = max(most, 8 * node.amount)
            else:
                elements = node.wavelets * (2 if node.type == bc.F16 else 1)
                for message in node.messages:
                    for side in (message.send, *message.receive):
                        last = side.offset + elements * side.stride
                        most = max(most, 4 * last + side.walk * count)

    visit(case.nodes, 1)
    return -(-most // 8) * 8


def places_of(case: Case, node: Event | Local) -> list[Place]:
    """Return who takes part."""
    if isinstance(node, Local):
        return list(node.places)
    flows = [case.flows[message.flow] for message in node.messages]
    return [place for flow in flows for place in (flow.source, *flow.sinks)]


def base_of(area: int, type_number: int, upper: bool) -> int:
    """Return where the half of the memory for a type begins."""
    return area * (2 * type_number + upper)


def text_of(case: Case) -> str:
    """Return a case as a text that `eval` reads with the names of this module and `QueueDepths`."""
    return repr(case)


def case_of(text: str) -> Case:
    """Read what `text_of` wrote."""
    names = (Flow, Side, Message, Event, Local, Loop, Mistake, Case, QueueDepths)
    case = eval(text, {"__builtins__": {}}, {name.__name__: name for name in names})
    assert isinstance(case, Case)
    return case
