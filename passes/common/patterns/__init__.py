"""Rewrite patterns of canonicalize, one file for each dialect; none changes a bit of a result."""

from ....ir.rewriter import RewritePattern
from . import dist, nn, pe

PATTERNS: dict[str, tuple[RewritePattern, ...]] = {
    "nn": nn.PATTERNS,
    "dist": dist.PATTERNS,
    "pe": pe.PATTERNS,
}
"""The patterns by dialect, each in the order in which they are tried."""
