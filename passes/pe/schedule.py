"""Pass `schedule`: the order in which a PE does its work, one list per region and loop body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.attributes import IntegerAttr, StringAttr, i64
from ...ir.operation import Block, Operation
from ..base import Pass, PassContext, module_target, regions_of_work
from ..cost import CostModel, executions, longest_cache
from ..dependences import Graph, dependences, reorder, topological_order

START_ATTRIBUTE = "pe.start"


@dataclass(frozen=True, slots=True)
class Schedule(Pass):
    """Order each block by list scheduling: the longest remaining chain first, blocking receives last."""

    name: ClassVar[str] = "schedule"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        """Reorder the operations of every region and note each one's estimated start (`pe.start`, cycles)."""
        target = module_target(module)
        for region in regions_of_work(module):
            model = CostModel.of(region, target, longest_cache(region.body) // 2)
            schedule_block(region.body, model)


def schedule_block(block: Block, model: CostModel) -> int:
    """Order `block` and all blocks nested in it; return the estimated cycles of one execution."""
    costs: dict[Operation, int] = {}
    for op in block.operations:
        costs[op] = model.operation(op)
        if op.regions:
            costs[op] += _executions(op) * schedule_block(op.body, model)
    graph = dependences(block)
    remaining = _remaining(graph, costs)

    def priority(op: Operation) -> float:
        # While a PE waits for another region it can do nothing else, so whatever is ready goes before.
        return -1.0 if op.name == "fabric.receive" else float(remaining[op])

    reorder(block, topological_order(graph, priority))
    clock = 0
    for op in block.operations:
        op.attributes[START_ATTRIBUTE] = i64(clock)
        clock += costs[op]
    return clock


def _executions(op: Operation) -> int:
    """How often the body of a loop runs, if one instance has all repeated layers."""
    trips: dict[str, int] = {}
    if op.name == "dist.repeat":
        trips[op.attribute("label", StringAttr).value] = op.attribute("count", IntegerAttr).value
    return executions(op, trips)


def _remaining(graph: Graph, costs: dict[Operation, int]) -> dict[Operation, int]:
    """Return for each operation the cost of the longest chain from it to the end."""
    remaining: dict[Operation, int] = dict.fromkeys(graph, 0)
    for op in reversed(topological_order(graph)):
        remaining[op] += costs[op]
        for before in graph[op]:
            remaining[before] = max(remaining[before], remaining[op])
    return remaining
