"""The checked model: names resolved, shapes known; what the lowering turns into operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ...ir.attributes import FloatType
from ...ir.stored import Step
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
    `layer` belong to `repeat` and `mixture`, `function` to `call`.
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
    function: Body | None = None
    name: str | None = None
    """What the text calls the value, for readable dumps."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a weight's values come from: a tensor of the file, `{}` for each layer around, and steps."""

    name: str
    steps: tuple[Step, ...]
    span: Span


@dataclass(slots=True, eq=False)
class Variable:
    """A weight or cache of the layer `owner`, or of the model if that is None."""

    name: str
    kind: Literal["weight", "cache"]
    shape: Shape
    span: Span
    owner: Body | None
    used: bool = False
    appended: Span | None = None
    source: Source | None = None
    """What the table of names says; without, the file calls it as the model does."""

    @property
    def owners(self) -> list[Body]:
        """The layers that the variable lies in, from the outermost in."""
        return [] if self.owner is None else self.owner.path

    @property
    def symbol(self) -> str:
        """The variable's name in the module, `block.wq` or `block.expert.up`."""
        return ".".join([*(body.name for body in self.owners), self.name])


@dataclass(slots=True, eq=False)
class Body:
    """A checked layer, function or `forward`: `nodes` in the order of evaluation.

    A layer has one use, `applied`: `count` repetitions, or experts (`is_expert`) of a mixture, which
    stands in the layer `inside` or in `forward`.
    """

    name: str
    span: Span
    kind: Literal["layer", "function", "forward"]
    parameters: list[Node]
    result: Tensor
    nodes: list[Node] = field(default_factory=lambda: list[Node]())
    returned: Node | None = None
    variables: dict[str, Variable] = field(default_factory=lambda: dict[str, Variable]())
    applied: Span | None = None
    count: int = 0
    is_expert: bool = False
    inside: Body | None = None
    called: bool = False
    """Whether something calls this function."""

    @property
    def is_layer(self) -> bool:
        """Whether it has weights and caches of its own."""
        return self.kind == "layer"

    @property
    def signature(self) -> str:
        """How a function is called, `gate(x: [seq, 8], w: [8, 16]) -> [seq, 16]`."""
        parameters = ", ".join(f"{node.name}: {node.tensor}" for node in self.parameters)
        return f"{self.name}({parameters}) -> {self.result}"

    @property
    def path(self) -> list[Body]:
        """This layer and the layers around it, from the outermost in."""
        found: list[Body] = [self]
        # A layer inside of itself is an error, reported elsewhere.
        while found[0].inside is not None and found[0].inside not in found:
            found.insert(0, found[0].inside)
        return found

    @property
    def is_reached(self) -> bool:
        """Whether `forward` applies this layer, directly or inside of another."""
        return all(body.applied is not None for body in self.path)


@dataclass(frozen=True, slots=True)
class CheckedEntry:
    """An entry that holds: `greedy` adds the index of each row's largest logit.

    `window` is the number of rows that one execution of `encode` takes, None for other entries.
    """

    name: str
    span: Span
    greedy: bool
    window: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """A model without errors."""

    name: str
    span: Span
    element: FloatType
    accumulate: FloatType
    constants: Mapping[str, Number]
    variables: list[Variable]
    functions: list[Body]
    forward: Body
    entries: Mapping[str, CheckedEntry]
