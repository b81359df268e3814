"""Pipelines: the default one, parts of it, and pipelines as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from ..ir.diagnostics import Diagnostic, DiagnosticError, Diagnostics, Severity, did_you_mean, error_at
from ..ir.location import UNKNOWN
from .aliases import ALIASES
from .base import MODULE, Pass
from .pipeline_parser import PIPELINE_FILE, PipelineParser
from .registry import PASSES

AUTO_STRATEGY = "gemv-2d"
"""What strategy `auto` means: a token at a time multiplies vectors by matrices."""


def default_pipeline(entry: str = "decode", strategy: str = "auto") -> list[Pass]:
    """Return the passes that compile `entry`, from the front end's module to one that the engines run.

    They come from `PASSES`, so one that was replaced there is replaced here. Raises `DiagnosticError` if
    there is no such strategy, or if a pass that took the place of another does not take its option.
    """
    given = {("specialize", "entry"): entry, ("partition", "strategy"): _chosen(strategy)}
    return [_with_options(pass_, given) for pass_ in parse_pipeline("to-pe")]


def _with_options(pass_: Pass, given: Mapping[tuple[str, str], str]) -> Pass:
    """Return `pass_` with those of the options in `given`, by pass and name, that are its own."""
    options = {option: value for (name, option), value in given.items() if name == pass_.name}
    known = {option.name: option.default for option in pass_.options()}
    for option, value in options.items():
        if option not in known:
            raise error_at(f"pass '{pass_.name}' has no option '{option}', which is to be '{value}'", UNKNOWN)
    return replace(pass_, **options)


def _chosen(strategy: str) -> str:
    if strategy == "auto":
        return AUTO_STRATEGY
    from .nn.partition import STRATEGIES

    if strategy not in STRATEGIES:
        raise error_at(
            f"unknown strategy '{strategy}'{did_you_mean(strategy, STRATEGIES)}",
            UNKNOWN,
            f"strategies: auto, {', '.join(STRATEGIES)}",
        )
    return strategy


# ---- leaving passes out --------------------------------------------------------------------------


def without_passes(passes: Sequence[Pass], names: Iterable[str], *, keep_required: bool = True) -> list[Pass]:
    """Return `passes` without those named; an alias names all it stands for.

    Raises `DiagnosticError` for passes that are unknown or not there, and for required ones unless
    `keep_required` is off.
    """
    diagnostics = Diagnostics()
    there = {pass_.name for pass_ in passes}
    disabled: set[str] = set()
    for name in names:
        if name in ALIASES:
            disabled.update(pass_.name for pass_ in parse_pipeline(name))
            continue
        disabled.add(name)
        kind = PASSES.get(name)
        if kind is None:
            diagnostics.error(f"unknown pass '{name}'{did_you_mean(name, (*PASSES, *ALIASES))}", UNKNOWN)
        elif keep_required and kind.required:
            optional = ", ".join(other for other, kind in PASSES.items() if not kind.required)
            diagnostics.error(
                f"pass '{name}' cannot be disabled: no program comes out without it",
                UNKNOWN,
                f"passes that can: {optional}",
            )
        elif name not in there:
            diagnostics.add(_not_there(name, passes))
    diagnostics.raise_if_errors()
    return [pass_ for pass_ in passes if pass_.name not in disabled]


def up_to_pass(passes: Sequence[Pass], name: str) -> list[Pass]:
    """Return `passes` up to and with the first one named so. Raises `DiagnosticError` if there is none."""
    names = [pass_.name for pass_ in passes]
    if name in names:
        return list(passes[: names.index(name) + 1])
    if name in PASSES:
        raise DiagnosticError([_not_there(name, passes)])
    if name in ALIASES:
        text = pipeline_text(parse_pipeline(name))
        raise error_at(f"'{name}' is an alias, not one pass", UNKNOWN, f"it stands for {text}")
    raise error_at(f"unknown pass '{name}'{did_you_mean(name, names)}", UNKNOWN)


def _not_there(name: str, passes: Sequence[Pass]) -> Diagnostic:
    names = dict.fromkeys(pass_.name for pass_ in passes)
    notes = (f"pipeline: {', '.join(names) or 'empty'}",)
    return Diagnostic(Severity.ERROR, f"pass '{name}' is not in the pipeline", UNKNOWN, notes)


# ---- text ----------------------------------------------------------------------------------------


def pipeline_text(passes: Iterable[Pass]) -> str:
    """Return the text that `parse_pipeline` reads back to equal passes: aliases are written out."""
    text = _text(list(passes), 0)
    # A module around everything means the outermost one, which then must be written, too.
    return f"{MODULE}({text})" if text.startswith(f"{MODULE}(") else text


def _text(passes: Sequence[Pass], depth: int) -> str:
    """Return the text of passes that have the first `depth` names of their nests in common."""
    parts: list[str] = []
    for anchor, group in groupby(passes, lambda pass_: pass_.nest[depth : depth + 1]):
        if anchor:
            parts.append(f"{anchor[0]}({_text(list(group), depth + 1)})")
        else:
            parts += [pass_.specification() for pass_ in group]
    return ",".join(parts)


def parse_pipeline(text: str) -> list[Pass]:
    """Read `pass{option=value option2=value},alias,nn.func(pass)`; white space does not matter.

    `builtin.module(...)` around everything may be left out. A value with other characters than letters,
    digits and `_.+-` stands in double quotes, as in JSON. Raises `DiagnosticError` with everything that is
    wrong, at its place in `text` (file `PIPELINE_FILE`).
    """
    return PipelineParser(text, PASSES, ALIASES).parse()


__all__ = [
    "AUTO_STRATEGY",
    "PASSES",
    "PIPELINE_FILE",
    "default_pipeline",
    "parse_pipeline",
    "pipeline_text",
    "up_to_pass",
    "without_passes",
]
