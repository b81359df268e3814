"""Keys by which operations of two listings are taken for the same, from the strongest to the weakest."""

from __future__ import annotations

from collections.abc import Hashable

from .listing import ListedOperation

STAGES = 6
"""How many keys an operation has:

0. its text, its places in the model, and all that it is computed from and that is nested in it, by the same;
1. its text and places, and those of the operations that define its operands;
2. its text and places;
3. its name and the symbol it defines, or its text if it defines none;
4. its name and what is nested in it, or its name and places;
5. its name, if it defines no symbol.

No text holds the names of values. None stands for a key that equals no other.
"""

Key = int | None


class Interner:
    """Numbers for keys, the same number for equal ones; both listings must share one."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, key: Hashable) -> int:
        """Return the number of `key`, from 1."""
        return self._numbers.setdefault(key, len(self._numbers) + 1)


def keys_of(root: ListedOperation, interner: Interner) -> dict[int, tuple[Key, ...]]:
    """Return the keys of all operations in `root`, by their `id`."""
    collector = _Collector(interner)
    collector.visit(root)
    return collector.keys


class _Collector:
    """Keys found so far, and those of values: `_texts` of what defines them, `_origins` with all before."""

    def __init__(self, interner: Interner) -> None:
        self.keys: dict[int, tuple[Key, ...]] = {}
        self._number = interner.number
        self._texts: dict[int, int] = {}
        self._origins: dict[int, int] = {}

    def visit(self, op: ListedOperation) -> int:
        """Note the keys of `op` and of all in it, and return the strongest."""
        masked = tuple(piece if isinstance(piece, str) else 0 for piece in op.head)
        text = self._number((masked, op.tail, op.elided, len(op.regions)))
        placed = self._number((text, op.places))
        # An operand that is defined further below has no key yet.
        near = self._number((placed, tuple(self._texts.get(group) for group in op.operands)))
        origins = tuple(self._origins.get(group) for group in op.operands)
        nested = self._nested(op)
        full = self._number(("full", placed, origins, nested))
        if op.results is not None:
            self._texts[op.results] = placed
            self._origins[op.results] = full
        shape = op.name, len(op.regions)
        by_symbol = self._number(("symbol", *shape, op.symbol)) if op.symbol is not None else None
        by_name = self._number(("name", *shape))
        if any(nested):
            by_content = self._number(("content", op.name, nested))
        else:
            by_content = self._number(("places", *shape, op.places)) if by_symbol is None else None
        self.keys[id(op)] = (
            full,
            near,
            placed,
            by_symbol or text,
            by_content,
            by_name if by_symbol is None else None,
        )
        return full

    def _nested(self, op: ListedOperation) -> tuple[tuple[int, ...], ...]:
        found: list[tuple[int, ...]] = []
        for region in op.regions:
            for block in region:
                for index, (group, type) in enumerate(
                    zip(block.arguments, block.argument_types, strict=True)
                ):
                    self._texts[group] = self._origins[group] = self._number(("argument", index, type))
                found.append(tuple(self.visit(inner) for inner in block.operations))
        return tuple(found)
