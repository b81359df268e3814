"""Which values share a buffer, and how long each buffer is in use: the facts that `allocate` packs.

Collectives work in place, so an all-reduce's operands and results are one buffer, several in a row
where a message carries several. A loop's carried value is one buffer throughout.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.location import Location
from ...ir.operation import Block, Operation, Value
from ..cost import CostModel

HANDLES = ("dist.read", "dist.append")
"""Operations whose result is a variable's own memory."""


@dataclass(slots=True)
class Buffer:
    """One temporary buffer: its values, size in bytes, first and last step of use."""

    name: str
    size: int
    location: Location
    start: int
    end: int
    values: list[Value] = field(default_factory=lambda: list[Value]())


def works_in_place(operand: Value, op: Operation) -> bool:
    """Whether `op` may overwrite the buffer of `operand`: nobody else reads the value, and `op` only once."""
    alone = operand.users() == [op] and sum(1 for other in op.operands if other is operand) == 1
    return alone and operand.block is op.parent


class BufferPlan:
    """Buffers of all values of a region, with lifetimes in steps of its program order."""

    def __init__(self, body: Block, model: CostModel) -> None:
        self.model = model
        self.buffers: list[Buffer] = []
        self.of: dict[Value, Buffer] = {}
        self._step = 0
        self._visit(body, [])

    def _new(self, name: str, size: int, op: Operation) -> Buffer:
        buffer = Buffer(name, size, op.location, self._step, self._step)
        self.buffers.append(buffer)
        return buffer

    def _bind(self, value: Value, buffer: Buffer) -> None:
        self.of[value] = buffer
        buffer.values.append(value)

    def _visit(self, block: Block, loops: list[int]) -> None:
        for op in block.operations:
            self._step += 1
            for operand in op.operands:
                self._use(operand, loops)
            if op.name == "dist.repeat":
                self._loop(op, loops)
            elif op.name == "dist.mixture":
                self._mixture(op, loops)
            elif op.name == "dist.all_reduce":
                self._collective(op)
            elif op.name not in HANDLES and op.name != "dist.input":
                self._results(op)

    def _use(self, value: Value, loops: list[int]) -> None:
        """Extend the life of a value to this step, or to the end of the outermost loop that it enters."""
        buffer = self.of.get(value)
        if buffer is not None:
            entered = [
                end for start, end in zip(loops[::2], loops[1::2], strict=True) if buffer.start < start
            ]
            buffer.end = max(buffer.end, entered[0] if entered else self._step)

    def _results(self, op: Operation) -> None:
        for index, value in enumerate(op.results):
            if not isinstance(value.type, DistTensor) or value in self.of:
                continue
            suffix = f".{index}" if len(op.results) > 1 else ""
            name = f"{op.name.partition('.')[2]}{suffix}"
            self._bind(value, self._bucket_or_new(name, value, op))

    def _bucket_or_new(self, name: str, value: Value, op: Operation) -> Buffer:
        """A buffer for `value`; if it goes into a shared message in place, the message's buffer."""
        users = value.users()
        if len(users) == 1 and users[0].name == "dist.all_reduce" and works_in_place(value, users[0]):
            message = users[0]
            for other in message.operands:
                if other in self.of and works_in_place(other, message):
                    buffer = self.of[other]
                    buffer.start = min(buffer.start, self._step)
                    return buffer
            return self._new("message", self._message_bytes(message), op)
        return self._new(name, self.model.capacity_bytes(dist_tensor(value)), op)

    def _message_bytes(self, op: Operation) -> int:
        return sum(self.model.capacity_bytes(dist_tensor(value)) for value in op.operands)

    def _collective(self, op: Operation) -> None:
        shared = next((self.of[v] for v in op.operands if works_in_place(v, op) and v in self.of), None)
        buffer = shared if shared is not None else self._new("message", self._message_bytes(op), op)
        for value in op.results:
            self._bind(value, buffer)
        buffer.end = max(buffer.end, self._step)

    def _loop(self, op: Operation, loops: list[int]) -> None:
        for initial, inner, final in zip(op.operands, op.body.arguments[1:], op.results, strict=True):
            known = self.of.get(initial)
            if known is not None and works_in_place(initial, op):
                buffer = known
            else:
                buffer = self._new("carried", self.model.capacity_bytes(dist_tensor(inner)), op)
            for value in (inner, final):
                self._bind(value, buffer)
        self._carry_in_place(op)
        self._visit_body(op, loops)
        self._keep((*op.results, *op.body.arguments[1:]))

    def _mixture(self, op: Operation, loops: list[int]) -> None:
        """The sum is there before the first expert; experts and weights until the last has run."""
        self._results(op)
        self._visit_body(op, loops)
        self._keep((*op.operands, *op.results))

    def _visit_body(self, op: Operation, loops: list[int]) -> None:
        start = self._step
        end = start + sum(1 for nested in op.walk() if nested is not op)
        self._visit(op.body, [*loops, start, end])
        self._step = end

    def _keep(self, values: Iterable[Value]) -> None:
        """Let values live up to this step."""
        for value in values:
            self.of[value].end = max(self.of[value].end, self._step)

    def _carry_in_place(self, op: Operation) -> None:
        """Let the operation that makes the next carried value write where the current one lies, if that is
        safe.
        """
        terminator = op.body.operations[-1]
        for value, inner in zip(terminator.operands, op.body.arguments[1:], strict=True):
            maker = value.defining_op
            if maker is None or maker.parent is not op.body or maker.name != "dist.map":
                continue
            later = any(maker.is_before_in_block(user) for user in inner.users() if user.parent is op.body)
            nested = any(user.parent is not op.body for user in inner.users())
            if not later and not nested and value.users() == [terminator]:
                self._bind(value, self.of[inner])
