"""Dominance on random graphs of blocks, against its definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wsc.ir import Block, Dominance, Operation, Region, parse_module


def reachable(blocks: list[Block], without: Block | None) -> set[Block]:
    """The blocks that can be reached from the first one without going through `without`."""
    seen: set[Block] = set()
    pending = [blocks[0]]
    while pending:
        block = pending.pop()
        if block is without or block in seen:
            continue
        seen.add(block)
        pending.extend(block.operations[-1].successors)
    return seen


@given(st.lists(st.lists(st.integers(0, 7), max_size=3), min_size=1, max_size=8))
def test_a_block_dominates_what_cannot_be_reached_without_it(edges: list[list[int]]) -> None:
    blocks = [Block() for _ in edges]
    region = Region(blocks)
    for block, targets in zip(blocks, edges, strict=True):
        block.append(Operation("t.br", successors=[blocks[target % len(blocks)] for target in targets]))
    dominance = Dominance()
    everywhere = reachable(blocks, None)
    for block in blocks:
        rest = reachable(blocks, block)
        for other in blocks:
            assert dominance.block_dominates(block, other) == (other not in rest or other not in everywhere)
    assert not dominance.block_dominates(Block(), region.blocks[0])


def test_values_of_blocks_and_operations_around() -> None:
    module = parse_module("""
      %a = "t.a"() : () -> f32
      "t.r"() ({
      ^first(%x: f32):
        %b = "t.b"() : () -> f32
        "t.br"()[^second] : () -> ()
      ^second(%y: f32):
        "t.u"() : () -> ()
      }) : () -> ()
      %c = "t.c"() : () -> f32
    """)
    ops = {operation.name: operation for operation in module.walk()}
    first, second = ops["t.r"].regions[0].blocks
    dominance, use = Dominance(), ops["t.u"]
    values = [ops["t.a"].result, first.arguments[0], ops["t.b"].result, second.arguments[0]]
    assert all(dominance.dominates(value, use) for value in values)
    assert not dominance.dominates(ops["t.c"].result, use)
    assert not dominance.dominates(second.arguments[0], ops["t.b"])
    assert not dominance.dominates(ops["t.b"].result, ops["t.b"])
    assert not dominance.dominates(ops["t.b"].result, ops["t.c"])
    assert not dominance.dominates(Operation("t.x", (), [values[0].type]).result, use)
