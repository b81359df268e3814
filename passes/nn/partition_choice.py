"""Choices and mixtures of experts from `nn` to `dist`.

Scores are made whole on every PE, which then chooses for itself. The experts run in turn, in place.
"""

from __future__ import annotations

from abc import abstractmethod

from ...ir.attributes import F32, I32, INDEX, Attribute, IntegerAttr, i64
from ...ir.builder import Builder
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import tensor_type
from ...ir.layout import Split
from ...ir.operation import Block, Operation, Region, Value
from .partition_builder import BOUNDARY_AXIS, PartitionBuilder, Scope


class ChoicePartitioner(PartitionBuilder):
    """Lowers what chooses among the elements of a vector."""

    @abstractmethod
    def lower_block(self, scope: Scope, block: Block) -> None:
        """Lower all operations of `block`."""

    def choose(self, scope: Scope, x: Value, k: int) -> tuple[Value, Value]:
        """Return the indices (i32) and values (f32) of the `k` largest elements of `x`, whole on each PE."""
        if self.rows:
            message = "each row of a window chooses for itself, which cannot be put on a wafer yet"
            raise error_at(message, scope.builder.location, "entry 'decode' takes one row at a time")
        whole = self.along(scope, self.vector(scope, x), None)
        kind, chosen = dist_tensor(whole), (Split(k),)
        types = [
            DistTensor(scope.grid, chosen, I32),
            DistTensor(scope.grid, chosen, F32),
            kind.with_element(F32),
        ]
        indices, values, _ = self.emit(scope, "top_k", [whole], types, {"k": i64(k)})
        return indices, values

    def lower_top_k(self, scope: Scope, op: Operation) -> None:
        """Let each PE choose."""
        self.values[op.result], _ = self.choose(scope, op.operands[0], op.attribute("k", IntegerAttr).value)

    def lower_pick(self, scope: Scope, op: Operation) -> None:
        """Take the elements on each PE, then keep those of its tile."""
        whole, indices = (
            self.along(scope, self.vector(scope, op.operands[0]), None),
            self.value(op.operands[1]),
        )
        kind = DistTensor(scope.grid, dist_tensor(indices).dims, dist_tensor(whole).element)
        picked = self.emit(scope, "pick", [whole, indices], [kind])[0]
        self.values[op.result] = self.along(scope, picked, BOUNDARY_AXIS)

    def lower_mixture(self, scope: Scope, op: Operation) -> None:
        """Choose experts, turn their scores into weights, and run the body for each."""
        indices, values = self.choose(scope, op.operands[1], op.attribute("k", IntegerAttr).value)
        weights = self.softmax(scope, values)
        number, row = op.body.arguments
        block = Block([INDEX])
        self.numbers[number] = block.arguments[0]
        self.values[row] = self.vector(scope, op.operands[0])
        inner = Scope(Builder(block, location=op.location), scope.grid, scope.prologue, scope.tables)
        self.lower_block(inner, op.body)
        terminator = op.body.operations[-1]
        given = self.vector(inner, terminator.operands[0])
        with inner.builder.at(terminator.location):
            self.emit(inner, "yield", [given], [])
        attributes: dict[str, Attribute] = {key: op.attributes[key] for key in ("count", "label")}
        kind = dist_tensor(given).with_element(F32)
        regions = [Region([block])]
        total = scope.builder.create("dist.mixture", [indices, weights], [kind], attributes, regions)
        self.values[op.result] = self.map(scope, "cast", [total.result], tensor_type(op.result).element)
