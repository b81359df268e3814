"""Pass combine-collectives: all-reduces that do not wait for each other share one message."""

import pytest

from wsc.ir.attributes import StringAttr
from wsc.ir.operation import Block, Operation
from wsc.ir.verifier import verify
from wsc.passes.base import PassContext
from wsc.passes.dist.combine_collectives import CombineCollectives

from ...support.blocks import TOTAL, V, all_reduce, read, reduce, region_block, repeat, scale, send
from ...support.compiled import SMALL_TALE, Runner, compile_model
from ...support.wdl import TALE


def combined(text: str) -> Block:
    block = region_block(text)
    region = block.parent_op
    assert region is not None
    module = region.parent_op
    assert module is not None
    CombineCollectives().run(module, PassContext())
    assert verify(module) == []
    return block


def messages(block: Block) -> list[int]:
    """How many values each all-reduce carries, in order."""
    return [len(op.operands) for top in block.operations for op in top.walk() if op.name == "dist.all_reduce"]


def uses(name: str, *totals: str) -> str:
    """Use all of `totals`, one after the other, and send what comes of it."""
    text, value = "", "a"
    for index, total in enumerate(totals):
        text += scale(f"{name}{index}", value, total)
        value = f"{name}{index}"
    return text + send(value)


def test_two_independent_ones() -> None:
    text = read("a") + reduce("p", "a") + all_reduce("%s", "p") + reduce("q", "a") + all_reduce("%t", "q")
    block = combined(text + uses("u", "s", "t"))
    assert messages(block) == [2]
    (message,) = (op for op in block.operations if op.name == "dist.all_reduce")
    first, second = (
        op.operands[1] for op in block.operations if op.attributes.get("fn") == StringAttr("mul")
    )
    assert (first, second) == tuple(message.results)
    assert str(message.location) == 'loc(fused["t.mlir":5:1, "t.mlir":7:1])' or "t.mlir" in str(
        message.location
    )


def test_what_waits_for_another_stays_alone() -> None:
    text = read("a") + reduce("p", "a") + all_reduce("%s", "p") + scale("b", "a", "s")
    text += reduce("q", "b") + all_reduce("%t", "q") + scale("c", "b", "t") + send("c")
    assert messages(combined(text)) == [1, 1]


def test_all_that_can_are_combined() -> None:
    reductions = "".join(reduce(f"p{i}", "a") + all_reduce(f"%s{i}", f"p{i}") for i in range(4))
    late = scale("b", "a", "s0") + reduce("q", "b") + all_reduce("%t", "q")
    block = combined(read("a") + reductions + late + uses("u", "s1", "s2", "s3", "t"))
    assert messages(block) == [4, 1]


def test_messages_of_several_values_grow() -> None:
    text = read("a") + reduce("p", "a") + reduce("q", "a") + all_reduce("%s, %t", "p", "q")
    text += reduce("r", "a") + all_reduce("%u", "r")
    assert messages(combined(text + uses("v", "s", "t", "u"))) == [3]


@pytest.mark.parametrize(
    ("axis", "function", "kind"),
    [
        ("y", "add", "!dist.tensor<@g, [], f32, partial add over y>"),
        ("x", "max", "!dist.tensor<@g, [], f32, partial max over x>"),
    ],
)
def test_another_axis_or_reduction_stays_apart(axis: str, function: str, kind: str) -> None:
    text = read("a") + reduce("p", "a") + all_reduce("%s", "p")
    text += f'%q = "dist.reduce"(%a) {{fn = "{function}"}} : ({V}) -> {kind}\n'
    text += f'%t = "dist.all_reduce"(%q) {{axis = "{axis}", fn = "{function}"}} : ({kind}) -> {TOTAL}\n'
    assert messages(combined(text + uses("u", "s", "t"))) == [1, 1]


def test_operations_move_so_that_all_partials_are_there() -> None:
    """The second partial value is made after the first total is used."""
    text = read("a") + reduce("p", "a") + all_reduce("%s", "p") + scale("b", "a", "s")
    text += reduce("q", "a") + all_reduce("%t", "q") + scale("c", "b", "t") + send("c")
    block = combined(text)
    assert messages(block) == [2]
    names = [op.name for op in block.operations]
    assert names.index("dist.all_reduce") > max(i for i, name in enumerate(names) if name == "dist.reduce")


def test_inside_a_loop_too() -> None:
    body = reduce("p", "x") + all_reduce("%s", "p") + reduce("q", "x") + all_reduce("%t", "q")
    body += scale("b", "x", "s") + scale("c", "b", "t")
    block = combined(read("a") + repeat("z", ["a"], ["x"], body, ["c"]) + send("z#0"))
    assert messages(block) == [2]


def test_one_outside_and_one_inside_a_loop_stay_apart() -> None:
    body = reduce("p", "x") + all_reduce("%s", "p") + scale("b", "x", "s")
    text = read("a") + reduce("q", "a") + all_reduce("%t", "q") + scale("c", "a", "t")
    block = combined(text + repeat("z", ["c"], ["x"], body, ["b"]) + send("z#0"))
    assert messages(block) == [1, 1]


def test_twice_is_the_same_as_once() -> None:
    text = read("a") + reduce("p", "a") + all_reduce("%s", "p") + reduce("q", "a") + all_reduce("%t", "q")
    block = combined(text + uses("u", "s", "t"))
    module = top_of(block)
    once = str(module)
    CombineCollectives().run(module, PassContext())
    assert str(module) == once


def test_a_model_has_fewer_messages_and_the_same_values() -> None:
    before = compile_model(TALE, (4, 3), SMALL_TALE, stop_after="partition").module
    after = compile_model(TALE, (4, 3), SMALL_TALE, stop_after="combine-collectives").module
    counts = [sum(op.name == "dist.all_reduce" for op in module.walk()) for module in (before, after)]
    assert counts[1] < counts[0]
    compiled = compile_model(TALE, (4, 3), SMALL_TALE)
    assert Runner(compiled).compare(2) < 4e-3


def top_of(block: Block) -> Operation:
    op = block.parent_op
    assert op is not None
    while op.parent_op is not None:
        op = op.parent_op
    return op
