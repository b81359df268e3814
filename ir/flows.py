"""Switch settings read back into flows: where the messages that each PE sends arrive, from the routes alone.

The inverse of routing. All messages are followed at once, a hop at a time. Messages of a link are
counted in the order in which they cross it; what a router with several switch positions does with one follows
from its number. A position without a number of messages takes any number of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .routes import DIRECTIONS, OPPOSITE, RAMP, STEP, Point, Report, Settings

if TYPE_CHECKING:
    from .routes import IntArray

FOREVER = 1 << 40
"""More messages than any position lasts for."""
_MOST_STEPS_PER_ROW = 4096
"""How often a setting may be passed on average before the messages are said to go round in a circle."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one PE sends in one switch position: name, color, source, sinks, and links (router, direction)."""

    name: str
    color: int
    source: Point
    sinks: list[Point]
    links: list[tuple[Point, str]]


@dataclass(frozen=True, slots=True)
class Flows:
    """All flows found in `settings`; each is known by the settings' row at which it leaves its PE."""

    settings: Settings
    sources: IntArray
    """[flows] rows of the settings that take wavelets from a PE"""
    sink_source: IntArray
    """[sinks] the flow's row"""
    sink: IntArray
    """[sinks] router of the PE at which it arrives"""
    messages: IntArray
    """[sinks] how many messages of a round arrive, 1 if any number may"""
    number: IntArray
    """[sinks] number of the first of them among all messages of the color that a PE gets in a round"""
    passed_source: IntArray
    """[passed] the flow's row"""
    passed: IntArray
    """[passed] a row that it goes through"""

    def __iter__(self) -> Iterator[Flow]:
        """Yield each flow as points."""
        s, width = self.settings, self.settings.width
        sinks: dict[int, list[Point]] = {int(row): [] for row in self.sources}
        links: dict[int, list[tuple[Point, str]]] = {row: [] for row in sinks}
        for source, sink in zip(self.sink_source.tolist(), self.sink.tolist(), strict=True):
            sinks[source].append((sink % width, sink // width))
        for source, row in zip(self.passed_source.tolist(), self.passed.tolist(), strict=True):
            outputs = int(s.outputs[row])
            links[source] += [(s.point(row), d) for i, d in enumerate(DIRECTIONS[:RAMP]) if outputs >> i & 1]
        for row, found in sinks.items():
            yield Flow(s.name(row), int(s.color[row]), s.point(row), found, links[row])


def extract_flows(settings: Settings) -> tuple[Flows, Report]:
    """Follow what every PE can send; return the flows and the problems.

    Problems: a copy sent to a router that does not take it from there or off the wafer, settings that no
    source reaches, switch positions that get more or fewer messages in a round than they last for.
    """
    return _Follower(settings).run()


@dataclass(frozen=True, slots=True)
class _Items:
    """Messages on their way: of flow `source`, at `row`, from number `low` up to, not with, `high` of those
    that come in there.
    """

    source: IntArray
    row: IntArray
    low: IntArray
    high: IntArray

    def at(self, which: IntArray) -> _Items:
        return _Items(self.source[which], self.row[which], self.low[which], self.high[which])


class _Follower:
    """Follows the messages of all sources through `settings`."""

    def __init__(self, settings: Settings) -> None:
        import numpy as np

        s = self.settings = settings
        rows = s.route.size
        self.last_for = np.where(s.messages > 0, s.messages, FOREVER)
        self.came_in = np.zeros(rows, np.int64)
        """Messages of the same input that earlier positions take."""
        self.went_out = np.zeros((len(DIRECTIONS), rows), np.int64)
        """Messages of each direction that earlier positions send."""
        count = np.diff(s.first)
        self.most = int(count.max(initial=0))
        channel = np.repeat(np.arange(count.size), count)
        for back in range(1, self.most):
            later = back + np.flatnonzero(channel[back:] == channel[:-back])
            earlier = later - back
            same = s.input[earlier] == s.input[later]
            self.came_in[later] += np.where(same, self.last_for[earlier], 0)
            for direction in range(len(DIRECTIONS)):
                sends = s.outputs[earlier] >> direction & 1
                self.went_out[direction, later] += sends * self.last_for[earlier]
        self.received = np.zeros(rows, np.int64)
        self.lost: set[tuple[int, int, str]] = set()
        """Route, direction, what is wrong: so that each is said once."""
        self.problems: Report = []

    def run(self) -> tuple[Flows, Report]:
        """Follow all messages to their ends."""
        import numpy as np

        s = self.settings
        sources = np.flatnonzero(s.input == RAMP)
        low = self.came_in[sources]
        items = _Items(sources, sources, low, np.minimum(low + self.last_for[sources], FOREVER))
        passed: list[_Items] = []
        left = _MOST_STEPS_PER_ROW * (s.route.size + 1)
        while items.row.size:
            left -= items.row.size
            if left < 0 or len(passed) > s.route.size:
                row = int(items.row[0])
                text = f"color {int(s.color[row])} goes round in a circle at {s.point(row)}"
                self.problems.append((text, s.op(row)))
                break
            np.add.at(self.received, items.row, items.high - items.low)
            passed.append(items)
            items = self.step(items)
        self.check_received()
        empty = np.zeros(0, np.int64)
        source = np.concatenate([empty, *(p.source for p in passed)])
        row = np.concatenate([empty, *(p.row for p in passed)])
        amount = np.concatenate([empty, *(p.high - p.low for p in passed)])
        low = np.concatenate([empty, *(p.low for p in passed)])
        down = np.flatnonzero(s.outputs[row] >> RAMP & 1)
        messages = np.where(amount[down] == FOREVER, 1, amount[down])
        number = low[down] - self.came_in[row[down]] + self.went_out[RAMP, row[down]]
        flows = Flows(s, sources, source[down], s.router[row[down]], messages, number, source, row)
        return flows, self.problems

    def step(self, items: _Items) -> _Items:
        """Return where the messages are one hop later."""
        import numpy as np

        found: list[_Items] = []
        for direction in range(RAMP):
            going = items.at(np.flatnonzero(self.settings.outputs[items.row] >> direction & 1))
            if going.row.size:
                found += self.hop(going, direction)
        empty = np.zeros(0, np.int64)
        if not found:
            return _Items(empty, empty, empty, empty)
        return _Items(
            np.concatenate([f.source for f in found]),
            np.concatenate([f.row for f in found]),
            np.concatenate([f.low for f in found]),
            np.concatenate([f.high for f in found]),
        )

    def hop(self, items: _Items, direction: int) -> list[_Items]:
        """Let all items leave their routers in one direction."""
        import numpy as np

        s = self.settings
        dx, dy = STEP[DIRECTIONS[direction]]
        entry = DIRECTIONS.index(OPPOSITE[DIRECTIONS[direction]])
        x, y = s.router[items.row] % s.width + dx, s.router[items.row] // s.width + dy
        outside = (x < 0) | (x >= s.width) | (y < 0) | (y >= s.height)
        channel = np.where(outside, -1, s.channel(np.where(outside, 0, y * s.width + x), s.color[items.row]))
        # From numbers at the input of this router to numbers on the link.
        shift = self.went_out[direction, items.row] - self.came_in[items.row]
        low, high = items.low + shift, items.high + shift
        found: list[_Items] = []
        taken = np.zeros(items.row.size, np.int64)
        for position in range(self.most):
            row = np.where(channel < 0, -1, s.first[channel] + position)
            there = np.flatnonzero((row >= 0) & (row < s.first[channel + 1]))
            there = there[s.input[row[there]] == entry]
            first = np.maximum(low[there], self.came_in[row[there]])
            end = np.minimum(high[there], self.came_in[row[there]] + self.last_for[row[there]])
            some = np.flatnonzero(first < end)
            there, first, end = there[some], first[some], end[some]
            taken[there] += end - first
            found.append(_Items(items.source[there], row[there], first, end))
        refused = np.flatnonzero(taken == 0)
        short = np.flatnonzero((taken > 0) & (taken < high - low) & (high < FOREVER))
        for which, text in ((refused, "does not take it"), (short, "takes fewer messages in a round")):
            self.report_lost(items.row[which], direction, text)
        return found

    def report_lost(self, rows: IntArray, direction: int, text: str) -> None:
        """Report what routers do not take of what `rows` send, once for each operation."""
        import numpy as np

        s = self.settings
        _, firsts = np.unique(s.route[rows], return_index=True)
        for row in np.sort(rows[firsts]).tolist():
            key = (int(s.route[row]), direction, text)
            if key in self.lost:
                continue
            self.lost.add(key)
            x, y = s.point(row)
            dx, dy = STEP[DIRECTIONS[direction]]
            where = f"color {int(s.color[row])} leaves {(x, y)} to {DIRECTIONS[direction]}"
            self.problems.append((f"{where}, but router {(x + dx, y + dy)} {text}", s.op(row)))

    def check_received(self) -> None:
        """Report settings that get nothing, or another number of messages than they wait for."""
        import numpy as np

        s = self.settings
        counted = (s.messages > 0) & (self.received != s.messages)
        rows = np.flatnonzero((s.input != RAMP) & (counted | (self.received == 0)))
        nothing = self.received[rows] == 0
        _, firsts = np.unique(np.stack([s.route[rows], nothing]), axis=1, return_index=True)
        for row in rows[np.sort(firsts)].tolist():
            where = f"of color {int(s.color[row])} at {s.point(row)} (flow '{s.name(row)}')"
            text = f"the route {where} has no source"
            if self.received[row]:
                count = f"{int(self.received[row])} messages in a round, not {int(s.messages[row])}"
                text = f"switch position {int(s.position[row])} {where} gets {count}"
            self.problems.append((text, s.op(row)))
