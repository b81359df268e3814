"""Dialect `dist`, continued: attention on the heads and positions, or rows, that a PE has."""

from __future__ import annotations

from ..layout import Split
from ..spec import OpSpec, is_a, operand, optional, required, result
from .dist import DIST, FLAG, FLOAT, INTEGER, PURE, TENSOR, plain

DIST.add(
    [
        OpSpec(
            "dist.rotate",
            "Rotates neighbouring pairs by an angle given as cos, sin and -sin (rotary position embedding).",
            operands=(
                operand("x", TENSOR),
                operand("cos", TENSOR),
                operand("sin", TENSOR),
                operand("minus_sin", TENSOR),
            ),
            results=(result("value", TENSOR),),
            traits=PURE,
            verify=plain(),
        ),
        OpSpec(
            "dist.scores",
            "q . k of every head and cached position on this PE, or [heads, rows, rows] of a window, where "
            "the result may have a part of the first rows: partial over the axis of the features.",
            operands=(operand("q", TENSOR), operand("k", TENSOR)),
            results=(result("scores", TENSOR),),
            attributes=(required("head_dim", INTEGER),),
            traits=PURE,
            verify=plain(),
        ),
        OpSpec(
            "dist.softmax_max",
            "Largest score of each head over this PE's positions: partial max over the positions' axis. In a "
            "window, of each head and row over all rows: complete; with `causal` no row sees later ones.",
            operands=(operand("scores", TENSOR),),
            results=(result("largest", TENSOR),),
            attributes=(
                required("head_dim", INTEGER),
                required("features", is_a("a split", Split)),
                optional("causal", FLAG),
            ),
            traits=PURE,
            verify=plain(),
        ),
        OpSpec(
            "dist.softmax_mix",
            "Weights w = exp((score - largest) * scale); gives sum(w v) and sum(w), partial over the "
            "positions' axis; complete in a window, where with `causal` no row sees later ones.",
            operands=(operand("scores", TENSOR), operand("largest", TENSOR), operand("v", TENSOR)),
            results=(result("mixed", TENSOR), result("weight", TENSOR)),
            attributes=(required("head_dim", INTEGER), required("scale", FLOAT), optional("causal", FLAG)),
            traits=PURE,
            verify=plain(),
        ),
        OpSpec(
            "dist.softmax_divide",
            "Divides each head's features by its weight, row by row in a window.",
            operands=(operand("mixed", TENSOR), operand("weight", TENSOR)),
            results=(result("value", TENSOR),),
            attributes=(required("head_dim", INTEGER),),
            traits=PURE,
            verify=plain(),
        ),
    ]
)
