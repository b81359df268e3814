"""Memory packing: buffers that live at once lie apart, and little memory is wasted."""

from hypothesis import given
from hypothesis import strategies as st

from wsc.passes.pe.memory_packing import Lifetime, liveness_bound, pack


@st.composite
def lifetimes(draw: st.DrawFn) -> Lifetime:
    start = draw(st.integers(0, 20))
    return Lifetime(start, draw(st.integers(start, 20)), draw(st.integers(0, 40)))


ITEMS = st.lists(lifetimes(), max_size=12)


def alive_together(a: Lifetime, b: Lifetime) -> bool:
    return a.start <= b.end and b.start <= a.end


@given(ITEMS, st.sampled_from([1, 4, 8]))
def test_what_lives_at_once_lies_apart(items: list[Lifetime], alignment: int) -> None:
    offsets, peak = pack(items, alignment)
    assert len(offsets) == len(items)
    assert all(offset >= 0 and offset % alignment == 0 for offset in offsets)
    for i, (a, low) in enumerate(zip(items, offsets, strict=True)):
        for b, other in zip(items[:i], offsets[:i], strict=True):
            if alive_together(a, b):
                assert low + a.size <= other or other + b.size <= low or 0 in (a.size, b.size)
    ends = [offset + item.size for item, offset in zip(items, offsets, strict=True)]
    assert peak == max(ends, default=0)


@given(ITEMS)
def test_no_less_than_what_is_alive(items: list[Lifetime]) -> None:
    _, peak = pack(items, alignment=1)
    bound = liveness_bound(items)
    assert bound == max(
        (sum(i.size for i in items if i.start <= step <= i.end) for step in range(21)), default=0
    )
    assert bound <= peak <= sum(item.size for item in items)


@given(ITEMS)
def test_the_same_packing_again(items: list[Lifetime]) -> None:
    assert pack(items) == pack(items)


@given(st.lists(st.integers(1, 10).map(lambda words: 4 * words), min_size=1, max_size=10))
def test_what_lives_one_after_the_other_shares_its_place(sizes: list[int]) -> None:
    items = [Lifetime(2 * step, 2 * step + 1, size) for step, size in enumerate(sizes)]
    assert pack(items) == ([0] * len(items), max(sizes))


@given(st.lists(st.integers(1, 10).map(lambda words: 4 * words), min_size=1, max_size=10))
def test_what_all_lives_at_once_lies_in_a_row(sizes: list[int]) -> None:
    _, peak = pack([Lifetime(0, 5, size) for size in sizes])
    assert peak == sum(sizes)


def test_a_gap_is_filled() -> None:
    items = [
        Lifetime(0, 9, 40),
        Lifetime(0, 3, 20),
        Lifetime(0, 9, 16),
        Lifetime(4, 9, 12),
        Lifetime(4, 9, 8),
    ]
    offsets, peak = pack(items)
    assert offsets == [0, 40, 60, 40, 52]
    assert peak == liveness_bound(items) == 76
