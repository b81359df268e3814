"""Both engines agree on random programs and examples, and a mutation of one of them is noticed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from agreeing.cases import Case, machine_routes
from agreeing.collective_cases import collectives
from agreeing.compare import CERTIFIED, CONFLICT, Outcome, compare
from agreeing.machines import build
from agreeing.parts import compare_case, parts_of, run_group, run_parts
from agreeing.random_cases import random_case
from agreeing.tally import Tally, aims_of

from wsc.runtime.machine import Machine
from wsc.runtime.wiring import Route

from .conftest import BENCHMARKS

PROGRAMS = 80


def test_engines_agree_on_random_programs() -> None:
    tally = Tally("random")
    for part in run_parts(parts_of("random", "quick", 0, PROGRAMS)):
        tally.add(part)
    assert tally.different == []
    assert tally.certified_share > 1 / 2
    assert tally.met_share > 1 / 4
    assert tally.operations > 10 * PROGRAMS
    assert tally.needless < PROGRAMS / 20


def test_engines_agree_on_collectives() -> None:
    runs = islice(collectives("quick", 1), 0, None, 5)
    tally = run_group("collectives", runs)
    assert tally.different == []
    assert tally.runs > 40
    assert tally.certified > 0.8 * tally.runs


def test_parts_that_are_done_are_kept(tmp_path: Path) -> None:
    parts = parts_of("random", "quick", 40, 3)
    (found,) = run_parts(parts, kept=tmp_path)
    (path,) = tmp_path.iterdir()
    kept = json.loads(path.read_text("utf-8"))
    assert kept["found"]["operations"] == found.operations > 0
    kept["found"]["operations"] = -1
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert [tally.operations for tally in run_parts(parts, kept=tmp_path)] == [-1]
    kept["sources"] = "others"
    path.write_text(json.dumps(kept), encoding="utf-8")
    assert [tally.operations for tally in run_parts(parts, kept=tmp_path)] == [found.operations]


def test_aims_say_what_is_not_met() -> None:
    random = Tally("random", runs=10, certified=6, settled=2, conflict=1, operations=5)
    run = Tally("examples", runs=2, certified=1, cycles=100, certified_cycles=80, different=["mlp at 0"])
    different, certified, met, cycles = aims_of([random, run])
    assert (different.found, different.met) == ("1, of 5 operations", False)
    assert (certified.found, certified.met) == ("60.0 %", True)
    assert (met.found, met.met) == ("30.0 %", False)
    assert (cycles.found, cycles.met) == ("80.0 %", False)


@pytest.mark.slow
def test_engines_agree_on_many_programs_and_all_examples() -> None:
    command = [sys.executable, str(BENCHMARKS / "agreement.py"), "--programs", "600", "--size", "medium"]
    result = subprocess.run([*command, "--json"], capture_output=True, text=True, check=True)
    for group in json.loads(result.stdout)["groups"]:
        assert group["different"] == []
        assert group["operations"] > 1000


def cases(wanted: Callable[[Case], bool] = lambda case: True) -> Iterator[Case]:
    """Random programs without a mistake."""
    for seed in range(200):
        case = random_case(seed)
        if case.mistake is None and wanted(case):
            yield case


def noticed(mutate: Callable[[Case], Machine], verdict: str = CERTIFIED) -> Outcome:
    """The first comparison with a mutated machine that fails, of cases in which the sound one does not."""
    for case in cases():
        sound = compare_case(case)
        assert not sound.differences
        if sound.verdict == verdict:
            outcome = compare(build(case), mutate(case), case.position)
            if outcome.differences:
                return outcome
    raise AssertionError("nothing noticed the mutation")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("ramp_cycles", 1),
        ("ramp_cycles", -1),
        ("router_queue_wavelets", 1),
        ("core_input_queue_wavelets", 1),
        ("core_output_queue_wavelets", 1),
        ("hop_cycles", 1),
        ("turn_cycles", 1),
    ],
)
def test_other_latencies_and_depths_are_noticed(field: str, change: int) -> None:
    def mutate(case: Case) -> Machine:
        value = max(getattr(case.depths, field) + change, 0)
        return build(case, depths=replace(case.depths, **{field: value}))

    assert noticed(mutate).differences


def test_another_priority_of_colors_is_noticed() -> None:
    """Colors of the other machine count the other way, so that the other one of two takes a link first."""

    def mutate(case: Case) -> Machine:
        machine = build(case)
        last = max(route.color for route in machine.routes)
        routes = [replace(route, color=last - route.color) for route in machine.routes]
        tiles = [
            replace(tile, channels=tuple(last - color for color in tile.channels)) for tile in machine.tiles
        ]
        programs, depths, size = machine.programs, machine.depths, machine.sram_bytes
        other = Machine(machine.width, machine.height, routes, tiles, programs, depths, size)
        other.sram[...] = machine.sram
        return other

    assert noticed(mutate, CONFLICT).differences


def rerouted(case: Case, change: Callable[[list[Route]], None]) -> Machine:
    routes = machine_routes(case)
    change(routes)
    return build(case, routes=routes)


def test_another_order_of_switch_positions_is_noticed() -> None:
    def reverse(routes: list[Route]) -> None:
        most = {(route.rect, route.color): route.position for route in routes}
        for index, route in enumerate(routes):
            position = most[route.rect, route.color] - route.position
            routes[index] = replace(route, position=position)

    assert noticed(lambda case: rerouted(case, reverse)).differences


def test_another_count_of_messages_is_noticed() -> None:
    def more(routes: list[Route]) -> None:
        for index, route in enumerate(routes):
            if route.messages:
                routes[index] = replace(route, messages=route.messages + 1)

    assert noticed(lambda case: rerouted(case, more)).differences


def test_a_missing_branch_of_a_route_is_noticed() -> None:
    def prune(routes: list[Route]) -> None:
        for index, route in enumerate(routes):
            if len(route.outputs) > 1:
                routes[index] = replace(route, outputs=route.outputs[:-1])
                return

    assert noticed(lambda case: rerouted(case, prune)).differences


def test_another_way_of_equal_length_is_noticed() -> None:
    """First along x, then along y, instead of the other way round."""
    from agreeing.cases import Event, Flow, Message, Side

    from wsc.runtime import bytecode as bc
    from wsc.runtime.wiring import QueueDepths

    ways = (
        (((0, 0), "RAMP", ("E",)), ((1, 0), "W", ("S",)), ((1, 1), "N", ("RAMP",))),
        (((0, 0), "RAMP", ("S",)), ((0, 1), "N", ("E",)), ((1, 1), "W", ("RAMP",))),
    )
    event = Event(5, bc.F32, (Message(0, Side(), (Side(),)),))
    one, other = (Case(2, 2, QueueDepths(2, 2, 3, 4), (Flow(0, way),), (event,)) for way in ways)
    assert not compare(build(one), build(one)).differences
    outcome = compare(build(one), build(other))
    assert outcome.verdict == CERTIFIED
    assert [text for text in outcome.differences if text.startswith("loads of links differ")]
