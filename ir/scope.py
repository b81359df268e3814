"""Scopes: what concerns one symbol or layer of a module, as a smaller module whose text can be read alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .attributes import ArrayAttr, Attribute, DictAttr, StringAttr, SymbolRefAttr
from .location import UNKNOWN
from .operation import Block, Operation, Region, Value
from .symbols import SymbolTables

STAND_IN = "builtin.unrealized_conversion_cast"
"""An operation without operands that gives the values which an operation outside of the scope defines."""


def scope_names(module: Operation) -> list[str]:
    """Return what a scope can be called: the symbols, with those around them, and the labels of layers."""
    names = dict.fromkeys(name for op in module.walk() if (name := _label(op)) is not None)
    for op in module.walk():
        path = _path(op)
        names |= dict.fromkeys("::@".join(path[start:]) for start in reversed(range(len(path))))
    return list(names)


def scoped(module: Operation, name: str) -> Operation | None:
    """Return what concerns `name` in `module`, or None if there is no such symbol or label in it.

    That is a copy of the operation that defines `@name` (or `@outer::@name`, or is a layer with that label),
    with all in it; of those that refer to it or to something in it; and of those around them, without what
    else is in their regions; the module without its attributes. Values of other operations come from
    constants or stand-ins.
    """
    path = tuple(part.removeprefix("@") for part in name.split("::"))
    whole = {op for op in module.walk() if _path(op)[-len(path) :] == path or _label(op) == name}
    if not whole:
        return None
    tables = SymbolTables()
    kept = {op for op in module.walk() if _concerns(op, whole, tables)}
    for op in (*whole, *kept):
        kept.update(_ancestors(op))
    copy = _Copier(whole, kept).copy(module, {}, {})
    if module not in whole:
        copy.attributes.clear()
    return copy


def _label(op: Operation) -> str | None:
    """Return the label of a loop over layers."""
    label = op.attributes.get("label")
    return label.value if isinstance(label, StringAttr) else None


def _ancestors(op: Operation) -> Iterator[Operation]:
    parent = op.parent_op
    while parent is not None:
        yield parent
        parent = parent.parent_op


def _path(op: Operation) -> tuple[str, ...]:
    """Return the symbols around `op` and its own, from the outermost; nothing if it defines none."""
    if op.symbol_name is None:
        return ()
    around = [name for parent in _ancestors(op) if (name := parent.symbol_name) is not None]
    return (*reversed(around), op.symbol_name)


def _concerns(op: Operation, whole: set[Operation], tables: SymbolTables) -> bool:
    """Whether `op` refers to one of `whole` or to something in it."""
    for reference in _references(DictAttr(tuple(op.attributes.items()))):
        found = tables.lookup(op, reference)
        if found is not None and (found in whole or not whole.isdisjoint(_ancestors(found))):
            return True
    return False


def _references(attribute: Attribute) -> Iterator[SymbolRefAttr]:
    if isinstance(attribute, SymbolRefAttr):
        yield attribute
    elif isinstance(attribute, ArrayAttr):
        for value in attribute.values:
            yield from _references(value)
    elif isinstance(attribute, DictAttr):
        for _, value in attribute.entries:
            yield from _references(value)


class _Copier:
    """Copies operations: those in `whole` with all in them, of others only what is in `kept`."""

    def __init__(self, whole: set[Operation], kept: set[Operation]) -> None:
        self._whole = whole
        self._kept = kept

    def copy(self, op: Operation, values: dict[Value, Value], blocks: dict[Block, Block]) -> Operation:
        """Return a copy whose operands are in `values`, which gets the results."""
        if op in self._whole:
            copy = op.clone(values)
            copy.successors = [blocks.get(block, block) for block in copy.successors]
            return copy
        copy = Operation(
            op.name,
            [values[operand] for operand in op.operands],
            [result.type for result in op.results],
            op.attributes,
            [self._region(region, values) for region in op.regions],
            op.location,
            [blocks.get(block, block) for block in op.successors],
        )
        _follow(op.results, copy.results, values)
        return copy

    def _region(self, region: Region, outer: dict[Value, Value]) -> Region:
        values = dict(outer)  # what is defined in here does not reach out
        blocks = {block: Block([argument.type for argument in block.arguments]) for block in region.blocks}
        for old, new in blocks.items():
            _follow(old.arguments, new.arguments, values)
        for old, new in blocks.items():
            for op in old.operations:
                if op in self._whole or op in self._kept:
                    self._define_operands(op, values, new)
                    new.append(self.copy(op, values, blocks))
        return Region(list(blocks.values()))

    def _define_operands(self, op: Operation, values: dict[Value, Value], block: Block) -> None:
        """Append what gives the values that `op`, or what is in it if all is, has from outside the scope."""
        for inner in op.walk() if op in self._whole else (op,):
            for operand in inner.operands:
                if operand not in values and not _is_inside(operand, op):
                    block.append(_source(operand, values))


def _is_inside(value: Value, op: Operation) -> bool:
    definer = value.defining_op or value.block
    parent = definer.parent_op if definer is not None else None
    return parent is not None and op.is_ancestor_of(parent)


def _source(value: Value, values: dict[Value, Value]) -> Operation:
    """Return a new operation for what defines `value`: the same if it is a constant, or a stand-in."""
    definer = value.defining_op
    if definer is not None and not definer.operands and not definer.regions:
        return definer.clone(values)
    stand_in = Operation(STAND_IN, (), [value.type], location=definer.location if definer else UNKNOWN)
    _follow([value], stand_in.results, values)
    return stand_in


def _follow(old: Sequence[Value], new: Sequence[Value], values: dict[Value, Value]) -> None:
    """Note that `new` stand for `old`, under the same names."""
    for before, after in zip(old, new, strict=True):
        values[before] = after
        after.name_hint = before.name_hint
