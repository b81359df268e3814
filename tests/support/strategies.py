"""Hypothesis strategies for what several tests draw."""

from __future__ import annotations

from math import prod

from hypothesis import strategies as st

from wsc.ir.attributes import F16, F32, I32
from wsc.ir.dialects.dist import DistTensor
from wsc.ir.layout import Split


@st.composite
def splits(draw: st.DrawFn) -> Split:
    """Any split whose parts fit together."""
    axis = draw(st.sampled_from([None, "x", "y"]))
    cyclic = axis is not None and draw(st.booleans())
    granule = draw(st.integers(1, 4))
    if draw(st.booleans()):
        return Split(draw(st.integers(1, 60)), axis, granule=granule, cyclic=cyclic)
    factors = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    order = tuple(draw(st.permutations(range(len(factors)))))
    # A leading part of the factors in layout order stays whole.
    leading = draw(st.integers(0, len(factors)))
    local = prod(factors[index] for index in order[:leading])
    return Split(prod(factors), axis, factors, order, local, granule, cyclic)


@st.composite
def dist_tensors(draw: st.DrawFn) -> DistTensor:
    """Any distributed tensor type."""
    return DistTensor(
        draw(st.from_regex(r"[a-z][a-z0-9_.]{0,5}", fullmatch=True)),
        tuple(draw(st.lists(splits(), max_size=3))),
        draw(st.sampled_from([F16, F32, I32])),
        draw(st.sampled_from([None, "x", "y"])),
        "add",
    )
