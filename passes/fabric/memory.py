"""How many bytes a region takes on each PE, by its shape: what decides which shapes are possible."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...ir.dialects.dist import experts_of
from ...ir.dialects.dist_type import DistTensor, dist_tensor, window_rows
from ...ir.operation import Operation
from ...ir.target import Target
from ..cost import CostModel
from ..pe.peak import temporary_bytes


class MemoryNeed:
    """Bytes per PE of `regions`, each with its `variables`; what was counted once is remembered."""

    def __init__(
        self,
        target: Target,
        regions: Mapping[str, Operation],
        variables: Mapping[str, Sequence[Operation]],
    ) -> None:
        self.target = target
        self.regions = regions
        self.variables = variables
        self._kept: dict[tuple[str, int, int], tuple[int, int]] = {}
        self._temporary: dict[tuple[str, int, int], int] = {}
        self._exact: set[tuple[str, int, int]] = set()
        inputs = (op for r in regions.values() for op in r.body.operations if op.name == "dist.input")
        self._has_window = any(window_rows(dist_tensor(op.result)) is not None for op in inputs)

    def sram_bytes(self, grid: str, width: int, height: int, layers: int) -> int:
        """Bytes per PE: variables exactly, intermediate values as if all lived at once.

        For windows of rows that is far too much, so where it does not fit they are counted exactly.
        """
        key, model = (grid, width, height), CostModel(self.target, width, height)
        if key not in self._kept:
            self._kept[key] = self.variable_bytes(grid, model)
            self._temporary[key] = self.all_at_once(grid, model)
        fixed, layer = self._kept[key]
        kept = fixed + layers * layer
        if (
            self._has_window
            and key not in self._exact
            and kept + self._temporary[key] > self.target.data_bytes
        ):
            self._exact.add(key)
            self._temporary[key] = temporary_bytes(self.regions[grid], model)
        return kept + self._temporary[key]

    def variable_bytes(self, grid: str, model: CostModel) -> tuple[int, int]:
        """Bytes per PE of variables that do not depend on the number of layers, and those of each layer."""
        fixed = layer = 0
        for op in self.variables[grid]:
            size = experts_of(op) * model.capacity_bytes(op.attribute("type", DistTensor))
            fixed, layer = (fixed, layer + size) if "stacked" in op.attributes else (fixed + size, layer)
        return fixed, layer

    def all_at_once(self, grid: str, model: CostModel) -> int:
        """Bytes per PE of all intermediate values together."""
        total = 0
        for op in self.regions[grid].walk():
            if op.name not in ("dist.read", "dist.append"):
                kinds = [value.type for value in op.results]
                total += sum(model.capacity_bytes(kind) for kind in kinds if isinstance(kind, DistTensor))
        return total
