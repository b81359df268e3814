"""Alignment of sequences: common subsequences, long ones, and stages of keys."""

from collections.abc import Sequence
from itertools import pairwise
from time import process_time

from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.ir.alignment import align, common_subsequence
from wsc.ir.subsequence import longest_common_subsequence

WORDS = st.text("abcd", max_size=12)


def texts(pairs: Sequence[tuple[int, int]], old: str, new: str) -> tuple[str, str]:
    return "".join(old[i] for i, _ in pairs), "".join(new[j] for _, j in pairs)


@given(WORDS, WORDS)
@settings(max_examples=200)
def test_it_is_a_common_subsequence(old: str, new: str) -> None:
    pairs = common_subsequence(old, new)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    ours, theirs = texts(pairs, old, new)
    assert ours == theirs


def length_of_longest(old: str, new: str) -> int:
    """The length of a longest common subsequence, by the table of all prefixes."""
    above = [0] * (len(new) + 1)
    for letter in old:
        row = [0]
        for j, other in enumerate(new):
            row.append(above[j] + 1 if letter == other else max(above[j + 1], row[j]))
        above = row
    return above[-1]


@given(WORDS, WORDS)
@settings(max_examples=300)
def test_a_longest_one(old: str, new: str) -> None:
    length = length_of_longest(old, new)
    left_out = len(old) + len(new) - 2 * length
    pairs = longest_common_subsequence(old, new, left_out)
    assert pairs is not None
    assert len(pairs) == length
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))
    assert all(old[i] == new[j] for i, j in pairs)
    assert left_out == 0 or longest_common_subsequence(old, new, left_out - 1) is None


def test_what_repeats_is_aligned_around_what_is_gone() -> None:
    old = [i % 5 for i in range(3_000)]
    gone = {17, 400, 401, 1_234, 2_990}
    kept = [i for i in range(len(old)) if i not in gone]
    pairs = common_subsequence(old, [old[i] for i in kept])
    assert len(pairs) == len(kept)


def test_equal_sequences_are_paired_whole() -> None:
    assert common_subsequence("abcabc", "abcabc") == [(i, i) for i in range(6)]


def test_one_item_less() -> None:
    assert common_subsequence("aaxaa", "aaaa") == [(0, 0), (1, 1), (3, 2), (4, 3)]


def test_none_equals_nothing() -> None:
    assert common_subsequence([None, 1, None], [None, 1, None]) == [(1, 1)]


def test_unique_items_are_anchors() -> None:
    """Of two blocks that swapped places, the longer one stays."""
    old, new = "braces{xyz} other{w}", "other{w} braces{xyz}"
    ours, theirs = texts(common_subsequence(old, new), old, new)
    assert ours == theirs
    assert "braces{xyz}" in ours


def test_long_sequences_with_little_in_common_come_to_an_end() -> None:
    old = [i * i % 7 for i in range(20_000)]
    new = [i * i % 5 for i in range(20_000)]
    start = process_time()
    pairs = common_subsequence(old, new)
    assert process_time() - start < 5
    assert all(old[i] == new[j] for i, j in pairs)
    assert len(pairs) > 5_000


def test_later_stages_fill_gaps_and_cross_nothing() -> None:
    strong = ["a", None, "c", None], ["c", None, None, "a"]
    weak = "abcd", "cxda"
    assert align([strong]) == [(2, 0)]
    assert align([strong, weak]) == [(2, 0), (3, 2)]


def test_without_stages_there_is_nothing() -> None:
    assert align([]) == []
    assert align([((), ("a",))]) == []
