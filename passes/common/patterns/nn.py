"""Patterns of the nn dialect: what has no effect on a value, and cheaper ways to the same value."""

from __future__ import annotations

from ....ir.attributes import F32, DenseElementsAttr
from ....ir.dialects.nn import BINARY, tensor_type
from ....ir.operation import Operation, Value
from ....ir.rewriter import RewritePattern, Rewriter, rewrites
from .numbers import exact_reciprocal, is_neutral


def splat(value: Value) -> float | None:
    """Return the number that all elements of `value` are, if `value` is such a constant."""
    op = value.defining_op
    if op is None or op.name != "nn.constant":
        return None
    elements = op.attribute("value", DenseElementsAttr)
    return float(elements.values[0]) if len(elements.values) == 1 else None


def _defined_by(value: Value, name: str) -> Operation | None:
    op = value.defining_op
    return op if op is not None and op.name == name else None


@rewrites("nn.reshape")
def reshape_of_reshape(op: Operation, rewriter: Rewriter) -> bool:
    """reshape(reshape(x)) is one reshape: elements keep their order."""
    inner = _defined_by(op.operands[0], "nn.reshape")
    if inner is None or tensor_type(inner.result).element != tensor_type(inner.operands[0]).element:
        return False
    op.set_operand(0, inner.operands[0])
    rewriter.modify(op)
    return True


@rewrites("nn.reshape")
def reshape_to_same_type(op: Operation, rewriter: Rewriter) -> bool:
    """reshape(x) to the type of x is x."""
    if op.operands[0].type != op.result.type:
        return False
    rewriter.replace(op, op.operands)
    return True


@rewrites(*(f"nn.{name}" for name in BINARY))
def neutral_constant(op: Operation, rewriter: Rewriter) -> bool:
    """x + -0, x - 0, x * 1 and x / 1 are x."""
    number = splat(op.operands[1])
    if number is None or op.operands[0].type != op.result.type:
        return False
    if not is_neutral(op.name.removeprefix("nn."), number):
        return False
    rewriter.replace(op, op.operands[:1])
    return True


@rewrites("nn.div")
def division_by_power_of_two(op: Operation, rewriter: Rewriter) -> bool:
    """x / 2^k is x * 2^-k: the core multiplies at once, and divides in software."""
    number = splat(op.operands[1])
    reciprocal = None if number is None else exact_reciprocal(number)
    if reciprocal is None:
        return False
    kind = tensor_type(op.operands[1])
    elements = DenseElementsAttr((reciprocal,), kind)
    if elements.values[0] != reciprocal:
        return False  # it is no number of this element type
    constant = rewriter.create("nn.constant", (), [kind], {"value": elements})
    product = rewriter.create("nn.mul", [op.operands[0], constant.result], [op.result.type])
    rewriter.replace(op, product)
    return True


@rewrites("nn.neg")
def negation_of_negation(op: Operation, rewriter: Rewriter) -> bool:
    """neg(neg(x)) is x, unless the value in between was rounded."""
    inner = _defined_by(op.operands[0], "nn.neg")
    if inner is None or inner.operands[0].type != op.result.type:
        return False
    if tensor_type(inner.result).element not in (F32, tensor_type(op.result).element):
        return False
    rewriter.replace(op, inner.operands)
    return True


@rewrites("nn.relu")
def relu_of_relu(op: Operation, rewriter: Rewriter) -> bool:
    """relu(relu(x)) is relu(x)."""
    inner = _defined_by(op.operands[0], "nn.relu")
    if inner is None or inner.result.type != op.result.type:
        return False
    rewriter.replace(op, inner)
    return True


@rewrites("nn.fused")
def fused_of_at_most_one(op: Operation, rewriter: Rewriter) -> bool:
    """A group of one operation, or of none, is no group."""
    terminator = op.body.terminator
    members = [inner for inner in op.body.operations if inner.name != "nn.constant"]
    if terminator is None or len(members) > 2:
        return False
    rewriter.inline(op.body, op.operands)
    values = list(terminator.operands)
    rewriter.erase(terminator)
    rewriter.replace(op, values)
    return True


@rewrites("nn.fused")
def fused_inputs(op: Operation, rewriter: Rewriter) -> bool:
    """An input that the body does not use goes, and of equal ones the first stands for all."""
    first: dict[Value, Value] = {}
    kept: list[Value] = []
    for operand, argument in zip(op.operands, list(op.body.arguments), strict=True):
        if operand in first:
            rewriter.replace_uses(argument, first[operand])
        if argument.uses:
            first[operand] = argument
            kept.append(operand)
        else:
            op.body.erase_argument(argument.index)
    if len(kept) == len(op.operands):
        return False
    op.set_operands(kept)
    rewriter.modify(op)
    return True


PATTERNS: tuple[RewritePattern, ...] = (
    reshape_of_reshape,
    reshape_to_same_type,
    neutral_constant,
    division_by_power_of_two,
    negation_of_negation,
    relu_of_relu,
    fused_of_at_most_one,
    fused_inputs,
)
