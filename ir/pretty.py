"""The pretty form of IR, for reading only: names from the model, no operand types, short attributes.

%h = nn.relu %x : tensor<1x48xf16>                                                          mlp.wdl:11
"""

from __future__ import annotations

import hashlib
import re

from .attributes import ArrayAttr, Attribute, DenseArrayAttr, IntegerAttr, StringAttr, UnitAttr
from .diff import DiffLine
from .listing import Line, Lister, Listing, list_with
from .operation import Operation, Value

MOST_CHARACTERS = 48
"""Characters of an attribute's value that are shown."""
_NAME = re.compile(r"(?!arg\d+$)[A-Za-z_][\w.]*")
"""A hint that is a name and not a number which a printer gave."""


def list_pretty(operation: Operation, *, locations: bool = False) -> Listing:
    """Return the listing of `operation` in pretty form."""
    return list_with(_PrettyLister(locations, None), operation)


def with_margin(line: Line | DiffLine, width: int) -> str:
    """Return a line with where its operation comes from at the right margin, if it leaves room there."""
    text = str(line)
    operation = line.line.operation if isinstance(line, DiffLine) else line.operation
    if operation is None or not operation.places:
        return text
    first, *others = operation.places
    place = f"{first.file}:{first.line}{f' +{len(others)}' if others else ''}"
    room = width - len(text) - len(place)
    return f"{text}{' ' * room}{place}" if room >= 2 else text


class _PrettyLister(Lister):
    """Writes operations shorter than the generic form does."""

    def __init__(self, locations: bool, elide_large: int | None) -> None:
        super().__init__(locations, elide_large)
        self._taken: dict[str, int] = {}

    def opening(self, operation: Operation) -> str:
        """Return the name, without quotes, and the symbol that it defines."""
        symbol = f" @{operation.symbol_name}" if operation.symbol_name is not None else ""
        return f"{operation.name}{symbol}{' ' if operation.operands else ''}"

    def closing(self, operation: Operation) -> str:
        """Return the blocks that it may jump to."""
        return self.successors_text(operation) if operation.successors else ""

    def ending(self, operation: Operation) -> str:
        """Return short attributes and the types of the results."""
        shown = {key: value for key, value in operation.attributes.items() if key != "sym_name"}
        entries = [f"{key}{_short(shown[key])}" for key in sorted(shown)]
        attributes = f" {{{', '.join(entries)}}}" if entries else ""
        types = f" : {self.types_text(operation.results)}" if operation.results else ""
        location = self.location_text(operation.location) if self.locations else ""
        return f"{attributes}{types}{location}"

    def value_name(self, value: Value) -> str:
        """Return the value's name in the model, with a number if others have it, too."""
        hint = value.name_hint
        if hint is None or _NAME.fullmatch(hint) is None:
            return super().value_name(value)
        number = self._taken[hint] = self._taken.get(hint, 0) + 1
        return f"%{hint}" if number == 1 else f"%{hint}_{number}"

    def elided(self, operation: Operation) -> str:
        """Return a hash of the attributes, of which the text leaves out some."""
        return hashlib.sha256(self.unelided.attributes_text(operation.attributes).encode()).hexdigest()


def _short(value: Attribute) -> str:
    """Return ` = value` in a short form, nothing for a flag."""
    if isinstance(value, UnitAttr):
        return ""
    text = _value(value)
    return f" = {text}" if len(text) <= MOST_CHARACTERS else f" = {text[: MOST_CHARACTERS - 1]}…"


def _value(value: Attribute) -> str:
    if isinstance(value, IntegerAttr):
        return str(value).partition(" : ")[0]
    if isinstance(value, StringAttr):
        return str(value)
    if isinstance(value, DenseArrayAttr):
        return f"[{', '.join(map(str, value.values))}]"
    if isinstance(value, ArrayAttr):
        return f"[{', '.join(map(_value, value.values))}]"
    return str(value)
