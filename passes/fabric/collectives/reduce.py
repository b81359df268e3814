"""The plan of a reduce along a tree: two colors, switch positions, no arbitration.

A place at depth t of the tree sends on color t mod 2 and receives its children on the other color. It
combines all but the last child's message into its own and sends the result on while the last one arrives.
Messages of a color meet at a router in the order in which the tree completes them, children before their
parent; the switch positions say just that. The root takes the messages of its lower arm, then those of its
higher arm.
"""

from __future__ import annotations

from collections.abc import Sequence

from .plan import HIGH, LOW, RAMP, LinePlan, Setting, Step
from .trees import LineTree, children, depths, post_order

REDUCE_COLORS = 2
_Way = tuple[int, int]
"""Where a message comes in and where it goes out."""


def reduce_plan(tree: LineTree) -> LinePlan:
    """Return the plan of a reduce along `tree`: the root ends with all places' contributions.

    Its routers have at most two positions for trees in pre-order and for groups.
    """
    crossings: list[list[dict[int, list[_Way]]]] = [
        [{color: [] for color in range(REDUCE_COLORS)} for _ in range(len(arm) + 1)]
        for arm in (tree.low, tree.high)
    ]
    steps: list[list[tuple[Step, ...]]] = []
    for arm, outward, found in zip((tree.low, tree.high), (LOW, HIGH), crossings, strict=True):
        steps.append(_steps(arm))
        depth = depths(arm)
        for place in post_order(arm)[:-1]:
            _cross(found, place, arm[place - 1], depth[place] % 2, outward)
    low, high = crossings
    root = {color: low[0][color] + high[0][color] for color in range(REDUCE_COLORS)}
    ways = [*reversed(low[1:]), root, *high[1:]]
    last = tuple(Step("recv_reduce", source=1) for _ in range(tree.low.count(0) + tree.high.count(0)))
    return LinePlan(
        (*reversed(steps[0]), last, *steps[1]),
        tuple(tuple(s for color, found in at.items() for s in _positions(color, found)) for at in ways),
        REDUCE_COLORS if tree.parts > 1 else 0,
    )


def _steps(arm: Sequence[int]) -> list[tuple[Step, ...]]:
    """Return the steps of an arm's places from 1 on."""
    depth, below = depths(arm), children(arm)
    found: list[tuple[Step, ...]] = []
    for place in range(1, len(arm) + 1):
        sink, source, count = depth[place] % 2, 1 - depth[place] % 2, len(below[place])
        last = Step("recv_reduce_forward", source=source, sink=sink) if count else Step("send", sink=sink)
        found.append((*(Step("recv_reduce", source=source) for _ in range(count - 1)), last))
    return found


def _cross(found: Sequence[dict[int, list[_Way]]], place: int, parent: int, color: int, outward: int) -> None:
    """Note which way the message of `place` to `parent` takes at each router."""
    way = outward if parent > place else -outward
    found[place][color].append((RAMP, way))
    step = 1 if parent > place else -1
    for between in range(place + step, parent, step):
        found[between][color].append((-way, way))
    found[parent][color].append((-way, RAMP))


def _positions(color: int, ways: Sequence[_Way]) -> list[Setting]:
    """Return the switch positions of a color whose messages take these ways, one after the other."""
    counts: list[tuple[_Way, int]] = []
    for way in ways:
        before = counts.pop()[1] if counts and counts[-1][0] == way else 0
        counts.append((way, before + 1))
    if len(counts) == 1:
        ((input, output), _) = counts[0]
        return [Setting(color, input, (output,))]
    return [
        Setting(color, input, (output,), position, messages)
        for position, ((input, output), messages) in enumerate(counts)
    ]
