"""Pass `fuse`: elementwise operations that feed each other become one, without rounding in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ...ir.attributes import F32, TensorType, TypeAttribute
from ...ir.dialects.nn import BINARY, UNARY, tensor_type
from ...ir.location import fuse_locations
from ...ir.operation import Block, Operation, Region, Value
from ...ir.rewriter import Rewriter
from ..base import Pass, PassContext

ELEMENTWISE = frozenset(f"nn.{name}" for name in (*UNARY, *BINARY))


@dataclass(frozen=True, slots=True)
class Fuse(Pass):
    """Group elementwise operations into `nn.fused`, whose inner values stay in the accumulate type."""

    name: ClassVar[str] = "fuse"
    required: ClassVar[bool] = False
    anchors: ClassVar[tuple[str, ...] | None] = None

    def run(self, module: Operation, context: PassContext) -> None:
        """Fuse within each block, but not inside what is fused already."""
        accumulate = _accumulate_type(module)
        rewriter = Rewriter(module, listeners=context.listeners)
        for op in module.walk():
            if op.name != "nn.fused":
                for region in op.regions:
                    for block in region.blocks:
                        for group in elementwise_groups(block):
                            with rewriter.rewriting(group[-1], "fuse_elementwise"):
                                _fuse(group, accumulate, rewriter)


def _accumulate_type(operation: Operation) -> TypeAttribute:
    """Return the type of inner values, which `operation` or the nearest one around it that says so gives."""
    current: Operation | None = operation
    while current is not None and "nn.accumulate" not in current.attributes:
        current = current.parent_op
    return F32 if current is None else current.attribute("nn.accumulate", TypeAttribute)


def elementwise_groups(block: Block) -> list[list[Operation]]:
    """Return the groups of at least two elementwise operations of `block` to fuse, each in program order.

    An operation belongs to the group of its users if they all belong to one. So only the value of a
    group's last operation is used outside of it, and the group can take that operation's place.
    """
    group_of: dict[Operation, list[Operation]] = {}
    groups: list[list[Operation]] = []
    for op in reversed(block.operations):
        if op.name not in ELEMENTWISE:
            continue
        users = op.result.users()
        group = group_of.get(users[0]) if users else None
        if group is None or any(group_of.get(user) is not group for user in users):
            group = list[Operation]()
            groups.append(group)
        group.append(op)
        group_of[op] = group
    return [group[::-1] for group in reversed(groups) if len(group) > 1]


def _fuse(group: list[Operation], accumulate: TypeAttribute, rewriter: Rewriter) -> None:
    """Replace `group` by one `nn.fused` at the place of its last operation.

    That operation keeps its type, to which the group's result is rounded.
    """
    last = group[-1]
    members = set(group)
    body = Block()
    inner: dict[Value, Value] = {}
    inputs: list[Value] = []
    for op in group:
        for operand in op.operands:
            source = operand.defining_op
            if operand in inner or source in members:
                continue
            if source is not None and source.name == "nn.constant":
                body.append(source.clone(inner))
            else:
                inner[operand] = body.add_argument(operand.type)
                inputs.append(operand)
        copy = op.clone(inner)
        if op is not last:
            copy.result.type = TensorType(tensor_type(op.result).shape, accumulate)
        body.append(copy)
    location = fuse_locations(*(op.location for op in group))
    body.append(Operation("nn.yield", [inner[last.result]], location=location))
    fused = rewriter.create("nn.fused", inputs, [last.result.type], None, [Region([body])], location)
    fused.result.name_hint = last.result.name_hint
    rewriter.replace(last, fused)
    for op in reversed(group[:-1]):
        rewriter.erase(op)
