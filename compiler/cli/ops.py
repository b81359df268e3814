"""`wsc ops`: the dialects with their operations, or one of them in full."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from typing import TYPE_CHECKING

from .context import Context
from .errors import ExitStatus, UsageError
from .listing import columns_of_stdout, heading, print_paragraph, print_rows
from .reference import describe, dialect_reference, trait_names

if TYPE_CHECKING:
    from ...ir.spec import Dialect, OpSpec


def run_ops(args: Namespace, context: Context) -> int:
    """List dialects and operations, or describe the one named. Raises `UsageError` for an unknown name."""
    from ...ir.diagnostics import did_you_mean
    from ...ir.dialects import load_dialects
    from ...ir.spec import lookup_spec, registered_dialects

    if args.markdown:
        if args.name is not None or args.irdl:
            raise UsageError("--markdown prints the whole reference: it does not go with a name or --irdl")
        print(dialect_reference())
        return ExitStatus.DONE
    load_dialects()
    dialects = {dialect.name: dialect for dialect in registered_dialects()}
    if args.irdl:
        _print_irdl(dialects, args.name)
        return ExitStatus.DONE
    if args.name is None:
        for dialect in dialects.values():
            _print_names(dialect)
        return ExitStatus.DONE
    spec = lookup_spec(args.name)
    if spec is not None:
        _print_operation(spec)
    elif args.name in dialects:
        _print_dialect(dialects[args.name])
    else:
        known = [*dialects, *(name for dialect in dialects.values() for name in dialect.operations)]
        raise UsageError(
            f"unknown dialect or operation '{args.name}'{did_you_mean(args.name, known)}", "see `wsc ops`"
        )
    return ExitStatus.DONE


def _print_irdl(dialects: dict[str, Dialect], name: str | None) -> None:
    """Print the definitions of a dialect, or of all whose types IRDL can define. Raises `UsageError`."""
    from ...ir.diagnostics import did_you_mean
    from .irdl import foreign_types, irdl_text

    if name is not None and name not in dialects:
        raise UsageError(f"unknown dialect '{name}'{did_you_mean(name, dialects)}", "see `wsc ops`")
    if name == "builtin":
        raise UsageError("dialect 'builtin' is MLIR's own")
    if name is not None:
        print(irdl_text([dialects[name]]))
        return
    others = [dialect for dialect in dialects.values() if dialect.name != "builtin"]
    print(irdl_text([dialect for dialect in others if not foreign_types(dialect)]))


def _print_names(dialect: Dialect) -> None:
    """Print a dialect in a few lines."""
    print(f"{heading(dialect.name)}: {dialect.summary}")
    names = ", ".join(spec.name.removeprefix(f"{dialect.name}.") for spec in dialect.by_name())
    room = columns_of_stdout() or 100
    print(textwrap.fill(names, room, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))


def _print_dialect(dialect: Dialect) -> None:
    print(f"{heading(dialect.name)}: {dialect.summary}")
    print_rows([(spec.name, spec.summary) for spec in dialect.by_name()])


def _print_operation(spec: OpSpec) -> None:
    """Print all that the verifier knows of an operation, except its own rules in code."""
    print(heading(spec.name))
    print_paragraph(spec.summary, indent="  ")
    for title, fields in (
        ("operands", spec.operands),
        ("results", spec.results),
        ("attributes", spec.attributes),
    ):
        if fields:
            print(f"\n{heading(title)}")
            print_rows([(field.name, describe(field)) for field in fields])
    if spec.regions:
        print(f"\n{heading('regions')}: {', '.join(spec.regions)}")
    if spec.traits:
        print(f"\n{heading('traits')}")
        print_rows([(name,) for name in trait_names(spec)])
