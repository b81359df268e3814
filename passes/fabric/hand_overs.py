"""Hand-overs between regions: one multicast tree per row, trees that meet at a router in different colors.

Rows side by side that hand over alike are one band: one tree, as many rows high.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ...ir.attributes import SymbolRefAttr, i64_array
from ...ir.builder import Builder
from ...ir.defects import DefectMap
from ...ir.diagnostics import DiagnosticError, Diagnostics, error_at
from ...ir.operation import Operation
from ...ir.routes import Point
from ...ir.target import Target
from ..base import operations_named
from .asked import Asked
from .collectives.all_reduce import COLLECTIVE_COLORS
from .collectives.trees import middle
from .coloring import color_flows, conflicts, saturation_coloring
from .detours import detour, is_legal
from .floorplan import Rectangle
from .route_writer import add_route
from .trees import Switch, Tree, length, row_tree


@dataclass(slots=True)
class _Band:
    """Rows number `index` and the `rows` - 1 ones behind it of a link; `tree` is that of the first."""

    link: Operation
    index: int
    tree: Tree
    rows: int = 1

    @property
    def flow(self) -> str:
        """Name of the flow: that of the link."""
        return str(self.link.symbol_name)

    @property
    def label(self) -> str:
        """The flow and which rows, for messages."""
        last = f"-{self.index + self.rows - 1}" if self.rows > 1 else ""
        return f"{self.flow}.row{self.index}{last}"

    @property
    def is_level(self) -> bool:
        """Whether the tree stays in the row of its source."""
        (_, first), *rest = self.tree
        return all(y == first for _, y in rest)

    def tree_of(self, row: int) -> Tree:
        """Return the tree of the band's row number `row`."""
        return {(x, y + row): switch for (x, y), switch in self.tree.items()} if row else self.tree


def route_hand_overs(
    module: Operation, boxes: Mapping[str, Rectangle], target: Target, asked: Asked, effort: int
) -> None:
    """Route and color all links between instances, which lie at `boxes`, and note what was asked for.

    Raises `DiagnosticError` if defects cut a row off or there are too few colors; `effort` bounds the
    search for a coloring.
    """
    bands: list[_Band] = []
    around = _Defects(target)
    links = operations_named(module, "fabric.link")
    for link in links:
        source, sink = (boxes[link.attribute(key, SymbolRefAttr).leaf] for key in ("source", "sink"))
        first, last, column = sink.x, sink.x + sink.width - 1, source.x + middle(source.width)
        for index in range(source.height):
            start, row = (column, source.y + index), sink.y + index
            asked.add_points(str(link.symbol_name), start, [(x, row) for x in range(first, last + 1)])
            before = bands[-1] if index and start[1] == row else None
            if before is not None and around.is_clear(row) and before.is_level:
                before.rows += 1
                around.count(before)
                continue
            tree = _best_tree(start, row, first, last, target.width, bands)
            band = _Band(link, index, around.tree(tree, link, index, start, (row, first, last)))
            around.count(band)
            bands.append(band)
    around.diagnostics.raise_if_errors()
    budget = target.usable_colors - COLLECTIVE_COLORS
    colors = color_flows(_routers(bands), budget, float(effort)) if bands else []
    if colors is None:
        raise _too_few_colors(bands, budget, target)
    top = Builder(module.body)
    for band, color in zip(bands, colors, strict=True):
        for rect, switch in _merge_rects(band):
            add_route(top, band.flow, COLLECTIVE_COLORS + color, rect, switch, band.link.location)
    for link in links:
        mine = [(band.rows, color) for band, color in zip(bands, colors, strict=True) if band.link is link]
        link.attributes["colors"] = i64_array(
            [COLLECTIVE_COLORS + c for rows, c in mine for _ in range(rows)]
        )


