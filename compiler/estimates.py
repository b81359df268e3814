"""What the compiler believes a token costs, from the closed forms that placed the model.

Read from a placed module, before it becomes programs. The error against what an engine measures is shown
with every run.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ..ir.attributes import DictAttr, IntegerAttr, SymbolRefAttr
from ..ir.dialects.dist_type import dist_tensor, window_rows
from ..ir.dialects.fabric import numbers
from ..ir.operation import Operation
from ..ir.target import Target
from ..passes.base import TARGET_ATTRIBUTE, Pass
from ..passes.cost import CostModel, ideal_cycles, longest_cache

_SAMPLES = 8
"""Positions, besides the first, at which the cost of a token is estimated."""
_TOKEN, _BOUND, _AT = "cycles_per_token", "lower_bound_cycles_per_token", "cycles_at_position_"


@dataclass(frozen=True, slots=True)
class Estimates:
    """Estimated cycles: of a token halfway through the context, a lower bound for it, and by position."""

    cycles_per_token: float
    lower_bound_cycles_per_token: float
    by_position: Mapping[int, float] = field(default_factory=lambda: dict[int, float]())

    def at(self, position: int) -> float:
        """Return the estimate for a token at `position`, between two samples in proportion."""
        samples = sorted(self.by_position.items())
        if not samples:
            return self.cycles_per_token
        index = bisect_left(samples, (position, 0.0))
        if index == len(samples) or samples[index][0] == position or index == 0:
            return samples[min(index, len(samples) - 1)][1]
        (left, low), (right, high) = samples[index - 1], samples[index]
        return low + (high - low) * (position - left) / (right - left)

    def to_numbers(self) -> dict[str, float]:
        """Return the estimates as a program file's manifest holds them."""
        found = {_TOKEN: self.cycles_per_token, _BOUND: self.lower_bound_cycles_per_token}
        return found | {f"{_AT}{position}": value for position, value in self.by_position.items()}

    @staticmethod
    def from_numbers(found: Mapping[str, float]) -> Estimates | None:
        """Read what `to_numbers` gave; None if there is no estimate among it."""
        if _TOKEN not in found or _BOUND not in found:
            return None
        by_position = {
            int(key.removeprefix(_AT)): value
            for key, value in found.items()
            if key.startswith(_AT) and key.removeprefix(_AT).isdecimal()
        }
        return Estimates(found[_TOKEN], found[_BOUND], by_position)


class EstimateWatcher:
    """Watches a pass manager (`Instrumentation`) and estimates once the module is placed."""

    wants_changes = False

    def __init__(self) -> None:
        self.estimates: Estimates | None = None

    def before(self, pass_: Pass, module: Operation) -> None:
        """Nothing is known yet."""

    def after(self, pass_: Pass, module: Operation, changed: bool) -> None:
        """Estimate after the first pass that leaves a placed module."""
        if self.estimates is None:
            self.estimates = estimate_placed(module)

    def failed(self, pass_: Pass, module: Operation, error: Exception) -> None:
        """Nothing becomes known."""


def estimate_placed(module: Operation) -> Estimates | None:
    """Return the estimates for a module with instances and links; None for one at another level.

    Of a module that executes a whole window of rows, they are for one row.
    """
    attribute = module.attributes.get(TARGET_ATTRIBUTE)
    placed = [_Placed(op, module) for op in module.body.operations if op.name == "fabric.instance"]
    if not placed or not isinstance(attribute, DictAttr) or not any(p.has_work for p in placed):
        return None
    target = Target.from_attribute(attribute)
    links = [op for op in module.body.operations if op.name == "fabric.link"]
    hops = _hops(placed, links)
    context = max(longest_cache(p.region.body) for p in placed)
    middle, last = context // 2, max(context - 1, 0)
    positions = sorted({middle, *(last * index // _SAMPLES for index in range(_SAMPLES + 1))})
    rows = max(p.window for p in placed)
    by_position = {at: (sum(p.cycles(target, at) for p in placed) + hops) / rows for at in positions}
    bound = sum(p.ideal_cycles(target, middle) for p in placed) / rows
    return Estimates(by_position[middle], bound, by_position)


class _Placed:
    """An instance with its region, before the region's work became programs."""

    def __init__(self, instance: Operation, module: Operation) -> None:
        self.name = str(instance.symbol_name)
        grid = instance.attribute("region", SymbolRefAttr).leaf
        self.region = next(
            op for op in module.body.operations if op.name == "fabric.region" and op.symbol_name == grid
        )
        self.x, self.y = numbers(instance, "origin")
        self.width = self.region.attribute("width", IntegerAttr).value
        self.height = self.region.attribute("height", IntegerAttr).value
        first, end = numbers(instance, "layers")
        self.trips = {grid: end - first}

    @property
    def has_work(self) -> bool:
        """Whether the region still holds distributed work."""
        return any(op.dialect in ("dist", "fabric") for op in self.region.body.operations)

    @property
    def twice_middle(self) -> tuple[int, int]:
        return 2 * self.x + self.width, 2 * self.y + self.height

    @property
    def window(self) -> int:
        """How many rows the region's inputs have; 1 without any."""
        inputs = (op for op in self.region.body.operations if op.name == "dist.input")
        return max((window_rows(dist_tensor(op.result)) or 1 for op in inputs), default=1)

    def cycles(self, target: Target, position: int) -> int:
        return CostModel.of(self.region, target, position).block(self.region.body, self.trips)

    def ideal_cycles(self, target: Target, position: int) -> int:
        model = CostModel.of(self.region, target, position)
        return ideal_cycles(self.region.body, model, self.trips)


def _hops(placed: Iterable[_Placed], links: Iterable[Operation]) -> float:
    """Return the length of all hand-overs: Manhattan distance between the middles, one cycle a hop."""
    by_name = {p.name: p for p in placed}
    total = 0
    for link in links:
        ends = [by_name[link.attribute(key, SymbolRefAttr).leaf].twice_middle for key in ("source", "sink")]
        total += sum(abs(a - b) for a, b in zip(*ends, strict=True))
    return total / 2
