"""Pass `place`: gives every grid a shape and a place on the wafer (`dist` to `fabric`).

Each grid becomes a region; a repeated layer's region gets one or more instances, each with a range of
layers. The floor plan is found by CP-SAT over candidates that fit the memory of a PE.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

from ...ir.attributes import IntegerAttr, i64, i64_array, string, symbol
from ...ir.builder import Builder
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor
from ...ir.layout import Split
from ...ir.location import Location
from ...ir.operation import Operation
from ...ir.symbols import SymbolTable
from ...ir.target import Target, builtin_target_names, load_target
from ..base import Pass, PassContext, module_target, operations_named
from ..cost import CostModel, ceil_div, longest_cache
from .collectives.all_reduce import COLLECTIVE_COLORS
from .floorplan import Floorplan, check, pareto, solve
from .memory import MemoryNeed
from .obstacles import NO_OBSTACLES, Obstacles, largest_rectangle
from .outline import Transfer, outline
from .reduce_trees import choose_trees
from .shapes import Candidate
from .shelves import between_obstacles
from .sizes import useful_sizes

GRID_ATTRIBUTE = "fabric.grid"


@dataclass(frozen=True, slots=True)
class Place(Pass):
    """Choose how many regions there are, their shapes and their positions, within each PE's memory."""

    name: ClassVar[str] = "place"

    effort: int = 10
    """Bound on the solver's work, in its deterministic unit."""
    stages: int = 0
    """How many regions share the repeated layers; 0 lets the solver choose."""
    reduce: str = ""
    """Shape of all reduce trees, such as "groups 5 3"; without one the cheapest are chosen."""

    def run(self, module: Operation, context: PassContext) -> None:
        """Replace the `dist.func` and its grids by regions, instances and links."""
        target = module_target(module)
        functions = operations_named(module, "dist.func")
        if len(functions) != 1:
            count = len(functions) or "no"
            raise error_at(f"one function can be placed, but the module has {count}", module.location)
        (function,) = functions
        grids = [str(op.symbol_name) for op in operations_named(module, "dist.grid")]
        if len(grids) > 2:
            raise error_at("more than one repeated layer in an entry cannot be placed yet", function.location)
        regions, transfers = outline(module, function, grids)
        problem = _Problem(module, target, regions, grids, self.stages)
        if self.stages and problem.stage is not None and self.stages not in problem.possible_stages():
            counts = ", ".join(map(str, problem.possible_stages()))
            raise error_at(
                f"{problem.layers} layers cannot be shared by {self.stages} regions evenly",
                problem.location,
                f"numbers of stages that can: {counts}",
            )
        plan = problem.solve(self.effort)
        _apply(module, problem, plan, transfers, target)
        for region in regions.values():
            choose_trees(region, target, problem.position, self.reduce)
        for op in operations_named(module, "dist.grid"):
            op.erase()


