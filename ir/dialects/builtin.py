"""Dialect `builtin`: the module, which holds everything else."""

from __future__ import annotations

from ..attributes import StringAttr
from ..spec import Dialect, OpSpec, Trait, is_a, optional, register_dialect

BUILTIN = register_dialect(Dialect("builtin", "The module that holds everything else."))
BUILTIN.add(
    [
        OpSpec(
            "builtin.module",
            "Holds operations and the table of their symbols. Its other attributes have a dialect's prefix.",
            attributes=(optional("sym_name", is_a("a string", StringAttr)),),
            regions=("body",),
            traits=frozenset({Trait.SYMBOL_TABLE, Trait.ISOLATED, Trait.SINGLE_BLOCK, Trait.NO_TERMINATOR}),
        )
    ]
)
