"""Flows read back by arrays are those that messages take which are moved one by one."""

from __future__ import annotations

from collections import Counter, deque

from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import ArrayAttr, StringAttr
from wsc.ir.dialects.fabric import numbers, switch_position
from wsc.ir.flows import extract_flows
from wsc.ir.operation import Operation
from wsc.ir.routes import OPPOSITE, STEP, Point, collect_settings, rect_points

from ..support.routes import flows_of, route

SIZE = 9
Position = tuple[str, tuple[str, ...], int]
TURNS = {"E": "W", "W": "E", "N": "S", "S": "N"}


class Routers:
    """Routers of one color that move message after message; a message is the PE that sent it."""

    def __init__(self, routes: list[Operation]) -> None:
        self.positions: dict[Point, list[Position]] = {}
        for op in sorted(routes, key=lambda op: switch_position(op)[0]):
            outputs = tuple(o.value for o in op.attribute("outputs", ArrayAttr) if isinstance(o, StringAttr))
            for point in rect_points(numbers(op, "rect")):
                entry = (op.attribute("input", StringAttr).value, outputs, switch_position(op)[1])
                self.positions.setdefault(point, []).append(entry)
        self.at: Counter[Point] = Counter()
        self.moved: Counter[Point] = Counter()
        self.queues: dict[tuple[Point, str], deque[Point]] = {}
        self.arrived: Counter[tuple[Point, Point]] = Counter()

    def run(self) -> None:
        """Let each PE send the messages of one round, and move all as far as they go."""
        for point, positions in self.positions.items():
            own = sum(max(messages, 1) for entry, _, messages in positions if entry == "RAMP")
            self.queues[point, "RAMP"] = deque([point] * own)
        while sum(map(self.move, self.positions)):
            pass

    def move(self, point: Point) -> bool:
        """Move one message on from a router, if there is one at the input of its position."""
        entry, outputs, messages = self.positions[point][self.at[point]]
        queue = self.queues.get((point, entry))
        if not queue:
            return False
        message = queue.popleft()
        for output in outputs:
            if output == "RAMP":
                self.arrived[message, point] += 1
                continue
            after = (point[0] + STEP[output][0], point[1] + STEP[output][1])
            self.queues.setdefault((after, OPPOSITE[output]), deque()).append(message)
        self.moved[point] += 1
        if messages and self.moved[point] == messages:
            self.moved[point] = 0
            self.at[point] = (self.at[point] + 1) % len(self.positions[point])
        return True


@st.composite
def lines(draw: st.DrawFn) -> list[Operation]:
    """All PEs of a line send some messages to its first one, or each takes some of those that it sends."""
    direction = draw(st.sampled_from("NESW"))
    away = TURNS[direction]
    counts = draw(st.lists(st.integers(0, 3), min_size=1, max_size=SIZE - 1))
    gather, both = draw(st.booleans()), draw(st.booleans())
    dx, dy = STEP[away]
    start = (0 if dx >= 0 else SIZE - 1, 0 if dy >= 0 else SIZE - 1)
    first = ("RAMP", (away,)) if not gather else (away, ("RAMP",))
    found = [(start, [(*first, sum(counts))])] if sum(counts) else []
    for index, count in enumerate(counts):
        further = sum(counts[index + 1 :])
        own = ("RAMP", (direction,)) if gather else (direction, ("RAMP",))
        passing = (away, (direction,)) if gather else (direction, (away,))
        if not gather and both and further and count:
            # One message is for this PE and those behind it, as in a multicast.
            continue
        positions = [(*own, count)] * (count > 0) + [(*passing, further)] * (further > 0)
        if draw(st.booleans()):
            positions.reverse()
        found.append(((start[0] + (index + 1) * dx, start[1] + (index + 1) * dy), positions))
    return [
        route((*point, 1, 1, 1, 1), entry, " ".join(outputs), 0, "f", position, messages)
        for point, positions in found
        for position, (entry, outputs, messages) in enumerate(positions)
    ]


@given(lines())
def test_as_message_by_message(routes: list[Operation]) -> None:
    routers = Routers(routes)
    routers.run()
    stuck = any(routers.queues.values()) or any(routers.at.values()) or any(routers.moved.values())
    settings, problems = collect_settings(routes, SIZE, SIZE)
    flows, more = extract_flows(settings)
    assert problems == []
    assert bool(more) == stuck
    if not stuck:
        found: Counter[tuple[Point, Point]] = Counter()
        for source, sink, messages in zip(flows.sink_source, flows.sink, flows.messages, strict=True):
            found[settings.point(source), (int(sink) % SIZE, int(sink) // SIZE)] += int(messages)
        assert found == routers.arrived


@given(lines(), st.integers(0, 20), st.integers(1, 4))
def test_another_number_of_messages_is_noticed(routes: list[Operation], which: int, messages: int) -> None:
    """Where a position lasts longer or shorter than it should, messages are left or waited for."""
    counted = [op for op in routes if switch_position(op)[1] not in (0, messages)]
    if not counted:
        return
    spoilt = counted[which % len(counted)]
    at = next(i for i, op in enumerate(routes) if op is spoilt)
    point, position = next(rect_points(numbers(spoilt, "rect"))), switch_position(spoilt)[0]
    outputs = [o.value for o in spoilt.attribute("outputs", ArrayAttr) if isinstance(o, StringAttr)]
    entry = spoilt.attribute("input", StringAttr).value
    changed = route((*point, 1, 1, 1, 1), entry, " ".join(outputs), 0, "f", position, messages)
    assert flows_of([*routes[:at], changed, *routes[at + 1 :]], SIZE, SIZE)[1]
