"""What routing was asked for, compared with the flows that the switch settings make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...ir.arrays import different_values
from ...ir.flows import Flows
from ...ir.routes import Point

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    IntArray = npt.NDArray[np.int64]

NOTHING = "nothing"


class Asked:
    """Which PEs must hear what each PE says in a flow, on a wafer `width` PEs wide.

    PEs are numbered y * `width` + x.
    """

    def __init__(self, width: int) -> None:
        self.width = width
        self._names: dict[str, int] = {}
        self._parts: list[tuple[int, IntArray, IntArray]] = []

    def add(self, flow: str, sources: IntArray, sinks: IntArray) -> None:
        """Ask that `sinks[i]` hears `sources[i]`, once in a round; a source may stand there several times."""
        self._parts.append((self._names.setdefault(flow, len(self._names)), sources, sinks))

    def add_points(self, flow: str, source: Point, sinks: Sequence[Point]) -> None:
        """Ask that all `sinks` hear `source`."""
        import numpy as np  # not above: to list passes takes no arrays

        numbers = np.array([y * self.width + x for x, y in sinks], np.int64)
        self.add(flow, np.full(len(sinks), source[1] * self.width + source[0]), numbers)

    def differences(self, flows: Flows) -> list[str]:
        """Return what is wrong with `flows`: what is missing, and what nobody asked for."""
        import numpy as np

        settings = flows.settings
        names = dict(self._names)
        numbers = np.array([names.setdefault(name, len(names)) for name in settings.flows], np.int64)
        pes, rows = settings.width * settings.height, flows.sink_source
        empty = np.zeros((2, 0), np.int64)
        # A column is flow * PEs + source, and a sink.
        asked = np.concatenate([empty, *(np.stack([n * pes + s, t]) for n, s, t in self._parts)], axis=1)
        found = np.stack([numbers[settings.flow[rows]] * pes + settings.router[rows], flows.sink])
        texts = list(names)
        result = _twice(flows, texts, numbers)
        for key in dict.fromkeys(_unequal(asked, found, flows.messages)):
            flow, source = divmod(key, pes)
            got, due = (self._points(table[1, table[0] == key]) for table in (found, asked))
            if due == NOTHING:
                result.append(f"nobody asked for flow '{texts[flow]}' from {self._point(source)}")
                continue
            result.append(f"flow '{texts[flow]}' from {self._point(source)} reaches {got}, not {due}")
        return result

    def _point(self, number: int) -> Point:
        return number % self.width, number // self.width

    def _points(self, numbers: IntArray) -> str:
        points = sorted(map(self._point, numbers.tolist()))
        return ", ".join(map(str, points[:6])) or NOTHING


_MOST_DIFFERENCES = 20
"""More are not reported."""


def _unequal(asked: IntArray, found: IntArray, messages: IntArray) -> list[int]:
    """Return the first numbers of columns that are not asked for as often as found."""
    import numpy as np

    columns = np.concatenate([asked, found], axis=1)
    weight = np.concatenate([np.ones(asked.shape[1], np.int64), -messages])
    order = np.lexsort(columns[::-1])
    columns, weight = columns[:, order], weight[order]
    new = np.append(True, (columns[:, 1:] != columns[:, :-1]).any(axis=0))[: weight.size]
    starts = np.flatnonzero(new)
    if not starts.size:
        return []
    wrong = starts[np.add.reduceat(weight, starts) != 0][:_MOST_DIFFERENCES]
    return columns[0, wrong].tolist()


def _twice(flows: Flows, texts: list[str], numbers: IntArray) -> list[str]:
    """Say which flows leave a PE on more than one color."""

    s, rows = flows.settings, flows.sources
    if not rows.size:
        return []
    pes = s.width * s.height
    keys = different_values((numbers[s.flow[rows]] * pes + s.router[rows]) * s.colors + s.color[rows])
    starts = keys // s.colors
    again = starts[1:][starts[1:] == starts[:-1]][:_MOST_DIFFERENCES]
    return [
        f"flow '{texts[flow]}' starts twice at {(router % s.width, router // s.width)}"
        for flow, router in (divmod(start, pes) for start in again.tolist())
    ]
