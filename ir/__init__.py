"""The ground: values, operations, types, text form, verifier, diagnostics, rewriter, dialects, targets."""

from .attributes import Attribute, TypeAttribute
from .builder import Builder
from .diagnostics import Diagnostic, DiagnosticError, Diagnostics, Severity, render
from .dialects import load_dialects
from .dominance import Dominance
from .location import (
    UNKNOWN,
    CallSiteLoc,
    FileLoc,
    FusedLoc,
    Location,
    NameLoc,
    UnknownLoc,
    fuse_locations,
)
from .operation import Block, Operation, Region, Value
from .parser import parse_attribute, parse_module, parse_operation, parse_type
from .printer import print_operation
from .rewriter import NamedPattern, RewritePattern, Rewriter, apply_patterns, rewrites
from .spec import Dialect, OpSpec, Trait, has_trait, lookup_spec, register_dialect, registered_dialects
from .symbols import SymbolTable, SymbolTables, lookup_symbol
from .verifier import verify, verify_or_raise

__all__ = [
    "UNKNOWN",
    "Attribute",
    "Block",
    "Builder",
    "CallSiteLoc",
    "Diagnostic",
    "DiagnosticError",
    "Diagnostics",
    "Dialect",
    "Dominance",
    "FileLoc",
    "FusedLoc",
    "Location",
    "NameLoc",
    "NamedPattern",
    "OpSpec",
    "Operation",
    "Region",
    "RewritePattern",
    "Rewriter",
    "Severity",
    "SymbolTable",
    "SymbolTables",
    "Trait",
    "TypeAttribute",
    "UnknownLoc",
    "Value",
    "apply_patterns",
    "fuse_locations",
    "has_trait",
    "load_dialects",
    "lookup_spec",
    "lookup_symbol",
    "parse_attribute",
    "parse_module",
    "parse_operation",
    "parse_type",
    "print_operation",
    "register_dialect",
    "registered_dialects",
    "render",
    "rewrites",
    "verify",
    "verify_or_raise",
]
