"""Pass route: the flows in the switch settings are those that were asked for, within the target's colors."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from wsc.ir.attributes import ArrayAttr, IntegerAttr, StringAttr, SymbolRefAttr
from wsc.ir.diagnostics import Diagnostic, DiagnosticError
from wsc.ir.dialects.fabric import numbers
from wsc.ir.flows import Flow
from wsc.ir.operation import Operation
from wsc.ir.routes import Point
from wsc.passes.base import PassContext, operations_named, symbols
from wsc.passes.fabric import hand_overs
from wsc.passes.fabric import route as route_pass
from wsc.passes.fabric.collectives.all_reduce import COLLECTIVE_COLORS
from wsc.passes.fabric.collectives.broadcast import broadcast_plan
from wsc.passes.fabric.collectives.plan import LinePlan, Run, Setting, setting_runs
from wsc.passes.fabric.collectives.reduce import reduce_plan
from wsc.passes.fabric.collectives.trees import LineTree
from wsc.passes.fabric.reduce_trees import tree_of
from wsc.passes.fabric.route import Route
from wsc.passes.fabric.trees import Switch, Tree, row_tree

from ...support import routes as routes_support
from ...support.compiled import SMALL_MLP, SMALL_TALE, TINY, compile_model, compile_shaped
from ...support.wdl import MLP, TALE


def flows_of(module: Operation) -> list[Flow]:
    width, height = numbers(module, "fabric.grid")
    flows, problems = routes_support.flows_of(operations_named(module, "fabric.route"), width, height)
    assert problems == []
    return flows


class Box:
    """The rectangle of an instance."""

    def __init__(self, module: Operation, name: str) -> None:
        instance = symbols(operations_named(module, "fabric.instance"))[name]
        region = symbols(operations_named(module, "fabric.region"))[
            instance.attribute("region", SymbolRefAttr).leaf
        ]
        self.x, self.y = numbers(instance, "origin")
        self.width, self.height = (region.attribute(key, IntegerAttr).value for key in ("width", "height"))
        self.tree = {axis: tree_of(region, axis) for axis in ("x", "y")}

    def row(self, index: int) -> list[Point]:
        return [(self.x + i, self.y + index) for i in range(self.width)]

    def column(self, index: int) -> list[Point]:
        return [(self.x + index, self.y + i) for i in range(self.height)]


def reduce_and_broadcast(tree: LineTree, line: list[Point]) -> set[tuple[Point, frozenset[Point]]]:
    """Sources and sinks of an all-reduce along a row or column."""
    if len(line) == 1:
        return set()
    to_parents = {
        (point, frozenset({line[parent]}))
        for point, parent in zip(line, tree.parents(), strict=True)
        if parent >= 0
    }
    return to_parents | {(line[tree.root], frozenset(line) - {line[tree.root]})}


@pytest.mark.parametrize("grid", [(2, 1), (4, 3), (3, 5), (9, 4)])
def test_the_flows_that_a_model_needs(grid: tuple[int, int]) -> None:
    module = compile_model(TALE, grid, SMALL_TALE, stop_after="route").module
    expected: set[tuple[Point, frozenset[Point]]] = set()
    for name in symbols(operations_named(module, "fabric.instance")):
        box = Box(module, name)
        for index in range(box.height):
            expected |= reduce_and_broadcast(box.tree["x"], box.row(index))
        for index in range(box.width):
            expected |= reduce_and_broadcast(box.tree["y"], box.column(index))
    hand_overs: dict[tuple[Point, int], frozenset[Point]] = {}
    for link in operations_named(module, "fabric.link"):
        source, sink = (Box(module, link.attribute(k, SymbolRefAttr).leaf) for k in ("source", "sink"))
        colors = numbers(link, "colors")
        assert len(colors) == source.height == sink.height
        for index, color in enumerate(colors):
            hand_overs[source.row(index)[source.tree["x"].root], color] = frozenset(sink.row(index))
    flows = flows_of(module)
    collectives = {(f.source, frozenset(f.sinks)) for f in flows if f.color < COLLECTIVE_COLORS}
    others = {(f.source, f.color): frozenset(f.sinks) for f in flows if f.color >= COLLECTIVE_COLORS}
    assert collectives == expected
    assert others == hand_overs
    assert all(flow.color < TINY.usable_colors for flow in flows)


@pytest.mark.parametrize(
    ("shape", "stages", "links", "colors"), [((3, 4), 1, 100, 7), ((2, 3), 3, 101, 7), ((1, 5), 2, 44, 6)]
)
def test_how_long_the_wires_are(shape: tuple[int, int], stages: int, links: int, colors: int) -> None:
    """A router that gets worse shows here."""
    module = compile_shaped(TALE, shape, SMALL_TALE | {"layers": "6"}, stages=stages).module
    flows = flows_of(module)
    assert sum(len(flow.links) for flow in flows) == links
    assert len({flow.color for flow in flows}) == colors


def test_without_collectives_nothing_is_routed() -> None:
    module = compile_model(MLP, (1, 1), SMALL_MLP, stop_after="route").module
    assert operations_named(module, "fabric.route") == []


# ---- too few colors


def failure(text: str, overrides: dict[str, str], colors: int, grid: tuple[int, int] = (6, 6)) -> Diagnostic:
    with pytest.raises(DiagnosticError) as caught:
        compile_model(text, grid, overrides, target=replace(TINY, colors=colors), stop_after="route")
    (diagnostic,) = caught.value.diagnostics
    return diagnostic


def test_too_few_colors_for_hand_overs() -> None:
    found = failure(TALE, SMALL_TALE, 10)
    assert found.message == "hand-overs need 2 colors; target 'tiny' leaves 1 for them"
    contended, budget = map(str, found.notes)
    assert contended.startswith("router (")
    assert " is wanted by 2 flows: link0.row0-" in contended
    assert budget == "10 colors, less 3 reserved, less 6 for collectives"
    assert str(found).startswith("m.wdl:28:9: ")


@pytest.mark.parametrize(("colors", "needed"), [(4, 3), (5, 3)])
def test_too_few_colors_for_rows(colors: int, needed: int) -> None:
    found = failure(MLP, SMALL_MLP | {"hidden": "40", "inputs": "40"}, colors, (8, 1))
    assert found.message == f"collectives need {needed} colors; target 'tiny' has {colors - 3}"
    assert found.notes == (f"{colors} colors, less 3 reserved",)


def test_too_few_colors_for_columns() -> None:
    found = failure(MLP, SMALL_MLP | {"hidden": "40", "inputs": "40"}, 8, (1, 8))
    assert found.message == "collectives need 6 colors; target 'tiny' has 5"


# ---- a mistake of the router is caught by reading its settings back


def cut(tree: Tree) -> Tree:
    """Leave the last PE out."""
    (last,) = [point for point, switch in tree.items() if switch.outputs == ("RAMP",)][-1:]
    return {point: switch for point, switch in tree.items() if point != last}


def deaf(tree: Tree) -> Tree:
    """Let the last router pass the wavelets on to nobody but its own PE's neighbour."""
    return {
        point: Switch(s.input, tuple(o for o in s.outputs if o != "RAMP") or s.outputs)
        for point, s in tree.items()
    }


