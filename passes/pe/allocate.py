"""Pass `allocate`: SRAM addresses for everything a PE keeps, by liveness, within its memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ...ir.attributes import ArrayAttr, Attribute, IntegerAttr, StringAttr, SymbolRefAttr, i64, string, symbol
from ...ir.builder import Builder
from ...ir.diagnostics import error_at
from ...ir.dialects.dist import DistTensor, dist_tensor, experts_of
from ...ir.dialects.fabric import numbers
from ...ir.location import Location, fuse_locations
from ...ir.operation import Operation, Value
from ..base import Pass, PassContext, module_target, operations_named, regions_of_work
from ..cost import CostModel
from .buffers import BufferPlan
from .memory_packing import Lifetime, pack

BUFFERS_ATTRIBUTE = "pe.buffers"
"""On an operation: the buffer of each result (of each carried argument on a loop)."""


@dataclass(frozen=True, slots=True)
class Allocate(Pass):
    """Give every variable and intermediate value a range of SRAM; values that never live at once share it."""

    name: ClassVar[str] = "allocate"

    def run(self, module: Operation, context: PassContext) -> None:
        """Add `pe.buffer` to every region, `pe.variable` to the module, and name each operation's buffers."""
        target = module_target(module)
        layers: dict[str, int] = {}
        for instance in operations_named(module, "fabric.instance"):
            first, end = numbers(instance, "layers")
            grid = instance.attribute("region", SymbolRefAttr).leaf
            layers[grid] = max(layers.get(grid, 0), end - first)
        for region in regions_of_work(module):
            width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
            model = CostModel(target, width, height)
            _Allocator(module, region, model, layers[str(region.symbol_name)]).run(target.data_bytes)
        for variable in operations_named(module, "dist.variable"):
            variable.erase()


class _Allocator:
    def __init__(self, module: Operation, region: Operation, model: CostModel, layers: int) -> None:
        self.top = Builder(module.body)
        self.region = region
        self.grid = str(region.symbol_name)
        self.model = model
        self.layers = layers
        self.buffers = Builder.before(region.body.operations[0])
        self.variables = [
            op
            for op in operations_named(module, "dist.variable")
            if op.attribute("type", DistTensor).grid == self.grid
        ]
        self.offset = 0
        self.names: dict[str, int] = {}

    def run(self, room: int) -> None:
        body = list(self.region.body.operations)
        for variable in self.variables:
            self.variable(variable)
        self.inputs_and_outputs(body)
        fixed = self.offset
        plan = BufferPlan(self.region.body, self.model)
        lifetimes = [Lifetime(b.start, b.end, b.size) for b in plan.buffers]
        offsets, peak = pack(lifetimes)
        if fixed + peak > room:
            raise error_at(
                f"region '{self.grid}' needs {fixed + peak} bytes of SRAM on a PE, {fixed + peak - room} "
                f"too many",
                self.region.location,
                f"{fixed} bytes of weights, caches and state, {peak} of intermediate values; "
                f"{room} bytes are left beside the code",
            )
        symbols: dict[int, str] = {}
        for buffer, offset in zip(plan.buffers, offsets, strict=True):
            name = self.unique(buffer.name)
            symbols[id(buffer)] = name
            makers = (op.location for value in buffer.values if (op := value.defining_op) is not None)
            where = fuse_locations(buffer.location, *makers)
            self.create(name, fixed + offset, buffer.size, "temp", where)
        self.region.attributes["sram_bytes"] = i64(fixed + peak)
        self.annotate(body, {value: symbols[id(buffer)] for value, buffer in plan.of.items()})

    def unique(self, name: str) -> str:
        """Return `name`, numbered if it is taken in this region."""
        count = self.names.get(name, 0)
        self.names[name] = count + 1
        return name if count == 0 else self.unique(f"{name}.{count}")

    def create(self, name: str, offset: int, size: int, kind: str, location: Location) -> None:
        """Declare a buffer."""
        attributes: dict[str, Attribute] = {
            "sym_name": string(name),
            "offset": i64(offset),
            "bytes": i64(size),
            "kind": string(kind),
        }
        self.buffers.create("pe.buffer", attributes=attributes, location=location)

    def fixed(self, name: str, size: int, kind: str, location: Location) -> str:
        """Declare a buffer that lives for ever and return its name."""
        name = self.unique(name)
        self.create(name, self.offset, size, kind, location)
        self.offset += size
        return name

    def variable(self, op: Operation) -> None:
        """Give a variable its memory and describe it to the host."""
        kind = op.attribute("kind", StringAttr).value
        slices = experts_of(op) * (self.layers if "stacked" in op.attributes else 1)
        size = slices * self.model.capacity_bytes(op.attribute("type", DistTensor))
        name = self.fixed(str(op.symbol_name), size, kind, op.location)
        attributes = {key: value for key, value in op.attributes.items() if not key.startswith("pe.")}
        attributes["buffer"] = symbol(self.grid, name)
        self.top.create("pe.variable", attributes=attributes, location=op.location)

    def inputs_and_outputs(self, body: Sequence[Operation]) -> None:
        """Give memory of their own to what the host writes and reads."""
        for op in body:
            if op.name == "dist.input":
                self.port(op, op.attribute("name", StringAttr).value, op.result, "input")
            elif op.name == "dist.return":
                names = [str(a.value) for a in op.attribute("names", ArrayAttr) if isinstance(a, StringAttr)]
                for name, value in zip(names, op.operands, strict=True):
                    self.port(op, name, value, "output")

    def port(self, op: Operation, name: str, value: Value, kind: str) -> None:
        """Declare an input or output buffer."""
        size = self.model.capacity_bytes(dist_tensor(value))
        buffer = self.fixed(f"{kind}.{name}", size, "state", op.location)
        self.top.create(
            "pe.variable",
            attributes={
                "sym_name": string(f"{kind}.{name}"),
                "buffer": symbol(self.grid, buffer),
                "type": dist_tensor(value),
                "kind": string(kind),
            },
            location=op.location,
        )

    def annotate(self, body: Sequence[Operation], of: dict[Value, str]) -> None:
        """Name the buffers on the operations, for `emit` and for whoever reads a dump."""
        for top in body:
            for op in top.walk():
                values = op.body.arguments[1:] if op.name == "dist.repeat" else op.results
                names = [of[value] for value in values if value in of]
                if names:
                    op.attributes[BUFFERS_ATTRIBUTE] = ArrayAttr(tuple(symbol(self.grid, n) for n in names))
