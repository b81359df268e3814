"""Canonical layout of `.wdl` texts: what `wsc fmt` writes."""

from .formatter import format_wdl

__all__ = ["format_wdl"]
