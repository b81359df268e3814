"""What the verifier says about a piece of text."""

from __future__ import annotations

from wsc.ir.parser import parse_module
from wsc.ir.verifier import verify


def problems_of(body: str) -> list[str]:
    """Return the messages about a module with `body`; operations of other dialects may stand in it."""
    module = parse_module(f'"builtin.module"() ({{\n{body}\n}}) : () -> ()', "t.mlir")
    return [diagnostic.message for diagnostic in verify(module, allow_unregistered=True)]
