"""Program builder: integers, tile sizes, addresses and descriptors of one class of PEs.

Everything that does not depend on the layer is computed once, in the program's prologue.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import contextmanager

from ...ir.attributes import INDEX, Attribute, TypeAttribute, f32, i64, string, symbol
from ...ir.builder import Builder
from ...ir.dialects.pe import DsdType
from ...ir.layout import Split
from ...ir.location import Location, fuse_locations
from ...ir.operation import Block, Operation, Region, Value
from ..common.patterns.pe import FOLD, known


class ProgramBuilder:
    """Builds the body of one `pe.program` on a grid of `width` x `height` PEs."""

    def __init__(self, grid: str, width: int, height: int, location: Location) -> None:
        self.grid = grid
        self.width, self.height = width, height
        self.parts = {"x": width, "y": height}
        self.block = Block()
        self.builder = Builder(self.block, location=location)
        # Whatever is computed once goes before this operation, which is erased at the end.
        self._mark = self.builder.create("pe.constant", (), [INDEX], {"value": i64(0)})
        self._prologue = Builder.before(self._mark)
        self._once: dict[tuple[object, ...], Value] = {}

    def finish(self) -> Block:
        """End the program and return its block."""
        self.builder.create("pe.return")
        self._locate_prologue()
        self._mark.erase()
        return self.block

    def _locate_prologue(self) -> None:
        """Let what is computed once name all the places that it is computed for."""
        op = self._mark.previous
        while op is not None:
            users = [user.location for value in op.results for user in value.users()]
            op.location = fuse_locations(*users) if users else op.location
            op = op.previous

    # ---- integers

    def _cached(self, key: tuple[object, ...], name: str, attributes: dict[str, Attribute]) -> Value:
        if key not in self._once:
            where = self.builder.location
            self._once[key] = self._prologue.create(name, (), [INDEX], attributes, location=where).result
        return self._once[key]

    def constant(self, value: int) -> Value:
        """An integer constant."""
        return self._cached(("constant", value), "pe.constant", {"value": i64(value)})

    def coordinate(self, axis: str) -> Value:
        """This PE's coordinate in its instance."""
        return self._cached(("coord", axis), "pe.coord", {"axis": string(axis)})

    def argument(self, name: str) -> Value:
        """A load-time or launch-time number."""
        return self._cached(("argument", name), "pe.argument", {"name": string(name)})

    def buffer(self, name: str) -> Value:
        """The address of a buffer of this grid."""
        return self._cached(("buffer", name), "pe.address", {"buffer": symbol(self.grid, name)})

    def integer(self, name: str, lhs: Value, rhs: Value) -> Value:
        """`pe.<name>` of two integers, folded where both are constants or one is neutral."""
        left, right = known(lhs), known(rhs)
        if left is not None and right is not None:
            return self.constant(FOLD[f"pe.{name}"](left, right))
        if (name in ("addi", "subi") and right == 0) or (name in ("muli", "divi") and right == 1):
            return lhs
        if (name == "addi" and left == 0) or (name == "muli" and left == 1):
            return rhs
        if name == "muli" and 0 in (left, right):
            return self.constant(0)
        if self.builder is not self._prologue:
            return self.builder.create(f"pe.{name}", (lhs, rhs), [INDEX]).result
        key = (name, lhs, rhs)
        if key not in self._once:
            self._once[key] = self.builder.create(f"pe.{name}", (lhs, rhs), [INDEX]).result
        return self._once[key]

    def add(self, lhs: Value, rhs: Value) -> Value:
        """lhs + rhs."""
        return self.integer("addi", lhs, rhs)

    def sub(self, lhs: Value, rhs: Value) -> Value:
        """lhs - rhs."""
        return self.integer("subi", lhs, rhs)

    def mul(self, lhs: Value, rhs: Value) -> Value:
        """lhs * rhs."""
        return self.integer("muli", lhs, rhs)

    @contextmanager
    def once(self) -> Generator[None]:
        """Put what is created inside the `with` block into the prologue."""
        saved, self.builder = self.builder, self._prologue
        with self.builder.at(saved.location):
            try:
                yield
            finally:
                self.builder = saved

    # ---- tiles

    def base(self, split: Split) -> Value:
        """Where this PE's tile starts among the split elements, at most their number."""
        if split.axis is None:
            return self.constant(0)
        key = ("base", split.axis, split.tile(self.parts[split.axis]), split.spread)
        if key not in self._once:
            with self.once():
                start = self.mul(
                    self.coordinate(split.axis), self.constant(split.tile(self.parts[split.axis]))
                )
                if not self._even(split):
                    start = self.integer("mini", start, self.constant(split.spread))
            self._once[key] = start
        return self._once[key]

    def count(self, split: Split) -> Value:
        """Elements (per local one) that this PE holds; of a cyclic split, of the positions so far."""
        if split.axis is None:
            return self.constant(split.spread)
        parts = self.parts[split.axis]
        key = ("count", split.axis, split.cyclic, split.tile(parts), split.spread)
        if key not in self._once:
            with self.once():
                if split.cyclic:
                    # Positions e <= p with e mod P = c: (p - c + P) div P, rounding down.
                    ahead = self.sub(self.argument("position"), self.coordinate(split.axis))
                    size = self.integer("divi", self.add(ahead, self.constant(parts)), self.constant(parts))
                elif self._even(split):
                    size = self.constant(split.tile(parts))
                else:
                    rest = self.sub(self.constant(split.spread), self.base(split))
                    size = self.integer("mini", rest, self.constant(split.tile(parts)))
            self._once[key] = size
        return self._once[key]

    def _even(self, split: Split) -> bool:
        parts = self.parts[str(split.axis)]
        return split.tile(parts) * parts == split.spread

    def elements(self, dims: Sequence[Split]) -> Value:
        """Elements of this PE's tile of a tensor."""
        key = ("elements", *dims)
        if key not in self._once:
            with self.once():
                total = self.constant(1)
                for split in dims:
                    total = self.mul(total, self.mul(self.constant(split.local), self.count(split)))
            self._once[key] = total
        return self._once[key]

    # ---- descriptors and instructions

    def dsd(
        self,
        address: Value,
        element: TypeAttribute,
        inner: Value,
        step: int = 1,
        *,
        outer: tuple[Value, Value] | None = None,
    ) -> Value:
        """A descriptor of `inner` elements `step` apart, `outer[0]` times `outer[1]` elements apart."""
        one, zero = self.constant(1), self.constant(0)
        count, stride = outer if outer is not None else (one, zero)
        return self.strided(address, element, count, stride, inner, self.constant(step))

    def strided(
        self,
        address: Value,
        element: TypeAttribute,
        outer: Value,
        outer_stride: Value,
        inner: Value,
        inner_stride: Value,
    ) -> Value:
        """A descriptor with both extents and strides given."""
        operands = (address, outer, outer_stride, inner, inner_stride)
        return self.builder.create("pe.dsd", operands, [DsdType(element)]).result

    def run(
        self, name: str, operands: Sequence[Value], attributes: dict[str, Attribute] | None = None
    ) -> Operation:
        """Create an instruction without results."""
        return self.builder.create(f"pe.{name}", operands, (), attributes)

    def map(self, function: str, *operands: Value, value: float | None = None) -> None:
        """dst = function(a, b or value)."""
        attributes: dict[str, Attribute] = {"fn": string(function)}
        if value is not None:
            attributes["value"] = f32(value)
        self.run("map", operands, attributes)

    def fill(self, destination: Value, value: float = 0.0) -> None:
        """dst = value."""
        self.run("fill", (destination,), {"value": f32(value)})

    @contextmanager
    def loop(self, lower: Value, upper: Value) -> Generator[Value]:
        """A `pe.for`; gives the iteration's number."""
        body = Block([INDEX])
        self.builder.create("pe.for", (lower, upper), (), None, [Region([body])])
        with self._inside(body):
            yield body.arguments[0]

    @contextmanager
    def when(self, predicate: str, lhs: Value, rhs: Value) -> Generator[None]:
        """A `pe.if`."""
        body = Block()
        self.builder.create("pe.if", (lhs, rhs), (), {"predicate": string(predicate)}, [Region([body])])
        with self._inside(body):
            yield

    @contextmanager
    def _inside(self, body: Block) -> Generator[None]:
        saved = self.builder
        self.builder = Builder(body, location=saved.location)
        try:
            yield
            self.builder.create("pe.yield")
        finally:
            self.builder = saved
