"""Roles: what the PEs of a region do in the all-reduces along an axis, and on which colors."""

from __future__ import annotations

from dataclasses import dataclass

from ...ir.operation import Operation
from ..fabric.collectives.all_reduce import BROADCAST, COLORS_PER_AXIS, all_reduce_plan
from ..fabric.collectives.plan import Run, Step, grouped
from ..fabric.collectives.trees import middle
from ..fabric.reduce_trees import all_reduces, parts_of, tree_of

CHANNELS_PER_AXIS = 3
REDUCE_IN, REDUCE_OUT, BROADCAST_CHANNEL = range(CHANNELS_PER_AXIS)
"""Channel numbers within an axis; x has the first three, y the next, then the ports follow."""
UNUSED = -1
"""In a tile's channels: this PE does not use the channel."""


def axis_channel(axis: str, channel: int) -> int:
    """Return the program's number for a channel of an axis."""
    return channel + (0 if axis == "x" else CHANNELS_PER_AXIS)


@dataclass(frozen=True, slots=True)
class Role:
    """What a PE does in an all-reduce: operations of dialect `pe` with their channels within the axis.

    `middle` says whether it stands in the middle of the axis, where the root is.
    """

    name: str
    middle: bool
    steps: tuple[tuple[str, tuple[tuple[str, int], ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """PEs of one role on an axis: a run of coordinates, and the color of each channel (or `UNUSED`)."""

    run: Run
    role: Role
    channels: tuple[int, ...]


def segments(region: Operation, axis: str) -> list[Segment]:
    """Return the segments of an axis of `region`, by start; together they cover each PE once."""
    parts = parts_of(region, axis)
    if parts > 1 and all_reduces(region, axis):
        tree = tree_of(region, axis)
        plan = all_reduce_plan(tree).moved(0 if axis == "x" else COLORS_PER_AXIS)
        broadcast = BROADCAST + (0 if axis == "x" else COLORS_PER_AXIS)
        keys = [_role(place == tree.root, steps, broadcast) for place, steps in enumerate(plan.steps)]
    else:
        unused = (UNUSED,) * CHANNELS_PER_AXIS
        hands_over = axis == "x" and any(op.name == "fabric.send" for op in region.walk())
        apart = [parts > 1 and hands_over and place != middle(parts) for place in range(parts)]
        keys = [(Role("other" if other else "single", not other), unused) for other in apart]
    found = [Segment(run, role, channels) for (role, channels), runs in grouped(keys).items() for run in runs]
    return sorted(found, key=lambda segment: segment.run)


def _role(root: bool, steps: tuple[Step, ...], broadcast: int) -> tuple[Role, tuple[int, ...]]:
    """Return the role of a PE that does these steps, and the colors of its channels."""
    channels = [UNUSED] * CHANNELS_PER_AXIS

    def channel(color: int, reduce: int) -> int:
        number = BROADCAST_CHANNEL if color == broadcast else reduce
        channels[number] = color
        return number

    found: list[tuple[str, tuple[tuple[str, int], ...]]] = []
    for step in steps:
        both = step.source is not None and step.sink is not None
        uses: list[tuple[str, int]] = []
        if step.source is not None:
            uses.append(("in_channel" if both else "channel", channel(step.source, REDUCE_IN)))
        if step.sink is not None:
            uses.append(("out_channel" if both else "channel", channel(step.sink, REDUCE_OUT)))
        found.append((step.kind, tuple(uses)))
    heard = sum("reduce" in step.kind for step in steps)
    name = "root" if root else "end" if heard == 0 else "inner" if heard == 1 else f"inner{heard}"
    return Role(name, root, tuple(found)), tuple(channels)
