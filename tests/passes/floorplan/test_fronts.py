"""Fronts of boxes: against all shapes, one by one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wsc.passes.floorplan.fronts import Fronts
from wsc.passes.floorplan.problem import Kernel, Problem, Shape

SHAPES = st.lists(
    st.builds(Shape, st.integers(1, 9), st.integers(1, 9), st.integers(1, 6), st.just(0.0)),
    min_size=1,
    max_size=8,
    unique=True,
).map(tuple)


@given(SHAPES, st.booleans(), st.integers(1, 8), st.integers(1, 8), st.integers(1, 6))
def test_boxes_are_those_that_no_other_beats(
    shapes: tuple[Shape, ...], may_rotate: bool, width: int, height: int, time: int
) -> None:
    fronts = Fronts(Problem(width, height, (Kernel("a", "shapes", shapes, may_rotate),), ()))
    quick = [s for s in shapes if s.time <= time]
    all_boxes = {(s.width, s.height) for s in quick} | {(s.height, s.width) for s in quick if may_rotate}
    fitting = {(w, h) for w, h in all_boxes if w <= width and h <= height}
    best = sorted(b for b in fitting if not any(o != b and o[0] <= b[0] and o[1] <= b[1] for o in fitting))
    assert [tuple(box) for box in fronts.boxes(0, time).tolist()] == best
    assert fronts.least_area(0, time) == min((w * h for w, h in best), default=None)
    for w, h in best:
        shape, rotated = fronts.placed(0, time, w, h)
        assert shape in shapes
        assert shape.time <= time
        assert may_rotate or not rotated
        assert ((shape.height, shape.width) if rotated else (shape.width, shape.height)) == (w, h)


def test_equal_kernels_are_one_class() -> None:
    one, other = (Shape(2, 3, 4, 0.0),), (Shape(2, 3, 5, 0.0), Shape(3, 3, 2, 0.0))
    kernels = tuple(Kernel(str(n), "shapes", shapes) for n, shapes in enumerate([one, other, one]))
    fronts = Fronts(Problem(9, 9, kernels, ()))
    assert fronts.members == ((0, 2), (1,))
    assert fronts.class_of == (0, 1, 0)
    assert fronts.times == (4, 5)
    assert fronts.total_area(4) == 6 + 6 + 9
    assert fronts.total_area(3) is None
    with pytest.raises(ValueError, match="class 1 has no shape within 2 x 3"):
        fronts.placed(1, 4, 2, 3)


def test_kernels_that_may_not_rotate_are_a_class_of_their_own() -> None:
    shapes = (Shape(2, 3, 4, 0.0),)
    kernels = (Kernel("a", "shapes", shapes), Kernel("b", "shapes", shapes, may_rotate=False))
    fronts = Fronts(Problem(9, 9, kernels, ()))
    assert fronts.members == ((0,), (1,))
    assert fronts.boxes(0, 4).tolist() == [[2, 3], [3, 2]]
    assert fronts.boxes(1, 4).tolist() == [[2, 3]]
