"""What stops a machine, and that the fault says where: PE, operation, color, flow, line of the model."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Instruction
from wsc.runtime.cores import Tile
from wsc.runtime.fault import KINDS, MAX_DETAILS, FaultDetail, MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.wiring import Route

from ..support.wafers import (
    DEPTHS,
    at,
    delay,
    line_broadcast,
    line_chain,
    machine,
    program,
    receive,
    row,
    send,
)

PAIR = [Route("pair", 3, at(0), "RAMP", ("E",)), Route("pair", 3, at(1), "W", ("RAMP",))]


def fault_of(wafer: Machine, cycle_limit: int = 10**6) -> MachineFault:
    """Return how a step ends on the wavelet engine; on the stream engine it ends in the same places."""
    with pytest.raises(MachineFault) as caught:
        wafer.run_step(cycle_limit=cycle_limit)
    fault = caught.value
    with pytest.raises(MachineFault) as caught:
        wafer.run_step(engine="stream", cycle_limit=cycle_limit)
    assert caught.value.kind == fault.kind
    found = [place(detail) for detail in caught.value.details]
    assert found
    assert found == [place(detail) for detail in fault.details[: len(found)]]
    return fault


def place(detail: FaultDetail) -> tuple[object, ...]:
    """What a detail says but its message."""
    return (detail.x, detail.y, detail.color, detail.flow, detail.operation, detail.location)


def test_a_receive_without_a_send() -> None:
    fault = fault_of(machine(2, 1, PAIR, {(0, 0): [send(row(3), 3)], (1, 0): [receive(row(5), 3)]}))
    assert fault.kind == "deadlock"
    assert fault.details == (
        FaultDetail(
            *(1, 0, "waits for a wavelet, 2 to go; PE (0, 0) has ended", 3, "pair"),
            *("pe.recv in 'test'", "model.wdl:2:1"),
        ),
    )
    assert str(fault) == (
        "deadlock: nothing can move after cycle 10: 1 PE waits for ever\n"
        "  PE (1, 0), pe.recv in 'test', color 3, flow 'pair': waits for a wavelet, 2 to go; "
        "PE (0, 0) has ended [model.wdl:2:1]"
    )


def test_a_send_without_room() -> None:
    """The sink has ended; 6 + 2 + 6 wavelets fit in between, the others have no room."""
    fault = fault_of(machine(2, 1, PAIR, {(0, 0): [send(row(20), 3)], (1, 0): []}))
    assert fault.kind == "deadlock"
    (detail,) = fault.details
    assert (detail.x, detail.y, detail.color, detail.flow) == (0, 0, 3, "pair")
    assert detail.message == "no room to send, 6 wavelets to go; PE (1, 0) has ended"


def test_two_pes_that_wait_for_each_other() -> None:
    routes = [
        *(Route("there", 0, at(0), "RAMP", ("E",)), Route("there", 0, at(1), "W", ("RAMP",))),
        *(Route("back", 1, at(1), "RAMP", ("W",)), Route("back", 1, at(0), "E", ("RAMP",))),
    ]
    data = row(1)
    fault = fault_of(
        machine(
            2,
            1,
            routes,
            {(0, 0): [receive(data, 1), send(data, 0)], (1, 0): [receive(data, 0), send(data, 1)]},
        )
    )
    assert fault.kind == "deadlock"
    assert [(d.x, d.flow) for d in fault.details] == [(0, "back"), (1, "there")]
    assert "2 PEs wait for ever" in fault.message


def test_a_receive_that_no_route_leads_to() -> None:
    fault = fault_of(machine(1, 1, [], {(0, 0): [receive(row(1), 2)]}))
    assert fault.kind == "deadlock"
    assert fault.details[0].message == "no route leads this color to it"
    assert fault.details[0].color == 2


def test_wavelets_that_nobody_takes() -> None:
    fault = fault_of(machine(2, 1, PAIR, {(0, 0): [send(row(9), 3)], (1, 0): [receive(row(2), 3)]}))
    assert fault.kind == "lost-wavelet"
    assert "7 wavelets were never received" in fault.message
    # 6 in front of the core, where each has come down the ramp, one in the router.
    assert {(d.x, d.color, d.flow, d.message) for d in fault.details} == {
        (1, 3, "pair", "6 left in front of its core"),
        (1, 3, "pair", "1 left in its router"),
    }


def test_a_router_without_a_program_keeps_what_comes_down_its_ramp() -> None:
    fault = fault_of(machine(2, 1, PAIR, {(0, 0): [send(row(2), 3)]}))
    assert fault.kind == "lost-wavelet"
    assert fault.details[0].message == "2 left in front of its core"


def test_the_next_router_has_no_route() -> None:
    fault = fault_of(machine(2, 1, PAIR[:1], {(0, 0): [send(row(1), 3)]}))
    assert fault.kind == "lost-wavelet"
    assert "in cycle 3: the next router has no route" in fault.message
    (detail,) = fault.details
    assert (detail.x, detail.y, detail.color, detail.flow) == (0, 0, 3, "pair")
    assert detail.message == "sends a wavelet E"


def test_the_next_router_takes_the_color_from_elsewhere() -> None:
    routes = [PAIR[0], Route("other", 3, at(1), "N", ("RAMP",))]
    fault = fault_of(machine(2, 1, routes, {(0, 0): [send(row(1), 3)]}))
    assert fault.kind == "lost-wavelet"
    assert "takes the color from another direction" in fault.message
    assert [(d.x, d.flow, d.message) for d in fault.details] == [
        (0, "pair", "sends a wavelet E"),
        (1, "other", "takes this color from N only"),
    ]


def test_a_wrong_route_that_nothing_uses_does_no_harm() -> None:
    assert machine(2, 1, PAIR[:1], {(0, 0): [delay(5)]}).run_step().cycles == 5


def test_a_send_where_no_route_begins() -> None:
    fault = fault_of(machine(2, 1, PAIR, {(1, 0): [send(row(1), 3)]}))
    assert fault.kind == "lost-wavelet"
    (detail,) = fault.details
    assert (detail.x, detail.color, detail.location) == (1, 3, "model.wdl:1:1")
    assert fault_of(machine(1, 1, [], {(0, 0): [send(row(1), 3)]})).kind == "lost-wavelet"


@pytest.mark.parametrize("instruction", [send(row(1), 1), receive(row(1), 1), send(row(1), 9)])
def test_a_channel_without_color(instruction: Instruction) -> None:
    wafer = Machine(1, 1, [], [Tile(0, at(0), channels=(0, -1))], [program(instruction)], DEPTHS, 64)
    fault = fault_of(wafer)
    assert fault.kind == "channel"
    assert "has no color" in fault.details[0].message


def test_the_cycle_limit() -> None:
    wafer = line_broadcast(4, 100)
    cycles = wafer.run_step().cycles
    assert wafer.run_step(cycle_limit=cycles).cycles == cycles
    fault = fault_of(wafer, cycle_limit=50)
    assert fault.kind == "cycle-limit"
    assert "4 PEs had not ended at cycle 50" in fault.message
    assert fault.details[0].message == "sending, 49 wavelets to go"
    # What is left in the network does not disturb the next step.
    assert wafer.run_step().cycles == cycles


@pytest.mark.parametrize("call_cycles", [0, 6])
def test_an_endless_computation(call_cycles: int) -> None:
    loop = [
        Instruction(bc.FOR, [0, 2**31 - 1], target=5, jump=2),
        Instruction(bc.NEXT, [0, 2**31 - 1], target=5, jump=1, call_cycles=call_cycles),
    ]
    fault = fault_of(machine(1, 1, [], {(0, 0): loop}), cycle_limit=100_000)
    assert fault.kind == "cycle-limit"
    assert fault.details[0].operation == "pe.next in 'test'"


def build(routes: list[Route], tiles: list[Tile] | None = None) -> str:
    with pytest.raises(MachineFault) as caught:
        Machine(4, 3, routes, tiles or [], [program()], DEPTHS, 64)
    return str(caught.value)


def test_machines_that_cannot_be_built() -> None:
    off = build([Route("f", 1, (0, 0, 4, 3, 1, 1), "W", ("E",))])
    assert "off-wafer: a route leads off the wafer" in off
    assert "PE (3, 0), color 1, flow 'f': leads E, off the wafer" in off
    assert "PE (3, 2)" in off
    assert "PE (0, 1), color 1, flow 'g': leads N" not in build([Route("g", 1, at(0, 0, 1, 2), "S", ("N",))])
    assert "PE (4, 0), color 1, flow 'f': not on the wafer" in build(
        [Route("f", 1, (0, 0, 3, 1, 2, 1), "W", ("RAMP",))]
    )
    twice = build([Route("f", 1, at(0, 0, 3), "W", ("RAMP",)), Route("g", 1, at(2), "E", ("RAMP",))])
    assert "PE (2, 0), color 1, flow 'f': also routed by flow 'g'" in twice
    assert "leads back" in build([Route("f", 1, at(1), "W", ("RAMP", "W"))])
    assert "not on the wafer" in build([], [Tile(0, at(3, 0, 2))])
    assert "PE (1, 1): tiles 0 and 1" in build([], [Tile(0, at(0, 0, 2, 2)), Tile(0, at(1, 1))])


def test_an_unknown_launch_argument() -> None:
    with pytest.raises(ValueError, match="unknown launch arguments: layer_count"):
        line_chain(2, 1).run_step({"layer_count": 3})


def test_a_long_list_is_cut() -> None:
    wafer = machine(30, 1, [], {(x, 0): [receive(row(1), 0)] for x in range(30)})
    fault = fault_of(wafer)
    lines = str(fault).splitlines()
    assert len(lines) == 1 + MAX_DETAILS + 1
    assert lines[-1] == "  and 22 more"


def test_the_document_of_the_machine_lists_all_kinds() -> None:
    text = (Path(__file__).resolve().parents[2] / "docs" / "machine.md").read_text("utf-8")
    table = text.partition("## Faults")[2].partition("\n## ")[0]
    assert tuple(re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)) == KINDS
