"""Dominance: which values are defined wherever an operation is reached.

Dominator trees are built by Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001).
"""

from __future__ import annotations

from .operation import Block, Operation, Region, Value


class Dominance:
    """Answers questions about dominance; keep it only as long as blocks and successors stay as they are."""

    def __init__(self) -> None:
        self._regions: dict[Region, dict[Block, tuple[int, int]]] = {}

    def block_dominates(self, block: Block, other: Block) -> bool:
        """Whether each way from the region's entry to `other` goes through `block` (both in one region).

        A block that cannot be reached is dominated by all.
        """
        if block is other:
            return True
        region = block.parent
        if region is None or region is not other.parent:
            return False
        spans = self._regions.get(region)
        if spans is None:
            spans = self._regions[region] = _dominator_spans(region)
        if other not in spans:
            return True
        if block not in spans:
            return False
        return spans[block][0] <= spans[other][0] and spans[other][1] <= spans[block][1]

    def dominates(self, value: Value, operation: Operation) -> bool:
        """Whether `operation` may use `value`: it is defined on every way there, here or around."""
        definition = value.block
        if definition is None:
            return False
        user = ancestor_in_region(operation, definition.parent)
        if user is None or user.parent is None:
            return False
        if user.parent is not definition:
            return self.block_dominates(definition, user.parent)
        owner = value.owner
        return not isinstance(owner, Operation) or (owner is not user and owner.is_before_in_block(user))


def ancestor_in_region(operation: Operation, region: Region | None) -> Operation | None:
    """Return the operation in a block of `region` that is `operation` or holds it, or None."""
    current: Operation | None = operation
    while current is not None and (current.parent is None or current.parent.parent is not region):
        current = current.parent_op
    return current


def _dominator_spans(region: Region) -> dict[Block, tuple[int, int]]:
    """Return for each reachable block when a walk of the dominator tree enters and leaves it."""
    order = _reverse_postorder(region)
    number = {block: index for index, block in enumerate(order)}
    predecessors: list[list[int]] = [[] for _ in order]
    for block in order:
        for successor in _successors(block):
            predecessors[number[successor]].append(number[block])
    immediate = [0] * len(order)
    settled = [False] * len(order)
    if settled:
        settled[0] = True
    changed = True
    while changed:
        changed = False
        for index in range(1, len(order)):
            dominator = -1
            for other in predecessors[index]:
                if settled[other]:
                    dominator = other if dominator < 0 else _common(immediate, dominator, other)
            if not settled[index] or immediate[index] != dominator:
                immediate[index], settled[index], changed = dominator, True, True
    children: list[list[int]] = [[] for _ in order]
    for index in range(1, len(order)):
        children[immediate[index]].append(index)
    spans: dict[Block, tuple[int, int]] = {}
    entered: dict[int, int] = {}
    clock = 0
    stack = [0] if order else []
    while stack:
        index = stack.pop()
        clock += 1
        if index < 0:
            spans[order[~index]] = entered[~index], clock
        else:
            entered[index] = clock
            stack.append(~index)
            stack.extend(reversed(children[index]))
    return spans


def _common(immediate: list[int], left: int, right: int) -> int:
    """Return the nearest block that dominates both; dominators have smaller numbers."""
    while left != right:
        if left > right:
            left = immediate[left]
        else:
            right = immediate[right]
    return left


def _successors(block: Block) -> list[Block]:
    """The blocks that `block` may go on with, those of its own region only."""
    terminator = block.terminator
    return [] if terminator is None else [b for b in terminator.successors if b.parent is block.parent]


def _reverse_postorder(region: Region) -> list[Block]:
    if not region.blocks:
        return []
    done: list[Block] = []
    seen = {region.blocks[0]}
    stack = [(region.blocks[0], iter(_successors(region.blocks[0])))]
    while stack:
        block, rest = stack[-1]
        for successor in rest:
            if successor not in seen:
                seen.add(successor)
                stack.append((successor, iter(_successors(successor))))
                break
        else:
            done.append(block)
            stack.pop()
    done.reverse()
    return done
