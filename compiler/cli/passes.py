"""`wsc passes`: the passes in the order of a compilation, or one with its options."""

from __future__ import annotations

import ast
import inspect
import textwrap
from argparse import Namespace
from dataclasses import MISSING, Field
from typing import TYPE_CHECKING, Any

from .context import Context
from .errors import ExitStatus, UsageError, command_line
from .listing import heading, print_paragraph, print_rows

if TYPE_CHECKING:
    from ...passes.base import Pass


def run_passes(args: Namespace, context: Context) -> int:
    """List the passes, or describe the one named. Raises `UsageError` for an unknown name."""
    from ...ir.diagnostics import did_you_mean
    from ...passes.aliases import ALIASES
    from ...passes.pipeline import PASSES, default_pipeline, pipeline_text

    if args.pipeline and args.name is not None:
        raise UsageError("--pipeline prints a whole pipeline: it does not go with the name of a pass")
    if args.entry is not None and not args.pipeline:
        raise UsageError("--entry goes with --pipeline")
    if args.pipeline:
        with command_line():
            print(pipeline_text(default_pipeline(args.entry or "decode")))
        return ExitStatus.DONE
    if args.name is None:
        print_rows([(name, summary(kind)) for name, kind in PASSES.items()], indent="")
        print(f"\n{heading('aliases')}")
        print_rows([(name, alias.summary, alias.text) for name, alias in ALIASES.items()])
        print()
        print(f"decode is compiled with -p '{pipeline_text(default_pipeline())}'")
        return ExitStatus.DONE
    if args.name in ALIASES:
        _print_alias(args.name)
        return ExitStatus.DONE
    kind = PASSES.get(args.name)
    if kind is None:
        hint = did_you_mean(args.name, (*PASSES, *ALIASES))
        raise UsageError(f"unknown pass '{args.name}'{hint}", "see `wsc passes`")
    print(heading(kind.name))
    for paragraph in filter(None, _help(kind).split("\n\n")):
        print_paragraph(" ".join(paragraph.split()), indent="  ")
    print_paragraph(
        "Every program needs it." if kind.required else f"`--disable-pass {kind.name}` leaves it out.",
        indent="  ",
    )
    print_paragraph(f"It runs on {_anchors(kind)}.", indent="  ")
    documented = _field_docs(kind)
    rows = [(*_option(option), documented.get(option.name, "")) for option in kind.options()]
    if rows:
        print(f"\n{heading('options')}")
        print_rows(rows)
    return ExitStatus.DONE


def _print_alias(name: str) -> None:
    """Print what an alias stands for, in full."""
    from ...passes.aliases import ALIASES
    from ...passes.pipeline import parse_pipeline, pipeline_text

    print(heading(name))
    print_paragraph(ALIASES[name].summary, indent="  ")
    print(f"  It stands for {pipeline_text(parse_pipeline(name))}")


def _anchors(kind: type[Pass]) -> str:
    """Return on which operations a pass runs."""
    if kind.anchors is not None:
        return ", ".join(kind.anchors)
    from ...ir.dialects import load_dialects
    from ...ir.spec import Trait, registered_operations

    load_dialects()
    names = [spec.name for spec in registered_operations() if Trait.ISOLATED in spec.traits]
    return f"any isolated operation: {', '.join(names)}"


def summary(kind: type[Pass]) -> str:
    """Return the first sentence or line of a pass's help."""
    return _help(kind).split("\n\n")[0].replace("\n", " ")


def _help(kind: type[Pass]) -> str:
    """Return a pass's docstring, but not the signature that a dataclass without one gets in its place."""
    text = inspect.cleandoc(kind.__doc__ or "")
    return "" if text.startswith(f"{kind.__name__}(") else text


def _option(option: Field[Any]) -> tuple[str, str]:
    """Return an option as a pipeline writes it, and its default or choices."""
    default = "" if option.default is MISSING else str(option.default)
    choices = option.metadata.get("choices")
    kinds = " | ".join(choices) if choices else f"{_type_name(option)}, default {default}"
    return option.name.replace("_", "-"), kinds


def _type_name(option: Field[Any]) -> str:
    return option.type if isinstance(option.type, str) else option.type.__name__


def _field_docs(kind: type[Pass]) -> dict[str, str]:
    """Return the texts that stand below a pass's fields in its source, by the field's name."""
    (definition,) = ast.parse(textwrap.dedent(inspect.getsource(kind))).body
    if not isinstance(definition, ast.ClassDef):
        return {}
    found: dict[str, str] = {}
    for statement, after in zip(definition.body, definition.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[statement.target.id] = " ".join(after.value.value.split())
    return found
