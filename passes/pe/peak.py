"""How much memory a PE needs for what comes and goes, before a region's order and addresses are decided."""

from __future__ import annotations

from ...ir.dialects.dist_type import dist_tensor
from ...ir.operation import Operation
from ..cost import CostModel
from .buffers import BufferPlan
from .memory_packing import Lifetime, pack
from .schedule import schedule_block


def temporary_bytes(region: Operation, model: CostModel) -> int:
    """Return the bytes for inputs, outputs and intermediate values of `region` on a PE of `model`'s grid.

    Values that never live at once share memory, as pass `allocate` lets them; of the present order and that
    of pass `schedule`, which may be left out, the one that needs more counts. `region` is not changed.
    """
    copy = region.clone()
    ports = 0
    for op in copy.body.operations:
        values = op.results if op.name == "dist.input" else op.operands if op.name == "dist.return" else ()
        ports += sum(model.capacity_bytes(dist_tensor(value)) for value in values)
    present = _packed(copy, model)
    schedule_block(copy.body, model)
    return ports + max(present, _packed(copy, model))


def _packed(region: Operation, model: CostModel) -> int:
    plan = BufferPlan(region.body, model)
    return pack([Lifetime(buffer.start, buffer.end, buffer.size) for buffer in plan.buffers])[1]
