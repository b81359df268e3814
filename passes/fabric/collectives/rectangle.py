"""Collectives on rectangles of PEs: along the rows, then along the columns, or the other way round."""

from __future__ import annotations

from dataclasses import dataclass

from .all_reduce import all_reduce_plan
from .broadcast import broadcast_plan
from .plan import LinePlan
from .reduce import reduce_plan
from .trees import LineTree


@dataclass(frozen=True, slots=True)
class Phase:
    """A plan on the rows (`x`) or columns (`y`) of a rectangle: all of them, or only number `line`."""

    axis: str
    plan: LinePlan
    line: int | None = None


@dataclass(frozen=True, slots=True)
class RectanglePlan:
    """Phases one after the other on `width` x `height` PEs, on colors that do not get in each other's way."""

    width: int
    height: int
    phases: tuple[Phase, ...]

    @property
    def colors(self) -> int:
        """How many colors it uses, counted from 0."""
        return max((phase.plan.colors for phase in self.phases), default=0)


def row_plan(plan: LinePlan, axis: str = "x", lines: int = 1) -> RectanglePlan:
    """Return the plan of `lines` rows (or columns, on axis `y`) that do the same."""
    size = (plan.parts, lines) if axis == "x" else (lines, plan.parts)
    return RectanglePlan(*size, (Phase(axis, plan),))


def reduce_rectangle(x: LineTree, y: LineTree) -> RectanglePlan:
    """Return the plan after which the PE at the roots of both trees has the sum of all."""
    rows, column = reduce_plan(x), reduce_plan(y)
    phases = Phase("x", rows), Phase("y", column.moved(rows.colors), x.root)
    return RectanglePlan(x.parts, y.parts, phases)


def all_reduce_rectangle(x: LineTree, y: LineTree) -> RectanglePlan:
    """Return the plan after which all PEs have the sum of all."""
    rows, columns = all_reduce_plan(x), all_reduce_plan(y)
    return RectanglePlan(x.parts, y.parts, (Phase("x", rows), Phase("y", columns.moved(rows.colors))))


def broadcast_rectangle(width: int, height: int, root: tuple[int, int]) -> RectanglePlan:
    """Return the plan by which the PE at `root` sends its message to all: along its column, then all rows."""
    column, rows = broadcast_plan(height, root[1]), broadcast_plan(width, root[0])
    phases = Phase("y", column, root[0]), Phase("x", rows.moved(column.colors))
    return RectanglePlan(width, height, phases)
