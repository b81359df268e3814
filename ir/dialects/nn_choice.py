"""Dialect `nn`, continued: the largest of a row, and experts that are chosen by it."""

from __future__ import annotations

from ..attributes import INDEX, IntegerAttr
from ..operation import Operation
from ..spec import OpSpec, Report, Trait, operand, required, result
from .nn import (
    FLOAT_TENSOR,
    I32_TENSOR,
    INTEGER,
    NN,
    PURE,
    STRING,
    same_shape,
    shape_of,
    shape_text,
    tensor_type,
    verify_yield_types,
)


def _verify_top_k(op: Operation, report: Report) -> None:
    shape, k = shape_of(op.operands[0]), op.attribute("k", IntegerAttr).value
    if not shape or not 1 <= k <= shape[-1]:
        report(f"k must be from 1 to the row's length, not {k} of {shape_text(shape)}")
    elif not same_shape(shape_of(op.result), (*shape[:-1], k)):
        report(f"result must be {shape_text((*shape[:-1], k))}, not {shape_text(shape_of(op.result))}")


def _verify_pick(op: Operation, report: Report) -> None:
    shape, indices = shape_of(op.operands[0]), shape_of(op.operands[1])
    if not shape or not indices or not same_shape(shape[:-1], indices[:-1]):
        report(f"operands must have the same rows, not {shape_text(shape)} and {shape_text(indices)}")
    elif not same_shape(shape_of(op.result), indices):
        report(f"result must be {shape_text(indices)}, not {shape_text(shape_of(op.result))}")


def _verify_mixture(op: Operation, report: Report) -> None:
    x, scores = (tensor_type(value) for value in op.operands)
    count, k = op.attribute("count", IntegerAttr).value, op.attribute("k", IntegerAttr).value
    if not x.shape or not same_shape(scores.shape, (x.shape[0], count)):
        report(f"there must be a score for each row and expert, not {shape_text(scores.shape)}")
    if not 1 <= k <= count:
        report(f"k must be from 1 to {count}, the number of experts, not {k}")
    if [argument.type for argument in op.body.arguments] != [INDEX, x]:
        report("the body must take the expert's number (index) and rows as x has them")
    verify_yield_types(op, [op.result.type], report)


NN.add(
    [
        OpSpec(
            "nn.top_k",
            "Indices of the `k` largest elements of each row, the largest first; of equals the first comes "
            "first.",
            operands=(operand("x", FLOAT_TENSOR),),
            results=(result("indices", I32_TENSOR),),
            attributes=(required("k", INTEGER),),
            traits=PURE,
            verify=_verify_top_k,
        ),
        OpSpec(
            "nn.pick",
            "The elements of each row at the indices of the same row.",
            operands=(operand("x", FLOAT_TENSOR), operand("indices", I32_TENSOR)),
            results=(result("value", FLOAT_TENSOR),),
            traits=PURE,
            verify=_verify_pick,
        ),
        OpSpec(
            "nn.mixture",
            "Runs its body on each row for the `k` of `count` experts with the largest scores (as "
            "nn.top_k chooses), in that order, and sums what they give, weighted with the softmax of "
            "these scores. The body takes the expert's number and one row.",
            operands=(operand("x", FLOAT_TENSOR), operand("scores", FLOAT_TENSOR)),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("count", INTEGER), required("k", INTEGER), required("label", STRING)),
            regions=("body",),
            traits=frozenset({Trait.PURE, Trait.SINGLE_BLOCK}),
            verify=_verify_mixture,
        ),
    ]
)
