"""What a machine says to a program made for another wafer: it uses PEs or links that are dead here."""

from __future__ import annotations

from ..ir.defects import Defects
from ..ir.defects_touched import Touched, defects_touched
from ..ir.location import place_text
from ..ir.operation import Operation
from .fault import FaultDetail, MachineFault


def refuse_defects(module: Operation, defects: Defects) -> None:
    """Raise `MachineFault` (`defect`) if an instance or a route of the final `module` uses a defect."""
    found = list(defects_touched(module, defects))
    if found:
        count = f"{len(found)} times" if len(found) > 1 else "once"
        message = f"the program uses what is defective on this wafer, {count}"
        raise MachineFault("defect", message, tuple(map(_detail, found)))


def _detail(touched: Touched) -> FaultDetail:
    op = touched.op
    operation = "" if touched.flow else f"instance '{op.symbol_name}'"
    where = place_text(op.location)
    return FaultDetail(*touched.point, touched.message, touched.color, touched.flow, operation, where)
