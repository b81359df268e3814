"""The stream engine's network by itself: closed forms, back-pressure, switch positions, conflicts."""

from __future__ import annotations

import numpy as np
import pytest

from wsc.runtime.stream.network import StreamNetwork, stream_network
from wsc.runtime.stream.state import RUNS_KEPT, WAITED
from wsc.runtime.stream.streams import NO_WAITS, Completed, LostWavelet, StreamConflict, Streams, Waits
from wsc.runtime.wiring import QueueDepths, Route

from ..support.wafers import DEPTHS, at


def line(P: int, routes: list[Route], depths: QueueDepths = DEPTHS) -> tuple[StreamNetwork, Streams]:
    """A row of P PEs and its network, to be launched."""
    network = stream_network(P, 1, routes, depths, np.arange(P, dtype=np.int32))
    return network, Streams(network, P, data=True, log=True)


def send(streams: Streams, pe: int, color: int, count: int, begins: int = 0) -> None:
    lanes = streams.network.source_of[[pe], color]
    streams.post(np.array([pe]), np.array([begins]), None, (lanes, np.array([count])))


def receive(streams: Streams, pe: int, color: int, count: int, begins: int = 0) -> None:
    sinks = streams.network.sink_of[[pe], color]
    streams.post(np.array([pe]), np.array([begins]), (sinks, np.array([count])), None)


def forward(streams: Streams, pe: int, colors: tuple[int, int], count: int, begins: int = 0) -> None:
    network, counts = streams.network, np.array([count])
    taken = network.sink_of[[pe], colors[0]], counts
    streams.post(
        np.array([pe]), np.array([begins]), taken, (network.source_of[[pe], colors[1]], counts), coupled=True
    )


def ends(completed: Completed) -> dict[int, int]:
    return dict(zip(completed.pes.tolist(), completed.end.tolist(), strict=True))


def broadcast_routes(P: int) -> list[Route]:
    inner = [Route("f", 0, at(1, 0, P - 2), "W", ("E", "RAMP"))] if P > 2 else []
    return [Route("f", 0, at(0), "RAMP", ("E",)), *inner, Route("f", 0, at(P - 1), "W", ("RAMP",))]


def chain_routes(P: int) -> list[Route]:
    """PE x sends to its left on color x mod 2."""
    return [
        route
        for x in range(1, P)
        for route in (
            Route("chain", x % 2, at(x), "RAMP", ("W",)),
            Route("chain", x % 2, at(x - 1), "E", ("RAMP",)),
        )
    ]


@pytest.mark.parametrize("B", [1, 7, 100])
@pytest.mark.parametrize("P", [2, 3, 40])
def test_closed_forms(P: int, B: int) -> None:
    """Broadcast and chain of 'Near-Optimal Wafer-Scale Reduce' (HPDC 2024), each as one event."""
    _, streams = line(P, broadcast_routes(P))
    send(streams, 0, 0, B)
    for pe in range(1, P):
        receive(streams, pe, 0, B)
    assert max(ends(streams.run()).values()) == B + P + 2 * DEPTHS.ramp_cycles
    assert not streams.levels.any()
    _, streams = line(P, chain_routes(P))
    send(streams, P - 1, (P - 1) % 2, B)
    for pe in range(1, P - 1):
        forward(streams, pe, ((pe + 1) % 2, pe % 2), B)
    receive(streams, 0, 1, B)
    assert ends(streams.run())[0] == B + (2 * DEPTHS.ramp_cycles + 2) * (P - 1)
    assert streams.moves[:, 2].tolist() == [B] * P


def test_a_late_receiver_holds_its_sender_up() -> None:
    """The sender ends no earlier than r0 + (n - 1 - M) + h + 3, where M is what the queues on h hops hold."""
    n, r0, hops = 100, 500, 3
    routes = [
        Route("f", 0, at(0), "RAMP", ("E",)),
        Route("f", 0, at(1, 0, hops - 1), "W", ("E",)),
        Route("f", 0, at(hops), "W", ("RAMP",)),
    ]
    _, streams = line(hops + 1, routes)
    send(streams, 0, 0, n)
    receive(streams, hops, 0, n, r0)
    found = ends(streams.run())
    held = DEPTHS.core_input_queue_wavelets + DEPTHS.core_output_queue_wavelets
    held += DEPTHS.router_queue_wavelets * hops
    assert found == {0: r0 + (n - 1 - held) + hops + 3, hops: r0 + n}
    pe, half, first, slot, cause = streams.runs[0].tolist()
    assert (pe, half, first, cause) == (0, 1, held, 2)
    assert slot == r0 + hops + 2