def lost(tree: Tree) -> Tree:
    """Take the wavelets from the wrong side."""
    turn = {"W": "N", "E": "N", "N": "W", "S": "W", "RAMP": "RAMP"}
    return {point: Switch(turn[s.input], s.outputs) for point, s in tree.items()}


def wandering(tree: Tree) -> Tree:
    return {(x, y + 100): switch for (x, y), switch in tree.items()}


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (cut, "does not take it"),
        (deaf, " reaches "),
        (lost, "does not take it"),
        (wandering, "off the 6 x 4 wafer"),
    ],
)
def test_a_wrong_tree_is_caught(
    monkeypatch: pytest.MonkeyPatch, spoil: Callable[[Tree], Tree], message: str
) -> None:
    def spoilt(source: Point, row: int, first: int, last: int, trunk: int) -> Tree:
        return spoil(row_tree(source, row, first, last, trunk))

    monkeypatch.setattr(hand_overs, "row_tree", spoilt)
    assert any(message in text for text in illegal_routes())


@pytest.mark.parametrize(
    ("color", "message"),
    [(0, "both use color 6"), (15, "color 21 is not one of the target's 21")],
)
def test_a_wrong_color_is_caught(monkeypatch: pytest.MonkeyPatch, color: int, message: str) -> None:
    monkeypatch.setattr(hand_overs, "color_flows", lambda trees, *_: [color] * len(trees))
    assert any(message in text for text in illegal_routes())


def test_a_wrong_collective_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def crowded(tree: LineTree) -> LinePlan:
        return reduce_plan(tree).then(broadcast_plan(tree.parts, tree.root), 1)

    monkeypatch.setattr(route_pass, "all_reduce_plan", crowded)
    assert any("both use color" in text for text in illegal_routes())


