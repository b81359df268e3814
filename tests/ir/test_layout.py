"""Splits: tiles partition the elements, text round trips, the order of attention heads."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import DYNAMIC
from wsc.ir.layout import Split, heads_split, other_axis, parse_split

from ..support.strategies import splits


def held(split: Split, parts: int) -> list[list[int]]:
    """The elements that each PE holds; without an axis, of the only PE."""
    count = parts if split.axis is not None else 1
    return [split.indices(coordinate, parts).tolist() for coordinate in range(count)]


@given(splits(), st.integers(1, 12))
def test_tiles_partition_the_elements(split: Split, parts: int) -> None:
    tiles = held(split, parts)
    assert sorted(index for tile in tiles for index in tile) == list(range(split.extent))


@given(splits(), st.integers(1, 12))
def test_counts_and_capacity(split: Split, parts: int) -> None:
    tiles = held(split, parts)
    for coordinate, tile in enumerate(tiles):
        assert len(tile) == split.local * split.count(coordinate, parts)
    assert max(map(len, tiles)) == len(tiles[0])
    assert len(tiles[0]) <= split.capacity(parts) == split.local * split.tile(parts)
    if split.granule == 1 or split.cyclic:
        assert len(tiles[0]) == split.capacity(parts)


@given(splits(), st.integers(1, 12))
def test_tiles_end_at_granules(split: Split, parts: int) -> None:
    if split.axis is not None and not split.cyclic:
        ends = np.cumsum([split.count(coordinate, parts) for coordinate in range(parts)])
        assert all(end % split.granule == 0 or end == split.spread for end in ends.tolist())


@given(splits(), st.integers(1, 12))
def test_a_tile_keeps_local_parts_one_behind_the_other(split: Split, parts: int) -> None:
    ordered = split.ordered()
    for coordinate, tile in enumerate(held(split, parts)):
        count = split.count(coordinate, parts)
        for local in range(split.local):
            part = tile[local * count : (local + 1) * count]
            assert set(part) <= set(ordered[local].tolist())
            assert part == [index for index in ordered[local].tolist() if index in part]


@given(splits())
def test_text_round_trip(split: Split) -> None:
    assert parse_split(split.body()) == split
    assert str(split) == f"#dist.split<{split.body()}>"


def test_a_dynamic_extent_round_trips() -> None:
    assert parse_split("? y") == Split(DYNAMIC, "y")
    assert Split(DYNAMIC, "y").body() == "? y"


@pytest.mark.parametrize(
    ("body", "tiles"),
    [
        ("7 x", [[0, 1, 2], [3, 4, 5], [6]]),
        ("7 x cyclic", [[0, 3, 6], [1, 4], [2, 5]]),
        ("7 x granule 2", [[0, 1, 2, 3], [4, 5, 6], []]),
        ("6 x factors [2, 3] order [1, 0]", [[0, 3], [1, 4], [2, 5]]),
        ("6 y factors [2, 3] order [0, 1] local 2", [[0, 3], [1, 4], [2, 5]]),
        ("3", [[0, 1, 2]]),
        ("2 y", [[0], [1], []]),
    ],
)
def test_tiles_on_three_parts(body: str, tiles: Sequence[Sequence[int]]) -> None:
    assert held(parse_split(body), 3) == tiles


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("x 7", "not a split"),
        ("7 z", "not a split"),
        ("7 cyclic", "not a split"),
        ("7 x local", "not a split"),
        ("-7 x", "not a split"),
        ("7 x factors [7]", "not a split"),
        ("6 x factors [2, 2] order [0, 1]", "factors and order do not fit 6 elements"),
        ("6 x factors [2, 3] order [0, 2]", "factors and order do not fit 6 elements"),
        ("6 x factors [2, 3] order [0]", "factors and order do not fit 6 elements"),
        ("6 x factors [6] order [0] local 4", "local 4 or granule 1 does not fit 6 elements"),
        ("6 x local 0", "local 0 or granule 1 does not fit 6 elements"),
        ("6 x granule 0", "local 1 or granule 0 does not fit 6 elements"),
        ("6 x factors [2, 3] order [1, 0] local 2", "local 2 is no leading part of the factors"),
    ],
)
def test_what_is_no_split(body: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parse_split(body)


def test_other_axis() -> None:
    assert [other_axis("x"), other_axis("y")] == ["y", "x"]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 9), st.integers(1, 10))
def test_heads(kv_heads: int, group: int, head_dim: int, parts: int) -> None:
    """A PE holds the same features of each query head as of the key head that they share."""
    queries = heads_split("x", kv_heads, group, head_dim)
    keys = heads_split("x", kv_heads, 1, head_dim)
    for coordinate in range(parts):
        of_keys = keys.indices(coordinate, parts)
        of_queries = queries.indices(coordinate, parts).reshape(group, -1)
        for member in range(group):
            heads, features = of_queries[member] // head_dim, of_queries[member] % head_dim
            assert (heads // group == of_keys // head_dim).all()
            assert (heads % group == member).all()
            assert (features == of_keys % head_dim).all()


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(1, 10))
def test_rotary_pairs_stay_together(kv_heads: int, group: int, half: int, parts: int) -> None:
    split = heads_split("y", kv_heads, group, 2 * half)
    for coordinate in range(parts):
        low, high = split.indices(coordinate, parts).reshape(-1, 2).T
        assert (high - low == half).all()
        assert (low % (2 * half) < half).all()
