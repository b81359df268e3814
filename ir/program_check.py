"""What must hold between the parts of a final module before an engine may run it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from .attributes import DenseArrayAttr, DictAttr, IntegerAttr, StringAttr, SymbolRefAttr
from .defects_touched import defects_touched
from .diagnostics import Diagnostic, Severity
from .dialects.dist import DistTensor, experts_of
from .dialects.fabric import STATIC, certificate_kind, numbers, switch_position
from .operation import Operation
from .routes import Settings, collect_settings
from .runs import last_of, numbers_of, runs_of
from .target import Target
from .thread_check import misused_streams

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


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
    instance has exactly one program; every channel that a program uses has a color; nothing uses a defect;
    switches have the positions that routes use; a static certificate is true; streams are started and awaited
    in turn.
    """
    checker = _Checker(module)
    checker.run()
    return checker.problems


def _first(wrong: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Return row and column of the first that is true, row by row; (-1, -1) if none is."""
    if not wrong.any():
        return -1, -1
    row, column = divmod(int(wrong.argmax()), wrong.shape[1])
    return row, column


def _again(numbers: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which of ascending numbers were there before."""
    import numpy as np

    return np.append(False, numbers[1:] == numbers[:-1])


class _Checker:
    def __init__(self, module: Operation) -> None:
        self.module = module
        self.problems: list[Diagnostic] = []
        self.regions: dict[str, Operation] = {}
        self.instances: dict[str, Operation] = {}
        self.channels: dict[Operation, Iterable[int]] = {}
        """The channels that programs use."""

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
        settings, found = collect_settings(routes, target.width, target.height)
        for message, op in found:
            self.report(message, op)
        if certificate_kind(self.module) == STATIC:
            self.check_certificate(settings)
        for touched in defects_touched(self.module, target.defects):
            self.report(str(touched), touched.op)
        for op in routes:
            if op.attribute("color", IntegerAttr).value >= target.usable_colors:
                self.report(f"the target has {target.usable_colors} colors for programs", op)
            position, _ = switch_position(op)
            if position >= target.switch_positions:
                name, color = op.attribute("flow", StringAttr).value, op.attribute("color", IntegerAttr).value
                where = f"color {color} at router {numbers(op, 'rect')[:2]} (flow '{name}')"
                most = target.switch_positions
                self.report(f"{where} has a switch position {position}; the target has {most}, from 0", op)
        if not self.problems:
            self.check_tiles(owner)
            self.check_variables()

    def check_certificate(self, settings: Settings) -> None:
        """Report if the module claims that no two colors share a link or ramp, and some do."""
        from .sharing import sharing_of  # not above: to read programs takes no arrays

        sharing = sharing_of(settings)
        if sharing.links or sharing.ramps:
            one, other = sharing.pairs[0].flows
            text = f"the certificate is static, but flows '{one}' and '{other}' share links or ramps"
            self.report(text, self.module)

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
            elif op.name == "pe.program":
                for message, wrong in misused_streams(op):
                    self.report(message, wrong)
            else:
                self.report(f"'{op.name}' cannot stand in a final region", op)

    def check_instances(self, target: Target) -> npt.NDArray[np.int32]:
        """Return [height, width] the number of the instance that each PE belongs to, -1 if to none."""
        import numpy as np  # not above: to read and print programs takes no arrays

        owner = np.full((target.height, target.width), -1, np.int32)
        names = list(self.instances)
        for number, (name, op) in enumerate(self.instances.items()):
            x, y = numbers(op, "origin")
            width, height = self.shape(op)
            if min(x, y) < 0 or x + width > target.width or y + height > target.height:
                self.report(f"instance '{name}' leaves the {target.width} x {target.height} wafer", op)
                continue
            area = owner[y : y + height, x : x + width]
            row, column = _first(area >= 0)
            if row >= 0:
                other, point = names[int(area[row, column])], (x + column, y + row)
                self.report(f"instances '{other}' and '{name}' both lie on PE {point}", op)
                continue
            area[...] = number
        return owner

    def shape(self, instance: Operation) -> tuple[int, int]:
        """Width and height of an instance."""
        region = self.regions.get(instance.attribute("region", SymbolRefAttr).leaf)
        if region is None:
            self.report("the instance's region does not exist", instance)
            return (1, 1)
        return region.attribute("width", IntegerAttr).value, region.attribute("height", IntegerAttr).value

    def check_tiles(self, owner: npt.NDArray[np.int32]) -> None:
        """Every PE of an instance has exactly one program."""
        import numpy as np

        height, width = owner.shape
        covered = np.zeros(owner.shape, np.bool_)
        numbering = {name: number for number, name in enumerate(self.instances)}
        for op in self.module.body.operations:
            if op.name != "pe.tile":
                continue
            instance = self.instances.get(op.attribute("instance", SymbolRefAttr).leaf)
            program = self.program(op.attribute("program", SymbolRefAttr))
            if instance is None or program is None:
                self.report("the tile's instance or program does not exist", op)
                continue
            x0, y0 = numbers(instance, "origin")
            columns, rows = (runs_of(op, key) for key in ("columns", "rows"))
            name, last = str(instance.symbol_name), (x0 + last_of(columns), y0 + last_of(rows))
            inside = last[0] < width and last[1] < height
            if not inside or owner[last[1], last[0]] != numbering[name]:
                self.report(f"the tile leaves instance '{name}' at PE {last}", op)
                continue
            xs, ys = x0 + numbers_of(columns), y0 + numbers_of(rows)
            area = np.ix_(ys, xs)
            row, column = _first(owner[area] != numbering[name])
            if row >= 0:
                self.report(f"the tile leaves instance '{name}' at PE {(int(xs[column]), int(ys[row]))}", op)
                continue
            row, column = _first(covered[area] | _again(ys)[:, None] | _again(xs))
            if row >= 0:
                self.report(f"PE {(int(xs[column]), int(ys[row]))} has two programs", op)
                continue
            covered[area] = True
            self.check_channels(op, program)
        missing = (owner >= 0) & ~covered
        column, row = _first(missing.T)
        if row >= 0 and not self.problems:
            rest = np.count_nonzero(missing) - 1
            others = f", nor have {rest} others" if rest else ""
            self.report(f"PE {(column, row)} has no program{others}", self.module)

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
        if program not in self.channels:
            self.channels[program] = dict.fromkeys(channels_of(program))
        for channel in self.channels[program]:
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
