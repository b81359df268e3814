"""Trees around defects: they reach exactly their row over live links, by a shortest way, or there is none."""

from __future__ import annotations

from collections import deque
from dataclasses import replace

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wsc.ir.attributes import IntegerAttr, SymbolRefAttr, i64_array
from wsc.ir.defects import DefectMap, Defects
from wsc.ir.defects_touched import defects_touched
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.operation import Operation
from wsc.ir.program_check import check_program
from wsc.ir.routes import OPPOSITE, STEP, Point
from wsc.ir.target import Target
from wsc.passes.base import PassContext, operations_named
from wsc.passes.fabric.detours import detour, is_legal
from wsc.passes.fabric.route import Route
from wsc.passes.fabric.trees import Tree, length, row_tree
from wsc.runtime.fault import MachineFault
from wsc.runtime.module import machine_from_module

from ...support.compiled import SMALL_TALE, TINY, compile_model
from ...support.routes import flows_of
from ...support.wdl import TALE

WIDTH, HEIGHT = 8, 6


@st.composite
def some_defects(draw: st.DrawFn, most: int = 10) -> Defects:
    point = st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1))
    pes = draw(st.lists(point, max_size=most))
    links = draw(st.lists(st.tuples(point, st.sampled_from("ES")), max_size=most))
    return Defects.of(pes, [(x, y, way) for (x, y), way in links]).within(WIDTH, HEIGHT)


def reached(tree: Tree, source: Point) -> tuple[set[Point], int]:
    """The PEs that get what `source` sends, and how many links that takes; each router is reached once."""
    sinks: set[Point] = set()
    links = 0
    seen, queue = {source}, deque([source])
    while queue:
        x, y = queue.popleft()
        for exit in tree[x, y].outputs:
            if exit == "RAMP":
                sinks.add((x, y))
                continue
            links += 1
            after = x + STEP[exit][0], y + STEP[exit][1]
            assert tree[after].input == OPPOSITE[exit]
            assert after not in seen
            seen.add(after)
            queue.append(after)
    assert seen == tree.keys()
    return sinks, links


def steps_to(source: Point, goals: set[Point], where: DefectMap) -> int | None:
    """The length of a shortest way over live routers and links, by breadth first."""
    steps, queue = {source: 0}, deque([source])
    while queue:
        x, y = queue.popleft()
        if (x, y) in goals:
            return steps[x, y]
        for direction, (dx, dy) in STEP.items():
            after = x + dx, y + dy
            inside = 0 <= after[0] < WIDTH and 0 <= after[1] < HEIGHT
            alive = inside and after not in where.dead and not where.is_cut((x, y), direction)
            if alive and after not in steps:
                steps[after] = steps[x, y] + 1
                queue.append(after)
    return None


@settings(max_examples=80)
@given(
    some_defects(),
    st.tuples(st.integers(0, WIDTH - 1), st.integers(0, HEIGHT - 1)),
    st.integers(0, HEIGHT - 1),
    st.integers(0, WIDTH - 1),
    st.integers(1, 3),
)
def test_a_shortest_tree_or_none(defects: Defects, source: Point, row: int, first: int, count: int) -> None:
    last = min(first + count - 1, WIDTH - 1)
    where = DefectMap(defects)
    goals = {(x, row) for x in range(first, last + 1)}
    assume(source not in goals and source not in where.dead)
    # The row lies in a region, which has no defect inside.
    assume(not where.inside(first, row, last - first + 1, 1))
    tree = detour(source, (row, first, last), (WIDTH, HEIGHT), where, {})
    steps = steps_to(source, goals, where)
    if tree is None:
        assert steps is None
        return
    assert is_legal(tree, where)
    assert reached(tree, source) == (goals, length(tree))
    assert steps is not None
    assert length(tree) == steps + last - first
    assert detour(source, (row, first, last), (WIDTH, HEIGHT), where, {}) == tree


def test_without_defects_it_is_a_plain_tree() -> None:
    """As few turns as can be: the same links as the tree over the nearest column."""
    tree = detour((1, 4), (1, 3, 6), (WIDTH, HEIGHT), DefectMap(Defects()), {})
    assert tree is not None
    assert length(tree) == length(row_tree((1, 4), 1, 3, 6, 3))
    turns = [
        at
        for at, switch in tree.items()
        if switch.input != "RAMP"
        and switch.outputs != ("RAMP",)
        and OPPOSITE[switch.input] not in switch.outputs
    ]
    assert len(turns) <= 1


def test_it_keeps_out_of_the_way_of_others() -> None:
    crowd = dict.fromkeys([(x, 1) for x in range(8)], 1)
    dead = DefectMap(Defects.of([(3, 2)]))
    tree = detour((1, 2), (2, 5, 6), (WIDTH, HEIGHT), dead, crowd)
    assert tree is not None
    assert all(y in (2, 3) for _, y in tree)


# ---- in the pass

GRID = (10, 5)


def routed(defects: Defects, *, placed: Operation | None = None, colors: int = 24) -> Operation:
    target = replace(TINY.with_grid(*GRID), defects=defects, colors=colors)
    module = (PLACED if placed is None else placed).clone()
    module.attributes["fabric.target"] = target.to_attribute()
    Route().run(module, PassContext())
    return module


