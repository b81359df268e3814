"""Dialect `dist`: how the PEs of a grid share a model's tensors and work.

A `!dist.tensor` says for each dimension how it is split over the grid's axes, and whether each PE
holds only a partial value that a collective must still combine over an axis. Grids get their shape in
`place`.

Most programs handle one position: a vector of features has one dimension, a number none. One that takes
a whole window of rows has the rows as one more dimension, the last, whole on each PE: `[features, rows]`,
and `[rows]` for one number of each row.
"""

from __future__ import annotations

from collections.abc import Callable

from ..attributes import (
    INDEX,
    DenseArrayAttr,
    DenseElementsAttr,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    UnitAttr,
)
from ..layout import Split
from ..operation import Operation
from ..spec import (
    Dialect,
    OpSpec,
    Report,
    Trait,
    is_a,
    one_of,
    operand,
    operands,
    optional,
    register_dialect,
    required,
    result,
    results,
)
from .dist_type import DistTensor, dist_tensor
from .nn import BINARY, INDEX_TYPE, STRING, SYMBOL_REFERENCE, UNARY

REDUCTIONS = ("add", "max", "min")
FUNCTIONS = (*UNARY, *BINARY, "max", "cast", "sin", "cos", "sqrt", "reciprocal")

TENSOR = is_a("a distributed tensor", DistTensor)


def experts_of(variable: Operation) -> int:
    """Return how many slices a `dist.variable` or `pe.variable` has for each repetition: one per expert."""
    return variable.attribute("experts", IntegerAttr).value if "experts" in variable.attributes else 1


AXIS = one_of("'x' or 'y'", StringAttr("x"), StringAttr("y"))
REDUCTION = one_of("add, max or min", *map(StringAttr, REDUCTIONS))
FUNCTION = one_of("a function", *map(StringAttr, FUNCTIONS))
FLOAT = is_a("a float", FloatAttr)
INTEGER = is_a("an integer", IntegerAttr)
FLAG = is_a("unit", UnitAttr)
PURE = frozenset({Trait.PURE})


def _all_on_one_grid(op: Operation, report: Report) -> bool:
    values = [*op.operands, *op.results]
    grids = {value.type.grid for value in values if isinstance(value.type, DistTensor)}
    if len(grids) > 1:
        report(f"values on different grids: {', '.join(sorted(grids))}")
    return len(grids) <= 1


def _no_partial_operand(op: Operation, report: Report) -> bool:
    for index, value in enumerate(op.operands):
        if isinstance(value.type, DistTensor) and value.type.partial is not None:
            report(f"operand {index} is a partial value; reduce it first")
            return False
    return True


def plain(rule: Callable[[Operation, Report], None] | None = None) -> Callable[[Operation, Report], None]:
    """Return a rule for local work: one grid, no partial operands, then `rule`."""

    def verify(op: Operation, report: Report) -> None:
        if _all_on_one_grid(op, report) and _no_partial_operand(op, report) and rule is not None:
            rule(op, report)

    return verify


def _is_part(dims: tuple[Split, ...], shape: tuple[Split, ...]) -> bool:
    """Whether `dims` are some of the dimensions of `shape`, in order."""
    rest = iter(shape)
    return all(split in rest for split in dims)


def _verify_map(op: Operation, report: Report) -> None:
    function = op.attribute("fn", StringAttr).value
    inputs = len(op.operands) + ("value" in op.attributes)
    wanted = 2 if function in (*BINARY, "max") else 1
    if inputs != wanted:
        report(f"'{function}' takes {wanted} inputs, not {inputs}")
    shape = dist_tensor(op.result).dims
    for index, value in enumerate(op.operands):
        if not _is_part(dist_tensor(value).dims, shape):
            report(f"operand {index} is split otherwise than the result")


def _verify_matvec(op: Operation, report: Report) -> None:
    vector, product = dist_tensor(op.operands[0]), dist_tensor(op.result)
    dims = matrix_dims(op)
    which = ("second", "first") if "transposed" in op.attributes else ("first", "second")
    if not vector.dims or len(dims) != 2 or vector.dims[0] != dims[0]:
        report(f"the vector's split and the matrix's {which[0]} split differ")
        return
    if product.dims[:1] != dims[1:]:
        report(f"the result's split differs from the matrix's {which[1]} split")
    if product.dims[1:] != vector.dims[1:]:
        report("the result's rows differ from the vector's")
    if product.partial != vector.dims[0].axis:
        report(f"the result must be partial over {vector.dims[0].axis}")


def matrix_dims(op: Operation) -> tuple[Split, ...]:
    """Return how the matrix of a `dist.matvec` is split: along the vector, along the product."""
    dims = dist_tensor(op.operands[1]).dims
    return dims[::-1] if "transposed" in op.attributes else dims


def reslice_offsets(op: Operation) -> tuple[int, ...]:
    """Return where in a `dist.reslice`'s result each operand's first element stands."""
    if "offsets" not in op.attributes:
        return (0,) * len(op.operands)
    return tuple(int(offset) for offset in op.attribute("offsets", DenseArrayAttr).values)


