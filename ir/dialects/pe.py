"""Dialect `pe`: the program of one class of PEs, and what surrounds it when it is loaded.

Scalars are `index` values in registers; memory is reached through descriptors (`pe.dsd`) of two
nested extents. Vector operations go through their elements strictly in order, so a destination
with strides 0 accumulates. Arithmetic is float32; stores round to nearest even.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..attributes import (
    F16,
    F32,
    I32,
    I64,
    INDEX,
    DenseArrayAttr,
    DenseElementsAttr,
    DialectType,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    TypeAttribute,
    UnitAttr,
    register_dialect_type,
)
from ..operation import Operation, Value
from ..runs import are_runs
from ..spec import (
    Constraint,
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
)
from .dist import TENSOR
from .nn import INDEX_TYPE, STRING, SYMBOL_REFERENCE

UNARY_FUNCTIONS = (
    *("copy", "neg", "abs", "exp", "tanh", "sigmoid", "silu", "gelu", "relu"),
    *("rsqrt", "sqrt", "reciprocal", "sin", "cos"),
)
BINARY_FUNCTIONS = ("add", "sub", "mul", "div", "max", "min")
SPECIAL_FUNCTIONS = frozenset(
    {"exp", "tanh", "sigmoid", "silu", "gelu", "rsqrt", "sqrt", "reciprocal", "sin", "cos", "div"}
)
"""Functions that the core computes element by element in software."""
ARGUMENTS = ("position", "layer_count", "layer_first")
INTEGER_OPERATIONS = ("addi", "subi", "muli", "divi", "remi", "mini", "maxi")
PREDICATES = ("eq", "lt", "le")
BUFFER_KINDS = ("weight", "cache", "constant", "state", "temp")
_ELEMENTS: dict[str, TypeAttribute] = {"f16": F16, "f32": F32, "i32": I32}


@dataclass(frozen=True, slots=True)
class DsdType(DialectType):
    """A descriptor of elements of one type in SRAM, `!pe.dsd<f16>`."""

    mnemonic: ClassVar[str] = "pe.dsd"
    parameters: ClassVar[tuple[str, ...] | None] = ("element",)

    element: TypeAttribute

    def body(self) -> str:
        """The element type."""
        return str(self.element)

    def __str__(self) -> str:
        return f"!pe.dsd<{self.element}>"

    @property
    def element_bytes(self) -> int:
        """Bytes of one element."""
        return 2 if self.element == F16 else 4


def parse_dsd_type(body: str) -> DsdType:
    """Read the element type. Raises `ValueError` if it is none of f16, f32, i32."""
    if body.strip() not in _ELEMENTS:
        raise ValueError(f"a descriptor has elements f16, f32 or i32, not '{body}'")
    return DsdType(_ELEMENTS[body.strip()])


register_dialect_type(DsdType.mnemonic, parse_dsd_type)


DSD = is_a("a descriptor", DsdType)
INTEGER = is_a("an integer", IntegerAttr)
FLOAT = is_a("a float", FloatAttr)
COLORS = Constraint(
    "a color for each channel, -1 for none",
    lambda a: isinstance(a, DenseArrayAttr) and a.element == I64 and all(value >= -1 for value in a.values),
    kinds=(DenseArrayAttr,),
)
RUNS = Constraint("runs start, count, step, ...", are_runs, kinds=(DenseArrayAttr,))
PURE = frozenset({Trait.PURE})
EFFECT = frozenset({Trait.WRITE})


def _extents(value: Value) -> tuple[Value, Value] | None:
    op = value.defining_op
    if op is None or op.name != "pe.dsd" or len(op.operands) != 5:
        return None
    return op.operands[1], op.operands[3]


def _verify_vector(op: Operation, report: Report) -> None:
    shapes = [_extents(value) for value in op.operands]
    if any(shape is None for shape in shapes):
        report("an operand is not made by pe.dsd")
    elif len({(_constant(shape[0]), _constant(shape[1])) for shape in shapes if shape is not None}) > 1:
        report("the descriptors' extents differ")


def _constant(value: Value) -> int | Value:
    op = value.defining_op
    return op.attribute("value", IntegerAttr).value if op is not None and op.name == "pe.constant" else value


def _verify_map(op: Operation, report: Report) -> None:
    function = op.attribute("fn", StringAttr).value
    inputs = len(op.operands) - 1 + ("value" in op.attributes)
    wanted = 2 if function in BINARY_FUNCTIONS else 1
    if inputs != wanted:
        report(f"'{function}' takes {wanted} inputs, not {inputs}")
    _verify_vector(op, report)


def _verify_buffer(op: Operation, report: Report) -> None:
    offset, size = op.attribute("offset", IntegerAttr).value, op.attribute("bytes", IntegerAttr).value
    if offset < 0 or size < 0 or offset % 4:
        report("a buffer starts at a multiple of 4 bytes and has no negative size")


def _verify_if(op: Operation, report: Report) -> None:
    if op.body.arguments:
        report("the body takes no arguments")


def _verify_for(op: Operation, report: Report) -> None:
    if [argument.type for argument in op.body.arguments] != [INDEX]:
        report("the body takes the iteration's number (index)")


PE = register_dialect(
    Dialect("pe", "The program of one class of PEs: registers, descriptors, vector work, wavelets.")
)
PE.add(
    [
        OpSpec(
            "pe.buffer",
            "A range of SRAM, the same on each PE of a region.",
            attributes=(
                required("sym_name", STRING),
                required("offset", INTEGER),
                required("bytes", INTEGER),
                required("kind", one_of("a kind of buffer", *map(StringAttr, BUFFER_KINDS))),
            ),
            traits=frozenset({Trait.SYMBOL}),
            verify=_verify_buffer,
        ),
        OpSpec(
            "pe.program",
            "The program of a class of PEs.",
            attributes=(required("sym_name", STRING),),
            regions=("body",),
            traits=frozenset({Trait.SYMBOL, Trait.ISOLATED, Trait.SINGLE_BLOCK}),
        ),
        OpSpec(
            "pe.tile",
            "Gives the PEs where columns and rows (runs start, count, step of coordinates in the instance) "
            "cross a program and colors for its channels.",
            attributes=(
                required("instance", SYMBOL_REFERENCE),
                required("program", SYMBOL_REFERENCE),
                required("columns", RUNS),
                required("rows", RUNS),
                required("channels", COLORS),
            ),
        ),
        OpSpec(
            "pe.variable",
            "Which elements of a named tensor a buffer holds on each PE: what the host loads and reads back.",
            attributes=(
                required("sym_name", STRING),
                required("buffer", SYMBOL_REFERENCE),
                required("type", TENSOR),
                required("kind", STRING),
                optional("source", STRING),
                optional("stacked", INTEGER),
                optional("experts", INTEGER),
                optional("copy_of", STRING),
                optional("by_position", is_a("unit", UnitAttr)),
                optional("values", is_a("dense elements", DenseElementsAttr)),
            ),
            traits=frozenset({Trait.SYMBOL}),
        ),
        OpSpec("pe.return", "Ends a program.", traits=frozenset({Trait.TERMINATOR})),
        OpSpec("pe.yield", "Ends a body.", traits=frozenset({Trait.TERMINATOR})),
        OpSpec(
            "pe.constant",
            "An integer.",
            results=(result("value", INDEX_TYPE),),
            attributes=(required("value", INTEGER),),
            traits=PURE,
        ),
        OpSpec(
            "pe.coord",
            "This PE's coordinate in its instance.",
            results=(result("value", INDEX_TYPE),),
            attributes=(required("axis", one_of("'x' or 'y'", StringAttr("x"), StringAttr("y"))),),
            traits=PURE,
        ),
        OpSpec(
            "pe.argument",
            "A number given when the program is loaded or launched.",
            results=(result("value", INDEX_TYPE),),
            attributes=(required("name", one_of("an argument's name", *map(StringAttr, ARGUMENTS))),),
            traits=PURE,
        ),
        OpSpec(
            "pe.address",
            "The byte offset of a buffer.",
            results=(result("value", INDEX_TYPE),),
            attributes=(required("buffer", SYMBOL_REFERENCE),),
            traits=PURE,
        ),
        *(
            OpSpec(
                f"pe.{name}",
                f"Integer {name[:-1]} (division and remainder round down).",
                operands=(operand("lhs", INDEX_TYPE), operand("rhs", INDEX_TYPE)),
                results=(result("value", INDEX_TYPE),),
                traits=PURE,
            )
            for name in INTEGER_OPERATIONS
        ),
        OpSpec(
            "pe.load",
            "Reads an i32 from SRAM.",
            operands=(operand("address", INDEX_TYPE),),
            results=(result("value", INDEX_TYPE),),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.store",
            "Writes an integer to SRAM, as i32 or converted to f32.",
            operands=(operand("address", INDEX_TYPE), operand("value", INDEX_TYPE)),
            attributes=(required("type", one_of("i32 or f32", I32, F32)),),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.for",
            "Runs its body for each integer from `lower` up to but without `upper`.",
            operands=(operand("lower", INDEX_TYPE), operand("upper", INDEX_TYPE)),
            regions=("body",),
            traits=frozenset({Trait.SINGLE_BLOCK, Trait.WRITE}),
            verify=_verify_for,
        ),
        OpSpec(
            "pe.if",
            "Runs its body when the comparison holds.",
            operands=(operand("lhs", INDEX_TYPE), operand("rhs", INDEX_TYPE)),
            attributes=(required("predicate", one_of("eq, lt or le", *map(StringAttr, PREDICATES))),),
            regions=("body",),
            traits=frozenset({Trait.SINGLE_BLOCK, Trait.WRITE}),
            verify=_verify_if,
        ),
        OpSpec(
            "pe.dsd",
            "A memory descriptor: element (o, i) at base + (o * outer_stride + i * inner_stride) * its size.",
            operands=(
                operand("base", INDEX_TYPE),
                operand("outer", INDEX_TYPE),
                operand("outer_stride", INDEX_TYPE),
                operand("inner", INDEX_TYPE),
                operand("inner_stride", INDEX_TYPE),
            ),
            results=(result("descriptor", DSD),),
            traits=PURE,
        ),
        OpSpec(
            "pe.map",
            "dst = fn(a) or fn(a, b); b may be the constant `value`.",
            operands=(operand("dst", DSD), operand("a", DSD), operands("b", DSD)),
            attributes=(
                required("fn", one_of("a function", *map(StringAttr, UNARY_FUNCTIONS + BINARY_FUNCTIONS))),
                optional("value", FLOAT),
            ),
            traits=EFFECT,
            verify=_verify_map,
        ),
        OpSpec(
            "pe.fma",
            "dst += a * b.",
            operands=(operand("dst", DSD), operand("a", DSD), operand("b", DSD)),
            traits=EFFECT,
            verify=_verify_vector,
        ),
        OpSpec(
            "pe.fill",
            "dst = value.",
            operands=(operand("dst", DSD),),
            attributes=(required("value", FLOAT),),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.argmax",
            "dst (one i32) = flat index of the first largest element of a; untouched when there is none.",
            operands=(operand("dst", DSD), operand("a", DSD)),
            traits=EFFECT,
        ),
        OpSpec(
            "pe.keep_equal",
            "dst (i32) stays where a equals b, else becomes the largest i32.",
            operands=(operand("dst", DSD), operand("a", DSD), operand("b", DSD)),
            traits=EFFECT,
            verify=_verify_vector,
        ),
    ]
)
