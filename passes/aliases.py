"""Aliases: names that stand for parts of pipelines, the default pipeline among them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Alias:
    """What a name in a pipeline stands for: a pipeline's text, which may use other aliases."""

    text: str
    summary: str


ALIASES: dict[str, Alias] = {
    "simplify": Alias("canonicalize,cse,dce", "Leave less to do, at any level."),
    "to-dist": Alias(
        "inline,specialize,simplify,fuse,partition,simplify,combine-collectives",
        "From the front end's module to the dist level.",
    ),
    "to-fabric": Alias("to-dist,place,route", "From the front end's module to the fabric level."),
    "to-pe": Alias(
        "to-fabric,schedule,allocate,emit,simplify,certify",
        "From the front end's module to one that engines run: the default pipeline.",
    ),
}
"""Every alias by its name. None uses itself."""
