"""What a pass is: a frozen dataclass with a name, options as fields, a docstring as help, and `run`."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import Field, dataclass, field, fields
from typing import Any, ClassVar

from ..ir.attributes import DictAttr
from ..ir.diagnostics import Diagnostic, Diagnostics, Severity, error_at
from ..ir.location import Location
from ..ir.operation import Operation
from ..ir.rewriter import RewriteListener
from ..ir.spec import Trait, has_trait
from ..ir.target import Target

TARGET_ATTRIBUTE = "fabric.target"
MODULE = "builtin.module"
"""The operation on which pipelines run."""
ANY = "any"
"""In `Pass.nest`: every isolated operation."""


@dataclass(slots=True)
class PassContext:
    """What the passes of one compilation share: remarks for the user, listeners.

    `remarks` collects warnings, notes and remarks; errors are raised as `DiagnosticError`.
    """

    remarks: list[Diagnostic] = field(default_factory=lambda: list[Diagnostic]())
    listeners: tuple[RewriteListener, ...] = ()
    """Who wants to hear of rewrites: for `apply_patterns` and `Rewriter`."""

    def warn(self, message: str, location: Location, *notes: str) -> None:
        """Tell the user something that does not stop the compilation."""
        self.remarks.append(Diagnostic(Severity.WARNING, message, location, notes))

    def remark(self, message: str, location: Location, *notes: str) -> None:
        """Tell the user what was done, or was not and why; nothing is wrong."""
        self.remarks.append(Diagnostic(Severity.REMARK, message, location, notes))


@dataclass(frozen=True, slots=True)
class Pass(ABC):
    """Base of all passes. Subclasses set `name` and implement `run`; their fields are their options."""

    name: ClassVar[str]
    required: ClassVar[bool] = True
    """Whether no program comes out without it; only others may be disabled."""
    anchors: ClassVar[tuple[str, ...] | None] = (MODULE,)
    """Names of the operations that `run` may be given; None for any isolated one."""

    nest: tuple[str, ...] = field(default=(), kw_only=True, metadata={"option": False})
    """Where in the module it runs: on the operations of the last name directly below those of the name
    before, and so on up to those directly in the module; on the module itself if it is empty."""

    @abstractmethod
    def run(self, module: Operation, context: PassContext) -> None:
        """Change `module` in place. Raises `DiagnosticError` when the input cannot be compiled.

        It is an operation of another name where `anchors` allows that and `nest` says so.
        """

    def targets(self, module: Operation) -> list[Operation]:
        """Return the operations on which the pass runs, in program order."""
        found = [module]
        for name in self.nest:
            found = [inner for op in found for inner in _directly_in(op) if _is_called(inner, name)]
        return found

    @classmethod
    def options(cls) -> list[Field[Any]]:
        """Return the fields that are options."""
        return [option for option in fields(cls) if option.metadata.get("option", True)]

    @classmethod
    def option_fields(cls) -> Iterator[tuple[str, Any]]:
        """Yield the options' names (kebab-case) and default values."""
        for option in cls.options():
            yield option.name.replace("_", "-"), option.default

    def specification(self) -> str:
        """The pass as a pipeline writes it where it runs, with options that differ from their defaults."""
        parts: list[str] = []
        for option in self.options():
            value = getattr(self, option.name)
            if value != option.default:
                parts.append(f"{option.name.replace('_', '-')}={_option_text(value)}")
        return f"{self.name}{{{' '.join(parts)}}}" if parts else self.name


def _directly_in(operation: Operation) -> Iterator[Operation]:
    for region in operation.regions:
        for block in region.blocks:
            yield from block.operations


def _is_called(operation: Operation, name: str) -> bool:
    return has_trait(operation, Trait.ISOLATED) if name == ANY else operation.name == name


def choice(default: str, *others: str) -> Any:
    """Return the field of an option that is one of a few names."""
    return field(default=default, metadata={"choices": (default, *others)})


_PLAIN_VALUE = re.compile(r"[\w.+-]+")


def _option_text(value: object) -> str:
    """Return an option's value as a pipeline writes it."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return text if _PLAIN_VALUE.fullmatch(text) else json.dumps(text)


def module_target(module: Operation) -> Target:
    """Return the target that `module` carries. Raises `DiagnosticError` without one."""
    attribute = module.attributes.get(TARGET_ATTRIBUTE)
    if not isinstance(attribute, DictAttr):
        raise error_at(f"the module has no target (attribute '{TARGET_ATTRIBUTE}')", module.location)
    try:
        return Target.from_attribute(attribute)
    except ValueError as error:
        raise error_at(str(error), module.location) from error


def operations_named(module: Operation, *names: str) -> list[Operation]:
    """Return the operations directly in `module`'s body whose name is one of `names`, in order."""
    return [op for op in module.body.operations if op.name in names]


def regions_of_work(module: Operation) -> list[Operation]:
    """Return the regions of `module`. Raises `DiagnosticError` where one holds programs instead of work."""
    regions = operations_named(module, "fabric.region")
    diagnostics = Diagnostics()
    for region in regions:
        if any(op.name == "pe.program" for op in region.body.operations):
            diagnostics.error(
                f"region '{region.symbol_name}' holds programs already; there is no work left to lower",
                region.location,
            )
    diagnostics.raise_if_errors()
    return regions


def symbols(operations: Iterable[Operation]) -> dict[str, Operation]:
    """Return the operations by the symbol that each defines."""
    return {name: op for op in operations if (name := op.symbol_name) is not None}
