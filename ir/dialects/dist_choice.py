"""Dialect `dist`, continued: choices that every PE makes for itself, and work on what was chosen.

Whoever chooses has the whole vector. All PEs have the same bits of it, since an all-reduce sends one
result to all, and choose by the same instructions; so they agree without a word, and the collectives in the
body of a mixture meet.
"""

from __future__ import annotations

from ..attributes import F32, I32, INDEX, IntegerAttr
from ..operation import Operation
from ..spec import OpSpec, Report, Trait, operand, required, result
from .dist import DIST, INTEGER, PURE, TENSOR, DistTensor, dist_tensor, plain
from .nn import STRING


def chosen_count(op: Operation) -> int:
    """Return how many elements a choice, or work on one, has: k."""
    return dist_tensor(op.results[0] if op.name == "dist.top_k" else op.operands[0]).dims[0].extent


def _is_whole(kind: DistTensor) -> bool:
    """Whether each PE has all of a vector."""
    return len(kind.dims) == 1 and kind.dims[0].axis is None


def _verify_top_k(op: Operation, report: Report) -> None:
    x, indices, values, rest = (dist_tensor(value) for value in (*op.operands, *op.results))
    if not _is_whole(x) or rest.dims != x.dims:
        report("a choice needs the whole vector on each PE, and leaves the rest of it")
        return
    k = op.attribute("k", IntegerAttr).value
    if not 1 <= k <= x.dims[0].extent:
        report(f"k must be from 1 to {x.dims[0].extent}, not {k}")
    if not _is_whole(indices) or indices.dims != values.dims or indices.dims[0].extent != k:
        report(f"there must be {k} indices and values on each PE")
    if (indices.element, values.element, rest.element) != (I32, F32, F32):
        report("indices must be i32, values f32")


def _verify_pick(op: Operation, report: Report) -> None:
    x, indices, value = (dist_tensor(value) for value in (*op.operands, op.result))
    if not _is_whole(x) or not _is_whole(indices) or indices.element != I32:
        report("the vector and the indices (i32) must be whole on each PE")
    elif value.dims != indices.dims or value.element != x.element:
        report("the result must have an element of the vector for each index")


def _verify_mixture(op: Operation, report: Report) -> None:
    experts, weights = (dist_tensor(value) for value in op.operands)
    if (
        not _is_whole(experts)
        or experts.dims != weights.dims
        or (experts.element, weights.element) != (I32, F32)
    ):
        report("experts (i32) and weights (f32) must be whole on each PE, one weight for each expert")
    if [argument.type for argument in op.body.arguments] != [INDEX]:
        report("the body must take the expert's number")
    terminator, total = op.body.terminator, dist_tensor(op.result)
    if terminator is None or len(terminator.operands) != 1:
        report("the body must give one value")
        return
    given = dist_tensor(terminator.operands[0])
    if given.partial is not None or total != given.with_element(F32):
        report("the result must be f32, complete, and split as what the body gives")


DIST.add(
    [
        OpSpec(
            "dist.top_k",
            "Indices and values of the k largest elements of a vector, the largest first, of equals the "
            "first; `rest` is the vector with -inf in their places.",
            operands=(operand("x", TENSOR),),
            results=(result("indices", TENSOR), result("values", TENSOR), result("rest", TENSOR)),
            attributes=(required("k", INTEGER),),
            traits=PURE,
            verify=plain(_verify_top_k),
        ),
        OpSpec(
            "dist.pick",
            "The elements of a vector at some indices.",
            operands=(operand("x", TENSOR), operand("indices", TENSOR)),
            results=(result("value", TENSOR),),
            traits=PURE,
            verify=plain(_verify_pick),
        ),
        OpSpec(
            "dist.mixture",
            "Runs its body for the number of each chosen expert in turn, and sums what it gives, weighted.",
            operands=(operand("experts", TENSOR), operand("weights", TENSOR)),
            results=(result("value", TENSOR),),
            attributes=(required("count", INTEGER), required("label", STRING)),
            regions=("body",),
            traits=frozenset({Trait.PURE, Trait.SINGLE_BLOCK}),
            verify=plain(_verify_mixture),
        ),
    ]
)
