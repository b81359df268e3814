"""Writes `fabric.route` operations."""

from __future__ import annotations

from collections.abc import Sequence

from ...ir.attributes import ArrayAttr, Attribute, i64, i64_array, string
from ...ir.builder import Builder
from ...ir.location import Location
from .trees import Switch


def add_route(
    top: Builder,
    flow: str,
    color: int,
    rect: Sequence[int],
    switch: Switch,
    location: Location,
    position: int = 0,
    messages: int = 0,
) -> None:
    """Set the routers of a strided rectangle; `messages` is 0 where a position is the only one."""
    attributes: dict[str, Attribute] = {
        "flow": string(flow),
        "color": i64(color),
        "rect": i64_array(tuple(rect)),
        "input": string(switch.input),
        "outputs": ArrayAttr(tuple(map(string, switch.outputs))),
    }
    if messages:
        attributes |= {"position": i64(position), "messages": i64(messages)}
    top.create("fabric.route", attributes=attributes, location=location)
