"""What must hold between the parts of a final module before an engine may run it."""

from __future__ import annotations

from .attributes import DenseArrayAttr, DictAttr, IntegerAttr, StringAttr, SymbolRefAttr
from .defects_touched import defects_touched
from .diagnostics import Diagnostic, Severity
from .dialects.dist import DistTensor, experts_of
from .dialects.fabric import numbers
from .operation import Operation
from .routes import Point, collect_settings, rect_end, rect_points
from .target import Target

CHANNEL_ATTRIBUTES = ("channel", "in_channel", "out_channel")
"""Attributes of communication operations that name a channel of the program."""


def channels_of(program: Operation) -> list[int]:
    """Return the channel of every send and receive in a program."""
    return [
        op.attribute(key, IntegerAttr).value
        for op in program.walk()
        for key in CHANNEL_ATTRIBUTES
        if key in op.attributes
    ]


def check_program(module: Operation) -> list[Diagnostic]:
    """Return everything that does not fit together in a verified final module.

    The target is usable; buffers lie in SRAM; instances lie on the wafer and do not overlap; every PE of an
    instance has exactly one program; every channel that a program uses has a color; nothing uses a defect.
    """
    checker = _Checker(module)
    checker.run()
    return checker.problems


class _Checker:
    def __init__(self, module: Operation) -> None:
        self.module = module
        self.problems: list[Diagnostic] = []
        self.regions: dict[str, Operation] = {}
        self.instances: dict[str, Operation] = {}

    def report(self, message: str, op: Operation) -> None:
        self.problems.append(Diagnostic(Severity.ERROR, message, op.location))

    def run(self) -> None:
        for op in self.module.body.operations:
            if op.name == "fabric.region":
                self.regions[str(op.symbol_name)] = op
            elif op.name == "fabric.instance":
                self.instances[str(op.symbol_name)] = op
        target = self.target()
        if target is None:
            return
        for region in self.regions.values():
            self.check_buffers(region, target)
        owner = self.check_instances(target)
        routes = [op for op in self.module.body.operations if op.name == "fabric.route"]
        _, found = collect_settings(routes, target.width, target.height)
        for message, op in found:
            self.report(message, op)
        for touched in defects_touched(self.module, target.defects):
            self.report(str(touched), touched.op)
        for op in routes:
            if op.attribute("color", IntegerAttr).value >= target.usable_colors:
                self.report(f"the target has {target.usable_colors} colors for programs", op)
        if not self.problems:
            self.check_tiles(owner)
            self.check_variables()

    def target(self) -> Target | None:
        """Return the target with the grid of the program."""
        attribute, grid = (
            self.module.attributes.get("fabric.target"),
            self.module.attributes.get("fabric.grid"),
        )
        if (
            not isinstance(attribute, DictAttr)
            or not isinstance(grid, DenseArrayAttr)
            or len(grid.values) != 2
        ):
            self.report("the module lacks its target or its grid", self.module)
            return None
        try:
            target = Target.from_attribute(attribute)
        except ValueError as error:
            self.report(str(error), self.module)
            return None
        width, height = (int(value) for value in grid.values)
        if width != target.width or height != target.height:
            self.report(f"the grid {width} x {height} differs from the target's", self.module)
        return target

    def check_buffers(self, region: Operation, target: Target) -> None:
        for op in region.body.operations:
            if op.name == "pe.buffer":
                end = op.attribute("offset", IntegerAttr).value + op.attribute("bytes", IntegerAttr).value
                if end > target.sram_bytes:
                    self.report(f"the buffer ends at byte {end} of {target.sram_bytes}", op)
            elif op.name != "pe.program":
                self.report(f"'{op.name}' cannot stand in a final region", op)

    def check_instances(self, target: Target) -> dict[Point, str]:
        """Return the instance of each PE that has one."""
        owner: dict[Point, str] = {}
        for name, op in self.instances.items():
            x, y = numbers(op, "origin")
            width, height = self.shape(op)
            if x + width > target.width or y + height > target.height:
                self.report(f"instance '{name}' leaves the {target.width} x {target.height} wafer", op)
                continue
            for point in rect_points((x, y, width, height, 1, 1)):
                other = owner.setdefault(point, name)
                if other != name:
                    self.report(f"instances '{other}' and '{name}' both lie on PE {point}", op)
                    break
        return owner

    def shape(self, instance: Operation) -> tuple[int, int]:
        """Width and height of an instance."""
        region = self.regions.get(instance.attribute("region", SymbolRefAttr).leaf)
        if region is None:
            self.report("the instance's region does not exist", instance)
            return (1, 1)
        return region.attribute("width", IntegerAttr).value, region.attribute("height", IntegerAttr).value

    def check_tiles(self, owner: dict[Point, str]) -> None:
        covered: set[Point] = set()
        for op in self.module.body.operations:
            if op.name != "pe.tile":
                continue
            instance = self.instances.get(op.attribute("instance", SymbolRefAttr).leaf)
            program = self.program(op.attribute("program", SymbolRefAttr))
            if instance is None or program is None:
                self.report("the tile's instance or program does not exist", op)
                continue
            x, y = numbers(instance, "origin")
            name, rect = str(instance.symbol_name), numbers(op, "rect")
            px, py = rect_end(rect)
            if owner.get((x + px, y + py)) != name:
                self.report(f"the tile leaves instance '{name}' at PE {(x + px, y + py)}", op)
                continue
            for point in ((x + px, y + py) for px, py in rect_points(rect)):
                if owner.get(point) != name:
                    self.report(f"the tile leaves instance '{name}' at PE {point}", op)
                    break
                if point in covered:
                    self.report(f"PE {point} has two programs", op)
                    break
                covered.add(point)
            else:
                self.check_channels(op, program)
        missing = sorted(owner.keys() - covered)
        if missing and not self.problems:
            others = f", nor have {len(missing) - 1} others" if len(missing) > 1 else ""
            self.report(f"PE {missing[0]} has no program{others}", self.module)

    def program(self, reference: SymbolRefAttr) -> Operation | None:
        """Return the program that a tile names."""
        region = self.regions.get(reference.root)
        if region is None or len(reference.path) != 2:
            return None
        found = (op for op in region.body.operations if op.name == "pe.program")
        return next((op for op in found if op.symbol_name == reference.leaf), None)

    def check_channels(self, tile: Operation, program: Operation) -> None:
        """Every channel that a program uses has a color here."""
        channels = numbers(tile, "channels")
        for channel in dict.fromkeys(channels_of(program)):
            if channel >= len(channels) or channels[channel] < 0:
                self.report(f"channel {channel} of the program has no color here", tile)

    def check_variables(self) -> None:
        """Variables name existing buffers of the grid that they are split over."""
        for op in self.module.body.operations:
            if op.name != "pe.variable":
                continue
            buffer, kind = op.attribute("buffer", SymbolRefAttr), op.attribute("type", DistTensor)
            region = self.regions.get(buffer.root)
            names = [o.symbol_name for o in region.body.operations if o.name == "pe.buffer"] if region else []
            name = op.attribute("sym_name", StringAttr).value
            if buffer.leaf not in names or kind.grid != buffer.root or region is None:
                self.report(f"variable '{name}' has no buffer on its grid", op)
                continue
            self.check_room(name, op, region, buffer.leaf)

    def check_room(self, name: str, op: Operation, region: Operation, buffer_name: str) -> None:
        """A variable's buffer holds the tiles of all layers and experts of an instance, and those layers
        exist.
        """
        buffer = next(o for o in region.body.operations if o.symbol_name == buffer_name)
        width, height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        slices = experts_of(op)
        stacked = op.attributes.get("stacked")
        if isinstance(stacked, IntegerAttr):
            grid = str(region.symbol_name)
            mine = [i for i in self.instances.values() if i.attribute("region", SymbolRefAttr).leaf == grid]
            ranges = [numbers(instance, "layers") for instance in mine]
            if any(end > stacked.value for _, end in ranges):
                self.report(f"variable '{name}' has {stacked.value} layers, fewer than its instances", op)
            slices *= max((end - first for first, end in ranges), default=0)
        needed = slices * op.attribute("type", DistTensor).tile_bytes(width, height)
        if buffer.attribute("bytes", IntegerAttr).value < needed:
            self.report(f"variable '{name}' needs {needed} bytes; its buffer is smaller", op)
