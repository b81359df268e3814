"""Attention on one PE: scores, softmax and mix over the heads whose features the PE holds.

A PE's tile of features may begin and end inside a head. Per-head values (largest score, weight) are
kept for the heads that the tile touches only, in a row; scores are kept for all heads, since their
sum over the features' axis needs all.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from ...ir.attributes import F32, FloatAttr, IntegerAttr, SymbolRefAttr
from ...ir.dialects.dist import dist_tensor
from ...ir.layout import Split
from ...ir.operation import Operation, Value
from .program_builder import ProgramBuilder

NEGATIVE_INFINITY = float("-inf")


@dataclass(frozen=True, slots=True)
class HeadWindow:
    """Query heads `first` to `first + count`, in order of key heads, that a PE's features touch."""

    first_kv: Value
    end_kv: Value
    first: Value
    count: Value


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a tile that belongs to one query head: `start` and `length` within the tile of one group
    member.
    """

    head: Value
    feature: Value
    start: Value
    length: Value


class AttentionLowering(ABC):
    """The attention operations; the rest of the lowering provides addresses."""

    p: ProgramBuilder

    @abstractmethod
    def address(self, value: Value) -> Value:
        """The address of a value's tile."""

    @abstractmethod
    def variable_address(self, name: str, iteration: tuple[Value, ...]) -> Value:
        """The address of a variable's tile."""

    def head_window(self, value: Value) -> HeadWindow | None:
        """The window of a per-head value; None for any other."""
        op = value.defining_op
        while op is not None and op.name == "dist.all_reduce":
            value = op.operands[value.index]
            op = value.defining_op
        if op is None:
            return None
        if op.name == "dist.softmax_max":
            features = op.attribute("features", Split)
            group = dist_tensor(value).dims[0].extent * op.attribute("head_dim", IntegerAttr).value
            return self._window(
                features, op.attribute("head_dim", IntegerAttr).value, group // features.extent
            )
        if op.name == "dist.softmax_mix" and value.index == 1:
            features = dist_tensor(op.results[0]).dims[0]
            return self._window(features, op.attribute("head_dim", IntegerAttr).value, features.local)
        return None

    def _window(self, features: Split, head_dim: int, group: int) -> HeadWindow:
        with self.p.once():
            size = self.p.constant(head_dim)
            base, count = self.p.base(features), self.p.count(features)
            first_kv = self.p.integer("divi", base, size)
            end = self.p.add(self.p.add(base, count), self.p.constant(head_dim - 1))
            end_kv = self.p.integer("divi", end, size)
            group_size = self.p.constant(group)
            first = self.p.mul(first_kv, group_size)
            heads = self.p.mul(self.p.sub(end_kv, first_kv), group_size)
        return HeadWindow(first_kv, end_kv, first, heads)

    @contextmanager
    def _pieces(self, features: Split, head_dim: int, window: HeadWindow) -> Generator[Piece]:
        """A loop over the query heads of the window."""
        base, count = self.p.base(features), self.p.count(features)
        size = self.p.constant(head_dim)
        zero, group = self.p.constant(0), self.p.constant(features.local)
        with self.p.loop(window.first_kv, window.end_kv) as kv_head:
            low = self.p.sub(self.p.mul(kv_head, size), base)
            start = self.p.integer("maxi", low, zero)
            end = self.p.integer("mini", self.p.add(low, size), count)
            length = self.p.sub(end, start)
            first_head = self.p.mul(kv_head, group)
            if features.local == 1:
                yield Piece(first_head, start, start, length)
                return
            with self.p.loop(zero, group) as member:
                feature = self.p.add(self.p.mul(member, count), start)
                yield Piece(self.p.add(first_head, member), feature, start, length)

    def _at(self, address: Value, index: Value, element_bytes: int) -> Value:
        return self.p.add(address, self.p.mul(index, self.p.constant(element_bytes)))

    def _append(self, op: Operation) -> None:
        row = op.operands[0]
        positions, features = dist_tensor(op.result).dims
        name = op.attribute("variable", SymbolRefAttr).leaf
        cache = self.variable_address(name, tuple(op.operands[1:]))
        element = dist_tensor(row).element
        count = self.p.elements((features,))
        position = self.p.argument("position")
        parts = self.p.constant(self.p.parts[str(positions.axis)])
        with self.p.once():
            turn = self.p.integer("remi", position, parts)
            slot = self.p.integer("divi", position, parts)
        with self.p.when("eq", turn, self.p.coordinate(str(positions.axis))):
            offset = self.p.mul(slot, self.p.mul(count, self.p.constant(dist_tensor(row).element_bytes)))
            target = self.p.dsd(self.p.add(cache, offset), element, count)
            self.p.map("copy", target, self.p.dsd(self.address(row), element, count))
        self.set_address(op.result, cache)

    @abstractmethod
    def set_address(self, value: Value, address: Value) -> None:
        """Note where a value lies."""

    def _scores(self, op: Operation) -> None:
        q, k = op.operands
        heads, positions = dist_tensor(op.result).dims
        features, keys = dist_tensor(q).dims[0], dist_tensor(k).dims[1]
        head_dim = op.attribute("head_dim", IntegerAttr).value
        seen = self.p.count(positions)
        one, zero = self.p.constant(1), self.p.constant(0)
        scores, kind = self.address(op.result), dist_tensor(q)
        self.p.fill(self.p.dsd(scores, F32, self.p.mul(self.p.constant(heads.extent), seen)))
        window = self._window(keys, head_dim, features.local)
        with self._pieces(features, head_dim, window) as piece:
            row = self._at(scores, self.p.mul(piece.head, seen), 4)
            key = self._at(self.address(k), piece.start, dist_tensor(k).element_bytes)
            query = self._at(self.address(q), piece.feature, kind.element_bytes)
            operands = (
                self.p.strided(row, F32, piece.length, zero, seen, one),
                self.p.strided(key, dist_tensor(k).element, piece.length, one, seen, self.p.count(keys)),
                self.p.strided(query, kind.element, piece.length, one, seen, zero),
            )
            self.p.run("fma", operands)

    def _windowed_scores(self, scores: Value, window: HeadWindow) -> Value:
        """A descriptor of the window's rows of the scores."""
        seen = self.p.count(dist_tensor(scores).dims[1])
        row = self._at(self.address(scores), self.p.mul(window.first, seen), 4)
        return self.p.strided(row, F32, window.count, seen, seen, self.p.constant(1))

    def _per_head(self, value: Value, scores: Value, window: HeadWindow) -> Value:
        """A descriptor of a per-head value, each element repeated for all positions."""
        seen = self.p.count(dist_tensor(scores).dims[1])
        one, zero = self.p.constant(1), self.p.constant(0)
        return self.p.strided(self.address(value), F32, window.count, one, seen, zero)

    def _softmax_max(self, op: Operation) -> None:
        scores = op.operands[0]
        window = self.head_window(op.result)
        assert window is not None
        self.p.fill(self.p.dsd(self.address(op.result), F32, window.count), NEGATIVE_INFINITY)
        largest = self._per_head(op.result, scores, window)
        self.p.map("max", largest, largest, self._windowed_scores(scores, window))

    def _softmax_mix(self, op: Operation) -> None:
        scores, largest, v = op.operands
        mixed, weight = op.results
        features, values = dist_tensor(mixed).dims[0], dist_tensor(v).dims[1]
        head_dim = op.attribute("head_dim", IntegerAttr).value
        window = self.head_window(weight)
        assert window is not None
        rows = self._windowed_scores(scores, window)
        self.p.map("sub", rows, rows, self._per_head(largest, scores, window))
        self.p.map("mul", rows, rows, value=op.attribute("scale", FloatAttr).value)
        self.p.map("exp", rows, rows)
        self.p.fill(self.p.dsd(self.address(weight), F32, window.count))
        total = self._per_head(weight, scores, window)
        self.p.map("add", total, total, rows)
        self.p.fill(self.p.dsd(self.address(mixed), F32, self.p.elements((features,))))
        seen = self.p.count(dist_tensor(scores).dims[1])
        one, zero = self.p.constant(1), self.p.constant(0)
        with self._pieces(features, head_dim, window) as piece:
            out = self._at(self.address(mixed), piece.feature, 4)
            cached = self._at(self.address(v), piece.start, dist_tensor(v).element_bytes)
            row = self._at(self.address(scores), self.p.mul(piece.head, seen), 4)
            operands = (
                self.p.strided(out, F32, piece.length, one, seen, zero),
                self.p.strided(cached, dist_tensor(v).element, piece.length, one, seen, self.p.count(values)),
                self.p.strided(row, F32, piece.length, zero, seen, one),
            )
            self.p.run("fma", operands)

    def _softmax_divide(self, op: Operation) -> None:
        mixed, weight = op.operands
        features, kind = dist_tensor(mixed).dims[0], dist_tensor(op.result)
        window = self.head_window(weight)
        assert window is not None
        inverse = self.p.dsd(self.address(weight), F32, window.count)
        self.p.map("reciprocal", inverse, inverse)
        with self._pieces(features, op.attribute("head_dim", IntegerAttr).value, window) as piece:
            head = self._at(self.address(weight), self.p.sub(piece.head, window.first), 4)
            self.p.map(
                "mul",
                self.p.dsd(
                    self._at(self.address(op.result), piece.feature, kind.element_bytes),
                    kind.element,
                    piece.length,
                ),
                self.p.dsd(self._at(self.address(mixed), piece.feature, 4), F32, piece.length),
                self.p.dsd(head, F32, piece.length, 0),
            )