def apart() -> Operation:
    """Two regions with two free columns between them."""
    module = compile_model(TALE, GRID, SMALL_TALE, stop_after="place").module
    regions = operations_named(module, "fabric.region")
    for region in regions:
        region.attributes["width"] = IntegerAttr(4, region.attribute("width", IntegerAttr).type)
        region.attributes["height"] = IntegerAttr(4, region.attribute("height", IntegerAttr).type)
    for instance in operations_named(module, "fabric.instance"):
        first = instance.attribute("region", SymbolRefAttr).leaf == "io"
        instance.attributes["origin"] = i64_array((0 if first else 6, 0))
    return module


PLACED = apart()


def lengths(module: Operation) -> dict[tuple[str, Point], int]:
    """How many links each row's hand-over takes, by flow and source."""
    flows, problems = flows_of(operations_named(module, "fabric.route"), *GRID)
    assert problems == []
    return {(flow.name, flow.source): len(flow.links) for flow in flows if flow.name.startswith("link")}


def test_a_hand_over_goes_around() -> None:
    straight = routed(Defects())
    defects = Defects.of([(4, 1)], [(4, 2, "E")])
    around = routed(defects)
    assert list(defects_touched(straight, defects))
    assert list(defects_touched(around, defects)) == []
    short, long = lengths(straight), lengths(around)
    assert len(short) == 8
    for (flow, source), steps in short.items():
        assert long[flow, source] == steps + (2 if source[1] in (1, 2) else 0), (flow, source)
    assert str(routed(defects)) == str(around)


@settings(max_examples=10)
@given(
    st.lists(st.tuples(st.integers(4, 5), st.integers(0, 4)), max_size=7),
    st.lists(st.tuples(st.integers(3, 5), st.integers(0, 4)), max_size=5),
)
def test_hand_overs_are_legal_or_the_error_says_which_cannot(pes: list[Point], links: list[Point]) -> None:
    """Defects in the two columns between the regions, dead links on their borders too."""
    defects = Defects.of(pes, [(x, y, "E") for x, y in links])
    try:
        module = routed(defects)
    except DiagnosticError as error:
        for found in error.diagnostics:
            assert str(found).startswith("m.wdl:")
            assert found.message.startswith(("defects cut flow 'link", "hand-overs need "))
        return
    assert list(defects_touched(module, defects)) == []


def test_flows_that_are_cut_off() -> None:
    wall = Defects.of([(4, y) for y in range(5)])
    with pytest.raises(DiagnosticError) as caught:
        routed(wall)
    found = [str(diagnostic) for diagnostic in caught.value.diagnostics]
    assert len(found) == 8
    assert found[0] == (
        "m.wdl:28:9: error: defects cut flow 'link0.row0' off: no way leads from PE (1, 0) to row 0, "
        "columns 6 to 9"
    )
    assert caught.value.diagnostics[0].notes == (
        "defects: PE (4, 0), PE (4, 1), PE (4, 2), PE (4, 3), PE (4, 4)",
    )


def test_all_rows_through_one_gap_need_colors() -> None:
    gap = Defects.of([(4, y) for y in range(4)])
    assert list(defects_touched(routed(gap), gap)) == []
    with pytest.raises(DiagnosticError, match="hand-overs need 8 colors; target 'tiny' leaves 7 for them"):
        routed(gap, colors=16)


# ---- what uses a defect is refused


def on_another_wafer() -> tuple[Operation, Target]:
    """A program that was made for a wafer without defects, and a wafer that has some under it."""
    module = compile_model(TALE, (6, 4), SMALL_TALE).module
    assert check_program(module) == []
    return module, replace(TINY.with_grid(6, 4), defects=Defects.of([(1, 1)], [(2, 0, "E")]))


def test_the_checks_name_what_uses_a_defect() -> None:
    module, target = on_another_wafer()
    module.attributes["fabric.target"] = target.to_attribute()
    found = [diagnostic.message for diagnostic in check_program(module)]
    assert "instance 'block.0' uses a defect: PE (1, 1): its core is defective" in found
    assert any(text.startswith("flow '") and text.endswith("its router is defective") for text in found)
    assert any(text.endswith("uses a defect: PE (2, 0): its link to E is defective") for text in found)


def test_a_machine_with_defects_refuses_a_program_made_for_another() -> None:
    module, target = on_another_wafer()
    assert machine_from_module(module, TINY.with_grid(6, 4)).pes > 0
    with pytest.raises(MachineFault) as caught:
        machine_from_module(module, target)
    fault = caught.value
    assert fault.kind == "defect"
    assert fault.message.startswith("the program uses what is defective on this wafer, ")
    core = fault.details[0]
    assert (core.x, core.y, core.message, core.color) == (1, 1, "its core is defective", None)
    routers = [d for d in fault.details if d.message == "its router is defective"]
    links = [d for d in fault.details if d.message == "its link to E is defective"]
    assert routers
    assert links
    for detail in (*routers, *links):
        assert detail.color is not None
        assert detail.flow
        assert detail.location.startswith("m.wdl:")


def test_a_route_over_a_defect_is_caught_when_it_is_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsc.passes.fabric.hand_overs.is_legal", lambda *_: True)
    with pytest.raises(
        DiagnosticError, match=r"routing produced an illegal route: .* its router is defective"
    ):
        routed(Defects.of([(4, 1)]))
