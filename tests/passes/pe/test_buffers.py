"""Which values share a buffer, and how long each buffer is in use."""

import pytest

from wsc.ir.operation import Block, Operation, Value
from wsc.passes.cost import CostModel
from wsc.passes.pe.buffers import Buffer, BufferPlan

from ...support.blocks import (
    add,
    all_reduce,
    negate,
    read,
    receive,
    reduce,
    region_block,
    repeat,
    scale,
    send,
)
from ...support.compiled import TINY

VECTOR_BYTES = 12  # 6 f32 elements over 2 columns
SCALAR_BYTES = 4


def plan_of(text: str) -> tuple[Block, BufferPlan]:
    block = region_block(text)
    return block, BufferPlan(block, CostModel(TINY, 2, 3))


def steps(block: Block) -> dict[Operation, int]:
    """The number of each operation in program order, from 1."""
    ops = [nested for op in block.operations for nested in op.walk()]
    return {op: index for index, op in enumerate(ops, 1)}


def named(block: Block, name: str, which: int = 0) -> Operation:
    return [op for top in block.operations for op in top.walk() if op.name == name][which]


def result(block: Block, name: str, which: int = 0) -> Value:
    return named(block, name, which).results[0]


def test_a_value_lives_from_its_making_to_its_last_use() -> None:
    block, plan = plan_of(read("a") + negate("b", "a") + negate("c", "b") + negate("d", "b") + send("c"))
    at = steps(block)
    b, c, d = (plan.of[result(block, "dist.map", which)] for which in range(3))
    assert (b.start, b.end) == (at[named(block, "dist.map", 0)], at[named(block, "dist.map", 2)])
    assert (c.start, c.end) == (at[named(block, "dist.map", 1)], at[named(block, "fabric.send")])
    assert d.start == d.end == at[named(block, "dist.map", 2)]
    assert [buffer.size for buffer in plan.buffers] == [VECTOR_BYTES] * 3
    # A variable's tile has memory of its own.
    assert result(block, "dist.read") not in plan.of


def test_an_all_reduce_works_in_place() -> None:
    block, plan = plan_of(
        read("a") + reduce("p", "a") + all_reduce("%t", "p") + scale("b", "a", "t") + send("b")
    )
    message = plan.of[result(block, "dist.reduce")]
    assert plan.of[result(block, "dist.all_reduce")] is message
    at = steps(block)
    assert (message.start, message.end) == (at[named(block, "dist.reduce")], at[named(block, "dist.map")])
    assert message.size == SCALAR_BYTES


def test_what_travels_together_lies_together() -> None:
    text = read("a") + reduce("p", "a") + reduce("q", "a") + all_reduce("%s, %t", "p", "q")
    block, plan = plan_of(text + scale("b", "a", "s") + scale("c", "b", "t") + send("c"))
    message = plan.of[result(block, "dist.reduce")]
    assert message.size == 2 * SCALAR_BYTES
    assert plan.of[result(block, "dist.reduce", 1)] is message
    for value in named(block, "dist.all_reduce").results:
        assert plan.of[value] is message
    assert message.start == steps(block)[named(block, "dist.reduce")]


def test_a_partial_value_that_is_used_again_is_copied() -> None:
    text = read("a") + reduce("p", "a") + all_reduce("%s", "p") + all_reduce("%t", "p")
    block, plan = plan_of(text + scale("b", "a", "s") + scale("c", "b", "t") + send("c"))
    mine = plan.of[result(block, "dist.reduce")]
    first, second = (plan.of[result(block, "dist.all_reduce", which)] for which in range(2))
    assert len({id(buffer) for buffer in (mine, first, second)}) == 3
    assert mine.end == steps(block)[named(block, "dist.all_reduce", 1)]


def test_a_value_twice_in_one_message_is_copied() -> None:
    text = read("a") + reduce("p", "a") + all_reduce("%s, %t", "p", "p")
    block, plan = plan_of(text + scale("b", "a", "s") + scale("c", "b", "t") + send("c"))
    mine, message = plan.of[result(block, "dist.reduce")], plan.of[result(block, "dist.all_reduce")]
    assert mine is not message
    assert message.size == 2 * SCALAR_BYTES


# ---- loops


def test_what_a_loop_reads_from_outside_lives_until_its_end() -> None:
    text = read("a") + negate("k", "a") + receive("r")
    body = add("n", "x", "k") + negate("m", "n") + negate("o", "m")
    block, plan = plan_of(text + repeat("z", ["r"], ["x"], body, ["o"]) + send("z#0"))
    at = steps(block)
    assert plan.of[result(block, "dist.map", 0)].end == at[named(block, "dist.yield")]
    inner = plan.of[result(block, "dist.map", 1)]
    assert inner.end == at[named(block, "dist.map", 2)]


def test_a_carried_value_is_one_buffer() -> None:
    block, plan = plan_of(receive("r") + repeat("z", ["r"], ["x"], negate("n", "x"), ["n"]) + send("z#0"))
    loop = named(block, "dist.repeat")
    buffer = plan.of[result(block, "fabric.receive")]
    # The next value takes the place of the one that it is made of.
    values = [loop.body.arguments[1], loop.results[0], result(block, "dist.map")]
    assert all(plan.of[value] is buffer for value in values)
    assert len(plan.buffers) == 1
    assert buffer.end == steps(block)[named(block, "fabric.send")]


