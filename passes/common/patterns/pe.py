"""Patterns of the pe dialect: integers that are known, and control flow that they decide."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ....ir.attributes import INDEX, IntegerAttr, StringAttr, i64
from ....ir.dialects.pe import INTEGER_OPERATIONS
from ....ir.operation import Operation, Value
from ....ir.rewriter import RewritePattern, Rewriter, rewrites

FOLD: dict[str, Callable[[int, int], int]] = {
    "pe.addi": lambda a, b: a + b,
    "pe.subi": lambda a, b: a - b,
    "pe.muli": lambda a, b: a * b,
    "pe.divi": lambda a, b: a // b,
    "pe.remi": lambda a, b: a % b,
    "pe.mini": min,
    "pe.maxi": max,
}
"""What integer operations compute; division and remainder round down, as Python's do."""
COMPARE: dict[str, Callable[[int, int], bool]] = {
    "eq": lambda a, b: a == b,
    "lt": lambda a, b: a < b,
    "le": lambda a, b: a <= b,
}
NEUTRAL = {"pe.addi": 0, "pe.subi": 0, "pe.muli": 1, "pe.divi": 1}
"""The right operand that leaves the left one as it is."""
INTEGERS = tuple(f"pe.{name}" for name in INTEGER_OPERATIONS)
COMMUTATIVE = ("pe.addi", "pe.muli", "pe.mini", "pe.maxi")


def known(value: Value) -> int | None:
    """Return the integer that `value` is, if it is a constant."""
    op = value.defining_op
    return op.attribute("value", IntegerAttr).value if op is not None and op.name == "pe.constant" else None


def _replace_by_constant(op: Operation, number: int, rewriter: Rewriter) -> bool:
    """Replace `op` by `number`, unless a register cannot hold it."""
    if not -(2**63) <= number < 2**63:
        return False
    rewriter.replace(op, rewriter.create("pe.constant", (), [INDEX], {"value": i64(number)}))
    return True


@rewrites(*INTEGERS)
def fold_integers(op: Operation, rewriter: Rewriter) -> bool:
    """Compute what both operands are known for; a division by zero stays for the run."""
    left, right = known(op.operands[0]), known(op.operands[1])
    if left is None or right is None or (op.name in ("pe.divi", "pe.remi") and right == 0):
        return False
    return _replace_by_constant(op, FOLD[op.name](left, right), rewriter)


@rewrites(*COMMUTATIVE)
def constant_to_the_right(op: Operation, rewriter: Rewriter) -> bool:
    """c + x is written x + c."""
    left, right = op.operands
    if known(left) is None or known(right) is not None:
        return False
    op.set_operands([right, left])
    rewriter.modify(op)
    return True


@rewrites(*NEUTRAL)
def neutral_integer(op: Operation, rewriter: Rewriter) -> bool:
    """x + 0, x - 0, x * 1 and x / 1 are x."""
    if known(op.operands[1]) != NEUTRAL[op.name]:
        return False
    rewriter.replace(op, op.operands[:1])
    return True


@rewrites("pe.muli", "pe.remi", "pe.subi")
def always_zero(op: Operation, rewriter: Rewriter) -> bool:
    """x * 0, x rem 1 and x - x are 0."""
    left, right = op.operands
    zero = left is right if op.name == "pe.subi" else known(right) == (0 if op.name == "pe.muli" else 1)
    return zero and _replace_by_constant(op, 0, rewriter)


@rewrites("pe.mini", "pe.maxi")
def extreme_of_equals(op: Operation, rewriter: Rewriter) -> bool:
    """min(x, x) and max(x, x) are x."""
    if op.operands[0] is not op.operands[1]:
        return False
    rewriter.replace(op, op.operands[:1])
    return True


@rewrites("pe.addi", "pe.muli")
def regroup_constants(op: Operation, rewriter: Rewriter) -> bool:
    """(x + a) + b is x + (a + b) if x + a is of no other use; the same for products."""
    inner, right = op.operands[0].defining_op, known(op.operands[1])
    if inner is None or inner.name != op.name or len(inner.result.uses) > 1 or right is None:
        return False
    left = known(inner.operands[1])
    if left is None or not -(2**63) <= FOLD[op.name](left, right) < 2**63:
        return False
    constant = rewriter.create("pe.constant", (), [INDEX], {"value": i64(FOLD[op.name](left, right))})
    whole = rewriter.create(op.name, [inner.operands[0], constant.result], [INDEX])
    rewriter.replace(op, whole)
    rewriter.erase(inner)
    return True


@rewrites("pe.if")
def decided_if(op: Operation, rewriter: Rewriter) -> bool:
    """A comparison of two constants is decided: the body stands alone, or is gone."""
    left, right = known(op.operands[0]), known(op.operands[1])
    if left is None or right is None:
        return False
    if COMPARE[op.attribute("predicate", StringAttr).value](left, right):
        _inline(op, [], rewriter)
    rewriter.erase(op)
    return True


@rewrites("pe.for")
def short_loop(op: Operation, rewriter: Rewriter) -> bool:
    """A loop without iterations is gone; of one with a single iteration, the body stands alone."""
    lower, upper = known(op.operands[0]), known(op.operands[1])
    if lower is None or upper is None or upper - lower > 1:
        return False
    if upper - lower == 1:
        _inline(op, op.operands[:1], rewriter)
    rewriter.erase(op)
    return True


def _inline(op: Operation, arguments: Sequence[Value], rewriter: Rewriter) -> None:
    """Move the body of `op` before it, without the `pe.yield`."""
    terminator = op.body.terminator
    if terminator is not None and terminator.name == "pe.yield":
        rewriter.erase(terminator)
    rewriter.inline(op.body, arguments)


PATTERNS: tuple[RewritePattern, ...] = (
    fold_integers,
    constant_to_the_right,
    neutral_integer,
    always_zero,
    extreme_of_equals,
    regroup_constants,
    decided_if,
    short_loop,
)
