"""Dependences between the operations of one block, and orders that respect them."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence

from ..ir.attributes import SymbolRefAttr
from ..ir.operation import Block, Operation
from ..ir.spec import Trait, has_trait

Graph = dict[Operation, dict[Operation, None]]
"""For each operation those that must come before it (a dictionary keeps the order deterministic)."""


def dependences(block: Block) -> Graph:
    """Return for each operation of `block` the operations of `block` that must come before it.

    Values (used in nested regions too), the order of effects, reads of state against writes, and
    the terminator after everything.
    """
    graph: Graph = {op: {} for op in block.operations}
    last_write: dict[str, Operation] = {}
    readers: dict[str, list[Operation]] = {}
    for op in graph:
        for nested in op.walk():
            for operand in nested.operands:
                source = operand.defining_op
                if source is not None and source is not op and source in graph:
                    graph[op][source] = None
        reads, writes = _effects(op)
        for key in (*reads, *writes):
            if key in last_write:
                graph[op][last_write[key]] = None
        for key in writes:
            graph[op].update((reader, None) for reader in readers.pop(key, ()) if reader is not op)
            last_write[key] = op
        for key in reads:
            readers.setdefault(key, []).append(op)
        if has_trait(op, Trait.TERMINATOR):
            graph[op].update(dict.fromkeys(other for other in graph if other is not op))
    return graph


_OUTSIDE = "the outside world"


def _effects(op: Operation) -> tuple[dict[str, None], dict[str, None]]:
    """Return what `op` (with everything nested) reads and writes: variables by name, and whatever else
    there is.
    """
    reads: dict[str, None] = {}
    writes: dict[str, None] = {}
    for nested in op.walk():
        variable = nested.attributes.get("variable")
        key = variable.leaf if isinstance(variable, SymbolRefAttr) else _OUTSIDE
        if has_trait(nested, Trait.READ):
            reads[key] = None
        elif has_trait(nested, Trait.WRITE) and not nested.regions:
            writes[key] = None
    return reads, writes


def topological_order(graph: Graph, priority: Callable[[Operation], float] | None = None) -> list[Operation]:
    """Return the operations so that each follows what it depends on.

    Among those that are ready the one with the highest `priority` comes first, then the earlier one in
    the graph. Raises `ValueError` if the graph has a cycle.
    """
    position = {op: index for index, op in enumerate(graph)}
    waiting = {op: len(before) for op, before in graph.items()}
    users: dict[Operation, list[Operation]] = {op: [] for op in graph}
    for op, before in graph.items():
        for other in before:
            users[other].append(op)

    def key(op: Operation) -> tuple[float, int]:
        return (-priority(op) if priority is not None else 0.0, position[op])

    ready = [(key(op), position[op]) for op, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    by_position = list(graph)
    order: list[Operation] = []
    while ready:
        op = by_position[heapq.heappop(ready)[1]]
        order.append(op)
        for user in users[op]:
            waiting[user] -= 1
            if waiting[user] == 0:
                heapq.heappush(ready, (key(user), position[user]))
    if len(order) != len(graph):
        raise ValueError("the dependences form a cycle")
    return order


def reorder(block: Block, order: Sequence[Operation]) -> None:
    """Put the operations of `block` into `order`, which names each once."""
    for op in order:
        op.detach()
        block.append(op)


def depends_on(graph: Graph, op: Operation, other: Operation) -> bool:
    """Whether `op` must come after `other`, directly or through others."""
    stack, seen = [op], {op}
    while stack:
        for before in graph[stack.pop()]:
            if before is other:
                return True
            if before not in seen:
                seen.add(before)
                stack.append(before)
    return False
