"""Symbols: what `@name` and `@outer::@inner` refer to, looked up from the nearest symbol table outward."""

from __future__ import annotations

from .attributes import StringAttr, SymbolRefAttr
from .operation import Operation
from .spec import Trait, has_trait


class SymbolTable:
    """The symbols that the operations right in the regions of `operation` define, read once.

    Tell it of later changes with `insert` and `remove`. Of two operations with one name it keeps the first.
    """

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self._symbols: dict[str, Operation] = {}
        self.repeated: list[Operation] = []
        """Operations whose name an earlier one has defined already."""
        for region in operation.regions:
            for block in region.blocks:
                for inner in block.operations:
                    name = inner.attributes.get("sym_name")
                    if (
                        isinstance(name, StringAttr)
                        and self._symbols.setdefault(name.value, inner) is not inner
                    ):
                        self.repeated.append(inner)

    def lookup(self, name: str) -> Operation | None:
        """Return the operation that defines `name`, if any."""
        return self._symbols.get(name)

    def names(self) -> tuple[str, ...]:
        """The names of all symbols, in the order of their definition."""
        return tuple(self._symbols)

    def insert(self, operation: Operation) -> None:
        """Take note of a new operation. Raises `ValueError` if it has no name or the name is taken."""
        name = operation.symbol_name
        if name is None:
            raise ValueError(f"'{operation.name}' defines no symbol")
        if self._symbols.setdefault(name, operation) is not operation:
            raise ValueError(f"symbol '@{name}' is defined already")

    def remove(self, operation: Operation) -> None:
        """Take note that `operation` is gone. Raises `ValueError` if its name is not defined by it."""
        name = operation.symbol_name
        if name is None or self._symbols.get(name) is not operation:
            raise ValueError(f"'{operation.name}' does not define a symbol of this table")
        del self._symbols[name]

    def unique_name(self, wanted: str) -> str:
        """Return `wanted`, or `wanted_2`, `wanted_3` and so on if that is taken."""
        name, number = wanted, 1
        while name in self._symbols:
            number += 1
            name = f"{wanted}_{number}"
        return name


class SymbolTables:
    """Symbol tables of a module, made when they are asked for first."""

    def __init__(self) -> None:
        self._tables: dict[Operation, SymbolTable] = {}

    def table(self, operation: Operation) -> SymbolTable:
        """Return the table of `operation`, which should have the trait SYMBOL_TABLE."""
        table = self._tables.get(operation)
        if table is None:
            table = self._tables[operation] = SymbolTable(operation)
        return table

    def enclosing(self, operation: Operation) -> list[SymbolTable]:
        """Return the tables of the operations around `operation` or on it, from the nearest outward."""
        tables: list[SymbolTable] = []
        current: Operation | None = operation
        while current is not None:
            if has_trait(current, Trait.SYMBOL_TABLE):
                tables.append(self.table(current))
            current = current.parent_op
        return tables

    def lookup(self, operation: Operation, reference: SymbolRefAttr) -> Operation | None:
        """Return what `reference` means where `operation` stands, or None.

        The nearest table that has the first name decides; the other names are looked up inside of that.
        """
        for table in self.enclosing(operation):
            found = table.lookup(reference.root)
            if found is not None:
                for name in reference.path[1:]:
                    if not has_trait(found, Trait.SYMBOL_TABLE):
                        return None
                    found = self.table(found).lookup(name)
                    if found is None:
                        return None
                return found
        return None


def lookup_symbol(operation: Operation, reference: SymbolRefAttr) -> Operation | None:
    """Return what `reference` means where `operation` stands, or None (many times: keep a `SymbolTables`)."""
    return SymbolTables().lookup(operation, reference)