def test_an_initial_value_that_is_used_again_is_copied() -> None:
    loop = repeat("z", ["r"], ["x"], negate("n", "x"), ["n"])
    block, plan = plan_of(receive("r") + loop + add("s", "z#0", "r") + send("s"))
    carried = plan.of[named(block, "dist.repeat").results[0]]
    assert carried is not plan.of[result(block, "fabric.receive")]


def test_a_variable_is_not_overwritten_by_a_loop_that_starts_from_it() -> None:
    block, plan = plan_of(read("a") + repeat("z", ["a"], ["x"], negate("n", "x"), ["n"]) + send("z#0"))
    assert [buffer.name for buffer in plan.buffers] == ["carried"]
    assert result(block, "dist.read") not in plan.of


@pytest.mark.parametrize(
    "body",
    [
        negate("n", "x") + negate("m", "x"),
        negate("n", "x") + add("m", "x", "n"),
        negate("n", "x") + negate("m", "n"),
    ],
)
def test_the_next_value_waits_while_the_current_one_is_still_read(body: str) -> None:
    block, plan = plan_of(receive("r") + repeat("z", ["r"], ["x"], body, ["n"]) + send("z#0"))
    x = named(block, "dist.repeat").body.arguments[1]
    assert plan.of[result(block, "dist.map")] is not plan.of[x]


@pytest.mark.parametrize("initial", [receive("r"), read("r")])
def test_a_carried_value_lives_through_the_whole_loop(initial: str) -> None:
    """Its last use may come early: its place is taken again when the iteration ends."""
    body = negate("n", "x") + negate("m", "n") + negate("o", "m") + negate("p", "o") + add("q", "p", "p")
    block, plan = plan_of(initial + repeat("z", ["r"], ["x"], body, ["p"]))
    carried = plan.of[named(block, "dist.repeat").body.arguments[1]]
    at = steps(block)
    assert carried.start <= at[named(block, "dist.repeat")]
    assert carried.end == at[named(block, "dist.yield")]
    for which in range(5):
        inner = plan.of[result(block, "dist.map", which)]
        assert inner is carried or overlap(inner, carried)


def test_two_carried_values_that_change_places_have_a_buffer_each() -> None:
    text = receive("r") + receive("s", "in1")
    block, plan = plan_of(text + repeat("z", ["r", "s"], ["x", "y"], "", ["y", "x"]) + send("z#0"))
    _, x, y = named(block, "dist.repeat").body.arguments
    assert plan.of[x] is not plan.of[y]
    assert overlap(plan.of[x], plan.of[y])


MIXTURE = """
  %v = "dist.read"() {variable = @w} : () -> !dist.tensor<@g, [6 x], f32>
  %p = "dist.reduce"(%v) {fn = "add"} : (!dist.tensor<@g, [6 x], f32>)
    -> !dist.tensor<@g, [], f32, partial add over x>
  %i, %w, %rest = "dist.top_k"(%scores) {k = 2 : i64} : (!dist.tensor<@g, [5], f32>)
    -> (!dist.tensor<@g, [2], i32>, !dist.tensor<@g, [2], f32>, !dist.tensor<@g, [5], f32>)
  %s = "dist.mixture"(%i, %w) ({
  ^bb0(%n: index):
    %t = "dist.all_reduce"(%p) {axis = "x", fn = "add"} : (!dist.tensor<@g, [], f32, partial add over x>)
      -> !dist.tensor<@g, [], f32>
    %m = "dist.map"(%a, %t) {fn = "mul"} : (!dist.tensor<@g, [6 x], f32>, !dist.tensor<@g, [], f32>)
      -> !dist.tensor<@g, [6 x], f32>
    "dist.yield"(%m) : (!dist.tensor<@g, [6 x], f32>) -> ()
  }) {count = 5 : i64, label = "expert"} : (!dist.tensor<@g, [2], i32>, !dist.tensor<@g, [2], f32>)
    -> !dist.tensor<@g, [6 x], f32>
"""


def test_what_a_mixture_needs_lives_until_the_last_expert_has_run() -> None:
    scores = '%scores = "dist.input"() {name = "s"} : () -> !dist.tensor<@g, [5], f32>\n'
    block, plan = plan_of(scores + receive("r") + negate("a", "r") + MIXTURE + send("s"))
    mixture, at = named(block, "dist.mixture"), steps(block)
    last = at[named(block, "dist.yield")]
    (inside,) = (op for op in mixture.body.operations if op.name == "dist.map")
    lasting = [*mixture.operands, mixture.result, result(block, "dist.map"), result(block, "dist.reduce")]
    assert all(plan.of[value].end >= last for value in lasting)
    assert plan.of[mixture.result].start == at[mixture]
    assert plan.of[inside.result].end == last
    # The second expert adds up the partial values again, so the first must not do so in place.
    assert plan.of[result(block, "dist.reduce")] is not plan.of[result(block, "dist.all_reduce")]


def overlap(a: Buffer, b: Buffer) -> bool:
    return a.start <= b.end and b.start <= a.end
