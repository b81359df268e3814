"""Cycles of directed graphs."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.cycles import find_cycle

Edge = tuple[int, int]


def cycle_of(edges: list[Edge]) -> list[int] | None:
    table = np.array(edges, np.int64).reshape(-1, 2)
    return find_cycle(table[:, 0], table[:, 1])


@given(st.lists(st.tuples(st.integers(-3, 6), st.integers(-3, 6)), max_size=20))
def test_a_cycle_is_found_if_there_is_one(edges: list[Edge]) -> None:
    cycle = cycle_of(edges)
    if cycle is not None:
        assert len(set(cycle)) == len(cycle)
        assert {*zip(cycle, [*cycle[1:], cycle[0]], strict=True)} <= set(edges)
        return
    # Without a cycle, nodes without successors can be taken away until none is left.
    left = set(edges)
    while left:
        inner = {edge for edge in left if any(tail == edge[1] for tail, _ in left)}
        assert inner != left
        left = inner


def test_a_long_chain_has_no_cycle() -> None:
    chain = [(node, node + 1) for node in range(3000)]
    assert cycle_of(chain) is None
    cycle = cycle_of([*chain, (3000, 0)])
    assert cycle is not None
    assert len(cycle) == 3001