class _Problem:
    """What the floorplanner needs to know of a model."""

    def __init__(
        self,
        module: Operation,
        target: Target,
        regions: dict[str, Operation],
        grids: Sequence[str],
        stages: int,
    ) -> None:
        self.target = target
        self.obstacles = Obstacles.of(target.defects)
        self.regions = regions
        self.top = grids[0]
        self.stage = grids[1] if len(grids) > 1 else None
        self.location: Location = regions[self.top].location
        self.variables: dict[str, list[Operation]] = {grid: [] for grid in grids}
        for op in operations_named(module, "dist.variable"):
            self.variables[op.attribute("type", DistTensor).grid].append(op)
        self.stages = stages
        self.memory = MemoryNeed(target, regions, self.variables)
        self.layers = 0
        if self.stage is not None:
            repeat = next(op for op in regions[self.stage].body.operations if op.name == "dist.repeat")
            self.layers = repeat.attribute("count", IntegerAttr).value
        self.position = max(longest_cache(region.body) for region in regions.values()) // 2

    @property
    def tallest_stacked(self) -> int:
        """Rows that may hand over downwards: half of the colors that collectives leave free."""
        return (self.target.usable_colors - COLLECTIVE_COLORS) // 2

    def splits(self, grid: str, axis: str) -> list[Split]:
        """The splits along `axis` of all tensors of `grid`."""
        found: dict[Split, None] = {}
        for op in (*self.variables[grid], *self.regions[grid].walk()):
            kinds = [value.type for value in op.results] + [op.attributes.get("type")]
            for kind in kinds:
                if isinstance(kind, DistTensor):
                    found.update((split, None) for split in kind.dims if split.axis == axis)
        return list(found)

    def possible_stages(self) -> list[int]:
        """How many regions can share the layers so that none is without."""
        return sorted({ceil_div(self.layers, k) for k in range(1, self.layers + 1)})

    def sram_bytes(self, grid: str, width: int, height: int, layers: int) -> int:
        """Bytes per PE of `grid` with `layers` of its layers."""
        return self.memory.sram_bytes(grid, width, height, layers)

    def cycles(self, grid: str, width: int, height: int, layers: int) -> int:
        """Estimated cycles of one token on `grid`, with `layers` of its layers."""
        model = CostModel(self.target, width, height, self.position)
        return model.block(self.regions[grid].body, {grid: layers})

    def candidates(self, width: int, height: int) -> list[Candidate]:
        """All shapes worth trying on a wafer of `width` x `height` PEs that fit each PE's memory."""
        grids = [self.top] + ([self.stage] if self.stage is not None else [])
        heights = useful_sizes([s for grid in grids for s in self.splits(grid, "y")], height)
        widths = {grid: useful_sizes(self.splits(grid, "x"), width) for grid in grids}
        stage_counts = [self.stages] if self.stages else self.possible_stages()
        room = self.target.data_bytes
        found: list[Candidate] = []
        for tall in heights:
            tops = [
                (wide, self.cycles(self.top, wide, tall, 0))
                for wide in widths[self.top]
                if self.sram_bytes(self.top, wide, tall, 0) <= room
            ]
            if self.stage is None:
                found.extend(Candidate(0, tall, wide, 0, cycles) for wide, cycles in tops)
                continue
            for wide in widths[self.stage] if tops else ():
                # More stages than memory needs would only add ways between them.
                layers = (ceil_div(self.layers, stages) for stages in stage_counts)
                fits = (self.sram_bytes(self.stage, wide, tall, most) <= room for most in layers)
                stages = next((count for count, fit in zip(stage_counts, fits, strict=True) if fit), None)
                if stages is not None:
                    cycles = self.cycles(self.stage, wide, tall, 1) * self.layers
                    found.extend(Candidate(stages, tall, top, wide, cycles + cost) for top, cost in tops)
        return found

    def narrowest(self, width: int, height: int) -> list[Candidate]:
        """Shapes on all useful heights, regions no wider than memory needs: one fits if anything does."""
        grids = [self.top] + ([self.stage] if self.stage is not None else [])
        heights = useful_sizes([s for grid in grids for s in self.splits(grid, "y")], height, height)
        widths = {grid: useful_sizes(self.splits(grid, "x"), width, width) for grid in grids}
        found: list[Candidate] = []
        for tall in heights:
            top = self.least_width(self.top, widths[self.top], tall, 0)
            if top is None:
                continue
            cost = self.cycles(self.top, top, tall, 0)
            if self.stage is None:
                found.append(Candidate(0, tall, top, 0, cost))
                continue
            for stages in [self.stages] if self.stages else self.possible_stages():
                most = ceil_div(self.layers, stages)
                wide = self.least_width(self.stage, widths[self.stage], tall, most)
                if wide is not None and top + wide <= width:
                    cycles = self.cycles(self.stage, wide, tall, 1) * self.layers
                    found.append(Candidate(stages, tall, top, wide, cycles + cost))
        return found

    def least_width(self, grid: str, widths: Sequence[int], tall: int, layers: int) -> int | None:
        """The first of ascending `widths` at which a region of `grid` fits the memory of its PEs."""
        room = self.target.data_bytes
        at = bisect_left(widths, True, key=lambda wide: self.sram_bytes(grid, wide, tall, layers) <= room)
        return widths[at] if at < len(widths) else None

    def fitting(self, width: int, height: int, obstacles: Obstacles) -> list[Candidate]:
        """The candidates that fit a wafer and that no other one beats, of all sizes where few do not do."""
        tallest = self.tallest_stacked
        found = pareto(self.candidates(width, height), width, height, tallest, obstacles)
        return found or pareto(self.narrowest(width, height), width, height, tallest, obstacles)

    def solve(self, effort: int) -> Floorplan:
        """Return the floor plan. Raises `DiagnosticError` saying what does not fit, by how much, what
        would.
        """
        width, height, tallest = self.target.width, self.target.height, self.tallest_stacked
        candidates = self.fitting(width, height, self.obstacles)
        try:
            plan = solve(candidates, width, height, tallest, float(effort), self.obstacles)
        except ImportError as error:
            raise error_at(f"placement needs OR-Tools: {error}", self.location) from error
        if plan is None and candidates:
            raise error_at(
                f"no place was found for the model between the {len(self.target.defects)} defects of the "
                f"{width} x {height} PEs of target '{self.target.name}'",
                self.location,
                *self.explain_defects(candidates, effort),
            )
        if plan is None:
            raise error_at(
                f"the model does not fit on {width} x {height} PEs of target '{self.target.name}'",
                self.location,
                *self.explain(width, height),
            )
        problems = check(plan, width, height, self.target.defects)
        assert not problems, problems
        return plan

    def need(self, width: int, height: int) -> int:
        """Bytes per PE when the whole wafer shares the work evenly in the best way tried here."""
        grids = list(self.regions)
        per_grid = [
            min(
                self.sram_bytes(grid, wide, height, self.layers) * wide
                for wide in useful_sizes(self.splits(grid, "x"), width)
            )
            for grid in grids
        ]
        return ceil_div(sum(per_grid), width)

    def explain(self, width: int, height: int) -> list[str]:
        """Return notes: how much is missing, and which grid, number of layers or target would do."""
        need, room = self.need(width, height), self.target.data_bytes
        total = width * height * room
        notes = [
            f"it needs about {need} bytes on each PE, {need * width * height} in all; "
            f"a PE has {room} for data ({total} in all): {need - room} too many each"
            if need > room
            else f"each of its {len(self.regions)} regions needs PEs of its own, in the same rows; "
            f"the bytes alone would fit ({need} of {room} on each PE)"
        ]
        scale = 2
        while scale <= 64 and not self.fits(width * scale, height * scale):
            scale *= 2
        if scale <= 64:
            low, high = width * scale // 2, width * scale
            while high - low > max(1, width // 8):
                middle = (low + high) // 2
                low, high = (low, middle) if self.fits(middle, middle * height // width) else (middle, high)
            notes.append(f"a grid of {high} x {max(1, high * height // width)} would hold it")
        elif self.layers:
            notes.append("no grid up to 64 times as wide and high would hold it")
        if self.layers > 1 and not self.stages:
            fitting = self.most_layers(width, height)
            if fitting:
                notes.append(f"on this grid {fitting} of its {self.layers} layers would fit")
        if self.target.defects:
            notes.append(f"the wafer has {len(self.target.defects)} defects: {self.target.defects.listing()}")
        others = [
            name for name in builtin_target_names() if name != self.target.name and self.fits_target(name)
        ]
        if others:
            notes.append(f"targets that would hold it: {', '.join(others)}")
        return notes

    def explain_defects(self, candidates: Sequence[Candidate], effort: int) -> list[str]:
        """Return notes: which defects, how much room they leave, what the regions need, what would fit."""
        width, height, tallest = self.target.width, self.target.height, self.tallest_stacked
        notes = [f"defects: {self.target.defects.listing()}"]
        room = largest_rectangle(width, height, self.obstacles)
        if room is not None:
            where = f"at ({room.x}, {room.y})"
            notes.append(
                f"the largest rectangle without a defect has {room.width} x {room.height} PEs, {where}"
            )
        small = min(candidates, key=lambda c: (c.height * (c.top_width + c.stages * c.stage_width), c.cycles))
        shapes = [f"{small.top_width} x {small.height}"]
        shapes += [f"{small.stage_width} x {small.height}"] * (small.stages > 0)
        count = f" and {small.stages} of " if small.stages else ""
        rows = ", all in the same rows" if small.stages and small.height > tallest else ""
        notes.append(f"the smallest regions that hold it: one of {count.join(shapes)} PEs{rows}")
        if solve(candidates, width, height, tallest, float(effort)) is not None:
            notes.append(f"on {width} x {height} PEs without defects it would fit")
        if self.layers > 1 and not self.stages:
            fitting = self.most_layers(width, height, self.obstacles)
            if fitting:
                notes.append(f"between these defects {fitting} of its {self.layers} layers would fit")
        return notes

    def most_layers(self, width: int, height: int, obstacles: Obstacles = NO_OBSTACLES) -> int:
        """Return how many layers, fewer than there are, would fit a wafer of this size."""
        counts = range(1, self.layers)
        return bisect_left(counts, True, key=lambda count: not self.fits(width, height, count, obstacles))

    def fits(
        self, width: int, height: int, layers: int | None = None, obstacles: Obstacles = NO_OBSTACLES
    ) -> bool:
        """Whether some candidate fits a wafer of this size (with fewer layers, or between obstacles)."""
        saved, tallest = self.layers, self.tallest_stacked
        self.layers = saved if layers is None else layers
        try:
            found = self.fitting(width, height, obstacles)
            if not obstacles:
                return bool(found)
            return any(between_obstacles(c, width, height, tallest, obstacles) for c in found)
        finally:
            self.layers = saved

    def fits_target(self, name: str) -> bool:
        """Whether the model fits the whole of built-in target `name`."""
        other = load_target(name).target
        if other.data_bytes != self.target.data_bytes:
            return False
        return self.fits(other.width, other.height)


def _apply(
    module: Operation, problem: _Problem, plan: Floorplan, transfers: list[Transfer], target: Target
) -> None:
    """Write the plan into the module."""
    module.attributes[GRID_ATTRIBUTE] = i64_array((target.width, target.height))
    top = Builder(module.body)
    names: dict[str, list[str]] = {problem.top: [f"{problem.top}.0"]}
    if problem.stage is not None:
        names[problem.stage] = [f"{problem.stage}.{index}" for index in range(plan.candidate.stages)]
    rectangles = iter(plan.rectangles)
    per_stage = ceil_div(problem.layers, max(plan.candidate.stages, 1))
    for grid, instances in names.items():
        region = problem.regions[grid]
        for index, instance in enumerate(instances):
            rectangle = next(rectangles)
            region.attributes["width"] = i64(rectangle.width)
            region.attributes["height"] = i64(rectangle.height)
            layers = (index * per_stage, min((index + 1) * per_stage, problem.layers))
            top.create(
                "fabric.instance",
                attributes={
                    "sym_name": string(instance),
                    "region": symbol(grid),
                    "origin": i64_array((rectangle.x, rectangle.y)),
                    "layers": i64_array(layers if grid == problem.stage else (0, 0)),
                },
                location=region.location,
            )
    _link(module, problem, names, transfers)


def _link(
    module: Operation, problem: _Problem, names: dict[str, list[str]], transfers: list[Transfer]
) -> None:
    """Create the links: into the first stage, from stage to stage, back to the top."""
    top, table = Builder(module.body), SymbolTable(module)
    links: list[tuple[str, str, str, str, Location]] = []
    for transfer in transfers:
        where = transfer.location_op.location
        source, sink = names[transfer.source][-1], names[transfer.sink][0]
        links.append((source, sink, transfer.out, transfer.into, where))
    if problem.stage is not None:
        into = [t.into for t in transfers if t.sink == problem.stage]
        out = [t.out for t in transfers if t.source == problem.stage]
        where = problem.regions[problem.stage].location
        chain = names[problem.stage]
        for source, sink in pairwise(chain):
            links.extend((source, sink, o, i, where) for o, i in zip(out, into, strict=True))
    for index, (source, sink, out_port, in_port, where) in enumerate(links):
        top.create(
            "fabric.link",
            attributes={
                "sym_name": string(table.unique_name(f"link{index}")),
                "source": symbol(source),
                "sink": symbol(sink),
                "out": string(out_port),
                "in": string(in_port),
            },
            location=where,
        )
