"""A ring folded onto a line, and what runs around it: reduce-scatter, all-gather, all-reduce, shifts.

The ring goes up the even places and down the odd ones, so no two neighbours are more than two hops apart.
Each direction takes two colors in turn, because a router has one setting for a color. In each round a PE
sends to the next one on the ring and receives from the one before at the same time.
"""

from __future__ import annotations

from .plan import HIGH, LOW, RAMP, LinePlan, Setting, Step

RING_COLORS = 4


def ring_order(parts: int) -> list[int]:
    """Return the places in the order of the ring: 0, 2, 4, ..., 5, 3, 1."""
    return [*range(0, parts, 2), *reversed(range(1, parts, 2))]


def _edge_colors(order: list[int]) -> list[int]:
    """Return the color on which each place of the ring sends to the next."""
    return [
        (0 if order[(index + 1) % len(order)] > place else 2) + place // 2 % 2
        for index, place in enumerate(order)
    ]


def _ring_settings(parts: int) -> tuple[tuple[Setting, ...], ...]:
    """Return the settings by which every place sends to the next one of the ring."""
    order = ring_order(parts)
    settings: list[list[Setting]] = [[] for _ in range(parts)]
    for index, (place, color) in enumerate(zip(order, _edge_colors(order), strict=True)):
        target = order[(index + 1) % parts]
        way = HIGH if target > place else LOW
        settings[place].append(Setting(color, RAMP, (way,)))
        for between in range(place + way, target, way):
            settings[between].append(Setting(color, -way, (way,)))
        settings[target].append(Setting(color, -way, (RAMP,)))
    return tuple(tuple(sorted(found, key=lambda s: s.color)) for found in settings)


def _rounds(parts: int, kind: str, first: int, rounds: int) -> LinePlan:
    """Return `rounds` rounds in which ring place r sends chunk r + `first`, then the one before it, and so
    on, and takes what comes as `kind`. Chunks are numbered by the place that they belong to.
    """
    if parts == 1:
        return LinePlan(((),), ((),), 0)
    order = ring_order(parts)
    colors = _edge_colors(order)
    steps: list[tuple[Step, ...]] = [()] * parts
    for index, place in enumerate(order):
        found: list[Step] = []
        for turn in range(rounds):
            sent, taken = (order[(index + first - turn - k) % parts] for k in (0, 1))
            found.append(Step("start_send", sink=colors[index], chunk=(sent, parts)))
            found.append(Step(kind, source=colors[index - 1], chunk=(taken, parts)))
            found.append(Step("await"))
        steps[place] = tuple(found)
    return LinePlan(tuple(steps), _ring_settings(parts), RING_COLORS)


def reduce_scatter_plan(parts: int) -> LinePlan:
    """Return the plan after which place p holds chunk p of the reduced message."""
    return _rounds(parts, "start_recv_reduce", -1, parts - 1)


def all_gather_plan(parts: int) -> LinePlan:
    """Return the plan by which all places get chunk p from each place p."""
    return _rounds(parts, "start_recv", 0, parts - 1)


def ring_all_reduce_plan(parts: int) -> LinePlan:
    """Return reduce-scatter, then all-gather, on the same colors."""
    scatter, gather = reduce_scatter_plan(parts), all_gather_plan(parts)
    steps = tuple(a + b for a, b in zip(scatter.steps, gather.steps, strict=True))
    return LinePlan(steps, scatter.settings, scatter.colors)


def interleaved_shift_plan(parts: int) -> LinePlan:
    """Return the plan by which each place hands its message (buffer 0) to the next one of the ring, which
    takes it into buffer 1: at most two hops, and everybody is served. Two buffers that swap roles make
    Cannon's algorithm of it.
    """
    if parts == 1:
        return LinePlan(((),), ((),), 0)
    order = ring_order(parts)
    colors = _edge_colors(order)
    steps: list[tuple[Step, ...]] = [()] * parts
    for index, place in enumerate(order):
        steps[place] = (
            Step("start_send", sink=colors[index]),
            Step("start_recv", source=colors[index - 1], buffer=1),
            Step("await"),
        )
    return LinePlan(tuple(steps), _ring_settings(parts), RING_COLORS)


def shift_plan(parts: int, way: int) -> LinePlan:
    """Return the plan by which each place hands its message (buffer 0) to its neighbour on side `way`, which
    takes it into buffer 1. The last place sends nothing, the first one receives nothing.
    """
    steps: list[tuple[Step, ...]] = []
    settings: list[tuple[Setting, ...]] = []
    for place in range(parts):
        send, take = place % 2, (place - way) % 2
        found: list[Step] = []
        switch: list[Setting] = []
        if 0 <= place + way < parts:
            found.append(Step("start_send", sink=send))
            switch.append(Setting(send, RAMP, (way,)))
        if 0 <= place - way < parts:
            found.append(Step("start_recv", source=take, buffer=1))
            switch.append(Setting(take, -way, (RAMP,)))
        steps.append((*found, Step("await")) if found else ())
        settings.append(tuple(switch))
    return LinePlan(tuple(steps), tuple(settings), 2 if parts > 1 else 0)
