"""Dialect `nn`: what a model computes, on whole tensors over a symbolic sequence length.

Tensors are `tensor<?x64xf16>`: a leading `?` is `seq`, 1 in decode. State lives in `nn.variable`
symbols; `nn.read` and `nn.append` are the only operations that touch it. An operation reads its
operands in their own type, computes in the module's `nn.accumulate` type and rounds its result once.
"""

from __future__ import annotations

from ..attributes import (
    DYNAMIC,
    F16,
    F32,
    I32,
    ArrayAttr,
    DenseElementsAttr,
    FloatAttr,
    FunctionType,
    IndexType,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    TensorType,
    TypeAttribute,
    UnitAttr,
)
from ..operation import Operation, Value
from ..spec import (
    ANY_TYPE,
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
    results,
    symbol_ref,
)
from ..stored import STEPS_ATTRIBUTE, steps_of
from ..symbols import lookup_symbol

TENSOR = is_a("a tensor", TensorType)
INDEX_TYPE = is_a("index", IndexType)
STRING = is_a("a string", StringAttr)
FLOAT = is_a("a float", FloatAttr)
INTEGER = is_a("an integer", IntegerAttr)
SYMBOL_REFERENCE = is_a("a symbol reference", SymbolRefAttr)
FLOAT_TENSOR = Constraint(
    "a tensor of f16 or f32",
    lambda attribute: isinstance(attribute, TensorType) and attribute.element in (F16, F32),
    kinds=(TensorType,),
)
I32_TENSOR = Constraint(
    "a tensor of i32",
    lambda attribute: isinstance(attribute, TensorType) and attribute.element == I32,
    kinds=(TensorType,),
)

PURE = frozenset({Trait.PURE})
UNARY = ("neg", "exp", "tanh", "sigmoid", "silu", "gelu", "relu", "rsqrt")
"""Elementwise operations of one operand; `gelu` is the tanh form."""
BINARY = ("add", "sub", "mul", "div")
"""Elementwise operations of two operands, one of which may broadcast along the other."""


def tensor_type(value: Value) -> TensorType:
    """Return the tensor type of `value`. Raises `TypeError` if it has another type."""
    if not isinstance(value.type, TensorType):
        raise TypeError(f"not a tensor: {value.type}")
    return value.type


def window_of(function: Operation) -> int | None:
    """Return how many rows one execution of an `nn.func` takes; None if it takes one after the other."""
    window = function.attributes.get("window")
    return window.value if isinstance(window, IntegerAttr) else None


def same_extent(left: int, right: int) -> bool:
    """Whether two extents are equal as far as is known."""
    return DYNAMIC in (left, right) or left == right


def same_shape(left: tuple[int, ...], right: tuple[int, ...]) -> bool:
    """Whether two shapes are equal as far as is known."""
    return len(left) == len(right) and all(map(same_extent, left, right))


def shape_of(value: Value) -> tuple[int, ...]:
    """Return the shape of a tensor. Raises `TypeError` for any other value."""
    return tensor_type(value).shape


def shape_text(shape: tuple[int, ...]) -> str:
    """Return a shape as messages show it, `[seq, 64]`."""
    return "[" + ", ".join("seq" if extent == DYNAMIC else str(extent) for extent in shape) + "]"


def verify_unary(op: Operation, report: Report) -> None:
    """Report a result whose shape differs from the first operand's."""
    if not same_shape(shape_of(op.operands[0]), shape_of(op.result)):
        wanted = shape_text(shape_of(op.operands[0]))
        report(f"result shape {shape_text(shape_of(op.result))} differs from {wanted}")


def _verify_binary(op: Operation, report: Report) -> None:
    left, right = shape_of(op.operands[0]), shape_of(op.operands[1])
    whole = [large for large, small in ((left, right), (right, left)) if broadcasts(large, small)]
    if not whole:
        report(f"shapes {shape_text(left)} and {shape_text(right)} do not broadcast")
    elif not any(same_shape(large, shape_of(op.result)) for large in whole):
        report(f"result shape {shape_text(shape_of(op.result))} differs from {shape_text(whole[0])}")


def broadcasts(large: tuple[int, ...], small: tuple[int, ...]) -> bool:
    """Whether `small` is the last dimensions of `large` (all, some or none), an extent of 1 for any other."""
    if len(small) > len(large):
        return False
    last = large[len(large) - len(small) :]
    return all(part == 1 or same_extent(whole, part) for whole, part in zip(last, small, strict=True))


def _verify_matmul(op: Operation, report: Report) -> None:
    left, right = shape_of(op.operands[0]), shape_of(op.operands[1])
    if len(left) != 2 or len(right) != 2:
        report(f"operands must be matrices, not {shape_text(left)} and {shape_text(right)}")
    elif not same_extent(left[1], right[0]):
        report(f"{shape_text(left)} times {shape_text(right)}: inner extents {left[1]} and {right[0]} differ")
    elif not same_shape(shape_of(op.result), (left[0], right[1])):
        report(f"result must be {shape_text((left[0], right[1]))}, not {shape_text(shape_of(op.result))}")


