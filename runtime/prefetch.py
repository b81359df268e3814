"""Prefetching: asking for memory some time before it is needed.

On a large wafer nearly every queue and core that is worked on has left the cache since the last time. The
engine knows which ones come next, so it asks for them ahead.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir  # pyright: ignore[reportMissingTypeStubs]
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

AHEAD = 8
"""Items that a loop asks ahead for what it needs; twice as far for what tells where that is."""
PADDING = 2 * AHEAD
"""Items behind the last one of a list that may be read in doing so."""

_WRITE = 1
_KEEP = 3
_DATA = 1


def _prefetch(typing_context: Any, array: Any, index: Any) -> tuple[Any, Callable[..., Any]]:
    """Return signature and code generator: one `llvm.prefetch` of the element's address."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
        byte_pointer: Any = ir.IntType(8).as_pointer()
        address = builder.bitcast(builder.gep(data, [arguments[1]]), byte_pointer)
        i32 = ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte_pointer, i32, i32, i32])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte_pointer], kind)
        builder.call(function, [address, i32(_WRITE), i32(_KEEP), i32(_DATA)])
        return context.get_dummy_value()

    return types.void(array, types.int64), generate


prefetch = cast("Callable[[NDArray[Any], int], None]", intrinsic(_prefetch))
"""`prefetch(array, index)` has the element of a flat array brought into the cache; any index is allowed."""
