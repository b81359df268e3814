"""Pass `combine-collectives`: all-reduces over one axis that do not wait for each other share one message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.dialects.dist import dist_tensor
from ...ir.location import fuse_locations
from ...ir.operation import Block, Operation
from ...ir.rewriter import Rewriter
from ..base import Pass, PassContext
from ..dependences import dependences, depends_on, reorder, topological_order


@dataclass(frozen=True, slots=True)
class CombineCollectives(Pass):
    """Merge independent `dist.all_reduce` operations of one axis and kind: one start-up cost instead of
    several.
    """

    name: ClassVar[str] = "combine-collectives"
    required: ClassVar[bool] = False

    def run(self, module: Operation, context: PassContext) -> None:
        """Merge within each block, to a fixed point."""
        rewriter = Rewriter(module, listeners=context.listeners)
        for op in module.walk():
            for region in op.regions:
                for block in region.blocks:
                    while _merge_one(block, rewriter):
                        continue


def _merge_one(block: Block, rewriter: Rewriter) -> bool:
    """Merge the first pair that can be merged; return whether there was one."""
    collectives = [op for op in block.operations if op.name == "dist.all_reduce"]
    if len(collectives) < 2:
        return False
    graph = dependences(block)
    for index, first in enumerate(collectives):
        for second in collectives[index + 1 :]:
            if _key(first) == _key(second) and not depends_on(graph, second, first):
                with rewriter.rewriting(second, "merge_collectives"):
                    _merge(first, second, rewriter)
                reorder(block, topological_order(dependences(block)))
                return True
    return False


def _key(op: Operation) -> tuple[object, ...]:
    kind = dist_tensor(op.operands[0])
    return (kind.grid, op.attributes["axis"], op.attributes["fn"], kind.element)


def _merge(first: Operation, second: Operation, rewriter: Rewriter) -> None:
    """Let one operation, in the place of `second`, do the work of both."""
    merged = rewriter.create(
        "dist.all_reduce",
        [*first.operands, *second.operands],
        [value.type for op in (first, second) for value in op.results],
        first.attributes,
        location=fuse_locations(first.location, second.location),
    )
    count = len(first.results)
    rewriter.replace(first, merged.results[:count])
    rewriter.replace(second, merged.results[count:])
