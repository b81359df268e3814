"""Values that are best whole on every PE: short vectors that only a choice and elementwise work look at.

All PEs make them by the same work on the same bits. That repeats a little work and memory, and saves the
collective that would put together what was split.
"""

from __future__ import annotations

from collections.abc import Callable

from ...ir.dialects.nn import BINARY, UNARY, tensor_type
from ...ir.operation import Operation, Value

MOST_FEATURES = 64
"""Of a longer vector the PEs of an axis had better make a part each, and exchange the parts."""
_CHOOSES = {"nn.mixture": 1, "nn.top_k": 0, "nn.pick": 0}
"""The operations that need a vector whole, and which operand that is."""
_PASSES_ON = frozenset(f"nn.{name}" for name in (*UNARY, *BINARY, "softmax", "fused"))
_MAKES = _PASSES_ON | {"nn.matmul"}


def whole_classes(function: Operation, find: Callable[[Value], Value]) -> set[Value]:
    """Return the classes, by what `find` gives for their values, that are to be whole on each PE."""
    operations = list(function.walk())
    found = {
        find(value)
        for op in operations
        if (value := _chosen_from(op)) is not None and _feature_count(value) <= MOST_FEATURES
    }
    for op in operations:
        chosen_from = _chosen_from(op)
        fused = op.parent_op is not None and op.parent_op.name == "nn.fused"
        if not (op.name in _PASSES_ON or (fused and op.name == "nn.yield")):
            found -= {find(value) for value in op.operands if value is not chosen_from}
        if op.name not in _MAKES:
            found -= {find(value) for value in op.results}
        if op.name != "nn.fused":
            found -= {find(value) for region in op.regions for b in region.blocks for value in b.arguments}
    return found


def _chosen_from(op: Operation) -> Value | None:
    """Return the vector among whose elements `op` chooses, if it does."""
    return op.operands[_CHOOSES[op.name]] if op.name in _CHOOSES else None


def _feature_count(value: Value) -> int:
    return tensor_type(value).shape[-1]
