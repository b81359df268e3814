"""Positions and moved elements on one PE."""

from __future__ import annotations

from ...ir.attributes import Attribute
from ...ir.dialects.dist import dist_tensor, part_dims, reslice_offsets
from ...ir.operation import Operation
from .window_lowering import WindowLowering


class ShapeLowering(WindowLowering):
    """The operations that only put elements somewhere."""

    def _position(self, op: Operation) -> None:
        kind = dist_tensor(op.result)
        attributes: dict[str, Attribute] = {"type": kind.element}
        if not kind.dims:
            self.p.run("store", (self.address(op.result), self.p.argument("position")), attributes)
            return
        with self.p.loop(self.p.constant(0), self.p.elements(kind.dims)) as row:
            place = self.p.add(self.p.argument("position"), row)
            self.p.run("store", (self.at(op.result, row), place), attributes)

    def _reslice(self, op: Operation) -> None:
        whole = dist_tensor(op.result)
        target, rows = self.plain(whole.dims[0], op), self.p.elements(whole.dims[1:])
        to_base = self.p.base(target)
        to_end = self.p.add(to_base, self.p.count(target))
        self.p.fill(self.vector(op.result))
        for operand, offset in zip(op.operands, reslice_offsets(op), strict=True):
            source = self.plain(part_dims(dist_tensor(operand), whole)[0], op)
            from_base = self.p.add(self.p.base(source), self.p.constant(offset))
            from_end = self.p.add(from_base, self.p.count(source))
            low = self.p.integer("maxi", from_base, to_base)
            size = self.p.sub(self.p.integer("mini", from_end, to_end), low)
            count = self.p.integer("maxi", size, self.p.constant(0))
            with self.p.when("lt", self.p.constant(0), count):
                elements = self.p.mul(count, rows)
                stretches = (
                    self.p.dsd(
                        self.at(value, self.p.mul(self.p.sub(low, base), rows)),
                        dist_tensor(value).element,
                        elements,
                    )
                    for value, base in ((op.result, to_base), (operand, from_base))
                )
                self.p.map("copy", *stretches)
