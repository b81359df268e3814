"""Dialect `fabric`: where work and wires lie on the wafer.

A `fabric.region` is a template of work on a grid of PEs; a `fabric.instance` puts it at an origin,
for a range of layers. Routes are switch settings over strided rectangles of PEs. Coordinates grow
to the right (E) and downwards (S).
"""

from __future__ import annotations

from ..attributes import I64, ArrayAttr, Attribute, DenseArrayAttr, DictAttr, IntegerAttr, StringAttr
from ..operation import Operation
from ..spec import (
    Constraint,
    Dialect,
    OpSpec,
    Report,
    Trait,
    is_a,
    one_of,
    operand,
    optional,
    register_dialect,
    required,
    result,
)
from .dist import TENSOR
from .nn import STRING, SYMBOL_REFERENCE

INTEGER = is_a("an integer", IntegerAttr)
DIRECTIONS = ("N", "E", "S", "W", "RAMP")
DIRECTION = one_of("a direction (N, E, S, W, RAMP)", *map(StringAttr, DIRECTIONS))


def integers(description: str, length: int) -> Constraint:
    """A constraint that the attribute is `array<i64: ...>` of `length` numbers."""

    def holds(attribute: Attribute) -> bool:
        return (
            isinstance(attribute, DenseArrayAttr)
            and attribute.element == I64
            and len(attribute.values) == length
        )

    return Constraint(description, holds, kinds=(DenseArrayAttr,))


CERTIFICATE_ATTRIBUTE = "fabric.certificate"
"""On a module: why, and where not, no two colors ever want one link or ramp."""
STATIC, CHECKED = "static", "checked"


def certificate_kind(module: Operation) -> str:
    """Return `static` if a module's routes exclude that two colors meet, else `checked`: runs must watch."""
    certificate = module.attributes.get(CERTIFICATE_ATTRIBUTE)
    kind = dict(certificate.entries).get("kind") if isinstance(certificate, DictAttr) else None
    return STATIC if kind == StringAttr(STATIC) else CHECKED


RECT = integers("a strided rectangle x0, y0, nx, ny, step x, step y", 6)
PAIR = integers("two integers", 2)


def numbers(op: Operation, key: str) -> tuple[int, ...]:
    """Return the integers of the `array<i64: ...>` attribute `key`."""
    return tuple(int(value) for value in op.attribute(key, DenseArrayAttr).values)


def switch_position(op: Operation) -> tuple[int, int]:
    """Return a route's switch position and the messages it lasts for, 0 if it lasts for ever."""
    values = (op.attributes.get(key) for key in ("position", "messages"))
    position, messages = (value.value if isinstance(value, IntegerAttr) else 0 for value in values)
    return position, messages


def verify_rect(op: Operation, report: Report) -> None:
    """Check that attribute `rect` is a non-empty strided rectangle."""
    x0, y0, nx, ny, sx, sy = numbers(op, "rect")
    if min(x0, y0) < 0 or min(nx, ny, sx, sy) < 1:
        report("the rectangle must be non-empty, with positive steps, at coordinates from 0")


def _verify_route(op: Operation, report: Report) -> None:
    verify_rect(op, report)
    outputs = op.attribute("outputs", ArrayAttr)
    names = [entry.value for entry in outputs if isinstance(entry, StringAttr) and entry.value in DIRECTIONS]
    if not names or len(names) != len(outputs) or len(set(names)) != len(names):
        report("outputs must be different directions, at least one")
    if op.attribute("color", IntegerAttr).value < 0:
        report("a color is a number from 0")
    position, messages = switch_position(op)
    if position < 0:
        report("a switch position is a number from 0")
    if "messages" in op.attributes and messages < 1:
        report("a switch position lasts for one message at least")
    if position > 0 and "messages" not in op.attributes:
        report("a switch position after the first needs the number of messages that it lasts for")


def _verify_region(op: Operation, report: Report) -> None:
    if op.attribute("width", IntegerAttr).value < 1 or op.attribute("height", IntegerAttr).value < 1:
        report("a region needs at least one PE each way")


def _verify_instance(op: Operation, report: Report) -> None:
    first, end = numbers(op, "layers")
    if min(numbers(op, "origin")) < 0:
        report("the origin must not be negative")
    if not 0 <= first <= end:
        report("layers must be a range first, end")


FABRIC = register_dialect(Dialect("fabric", "Where work and wires lie: regions, instances, links, routes."))
FABRIC.add(
    [
        OpSpec(
            "fabric.region",
            "A template of work on width x height PEs. `reduce_x` and `reduce_y` are the shapes of the "
            "reduce trees along the axes; without them two chains meet in the middle.",
            attributes=(
                required("sym_name", STRING),
                required("width", INTEGER),
                required("height", INTEGER),
                optional("grid", STRING),
                optional("sram_bytes", INTEGER),
                optional("reduce_x", STRING),
                optional("reduce_y", STRING),
            ),
            regions=("body",),
            traits=frozenset(
                {Trait.SYMBOL, Trait.SYMBOL_TABLE, Trait.ISOLATED, Trait.SINGLE_BLOCK, Trait.NO_TERMINATOR}
            ),
            verify=_verify_region,
        ),
        OpSpec(
            "fabric.instance",
            "Puts a region at an origin and gives it a range of layers.",
            attributes=(
                required("sym_name", STRING),
                required("region", SYMBOL_REFERENCE),
                required("origin", PAIR),
                required("layers", PAIR),
            ),
            traits=frozenset({Trait.SYMBOL}),
            verify=_verify_instance,
        ),
        OpSpec(
            "fabric.link",
            "A hand-over: row by row from one instance's `out` port to another's `in` port; `colors` by row.",
            attributes=(
                required("sym_name", STRING),
                required("source", SYMBOL_REFERENCE),
                required("sink", SYMBOL_REFERENCE),
                required("out", STRING),
                required("in", STRING),
                optional("colors", is_a("array<i64: ...>", DenseArrayAttr)),
            ),
            traits=frozenset({Trait.SYMBOL}),
        ),
        OpSpec(
            "fabric.send",
            "Hands a value over through an `out` port.",
            operands=(operand("value", TENSOR),),
            attributes=(required("port", STRING),),
            traits=frozenset({Trait.WRITE}),
        ),
        OpSpec(
            "fabric.receive",
            "Takes a value from an `in` port.",
            results=(result("value", TENSOR),),
            attributes=(required("port", STRING),),
            traits=frozenset({Trait.WRITE}),
        ),
        OpSpec(
            "fabric.route",
            "Switch setting of one color at the routers of a strided rectangle (absolute coordinates). A "
            "router with several settings of a color starts in `position` 0 and moves to the next one, after "
            "the last back to 0, when `messages` messages have left it; what a send sends is one message.",
            attributes=(
                required("flow", STRING),
                required("color", INTEGER),
                required("rect", RECT),
                required("input", DIRECTION),
                required("outputs", is_a("an array", ArrayAttr)),
                optional("position", INTEGER),
                optional("messages", INTEGER),
            ),
            verify=_verify_route,
        ),
    ]
)
