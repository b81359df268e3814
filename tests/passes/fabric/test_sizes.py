"""Sizes of grids worth trying: where tiles become smaller, few in all, the largest among them."""

from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.layout import Split
from wsc.passes.fabric.sizes import MOST_SIZES, useful_sizes

from ...support.strategies import splits


@given(st.lists(splits(), max_size=3), st.integers(1, 200))
def test_every_size_up_to_16_and_where_a_tile_shrinks(found: list[Split], limit: int) -> None:
    sizes = useful_sizes(found, limit, most=1000)
    assert sizes == sorted(set(sizes))
    assert set(range(1, min(limit, 16) + 1)) <= set(sizes) <= set(range(1, limit + 1))
    for size in range(17, limit + 1):
        assert (size in sizes) == any(split.tile(size) < split.tile(size - 1) for split in found)


@given(st.lists(splits(), max_size=3), st.integers(1, 200))
def test_few_are_kept(found: list[Split], limit: int) -> None:
    every, kept = useful_sizes(found, limit, most=1000), useful_sizes(found, limit)
    assert set(kept) <= set(every)
    assert len(kept) == min(len(every), MOST_SIZES)
    assert (kept[0], kept[-1]) == (every[0], every[-1])


def test_an_example() -> None:
    # 50 elements: tiles of 3 on 17 PEs, of 2 on 25, of 1 on 50; more PEs would only lengthen the wires.
    assert useful_sizes([Split(50, "x")], 100)[16:] == [17, 25, 50]
    assert useful_sizes([Split(50, "x", granule=2)], 100)[16:] == [25]
    assert useful_sizes([], 5) == [1, 2, 3, 4, 5]