def part_dims(part: DistTensor, whole: DistTensor) -> tuple[Split, tuple[Split, ...]]:
    """Return the features and the rows of an operand of a `dist.reslice` that gives `whole`.

    A number, which has no dimension of features, is a vector of one element that each PE has.
    """
    if len(part.dims) < len(whole.dims):
        return Split(1), part.dims
    return part.dims[0], part.dims[1:]


def _verify_reslice(op: Operation, report: Report) -> None:
    target = dist_tensor(op.result)
    if not 1 <= len(target.dims) <= 2:
        report("the result must be a vector")
        return
    if len(reslice_offsets(op)) != len(op.operands):
        report("there must be as many offsets as operands")
    for index, value in enumerate(op.operands):
        features, rows = part_dims(dist_tensor(value), target)
        axis = features.axis
        if rows != target.dims[1:] or (axis is not None and axis == target.dims[0].axis):
            report(f"operand {index} must be a number, or a vector that lies otherwise than the result")
        elif dist_tensor(value).element != target.element:
            report(f"operand {index} has another element type than the result")
        elif target.partial != axis:
            report(f"the result must be partial over the axis of operand {index}")


def _verify_all_reduce(op: Operation, report: Report) -> None:
    axis, function = op.attribute("axis", StringAttr).value, op.attribute("fn", StringAttr).value
    if len(op.operands) != len(op.results):
        report("there must be as many results as operands")
        return
    for source, target in zip(op.operands, op.results, strict=True):
        kind = dist_tensor(source)
        if kind.partial != axis or kind.reduction != function:
            report(f"operand is not partial {function} over {axis}")
        elif kind.complete() != target.type:
            report("a result's type must be its operand's, complete")


def _verify_spread(op: Operation, report: Report) -> None:
    source, target = dist_tensor(op.operands[0]), dist_tensor(op.result)
    if len(source.dims) != 2 or source.dims[1].axis is None:
        report("the operand must be [features, rows] with rows that are split over an axis")
        return
    features, rows = source.dims
    if target.dims != (features, Split(rows.extent)) or target.element != source.element:
        report("only the split of the rows may change")
    if target.partial != rows.axis:
        report(f"the result must be partial over {rows.axis}")


def _verify_transfer(op: Operation, report: Report) -> None:
    source, target = dist_tensor(op.operands[0]), dist_tensor(op.result)
    if source.dims != target.dims or source.element != target.element:
        report("only the grid may change in a transfer")
    if source.partial is not None:
        report("a partial value cannot be transferred")


def _verify_repeat(op: Operation, report: Report) -> None:
    carried = [value.type for value in op.operands]
    if [value.type for value in op.results] != carried:
        report("result types differ from the carried values'")
    if [argument.type for argument in op.body.arguments] != [INDEX, *carried]:
        report("the body must take the iteration and the carried values")
        return
    terminator = op.body.terminator
    if terminator is None or [value.type for value in terminator.operands] != carried:
        report("the body must give the next carried values")