class _Defects:
    """Keeps trees clear of a wafer's defects; collects what cannot be."""

    def __init__(self, target: Target) -> None:
        self.size = target.width, target.height
        self.defects = DefectMap(target.defects)
        listed = target.defects
        self.rows = {y for _, y in (*listed.pes, *listed.east, *listed.south)}
        self.rows |= {y + 1 for _, y in listed.south}
        """Rows with a defect."""
        self.crowd: Counter[Point] = Counter()
        """How many hand-overs each router has so far."""
        self.diagnostics = Diagnostics()

    def is_clear(self, row: int) -> bool:
        """Whether there are no defects in a row of the wafer."""
        return row not in self.rows

    def count(self, band: _Band) -> None:
        """Note the band's last row."""
        if self.rows:
            self.crowd.update(band.tree_of(band.rows - 1).keys())

    def tree(
        self, tree: Tree, link: Operation, index: int, source: Point, sinks: tuple[int, int, int]
    ) -> Tree:
        """Return `tree`, or another one for the same row of a link if it meets a defect."""
        if is_legal(tree, self.defects):
            return tree
        found = detour(source, sinks, self.size, self.defects, self.crowd)
        if found is None:
            row, first, last = sinks
            self.diagnostics.error(
                f"defects cut flow '{link.symbol_name}.row{index}' off: no way leads from PE {source} "
                f"to row {row}, columns {first} to {last}",
                link.location,
                f"defects: {self.defects.defects.listing()}",
            )
            return tree
        return found


def _routers(bands: Sequence[_Band]) -> list[set[Point]]:
    """Return the routers of each band, of all rows in which the same bands are level only the first."""
    level = [band.is_level for band in bands]
    rows: set[int] = set()
    for band, is_level in zip(bands, level, strict=True):
        ys = {y for _, y in band.tree}
        rows |= {min(ys), min(ys) + band.rows} if is_level else ys
    kept = sorted(rows)
    found: list[set[Point]] = []
    for band, is_level in zip(bands, level, strict=True):
        if not is_level:
            found.append(set(band.tree))
            continue
        first = next(y for _, y in band.tree)
        columns = [x for x, _ in band.tree]
        found.append({(x, y) for y in kept if first <= y < first + band.rows for x in columns})
    return found


def _best_tree(source: Point, row: int, first: int, last: int, width: int, bands: Sequence[_Band]) -> Tree:
    """Return the tree that meets the fewest other rows' trees, then the shortest, then the leftmost trunk."""
    if source[1] == row:
        return row_tree(source, row, first, last, source[0])
    trees = [row_tree(source, row, first, last, trunk) for trunk in range(width)]
    others = [band.tree_of(index) for band in bands for index in range(band.rows)]

    def meets(tree: Tree) -> int:
        return sum(1 for other in others if not tree.keys().isdisjoint(other))

    return min(trees, key=lambda tree: (meets(tree), length(tree)))


def _merge_rects(band: _Band) -> Iterable[tuple[tuple[int, ...], Switch]]:
    """Yield the settings of a band, runs of equal settings along a row or column as one rectangle."""
    tree = band.tree
    used: set[Point] = set()
    for x, y in sorted(tree, key=lambda p: (p[1], p[0])):
        if (x, y) in used:
            continue
        switch = tree[x, y]
        wide = tall = 1
        while tree.get((x + wide, y)) == switch and (x + wide, y) not in used:
            wide += 1
        if wide == 1:
            while tree.get((x, y + tall)) == switch and (x, y + tall) not in used:
                tall += 1
        used.update((x + i, y + j) for i in range(wide) for j in range(tall))
        yield (x, y, wide, tall * band.rows, 1, 1), switch


def _too_few_colors(bands: Sequence[_Band], budget: int, target: Target) -> DiagnosticError:
    """Say which router is contended and who wants it."""
    routers = _routers(bands)
    at: dict[Point, list[_Band]] = {}
    for band, points in zip(bands, routers, strict=True):
        for point in points:
            at.setdefault(point, []).append(band)
    point, crowd = max(at.items(), key=lambda item: (len(item[1]), item[0]))
    needed = max(saturation_coloring(conflicts(routers))) + 1
    names = ", ".join(band.label for band in crowd[:8]) + (", ..." if len(crowd) > 8 else "")
    return error_at(
        f"hand-overs need {needed} colors; target '{target.name}' leaves {max(budget, 0)} for them",
        crowd[0].link.location,
        f"router {point} is wanted by {len(crowd)} flows: {names}",
        f"{target.colors} colors, less {target.reserved_colors} reserved, less {COLLECTIVE_COLORS} "
        f"for collectives",
    )
