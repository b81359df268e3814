"""What a failing pass was working on: the operation to point at."""

from __future__ import annotations

from collections.abc import Iterator
from types import FrameType

from ..ir.builder import Builder
from ..ir.operation import Operation
from ..ir.rewriter import Rewriter


def operation_at_work(error: BaseException, root: Operation) -> Operation | None:
    """Return the operation that the code that raised `error` was working on, None if nobody knows.

    That is the one that the innermost function has in its hands: a local variable, or where a rewriter or
    builder is. `root`, on which the pass runs, says nothing.
    """
    for frame in reversed(list(_frames(error))):
        for value in _suspects(frame):
            if value is not root:
                return value
    return None


def _frames(error: BaseException) -> Iterator[FrameType]:
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _suspects(frame: FrameType) -> Iterator[Operation]:
    """Yield the operations that a function has at hand, those first that loops and patterns call so."""
    found = frame.f_locals
    names = [name for name in ("op", "operation") if name in found]
    for value in [found[name] for name in names] + list(found.values()):
        if isinstance(value, Operation):
            yield value
        elif isinstance(value, Rewriter):
            yield value.operation
        elif isinstance(value, Builder) and value.anchor is not None:
            yield value.anchor
