"""The dialects, one a file; `load_dialects` registers all of them."""

from __future__ import annotations

from functools import cache
from importlib import import_module

DIALECT_MODULES = ("builtin", "nn", "dist", "fabric", "pe")
"""The modules of this package that register a dialect when they are imported."""
_CONTINUATIONS = (
    "nn_shape",
    "nn_attention",
    "nn_choice",
    "dist_attention",
    "dist_choice",
    "pe_communication",
)
"""The modules that add operations to a dialect of another module."""


@cache
def load_dialects() -> None:
    """Register what all dialects define; the parser and the verifier call it themselves."""
    for name in DIALECT_MODULES + _CONTINUATIONS:
        import_module(f".{name}", __name__)
