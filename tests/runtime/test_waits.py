"""Who waits for whom in a deadlock: with and against the stream, through switches, in circles."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wsc.runtime import bytecode as bc
from wsc.runtime.bytecode import Descriptor, Instruction, Site
from wsc.runtime.fault import MachineFault
from wsc.runtime.machine import Machine
from wsc.runtime.route import Route

from ..support.wafers import at, machine, receive, row, send


def deadlock(wafer: Machine) -> MachineFault:
    """The fault of the wavelet engine; the stream engine says the same."""
    faults: list[MachineFault] = []
    for engine in ("wavelet", "stream"):
        with pytest.raises(MachineFault) as caught:
            wafer.run_step(engine=engine)
        assert caught.value.kind == "deadlock"
        faults.append(caught.value)
    assert messages(faults[0]) == messages(faults[1])
    assert faults[0].message.partition(": ")[2] == faults[1].message.partition(": ")[2]
    return faults[0]


def stopped(wafer: Machine) -> MachineFault | None:
    """The fault that a step ends with, if it does."""
    try:
        wafer.run_step()
    except MachineFault as fault:
        return fault
    return None


def messages(fault: MachineFault) -> list[tuple[int, str]]:
    """The PEs of a row and what they wait for."""
    return [(detail.x, detail.message) for detail in fault.details]


def hop(flow: str, color: int, source: int, sink: int) -> list[Route]:
    """A route along a row, from a PE to another one."""
    step, out, back = (1, "E", "W") if sink > source else (-1, "W", "E")
    between = [Route(flow, color, at(x), back, (out,)) for x in range(source + step, sink, step)]
    return [
        Route(flow, color, at(source), "RAMP", (out,)),
        *between,
        Route(flow, color, at(sink), back, ("RAMP",)),
    ]


def test_a_ring_that_nobody_begins() -> None:
    routes = [*hop("a", 0, 0, 1), *hop("b", 1, 1, 2), *hop("c", 2, 2, 0)]
    cores = {(x, 0): [receive(row(1), (x + 2) % 3), send(row(1), x)] for x in range(3)}
    fault = deadlock(machine(3, 1, routes, cores))
    assert fault.message.endswith("in a circle: PE (0, 0) -> PE (2, 0) -> PE (1, 0) -> PE (0, 0)")
    assert messages(fault) == [
        (0, "waits for a wavelet, 1 to go; PE (2, 0) sends none"),
        (2, "waits for a wavelet, 1 to go; PE (1, 0) sends none"),
        (1, "waits for a wavelet, 1 to go; PE (0, 0) sends none"),
    ]


def test_a_long_circle_is_cut_in_the_message() -> None:
    routes = [*(r for x in range(11) for r in hop(f"f{x}", x, x, x + 1)), *hop("back", 11, 11, 0)]
    cores = {(x, 0): [receive(row(1), (x + 11) % 12), send(row(1), x)] for x in range(12)}
    fault = deadlock(machine(12, 1, routes, cores, colors=12))
    places = fault.message.split("in a circle: ")[1].split(" -> ")
    assert places == [
        *[f"PE ({x}, 0)" for x in (0, 11, 10, 9, 8, 7, 6)],
        "5 others",
        "PE (0, 0)",
    ]


def test_who_waits_for_a_circle_is_not_in_it() -> None:
    routes = [*hop("a", 0, 0, 1), *hop("b", 1, 1, 0), *hop("c", 2, 1, 2)]
    cores = {
        (0, 0): [receive(row(1), 1), send(row(1), 0)],
        (1, 0): [receive(row(1), 0), send(row(1), 1), send(row(1), 2)],
        (2, 0): [receive(row(1), 2)],
    }
    fault = deadlock(machine(3, 1, routes, cores))
    assert fault.message.endswith("3 PEs wait for ever, in a circle: PE (0, 0) -> PE (1, 0) -> PE (0, 0)")
    assert messages(fault)[2] == (2, "waits for a wavelet, 1 to go; PE (1, 0) sends none")


def test_a_branch_of_a_multicast_holds_the_other_one_back() -> None:
    """PE 2 does not take its copies before PE 1 sends, and PE 1 not all of its own before PE 2 takes some."""
    multicast = [
        Route("all", 0, at(0), "RAMP", ("E",)),
        Route("all", 0, at(1), "W", ("E", "RAMP")),
        Route("all", 0, at(2), "W", ("RAMP",)),
    ]
    cores = {
        (0, 0): [send(row(40), 0)],
        (1, 0): [receive(row(40), 0), send(row(1), 1)],
        (2, 0): [receive(row(1), 1), receive(row(40), 0)],
    }
    fault = deadlock(machine(3, 1, [*multicast, *hop("go", 1, 1, 2)], cores))
    assert fault.message.endswith("in a circle: PE (2, 0) -> PE (1, 0) -> PE (2, 0)")
    found = dict(messages(fault))
    assert found[0].endswith("wavelets to go; PE (2, 0) takes none")
    assert found[1].endswith("to go; PE (2, 0) takes none")
    assert found[2] == "waits for a wavelet, 1 to go; PE (1, 0) sends none"


def test_another_color_stands_in_front() -> None:
    """PE 1 has no room for color 0, because PE 0 does not take the wavelets of color 1."""
    routes = [*hop("there", 0, 0, 1), *hop("back", 1, 1, 0)]
    cores = {(0, 0): [send(row(40), 0), receive(row(40), 1)], (1, 0): [send(row(40), 1), receive(row(40), 0)]}
    fault = deadlock(machine(2, 1, routes, cores))
    assert fault.message.endswith("in a circle: PE (0, 0) -> PE (1, 0) -> PE (0, 0)")
    assert [text.split("; ")[1] for _, text in messages(fault)] == [
        "PE (1, 0) takes none",
        "PE (0, 0) takes none",
    ]


def test_a_switch_that_waits_for_another_input() -> None:
    """The root takes a message from its left first; the right one's wavelets wait for it in the switch."""
    routes = [
        Route("left", 0, at(0), "RAMP", ("E",)),
        Route("left", 0, at(1), "W", ("RAMP",), 0, 1),
        Route("right", 0, at(1), "E", ("RAMP",), 1, 1),
        Route("right", 0, at(2), "RAMP", ("W",)),
        *hop("last", 1, 2, 0),
    ]
    cores = {
        (0, 0): [receive(row(1), 1), send(row(1), 0)],
        (1, 0): [receive(row(1), 0), receive(row(1), 0)],
        (2, 0): [send(row(40), 0), send(row(1), 1)],
    }
    fault = deadlock(machine(3, 1, routes, cores))
    assert fault.message.endswith("in a circle: PE (0, 0) -> PE (2, 0) -> PE (0, 0)")
    found = dict(messages(fault))
    assert found[1] == "waits for a wavelet, 1 to go; PE (0, 0) sends none"
    assert found[2].endswith("; PE (0, 0) sends none of flow 'left' (color 0)")


