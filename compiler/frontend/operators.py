"""The signature table: what each operator of WDL takes and gives. To add an operator, add a row.

The checker, the lowering, the error messages and `wsc ops` read this table and know nothing else about
an operator that is not `special`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from .consts import Number
from .shapes import SEQ, SO_FAR, Bindings, Pattern, Shape, ShapeError, element_count, shape_text


class Kind(Enum):
    """What may stand as an operand."""

    TENSOR = auto()
    """An expression whose value is a float tensor."""
    INDICES = auto()
    """An expression whose value is an index tensor."""
    CACHE = auto()
    """The name of a cache."""
    SHAPE = auto()
    """A list of extents in brackets."""
    COUNT = auto()
    """A positive integer constant."""
    BOUND = auto()
    """An integer constant: a place along an axis."""
    LAYER = auto()
    """The name of a layer."""


@dataclass(frozen=True, slots=True)
class Operand:
    """An operand by position. `pattern` names the extents of a tensor or cache (see `shapes.Pattern`)."""

    name: str
    kind: Kind = Kind.TENSOR
    pattern: Pattern | None = None


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """A named argument: a positive float, an integer or a boolean, as its default is."""

    name: str
    default: float | int | bool


Options = dict[str, Number]


@dataclass(frozen=True, slots=True)
class Operator:
    """One operator.

    `op` is the nn operation's name without the dialect; the options become its attributes.
    `result` gives the result's shape from the names that the operands' patterns bind; without it the
    result has the first tensor's shape. `check` raises `ShapeError` for what patterns cannot say.
    Along the dimension that an option `axis` names, a `reduces` operator's result has extent 1.
    A `special` operator's own rules are in the checker and the lowering. A `variadic` one's last operand
    stands for one or more.
    """

    name: str
    summary: str
    op: str
    operands: tuple[Operand, ...]
    options: tuple[OptionSpec, ...] = ()
    result: Pattern | None = None
    check: Callable[[Bindings], None] | None = None
    special: bool = False
    reduces: bool = False
    variadic: bool = False

    @property
    def signature(self) -> str:
        """The operator as it is used, `rmsnorm(x: [..., n], weight: [n], eps = 1e-05)`."""
        parts = [
            operand.name if operand.pattern is None else f"{operand.name}: {operand.pattern}"
            for operand in self.operands
        ]
        if self.variadic:
            parts.append("...")
        for option in self.options:
            default = str(option.default).lower() if isinstance(option.default, bool) else option.default
            parts.append(f"{option.name} = {default}")
        return f"{self.name}({', '.join(parts)})"


def _tensor(name: str, pattern: str) -> Operand:
    return Operand(name, Kind.TENSOR, Pattern.parse(pattern))


def _check_rope(extents: Bindings) -> None:
    known = extents.known("head_dim")
    if known is not None and known[0] % 2:
        raise ShapeError(f"'rope' turns pairs of elements, so head_dim must be even, not {known[0]}", 0)


def _check_attention(extents: Bindings) -> None:
    if isinstance(extents["rows"], int):
        raise ShapeError(
            f"k and v of 'attention' must have '{SEQ}' or '{SO_FAR}' rows, not {extents['rows']}", 1
        )
    known = extents.known("heads", "kv_heads")
    if known is not None and known[0] % known[1]:
        raise ShapeError(
            f"'attention' cannot share {known[1]} key heads among {known[0]} query heads",
            None,
            "the number of query heads must be a multiple of the number of key heads",
        )


def check_reshape(source: Shape, target: Shape) -> None:
    """Raise `ShapeError` unless a tensor of shape `source` can be reshaped to `target`."""
    texts = f"{shape_text(source)} to {shape_text(target)}"
    leading = [shape[0] if shape and isinstance(shape[0], str) else None for shape in (source, target)]
    symbolic = [extent for extent in target[1:] if isinstance(extent, str)]
    if symbolic:
        raise ShapeError(f"'reshape' {texts}: '{symbolic[0]}' can only be the first extent", 1)
    unknown = None in source[:1] or None in target[:1]
    if leading[0] != leading[1] and not unknown:
        rows = leading[0] or leading[1]
        raise ShapeError(f"'reshape' {texts}: '{rows}' must be the first extent of both", 1)
    counts = element_count(source), element_count(target)
    if None not in counts and counts[0] != counts[1]:
        per = f" for each of '{leading[0]}'" if leading[0] else ""
        raise ShapeError(
            f"'reshape' cannot turn {shape_text(source)} into {shape_text(target)}",
            1,
            f"that is {counts[0]} elements{per} and {counts[1]}",
        )


_EPS = OptionSpec("eps", 1e-5)
_K = OptionSpec("k", 2)
_X = _tensor("x", "... n")
_ANY = _tensor("x", "...")
_AXIS = OptionSpec("axis", -1)


def _elementwise(name: str, summary: str) -> Operator:
    return Operator(name, summary, name, (_ANY,), result=Pattern.parse("..."))


def _reduction(name: str, summary: str) -> Operator:
    return Operator(name, summary, name, (_ANY,), (_AXIS,), Pattern.parse("..."), reduces=True)


_TABLE = (
    _elementwise("silu", "x * sigmoid(x)"),
    _elementwise("gelu", "the tanh form of GELU: x/2 * (1 + tanh(sqrt(2/pi) * (x + 0.044715 x^3)))"),
    _elementwise("relu", "the larger of x and 0"),
    _elementwise("tanh", "hyperbolic tangent"),
    _elementwise("sigmoid", "1 / (1 + exp(-x))"),
    _elementwise("exp", "e to the power of x"),
    _elementwise("rsqrt", "1 / sqrt(x)"),
    Operator(
        "rmsnorm",
        "x / sqrt(mean(x^2) + eps) * weight over the last dimension",
        "rmsnorm",
        (_X, _tensor("weight", "n")),
        (_EPS,),
        Pattern.parse("... n"),
    ),
    Operator(
        "layernorm",
        "(x - mean) / sqrt(variance + eps) * weight + bias over the last dimension",
        "layernorm",
        (_X, _tensor("weight", "n"), _tensor("bias", "n")),
        (_EPS,),
        Pattern.parse("... n"),
    ),
    Operator(
        "softmax", "exp(x) / sum(exp(x)) along the axis", "softmax", (_ANY,), (_AXIS,), Pattern.parse("...")
    ),
    _reduction("sum", "the sum along the axis, which stays with extent 1"),
    _reduction("mean", "the mean along the axis, which stays with extent 1"),
    _reduction("max", "the largest along the axis, which stays with extent 1"),
    Operator(
        "rope",
        "rotary position embedding; element i of a head turns with element i + head_dim / 2",
        "rope",
        (_tensor("x", "seq heads head_dim"),),
        (OptionSpec("theta", 10000.0),),
        Pattern.parse("seq heads head_dim"),
        _check_rope,
    ),
    Operator(
        "attention",
        "softmax(q k^T / sqrt(head_dim)) v; query head h reads key head h / (heads / kv_heads); "
        "causal: no row sees later ones",
        "attention",
        (
            _tensor("q", "seq heads head_dim"),
            _tensor("k", "rows kv_heads head_dim"),
            _tensor("v", "rows kv_heads head_dim"),
        ),
        (OptionSpec("causal", True),),
        Pattern.parse("seq heads head_dim"),
        _check_attention,
    ),
    Operator(
        "append",
        "writes rows into a cache at the current position; gives all rows so far",
        "append",
        (
            Operand("cache", Kind.CACHE, Pattern.parse("capacity ...")),
            _tensor("rows", "seq ..."),
        ),
        result=Pattern.parse("position+seq ..."),
        special=True,
    ),
    Operator(
        "reshape",
        "the same elements in another shape",
        "reshape",
        (Operand("x"), Operand("shape", Kind.SHAPE)),
        special=True,
    ),
    Operator(
        "transpose",
        "the last two dimensions swapped",
        "transpose",
        (_tensor("x", "... m n"),),
        result=Pattern.parse("... n m"),
    ),
    Operator(
        "concat",
        "one behind the other along the axis",
        "concat",
        (_ANY, _tensor("y", "...")),
        (_AXIS,),
        special=True,
        variadic=True,
    ),
    Operator(
        "slice",
        "the elements from `start` up to but without `end` along the axis",
        "slice",
        (_ANY, Operand("start", Kind.BOUND), Operand("end", Kind.BOUND)),
        (_AXIS,),
        special=True,
    ),
    Operator(
        "repeat",
        "applies a layer `count` times, each time with weights and caches of its own",
        "repeat",
        (Operand("count", Kind.COUNT), Operand("layer", Kind.LAYER), Operand("x")),
        special=True,
    ),
    Operator(
        "top_k",
        "indices of the `k` largest elements of each row, [..., k], the largest first; of equals the first",
        "top_k",
        (_X,),
        (_K,),
        special=True,
    ),
    Operator(
        "pick",
        "the elements of each row at the indices of the same row",
        "pick",
        (_X, Operand("indices", Kind.INDICES, Pattern.parse("... k"))),
        result=Pattern.parse("... k"),
    ),
    Operator(
        "mixture",
        "for each row the sum of the `k` experts with the largest scores, weighted with the softmax of "
        "these scores",
        "mixture",
        (
            Operand("experts", Kind.COUNT),
            Operand("layer", Kind.LAYER),
            _tensor("x", "seq n"),
            _tensor("scores", "seq experts"),
        ),
        (_K,),
        special=True,
    ),
)

OPERATORS: dict[str, Operator] = {
    operator.name: operator for operator in sorted(_TABLE, key=lambda o: o.name)
}
"""The operators that are written as calls, by name."""

MATMUL = Operator(
    "@",
    "matrix product",
    "matmul",
    (_tensor("the left operand", "m k"), _tensor("the right operand", "k n")),
    result=Pattern.parse("m n"),
)
GATHER = Operator(
    "[]",
    "rows of a table by index",
    "gather",
    (_tensor("table", "rows width"), Operand("indices", Kind.INDICES, Pattern.parse("..."))),
    result=Pattern.parse("... width"),
)
ELEMENTWISE = {"+": "add", "-": "sub", "*": "mul", "/": "div"}
"""Infix operators to nn operations; an operand may be a constant or broadcast along the other."""