@pytest.mark.parametrize(("messages", "problem"), [(1, "does not take it"), (3, " reaches ")])
def test_a_switch_that_counts_wrong_is_caught(
    monkeypatch: pytest.MonkeyPatch, messages: int, problem: str
) -> None:
    def miscounted(plan: LinePlan) -> list[tuple[Setting, Run]]:
        return [
            (replace(setting, messages=messages) if setting.messages else setting, run)
            for setting, run in setting_runs(plan)
        ]

    monkeypatch.setattr(route_pass, "setting_runs", miscounted)
    module = compile_model(TALE, (6, 4), SMALL_TALE, stop_after="place").module
    for region in operations_named(module, "fabric.region"):
        region.attributes["reduce_y"] = StringAttr("star")
    with pytest.raises(DiagnosticError) as caught:
        Route().run(module, PassContext())
    texts = [diagnostic.message for diagnostic in caught.value.diagnostics]
    assert any(problem in text for text in texts), texts


@pytest.mark.parametrize("shape", ["chain", "star", "binary", "two-phase", "levels 2", "groups 1 2"])
def test_all_shapes_can_be_routed(shape: str) -> None:
    module = compile_model(TALE, (9, 7), SMALL_TALE, stop_after="place").module
    for region in operations_named(module, "fabric.region"):
        region.attributes["reduce_x"] = region.attributes["reduce_y"] = StringAttr(shape)
    Route().run(module, PassContext())
    expected: set[tuple[Point, frozenset[Point]]] = set()
    for name in symbols(operations_named(module, "fabric.instance")):
        box = Box(module, name)
        for index in range(box.height):
            expected |= reduce_and_broadcast(box.tree["x"], box.row(index))
        for index in range(box.width):
            expected |= reduce_and_broadcast(box.tree["y"], box.column(index))
    collectives = {(f.source, frozenset(f.sinks)) for f in flows_of(module) if f.color < COLLECTIVE_COLORS}
    assert collectives == expected


def test_too_few_switch_positions() -> None:
    with pytest.raises(DiagnosticError) as caught:
        compile_model(
            MLP,
            (8, 1),
            SMALL_MLP | {"hidden": "40", "inputs": "40"},
            target=replace(TINY, switch_positions=1),
            stop_after="route",
        )
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.message == "collectives need 2 switch positions; target 'tiny' has 1"


def test_what_is_no_shape_of_a_tree() -> None:
    module = compile_model(TALE, (4, 3), SMALL_TALE, stop_after="place").module
    for region in operations_named(module, "fabric.region"):
        region.attributes["reduce_y"] = StringAttr("ring")
    with pytest.raises(DiagnosticError, match="'reduce_y': 'ring' is not star"):
        Route().run(module, PassContext())


def test_a_circle_of_waits_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def circle(_: object, width: int, colors: int) -> object:
        """As if every PE forwarded what it hears on any color of a row on any other."""
        pes = np.arange(4 * width) * colors
        return [(pes + source, pes + sink) for source in range(3) for sink in range(3) if source != sink]

    monkeypatch.setattr(route_pass, "_forwarding", circle)
    (text,) = illegal_routes()
    assert "channels wait for each other in a circle: ((" in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [("link0", "flow 'link0' starts twice at "), ("more", "nobody asked for flow 'more' from ")],
)
def test_an_extra_route_is_caught(name: str, expected: str) -> None:
    module = compile_model(TALE, (6, 4), SMALL_TALE, stop_after="place").module
    extra = compile_model(TALE, (6, 4), SMALL_TALE, stop_after="route").module
    link = next(
        op
        for op in operations_named(extra, "fabric.route")
        if op.attribute("flow", StringAttr).value.startswith("link")
    )
    link.attributes["flow"] = StringAttr(name)
    link.attributes["outputs"] = ArrayAttr((StringAttr("RAMP"),))
    link.attributes["input"] = StringAttr("RAMP")
    link.attributes["color"] = IntegerAttr(20)
    module.body.append(link.detach())
    with pytest.raises(DiagnosticError, match=expected):
        Route().run(module, PassContext())


def illegal_routes() -> list[str]:
    with pytest.raises(DiagnosticError) as caught:
        compile_model(TALE, (6, 4), SMALL_TALE, stop_after="route")
    found = [diagnostic.message for diagnostic in caught.value.diagnostics]
    assert all(text.startswith("routing produced an illegal route: ") for text in found)
    return found
