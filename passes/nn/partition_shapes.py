"""Products, work along an axis, and moved elements from `nn` to `dist`.

A vector's features lie along one axis of the grid. What lies elsewhere in the result is put into zeros of
the result's tiles over the other axis, and an all-reduce completes them; so the axis changes.
"""

from __future__ import annotations

from math import prod

from ...ir.attributes import F32, UNIT, Attribute, IntegerAttr, SymbolRefAttr, TensorType, i64_array
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor
from ...ir.dialects.nn import shape_of, shape_text, tensor_type
from ...ir.dialects.nn_shape import axis_of
from ...ir.layout import Split, other_axis
from ...ir.operation import Operation, Value
from .feature_classes import feature_count
from .partition_builder import BOUNDARY_AXIS, PartitionBuilder, Scope, made_here, rows_text


class ShapePartitioner(PartitionBuilder):
    """Lowers what works on whole rows."""

    # ---- products

    def lower_matmul(self, scope: Scope, op: Operation) -> None:
        """A vector along one axis times a matrix over both gives a vector along the other, partial."""
        weight, transposed = self.right_operand(op)
        vector = self.vector(scope, op.operands[0])
        if transposed:
            vector = self.beside_copy(scope, vector, weight, op)
        split = dist_tensor(vector).dims[0]
        out = self.classes.split(op.result, other_axis(str(split.axis)))
        matrix = self.read(scope, weight, (out, split) if transposed else (split, out))
        kind = DistTensor(scope.grid, (out, *self.rows), F32, split.axis)
        attributes: dict[str, Attribute] = {"transposed": UNIT} if transposed else {}
        partial = self.emit(scope, "matvec", [vector, matrix], [kind], attributes)
        whole = self.all_reduce(scope, partial)
        self.values[op.result] = self.map(scope, "cast", whole, tensor_type(op.result).element)

    def right_operand(self, op: Operation) -> tuple[Value, bool]:
        """Return the weight of a product, and whether it is to be transposed."""
        weight, transposed = op.operands[1], False
        while weight in self.reads and self.reads[weight].name == "nn.transpose":
            weight, transposed = self.reads[weight].operands[0], not transposed
        if weight not in self.reads:
            raise error_at(
                "the right operand of '@' must be a weight, or computed from weights alone",
                op.location,
                f"this one, {shape_text(shape_of(weight))}, depends on the input",
            )
        return weight, transposed

    def beside_copy(self, scope: Scope, vector: Value, weight: Value, op: Operation) -> Value:
        """Return `vector`, moved to the axis where `weight`, transposed, lies already, if it lies there.

        A vector is cheap to move; a second copy of a matrix, for example of an embedding, may not fit.
        """
        source, split = self.reads[weight], dist_tensor(vector).dims[0]
        if source.name != "nn.read" or split.factors:
            return vector
        variable = self.variables[source.attribute("variable", SymbolRefAttr).leaf]
        element = variable.attribute("type", TensorType).element
        here = str(split.axis)

        def lies_there(axis: str) -> bool:
            dims = (self.classes.split(op.result, other_axis(axis)), Split(split.extent, axis))
            return (str(variable.symbol_name), DistTensor(scope.grid, dims, element)) in self.created

        there = other_axis(here)
        return self.along(scope, vector, there) if lies_there(there) and not lies_there(here) else vector

    # ---- along an axis

    def lower_softmax(self, scope: Scope, op: Operation) -> None:
        """Largest element, powers and their sum, each completed by an all-reduce of one number."""
        self.whole_rows(op)
        x = self.vector(scope, op.operands[0])
        self.values[op.result] = self.softmax(scope, x, tensor_type(op.result).element)

    def lower_sum(self, scope: Scope, op: Operation) -> None:
        """A number that each PE has."""
        self.lower_reduction(scope, op, self.reduction(scope, "add", self.rows_of(scope, op)))

    def lower_max(self, scope: Scope, op: Operation) -> None:
        """A number that each PE has."""
        self.lower_reduction(scope, op, self.reduction(scope, "max", self.rows_of(scope, op)))

    def lower_mean(self, scope: Scope, op: Operation) -> None:
        """A number that each PE has."""
        self.lower_reduction(scope, op, self.mean_of(scope, self.rows_of(scope, op)))

    def lower_reduction(self, scope: Scope, op: Operation, number: Value) -> None:
        """Round a number that each PE has to the element type of the result."""
        self.values[op.result] = self.map(scope, "cast", [number], tensor_type(op.result).element)

    def rows_of(self, scope: Scope, op: Operation) -> Value:
        """Return the operand of a reduction, which is over all features."""
        self.whole_rows(op)
        return self.vector(scope, op.operands[0])

    def whole_rows(self, op: Operation) -> None:
        """Raise `DiagnosticError` unless `op` works along all features of a row."""
        shape, axis, name = shape_of(op.operands[0]), axis_of(op), op.name.removeprefix("nn.")
        if axis == 0 and len(shape) > 1:
            raise error_at(
                f"'{name}' along 'seq' cannot be compiled",
                op.location,
                "rows are computed by themselves; only 'attention' looks at several",
            )
        if shape[axis] != feature_count(op.operands[0]):
            raise error_at(
                f"'{name}' of a part of each row cannot be compiled yet",
                op.location,
                f"axis {axis} of {rows_text(op.operands[0])} has {shape[axis]} of a row's "
                f"{feature_count(op.operands[0])} elements",
            )

    def mean_of(self, scope: Scope, x: Value, *, square: bool = False) -> Value:
        """Return the mean over the features of x (or of its squares), complete, for each row."""
        total = self.reduction(scope, "add", x, square=square)
        return self.map(scope, "mul", [total], value=1.0 / dist_tensor(x).dims[0].extent)

    # ---- moved elements

    def lower_position(self, scope: Scope, op: Operation) -> None:
        """The indices of this step's rows."""
        kind = DistTensor(scope.grid, self.rows, tensor_type(op.result).element)
        self.values[op.result] = self.emit(scope, "position", [], [kind])[0]

    def lower_reshape(self, scope: Scope, op: Operation) -> None:
        """Features stay where they are."""
        self.values[op.result] = self.value(op.operands[0])

    def lower_transpose(self, scope: Scope, op: Operation) -> None:
        """Nothing moves where one of the two dimensions has extent 1."""
        shape = shape_of(op.operands[0])
        if len(shape) == 2:
            raise error_at(
                "rows cannot be transposed: they are computed by themselves", op.location, "a weight can be"
            )
        if 1 not in shape[-2:]:
            raise error_at(
                f"{rows_text(op.operands[0])} cannot be transposed: its elements lie on different PEs",
                op.location,
            )
        self.values[op.result] = self.value(op.operands[0])

    def lower_slice(self, scope: Scope, op: Operation) -> None:
        """Put the part that is wanted into tiles over the other axis."""
        x = self.contiguous(scope, op, op.operands[0])
        step = prod(shape_of(op.operands[0])[axis_of(op) + 1 :])
        start = op.attribute("start", IntegerAttr).value * step
        self.values[op.result] = self.put(scope, op, [x], [-start])

    def lower_concat(self, scope: Scope, op: Operation) -> None:
        """Put all parts, brought to one axis, into tiles over the other."""
        parts = [self.contiguous(scope, op, operand) for operand in op.operands]
        axes = [split.axis for split in (dist_tensor(part).dims[0] for part in parts)]
        axis = next((axis for axis in axes if axis is not None), BOUNDARY_AXIS)
        ends = [0]
        for operand in op.operands:
            ends.append(ends[-1] + feature_count(operand))
        self.values[op.result] = self.put(
            scope, op, [self.along(scope, part, axis) for part in parts], ends[:-1]
        )

    def contiguous(self, scope: Scope, op: Operation, operand: Value) -> Value:
        """Return the vector `operand`, of which `op` moves a stretch of features."""
        shape, axis, name = shape_of(operand), axis_of(op), op.name.removeprefix("nn.")
        if len(shape) > 1 and prod(shape[1:axis]) != 1:
            raise error_at(
                f"'{name}' along axis {axis} of {rows_text(operand)} cannot be compiled yet",
                op.location,
                "elements that stand together in a row can be: those along the first axis after 'seq'",
            )
        value = self.vector(scope, operand)
        self.in_order(op, dist_tensor(value).dims[0], operand)
        return value

    def in_order(self, op: Operation, split: Split, value: Value) -> None:
        """Raise `DiagnosticError` if the features of `value` are ordered by heads."""
        if split.factors:
            name = op.name.removeprefix("nn.")
            raise error_at(f"'{name}' cannot move features ordered by heads", op.location, made_here(value))

    def put(self, scope: Scope, op: Operation, parts: list[Value], offsets: list[int]) -> Value:
        """Return the vector that has the elements of `parts`, the first of each at its offset."""
        first = dist_tensor(parts[0])
        axis = first.dims[0].axis
        target = self.classes.split(op.result, BOUNDARY_AXIS if axis is None else other_axis(axis))
        self.in_order(op, target, op.result)
        kind = DistTensor(scope.grid, (target, *first.dims[1:]), first.element, axis)
        attributes: dict[str, Attribute] = {"offsets": i64_array(offsets)}
        found = self.emit(scope, "reslice", parts, [kind], attributes)
        return found[0] if axis is None else self.all_reduce(scope, found)[0]
