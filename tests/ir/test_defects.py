"""Defects of a wafer: what a target file may say, what is wrong at its place, attributes, places."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.ir.attributes import DictAttr, i64, i64_array
from wsc.ir.defects import LINK_DIRECTIONS, DefectMap, Defects
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.parser import parse_attribute
from wsc.ir.routes import STEP
from wsc.ir.target import Target, load_target, parse_target

HEAD = 'name = "mine"\nbase = "tiny"\n\n[defects]\n'
SIZE = 6


def target_of(text: str) -> Target:
    return parse_target(HEAD + 'source = "a test"\n' + text, "mine.toml").target


def problems(text: str, head: str = HEAD) -> list[str]:
    with pytest.raises(DiagnosticError) as caught:
        parse_target(head + text, "mine.toml")
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def points(most: int = SIZE - 1) -> st.SearchStrategy[tuple[int, int]]:
    return st.tuples(st.integers(0, most), st.integers(0, most))


def link_ends() -> st.SearchStrategy[tuple[int, int, str]]:
    """Links of which both ends are on a wafer of SIZE x SIZE PEs, if only just."""
    inner = st.integers(1, SIZE - 2)
    return st.tuples(inner, inner, st.sampled_from(LINK_DIRECTIONS))


defects = st.builds(
    lambda pes, links: Defects.of(pes, links),
    st.lists(points(), max_size=5),
    st.lists(link_ends(), max_size=5),
)


# ---- files


def test_a_table_of_defects() -> None:
    target = target_of('pes = [[3, 4], [7, 1]]\nlinks = [[5, 5, "E"], [2, 3, "N"], [9, 9, "W"]]\n')
    assert target.defects == Defects(pes=((7, 1), (3, 4)), east=((5, 5), (8, 9)), south=((2, 2),))
    assert target.defects.names() == [
        *("PE (7, 1)", "PE (3, 4)"),
        *("link (5, 5) E", "link (8, 9) E", "link (2, 2) S"),
    ]
    assert target.defects.listing(2) == "PE (7, 1), PE (3, 4) and 3 more"
    assert len(target.defects) == 5


def test_a_wafer_without_defects() -> None:
    assert not load_target("wse2").target.defects
    assert "defects" not in dict(load_target("wse2").target.to_attribute().entries)
    assert not target_of("").defects


def test_the_source_is_kept() -> None:
    text = HEAD + 'pes = [[0, 0]]\nsource = "test map of wafer 12"\n'
    assert parse_target(text, "mine.toml").sources["defects"] == "test map of wafer 12"


@pytest.mark.parametrize(
    ("line", "place", "message"),
    [
        ("pes = [[1, 2], [16, 2]]", "6:16", "PE (16, 2) lies off the 16 x 16 wafer"),
        ("pes = [[1, 2],\n  # here [\n  [3, -1]]", "8:3", "PE (3, -1) lies off the 16 x 16 wafer"),
        ("pes = [[1, 2, 3]]", "6:8", "a defective PE is [x, y]"),
        ("pes = [[true, 2]]", "6:8", "a defective PE is [x, y]"),
        ("pes = [1, 2]", "6:1", "a defective PE is [x, y]"),
        ("pes = 7", "6:1", "'pes' must be a list [[x, y], ...]"),
        ("pes = [[1, 2], [3, 4], [1, 2]]", "6:24", "PE (1, 2) is listed twice"),
        ('links = [[15, 3, "E"]]', "6:10", "link (15, 3) E has an end off the 16 x 16 wafer"),
        ('links = [[0, 0, "N"]]', "6:10", "link (0, 0) N has an end off the 16 x 16 wafer"),
        (
            'links = [[1, 1, "RAMP"]]',
            "6:10",
            'a defective link is [x, y, direction], the direction "N", "E", "S" or "W"',
        ),
        ('links = [[1, 1, "E"], [2, 1, "W"]]', "6:23", "link (1, 1) E is listed twice"),
        ("links = {}", "6:1", "'links' must be a list [[x, y, \"E\"], ...]"),
        ("cores = []", "6:1", "unknown key 'cores' of the defects"),
        ("pse = []", "6:1", "unknown key 'pse' of the defects; did you mean 'pes'?"),
    ],
)
def test_what_is_wrong_at_its_place(line: str, place: str, message: str) -> None:
    assert problems(f'source = "s"\n{line}\n')[0] == f"mine.toml:{place}: error: {message}"


def test_defects_without_a_source() -> None:
    message = "the defects name no source: whose wafer is it, or which what-if"
    assert problems("pes = [[1, 1]]\n") == [f"mine.toml:4:2: error: {message}"]


def test_defects_that_are_no_table() -> None:
    found = problems("", 'name = "m"\nbase = "tiny"\ndefects = 3\n')
    assert found == ["mine.toml:3:1: error: 'defects' must be a table with 'pes', 'links' and 'source'"]


def test_too_many() -> None:
    many = ", ".join(f"[{x}, {y}]" for x in range(70) for y in range(70))
    found = problems(f'source = "s"\npes = [{many}]\n', HEAD.replace("tiny", "wse2"))
    assert found == ["mine.toml:6:1: error: 4900 defects of one kind are too many: at most 4096"]


# ---- as an attribute


@given(defects)
def test_attribute_round_trip(found: Defects) -> None:
    attribute = found.to_attribute()
    assert Defects.from_attribute(attribute, SIZE, SIZE) == found
    assert parse_attribute(str(attribute)) == attribute


def test_a_target_with_defects_round_trips() -> None:
    target = target_of('pes = [[3, 4]]\nlinks = [[5, 5, "S"]]\n')
    assert Target.from_attribute(target.to_attribute()) == target
    assert target.with_grid(4, 9).defects == Defects(pes=((3, 4),))
    assert target.with_grid(3, 9).defects == Defects()


@pytest.mark.parametrize(
    ("attribute", "reason"),
    [
        (i64(3), "is not a dictionary"),
        (DictAttr.of({"pes": i64(3)}), "'pes' of the target's defects is not an array of pairs"),
        (DictAttr.of({"pes": i64_array([1, 2, 3])}), "is not an array of pairs"),
        (DictAttr.of({"est": i64_array([1, 2])}), "unknown 'est'; did you mean 'east'?"),
        (DictAttr.of({"pes": i64_array([6, 2])}), "a defect of the target lies off the 6 x 6 wafer"),
        (DictAttr.of({"east": i64_array([5, 2])}), "a defect of the target lies off the 6 x 6 wafer"),
    ],
)
def test_a_wrong_attribute(attribute: DictAttr, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Defects.from_attribute(attribute, SIZE, SIZE)


# ---- places


def rectangle_points(rect: tuple[int, int, int, int, int, int]) -> Iterable[tuple[int, int]]:
    x0, y0, nx, ny, sx, sy = rect
    return [(x0 + i * sx, y0 + j * sy) for j in range(ny) for i in range(nx)]


@given(
    defects,
    st.tuples(points(3), st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(LINK_DIRECTIONS),
)
def test_a_map_knows_what_lies_where(
    found: Defects, shape: tuple[tuple[int, int], int, int, int, int], direction: str
) -> None:
    (x, y), nx, ny, sx, sy = shape
    where = DefectMap(found)
    rect = (x, y, nx, ny, sx, sy)
    inside = set(rectangle_points(rect))
    assert set(where.dead_in(rect)) == inside & set(found.pes)
    ends = {frozenset({(a, b), (a + 1, b)}) for a, b in found.east}
    ends |= {frozenset({(a, b), (a, b + 1)}) for a, b in found.south}
    dx, dy = STEP[direction]
    cut = {(a, b) for a, b in inside if frozenset({(a, b), (a + dx, b + dy)}) in ends}
    assert set(where.cut_in(rect, direction)) == cut
    assert {point for point in inside if where.is_cut(point, direction)} == cut
    box = set(rectangle_points((x, y, nx, ny, 1, 1)))
    expected = len(box & set(found.pes)) + sum(1 for pair in ends if pair <= box)
    assert len(where.inside(x, y, nx, ny)) == expected
