"""The verifier finds whatever is done to a valid module, wherever it is done."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir import Operation, parse_module, verify
from wsc.ir.attributes import OpaqueType, string
from wsc.ir.operation import Block, Value
from wsc.ir.spec import Trait, has_trait, lookup_spec

from ..support.compiled import SMALL_TALE, compile_model
from ..support.wdl import TALE

Corruption = Callable[[Operation, Operation], bool]
"""Spoils the operation in the module; False if that one cannot be spoilt in this way."""
ODD = OpaqueType("!zoo.odd")


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """A model before and after it is distributed."""
    stages = ("dce", "combine-collectives")
    return [str(compile_model(TALE, (2, 2), SMALL_TALE, stop_after=stage).module) for stage in stages]


def lose_a_use(module: Operation, op: Operation) -> bool:
    return bool(op.operands) and op.operands[0].uses.pop((op, 0), 0) is None


def keep_a_use_that_is_none(module: Operation, op: Operation) -> bool:
    if op.results:
        op.results[0].uses[op, 17] = None
    return bool(op.results)


def use_what_is_in_no_block(module: Operation, op: Operation) -> bool:
    if op.operands:
        op.set_operand(0, Value(Block(), 0, op.operands[0].type))
    return bool(op.operands)


def use_itself(module: Operation, op: Operation) -> bool:
    possible = bool(op.operands and op.results)
    if possible:
        op.set_operand(0, op.results[0])
    return possible


def stand_before_what_it_uses(module: Operation, op: Operation) -> bool:
    definition = op.operands[0].defining_op if op.operands else None
    if definition is None or definition.parent is not op.parent or has_trait(op, Trait.TERMINATOR):
        return False
    op.move_before(definition)
    return True


def have_another_result(module: Operation, op: Operation) -> bool:
    if op.results:
        op.results[0].type = ODD
    return bool(op.results)


def lack_an_attribute(module: Operation, op: Operation) -> bool:
    spec = lookup_spec(op.name)
    assert spec is not None
    needed = [field.name for field in spec.attributes if not field.optional]
    for name in needed[:1]:
        del op.attributes[name]
    return bool(needed)


def have_one_attribute_too_many(module: Operation, op: Operation) -> bool:
    spec = lookup_spec(op.name)
    assert spec is not None
    op.attributes["oddity"] = string("x")
    return not spec.extra_attributes


def define_a_symbol_again(module: Operation, op: Operation) -> bool:
    if op.symbol_name is None or op.parent is not module.body:
        return False
    module.body.insert_before(op, op.clone())
    return True


def lose_the_end(module: Operation, op: Operation) -> bool:
    if not has_trait(op, Trait.TERMINATOR):
        return False
    op.erase()
    return True


def lose_its_regions(module: Operation, op: Operation) -> bool:
    possible = bool(op.regions)
    for inner in [nested for nested in op.walk() if nested is not op]:
        inner.drop_all_references()
    op.regions.clear()
    return possible


CORRUPTIONS: list[Corruption] = [
    lose_a_use,
    keep_a_use_that_is_none,
    use_what_is_in_no_block,
    use_itself,
    stand_before_what_it_uses,
    have_another_result,
    lack_an_attribute,
    have_one_attribute_too_many,
    define_a_symbol_again,
    lose_the_end,
    lose_its_regions,
]


def examples(module: Operation) -> list[int]:
    """Places in the walk of the first operation of each name, without the module itself."""
    seen: dict[str, list[int]] = {}
    for index, op in enumerate(module.walk()):
        seen.setdefault(op.name, []).append(index)
    return [index for name, places in seen.items() if name != module.name for index in places[:1]]


@pytest.mark.parametrize("corrupt", CORRUPTIONS, ids=lambda corrupt: corrupt.__name__)
def test_it_is_found(texts: list[str], corrupt: Corruption) -> None:
    """In operations of every name, one at a time, wherever it can be done."""
    done = 0
    for text in texts:
        for index in examples(parse_module(text)):
            module = parse_module(text)
            op = list(module.walk())[index]
            if corrupt(module, op):
                done += 1
                assert verify(module), f"nothing is said of {op.name} at {op.location}"
    assert done


@given(st.data())
@settings(max_examples=10)
def test_several_things_are_found(texts: list[str], data: st.DataObject) -> None:
    module = parse_module(data.draw(st.sampled_from(texts)))
    spoilt = 0
    several = st.lists(st.sampled_from([have_one_attribute_too_many, have_another_result]), min_size=1)
    for corrupt in data.draw(several):
        op = data.draw(st.sampled_from(list(module.walk())[1:]))
        spoilt += corrupt(module, op)
    assert bool(verify(module)) == bool(spoilt)
