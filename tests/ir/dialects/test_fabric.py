"""Dialect fabric: the rules of regions, instances and routes."""

import pytest

from ...support.verified import problems_of

ROUTE = (
    '"fabric.route"() {{flow = "f", color = {color} : i64, rect = array<i64: {rect}>, '
    'input = "{entry}", outputs = [{outputs}]}} : () -> ()'
)
INSTANCE = (
    '"fabric.region"() ({{}}) {{sym_name = "g", width = {width} : i64, height = 2 : i64}} : () -> ()\n'
    '"fabric.instance"() {{sym_name = "g.0", region = @{region}, origin = array<i64: {origin}>, '
    "layers = array<i64: {layers}>}} : () -> ()"
)


def route(rect: str = "0, 0, 1, 1, 1, 1", entry: str = "W", outputs: str = '"E"', color: int = 0) -> str:
    return ROUTE.format(color=color, rect=rect, entry=entry, outputs=outputs)


def switched(more: str) -> str:
    return route().replace('input = "W"', 'input = "W", ' + more)


def instance(origin: str = "0, 0", layers: str = "0, 1", region: str = "g", width: int = 3) -> str:
    text = INSTANCE.format(origin=origin, layers=layers, region=region, width=width)
    return text.replace("({})", "({^bb0:})")


def test_right_operations_pass() -> None:
    assert problems_of(route()) == []
    assert problems_of(route("3, 4, 2, 5, 2, 1", "RAMP", '"E", "W", "N"', 20)) == []
    assert problems_of(switched("position = 0 : i64, messages = 3 : i64")) == []
    assert problems_of(switched("position = 3 : i64, messages = 1 : i64")) == []
    assert problems_of(instance()) == []
    assert problems_of(instance("7, 0", "2, 2")) == []


RECTANGLE = "the rectangle must be non-empty, with positive steps, at coordinates from 0"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (route("-1, 0, 1, 1, 1, 1"), RECTANGLE),
        (route("0, 0, 0, 1, 1, 1"), RECTANGLE),
        (route("0, 0, 1, 1, 1, 0"), RECTANGLE),
        (route("0, 0, 1, 1, 1"), "must be a strided rectangle x0, y0, nx, ny, step x, step y"),
        (route(outputs=""), "outputs must be different directions, at least one"),
        (route(outputs='"E", "E"'), "outputs must be different directions, at least one"),
        (route(outputs='"E", "UP"'), "outputs must be different directions, at least one"),
        (route(outputs='"E", 1 : i64'), "outputs must be different directions, at least one"),
        (route(entry="UP"), "attribute 'input' must be a direction (N, E, S, W, RAMP)"),
        (route(color=-1), "a color is a number from 0"),
        (switched("position = -1 : i64"), "a switch position is a number from 0"),
        (switched("messages = 0 : i64"), "a switch position lasts for one message at least"),
        (
            switched("position = 1 : i64"),
            "a switch position after the first needs the number of messages that it lasts for",
        ),
        (instance("-1, 0"), "the origin must not be negative"),
        (instance("1"), "attribute 'origin' must be two integers"),
        (instance(layers="2, 1"), "layers must be a range first, end"),
        (instance(layers="-1, 1"), "layers must be a range first, end"),
        (instance(width=0), "a region needs at least one PE each way"),
        (instance(region="h"), "refers to @h, which is not defined"),
    ],
)
def test_a_broken_rule(text: str, message: str) -> None:
    found = problems_of(text)
    assert len(found) == 1
    assert message in found[0]
