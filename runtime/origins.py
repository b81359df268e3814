"""Origins: which core sent a message that arrives, read off the switch settings.

A router lets messages of a color pass in the order of its switch's positions, so the n-th message that
leaves it in some direction is known without looking at times.
"""

from __future__ import annotations

from dataclasses import dataclass

from .wavelet import state as st
from .wiring import Wiring

_STEPS = {st.NORTH: (0, -1), st.EAST: (1, 0), st.SOUTH: (0, 1), st.WEST: (-1, 0)}
_OPPOSITE = {st.NORTH: st.SOUTH, st.SOUTH: st.NORTH, st.EAST: st.WEST, st.WEST: st.EAST}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message comes from."""

    core: int
    number: int
    """How many messages the core sent before on the color"""
    cycles: int
    """Cycles that a wavelet takes from the first router on its way to the last one, at least"""
    switched: bool
    """Whether a switch lies on the way, so that other messages may come from other cores"""


def origin_of(wiring: Wiring, width: int, router: int, color: int, number: int) -> Origin:
    """Return the origin of message `number` of `color` that `router` sends up to its core.

    `width` is that of the wafer in routers. Raises `ValueError` if no such message can come.
    """
    direction, cycles, switched = st.RAMP, 0, False
    while True:
        first, end = int(wiring.first_route[router]), int(wiring.first_route[router + 1])
        lanes = [lane for lane in range(first, end) if wiring.network.color[lane] == color]
        if not lanes:
            raise ValueError(f"router {router} has no route for color {color}")
        lane = lanes[0]
        if int(wiring.queues[lane, st.SHAPE]) & st.SWITCHED:
            lane, number = _before_switch(wiring, lane, direction, number)
            switched = True
        source = int(wiring.input[lane])
        if source == st.RAMP:
            return Origin(int(wiring.core[router]), number, cycles, switched)
        cycles += int(wiring.network.latency[lane])
        dx, dy = _STEPS[source]
        router += dx + width * dy
        direction = _OPPOSITE[source]


def _before_switch(wiring: Wiring, lane: int, direction: int, number: int) -> tuple[int, int]:
    """Return the lane that brings the message that leaves in `direction` as number `number`, and which one
    of that lane it is.
    """
    network = wiring.network
    switch = network.switches.reshape(-1, 1 << st.SWITCH_SHIFT)[int(network.switch[lane])]
    first, positions = int(switch[st.FIRST_SETTING]), int(switch[st.POSITIONS])
    settings = network.settings.reshape(-1, 1 << st.SETTING_SHIFT)[first : first + positions].tolist()
    leaving = [
        setting[st.SETTING_MESSAGES] * (setting[st.SETTING_SHAPE] >> st.LINKS_SHIFT + direction & 1)
        for setting in settings
    ]
    if not any(leaving):
        raise ValueError(f"no position of the switch leads {st.DIRECTIONS[direction]}")
    rounds, number = divmod(number, sum(leaving))
    position = 0
    while number >= leaving[position]:
        number -= leaving[position]
        position += 1
    lane = settings[position][st.SETTING_LANE]
    taken = [s[st.SETTING_MESSAGES] if s[st.SETTING_LANE] == lane else 0 for s in settings]
    return lane, rounds * sum(taken) + sum(taken[:position]) + number
