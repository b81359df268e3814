"""A plot with two logarithmic axes, as SVG: series of points, each with a line of its fitted power."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 640, 420
LEFT, RIGHT, TOP, BOTTOM = 72, 200, 36, 52
COLORS = ("#1f6feb", "#d1570b", "#2e7d32", "#8a3ffc", "#6e7781")


@dataclass(frozen=True)
class Series:
    """Points (x, y), all positive, and the power of x that y is fitted to grow with."""

    name: str
    points: Sequence[tuple[float, float]]


def power_fit(points: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Return exponent and factor of y = factor * x ** exponent, least squares of the logarithms.

    Raises `ValueError` with fewer than two different x.
    """
    xs, ys = ([math.log(point[axis]) for point in points] for axis in (0, 1))
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    if spread == 0:
        raise ValueError("a power needs points at two places")
    exponent = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    return exponent, math.exp(mean_y - exponent * mean_x)


class _Axis:
    """Maps values to pixels, by their logarithms."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low = math.floor(math.log10(min(values)) * 2) / 2
        self.high = max(math.ceil(math.log10(max(values)) * 2) / 2, self.low + 0.5)
        self.start, self.end = start, end

    def at(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def ticks(self) -> list[float]:
        decades = range(math.ceil(self.low), math.floor(self.high) + 1)
        return [10.0**decade for decade in decades]


def log_plot(title: str, x_label: str, y_label: str, series: Sequence[Series]) -> str:
    """Return the plot as the text of an SVG file; the same series give the same text."""
    x = _Axis([p[0] for s in series for p in s.points], LEFT, WIDTH - RIGHT)
    y = _Axis([p[1] for s in series for p in s.points], HEIGHT - BOTTOM, TOP)
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        _text(LEFT, 20, title, "start", "bold"),
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x_label, "middle"),
        f'<text transform="translate(16 {(TOP + HEIGHT - BOTTOM) / 2:.0f}) rotate(-90)" '
        f'text-anchor="middle">{escape(y_label)}</text>',
    ]
    for tick in x.ticks():
        out.append(_line(x.at(tick), TOP, x.at(tick), HEIGHT - BOTTOM, "#d0d7de"))
        out.append(_text(x.at(tick), HEIGHT - BOTTOM + 16, f"{tick:g}", "middle"))
    for tick in y.ticks():
        out.append(_line(LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick), "#d0d7de"))
        out.append(_text(LEFT - 6, y.at(tick) + 4, f"{tick:g}", "end"))
    out.append(
        f'<rect x="{LEFT}" y="{TOP}" width="{WIDTH - RIGHT - LEFT}" height="{HEIGHT - BOTTOM - TOP}" '
        f'fill="none" stroke="#57606a"/>'
    )
    for index, one in enumerate(series):
        color = COLORS[index % len(COLORS)]
        exponent, factor = power_fit(one.points)
        first, last = (f(p[0] for p in one.points) for f in (min, max))
        ends = [(v, factor * v**exponent) for v in (first, last)]
        out.append(_line(*(c for v, w in ends for c in (x.at(v), y.at(w))), color, dashed=True))
        out += [
            f'<circle cx="{x.at(v):.1f}" cy="{y.at(w):.1f}" r="4" fill="{color}"/>' for v, w in one.points
        ]
        row = TOP + 12 + 36 * index
        out.append(f'<circle cx="{WIDTH - RIGHT + 16}" cy="{row - 4}" r="4" fill="{color}"/>')
        out.append(_text(WIDTH - RIGHT + 26, row, one.name, "start"))
        out.append(_text(WIDTH - RIGHT + 26, row + 15, f"grows with power {exponent:.2f}", "start"))
    return "\n".join([*out, "</svg>"]) + "\n"


def _text(x: float, y: float, text: str, anchor: str, weight: str = "normal") -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {where} font-weight="{weight}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, color: str, *, dashed: bool = False) -> str:
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}"{dash}/>'
