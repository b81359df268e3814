"""How a weight is made of a tensor of the weights file: parts, transposes and reshapes, in order."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from .attributes import UNIT, ArrayAttr, Attribute, DenseArrayAttr, DictAttr, UnitAttr, i64_array
from .operation import Operation

if TYPE_CHECKING:
    from numpy.typing import NDArray

STEPS_ATTRIBUTE = "source_steps"


class StepError(Exception):
    """A step that a tensor of some shape cannot take; the message says why."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Elements `begin` up to, not with, `end` along one axis."""

    axis: int
    begin: int
    end: int

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of what it gives. Raises `StepError`."""
        if self.axis >= len(shape):
            raise StepError(f"{list(shape)} has no axis {self.axis} to cut")
        if self.end > shape[self.axis]:
            message = f"{self.begin} : {self.end} reaches behind the {shape[self.axis]} elements of axis"
            raise StepError(f"{message} {self.axis} of {list(shape)}")
        return (*shape[: self.axis], self.end - self.begin, *shape[self.axis + 1 :])

    def apply(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return that part of `values`."""
        return values[(slice(None),) * self.axis + (slice(self.begin, self.end),)]

    def attribute(self) -> DictAttr:
        """Return the step as an attribute."""
        return DictAttr.of({"cut": i64_array([self.axis, self.begin, self.end])})


@dataclass(frozen=True, slots=True)
class Transpose:
    """Rows become columns."""

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of what it gives. Raises `StepError`."""
        if len(shape) != 2:
            raise StepError(f"only a matrix can be transposed, not {list(shape)}")
        return shape[::-1]

    def apply(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return the transpose of `values`."""
        return values.transpose()

    def attribute(self) -> DictAttr:
        """Return the step as an attribute."""
        return DictAttr.of({"transpose": UNIT})


@dataclass(frozen=True, slots=True)
class Reshape:
    """The same elements in another shape, the last axis fastest."""

    extents: tuple[int, ...]

    def shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Return the shape of what it gives. Raises `StepError`."""
        if math.prod(shape) != math.prod(self.extents):
            counts = f"that is {math.prod(shape)} elements and {math.prod(self.extents)}"
            raise StepError(f"{list(shape)} cannot be reshaped to {list(self.extents)}: {counts}")
        return self.extents

    def apply(self, values: NDArray[Any]) -> NDArray[Any]:
        """Return `values` in that shape."""
        return values.reshape(self.extents)

    def attribute(self) -> DictAttr:
        """Return the step as an attribute."""
        return DictAttr.of({"reshape": i64_array(self.extents)})


Step: TypeAlias = Cut | Transpose | Reshape


def steps_attribute(steps: Sequence[Step]) -> ArrayAttr:
    """Return the attribute that `read_step` reads, element by element."""
    return ArrayAttr(tuple(step.attribute() for step in steps))


def read_step(attribute: Attribute) -> Step:
    """Return the step that an element of the attribute `source_steps` stands for. Raises `ValueError`."""
    if isinstance(attribute, DictAttr) and len(attribute.entries) == 1:
        ((name, value),) = attribute.entries
        numbers = value.values if isinstance(value, DenseArrayAttr) else ()
        integers = tuple(int(number) for number in numbers)
        if name == "transpose" and isinstance(value, UnitAttr):
            return Transpose()
        if name == "cut" and len(integers) == 3 and 0 <= integers[1] < integers[2] and integers[0] >= 0:
            return Cut(*integers)
        if name == "reshape" and integers and min(integers) > 0:
            return Reshape(integers)
    raise ValueError(f"a step is cut, transpose or reshape, not {attribute}")


def steps_of(variable: Operation) -> tuple[Step, ...]:
    """Return what is done to the tensors of a `nn.variable`, in order. Raises `ValueError`."""
    attribute = variable.attributes.get(STEPS_ATTRIBUTE)
    return tuple(map(read_step, attribute.values)) if isinstance(attribute, ArrayAttr) else ()