def test_without_its_receiver_a_sender_sends_what_the_queues_hold() -> None:
    _, streams = line(2, broadcast_routes(2))
    send(streams, 0, 0, 100)
    assert streams.run().pes.size == 0
    assert streams.levels.sum() == 6 + 6 + 2
    receive(streams, 1, 0, 40, 90)
    assert ends(streams.run()) == {1: 130}
    receive(streams, 1, 0, 60, 130)
    assert ends(streams.run()) == {0: 90 + 99 - 14 + 4, 1: 190}


def test_switch_positions_let_messages_follow_each_other() -> None:
    """A star: every PE sends to the first one on one color, the nearest first: B (P - 1) + 2 T_R + 1."""
    P, B = 9, 20
    routes = [Route("star", 0, at(0), "E", ("RAMP",)), Route("star", 0, at(P - 1), "RAMP", ("W",))]
    for x in range(1, P - 1):
        routes.append(Route("star", 0, at(x), "RAMP", ("W",), 0, 1))
        routes.append(Route("star", 0, at(x), "E", ("W",), 1, P - 1 - x))
    _, streams = line(P, routes)
    for repeat in range(2):
        begins = repeat * 1000
        for pe in range(1, P):
            send(streams, pe, 0, B, begins)
        receive(streams, 0, 0, B * (P - 1), begins)
        found = ends(streams.run())
        assert found[0] - begins == B * (P - 1) + 2 * DEPTHS.ramp_cycles + 1 + 1
        assert len(found) == P
    assert not streams.levels.any()


def shared_link(waits: Waits = NO_WAITS) -> Streams:
    """A row of 3: PE 0 sends to PE 2 on color 1, PE 1 on color 0; both use the link from PE 1."""
    routes = [Route(f"f{c}", c, at(1 - c), "RAMP", ("E",)) for c in range(2)]
    routes += [
        Route("f1", 1, at(1), "W", ("E",)),
        *(Route(f"f{c}", c, at(2), "W", ("RAMP",)) for c in range(2)),
    ]
    network = stream_network(3, 1, routes, DEPTHS, np.arange(3, dtype=np.int32))
    return Streams(network, 3, data=True, log=True, waits=waits)


@pytest.mark.parametrize(("begins", "meet"), [(6, False), (7, True), (15, True), (16, False)])
def test_two_colors_on_one_link_are_played_again(begins: int, meet: bool) -> None:
    """Color 1 would be on the link in cycles 14 to 18, color 0 is from 3 after it begins on, for 5 cycles."""
    waits, replays = NO_WAITS, 0
    while True:
        streams = shared_link(waits)
        send(streams, 0, 1, 5, 10)
        send(streams, 1, 0, 5, begins)
        receive(streams, 2, 1, 5)
        found = ends(streams.run())
        lesson = streams.lesson()
        if lesson is None:
            break
        place = streams.unsettled()
        assert (place.router, place.direction, place.server) == (1, "E", int(lesson.servers[0]))
        waits, replays = lesson, replays + 1
    assert replays == meet
    # What comes last from PE 1 on color 1 waits until color 0 has gone.
    last = 18 if not meet else max(18, begins + 7) + min(begins + 8, 19) - max(begins + 3, 14)
    assert found[2] == last + 1 + DEPTHS.ramp_cycles + 1


def test_the_lower_color_goes_first_without_a_replay_where_it_is_known_first() -> None:
    streams = shared_link()
    send(streams, 1, 0, 5, 7)
    streams.run()
    send(streams, 0, 1, 5, 10)
    receive(streams, 2, 1, 5)
    streams.run()
    assert streams.lesson() is None
    assert streams.counters[WAITED] == 1


def test_a_wavelet_that_nobody_takes_is_lost() -> None:
    _, streams = line(2, [Route("f", 0, at(0), "RAMP", ("E",))])
    send(streams, 0, 0, 1)
    with pytest.raises(LostWavelet):
        streams.run()


def test_what_is_not_remembered_any_more_counts_as_a_conflict() -> None:
    """A ramp keeps its last uses only; a wavelet of before them might have met one that is forgotten."""
    colors = RUNS_KEPT + 2
    routes = [Route(f"f{c}", c, at(0), "RAMP", ("E",)) for c in range(colors)]
    routes += [Route(f"f{c}", c, at(1), "W", ("RAMP",)) for c in range(colors)]
    _, streams = line(2, routes)
    for color in range(1, colors):
        send(streams, 0, color, 1, 100 * color)
        streams.run()
    send(streams, 0, 0, 1, 50)
    with pytest.raises(StreamConflict) as caught:
        streams.run()
    assert caught.value.forgotten
