"""Feature classes: which values of a model must have their features in the same order on the PEs.

Elementwise work, norms, reshapes and carried values tie features together; a matrix product does
not. Attention ties a class to heads: its features are then ordered so that rotary pairs are
neighbours and the query heads of one key head lie on the PEs of that key head.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

from ...ir.diagnostics import error_at
from ...ir.dialects.nn import BINARY, UNARY, shape_of, tensor_type
from ...ir.layout import Split, heads_split
from ...ir.operation import Operation, Value
from .weight_values import values_of_weights
from .whole_values import whole_classes


@dataclass(frozen=True, slots=True)
class Heads:
    """A class's features seen as `kv_heads` key heads, `group` query heads each, of `head_dim` features."""

    kv_heads: int
    group: int
    head_dim: int


def feature_count(value: Value) -> int:
    """Return the features of one row of `value`; what has one dimension is one row."""
    shape = tensor_type(value).shape
    return prod(shape[1:] if len(shape) > 1 else shape)


class FeatureClasses:
    """Union-find over the values of one function."""

    def __init__(self, function: Operation) -> None:
        self._weights = values_of_weights(function)
        self._pairs = any(op.name == "nn.rope" for op in function.walk())
        self._parent: dict[Value, Value] = {}
        self._heads: dict[Value, Heads] = {}
        self._rows_of_tables: dict[Value, int] = {}
        for op in function.walk():
            self._link(op)
        # Attention knows more than a rotary embedding (how query heads share key heads), so it goes first.
        for name in ("nn.attention", "nn.rope"):
            for op in function.walk():
                if op.name == name:
                    self._require_heads(op)
        for op in function.walk():
            if op.name == "nn.gather" and len(shape_of(op.result)) == 3 and shape_of(op.result)[1] > 1:
                self._require_rows(op)
        self._whole = whole_classes(function, self._find)

    def split(self, value: Value, axis: str) -> Split:
        """Return how the features of `value` are split when they lie along `axis`, unless they are whole."""
        root, count = self._find(value), feature_count(value)
        if root in self._whole:
            return Split(count)
        if root in self._heads:
            heads = self._heads[root]
            return heads_split(axis, heads.kv_heads, heads.group, heads.head_dim, pairs=self._pairs)
        if root in self._rows_of_tables:
            rows = self._rows_of_tables[root]
            return Split(count, axis, (rows, count // rows), (0, 1), local=rows)
        return Split(count, axis)

    def heads(self, value: Value) -> Heads:
        """Return the heads of a class that an attention or rotary embedding touches. Raises `KeyError`."""
        return self._heads[self._find(value)]

    def _find(self, value: Value) -> Value:
        root = value
        while (parent := self._parent.get(root, root)) is not root:
            root = parent
        self._parent[value] = root
        return root

    def _union(self, left: Value, right: Value) -> None:
        self._parent[self._find(right)] = self._find(left)

    def _link(self, op: Operation) -> None:
        kind = op.name.removeprefix("nn.")
        if kind in (*UNARY, "rmsnorm", "layernorm", "softmax", "rope", "reshape", "transpose", "append"):
            self._union(op.operands[0], op.result)
        elif kind in BINARY:
            for operand in op.operands:
                if operand not in self._weights and feature_count(operand) == feature_count(op.result):
                    self._union(operand, op.result)
        elif kind == "attention":
            self._union(op.operands[0], op.result)
            self._union(op.operands[1], op.operands[2])
        elif kind in ("repeat", "fused", "mixture"):
            arguments = op.body.arguments if kind == "fused" else op.body.arguments[1:]
            for outer, inner in zip(op.operands[: len(arguments)], arguments, strict=True):
                self._union(outer, inner)
            terminator = op.body.terminator
            if terminator is not None:
                for inner, outer in zip(terminator.operands, op.results, strict=True):
                    self._union(inner, outer)
            if kind == "repeat":
                for initial, final in zip(op.operands, op.results, strict=True):
                    self._union(initial, final)

    def _require_heads(self, op: Operation) -> None:
        shape = tensor_type(op.operands[0]).shape
        if op.name == "nn.rope":
            if self._find(op.operands[0]) not in self._heads:
                self._set(op, op.operands[0], Heads(shape[1], 1, shape[2]))
            return
        kv_heads = tensor_type(op.operands[1]).shape[1]
        self._set(op, op.operands[0], Heads(kv_heads, shape[1] // kv_heads, shape[2]))
        self._set(op, op.operands[1], Heads(kv_heads, 1, shape[2]))

    def _require_rows(self, op: Operation) -> None:
        """Several rows of a table, looked up at once, lie one behind the other on each PE, cut alike."""
        root, rows = self._find(op.result), shape_of(op.result)[1]
        if root in self._heads or self._rows_of_tables.setdefault(root, rows) != rows:
            message = f"{rows} rows of a table cannot be used as what has other parts"
            raise error_at(message, op.location, "a product between the two gives features a new order")

    def _set(self, op: Operation, value: Value, heads: Heads) -> None:
        root = self._find(value)
        known = self._heads.setdefault(root, heads)
        if known != heads:
            raise error_at(
                "the same features are wanted in two head layouts",
                op.location,
                f"once as {known.kv_heads} x {known.group} heads of {known.head_dim}, "
                f"once as {heads.kv_heads} x {heads.group} heads of {heads.head_dim}",
            )
