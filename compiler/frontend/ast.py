"""The syntax tree of a `.wdl` file: what was written and where, nothing about what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Span:
    """A place in the text: line and column from 1, and how many characters of that line it covers."""

    line: int
    column: int
    length: int


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier where it stands."""

    span: Span
    text: str


# ---- expressions -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NameExpr:
    """A use of a const, weight, parameter, assigned name, layer or function."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class NumberExpr:
    """A number; an integer has neither point nor exponent."""

    span: Span
    value: int | float


@dataclass(frozen=True, slots=True)
class BooleanExpr:
    """`true` or `false`."""

    span: Span
    value: bool


@dataclass(frozen=True, slots=True)
class NegateExpr:
    """`-operand`; the span is the minus sign's."""

    span: Span
    operand: Expr


@dataclass(frozen=True, slots=True)
class BinaryExpr:
    """`left operator right`; the span is the operator's."""

    span: Span
    operator: Literal["+", "-", "*", "/", "@"]
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class CallExpr:
    """`callee(arguments, name = option)`; `misplaced` are arguments that stand after an option."""

    span: Span
    callee: Name
    arguments: tuple[Expr, ...]
    options: tuple[Option, ...]
    misplaced: tuple[Expr, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """`name = value` in a call."""

    span: Span
    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class IndexExpr:
    """`table[indices]`; the span begins at the table."""

    span: Span
    table: Expr
    indices: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class ShapeExpr:
    """`[extent, extent]` as an operand, for example of `reshape`."""

    span: Span
    extents: tuple[Expr, ...]


Expr: TypeAlias = (
    NameExpr | NumberExpr | BooleanExpr | NegateExpr | BinaryExpr | CallExpr | IndexExpr | ShapeExpr
)


# ---- declarations and statements -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TypeExpr:
    """`[seq, dim] index`: a tensor's extents and, if written, its element type."""

    span: Span
    extents: tuple[Expr, ...]
    element: Name | None


@dataclass(frozen=True, slots=True)
class Const:
    """`name = value` of a `const` list."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Dtype:
    """`dtype f16 accumulate f32`."""

    span: Span
    element: Name
    accumulate: Name | None


@dataclass(frozen=True, slots=True)
class State:
    """One weight or cache."""

    kind: Literal["weight", "cache"]
    name: Name
    type: TypeExpr


@dataclass(frozen=True, slots=True)
class Assignment:
    """`name = value` in a body."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Return:
    """`return value`."""

    span: Span
    value: Expr


@dataclass(frozen=True, slots=True)
class Parameter:
    """`name: type` of a layer or function."""

    name: Name
    type: TypeExpr


Statement: TypeAlias = State | Assignment | Return


@dataclass(frozen=True, slots=True)
class Definition:
    """A layer or a function: parameters, the result's type and a body."""

    kind: Literal["layer", "function"]
    name: Name
    parameters: tuple[Parameter, ...]
    result: TypeExpr
    body: tuple[Statement, ...]
    end: Span
    """Where the body closes."""


@dataclass(frozen=True, slots=True)
class StoredTensor:
    """`"model.norm.weight"`: a tensor of the weights file."""

    span: Span
    name: str


@dataclass(frozen=True, slots=True)
class StoredRange:
    """`begin : end` of one axis; both are None for a whole axis."""

    span: Span
    begin: Expr | None
    end: Expr | None


@dataclass(frozen=True, slots=True)
class StoredCut:
    """`tensor[begin : end, :]`: a part of a tensor."""

    span: Span
    tensor: Stored
    ranges: tuple[StoredRange, ...]


@dataclass(frozen=True, slots=True)
class StoredCall:
    """`transpose(tensor)` or `reshape(tensor, [extent, extent])`."""

    span: Span
    callee: Name
    tensor: Stored
    shape: ShapeExpr | None


Stored: TypeAlias = StoredTensor | StoredCut | StoredCall


@dataclass(frozen=True, slots=True)
class Naming:
    """`block.wq = "layers.{}.wq"`: where the weight `target` lies in the file."""

    target: tuple[Name, ...]
    span: Span
    stored: Stored


@dataclass(frozen=True, slots=True)
class Entry:
    """`name = value` at the model's level: something that can be compiled, such as `decode`."""

    name: Name
    value: Expr


@dataclass(frozen=True, slots=True)
class Model:
    """A whole file.

    `lost` are names whose declaration or assignment could not be parsed: nothing is known of them, and
    using them is no second error.
    """

    name: Name
    consts: tuple[Const, ...]
    dtypes: tuple[Dtype, ...]
    states: tuple[State, ...]
    definitions: tuple[Definition, ...]
    names: tuple[Naming, ...]
    entries: tuple[Entry, ...]
    lost: frozenset[str] = frozenset()
