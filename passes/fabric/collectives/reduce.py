"""The plan of a reduce along any tree in pre-order: two colors, switch positions, no arbitration.

A place at depth t of the tree sends on color t mod 2 and receives its children, nearest first, on the
other color. It combines all but the last child's message into its own and sends the result on while the
last one arrives. Messages of a color meet at a router in the order of the tree: first the place's own (or
those to it), then those that pass over it; the switch positions say just that. The root takes the messages
of its lower arm, then those of its higher arm.
"""

from __future__ import annotations

from collections.abc import Sequence

from .plan import HIGH, LOW, RAMP, LinePlan, Setting, Step
from .trees import LineTree, children, depths

REDUCE_COLORS = 2


def reduce_plan(tree: LineTree) -> LinePlan:
    """Return the plan of a reduce along `tree`: the root ends with all places' contributions."""
    low, high = _arm_plan(tree.low, HIGH), _arm_plan(tree.high, LOW)
    low_children, high_children = (sum(parent == 0 for parent in arm) for arm in (tree.low, tree.high))
    positions = [(LOW, low_children), (HIGH, high_children)]
    root = tuple(Step("recv_reduce", source=1) for _ in range(low_children + high_children))
    switch = _positions(1, [(side, (RAMP,), count) for side, count in positions])
    return LinePlan(
        (*(steps for steps, _ in reversed(low)), root, *(steps for steps, _ in high)),
        (*(settings for _, settings in reversed(low)), switch, *(settings for _, settings in high)),
        REDUCE_COLORS if tree.parts > 1 else 0,
    )


def _arm_plan(arm: Sequence[int], inward: int) -> list[tuple[tuple[Step, ...], tuple[Setting, ...]]]:
    """Return steps and settings of an arm's places from 1 on; `inward` is the way to its root."""
    depth, below, passing = depths(arm), children(arm), _passing(arm)
    found: list[tuple[tuple[Step, ...], tuple[Setting, ...]]] = []
    for place in range(1, len(arm) + 1):
        sink, source = depth[place] % 2, 1 - depth[place] % 2
        count = len(below[place])
        outward = -inward
        own = [(RAMP, (inward,), 1), (outward, (inward,), passing[sink][place])]
        others = [(outward, (RAMP,), count), (outward, (inward,), passing[source][place])]
        settings = _positions(sink, own) + _positions(source, others)
        last = (Step("recv_reduce_forward", source=source, sink=sink) if count else Step("send", sink=sink),)
        found.append((tuple(Step("recv_reduce", source=source) for _ in range(count - 1)) + last, settings))
    return found


def _passing(arm: Sequence[int]) -> list[list[int]]:
    """Return for each color how many messages pass over each place on their way to another one."""
    depth = depths(arm)
    change = [[0] * (len(arm) + 2) for _ in range(REDUCE_COLORS)]
    for place, parent in enumerate(arm, 1):
        color = change[depth[place] % 2]
        color[parent + 1] += 1
        color[place] -= 1
    for color in change:
        for place in range(1, len(color)):
            color[place] += color[place - 1]
    return change


def _positions(color: int, wanted: Sequence[tuple[int, tuple[int, ...], int]]) -> tuple[Setting, ...]:
    """Return the switch positions of a color from (input, outputs, messages) without those of no message."""
    used = [entry for entry in wanted if entry[2] > 0]
    if len(used) == 1:
        ((input, outputs, _),) = used
        return (Setting(color, input, outputs),)
    return tuple(
        Setting(color, input, outputs, position, messages)
        for position, (input, outputs, messages) in enumerate(used)
    )
