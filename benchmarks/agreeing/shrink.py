"""Make a case smaller for as long as it still fails: fewer messages, wavelets, PEs, simpler everything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from .cases import STEP, Case, Event, Flow, Local, Loop, Message, Node, Place, Side, once, router_settings

PLAIN = Side()
Nodes = tuple[Node, ...]


def shrink(case: Case, fails: Callable[[Case], bool], attempts: int = 2000) -> Case:
    """Return a case that still fails and that no single step of simplification makes fail, or the best
    after so many attempts.
    """
    again = True
    while again:
        again = False
        for smaller in candidates(case):
            if smaller == case or router_settings(smaller) is None:
                continue
            attempts -= 1
            if attempts < 0:
                return case
            if fails(smaller):
                case, again = smaller, True
                break
    return without_unused_flows(case)


def candidates(case: Case) -> Iterator[Case]:
    """Yield simpler cases, those that gain most first."""
    if case.copies != (1, 1):
        yield replace(case, copies=(1, 1))
        yield replace(case, copies=(case.copies[0], 1))
        yield replace(case, copies=(1, case.copies[1]))
    if case.mistake is not None:
        yield replace(case, mistake=None)
        yield replace(case, mistake=replace(case.mistake, second=None))
        for field in ("first", "second"):
            number = getattr(case.mistake, field)
            if number:
                yield replace(case, mistake=replace(case.mistake, **{field: number - 1}))
    size = len(case.nodes)
    part = size // 2
    while part:
        for start in range(0, size, part):
            yield replace(case, nodes=(*case.nodes[:start], *case.nodes[start + part :]))
        part //= 2
    for nodes in smaller_nodes(case.nodes):
        yield replace(case, nodes=nodes)
    yield from pruned(case)
    for field, plain in (
        ("hop_cycles", 1),
        ("turn_cycles", 0),
        ("router_queue_wavelets", 2),
        ("core_input_queue_wavelets", case.depths.ramp_cycles + 1),
        ("core_output_queue_wavelets", case.depths.ramp_cycles + 2),
    ):
        if getattr(case.depths, field) != plain:
            yield replace(case, depths=replace(case.depths, **{field: plain}))
    for ramp in range(case.depths.ramp_cycles):
        yield replace(case, depths=replace(case.depths, ramp_cycles=ramp))
    yield from cropped(case)


def smaller_nodes(nodes: Nodes) -> Iterator[Nodes]:
    """Yield the nodes with one of them left out of a loop, or made simpler."""
    for index, node in enumerate(nodes):
        before, after = nodes[:index], nodes[index + 1 :]
        if isinstance(node, Loop):
            yield (*before, *node.body, *after)
            for count in (1, 2, node.count - 1):
                if 0 < count < node.count:
                    yield (*before, replace(node, count=count), *after)
            for inner in range(len(node.body)):
                yield (*before, replace(node, body=(*node.body[:inner], *node.body[inner + 1 :])), *after)
            for body in smaller_nodes(node.body):
                yield (*before, replace(node, body=body), *after)
        else:
            simpler = simpler_local(node) if isinstance(node, Local) else simpler_event(node)
            for other in simpler:
                yield (*before, other, *after)


def simpler_local(node: Local) -> Iterator[Local]:
    """Yield the computation with fewer PEs, as a mere delay, and shorter."""
    if len(node.places) > 1:
        half = len(node.places) // 2
        yield replace(node, places=node.places[:half])
        yield replace(node, places=node.places[half:])
    if node.kind != "delay":
        yield Local(node.places, "delay", 20)
    for amount in (node.amount // 2, node.amount - 1):
        if 0 <= amount < node.amount:
            yield replace(node, amount=amount)


def simpler_event(event: Event) -> Iterator[Event]:
    """Yield the event with fewer messages, fewer wavelets, plainer sides."""
    if len(event.messages) > 1:
        for index in range(len(event.messages)):
            yield replace(event, messages=(*event.messages[:index], *event.messages[index + 1 :]))
    for wavelets in (1, event.wavelets // 2, event.wavelets - 1):
        if 0 < wavelets < event.wavelets:
            yield replace(event, wavelets=wavelets)
    for index, message in enumerate(event.messages):
        for simpler in simpler_message(message):
            yield replace(event, messages=(*event.messages[:index], simpler, *event.messages[index + 1 :]))


def simpler_message(message: Message) -> Iterator[Message]:
    for side in simpler_side(message.send):
        yield replace(message, send=side)
    for index, side in enumerate(message.receive):
        for simpler in simpler_side(side):
            yield replace(message, receive=(*message.receive[:index], simpler, *message.receive[index + 1 :]))


def simpler_side(side: Side) -> Iterator[Side]:
    """Yield the side with one of its properties as plain as it can be."""
    for field in ("cuts", "started", "between", "offset", "stride", "rows", "walk", "odd", "upper", "setup"):
        if getattr(side, field) != getattr(PLAIN, field):
            yield replace(side, **{field: getattr(PLAIN, field)})
    if len(side.cuts) > 1:
        for index in range(len(side.cuts)):
            yield replace(side, cuts=(*side.cuts[:index], *side.cuts[index + 1 :]))
    if side.setup > 1:
        yield replace(side, setup=side.setup // 2)


def pruned(case: Case) -> Iterator[Case]:
    """Yield the case with one sink taken from a flow, and from all its messages."""
    for number, flow in enumerate(case.flows):
        if len(flow.sinks) < 2:
            continue
        for index, sink in enumerate(flow.sinks):
            flows = (*case.flows[:number], without_sink(flow, sink), *case.flows[number + 1 :])

            def change(event: Event, number: int = number, index: int = index) -> Event:
                return replace(
                    event,
                    messages=tuple(
                        replace(m, receive=(*m.receive[:index], *m.receive[index + 1 :]))
                        if m.flow == number
                        else m
                        for m in event.messages
                    ),
                )

            yield replace(case, flows=flows, nodes=changed(case.nodes, change))


def without_sink(flow: Flow, sink: Place) -> Flow:
    """Return the flow without the ramp at `sink` and without the branches that then lead nowhere."""
    outputs = {place: [o for o in out if place != sink or o != "RAMP"] for place, _, out in flow.tree}
    again = True
    while again:
        dead = [place for place, out in outputs.items() if not out]
        again = bool(dead)
        for place in dead:
            del outputs[place]
            for other, out in outputs.items():
                out[:] = [
                    o for o in out if o == "RAMP" or (other[0] + STEP[o][0], other[1] + STEP[o][1]) != place
                ]
    tree = tuple((place, entry, tuple(outputs[place])) for place, entry, _ in flow.tree if place in outputs)
    return Flow(flow.color, tree)


def changed(nodes: Nodes, change: Callable[[Event], Event]) -> Nodes:
    """Return the nodes with every event changed."""
    result: list[Node] = []
    for node in nodes:
        if isinstance(node, Loop):
            result.append(replace(node, body=changed(node.body, change)))
        else:
            result.append(change(node) if isinstance(node, Event) else node)
    return tuple(result)


def without_unused_flows(case: Case) -> Case:
    """Return the case with those flows only that a message takes, numbered anew."""
    used = sorted({m.flow for node in once(case.nodes) if isinstance(node, Event) for m in node.messages})
    numbers = {flow: number for number, flow in enumerate(used)}

    def change(event: Event) -> Event:
        return replace(event, messages=tuple(replace(m, flow=numbers[m.flow]) for m in event.messages))

    return replace(case, flows=tuple(case.flows[k] for k in used), nodes=changed(case.nodes, change))


def cropped(case: Case) -> Iterator[Case]:
    """Yield the case on as small a block as its flows and computations need."""
    case = without_unused_flows(case)
    places = [place for flow in case.flows for place, _, _ in flow.tree]
    places += [p for node in once(case.nodes) if isinstance(node, Local) for p in node.places]
    if places:
        width, height = max(x for x, _ in places) + 1, max(y for _, y in places) + 1
        if (width, height) != (case.width, case.height):
            yield replace(case, width=width, height=height)
