"""Whether what a loop over layers does can depend on the number of the layer, in anything but addresses."""

from __future__ import annotations

from collections.abc import Sequence

from ... import bytecode as bc
from .rows import WRITES, Row

_EXTENTS = (1, 3)
_OPERANDS = 5


def layer_matters(rows: Sequence[Row], end: int) -> str | None:
    """Return what the layer's number decides in the loop that ends with `NEXT` at row `end`, None if nothing.

    It may not decide where a program goes on, how much is moved or computed, or what is stored. Where the
    number comes in is followed through registers; a word that is loaded from an address that depends on it
    depends on it, too.
    """
    first = rows[end].jump
    body = range(first, end)
    before: dict[int, set[int]] = {pc: set() for pc in range(first, end + 1)}
    before[first] = {rows[end].target}
    changed = True
    while changed:
        changed = False
        for pc in body:
            row = rows[pc]
            after = _after(row, before[pc])
            for following in row.successors:
                if following in before and not after <= before[following]:
                    before[following] |= after
                    changed = True
        # Into the next layer comes what is known at the end, and another number.
        around = before[end] | {rows[end].target}
        if not around <= before[first]:
            before[first] |= around
            changed = True
    for pc in body:
        found = _decides(rows[pc], before[pc])
        if found is not None:
            return f"row {pc}: {found}"
    return None


def _reads(row: Row, tainted: set[int], places: Sequence[int]) -> bool:
    return any(place in row.registers and row.operands[place] in tainted for place in places)


def _after(row: Row, tainted: set[int]) -> set[int]:
    """Return the registers that depend on the number behind `row`."""
    if row.opcode not in WRITES:
        return tainted
    depends = _reads(row, tainted, range(len(row.operands)))
    if row.opcode == bc.NEXT:
        depends = depends or row.target in tainted
    return tainted | {row.target} if depends else tainted - {row.target}


def _decides(row: Row, tainted: set[int]) -> str | None:
    """Return what the number decides in `row`, if anything."""
    if row.opcode in (bc.FOR, bc.NEXT, bc.IF):
        decides = _reads(row, tainted, (0, 1)) or (row.opcode == bc.NEXT and row.target in tainted)
        return "where it goes on" if decides else None
    if row.opcode == bc.STORE:
        return "what is stored" if _reads(row, tainted, (0, 1)) else None
    if row.opcode >= bc.MAP_UNARY:
        places = [
            5 * index + extent for index in range(len(row.operands) // _OPERANDS) for extent in _EXTENTS
        ]
        return "an extent" if _reads(row, tainted, places) else None
    return None
