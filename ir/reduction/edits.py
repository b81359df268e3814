"""Edits that make a module smaller. They keep use lists right; whether the module is valid, others check.

An edit is made at an operation, with a detail where there are several places. It does nothing where it does
not fit, so that many can be made at once.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from ..attributes import ArrayAttr, Attribute, DenseElementsAttr, IntegerAttr, StringAttr, TypeAttribute
from ..operation import Block, Operation, Value
from ..spec import Trait, has_trait
from ..types import FunctionType

T = TypeVar("T")

_SIGNATURE = "function_type"


@dataclass(frozen=True, slots=True)
class Edit:
    """A kind of edit: what details there are at an operation (none: it does not fit), and how to make it."""

    name: str
    details: Callable[[Operation], Iterable[Hashable]]
    make: Callable[[Operation, Hashable], None]
    on_module: bool = False
    """Whether it can be made at the module itself."""


# ---- operations ------------------------------------------------------------------------------------


def _erase(op: Operation, _: Hashable) -> None:
    if not has_trait(op, Trait.TERMINATOR) and not any(value.uses for value in op.results):
        op.erase()


def _replace_by(
    find: Callable[[Operation, TypeAttribute], Value | None],
) -> Callable[[Operation, Hashable], None]:
    """Return an edit that gives all users of an operation what `find` finds of that type, and erases it."""

    def make(op: Operation, _: Hashable) -> None:
        for result in op.results:
            if result.uses:
                other = find(op, result.type)
                if other is None:
                    return
                result.replace_all_uses_with(other)
        op.erase()

    return make


def _operand(op: Operation, type: TypeAttribute) -> Value | None:
    return next((value for value in op.operands if value.type == type), None)


def _argument(op: Operation, type: TypeAttribute) -> Value | None:
    """Return an argument of the blocks around `op`, the innermost first."""
    arguments = (value for block in _visible_blocks(op) for value in block.arguments)
    return next((value for value in arguments if value.type == type), None)


def _new_argument(op: Operation, type: TypeAttribute) -> Value | None:
    """Add an argument to the outermost block that `op` sees, and to the signature if there is one."""
    *_, block = _visible_blocks(op)
    owner = block.parent_op
    if owner is None or owner.parent is None:
        return None
    names = owner.attributes.get("arg_names")
    if isinstance(names, ArrayAttr) and len(names.values) == len(block.arguments):
        name = StringAttr(f"arg{len(block.arguments)}")
        owner.attributes["arg_names"] = ArrayAttr((*names.values, name))
    signature = owner.attributes.get(_SIGNATURE)
    if isinstance(signature, FunctionType):
        owner.attributes[_SIGNATURE] = replace(signature, inputs=(*signature.inputs, type))
    return block.add_argument(type)


def _visible_blocks(op: Operation) -> Iterator[Block]:
    """Yield the blocks around `op` whose values it may use, from inside to outside."""
    block = op.parent
    while block is not None:
        yield block
        owner = block.parent_op
        if owner is None or has_trait(owner, Trait.ISOLATED):
            return
        block = owner.parent


def _unwrap(op: Operation, _: Hashable) -> None:
    """Put the body in place of `op`: operands for its last arguments, what it yields for the results."""
    block = _only_block(op)
    if block is None or block.terminator is None or op.parent is None:
        return
    yields = block.terminator.operands
    extra = len(block.arguments) - len(op.operands)
    if extra < 0 or any(value.uses for value in block.arguments[:extra]) or _SIGNATURE in op.attributes:
        return
    if [value.type for value in yields] != [value.type for value in op.results]:
        return
    if [value.type for value in block.arguments[extra:]] != [value.type for value in op.operands]:
        return
    for own, given in zip(block.arguments[extra:], op.operands, strict=True):
        own.replace_all_uses_with(given)
    for result, value in zip(op.results, list(block.terminator.operands), strict=True):
        result.replace_all_uses_with(value)
    for inner in list(block.operations)[:-1]:
        inner.move_before(op)
    op.erase()


# ---- operands, arguments, results ------------------------------------------------------------------


def _drop_operand(op: Operation, index: Hashable) -> None:
    assert isinstance(index, int)
    if index >= len(op.operands):
        return
    _trim_arrays(op, len(op.operands), index)
    op.set_operands([value for other, value in enumerate(op.operands) if other != index])


def _drop_returned(op: Operation, index: Hashable) -> None:
    """Drop what a terminator returns from the signature or the results of the operation around, as well."""
    assert isinstance(index, int)
    owner = op.parent_op
    if owner is None or index >= len(op.operands):
        return
    signature = owner.attributes.get(_SIGNATURE)
    if isinstance(signature, FunctionType) and index < len(signature.results):
        owner.attributes[_SIGNATURE] = replace(signature, results=_without(signature.results, index))
    elif len(owner.results) == len(op.operands):
        if owner.results[index].uses:
            return
        _drop_result(owner, index)
    _drop_operand(op, index)


def _drop_argument(op: Operation, index: Hashable) -> None:
    """Drop an argument that nobody uses, with the operand or the part of the signature that belongs to it."""
    assert isinstance(index, int)
    block = _only_block(op)
    if block is None or index >= len(block.arguments) or block.arguments[index].uses:
        return
    count = len(block.arguments)
    _trim_arrays(op, count, index)
    signature = op.attributes.get(_SIGNATURE)
    if isinstance(signature, FunctionType) and len(signature.inputs) == count:
        op.attributes[_SIGNATURE] = replace(signature, inputs=_without(signature.inputs, index))
    elif len(op.operands) == count:
        op.set_operands(_without(tuple(op.operands), index))
    block.erase_argument(index)


def _drop_carried(op: Operation, index: Hashable) -> None:
    """Drop a value that a loop carries: operand, argument, what is yielded, and the result."""
    assert isinstance(index, int)
    block = _only_block(op)
    if block is None or block.terminator is None or index >= len(op.results) or op.results[index].uses:
        return
    extra = len(block.arguments) - len(op.operands)
    if extra < 0 or not len(op.operands) == len(op.results) == len(block.terminator.operands):
        return
    _drop_operand(block.terminator, index)
    argument, operand = block.arguments[extra + index], op.operands[index]
    if argument.uses:
        argument.replace_all_uses_with(operand)  # invalid where the operand cannot be used inside
    block.erase_argument(extra + index)
    op.set_operands(_without(tuple(op.operands), index))
    _drop_result(op, index)


def _drop_result(op: Operation, index: int) -> None:
    del op.results[index]
    for position, value in enumerate(op.results):
        value.index = position


def _trim_arrays(op: Operation, count: int, index: int) -> None:
    """Drop element `index` from the attributes that hold one for each of `count` operands or arguments."""
    for key, value in op.attributes.items():
        if isinstance(value, ArrayAttr) and len(value.values) == count:
            op.attributes[key] = ArrayAttr(_without(value.values, index))


def _without(values: tuple[T, ...], index: int) -> tuple[T, ...]:
    return values[:index] + values[index + 1 :]


def _only_block(op: Operation) -> Block | None:
    blocks = [block for region in op.regions for block in region.blocks]
    return blocks[0] if len(blocks) == 1 else None


# ---- attributes ------------------------------------------------------------------------------------


def _drop_attribute(op: Operation, key: Hashable) -> None:
    op.attributes.pop(str(key), None)


def _simplify_attribute(op: Operation, key: Hashable) -> None:
    value = op.attributes.get(str(key))
    if value is not None and (simple := _simpler(value)) is not None:
        op.attributes[str(key)] = simple


def _simpler(value: Attribute) -> Attribute | None:
    """Return one with less to read in place of `value`, None if there is none."""
    if isinstance(value, DenseElementsAttr) and len(value.values) > 1:
        return DenseElementsAttr(value.values[:1], value.type)
    if isinstance(value, IntegerAttr) and len(str(value.value)) > 1:
        return IntegerAttr(1, value.type)
    return None


# ---- the list --------------------------------------------------------------------------------------


def _once(op: Operation) -> Iterable[Hashable]:
    return (None,)


def _if_used(op: Operation) -> Iterable[Hashable]:
    return (None,) if any(value.uses for value in op.results) else ()


def _if_a_region(op: Operation) -> Iterable[Hashable]:
    return (None,) if len(op.regions) == 1 else ()


def _each_operand(op: Operation) -> Iterable[Hashable]:
    return range(len(op.operands)) if not has_trait(op, Trait.TERMINATOR) else ()


def _each_returned(op: Operation) -> Iterable[Hashable]:
    return range(len(op.operands)) if has_trait(op, Trait.TERMINATOR) else ()


def _each_argument(op: Operation) -> Iterable[Hashable]:
    block = _only_block(op)
    return () if block is None else range(len(block.arguments))


def _each_result_of_a_region(op: Operation) -> Iterable[Hashable]:
    return range(len(op.results)) if op.regions else ()


def _each_attribute(op: Operation) -> Iterable[Hashable]:
    return list(op.attributes)


def _each_complex_attribute(op: Operation) -> Iterable[Hashable]:
    return [key for key, value in op.attributes.items() if _simpler(value) is not None]


STRUCTURE = (
    Edit("erase operations", _once, _erase),
    Edit("replace operations by operands", _if_used, _replace_by(_operand)),
    Edit("replace operations by arguments", _if_used, _replace_by(_argument)),
    Edit("unwrap regions", _if_a_region, _unwrap),
    Edit("replace operations by new arguments", _if_used, _replace_by(_new_argument)),
    Edit("drop returned values", _each_returned, _drop_returned),
    Edit("drop carried values", _each_result_of_a_region, _drop_carried),
    Edit("drop arguments", _each_argument, _drop_argument),
    Edit("drop operands", _each_operand, _drop_operand),
)
"""Edits of operations and values, those first that take most away."""
DETAILS = (
    Edit("drop attributes", _each_attribute, _drop_attribute, on_module=True),
    Edit("simplify constants", _each_complex_attribute, _simplify_attribute, on_module=True),
)
"""Edits for when there is no more to take away."""
