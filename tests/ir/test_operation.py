"""Operations, values and blocks: use lists, and block lists that behave like lists in constant time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir import Block, Builder, FileLoc, Operation, Region, parse_module, print_operation
from wsc.ir.attributes import F32, I64, INDEX, DenseArrayAttr, StringAttr, i64
from wsc.ir.location import UNKNOWN


def op(name: str = "t.a", operands: object = (), results: int = 1) -> Operation:
    return Operation(name, list(operands), [F32] * results)  # type: ignore[call-overload]


# ---- block lists


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["append", "insert", "before", "after", "remove", "move"]), st.integers(0, 99)
        )
    )
)
def test_a_block_behaves_like_a_list(steps: list[tuple[str, int]]) -> None:
    block, model = Block(), []
    for what, number in steps:
        at = number % (len(model) + 1)
        new = op(f"t.n{number}")
        if what == "append":
            block.append(new)
            model.append(new)
        elif what == "insert":
            block.insert(at, new)
            model.insert(at, new)
        elif not model:
            continue
        else:
            anchor = model[at % len(model)]
            if what == "before":
                block.insert_before(anchor, new)
                model.insert(model.index(anchor), new)
            elif what == "after":
                block.insert_after(anchor, new)
                model.insert(model.index(anchor) + 1, new)
            elif what == "remove":
                anchor.detach()
                model.remove(anchor)
                assert anchor.parent is anchor.next is anchor.previous is None
            else:
                moved = model[number * 7 % len(model)]
                moved.move_before(anchor)
                if moved is not anchor:
                    model.remove(moved)
                    model.insert(model.index(anchor), moved)
        assert list(block.operations) == model
        assert list(reversed(block.operations)) == model[::-1]
        assert len(block.operations) == len(model)
    assert block.operations[1:] == model[1:]
    assert [block.operations[i] for i in range(-len(model), len(model))] == model + model
    assert block.terminator is (model[-1] if model else None)
    for index, first in enumerate(model):
        assert first in block.operations
        for second in model[index + 1 :]:
            assert first.is_before_in_block(second)
            assert not second.is_before_in_block(first)


def test_a_loop_may_erase_what_it_is_at_and_insert_around_it() -> None:
    block = Block()
    for index in range(4):
        block.append(op(f"t.n{index}"))
    seen: list[str] = []
    for operation in block.operations:
        seen.append(operation.name)
        builder = Builder.after(operation)
        if operation.name != "t.n2":
            operation.erase()
        builder.create("t.new")
    assert seen == ["t.n0", "t.n1", "t.n2", "t.n3"]
    assert [o.name for o in block.operations] == ["t.new", "t.new", "t.n2", "t.new", "t.new"]


def test_a_loop_goes_on_when_the_next_operation_is_erased() -> None:
    block = Block()
    first, second, third = (block.append(op(f"t.n{index}")) for index in range(3))
    seen = []
    for operation in block.operations:
        seen.append(operation)
        if operation is first:
            second.erase()
    assert seen == [first, third]
    rest = iter(block.operations)
    assert next(rest) is first
    first.erase()
    third.erase()
    with pytest.raises(RuntimeError, match="erased the current and the next"):
        next(rest)


def test_what_cannot_be_inserted() -> None:
    block, other = Block(), Block()
    inside, outside = block.append(op()), other.append(op())
    with pytest.raises(ValueError, match="is in a block already"):
        other.append(inside)
    with pytest.raises(ValueError, match="is not in the block"):
        block.insert_before(outside, op())
    with pytest.raises(ValueError, match="is not in the block"):
        block.insert_after(outside, op())
    with pytest.raises(ValueError, match="is not in the block"):
        block.remove(outside)
    with pytest.raises(ValueError, match="different blocks"):
        inside.is_before_in_block(outside)
    with pytest.raises(ValueError, match="is not in a block"):
        op().is_before_in_block(inside)
    with pytest.raises(IndexError):
        block.operations[1]


# ---- values


def test_use_lists_follow_the_operands() -> None:
    a, b = op(), op()
    user = op("t.u", [a.result, b.result, a.result])
    assert list(a.result.uses) == [(user, 0), (user, 2)]
    assert a.result.users() == [user]
    user.set_operand(0, b.result)
    assert list(a.result.uses) == [(user, 2)]
    a.result.replace_all_uses_with(b.result)
    assert not a.result.uses
    assert set(b.result.uses) == {(user, 0), (user, 1), (user, 2)}
    b.result.replace_all_uses_with(b.result)
    assert len(b.result.uses) == 3
    user.set_operands([a.result])
    assert list(user.operands) == [a.result]
    assert not b.result.uses


def test_erase_refuses_what_is_in_use_and_lets_go_of_the_rest() -> None:
    a = op()
    user = op("t.u", [a.result])
    inner = Block()
    nested = inner.append(op("t.n", [a.result]))
    holder = Operation("t.h", regions=[Region([inner])])
    with pytest.raises(ValueError, match="its result 0 is in use"):
        a.erase()
    user.erase()
    assert list(a.result.uses) == [(nested, 0)]
    holder.erase()
    a.erase()
    assert a.results == []


def test_block_arguments() -> None:
    block = Block([F32, INDEX])
    extra = block.add_argument(I64)
    user = block.append(op("t.u", [extra]))
    with pytest.raises(ValueError, match="argument 2: it is in use"):
        block.erase_argument(2)
    block.erase_argument(0)
    assert [(argument.index, argument.type) for argument in block.arguments] == [(0, INDEX), (1, I64)]
    assert extra.block is block
    assert extra.defining_op is None
    assert user.result.defining_op is user


def test_accessors_say_what_is_wrong() -> None:
    operation = Operation("t.a", attributes={"a": i64(1)}, result_types=[F32, F32])
    with pytest.raises(ValueError, match="has 2 results, not one"):
        _ = operation.result
    with pytest.raises(ValueError, match="has no single region with a block"):
        _ = operation.body
    with pytest.raises(TypeError, match="attribute 'a' is 1 : i64, not a StringAttr"):
        operation.attribute("a", StringAttr)
    with pytest.raises(KeyError):
        operation.attribute("b", StringAttr)
    assert operation.dialect == "t"
    assert operation.symbol_name is None
    region = Region([Block()])
    operation.add_region(region)
    with pytest.raises(ValueError, match="belongs to another operation"):
        op().add_region(region)
    with pytest.raises(ValueError, match="belongs to another region"):
        Region([region.blocks[0]])


def test_walk_is_in_program_order_and_survives_erasing() -> None:
    module = parse_module(
        '"t.a"() ({ "t.b"() ({ "t.c"() : () -> () }) : () -> () }, { "t.d"() : () -> () }) : () -> ()\n'
        '"t.e"() : () -> ()'
    )
    assert [o.name for o in module.walk()] == ["builtin.module", "t.a", "t.b", "t.c", "t.d", "t.e"]
    seen = []
    for operation in module.walk():
        seen.append(operation.name)
        if operation.name == "t.b":
            operation.erase()
        elif operation.name == "t.d":
            module.body.operations[1].erase()
    assert seen == ["builtin.module", "t.a", "t.b", "t.d"]
    a = module.body.operations[0]
    assert module.is_ancestor_of(a)
    assert not a.is_ancestor_of(module)


def test_walk_and_clone_of_deep_nests_do_not_recurse_in_walk() -> None:
    block = Block()
    root = Operation("t.a", regions=[Region([block])])
    for _ in range(3000):
        inner = Block()
        block.append(Operation("t.a", regions=[Region([inner])]))
        block = inner
    assert sum(1 for _ in root.walk()) == 3001
    root.drop_all_references()


def test_clone_maps_values_and_blocks_used_before_their_definition() -> None:
    text = """
      %outer = "t.o"() : () -> f32
      "t.r"() ({
        "t.u"(%later, %outer) : (i1, f32) -> ()
        "t.br"()[^end] : () -> ()
      ^end:
        %later = "t.d"() : () -> i1
      }) : () -> ()
    """
    module = parse_module(text)
    original = module.body.operations[1]
    copy = original.clone()
    module.body.append(copy)
    use, definition = copy.regions[0].blocks[0].operations[0], copy.regions[0].blocks[1].operations[0]
    assert list(use.operands) == [definition.result, module.body.operations[0].result]
    assert copy.regions[0].blocks[0].operations[1].successors == [copy.regions[0].blocks[1]]
    assert definition.result.name_hint == "later"
    mapping = {module.body.operations[0].result: definition.result}
    again = original.clone(mapping)
    assert again.regions[0].blocks[0].operations[0].operands[1] is definition.result


# ---- builder


def test_the_builder_inserts_where_it_was_put() -> None:
    block = Block()
    here, there = FileLoc("f", 1, 1), FileLoc("f", 2, 2)
    builder = Builder(block, location=here)
    last = builder.create("t.last", location=there)
    middle = Builder(block, 0).create("t.middle")
    before = Builder.before(last)
    with before.at(here):
        first = before.create("t.x", result_types=[F32])
    second = before.create("t.y", [first.result], attributes={"p": DenseArrayAttr(I64, (1,))})
    assert [o.name for o in block.operations] == ["t.middle", "t.x", "t.y", "t.last"]
    assert [o.location for o in (middle, first, second)] == [UNKNOWN, here, there]
    Builder.after(last).create("t.end")
    assert block.operations[-1].name == "t.end"
    last.erase()
    with pytest.raises(ValueError, match="is not in the block"):
        before.create("t.z")
    with pytest.raises(ValueError, match="is not in a block"):
        Builder.before(op())


def test_a_region_gives_up_its_block() -> None:
    block = Block()
    region = Region([Block(), block])
    assert region.remove_block(block) is block
    assert len(region.blocks) == 1
    holder = Operation("t.h", regions=[region])
    assert "^bb1" not in print_operation(holder)