def started(opcode: int, data: Descriptor, channel: int) -> Instruction:
    names = {"channel_out" if opcode == bc.START_SEND else "channel_in": channel}
    return Instruction(opcode, descriptors=[data], site=Site("pe.start", "model.wdl:3:1"), **names)


def test_streams_that_are_awaited() -> None:
    """Each of two PEs sends more than the other one takes."""
    routes = [*hop("there", 0, 0, 1), *hop("back", 1, 1, 0)]

    def both(out: int, into: int) -> Sequence[Instruction]:
        return [
            started(bc.START_SEND, row(40), out),
            started(bc.START_RECEIVE, row(4, base=512), into),
            Instruction(bc.AWAIT),
        ]

    fault = deadlock(machine(2, 1, routes, {(0, 0): both(0, 1), (1, 0): both(1, 0)}))
    assert fault.message.endswith("in a circle: PE (0, 0) -> PE (1, 0) -> PE (0, 0)")
    assert all(text.endswith("takes none") for _, text in messages(fault))


def test_nobody_sends_and_nobody_is_there() -> None:
    half = [Route("f", 0, at(1), "W", ("RAMP",))]
    fault = deadlock(machine(2, 1, half, {(1, 0): [receive(row(1), 0)]}))
    assert messages(fault) == [(1, "waits for a wavelet, 1 to go; nobody sends any at PE (1, 0)")]
    fault = deadlock(machine(2, 1, hop("f", 0, 0, 1), {(0, 0): [send(row(40), 0)]}))
    assert messages(fault) == [(0, "no room to send, 26 wavelets to go; nobody takes any at PE (1, 0)")]


@settings(max_examples=40)
@given(
    st.permutations(range(4)), st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=3, max_size=9)
)
def test_a_circle_is_one(order: Sequence[int], steps: list[tuple[int, bool]]) -> None:
    """PEs that exchange messages in random order: each of a circle waits for the next one in it."""
    routes = [
        r
        for color, (a, b) in enumerate([(0, 1), (1, 2), (2, 3), (3, 0)])
        for r in hop(f"f{color}", color, a, b)
    ]
    cores: dict[tuple[int, int], list[Instruction]] = {(x, 0): [] for x in order}
    for color, large in steps:
        data = row(40 if large else 1)
        source, sink = color, (color + 1) % 4
        first, second = (source, sink) if large else (sink, source)
        for x in (first, second):
            cores[x, 0].append(send(data, color) if x == source else receive(data, color))
        if large:
            cores[sink, 0].reverse()
    fault = stopped(machine(4, 1, routes, cores))
    if fault is None or fault.kind == "lost-wavelet":
        return
    said = {f"PE ({x}, 0)": text for x, text in messages(fault)}
    if "in a circle" not in fault.message:
        assert any("has ended" in text for text in said.values())
        return
    circle = fault.message.split("in a circle: ")[1].split(" -> ")
    assert circle[0] == circle[-1]
    for place, following in pairwise(circle):
        assert f"; {following} " in said[place]