DIST = register_dialect(
    Dialect("dist", "How the PEs of a grid share tensors and work: splits, partial values, collectives.")
)
DIST.add(
    [
        OpSpec(
            "dist.grid",
            "A grid of PEs by name; `place` decides its shape.",
            attributes=(required("sym_name", STRING),),
            traits=frozenset({Trait.SYMBOL}),
        ),
        OpSpec(
            "dist.variable",
            "State split over a grid: weight, cache or constant; `stacked` counts its slices, one per "
            "repetition, `experts` those of each of them, one per expert; `copy_of` names the model's "
            "variable where that is not its own name; `by_position` is for a table that has a row for each "
            "position.",
            attributes=(
                required("sym_name", STRING),
                required("type", TENSOR),
                required("kind", STRING),
                optional("source", STRING),
                optional("stacked", INTEGER),
                optional("experts", INTEGER),
                optional("copy_of", STRING),
                optional("by_position", FLAG),
                optional("values", is_a("dense elements", DenseElementsAttr)),
            ),
            traits=frozenset({Trait.SYMBOL}),
        ),
        OpSpec(
            "dist.func",
            "The distributed form of an entry, for one position or one window of rows.",
            attributes=(required("sym_name", STRING),),
            regions=("body",),
            traits=frozenset({Trait.SYMBOL, Trait.ISOLATED, Trait.SINGLE_BLOCK}),
        ),
        OpSpec(
            "dist.return",
            "Ends a function; `names` names its results.",
            operands=(operands("values", TENSOR),),
            attributes=(required("names"),),
            traits=frozenset({Trait.TERMINATOR}),
        ),
        OpSpec(
            "dist.yield",
            "Ends a body.",
            operands=(operands("values", TENSOR),),
            traits=frozenset({Trait.TERMINATOR}),
        ),
        OpSpec(
            "dist.input",
            "What the host (or the previous position) put into the grid's memory under `name`.",
            results=(result("value", TENSOR),),
            attributes=(required("name", STRING),),
            traits=PURE,
        ),
        OpSpec(
            "dist.position",
            "The current position as a number.",
            results=(result("value", TENSOR),),
            traits=PURE,
        ),
        OpSpec(
            "dist.read",
            "The tile of a variable; of a stacked one, of one repetition's and one expert's slice.",
            operands=(operands("iteration", INDEX_TYPE),),
            results=(result("value", TENSOR),),
            attributes=(required("variable", SYMBOL_REFERENCE),),
            traits=frozenset({Trait.READ}),
        ),
        OpSpec(
            "dist.append",
            "Stores a row in the slot of the current position and gives the cache.",
            operands=(operand("row", TENSOR), operands("iteration", INDEX_TYPE)),
            results=(result("cache", TENSOR),),
            attributes=(required("variable", SYMBOL_REFERENCE),),
            traits=frozenset({Trait.WRITE}),
        ),
        OpSpec(
            "dist.gather",
            "The row of a table by index (of each index, in a window) where this PE holds it, else zeros; of "
            "several indices for one row, one row behind the other.",
            operands=(operand("table", TENSOR), operand("index", TENSOR)),
            results=(result("row", TENSOR),),
            traits=PURE,
            verify=plain(),
        ),
        OpSpec(
            "dist.matvec",
            "Local product of a vector's tile (of each row's, in a window) and a matrix's tile, which may "
            "lie there `transposed`: partial over the vector's axis.",
            operands=(operand("vector", TENSOR), operand("matrix", TENSOR)),
            results=(result("product", TENSOR),),
            attributes=(optional("transposed", FLAG),),
            traits=PURE,
            verify=plain(_verify_matvec),
        ),
        OpSpec(
            "dist.map",
            "Elementwise function of one or two values or of a value and a constant; a value without some of "
            "the result's dimensions repeats along them.",
            operands=(operands("inputs", TENSOR),),
            results=(result("value", TENSOR),),
            attributes=(required("fn", FUNCTION), optional("value", FLOAT)),
            traits=PURE,
            verify=plain(_verify_map),
        ),
        OpSpec(
            "dist.reduce",
            "Local reduction of a vector's tile (of its squares, if `square`) to a number, in a window one "
            "for each row: partial over its axis.",
            operands=(operand("x", TENSOR),),
            results=(result("value", TENSOR),),
            attributes=(required("fn", REDUCTION), optional("square", FLAG)),
            traits=PURE,
            verify=plain(),
        ),
        OpSpec(
            "dist.all_reduce",
            "Combines partial values over an axis, so that all its PEs have the result; several in one "
            "message.",
            operands=(operands("partials", TENSOR),),
            results=(results("values", TENSOR),),
            attributes=(required("axis", AXIS), required("fn", REDUCTION)),
            traits=frozenset({Trait.PURE}),
            verify=_verify_all_reduce,
        ),
        OpSpec(
            "dist.argmax",
            "Largest element of the tile and its index in the whole vector, the first of equals; of each row "
            "in a window.",
            operands=(operand("x", TENSOR),),
            results=(result("largest", TENSOR), result("index", TENSOR)),
            traits=PURE,
            verify=plain(),
        ),
        OpSpec(
            "dist.keep_equal",
            "`index` where `mine` equals `best`, else the largest integer: partial min over the axis.",
            operands=(operand("index", TENSOR), operand("mine", TENSOR), operand("best", TENSOR)),
            results=(result("candidate", TENSOR),),
            traits=PURE,
        ),
        OpSpec(
            "dist.reslice",
            "A vector split otherwise, into which the operands' elements are put: element 0 of each at its "
            "`offsets` (0 by default), without what does not fit, and zeros elsewhere. Partial over the "
            "operands' axis, if they have one.",
            operands=(operands("parts", TENSOR),),
            results=(result("value", TENSOR),),
            attributes=(optional("offsets", is_a("an array of integers", DenseArrayAttr)),),
            traits=PURE,
            verify=plain(_verify_reslice),
        ),
        OpSpec(
            "dist.spread",
            "Rows that are split over an axis, at their places among all rows, zeros elsewhere: partial "
            "over that axis.",
            operands=(operand("x", TENSOR),),
            results=(result("value", TENSOR),),
            traits=PURE,
            verify=plain(_verify_spread),
        ),
        OpSpec(
            "dist.transfer",
            "Moves a value to another grid, split there as it was here.",
            operands=(operand("x", TENSOR),),
            results=(result("value", TENSOR),),
            # Kept where nobody uses the value too: all stages of a layer run one program, which sends it.
            traits=frozenset({Trait.WRITE}),
            verify=_verify_transfer,
        ),
        OpSpec(
            "dist.repeat",
            "Runs its body once per layer, on the grid of that layer.",
            operands=(operands("initial", TENSOR),),
            results=(results("final", TENSOR),),
            attributes=(required("count", INTEGER), required("label", STRING)),
            regions=("body",),
            traits=frozenset({Trait.SINGLE_BLOCK, Trait.WRITE}),
            verify=_verify_repeat,
        ),
    ]
)
