"""Pass `emit`: one program per class of PEs, and which PEs run it with which colors (`fabric` to `pe`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar

from ...ir.attributes import Attribute, IntegerAttr, StringAttr, SymbolRefAttr, i64_array, string, symbol
from ...ir.builder import Builder
from ...ir.dialects.fabric import numbers
from ...ir.operation import Block, Operation, Region
from ...ir.runs import Run, run_values
from ...ir.symbols import SymbolTable
from ..base import Pass, PassContext, operations_named, regions_of_work, symbols
from .lowering import OperationLowering, PeClass
from .program_builder import ProgramBuilder
from .roles import CHANNELS_PER_AXIS, UNUSED, Role, Segment, segments


@dataclass(frozen=True, slots=True)
class Emit(Pass):
    """Write the `pe.program` of each class of PEs and the `pe.tile`s that say where it runs."""

    name: ClassVar[str] = "emit"

    def run(self, module: Operation, context: PassContext) -> None:
        """Replace the operations of all regions by programs, and links by tiles' colors."""
        variables = symbols(operations_named(module, "pe.variable"))
        links = operations_named(module, "fabric.link")
        instances = operations_named(module, "fabric.instance")
        for region in regions_of_work(module):
            mine = [i for i in instances if i.attribute("region", SymbolRefAttr).leaf == region.symbol_name]
            _RegionEmitter(module, region, variables).run(mine, links)
        for link in links:
            link.erase()


class _RegionEmitter:
    def __init__(self, module: Operation, region: Operation, variables: dict[str, Operation]) -> None:
        self.module = module
        self.region = region
        self.variables = variables
        self.grid = str(region.symbol_name)
        self.width = region.attribute("width", IntegerAttr).value
        self.height = region.attribute("height", IntegerAttr).value
        self.work = [op for op in region.body.operations if op.name != "pe.buffer"]
        ports = [op.attribute("port", StringAttr).value for op in self.work if op.dialect == "fabric"]
        first = 2 * CHANNELS_PER_AXIS
        self.ports = {port: first + index for index, port in enumerate(sorted(ports))}

    def run(self, instances: Sequence[Operation], links: Sequence[Operation]) -> None:
        """Write all programs, then the tiles of each instance, then drop the work they were made from."""
        xs, ys = segments(self.region, "x"), segments(self.region, "y")
        names: dict[PeClass, str] = {}
        top = Builder(self.region.body)
        table = SymbolTable(self.region)
        for y in ys:
            for x in xs:
                pe_class = PeClass(x.role, y.role)
                if pe_class in names:
                    continue
                names[pe_class] = table.unique_name(f"{x.role.name}.{y.role.name}")
                top.create(
                    "pe.program",
                    attributes={"sym_name": string(names[pe_class])},
                    regions=[Region([self.program(pe_class)])],
                    location=self.region.location,
                )
        for instance in instances:
            self.tiles(instance, xs, ys, names, self.port_colors(str(instance.symbol_name), links))
        for op in reversed(self.work):
            op.drop_all_references()
        for op in self.work:
            op.detach()

    def program(self, pe_class: PeClass) -> Block:
        """Return the body of one class's program."""
        builder = ProgramBuilder(self.grid, self.width, self.height, self.region.location)
        OperationLowering(builder, pe_class, self.variables, self.ports).block(self.region.body)
        return builder.finish()

    def port_colors(self, instance: str, links: Sequence[Operation]) -> dict[str, tuple[int, ...]]:
        """The colors of each row for every port of an instance."""
        colors: dict[str, tuple[int, ...]] = {}
        for link in links:
            for end, port in (("source", "out"), ("sink", "in")):
                if link.attribute(end, SymbolRefAttr).leaf == instance:
                    colors[link.attribute(port, StringAttr).value] = numbers(link, "colors")
        return colors

    def tiles(
        self,
        instance: Operation,
        xs: Sequence[Segment],
        ys: Sequence[Segment],
        names: Mapping[PeClass, str],
        colors: Mapping[str, tuple[int, ...]],
    ) -> None:
        """Add the tiles of an instance: one for each kind of column that crosses a kind of row."""
        columns: dict[tuple[Role, tuple[int, ...]], list[Run]] = {}
        for x in xs:
            columns.setdefault((x.role, x.channels), []).append(x.run)
        rows: dict[tuple[Role, tuple[int, ...]], list[Run]] = {}
        for y in ys:
            for ports, run in self.port_runs(y.run, colors):
                rows.setdefault((y.role, (*y.channels, *ports)), []).append(run)
        builder = Builder(self.module.body, location=instance.location)
        for (role_y, channels_y), found_y in rows.items():
            for (role_x, channels_x), found_x in columns.items():
                attributes: dict[str, Attribute] = {
                    "instance": symbol(str(instance.symbol_name)),
                    "program": symbol(self.grid, names[PeClass(role_x, role_y)]),
                    "columns": i64_array(run_values(found_x)),
                    "rows": i64_array(run_values(found_y)),
                    "channels": i64_array((*channels_x, *channels_y)),
                }
                builder.create("pe.tile", attributes=attributes)

    def port_runs(
        self, run: Run, colors: Mapping[str, tuple[int, ...]]
    ) -> Iterator[tuple[tuple[int, ...], Run]]:
        """Yield the parts of a run of rows that have equal colors at all ports."""
        start, count, step = run

        def row_colors(row: int) -> tuple[int, ...]:
            return tuple(colors[port][row] if port in colors else UNUSED for port in self.ports)

        for ports, rows in groupby(range(start, start + count * step, step), key=row_colors):
            found = list(rows)
            yield ports, (found[0], len(found), step)
