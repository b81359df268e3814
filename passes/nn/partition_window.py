"""Attention over a window of rows that are all there at once, from `nn` to `dist`.

Each PE has all rows of its features, the same along the other axis. So that axis shares the rows whose
queries are asked: a PE computes the scores of its rows with all rows, their softmax and their mix, and one
all-reduce puts everybody's rows together again.
"""

from __future__ import annotations

import math

from ...ir.attributes import F32, UNIT, Attribute, IntegerAttr, f32, i64
from ...ir.diagnostics import DiagnosticError, error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import tensor_type
from ...ir.layout import Split, other_axis
from ...ir.operation import Operation
from .partition_builder import PartitionBuilder, Scope


def different_axes(op: Operation) -> DiagnosticError:
    """Return what to raise where an attention's operands do not lie along one axis."""
    return error_at(
        "queries, keys and values lie on different axes of the grid",
        op.location,
        "a product, 'concat' or 'slice' moves features to the other axis; these had unlike numbers of them",
    )


class WindowPartitioner(PartitionBuilder):
    """Lowers attention without caches."""

    def lower_window_attention(self, scope: Scope, op: Operation) -> None:
        """Scores completed over the features' axis, softmax and mix without others, then all rows again."""
        q, k, v = (self.value(operand) for operand in op.operands)
        heads = self.classes.heads(op.operands[0])
        features, keys = dist_tensor(q).dims[0], dist_tensor(k).dims[0]
        if features.axis != keys.axis or keys != dist_tensor(v).dims[0]:
            raise different_axes(op)
        (rows,) = self.rows
        mine = Split(rows.extent, other_axis(str(features.axis)))
        count = Split(heads.kv_heads * heads.group)
        head_dim = i64(heads.head_dim)

        def kind(*dims: Split, partial: str | None = None) -> DistTensor:
            return DistTensor(scope.grid, dims, F32, partial)

        partial = kind(count, mine, rows, partial=features.axis)
        scores = self.all_reduce(scope, self.emit(scope, "scores", [q, k], [partial], {"head_dim": head_dim}))
        causal: dict[str, Attribute] = {"causal": UNIT} if op.attribute("causal", IntegerAttr).value else {}
        attributes: dict[str, Attribute] = {"head_dim": head_dim, "features": keys}
        largest = self.emit(scope, "softmax_max", scores, [kind(count, mine)], attributes | causal)
        attributes = {"head_dim": head_dim, "scale": f32(1.0 / math.sqrt(heads.head_dim))} | causal
        types = [kind(features, mine), kind(count, mine)]
        mixed, weight = self.emit(scope, "softmax_mix", [*scores, *largest, v], types, attributes)
        element = tensor_type(op.result).element
        divided = kind(features, mine).with_element(element)
        part = self.emit(scope, "softmax_divide", [mixed, weight], [divided], {"head_dim": head_dim})
        spread = DistTensor(scope.grid, (features, rows), element, mine.axis)
        self.values[op.result] = self.all_reduce(scope, self.emit(scope, "spread", part, [spread]))[0]
