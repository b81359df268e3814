"""Colors for flows: flows that meet at a router get different colors, as few as possible."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .solver import make_solver


def conflicts(routers: Sequence[Collection[tuple[int, int]]]) -> list[set[int]]:
    """Return for each flow (given by its routers) the flows that share a router with it."""
    at: dict[tuple[int, int], list[int]] = {}
    for flow, points in enumerate(routers):
        for point in points:
            at.setdefault(point, []).append(flow)
    neighbours: list[set[int]] = [set() for _ in routers]
    for flows in at.values():
        for flow in flows:
            neighbours[flow].update(flows)
    for flow, found in enumerate(neighbours):
        found.discard(flow)
    return neighbours


def saturation_coloring(neighbours: Sequence[set[int]]) -> list[int]:
    """Color greedily, the flow with the most differently colored neighbours first (DSATUR; Brelaz 1979)."""
    colors = [-1] * len(neighbours)
    for _ in neighbours:
        _, _, flow = max(
            (len({colors[n] for n in neighbours[f]} - {-1}), len(neighbours[f]), -f)
            for f in range(len(colors))
            if colors[f] < 0
        )
        flow = -flow
        taken = {colors[n] for n in neighbours[flow]}
        colors[flow] = next(color for color in range(len(colors)) if color not in taken)
    return colors


def exact_coloring(
    neighbours: Sequence[set[int]], budget: int, deterministic_limit: float
) -> list[int] | None:
    """Color with at most `budget` colors by CP-SAT; None if that was not possible within the limit.

    The limit is in the solver's deterministic unit. Raises `ImportError` without OR-Tools.
    """
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    colors = [model.new_int_var(0, budget - 1, f"color{flow}") for flow in range(len(neighbours))]
    for flow, found in enumerate(neighbours):
        for other in sorted(found):
            if other > flow:
                model.add(colors[flow] != colors[other])
    model.minimize(sum(colors))
    solver = make_solver(deterministic_limit)
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return [solver.value(color) for color in colors]


def color_flows(
    routers: Sequence[Collection[tuple[int, int]]], budget: int, deterministic_limit: float = 10.0
) -> list[int] | None:
    """Return a color from 0 to `budget` - 1 for each flow, or None if there are too few.

    The greedy coloring is taken where it fits; only where it does not, the solver looks for a better one.
    """
    neighbours = conflicts(routers)
    colors = saturation_coloring(neighbours)
    if all(color < budget for color in colors):
        return colors
    return exact_coloring(neighbours, budget, deterministic_limit) if budget > 0 else None