def _verify_norm(op: Operation, report: Report) -> None:
    shape = shape_of(op.operands[0])
    for parameter in op.operands[1:]:
        if not same_shape(shape_of(parameter), shape[-1:]):
            report(f"parameter must be {shape_text(shape[-1:])}, not {shape_text(shape_of(parameter))}")
    verify_unary(op, report)


def _verify_gather(op: Operation, report: Report) -> None:
    table, tokens = shape_of(op.operands[0]), shape_of(op.operands[1])
    if len(table) != 2 or not tokens:
        found = f"{shape_text(table)} and {shape_text(tokens)}"
        report(f"a table [rows, width] and indices [n] are wanted, not {found}")
    elif not same_shape(shape_of(op.result), (*tokens, table[1])):
        report(f"result must be {shape_text((*tokens, table[1]))}, not {shape_text(shape_of(op.result))}")


def _verify_argmax(op: Operation, report: Report) -> None:
    if not same_shape(shape_of(op.operands[0])[:-1], shape_of(op.result)):
        report(f"result must be {shape_text(shape_of(op.operands[0])[:-1])}")


def _function_type(op: Operation) -> FunctionType:
    return op.attribute("function_type", FunctionType)


def _verify_func(op: Operation, report: Report) -> None:
    signature = _function_type(op)
    if tuple(argument.type for argument in op.body.arguments) != signature.inputs:
        report("the block's arguments differ from the function type's inputs")
    terminator = op.body.terminator
    if terminator is None or terminator.name != "nn.return":
        report("the body must end in nn.return")
    elif tuple(value.type for value in terminator.operands) != signature.results:
        report("nn.return's types differ from the function type's results")


def _verify_variable(op: Operation, report: Report) -> None:
    try:
        steps_of(op)
    except ValueError as error:
        report(str(error))


def _verify_call(op: Operation, report: Report) -> None:
    callee = lookup_symbol(op, op.attribute("callee", SymbolRefAttr))
    if callee is None:
        return  # a piece on its own: the verifier reports a symbol that should be there
    signature = FunctionType(
        tuple(value.type for value in op.operands), tuple(value.type for value in op.results)
    )
    if signature != _function_type(callee):
        report(f"has the types {signature}, but '@{callee.symbol_name}' is {_function_type(callee)}")


def verify_yield_types(op: Operation, wanted: list[TypeAttribute], report: Report) -> None:
    """Report a body that does not end in an `nn.yield` of values of these types."""
    terminator = op.body.terminator
    if terminator is None or terminator.name != "nn.yield":
        report("the body must end in nn.yield")
    elif [value.type for value in terminator.operands] != wanted:
        report("nn.yield's types differ from the results'")


def _verify_repeat(op: Operation, report: Report) -> None:
    carried = [value.type for value in op.operands]
    if [value.type for value in op.results] != carried:
        report("result types differ from the carried values'")
    if [argument.type for argument in op.body.arguments[1:]] != carried or not isinstance(
        op.body.arguments[0].type if op.body.arguments else None, IndexType
    ):
        report("the body must take the iteration (index) and the carried values")
    if op.attribute("count", IntegerAttr).value < 1:
        report("count must be at least 1")
    verify_yield_types(op, carried, report)


def _verify_fused(op: Operation, report: Report) -> None:
    if [argument.type for argument in op.body.arguments] != [value.type for value in op.operands]:
        report("the body's arguments differ from the operands' types")
    for inner in op.body.operations[:-1] if len(op.body.operations) else ():
        if inner.name != "nn.constant" and inner.name.removeprefix("nn.") not in UNARY + BINARY:
            report(f"only elementwise operations and constants may be fused, not '{inner.name}'")
    verify_yield_types(op, [value.type for value in op.results], report)


