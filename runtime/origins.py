"""Origins: which core sent a message that arrives, read off the switch settings.

A router lets messages of a color pass in the order of its switch's positions, so the n-th message that
leaves it in some direction is known without looking at times. Switches go round, so origins repeat.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd, lcm

from .route import OFFSETS, OPPOSITE
from .wavelet import state as st
from .wiring import Wiring


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a message comes from, and every `every`-th one after it."""

    core: int
    number: int
    """How many messages the core sent before on the color"""
    cycles: int
    """Cycles that a wavelet takes from the first router on its way to the last one, at least"""
    every: int
    step: int
    """How many of the core's messages later those come"""


def origins_of(wiring: Wiring, width: int, router: int, color: int, most: int) -> list[Origin]:
    """Return the origins of the messages of `color` that `router` sends up to its core, in order.

    There are as many as it takes until they repeat: the origin of message n is that of n modulo their number,
    `step` messages later each time. `every` of all of them is that number; but not more than `most` are
    looked for. `width` is that of the wafer in routers. Raises `ValueError` if no message can come.
    """
    found: list[Origin] = []
    period = 1
    while len(found) < min(period, most):
        found.append(_origin_of(wiring, width, router, color, len(found)))
        period = lcm(period, found[-1].every)
    return [
        Origin(origin.core, origin.number, origin.cycles, period, origin.step * (period // origin.every))
        for origin in found
    ]


def _origin_of(wiring: Wiring, width: int, router: int, color: int, number: int) -> Origin:
    """Return the origin of message `number`."""
    direction, cycles = st.RAMP, 0
    every = step = 1
    while True:
        first, end = int(wiring.first_route[router]), int(wiring.first_route[router + 1])
        lanes = [lane for lane in range(first, end) if wiring.network.color[lane] == color]
        if not lanes:
            raise ValueError(f"router {router} has no route for color {color}")
        lane = lanes[0]
        if int(wiring.queues[lane, st.SHAPE]) & st.SWITCHED:
            lane, number, leaving, taken = _before_switch(wiring, lane, direction, number)
            # Whole rounds of this switch: then what comes that much later comes the same way.
            rounds = leaving // gcd(step, leaving)
            every, step = every * rounds, step * rounds // leaving * taken
        source = int(wiring.input[lane])
        if source == st.RAMP:
            return Origin(int(wiring.core[router]), number, cycles, every, step)
        cycles += int(wiring.network.latency[lane])
        dx, dy = OFFSETS[source]
        router += dx + width * dy
        direction = OPPOSITE[source]


def _before_switch(wiring: Wiring, lane: int, direction: int, number: int) -> tuple[int, int, int, int]:
    """Return the lane that brings the message that leaves in `direction` as number `number`, which one of
    that lane it is, and how many leave and how many of these the lane brings in a round of the switch.
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
    number += rounds * sum(taken) + sum(taken[:position])
    return lane, number, sum(leaving), sum(taken)
