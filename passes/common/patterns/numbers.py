"""Which constants an elementwise operation may lose without changing a bit of any result."""

from __future__ import annotations

import math


def is_neutral(function: str, right: float) -> bool:
    """Whether `x <function> right` is x for every float x, negative zero, infinities and nan included.

    x + 0 is not: it turns -0 into +0. x + -0 and x - +0 are.
    """
    if function in ("add", "sub"):
        return right == 0.0 and math.copysign(1.0, right) == (-1.0 if function == "add" else 1.0)
    return function in ("mul", "div") and right == 1.0


SMALLEST_NORMAL_F32 = 2.0**-126


def exact_reciprocal(value: float) -> float | None:
    """Return 1 / value if multiplying by it is the same as dividing by `value`: if it is a power of two.

    None if it is not, or if the reciprocal is not a normal float32.
    """
    if not math.isfinite(value) or abs(math.frexp(value)[0]) != 0.5:
        return None
    reciprocal = 1.0 / value
    return reciprocal if SMALLEST_NORMAL_F32 <= abs(reciprocal) < 2.0**128 else None