NN = register_dialect(
    Dialect("nn", "What a model computes: whole tensors, symbolic sequence length, named state.")
)
NN.add(
    [
        OpSpec(
            "nn.variable",
            "State by name: a weight (read only) or a cache (appended to); `stacked` has one slice per "
            "repetition, `experts` (inside of that) one per expert. `source` is a weight's tensor in the "
            "file of weights, with `{}` for the number of a slice, `source_steps` what is done to it.",
            attributes=(
                required("sym_name", STRING),
                required("type", TENSOR),
                required("kind", STRING),
                required("source", STRING),
                optional(STEPS_ATTRIBUTE, is_a("an array", ArrayAttr)),
                optional("stacked", is_a("unit", UnitAttr)),
                optional("experts", is_a("unit", UnitAttr)),
            ),
            traits=frozenset({Trait.SYMBOL}),
            verify=_verify_variable,
        ),
        OpSpec(
            "nn.func",
            "A function on tensors: an entry of the model or, if private, something that it calls. `window` "
            "is the number of rows that one execution of an entry takes if it is not one by one.",
            attributes=(
                required("sym_name", STRING),
                required("function_type", is_a("a function type", FunctionType)),
                optional("arg_names", is_a("an array", ArrayAttr)),
                optional(
                    "sym_visibility",
                    one_of('"public" or "private"', StringAttr("public"), StringAttr("private")),
                ),
                optional("window", INTEGER),
            ),
            regions=("body",),
            traits=frozenset({Trait.SYMBOL, Trait.ISOLATED, Trait.SINGLE_BLOCK}),
            verify=_verify_func,
        ),
        OpSpec(
            "nn.call",
            "The results of a function that the model defines, which may read and append as it likes.",
            operands=(operands("arguments"),),
            results=(results("results"),),
            attributes=(required("callee", symbol_ref("a function", "nn.func")),),
            traits=frozenset({Trait.WRITE}),
            verify=_verify_call,
        ),
        OpSpec(
            "nn.return",
            "Ends a function.",
            operands=(operands("values"),),
            traits=frozenset({Trait.TERMINATOR}),
        ),
        OpSpec(
            "nn.yield", "Ends a body.", operands=(operands("values"),), traits=frozenset({Trait.TERMINATOR})
        ),
        OpSpec(
            "nn.constant",
            "A constant tensor.",
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("value", is_a("dense elements", DenseElementsAttr)),),
            traits=PURE,
        ),
        OpSpec(
            "nn.read",
            "The value of a variable; of a stacked one, the slice of one repetition, of one expert.",
            operands=(operands("iteration", INDEX_TYPE),),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("variable", SYMBOL_REFERENCE),),
            traits=frozenset({Trait.READ}),
        ),
        OpSpec(
            "nn.append",
            "Appends rows to a cache at the current position and gives all rows so far, `[?, ...]`.",
            operands=(operand("rows", FLOAT_TENSOR), operands("iteration", INDEX_TYPE)),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("variable", SYMBOL_REFERENCE),),
            traits=frozenset({Trait.WRITE}),
        ),
        OpSpec(
            "nn.gather",
            "Rows of a table by index (embedding lookup).",
            operands=(operand("table", FLOAT_TENSOR), operand("indices", I32_TENSOR)),
            results=(result("rows", FLOAT_TENSOR),),
            traits=PURE,
            verify=_verify_gather,
        ),
        OpSpec(
            "nn.matmul",
            "Matrix product `[m, k] @ [k, n]`.",
            operands=(operand("lhs", FLOAT_TENSOR), operand("rhs", FLOAT_TENSOR)),
            results=(result("product", FLOAT_TENSOR),),
            traits=PURE,
            verify=_verify_matmul,
        ),
        *(
            OpSpec(
                f"nn.{name}",
                f"Elementwise {name}.",
                operands=(operand("lhs", FLOAT_TENSOR), operand("rhs", FLOAT_TENSOR)),
                results=(result("value", FLOAT_TENSOR),),
                traits=PURE,
                verify=_verify_binary,
            )
            for name in BINARY
        ),
        *(
            OpSpec(
                f"nn.{name}",
                f"Elementwise {name}.",
                operands=(operand("operand", FLOAT_TENSOR),),
                results=(result("value", FLOAT_TENSOR),),
                traits=PURE,
                verify=verify_unary,
            )
            for name in UNARY
        ),
        OpSpec(
            "nn.rmsnorm",
            "x / sqrt(mean(x^2) + eps) * weight over the last dimension.",
            operands=(operand("x", FLOAT_TENSOR), operand("weight", FLOAT_TENSOR)),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("eps", FLOAT),),
            traits=PURE,
            verify=_verify_norm,
        ),
        OpSpec(
            "nn.layernorm",
            "(x - mean) / sqrt(variance + eps) * weight + bias over the last dimension.",
            operands=(
                operand("x", FLOAT_TENSOR),
                operand("weight", FLOAT_TENSOR),
                operand("bias", FLOAT_TENSOR),
            ),
            results=(result("value", FLOAT_TENSOR),),
            attributes=(required("eps", FLOAT),),
            traits=PURE,
            verify=_verify_norm,
        ),
        OpSpec(
            "nn.argmax",
            "Index of the first largest element of each row.",
            operands=(operand("x", FLOAT_TENSOR),),
            results=(result("indices", I32_TENSOR),),
            traits=PURE,
            verify=_verify_argmax,
        ),
        OpSpec(
            "nn.repeat",
            "Runs its body `count` times with the iteration's number, carrying values from one to the next.",
            operands=(operands("initial", ANY_TYPE),),
            results=(results("final", ANY_TYPE),),
            attributes=(required("count", INTEGER), required("label", STRING)),
            regions=("body",),
            traits=frozenset({Trait.SINGLE_BLOCK, Trait.WRITE}),
            verify=_verify_repeat,
        ),
        OpSpec(
            "nn.fused",
            "A group of elementwise operations whose inner values stay in the accumulate type.",
            operands=(operands("inputs", FLOAT_TENSOR),),
            results=(results("outputs", FLOAT_TENSOR),),
            regions=("body",),
            traits=frozenset({Trait.PURE, Trait.SINGLE_BLOCK, Trait.ISOLATED}),
            verify=_verify_fused,
        ),
    ]
)
