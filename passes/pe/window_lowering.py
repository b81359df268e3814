"""Windows on one PE: what is done to all rows at once, and attention among them.

A tile is `[features, rows]`, rows innermost, so that one vector instruction has a row of the tile's features
as its inner extent or repeats over it what belongs to a feature.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from ...ir.attributes import I32, FloatAttr, IntegerAttr
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import dist_tensor, matrix_dims
from ...ir.layout import Split
from ...ir.operation import Operation, Value
from .attention_lowering import NEGATIVE_INFINITY, AttentionLowering, HeadWindow


def is_window(value: Value) -> bool:
    """Whether `value` has features and all rows."""
    dims = dist_tensor(value).dims
    return len(dims) == 2 and dims[1].axis is None


class WindowLowering(AttentionLowering):
    """The operations whose values have rows."""

    @abstractmethod
    def vector(self, value: Value) -> Value:
        """A descriptor of the whole tile."""

    def plain(self, split: Split, op: Operation) -> Split:
        """`split`, which must be in natural order."""
        if split.factors or split.cyclic:
            raise error_at(f"'{op.name}' needs elements in their natural order", op.location)
        return split

    def at(self, value: Value, index: Value) -> Value:
        """The address of element `index` of a value's tile."""
        return self._at(self.address(value), index, dist_tensor(value).element_bytes)

    def part(
        self, value: Value, index: Value, outer: tuple[Value, Value | int], inner: tuple[Value, Value | int]
    ) -> Value:
        """A descriptor from element `index` of a value's tile on; extents come with their strides."""
        (outer_count, outer_stride), (inner_count, inner_stride) = (
            (count, self.p.constant(stride) if isinstance(stride, int) else stride)
            for count, stride in (outer, inner)
        )
        element = dist_tensor(value).element
        return self.p.strided(
            self.at(value, index), element, outer_count, outer_stride, inner_count, inner_stride
        )

    def window_operands(self, values: Sequence[Value]) -> list[Value]:
        """Descriptors of equal extents: of `[features, rows]`, the first, and of others that repeat over it.

        They are flat if nothing repeats along one dimension only.
        """
        shape = dist_tensor(values[0]).dims
        features, rows = (self.p.elements((split,)) for split in shape)
        zero = self.p.constant(0)
        if all(dist_tensor(value).dims in ((), shape) for value in values):
            count, one = self.p.elements(shape), self.p.constant(1)
            return [
                self.part(value, zero, (one, 0), (count, 1 if dist_tensor(value).dims else 0))
                for value in values
            ]

        def repeated(value: Value) -> Value:
            dims = dist_tensor(value).dims
            has_rows = shape[1] in dims
            step = (rows if has_rows else 1) if shape[0] in dims else 0
            return self.part(value, zero, (features, step), (rows, int(has_rows)))

        return [repeated(value) for value in values]

    # ---- data

    def window_gather(self, op: Operation) -> None:
        """The row of each index, where this PE has it."""
        table, index = op.operands
        entries, columns = dist_tensor(table).dims
        rows = self.p.elements(dist_tensor(index).dims)
        base, width = self.p.base(self.plain(entries, op)), self.p.elements((columns,))
        end = self.p.add(base, self.p.count(entries))
        one = self.p.constant(1)
        self.p.fill(self.vector(op.result))
        with self.p.loop(self.p.constant(0), rows) as row:
            wanted = self.p.builder.create("pe.load", [self.at(index, row)], [base.type]).result
            with self.p.when("le", base, wanted), self.p.when("lt", wanted, end):
                source = self.p.mul(self.p.sub(wanted, base), width)
                self.p.map(
                    "copy",
                    self.part(op.result, row, (one, 0), (width, rows)),
                    self.part(table, source, (one, 0), (width, 1)),
                )

    def window_matvec(self, op: Operation) -> None:
        """One instruction for each column or each row, of which there are fewer; the others are its inner
        extent.
        """
        vector, matrix = op.operands
        split, columns_split = matrix_dims(op)
        rows_split = dist_tensor(op.result).dims[1]
        features, columns = self.p.elements((split,)), self.p.elements((columns_split,))
        rows, zero, one = self.p.elements((rows_split,)), self.p.constant(0), self.p.constant(1)
        down, across = (one, features) if "transposed" in op.attributes else (columns, one)
        self.p.fill(self.vector(op.result))
        if columns_split.capacity(self.p.parts[str(columns_split.axis)]) <= rows_split.extent:
            with self.p.loop(zero, columns) as column:
                operands = (
                    self.part(op.result, self.p.mul(column, rows), (features, 0), (rows, 1)),
                    self.part(vector, zero, (features, rows), (rows, 1)),
                    self.part(matrix, self.p.mul(column, across), (features, down), (rows, 0)),
                )
                self.p.run("fma", operands)
            return
        with self.p.loop(zero, rows) as row:
            operands = (
                self.part(op.result, row, (features, 0), (columns, rows)),
                self.part(vector, row, (features, rows), (columns, 0)),
                self.part(matrix, zero, (features, down), (columns, across)),
            )
            self.p.run("fma", operands)

    def window_rotate(self, op: Operation) -> None:
        """Pairs of features are neighbours, a row of all positions each."""
        x, cos, sin, minus_sin = op.operands
        split, rows_split = dist_tensor(x).dims
        count, rows = self.p.count(split), self.p.elements((rows_split,))
        half = self.p.integer("divi", count, self.p.constant(2))
        zero, two = self.p.constant(0), self.p.constant(2)
        with self.p.loop(zero, self.p.constant(split.local)) as member:
            first = self.p.mul(self.p.mul(member, count), rows)

            def side(value: Value, start: Value) -> Value:
                return self.part(value, start, (half, self.p.mul(two, rows)), (rows, 1))

            def table(value: Value) -> Value:
                return self.part(value, zero, (half, rows), (rows, 1))

            second = self.p.add(first, rows)
            even_out, odd_out = side(op.result, first), side(op.result, second)
            even, odd = side(x, first), side(x, second)
            self.p.map("mul", even_out, even, table(cos))
            self.p.run("fma", (even_out, odd, table(minus_sin)))
            self.p.map("mul", odd_out, even, table(sin))
            self.p.run("fma", (odd_out, odd, table(cos)))

    def window_argmax(self, op: Operation) -> None:
        """The largest feature of each row and where it is."""
        x = op.operands[0]
        largest, index = op.results
        features, rows_split = dist_tensor(x).dims
        base, count = self.p.base(self.plain(features, op)), self.p.elements((features,))
        rows, zero, one = self.p.elements((rows_split,)), self.p.constant(0), self.p.constant(1)
        source, maximum = self.window_operands([x, largest])
        self.p.fill(self.vector(largest), NEGATIVE_INFINITY)
        self.p.map("max", maximum, maximum, source)
        with self.p.loop(zero, rows) as row:
            place = self.at(index, row)
            self.p.run("store", (place, zero), {"type": I32})
            operands = self.part(index, row, (one, 0), (one, 1)), self.part(x, row, (one, 0), (count, rows))
            self.p.run("argmax", operands)
            local = self.p.builder.create("pe.load", [place], [base.type]).result
            self.p.run("store", (place, self.p.add(local, base)), {"type": I32})

    def _spread(self, op: Operation) -> None:
        """Copy this PE's rows between those of the others."""
        source = op.operands[0]
        features_split, mine = dist_tensor(source).dims
        features, count = self.p.elements((features_split,)), self.p.count(mine)
        self.p.fill(self.vector(op.result))
        self.p.map(
            "copy",
            self.part(op.result, self.p.base(mine), (features, self.p.constant(mine.extent)), (count, 1)),
            self.part(source, self.p.constant(0), (features, count), (count, 1)),
        )

    # ---- attention

    def _scores(self, op: Operation) -> None:
        if len(dist_tensor(op.result).dims) == 2:
            super()._scores(op)
            return
        q, k = op.operands
        _, mine, rows_split = dist_tensor(op.result).dims
        features, keys = dist_tensor(q).dims[0], dist_tensor(k).dims[0]
        head_dim = op.attribute("head_dim", IntegerAttr).value
        rows, base, count = self.p.elements((rows_split,)), self.p.base(mine), self.p.count(mine)
        self.p.fill(self.vector(op.result))
        window = self._window(keys, head_dim, features.local)
        with self._pieces(features, head_dim, window) as piece:
            first = self.p.mul(piece.head, self.p.mul(count, rows))
            with self.p.loop(self.p.constant(0), piece.length) as index:
                query = self.p.add(self.p.mul(self.p.add(piece.feature, index), rows), base)
                key = self.p.mul(self.p.add(piece.start, index), rows)
                operands = (
                    self.part(op.result, first, (count, rows), (rows, 1)),
                    self.part(q, query, (count, 1), (rows, 0)),
                    self.part(k, key, (count, 0), (rows, 1)),
                )
                self.p.run("fma", operands)

    def _rows_of_window(self, scores: Value, window: HeadWindow) -> tuple[Value, Value]:
        """A descriptor of the scores of the window's heads, one row after the other, and how many rows."""
        _, mine, rows_split = dist_tensor(scores).dims
        rows = self.p.elements((rows_split,))
        first = self.p.mul(self.p.mul(window.first, self.p.count(mine)), rows)
        count = self.p.mul(window.count, self.p.count(mine))
        return self.part(scores, first, (count, rows), (rows, 1)), count

    def _softmax_max(self, op: Operation) -> None:
        scores = op.operands[0]
        if len(dist_tensor(scores).dims) == 2:
            super()._softmax_max(op)
            return
        window = self.head_window(op.result)
        assert window is not None
        if "causal" in op.attributes:
            self._hide_later_rows(scores, window)
        lines, count = self._rows_of_window(scores, window)
        zero, one = self.p.constant(0), self.p.constant(1)
        self.p.fill(self.part(op.result, zero, (one, 0), (count, 1)), NEGATIVE_INFINITY)
        rows = self.p.elements(dist_tensor(scores).dims[2:])
        largest = self.part(op.result, zero, (count, 1), (rows, 0))
        self.p.map("max", largest, largest, lines)

    def _hide_later_rows(self, scores: Value, window: HeadWindow) -> None:
        _, mine, rows_split = dist_tensor(scores).dims
        rows, count = self.p.elements((rows_split,)), self.p.count(mine)
        following = self.p.add(self.p.base(mine), self.p.constant(1))
        with self.p.loop(self.p.constant(0), count) as row:
            later = self.p.add(following, row)
            line = self.p.add(self.p.mul(window.first, count), row)
            first = self.p.add(self.p.mul(line, rows), later)
            hidden = (self.p.sub(rows, later), 1)
            self.p.fill(
                self.part(scores, first, (window.count, self.p.mul(count, rows)), hidden), NEGATIVE_INFINITY
            )

    def _softmax_mix(self, op: Operation) -> None:
        scores, largest, v = op.operands
        if len(dist_tensor(scores).dims) == 2:
            super()._softmax_mix(op)
            return
        mixed, weight = op.results
        features, mine = dist_tensor(mixed).dims
        head_dim = op.attribute("head_dim", IntegerAttr).value
        window = self.head_window(weight)
        assert window is not None
        lines, lines_count = self._rows_of_window(scores, window)
        rows, count = self.p.elements(dist_tensor(scores).dims[2:]), self.p.count(mine)
        zero, one = self.p.constant(0), self.p.constant(1)
        self.p.map("sub", lines, lines, self.part(largest, zero, (lines_count, 1), (rows, 0)))
        self.p.map("mul", lines, lines, value=op.attribute("scale", FloatAttr).value)
        self.p.map("exp", lines, lines)
        self.p.fill(self.part(weight, zero, (one, 0), (lines_count, 1)))
        total = self.part(weight, zero, (lines_count, 1), (rows, 0))
        self.p.map("add", total, total, lines)
        self.p.fill(self.vector(mixed))
        with self._pieces(features, head_dim, window) as piece:
            first = self.p.mul(piece.head, self.p.mul(count, rows))
            with self.p.loop(zero, piece.length) as index:
                out = self.p.mul(self.p.add(piece.feature, index), count)
                value = self.p.mul(self.p.add(piece.start, index), rows)
                operands = (
                    self.part(mixed, out, (count, 1), (rows, 0)),
                    self.part(v, value, (count, 0), (rows, 1)),
                    self.part(scores, first, (count, rows), (rows, 1)),
                )
                self.p.run("fma", operands)

    def _softmax_divide(self, op: Operation) -> None:
        mixed, weight = op.operands
        if len(dist_tensor(mixed).dims) == 1:
            super()._softmax_divide(op)
            return
        features, mine = dist_tensor(mixed).dims
        window = self.head_window(weight)
        assert window is not None
        count, zero, one = self.p.count(mine), self.p.constant(0), self.p.constant(1)
        inverse = self.part(weight, zero, (one, 0), (self.p.mul(window.count, count), 1))
        self.p.map("reciprocal", inverse, inverse)
        with self._pieces(features, op.attribute("head_dim", IntegerAttr).value, window) as piece:
            first = self.p.mul(piece.feature, count)
            head = self.p.mul(self.p.sub(piece.head, window.first), count)
            operands = (
                self.part(op.result, first, (piece.length, count), (count, 1)),
                self.part(mixed, first, (piece.length, count), (count, 1)),
                self.part(weight, head, (piece.length, 0), (count, 1)),
            )
            self.p.map("mul", *operands)
