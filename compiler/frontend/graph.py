"""The checked model: names resolved, shapes known; what the lowering turns into operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...ir.attributes import FloatType
from .ast import Span
from .consts import Number
from .shapes import Shape, shape_text


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value's type: its shape and whether its elements are indices or the model's floats."""

    shape: Shape
    is_index: bool = False

    def __str__(self) -> str:
        return shape_text(self.shape) + (" index" if self.is_index else "")


@dataclass(slots=True, eq=False)
class Node:
    """One value of a body. Equality is identity.

    `op` is an nn operation's name without the dialect, or `parameter`. `options` become attributes.
    `symbol` is the variable that `read` and `append` use, `value` a `constant`'s number, `count` and
    `layer` belong to `repeat`.
    """

    op: str
    operands: tuple[Node, ...]
    tensor: Tensor
    span: Span
    options: Mapping[str, Number] = field(default_factory=lambda: dict[str, Number]())
    symbol: Variable | None = None
    value: float = 0.0
    count: int = 0
    layer: Body | None = None
    name: str | None = None
    """What the text calls the value, for readable dumps."""


@dataclass(slots=True, eq=False)
class Variable:
    """A weight or cache of `layer`, or of the model if that is None.

    `count` is the number of repetitions of its layer, 0 while the layer is not repeated.
    """

    name: str
    kind: Literal["weight", "cache"]
    shape: Shape
    span: Span
    layer: str | None
    count: int = 0
    used: bool = False
    appended: Span | None = None

    @property
    def symbol(self) -> str:
        """The variable's name in the module, `block.wq`."""
        return self.name if self.layer is None else f"{self.layer}.{self.name}"


@dataclass(slots=True, eq=False)
class Body:
    """A checked layer or `forward`: `nodes` in the order of evaluation."""

    name: str
    span: Span
    is_layer: bool
    parameters: list[Node]
    result: Tensor
    nodes: list[Node] = field(default_factory=lambda: list[Node]())
    returned: Node | None = None
    variables: dict[str, Variable] = field(default_factory=lambda: dict[str, Variable]())
    repeated: Span | None = None
    """Where `forward` repeats this layer."""


@dataclass(frozen=True, slots=True)
class CheckedEntry:
    """An entry that holds: `greedy` adds the index of each row's largest logit."""

    name: str
    span: Span
    greedy: bool


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A model without errors."""

    name: str
    span: Span
    element: FloatType
    accumulate: FloatType
    constants: Mapping[str, Number]
    variables: list[Variable]
    forward: Body
    entries: Mapping[str, CheckedEntry]
