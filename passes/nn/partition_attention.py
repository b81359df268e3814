"""Attention, rotary embeddings and caches from `nn` to `dist`.

Features lie along one axis of the grid, cached positions along the other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...ir.attributes import (
    F32,
    Attribute,
    FloatAttr,
    IntegerAttr,
    SymbolRefAttr,
    TensorType,
    f32,
    i64,
    symbol,
)
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import tensor_type
from ...ir.layout import Split, other_axis
from ...ir.location import Location, fuse_locations
from ...ir.operation import Operation, Value
from .partition_builder import Scope
from .partition_window import WindowPartitioner, different_axes


class AttentionPartitioner(WindowPartitioner):
    """Lowers what attention needs."""

    def lower_rope(self, scope: Scope, op: Operation) -> None:
        """Rotate pairs of features by angles that are computed once per position."""
        x = self.value(op.operands[0])
        heads = self.classes.heads(op.operands[0])
        pairs = Split(heads.kv_heads * heads.head_dim // 2, dist_tensor(x).dims[0].axis)
        key = (op.attribute("theta", FloatAttr).value, pairs)
        if key in scope.tables:
            _needed_by(scope.tables[key], op.location)
        else:
            scope.tables[key] = self.rotation_tables(scope, op, key[0], pairs, heads.head_dim)
        rotated = self.emit(scope, "rotate", [x, *scope.tables[key]], [dist_tensor(x).with_element(F32)])[0]
        self.values[op.result] = self.map(scope, "cast", [rotated], tensor_type(op.result).element)

    def rotation_tables(
        self, scope: Scope, op: Operation, theta: float, pairs: Split, head_dim: int
    ) -> tuple[Value, Value, Value]:
        """Return cos, sin and -sin of position * theta^(-2i/head_dim) for each pair, computed before the
        layers.
        """
        half = head_dim // 2
        frequencies = np.float32(theta) ** (-2.0 * np.arange(half, dtype=np.float32) / np.float32(head_dim))
        values = np.tile(frequencies.astype(np.float32), pairs.extent // half)
        before = Scope(scope.prologue, scope.grid, scope.prologue)
        with before.builder.at(op.location):
            table = self.constant(before, f"{scope.grid}.rope{len(scope.tables)}", values, pairs, op)
            position = self.emit(before, "position", [], [DistTensor(scope.grid, self.rows, F32)])[0]
            angle = self.map(before, "mul", [table, position])
            sine = self.map(before, "sin", [angle])
            return self.map(before, "cos", [angle]), sine, self.map(before, "neg", [sine])

    def lower_append(self, scope: Scope, op: Operation) -> None:
        """Deal the positions of a cache out over the axis across the features."""
        if self.rows:
            raise error_at(
                "rows that are all there at once cannot be appended to a cache",
                op.location,
                "in entry 'encode' attention reads the rows themselves: attention(q, k, v)",
            )
        row = self.value(op.operands[0])
        variable = self.variables[op.attribute("variable", SymbolRefAttr).leaf]
        shape = variable.attribute("type", TensorType)
        features = dist_tensor(row).dims[0]
        capacity = shape.shape[1 if "stacked" in variable.attributes else 0]
        positions = Split(capacity, other_axis(str(features.axis)), cyclic=True)
        kind = DistTensor(scope.grid, (positions, features), shape.element)
        operands = [row, *(self.numbers[number] for number in op.operands[1:])]
        attributes: dict[str, Attribute] = {"variable": symbol(self.variable(variable, kind))}
        self.values[op.result] = self.emit(scope, "append", operands, [kind], attributes)[0]

    def lower_attention(self, scope: Scope, op: Operation) -> None:
        """Local scores, softmax over the positions and mix, each completed by an all-reduce."""
        if self.rows:
            self.lower_window_attention(scope, op)
            return
        q, k, v = (self.value(operand) for operand in op.operands)
        heads = self.classes.heads(op.operands[0])
        cache = dist_tensor(k)
        if len(cache.dims) != 2 or len(dist_tensor(v).dims) != 2:
            raise error_at(
                "attention reads its keys and values from caches; append them first",
                op.location,
                "rows that are all there at once are for entry 'encode'",
            )
        if not op.attribute("causal", IntegerAttr).value:
            raise error_at("decode needs causal attention: later positions do not exist yet", op.location)
        features = dist_tensor(q).dims[0]
        if features.axis != cache.dims[1].axis or cache.dims != dist_tensor(v).dims:
            raise different_axes(op)
        positions = cache.dims[0]
        count = Split(heads.kv_heads * heads.group)
        head_dim = i64(heads.head_dim)
        scores = self.emit(
            scope,
            "scores",
            [q, k],
            [DistTensor(scope.grid, (count, positions), F32, features.axis)],
            {"head_dim": head_dim},
        )
        (scores,) = self.all_reduce(scope, scores)
        largest = self.emit(
            scope,
            "softmax_max",
            [scores],
            [DistTensor(scope.grid, (count,), F32, positions.axis, "max")],
            {"head_dim": head_dim, "features": cache.dims[1]},
        )
        (largest,) = self.all_reduce(scope, largest)
        partials = self.emit(
            scope,
            "softmax_mix",
            [scores, largest, v],
            [
                DistTensor(scope.grid, (features,), F32, positions.axis),
                DistTensor(scope.grid, (count,), F32, positions.axis),
            ],
            {"head_dim": head_dim, "scale": f32(1.0 / math.sqrt(heads.head_dim))},
        )
        mixed, weight = self.all_reduce(scope, partials)
        kind = DistTensor(scope.grid, (features,), tensor_type(op.result).element)
        self.values[op.result] = self.emit(
            scope, "softmax_divide", [mixed, weight], [kind], {"head_dim": head_dim}
        )[0]


def _needed_by(values: Sequence[Value], location: Location) -> None:
    """Note that what `values` are computed from is there for `location`, too."""
    for op in (value.defining_op for value in values):
        if op is not None:
            op.location = fuse_locations(op.location, location)
            _needed_by(op.operands, location)
