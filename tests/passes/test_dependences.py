"""Dependences within a block and orders that respect them."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.operation import Block, Operation
from wsc.ir.parser import parse_module
from wsc.passes.dependences import Graph, dependences, depends_on, reorder, topological_order

T = "!dist.tensor<@g, [4 x], f32>"


def block_of(text: str) -> Block:
    """The body of a `dist.func` with the operations of `text`."""
    function = (
        f'"dist.func"() ({{{text}\n"dist.return"() {{names = []}} : () -> ()}}) {{sym_name = "f"}} : () -> ()'
    )
    module = parse_module(f'"builtin.module"() ({{{function}}}) : () -> ()')
    (op,) = module.body.operations
    return op.body


def read(name: str, variable: str) -> str:
    return f'%{name} = "dist.read"() {{variable = @{variable}}} : () -> {T}\n'


def append(name: str, row: str, variable: str) -> str:
    return f'%{name} = "dist.append"(%{row}) {{variable = @{variable}}} : ({T}) -> {T}\n'


def send(value: str, port: str) -> str:
    return f'"fabric.send"(%{value}) {{port = "{port}"}} : ({T}) -> ()\n'


def receive(name: str, port: str) -> str:
    return f'%{name} = "fabric.receive"() {{port = "{port}"}} : () -> {T}\n'


def edges(block: Block) -> set[tuple[int, int]]:
    """Pairs of positions in the block, the later one first; the terminator's are left out."""
    at = {op: index for index, op in enumerate(block.operations)}
    last = len(at) - 1
    return {
        (at[op], at[before]) for op, found in dependences(block).items() for before in found if at[op] != last
    }


def test_values() -> None:
    block = block_of(
        read("a", "v")
        + read("b", "v")
        + f'%c = "dist.map"(%a) {{fn = "neg"}} : ({T}) -> {T}\n'
        + f'%d = "dist.map"(%c, %a) {{fn = "add"}} : ({T}, {T}) -> {T}\n'
    )
    assert edges(block) == {(2, 0), (3, 2), (3, 0)}


def test_state() -> None:
    block = block_of(
        read("a", "v") + read("b", "w") + append("c", "b", "v") + read("d", "v") + append("e", "b", "v")
    )
    # Read before write, write before read, write before write; reads of w are free.
    assert edges(block) == {(2, 0), (2, 1), (3, 2), (4, 2), (4, 3), (4, 1)}


def test_the_outside_world_keeps_its_order() -> None:
    block = block_of(
        read("a", "v") + send("a", "out0") + receive("b", "in0") + send("b", "out1") + append("c", "a", "v")
    )
    assert edges(block) == {(1, 0), (2, 1), (3, 2), (4, 0)}


def test_what_is_nested_counts_for_the_operation_around_it() -> None:
    block = block_of(
        read("a", "v")
        + receive("r", "in0")
        + f"""%x = "dist.repeat"(%r) ({{
            ^bb0(%i: index, %y: {T}):
              %c = "dist.append"(%y, %i) {{variable = @v}} : ({T}, index) -> {T}
              %s = "dist.map"(%y, %a) {{fn = "add"}} : ({T}, {T}) -> {T}
              "dist.yield"(%s) : ({T}) -> ()
            }}) {{count = 2 : i64, label = "g"}} : ({T}) -> {T}\n"""
        + read("e", "v")
    )
    assert edges(block) == {(2, 0), (2, 1), (3, 2)}


def test_the_terminator_comes_last() -> None:
    block = block_of(read("a", "v") + read("b", "w"))
    graph = dependences(block)
    *others, terminator = block.operations
    assert set(graph[terminator]) == set(others)


# ---- orders


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """An acyclic graph; each operation may need earlier ones."""
    ops = [Operation("t.op") for _ in range(draw(st.integers(0, 8)))]
    return {
        op: dict.fromkeys(draw(st.lists(st.sampled_from(ops[:index]), unique=True)) if index else [])
        for index, op in enumerate(ops)
    }


def respects(graph: Graph, order: list[Operation]) -> bool:
    at = {op: index for index, op in enumerate(order)}
    return all(at[before] < at[op] for op, found in graph.items() for before in found)


@given(graphs())
def test_the_order_given_is_kept_where_it_is_right(graph: Graph) -> None:
    assert topological_order(graph) == list(graph)


@given(graphs(), st.randoms(use_true_random=False))
def test_any_priority_gives_an_order(graph: Graph, random: Random) -> None:
    shuffled = list(graph)
    random.shuffle(shuffled)
    mixed: Graph = {op: graph[op] for op in shuffled}
    priorities = {op: float(random.randrange(3)) for op in shuffled}
    order = topological_order(mixed, priorities.__getitem__)
    assert sorted(map(id, order)) == sorted(map(id, graph))
    assert respects(graph, order)
    # Of what is ready the most urgent comes first, of equals the earlier one.
    done: set[Operation] = set()
    for op in order:
        ready = [other for other in shuffled if other not in done and set(mixed[other]) <= done]
        assert op is max(ready, key=lambda other: (priorities[other], -shuffled.index(other)))
        done.add(op)


@given(graphs())
def test_depends_on_is_transitive(graph: Graph) -> None:
    closure: dict[Operation, set[Operation]] = {}
    for op in graph:
        closure[op] = set(graph[op]).union(*(closure[before] for before in graph[op]))
    for op in graph:
        for other in graph:
            assert depends_on(graph, op, other) == (other in closure[op])


def test_a_cycle_is_an_error() -> None:
    a, b, c = (Operation("t.op") for _ in range(3))
    with pytest.raises(ValueError, match="cycle"):
        topological_order({a: {}, b: {a: None, c: None}, c: {b: None}})


def test_reorder() -> None:
    block = block_of(read("a", "v") + read("b", "w") + read("c", "u"))
    a, b, c, end = block.operations
    reorder(block, [c, a, b, end])
    assert list(block.operations) == [c, a, b, end]
    assert [op.parent for op in (a, b, c, end)] == [block] * 4
