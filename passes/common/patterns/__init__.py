"""Rewrite patterns of canonicalize, a file or two for each dialect; none changes a bit of a result."""

from ....ir.rewriter import RewritePattern
from . import dist, nn, nn_shape, pe

PATTERNS: dict[str, tuple[RewritePattern, ...]] = {
    "nn": nn.PATTERNS + nn_shape.PATTERNS,
    "dist": dist.PATTERNS,
    "pe": pe.PATTERNS,
}
"""The patterns by dialect, each in the order in which they are tried."""
