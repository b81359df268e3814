"""Closed-form cost of distributed work: what the compiler believes before anything is executed.

Used to choose shapes and orders only. What a token really costs is measured by an engine; the error
of these estimates is printed with every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd

from ..ir.attributes import F16, IntegerAttr, StringAttr
from ..ir.dialects.dist import DistTensor, dist_tensor, matrix_dims
from ..ir.dialects.dist_choice import chosen_count
from ..ir.dialects.pe import SPECIAL_FUNCTIONS
from ..ir.layout import Split
from ..ir.operation import Block, Operation, Value
from ..ir.target import Target
from .fabric.collectives.choice import shape_cycles
from .fabric.collectives.grouping import grouped_all_reduce_cycles
from .fabric.collectives.timing import LineCosts

REDUCE_ATTRIBUTES = {"x": "reduce_x", "y": "reduce_y"}
"""On a region: the shape of the reduce tree of its all-reduces along an axis (`trees.line_tree`)."""


def ceil_div(numerator: int, denominator: int) -> int:
    """Return the quotient rounded up."""
    return -(-numerator // denominator)


def line_costs(target: Target) -> LineCosts:
    """Return what a target charges for communication along a line."""
    return LineCosts(target.ramp_cycles, target.comm_setup_cycles, target.await_cycles, target.hop_cycles)


def shape_of(region: Operation, axis: str) -> str:
    """Return the shape of the reduce tree of a region along `axis`: two chains where it does not say."""
    shape = region.attributes.get(REDUCE_ATTRIBUTES[axis])
    return shape.value if isinstance(shape, StringAttr) else "chain"


@dataclass(frozen=True, slots=True)
class CostModel:
    """Costs on a grid of `width` x `height` PEs at one `position` (which fills caches up to it). All in
    cycles.

    `reduce_x` and `reduce_y` are the shapes of the reduce trees along the axes; '' means the best groups.
    """

    target: Target
    width: int
    height: int
    position: int = 0
    reduce_x: str = ""
    reduce_y: str = ""

    @staticmethod
    def of(region: Operation, target: Target, position: int = 0) -> CostModel:
        """The costs of a placed region."""
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        return CostModel(target, width, height, position, shape_of(region, "x"), shape_of(region, "y"))

    def parts(self, axis: str | None) -> int:
        """PEs along `axis` (1 for None)."""
        return {"x": self.width, "y": self.height, None: 1}[axis]

    def elements(self, split: Split) -> int:
        """Elements of the fullest tile; of a cyclic split, of the positions so far."""
        if split.cyclic:
            return ceil_div(self.position + 1, self.parts(split.axis))
        return split.capacity(self.parts(split.axis))

    def tile_elements(self, kind: DistTensor) -> int:
        """Elements of the fullest tile of a tensor."""
        product = 1
        for split in kind.dims:
            product *= self.elements(split)
        return product

    def capacity_bytes(self, kind: DistTensor) -> int:
        """Bytes that the fullest tile takes in SRAM."""
        return kind.tile_bytes(self.width, self.height)

    # ---- machine operations

    def vector(self, calls: int, elements: int, per_cycle: int = 1, cycles_each: int = 1) -> int:
        """A vector operation of `calls` calls on `elements` elements each."""
        call = self.target.vector_call_cycles
        if calls * elements == 0:
            return call
        return calls * (call + ceil_div(elements * cycles_each, per_cycle))

    def message(self, wavelets: int) -> int:
        """A send or receive of `wavelets` wavelets once they flow."""
        return self.target.comm_setup_cycles + wavelets

    def all_reduce(self, wavelets: int, parts: int, shape: str = "") -> int:
        """An all-reduce along a row or column: a tree of that shape into the middle, then one multicast."""
        if wavelets == 0 or parts == 1:
            return 0
        costs = line_costs(self.target)
        if shape:
            return shape_cycles(shape, parts, wavelets, costs)
        return grouped_all_reduce_cycles(parts, wavelets, costs)

    # ---- dist operations

    def operation(self, op: Operation) -> int:
        """Cycles of one `dist` or `fabric` operation, nested ones excluded."""
        kind = op.name.partition(".")[2]
        method = getattr(self, f"_{kind}", None)
        return int(method(op)) if method is not None else 0

    def block(self, block: Block, trips: Mapping[str, int]) -> int:
        """Cycles of all operations in sequence; a `dist.repeat` counts as often as `trips` says for its
        label.
        """
        total = 0
        for op in block.operations:
            total += self.operation(op)
            if op.regions:
                total += executions(op, trips) * (self.block(op.body, trips) + self.target.branch_cycles)
        return total

    def wavelets(self, kind: DistTensor) -> int:
        """Wavelets that carry one tile: two f16 or one 32-bit element each."""
        elements = self.tile_elements(kind)
        return ceil_div(elements, 2) if kind.element == F16 else elements

    def rows(self, value: Value) -> int:
        """Rows of a window that a PE has of `[features, rows]`; 1 of a vector."""
        product = 1
        for split in dist_tensor(value).dims[1:]:
            product *= self.elements(split)
        return product

    def _rate(self, *values: Value) -> int:
        kinds = [dist_tensor(value).element for value in values]
        return self._f16 if all(kind == F16 for kind in kinds) else self._f32

    @property
    def _f16(self) -> int:
        """Elements of two f16 vectors per cycle, of which a third is made: as the SRAM's ports allow."""
        reads, writes = self.target.sram_read_bytes_per_cycle, self.target.sram_write_bytes_per_cycle
        return max(1, min(self.target.f16_elements_per_cycle, reads // 4, writes // 2))

    @property
    def _f32(self) -> int:
        return self.target.f32_elements_per_cycle

    def _map(self, op: Operation) -> int:
        elements = self.tile_elements(dist_tensor(op.result))
        if op.attribute("fn", StringAttr).value in SPECIAL_FUNCTIONS:
            return self.vector(1, elements, cycles_each=self.target.special_function_cycles)
        return self.vector(1, elements, self._rate(*op.operands, op.result))

    def _reduce(self, op: Operation) -> int:
        rows = self.tile_elements(dist_tensor(op.result))
        elements = self.tile_elements(dist_tensor(op.operands[0]))
        calls = 1 if rows == 1 else ceil_div(elements, rows)
        return self.vector(1, rows) + self.vector(calls, ceil_div(elements, calls), self._f32)

    def _matvec(self, op: Operation) -> int:
        features, columns = (self.elements(split) for split in matrix_dims(op))
        rows = self.rows(op.result)
        few, many = sorted((rows, columns))
        clear = self.vector(1, rows * columns, self._f32)
        return clear + self.vector(few * features, many, self.target.mixed_fma_per_cycle)

    def _gather(self, op: Operation) -> int:
        elements, rows = (self.tile_elements(dist_tensor(v)) for v in (op.result, op.operands[1]))
        rate = self._rate(op.result)
        copies = self.vector(rows, ceil_div(elements, rows), rate) + 4 * rows * self.target.branch_cycles
        return self.vector(1, elements, rate) + copies

    def _all_reduce(self, op: Operation) -> int:
        axis = op.attribute("axis", StringAttr).value
        wavelets = sum(self.wavelets(dist_tensor(value)) for value in op.operands)
        return self.all_reduce(wavelets, self.parts(axis), {"x": self.reduce_x, "y": self.reduce_y}[axis])

    def _rotate(self, op: Operation) -> int:
        split, rows = dist_tensor(op.result).dims[0], self.rows(op.result)
        pairs = self.elements(split) // split.local // 2
        calls, elements = (split.local, pairs) if rows == 1 else (split.local * pairs, rows)
        return 4 * self.vector(calls, elements, self._f32)

    def _append(self, op: Operation) -> int:
        elements = self.tile_elements(dist_tensor(op.operands[0]))
        return self.target.branch_cycles + self.vector(1, elements, self._rate(op.operands[0]))

    def heads_touched(self, features: Split, head_dim: int) -> int:
        """Key heads with features on the fullest PE, at most."""
        tile = features.tile(self.parts(features.axis))
        # Tiles start at multiples of their size, so inside a head at multiples of what both share.
        latest_start = head_dim - gcd(tile, head_dim)
        return min(features.spread // head_dim, ceil_div(latest_start + tile, head_dim))

    def _scores(self, op: Operation) -> int:
        features = dist_tensor(op.operands[0]).dims[0]
        rows, positions = self._rows_and_positions(op.result)
        tile = features.tile(self.parts(features.axis))
        clear = self.vector(dist_tensor(op.result).dims[0].extent, rows * positions, self._f32)
        return clear + self.vector(features.local * tile * rows, positions, self.target.mixed_fma_per_cycle)

    def _rows_and_positions(self, scores: Value) -> tuple[int, int]:
        """Of the scores of a head on a PE: rows that ask (1 outside of windows), positions that answer."""
        *rows, positions = (self.elements(split) for split in dist_tensor(scores).dims[1:])
        return (rows[0] if rows else 1), positions

    def _softmax_max(self, op: Operation) -> int:
        scores = dist_tensor(op.operands[0])
        head_dim = op.attribute("head_dim", IntegerAttr).value
        features = op.attribute("features", Split)
        group = scores.dims[0].extent * head_dim // features.extent
        rows, positions = self._rows_and_positions(op.operands[0])
        lines = self.heads_touched(features, head_dim) * group * rows
        return self.vector(1, lines, self._f32) + self.vector(lines, positions, self._f32)

    def _softmax_mix(self, op: Operation) -> int:
        features = dist_tensor(op.results[0]).dims[0]
        head_dim = op.attribute("head_dim", IntegerAttr).value
        rows, positions = self._rows_and_positions(op.operands[0])
        lines = self.heads_touched(features, head_dim) * features.local * rows
        sums = features.local * features.tile(self.parts(features.axis)) * rows
        linear = 3 * self.vector(lines, positions, self._f32)
        exponential = self.vector(lines, positions, cycles_each=self.target.special_function_cycles)
        clear = self.vector(1, sums, self._f32) + self.vector(1, lines, self._f32)
        return clear + linear + exponential + self.vector(sums, positions, self._f32)

    def _softmax_divide(self, op: Operation) -> int:
        features, rows = dist_tensor(op.result).dims[0], self.rows(op.result)
        tile = features.tile(self.parts(features.axis))
        return self.vector(features.local, tile * rows, cycles_each=self.target.special_function_cycles)

    def _argmax(self, op: Operation) -> int:
        rows = self.rows(op.operands[0])
        elements = ceil_div(self.tile_elements(dist_tensor(op.operands[0])), rows)
        find = self.vector(rows, elements, cycles_each=self.target.compare_cycles)
        return self.vector(1, rows * elements, self._f32) + find

    def _top_k(self, op: Operation) -> int:
        elements = self.tile_elements(dist_tensor(op.operands[0]))
        search = self.vector(1, elements, cycles_each=self.target.compare_cycles)
        return self.vector(1, elements, self._f32) + chosen_count(op) * (search + self._element(2))

    def _pick(self, op: Operation) -> int:
        return dist_tensor(op.result).dims[0].extent * self._element(1)

    def _mixture(self, op: Operation) -> int:
        elements = self.tile_elements(dist_tensor(op.result))
        add = self.vector(1, elements, self.target.mixed_fma_per_cycle) + self.target.scalar_cycles
        return self.vector(1, elements, self._f32) + chosen_count(op) * add

    def _element(self, operations: int) -> int:
        """Cycles of some operations on one element whose index is loaded, in a loop."""
        return self.target.branch_cycles + self.target.scalar_cycles + operations * self.vector(1, 1)

    def _keep_equal(self, op: Operation) -> int:
        rows = self.tile_elements(dist_tensor(op.result))
        return self.vector(1, rows, cycles_each=self.target.compare_cycles)

    def _reslice(self, op: Operation) -> int:
        copies = 1 + len(op.operands)
        return copies * self.vector(1, self.tile_elements(dist_tensor(op.result)), self._f32)

    def _spread(self, op: Operation) -> int:
        elements, part = (self.tile_elements(dist_tensor(v)) for v in (op.result, op.operands[0]))
        features, rate = self.elements(dist_tensor(op.result).dims[0]), self._rate(op.result)
        return self.vector(1, elements, rate) + self.vector(features, ceil_div(part, features), rate)

    def _send(self, op: Operation) -> int:
        return self.message(self.wavelets(dist_tensor(op.operands[0])))

    def _receive(self, op: Operation) -> int:
        return self.message(self.wavelets(dist_tensor(op.result))) + 2 * self.target.ramp_cycles


def ideal_cycles(block: Block, model: CostModel, trips: Mapping[str, int]) -> int:
    """Return a lower bound for `block`: no software cost, full SIMD width, perfect balance, ideal
    collectives.

    Collectives: max(B, P - 1) + 2 T_R + 1 for the reduction (HPDC 2024) and again half the distance back.
    """
    total = 0
    for op in block.operations:
        if op.regions:
            total += executions(op, trips) * ideal_cycles(op.body, model, trips)
        elif op.name == "dist.matvec":
            rows, columns = dist_tensor(op.operands[1]).dims
            work = rows.extent * columns.extent * model.rows(op.result)
            rate = model.width * model.height * model.target.f16_elements_per_cycle
            total += ceil_div(work, rate)
        elif op.name == "dist.all_reduce":
            parts = model.parts(op.attribute("axis", StringAttr).value)
            if parts > 1:
                wavelets = sum(model.wavelets(dist_tensor(value)) for value in op.operands)
                total += max(wavelets, parts // 2) + parts // 2 + 2 * (2 * model.target.ramp_cycles + 1)
    return total


def executions(op: Operation, trips: Mapping[str, int]) -> int:
    """Return how often the body of a loop runs: once per chosen expert, or as `trips` says for its label."""
    if op.name == "dist.mixture":
        return chosen_count(op)
    return trips.get(op.attribute("label", StringAttr).value, 1)


def longest_cache(block: Block) -> int:
    """Return the largest number of positions of any cache that `block` appends to; 0 without one."""
    longest = 0
    for op in block.operations:
        for nested in op.walk():
            if nested.name == "dist.append":
                longest = max(longest, dist_tensor(nested.result).dims[0].extent)
    return longest
