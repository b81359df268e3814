"""What a pass is: a frozen dataclass with a name, options as fields, a docstring as help, and `run`."""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from ..ir.attributes import DictAttr
from ..ir.diagnostics import Diagnostic, Severity, error_at
from ..ir.location import Location
from ..ir.operation import Operation
from ..ir.target import Target

TARGET_ATTRIBUTE = "fabric.target"


@dataclass(slots=True)
class PassContext:
    """What the passes of one compilation share: remarks for the user, progress.

    `remarks` collects warnings and notes; errors are raised as `DiagnosticError`.
    """

    remarks: list[Diagnostic] = field(default_factory=lambda: list[Diagnostic]())

    def warn(self, message: str, location: Location, *notes: str) -> None:
        """Tell the user something that does not stop the compilation."""
        self.remarks.append(Diagnostic(Severity.WARNING, message, location, notes))


@dataclass(frozen=True, slots=True)
class Pass(ABC):
    """Base of all passes. Subclasses set `name` and implement `run`; their fields are their options."""

    name: ClassVar[str]
    required: ClassVar[bool] = True
    """Whether no program comes out without it; only others may be disabled."""

    @abstractmethod
    def run(self, module: Operation, context: PassContext) -> None:
        """Change `module` in place. Raises `DiagnosticError` when the input cannot be compiled."""

    @classmethod
    def option_fields(cls) -> Iterator[tuple[str, Any]]:
        """Yield the options' names (kebab-case) and default values."""
        for option in fields(cls):
            yield option.name.replace("_", "-"), option.default

    def specification(self) -> str:
        """The pass as a pipeline writes it, with the options that differ from their defaults."""
        parts: list[str] = []
        for option in fields(self):
            value = getattr(self, option.name)
            if value != option.default:
                parts.append(f"{option.name.replace('_', '-')}={option_text(value)}")
        return f"{self.name}{{{' '.join(parts)}}}" if parts else self.name


def choice(default: str, *others: str) -> Any:
    """Return the field of an option that is one of a few names."""
    return field(default=default, metadata={"choices": (default, *others)})


_PLAIN_VALUE = re.compile(r"[\w.+-]+")


def option_text(value: object) -> str:
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


def symbols(operations: Iterable[Operation]) -> dict[str, Operation]:
    """Return the operations by the symbol that each defines."""
    return {name: op for op in operations if (name := op.symbol_name) is not None}
