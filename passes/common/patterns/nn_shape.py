"""Patterns of the nn dialect: moved elements that come back, or do not move at all."""

from __future__ import annotations

from ....ir.attributes import IntegerAttr, i64
from ....ir.dialects.nn import tensor_type
from ....ir.dialects.nn_shape import axis_of
from ....ir.operation import Operation, Value
from ....ir.rewriter import RewritePattern, Rewriter, rewrites


def _same(op: Operation, value: Value, rewriter: Rewriter) -> bool:
    """Let `value` stand for what `op` gives, if it has the same type."""
    if value.type != op.result.type:
        return False
    rewriter.replace(op, [value])
    return True


def _moved_before(op: Operation) -> Operation | None:
    """Return what made the operand of `op`, if that is the same operation and does not round."""
    inner = op.operands[0].defining_op
    if inner is None or inner.name != op.name:
        return None
    source, value = tensor_type(inner.operands[0]), tensor_type(inner.result)
    return inner if source.element == value.element else None


@rewrites("nn.transpose")
def transpose_of_transpose(op: Operation, rewriter: Rewriter) -> bool:
    """transpose(transpose(x)) is x."""
    inner = _moved_before(op)
    if inner is None:
        return False
    return _same(op, inner.operands[0], rewriter)


@rewrites("nn.concat")
def concat_of_one(op: Operation, rewriter: Rewriter) -> bool:
    """concat(x) is x."""
    return len(op.operands) == 1 and _same(op, op.operands[0], rewriter)


@rewrites("nn.slice")
def slice_of_everything(op: Operation, rewriter: Rewriter) -> bool:
    """A slice of all elements is x: it has the type of x."""
    return _same(op, op.operands[0], rewriter)


@rewrites("nn.slice")
def slice_of_slice(op: Operation, rewriter: Rewriter) -> bool:
    """slice(slice(x)) along one axis is one slice."""
    inner = _moved_before(op)
    if inner is None or axis_of(inner) != axis_of(op):
        return False
    first = inner.attribute("start", IntegerAttr).value
    for name in ("start", "end"):
        op.attributes[name] = i64(first + op.attribute(name, IntegerAttr).value)
    op.set_operand(0, inner.operands[0])
    rewriter.modify(op)
    return True


PATTERNS: tuple[RewritePattern, ...] = (
    transpose_of_transpose,
    concat_of_one,
    slice_of_everything,
    slice_of_slice,
)
