"""Syntax trees without places, to compare what two texts say."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

from wsc.compiler.frontend.ast import Span
from wsc.compiler.frontend.parse import parse_wdl


def syntax_tree(text: str) -> Any:
    """Return what `text`, which must have no syntax error, says: nested tuples, whatever its layout."""
    parsed = parse_wdl(text, "m.wdl")
    assert parsed.diagnostics == []
    assert parsed.model is not None
    return _without_places(parsed.model)


def _without_places(node: Any) -> Any:
    if isinstance(node, tuple):
        return tuple(map(_without_places, node))
    if not is_dataclass(node):
        return node
    values = [getattr(node, field.name) for field in fields(node)]
    return (type(node).__name__, *(_without_places(value) for value in values if not isinstance(value, Span)))
