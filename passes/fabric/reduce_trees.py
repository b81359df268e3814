"""The reduce trees of a region's all-reduces: chosen by closed form, kept as attributes of the region."""

from __future__ import annotations

from ...ir.attributes import IntegerAttr, StringAttr, string
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import dist_tensor
from ...ir.operation import Operation
from ...ir.target import Target
from ..cost import REDUCE_ATTRIBUTES, CostModel, line_costs, shape_of
from .collectives.choice import best_shape
from .collectives.trees import LineTree, line_tree


def parts_of(region: Operation, axis: str) -> int:
    """Return the PEs of a region along `axis`."""
    return region.attribute("width" if axis == "x" else "height", IntegerAttr).value


def all_reduces(region: Operation, axis: str) -> list[Operation]:
    """Return the all-reduces along `axis` in a region, nested ones included."""
    return [
        op
        for op in region.walk()
        if op.name == "dist.all_reduce" and op.attribute("axis", StringAttr).value == axis
    ]


def tree_of(region: Operation, axis: str) -> LineTree:
    """Return the tree of a region's all-reduces along `axis`, with its root in the middle.

    Raises `DiagnosticError` if the region's attribute names no shape.
    """
    shape = shape_of(region, axis)
    try:
        return line_tree(shape, parts_of(region, axis))
    except ValueError as error:
        raise error_at(f"'{REDUCE_ATTRIBUTES[axis]}': {error}", region.location) from error


def choose_trees(region: Operation, target: Target, position: int, shape: str) -> None:
    """Give a placed region the shape of tree that its all-reduces of one token at `position` take the fewest
    cycles with, on each axis; or `shape`, unless that is ''.
    """
    width, height = parts_of(region, "x"), parts_of(region, "y")
    model = CostModel(target, width, height, position)
    for axis, attribute in REDUCE_ATTRIBUTES.items():
        parts = parts_of(region, axis)
        messages = [
            sum(model.wavelets(dist_tensor(operand)) for operand in op.operands)
            for op in all_reduces(region, axis)
        ]
        if parts == 1 or not messages:
            continue
        found = shape or best_shape(parts, tuple(sorted(messages)), line_costs(target))[0]
        region.attributes[attribute] = string(found)
        tree_of(region, axis)
