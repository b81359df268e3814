"""Pass schedule: list scheduling keeps dependences, takes long chains first and waits for others last."""

import pytest

from wsc.ir.attributes import IntegerAttr
from wsc.ir.operation import Block, Operation
from wsc.passes.base import PassContext, operations_named
from wsc.passes.cost import CostModel, longest_cache
from wsc.passes.dependences import dependences
from wsc.passes.pe.schedule import START_ATTRIBUTE, Schedule

from ...support.blocks import add, negate, read, receive, region_block, repeat, send
from ...support.compiled import SMALL_TALE, TINY, compile_model
from ...support.wdl import TALE


def scheduled(text: str) -> Block:
    block = region_block(text)
    region = block.parent_op
    assert region is not None
    module = region.parent_op
    assert module is not None
    module.attributes["fabric.target"] = TINY.to_attribute()
    Schedule().run(module, PassContext())
    return block


def names(block: Block) -> list[str]:
    return [op.results[0].name_hint or op.name if op.results else op.name for op in block.operations]


def test_the_longest_chain_comes_first() -> None:
    text = (
        read("a") + negate("short", "a") + negate("one", "a") + negate("two", "one") + negate("three", "two")
    )
    assert names(scheduled(text)) == ["a", "one", "two", "short", "three"]


def test_whatever_is_ready_comes_before_waiting() -> None:
    text = receive("r") + negate("n", "r") + read("a") + negate("b", "a") + add("c", "n", "b") + send("c")
    assert names(scheduled(text)) == ["a", "b", "r", "n", "c", "fabric.send"]


def test_among_equals_the_order_stays() -> None:
    text = read("a") + negate("b", "a") + negate("c", "a") + negate("d", "a")
    assert names(scheduled(text)) == ["a", "b", "c", "d"]


def test_what_is_sent_and_received_keeps_its_order() -> None:
    text = read("a") + send("a", "out0") + receive("r", "in0") + receive("s", "in1") + send("a", "out1")
    order = [op.name for op in scheduled(text).operations if op.dialect == "fabric"]
    assert order == ["fabric.send", "fabric.receive", "fabric.receive", "fabric.send"]


def test_bodies_of_loops_are_ordered_too() -> None:
    body = negate("short", "x") + negate("one", "x") + negate("two", "one") + add("n", "two", "short")
    block = scheduled(receive("r") + repeat("z", ["r"], ["x"], body, ["n"]) + send("z#0"))
    loop = next(op for op in block.operations if op.name == "dist.repeat")
    assert names(loop.body) == ["one", "short", "two", "n", "dist.yield"]


@pytest.mark.parametrize("grid", [(2, 1), (4, 3)])
def test_a_model_keeps_its_dependences(grid: tuple[int, int]) -> None:
    module = compile_model(TALE, grid, SMALL_TALE, stop_after="schedule").module
    for region in operations_named(module, "fabric.region"):
        for op in [region, *(op for op in region.walk() if op.name == "dist.repeat")]:
            at = {inner: index for index, inner in enumerate(op.body.operations)}
            for later, before in dependences(op.body).items():
                assert all(at[earlier] < at[later] for earlier in before)


def test_starts_are_the_costs_so_far() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE, stop_after="schedule").module
    for region in operations_named(module, "fabric.region"):
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        model = CostModel(TINY, width, height, longest_cache(region.body) // 2)
        for op in [region, *(op for op in region.walk() if op.name == "dist.repeat")]:
            clock = 0
            for inner in op.body.operations:
                assert inner.attribute(START_ATTRIBUTE, IntegerAttr).value == clock
                clock += cost(inner, model)


def cost(op: Operation, model: CostModel) -> int:
    if op.name != "dist.repeat":
        return model.operation(op)
    return op.attribute("count", IntegerAttr).value * sum(cost(inner, model) for inner in op.body.operations)
