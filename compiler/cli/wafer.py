"""Running a program file on a wafer that it was not compiled for: the same numbers, other defects."""

from __future__ import annotations

from dataclasses import replace

from ...ir.attributes import DictAttr
from ...ir.operation import Operation
from ...ir.target import NUMBERS, Target, TargetDescription
from .build import find_target
from .errors import UsageError

_TARGET = "fabric.target"


def put_on_wafer(module: Operation, name: str) -> TargetDescription:
    """Let the final `module` lie on the upper left of the wafer called `name`; return that wafer.

    Only its defects may differ from those of the target that the program was compiled for. Raises
    `UsageError` if a number differs or it is too small, `DiagnosticError` for a bad file.
    """
    description = find_target(name)
    wafer, own = description.target, Target.from_attribute(module.attribute(_TARGET, DictAttr))
    sizes = ("width", "height")
    others = [key for key in NUMBERS if key not in sizes and getattr(wafer, key) != getattr(own, key)]
    if others:
        differences = ", ".join(others)
        raise UsageError(
            f"the program was compiled for '{own.name}', of which '{wafer.name}' differs in {differences}",
            "compile the model again, with --target",
        )
    if wafer.width < own.width or wafer.height < own.height:
        raise UsageError(
            f"the program takes {own.width} x {own.height} PEs; '{wafer.name}' has "
            f"{wafer.width} x {wafer.height}"
        )
    wafer = wafer.with_grid(own.width, own.height)
    module.attributes[_TARGET] = wafer.to_attribute()
    return replace(description, target=wafer)
