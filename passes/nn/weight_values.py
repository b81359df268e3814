"""Which values of a function are made of weights alone, by work that can be done wherever they are used."""

from __future__ import annotations

from ...ir.dialects.nn import BINARY, UNARY
from ...ir.operation import Operation, Value

FOLLOWS = frozenset(f"nn.{name}" for name in (*UNARY, *BINARY, "reshape", "transpose"))
"""Operations whose result can be split in any way, if their operands can."""


def values_of_weights(function: Operation) -> frozenset[Value]:
    """Return the values of `function` that are weights, constants, or made of them by `FOLLOWS`.

    They are computed at each of their uses, split as that use wants them.
    """
    found: set[Value] = set()
    for op in function.walk():
        of_weights = op.name in FOLLOWS and found.issuperset(op.operands)
        if of_weights or op.name in ("nn.read", "nn.constant"):
            found.add(op.result)
        elif op.name == "nn.fused":
            pairs = zip(op.operands, op.body.arguments, strict=True)
            found.update(inner for outer, inner in pairs if outer in found)
        elif op.name == "nn.yield" and op.parent_op is not None and op.parent_op.name == "nn.fused":
            pairs = zip(op.operands, op.parent_op.results, strict=True)
            found.update(outer for inner, outer in pairs if inner in found)
    return frozenset(found)
