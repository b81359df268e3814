"""Dialect `nn`, continued: work along one dimension, and operations that only move elements.

An `axis` counts dimensions from 0. A reduction keeps its dimension with extent 1.
"""

from __future__ import annotations

from ..attributes import DYNAMIC, IntegerAttr
from ..operation import Operation
from ..spec import OpSpec, Report, operand, operands, required, result
from .nn import FLOAT_TENSOR, I32_TENSOR, INTEGER, NN, PURE, same_shape, shape_of, shape_text

REDUCTIONS = ("sum", "mean", "max")
"""Operations that make one element of all along an axis."""


def axis_of(op: Operation) -> int:
    """Return the dimension along which `op` works."""
    return op.attribute("axis", IntegerAttr).value


def with_extent(shape: tuple[int, ...], axis: int, extent: int) -> tuple[int, ...]:
    """Return `shape` with another extent along `axis`."""
    return (*shape[:axis], extent, *shape[axis + 1 :])


def _has_axis(op: Operation, report: Report) -> bool:
    shape, axis = shape_of(op.operands[0]), axis_of(op)
    if not 0 <= axis < len(shape):
        report(f"{shape_text(shape)} has no axis {axis}")
    return 0 <= axis < len(shape)


def _wants_result(op: Operation, wanted: tuple[int, ...], report: Report) -> None:
    if not same_shape(wanted, shape_of(op.result)):
        report(f"result must be {shape_text(wanted)}, not {shape_text(shape_of(op.result))}")


def _verify_position(op: Operation, report: Report) -> None:
    if len(shape_of(op.result)) != 1:
        report(f"result must be [seq], not {shape_text(shape_of(op.result))}")


def _verify_softmax(op: Operation, report: Report) -> None:
    if _has_axis(op, report):
        _wants_result(op, shape_of(op.operands[0]), report)


def _verify_reduction(op: Operation, report: Report) -> None:
    if _has_axis(op, report):
        _wants_result(op, with_extent(shape_of(op.operands[0]), axis_of(op), 1), report)


def _count(shape: tuple[int, ...]) -> int:
    product = 1
    for extent in shape:
        product *= 1 if extent == DYNAMIC else extent
    return product


def _verify_reshape(op: Operation, report: Report) -> None:
    source, target = shape_of(op.operands[0]), shape_of(op.result)
    if _count(source) != _count(target) or (DYNAMIC in source) != (DYNAMIC in target):
        report(f"{shape_text(source)} cannot become {shape_text(target)}: the number of elements differs")


def _verify_transpose(op: Operation, report: Report) -> None:
    shape = shape_of(op.operands[0])
    if len(shape) < 2:
        report(f"operand must have two dimensions at least, not {shape_text(shape)}")
    else:
        _wants_result(op, (*shape[:-2], shape[-1], shape[-2]), report)


def _verify_concat(op: Operation, report: Report) -> None:
    if not op.operands:
        report("there is nothing to put together")
        return
    if not _has_axis(op, report):
        return
    axis, shapes = axis_of(op), [shape_of(value) for value in op.operands]
    first = shapes[0]
    for shape in shapes:
        others = len(shape) == len(first) and same_shape(
            with_extent(shape, axis, 1), with_extent(first, axis, 1)
        )
        if not others or shape[axis] == DYNAMIC:
            text = f"{shape_text(shape)} cannot stand beside {shape_text(first)} along axis {axis}"
            report(text)
            return
    _wants_result(op, with_extent(first, axis, sum(shape[axis] for shape in shapes)), report)


def _verify_slice(op: Operation, report: Report) -> None:
    if not _has_axis(op, report):
        return
    shape, axis = shape_of(op.operands[0]), axis_of(op)
    start, end = (op.attribute(name, IntegerAttr).value for name in ("start", "end"))
    if shape[axis] == DYNAMIC or not 0 <= start < end <= shape[axis]:
        report(f"{start} to {end} along axis {axis} does not fit {shape_text(shape)}")
        return
    _wants_result(op, with_extent(shape, axis, end - start), report)


NN.add(
    [
        OpSpec(
            "nn.position",
            "Where this step's rows stand in the sequence, from 0.",
            results=(result("indices", I32_TENSOR),),
            traits=PURE,
            verify=_verify_position,
        ),
        OpSpec(
            "nn.softmax",
            "exp(x) / sum(exp(x)) along an axis.",
            operands=(operand("x", FLOAT_TENSOR),),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("axis", INTEGER),),
            traits=PURE,
            verify=_verify_softmax,
        ),
        *(
            OpSpec(
                f"nn.{name}",
                f"{text} along an axis, which stays with extent 1.",
                operands=(operand("x", FLOAT_TENSOR),),
                results=(result("value", FLOAT_TENSOR),),
                attributes=(required("axis", INTEGER),),
                traits=PURE,
                verify=_verify_reduction,
            )
            for name, text in zip(REDUCTIONS, ("Sum", "Mean", "Largest element"), strict=True)
        ),
        OpSpec(
            "nn.reshape",
            "The same elements in another shape.",
            operands=(operand("x", FLOAT_TENSOR),),
            results=(result("value", FLOAT_TENSOR),),
            traits=PURE,
            verify=_verify_reshape,
        ),
        OpSpec(
            "nn.transpose",
            "The last two dimensions swapped.",
            operands=(operand("x", FLOAT_TENSOR),),
            results=(result("value", FLOAT_TENSOR),),
            traits=PURE,
            verify=_verify_transpose,
        ),
        OpSpec(
            "nn.concat",
            "The operands one behind the other along an axis of a fixed extent.",
            operands=(operands("parts", FLOAT_TENSOR),),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("axis", INTEGER),),
            traits=PURE,
            verify=_verify_concat,
        ),
        OpSpec(
            "nn.slice",
            "The elements from `start` up to but without `end` along an axis of a fixed extent.",
            operands=(operand("x", FLOAT_TENSOR),),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("axis", INTEGER), required("start", INTEGER), required("end", INTEGER)),
            traits=PURE,
            verify=_verify_slice,
        ),
    ]
)
