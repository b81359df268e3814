"""Pass `cse`: common subexpression elimination, one operation where several compute the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import ClassVar

from ...ir.attributes import Attribute
from ...ir.location import fuse_locations
from ...ir.operation import Block, Operation, Region
from ...ir.rewriter import Rewriter
from ...ir.spec import Trait, has_trait, lookup_spec
from ..base import Pass, PassContext
from .effects import variable_of, written_variables

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class CSE(Pass):
    """Let the first of equal operations stand for those it dominates, of equal reads until the next write."""

    name: ClassVar[str] = "cse"
    required: ClassVar[bool] = False
    anchors: ClassVar[tuple[str, ...] | None] = None

    def run(self, module: Operation, context: PassContext) -> None:
        """Merge operations of equal name, operands, attributes and result types, at any depth."""
        memory, rewriter = _Memory(), Rewriter(module, listeners=context.listeners)
        for region in module.regions:
            _merge_in_region(region, [], memory, rewriter)


@dataclass(slots=True)
class _Memory:
    """Counts the writes so far: reads of a variable are equal while its count stays the same."""

    everything: int = 0
    variables: Counter[str] = field(default_factory=lambda: Counter[str]())

    def write(self, names: frozenset[str] | None) -> None:
        """Note that these variables changed; None means any."""
        if names is None:
            self.everything += 1
        else:
            self.variables.update(names)

    def state(self, variable: str | None) -> tuple[int, int]:
        """What must be equal for two reads of `variable` to give the same; None names no variable."""
        if variable is None:
            return self.everything, self.variables.total()
        return self.everything, self.variables[variable]


def _merge_in_region(
    region: Region, scopes: list[dict[Key, Operation]], memory: _Memory, rewriter: Rewriter
) -> None:
    """Merge in `region`, where operations in `scopes` dominate everything.

    Blocks of one region do not share a scope, since one need not dominate the other.
    """
    for block in region.blocks:
        _merge_in_block(block, [*scopes, {}], memory, rewriter)


def _merge_in_block(
    block: Block, scopes: list[dict[Key, Operation]], memory: _Memory, rewriter: Rewriter
) -> None:
    for op in block.operations:
        if op.regions:
            # A body may run again after it wrote, so what was read before it is not what it reads.
            memory.write(written_variables(op))
            isolated = lookup_spec(op.name) is None or has_trait(op, Trait.ISOLATED)
            for region in op.regions:
                _merge_in_region(region, [] if isolated else scopes, memory, rewriter)
            continue
        key = _key(op, memory)
        if key is None:
            if not has_trait(op, Trait.PURE):
                memory.write(written_variables(op))
            continue
        first = next((scope[key] for scope in scopes if key in scope), None)
        if first is None:
            scopes[-1][key] = op
        else:
            _merge(first, op, rewriter)


def _key(op: Operation, memory: _Memory) -> Key | None:
    """Return what equal operations have in common; None if `op` must stay."""
    spec = lookup_spec(op.name)
    if spec is None or op.successors or not op.results:
        return None
    if Trait.PURE in spec.traits:
        state = None
    elif Trait.READ in spec.traits:
        state = memory.state(variable_of(op))
    else:
        return None
    types = tuple(value.type for value in op.results)
    return op.name, tuple(op.operands), types, _attributes(op), state


def _attributes(op: Operation) -> tuple[tuple[str, Attribute], ...]:
    return tuple(sorted(op.attributes.items(), key=lambda item: item[0]))


def _merge(first: Operation, second: Operation, rewriter: Rewriter) -> None:
    """Replace `second` by `first`, which then stands for both places of the source."""
    first.location = fuse_locations(first.location, second.location)
    with rewriter.rewriting(second, "merge_equal"):
        rewriter.replace(second, first)
