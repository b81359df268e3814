"""Patterns of the dist dialect: local work and transfers that leave a value as it is."""

from __future__ import annotations

from ....ir.attributes import F32, FloatAttr, StringAttr
from ....ir.dialects.dist import dist_tensor
from ....ir.operation import Operation
from ....ir.rewriter import RewritePattern, Rewriter, rewrites
from .numbers import exact_reciprocal, is_neutral


def _function(op: Operation) -> str:
    return op.attribute("fn", StringAttr).value


@rewrites("dist.map")
def cast_to_same_type(op: Operation, rewriter: Rewriter) -> bool:
    """A cast of x to the type of x is x."""
    if _function(op) != "cast" or op.operands[0].type != op.result.type:
        return False
    rewriter.replace(op, op.operands)
    return True


@rewrites("dist.map")
def cast_there_and_back(op: Operation, rewriter: Rewriter) -> bool:
    """A cast to f32 and back is the value: every f16 is an f32."""
    inner = op.operands[0].defining_op
    if _function(op) != "cast" or inner is None or inner.name != "dist.map" or _function(inner) != "cast":
        return False
    if dist_tensor(inner.result).element != F32 or inner.operands[0].type != op.result.type:
        return False
    rewriter.replace(op, inner.operands)
    return True


@rewrites("dist.map")
def neutral_value(op: Operation, rewriter: Rewriter) -> bool:
    """x + -0, x - 0, x * 1 and x / 1 are x."""
    if "value" not in op.attributes or op.operands[0].type != op.result.type:
        return False
    if not is_neutral(_function(op), op.attribute("value", FloatAttr).value):
        return False
    rewriter.replace(op, op.operands)
    return True


@rewrites("dist.map")
def division_by_power_of_two(op: Operation, rewriter: Rewriter) -> bool:
    """x / 2^k is x * 2^-k: the core multiplies at once, and divides in software."""
    if _function(op) != "div" or "value" not in op.attributes:
        return False
    reciprocal = exact_reciprocal(op.attribute("value", FloatAttr).value)
    if reciprocal is None:
        return False
    op.attributes["fn"] = StringAttr("mul")
    op.attributes["value"] = FloatAttr(reciprocal, F32)
    rewriter.modify(op)
    return True


@rewrites("dist.transfer")
def transfer_to_same_grid(op: Operation, rewriter: Rewriter) -> bool:
    """A transfer to the grid where the value is does nothing."""
    if op.operands[0].type != op.result.type:
        return False
    rewriter.replace(op, op.operands)
    return True


PATTERNS: tuple[RewritePattern, ...] = (
    cast_to_same_type,
    cast_there_and_back,
    neutral_value,
    division_by_power_of_two,
    transfer_to_same_grid,
)
