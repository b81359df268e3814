"""Pipelines: the registry of passes, the default pipeline, and pipelines as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..ir.diagnostics import Diagnostics, did_you_mean, error_at
from ..ir.location import UNKNOWN
from .base import Pass, option_text
from .common.canonicalize import Canonicalize
from .common.cse import CSE
from .common.dce import DCE
from .dist.combine_collectives import CombineCollectives
from .fabric.place import Place
from .fabric.route import Route
from .nn.fuse import Fuse
from .nn.partition import STRATEGIES, Partition
from .nn.specialize import Specialize
from .pe.allocate import Allocate
from .pe.emit import Emit
from .pe.schedule import Schedule
from .pipeline_parser import PIPELINE_FILE, PipelineParser

PASSES: dict[str, type[Pass]] = {
    kind.name: kind
    for kind in (
        Specialize,
        Canonicalize,
        CSE,
        DCE,
        Fuse,
        Partition,
        CombineCollectives,
        Place,
        Route,
        Schedule,
        Allocate,
        Emit,
    )
}
"""Every pass by its name, in the order in which a compilation uses them."""

AUTO_STRATEGY = "gemv-2d"
"""What strategy `auto` means: a token at a time multiplies vectors by matrices."""


def default_pipeline(entry: str = "decode", strategy: str = "auto") -> list[Pass]:
    """Return the passes that compile `entry`, from the front end's module to one that the engines run.

    They come from `PASSES`, so one that was replaced there is replaced here. Raises `DiagnosticError` if
    there is no such strategy.
    """
    return parse_pipeline(
        f"specialize{{entry={option_text(entry)}}},canonicalize,cse,dce,fuse,"
        f"partition{{strategy={option_text(_chosen(strategy))}}},canonicalize,cse,dce,combine-collectives,"
        "place,route,schedule,allocate,emit,canonicalize,cse,dce"
    )


def _chosen(strategy: str) -> str:
    if strategy == "auto":
        return AUTO_STRATEGY
    if strategy not in STRATEGIES:
        raise error_at(
            f"unknown strategy '{strategy}'{did_you_mean(strategy, STRATEGIES)}",
            UNKNOWN,
            f"strategies: auto, {', '.join(STRATEGIES)}",
        )
    return strategy


# ---- leaving passes out --------------------------------------------------------------------------


def without_passes(passes: Sequence[Pass], names: Iterable[str]) -> list[Pass]:
    """Return `passes` without those named. Raises `DiagnosticError` for unknown and for required passes."""
    diagnostics = Diagnostics()
    disabled = list(names)
    for name in disabled:
        kind = PASSES.get(name)
        if kind is None:
            diagnostics.error(f"unknown pass '{name}'{did_you_mean(name, PASSES)}", UNKNOWN)
        elif kind.required:
            optional = ", ".join(other for other, kind in PASSES.items() if not kind.required)
            diagnostics.error(
                f"pass '{name}' cannot be disabled: no program comes out without it",
                UNKNOWN,
                f"passes that can: {optional}",
            )
    diagnostics.raise_if_errors()
    return [pass_ for pass_ in passes if pass_.name not in disabled]


def up_to_pass(passes: Sequence[Pass], name: str) -> list[Pass]:
    """Return `passes` up to and with the first one named so. Raises `DiagnosticError` if there is none."""
    names = [pass_.name for pass_ in passes]
    if name not in names:
        if name in PASSES:
            raise error_at(f"pass '{name}' is not in the pipeline", UNKNOWN, f"pipeline: {', '.join(names)}")
        raise error_at(f"unknown pass '{name}'{did_you_mean(name, names)}", UNKNOWN)
    return list(passes[: names.index(name) + 1])


# ---- text ----------------------------------------------------------------------------------------


def pipeline_text(passes: Iterable[Pass]) -> str:
    """Return the text that `parse_pipeline` reads back to equal passes."""
    return ",".join(pass_.specification() for pass_ in passes)


def parse_pipeline(text: str) -> list[Pass]:
    """Read `pass{option=value option2=value},pass`; white space between the parts does not matter.

    A value with other characters than letters, digits and `_.+-` stands in double quotes, as in JSON.
    Raises `DiagnosticError` with everything that is wrong, at its place in `text` (file `PIPELINE_FILE`).
    """
    return PipelineParser(text, PASSES).parse()


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
