"""Which boxes a kernel fits within a time: fronts of width and height, for classes of equal kernels.

A kernel's shapes trade width, height and time. For a largest time T only width and height are left, and few
shapes that no other beats. Kernels with the same shapes are one class, since any of them can take the place
of any other.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from .problem import Problem, Shape

Array = np.ndarray[Any, np.dtype[np.int64]]


class Fronts:
    """The classes of a problem's kernels, and what boxes each class fits within a time.

    `members[c]` are the numbers of the kernels of class c, ascending; `class_of[k]` is the class of kernel k.
    Classes are numbered as their first kernels are. Results are kept per time, so ask for one time after the
    other.
    """

    def __init__(self, problem: Problem) -> None:
        self.width = problem.width
        self.height = problem.height
        members: dict[tuple[tuple[Shape, ...], bool], list[int]] = {}
        for number, kernel in enumerate(problem.kernels):
            members.setdefault((kernel.shapes, kernel.may_rotate), []).append(number)
        self.members = tuple(tuple(numbers) for numbers in members.values())
        self.shapes = tuple(shapes for shapes, _ in members)
        self.may_rotate = tuple(may_rotate for _, may_rotate in members)
        of: dict[int, int] = {k: c for c, numbers in enumerate(self.members) for k in numbers}
        self.class_of = tuple(of[number] for number in range(len(problem.kernels)))
        self._tables = tuple(
            np.array([(s.width, s.height, s.time) for s in shapes], dtype=np.int64).reshape(-1, 3)
            for shapes in self.shapes
        )
        self._boxes: dict[tuple[int, int], tuple[Array, Array]] = {}

    @cached_property
    def times(self) -> tuple[int, ...]:
        """All largest times of plans, ascending; below the first some kernel has no shape."""
        least = max((int(table[:, 2].min(initial=2**62)) for table in self._tables), default=0)
        return tuple(sorted({int(t) for table in self._tables for t in table[:, 2] if t >= least}))

    def boxes(self, index: int, time: int) -> Array:
        """Return the (width, height) in which a kernel of class `index` takes at most `time`, a row each.

        Turned shapes are among them, if the class may rotate; none beats another, all fit the wafer. Widths
        ascend, heights descend.
        """
        return self._front(index, time)[0]

    def placed(self, index: int, time: int, width: int, height: int) -> tuple[Shape, bool]:
        """Return a shape that takes at most `time` and fits `width` x `height`, and if it has to be turned.

        Of several the one with the smallest area. Raises `ValueError` if there is none.
        """
        boxes, sources = self._front(index, time)
        fitting = np.nonzero((boxes[:, 0] <= width) & (boxes[:, 1] <= height))[0]
        if not len(fitting):
            raise ValueError(f"class {index} has no shape within {width} x {height} and time {time}")
        best = fitting[np.argmin(boxes[fitting, 0] * boxes[fitting, 1])]
        source = int(sources[best])
        return self.shapes[index][source >> 1], bool(source & 1)

    def least_area(self, index: int, time: int) -> int | None:
        """Return the smallest area of a kernel of class `index` that takes at most `time`; None if none."""
        boxes = self.boxes(index, time)
        return int((boxes[:, 0] * boxes[:, 1]).min()) if len(boxes) else None

    def total_area(self, time: int) -> int | None:
        """Return the sum of the least areas of all kernels; None if one of them has no shape."""
        areas = [self.least_area(index, time) for index in range(len(self.members))]
        found = [len(numbers) * a for numbers, a in zip(self.members, areas, strict=True) if a is not None]
        return sum(found) if len(found) == len(areas) else None

    def _front(self, index: int, time: int) -> tuple[Array, Array]:
        """Return the boxes and whence each comes: twice the shape's number, plus 1 if it is turned."""
        key = index, time
        if key not in self._boxes:
            if any(old != time for _, old in self._boxes):
                self._boxes.clear()
            self._boxes[key] = self._make_front(index, time)
        return self._boxes[key]

    def _make_front(self, index: int, time: int) -> tuple[Array, Array]:
        table = self._tables[index]
        quick = np.nonzero(table[:, 2] <= time)[0]
        boxes, sources = table[quick, :2], 2 * quick
        if self.may_rotate[index]:
            boxes, sources = np.concatenate([boxes, boxes[:, ::-1]]), np.concatenate([sources, sources + 1])
        fits = (boxes[:, 0] <= self.width) & (boxes[:, 1] <= self.height)
        boxes, sources = boxes[fits], sources[fits]
        order = np.lexsort((sources, boxes[:, 1], boxes[:, 0]))
        boxes, sources = boxes[order], sources[order]
        lowest = np.minimum.accumulate(boxes[:, 1])
        keep = np.ones(len(boxes), dtype=bool)
        keep[1:] = boxes[1:, 1] < lowest[:-1]
        return boxes[keep], sources[keep]
