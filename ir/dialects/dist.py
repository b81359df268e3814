"""Dialect `dist`: how the PEs of a grid share a model's tensors and work.

A `!dist.tensor` says for each dimension how it is split over the grid's axes, and whether each PE
holds only a partial value that a collective must still combine over an axis. The sequence
dimension is gone: a program at this level handles one position. Grids get their shape in `place`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from ..attributes import (
    DIALECT_ATTRIBUTES,
    F16,
    F32,
    I32,
    INDEX,
    DenseElementsAttr,
    DialectType,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    TypeAttribute,
    UnitAttr,
    register_dialect_type,
)
from ..layout import Split, parse_split
from ..operation import Operation, Value
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
from .nn import BINARY, INDEX_TYPE, STRING, SYMBOL_REFERENCE, UNARY

REDUCTIONS = ("add", "max", "min")
FUNCTIONS = (*UNARY, *BINARY, "max", "cast", "sin", "cos", "sqrt", "reciprocal")
_ELEMENTS: dict[str, TypeAttribute] = {"f16": F16, "f32": F32, "i32": I32}


@dataclass(frozen=True, slots=True)
class DistTensor(DialectType):
    """A tensor on `grid`: one split per dimension; `partial` is the axis over which `reduction` is still to
    do.
    """

    mnemonic: ClassVar[str] = "dist.tensor"

    grid: str
    dims: tuple[Split, ...]
    element: TypeAttribute
    partial: str | None = None
    reduction: str = "add"

    def body(self) -> str:
        """The text between the brackets of `!dist.tensor<...>`."""
        dims = ", ".join(split.body() for split in self.dims)
        tail = f", partial {self.reduction} over {self.partial}" if self.partial else ""
        return f"@{self.grid}, [{dims}], {self.element}{tail}"

    def __str__(self) -> str:
        return f"!{self.mnemonic}<{self.body()}>"

    def complete(self) -> DistTensor:
        """This type once the partial values are combined."""
        return DistTensor(self.grid, self.dims, self.element)

    def with_element(self, element: TypeAttribute) -> DistTensor:
        """This type with another element type."""
        return DistTensor(self.grid, self.dims, element, self.partial, self.reduction)

    @property
    def element_bytes(self) -> int:
        """Bytes of one element."""
        return 2 if self.element == F16 else 4

    def tile_bytes(self, width: int, height: int) -> int:
        """Bytes that the fullest tile takes in SRAM on a grid of `width` x `height` PEs, rounded up to 4.

        Caches count at their full length. It is also the distance between two slices of a stacked variable.
        """
        size = self.element_bytes
        for split in self.dims:
            size *= split.capacity({"x": width, "y": height, None: 1}[split.axis])
        return -(-size // 4) * 4


_TENSOR = re.compile(
    r"\s*@(?P<grid>[\w.$]+)\s*,\s*\[(?P<dims>.*)\]\s*,\s*(?P<element>f16|f32|i32)\s*"
    r"(?:,\s*partial\s+(?P<reduction>add|max|min)\s+over\s+(?P<axis>[xy]))?\s*",
    re.DOTALL,
)


def parse_dist_tensor(body: str) -> DistTensor:
    """Read what `DistTensor.body` wrote. Raises `ValueError` with the reason."""
    match = _TENSOR.fullmatch(body)
    if match is None:
        raise ValueError(f"not a distributed tensor: '{body}'")
    # Commas inside brackets belong to a split's factors and order.
    dims = re.split(r",(?![^\[]*\])", match["dims"]) if match["dims"].strip() else []
    return DistTensor(
        match["grid"],
        tuple(map(parse_split, dims)),
        _ELEMENTS[match["element"]],
        match["axis"],
        match["reduction"] or "add",
    )


register_dialect_type(DistTensor.mnemonic, parse_dist_tensor)
assert Split.mnemonic in DIALECT_ATTRIBUTES


def dist_tensor(value: Value) -> DistTensor:
    """Return the distributed type of `value`. Raises `TypeError` if it has another type."""
    if not isinstance(value.type, DistTensor):
        raise TypeError(f"not a distributed tensor: {value.type}")
    return value.type


TENSOR = is_a("a distributed tensor", DistTensor)
AXIS = one_of("'x' or 'y'", StringAttr("x"), StringAttr("y"))
REDUCTION = one_of("add, max or min", *map(StringAttr, REDUCTIONS))
FUNCTION = one_of("a function", *map(StringAttr, FUNCTIONS))
FLOAT = is_a("a float", FloatAttr)
INTEGER = is_a("an integer", IntegerAttr)
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


def _plain(rule: Callable[[Operation, Report], None] | None = None) -> Callable[[Operation, Report], None]:
    """A rule for local work: one grid, no partial operands, then `rule`."""

    def verify(op: Operation, report: Report) -> None:
        if _all_on_one_grid(op, report) and _no_partial_operand(op, report) and rule is not None:
            rule(op, report)

    return verify


def _verify_map(op: Operation, report: Report) -> None:
    function = op.attribute("fn", StringAttr).value
    inputs = len(op.operands) + ("value" in op.attributes)
    wanted = 2 if function in (*BINARY, "max") else 1
    if inputs != wanted:
        report(f"'{function}' takes {wanted} inputs, not {inputs}")
    shape = dist_tensor(op.result).dims
    for index, value in enumerate(op.operands):
        dims = dist_tensor(value).dims
        if dims and dims != shape:
            report(f"operand {index} is split otherwise than the result")


def _verify_matvec(op: Operation, report: Report) -> None:
    vector, matrix, product = (dist_tensor(value) for value in (*op.operands, op.result))
    if len(vector.dims) != 1 or len(matrix.dims) != 2 or vector.dims[0] != matrix.dims[0]:
        report("the vector's split and the matrix's first split differ")
        return
    if product.dims != matrix.dims[1:]:
        report("the result's split differs from the matrix's second split")
    if product.partial != vector.dims[0].axis:
        report(f"the result must be partial over {vector.dims[0].axis}")


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
            "repetition; `copy_of` names the model's variable where that is not its own name.",
            attributes=(
                required("sym_name", STRING),
                required("type", TENSOR),
                required("kind", STRING),
                optional("source", STRING),
                optional("stacked", INTEGER),
                optional("copy_of", STRING),
                optional("values", is_a("dense elements", DenseElementsAttr)),
            ),
            traits=frozenset({Trait.SYMBOL}),
        ),
        OpSpec(
            "dist.func",
            "The distributed form of an entry, for one position.",
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
            "The tile of a variable; of a stacked one, of one repetition's slice.",
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
            "The row of a table by index where this PE holds it, else zeros.",
            operands=(operand("table", TENSOR), operand("index", TENSOR)),
            results=(result("row", TENSOR),),
            traits=PURE,
            verify=_plain(),
        ),
        OpSpec(
            "dist.matvec",
            "Local product of a vector's tile and a matrix's tile: partial over the vector's axis.",
            operands=(operand("vector", TENSOR), operand("matrix", TENSOR)),
            results=(result("product", TENSOR),),
            traits=PURE,
            verify=_plain(_verify_matvec),
        ),
        OpSpec(
            "dist.map",
            "Elementwise function of one or two values (a scalar broadcasts) or of a value and a constant.",
            operands=(operands("inputs", TENSOR),),
            results=(result("value", TENSOR),),
            attributes=(required("fn", FUNCTION), optional("value", FLOAT)),
            traits=PURE,
            verify=_plain(_verify_map),
        ),
        OpSpec(
            "dist.reduce",
            "Local reduction of a vector's tile (of its squares, if `square`) to a scalar: partial "
            "over its axis.",
            operands=(operand("x", TENSOR),),
            results=(result("value", TENSOR),),
            attributes=(required("fn", REDUCTION), optional("square", is_a("unit", UnitAttr))),
            traits=PURE,
            verify=_plain(),
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
            "dist.rotate",
            "Rotates neighbouring pairs by an angle given as cos, sin and -sin (rotary position embedding).",
            operands=(
                operand("x", TENSOR),
                operand("cos", TENSOR),
                operand("sin", TENSOR),
                operand("minus_sin", TENSOR),
            ),
            results=(result("value", TENSOR),),
            traits=PURE,
            verify=_plain(),
        ),
        OpSpec(
            "dist.scores",
            "q . k of every head and cached position on this PE: partial over the axis of the features.",
            operands=(operand("q", TENSOR), operand("k", TENSOR)),
            results=(result("scores", TENSOR),),
            attributes=(required("head_dim", INTEGER),),
            traits=PURE,
            verify=_plain(),
        ),
        OpSpec(
            "dist.softmax_max",
            "Largest score of each head over this PE's positions: partial max over the positions' axis.",
            operands=(operand("scores", TENSOR),),
            results=(result("largest", TENSOR),),
            attributes=(required("head_dim", INTEGER), required("features", is_a("a split", Split))),
            traits=PURE,
            verify=_plain(),
        ),
        OpSpec(
            "dist.softmax_mix",
            "Weights w = exp((score - largest) * scale); gives sum(w v) and sum(w), partial over the "
            "positions' axis.",
            operands=(operand("scores", TENSOR), operand("largest", TENSOR), operand("v", TENSOR)),
            results=(result("mixed", TENSOR), result("weight", TENSOR)),
            attributes=(required("head_dim", INTEGER), required("scale", FLOAT)),
            traits=PURE,
            verify=_plain(),
        ),
        OpSpec(
            "dist.softmax_divide",
            "Divides each head's features by its weight.",
            operands=(operand("mixed", TENSOR), operand("weight", TENSOR)),
            results=(result("value", TENSOR),),
            attributes=(required("head_dim", INTEGER),),
            traits=PURE,
            verify=_plain(),
        ),
        OpSpec(
            "dist.argmax",
            "Largest element of the tile and its index in the whole vector, the first of equals.",
            operands=(operand("x", TENSOR),),
            results=(result("largest", TENSOR), result("index", TENSOR)),
            traits=PURE,
            verify=_plain(),
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
            "The part of a tile that belongs to the tile of a split over the other axis, zeros "
            "elsewhere: partial.",
            operands=(operand("x", TENSOR),),
            results=(result("value", TENSOR),),
            traits=PURE,
            verify=_plain(),
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
