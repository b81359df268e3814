"""All-reduce on a line: a reduce along any tree, then a multicast from its root; or a ring."""

from __future__ import annotations

from .broadcast import broadcast_plan
from .plan import LinePlan
from .reduce import REDUCE_COLORS, reduce_plan
from .trees import LineTree

BROADCAST = REDUCE_COLORS
"""The multicast's color; the reduce has those before it."""
COLORS_PER_AXIS = REDUCE_COLORS + 1
COLLECTIVE_COLORS = 2 * COLORS_PER_AXIS
"""Colors of the all-reduces of a region: first those of x, then those of y."""


def all_reduce_plan(tree: LineTree) -> LinePlan:
    """Return the plan after which all places have what a reduce along `tree` gives its root."""
    reduce = reduce_plan(tree)
    return reduce.then(broadcast_plan(tree.parts, tree.root), BROADCAST) if tree.parts > 1 else reduce
