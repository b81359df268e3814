"""Routes to test with, and their flows."""

from __future__ import annotations

from collections.abc import Sequence

from wsc.ir.attributes import ArrayAttr, i64, i64_array, string
from wsc.ir.flows import Flow, extract_flows
from wsc.ir.operation import Operation
from wsc.ir.routes import collect_settings


def route(
    rect: Sequence[int],
    entry: str,
    outputs: str,
    color: int = 0,
    flow: str = "f",
    position: int = 0,
    messages: int = 0,
) -> Operation:
    """A `fabric.route`; `outputs` holds directions, separated by blanks."""
    op = Operation(
        "fabric.route",
        attributes={
            "flow": string(flow),
            "color": i64(color),
            "rect": i64_array(tuple(rect)),
            "input": string(entry),
            "outputs": ArrayAttr(tuple(map(string, outputs.split()))),
        },
    )
    if position:
        op.attributes["position"] = i64(position)
    if messages:
        op.attributes["messages"] = i64(messages)
    return op


def flows_of(routes: Sequence[Operation], width: int, height: int) -> tuple[list[Flow], list[str]]:
    """The flows of routes, and what is wrong with them."""
    settings, problems = collect_settings(routes, width, height)
    flows, more = extract_flows(settings)
    return list(flows), [text for text, _ in (*problems, *more)]
