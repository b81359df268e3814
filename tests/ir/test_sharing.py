"""Shared links and ramps: as many as a reading router by router finds, and as the stream engine watches."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np

from wsc.ir import parse_module
from wsc.ir.routes import DIRECTIONS, collect_settings
from wsc.ir.sharing import sharing_of
from wsc.runtime.stream.network import stream_network
from wsc.runtime.wiring import QueueDepths, Route

WIDTH, HEIGHT = 5, 4
STEP = {"N": (0, -1), "E": (1, 0), "S": (0, 1), "W": (-1, 0)}
OPPOSITE = {"N": "S", "S": "N", "E": "W", "W": "E"}


def random_routes(rng: random.Random) -> list[Route]:
    """One random walk for each color, with ramps on the way."""
    routes: list[Route] = []
    for color in range(rng.randint(1, 5)):
        x, y, entry = rng.randrange(WIDTH), rng.randrange(HEIGHT), "RAMP"
        seen = {(x, y)}
        for _ in range(rng.randint(1, 8)):
            ways = [d for d, (dx, dy) in STEP.items() if (x + dx, y + dy) not in seen]
            ways = [d for d in ways if 0 <= x + STEP[d][0] < WIDTH and 0 <= y + STEP[d][1] < HEIGHT]
            if not ways:
                break
            way = rng.choice(ways)
            ramp = ("RAMP",) if entry != "RAMP" and rng.random() < 0.5 else ()
            routes.append(Route(f"flow{color}", color, (x, y, 1, 1, 1, 1), entry, (way, *ramp)))
            x, y, entry = x + STEP[way][0], y + STEP[way][1], OPPOSITE[way]
            seen.add((x, y))
        if entry == "RAMP":
            continue
        routes.append(Route(f"flow{color}", color, (x, y, 1, 1, 1, 1), entry, ("RAMP",)))
    return routes


def operation_text(route: Route) -> str:
    outputs = ", ".join(f'"{output}"' for output in route.outputs)
    rect = ", ".join(map(str, route.rect))
    return (
        f'"fabric.route"() {{color = {route.color} : i64, flow = "{route.flow}", input = "{route.input}", '
        f"outputs = [{outputs}], rect = array<i64: {rect}>}} : () -> ()"
    )


def test_like_a_reading_router_by_router() -> None:
    most = 0
    for seed in range(60):
        routes = random_routes(random.Random(seed))
        text = "\n".join(operation_text(route) for route in routes)
        module = parse_module(f'"builtin.module"() ({{\n^bb0:\n{text}\n}}) : () -> ()', "m.mlir")
        settings, problems = collect_settings(module.body.operations, WIDTH, HEIGHT)
        assert problems == []
        found = sharing_of(settings)

        colors: dict[tuple[int, int, str], set[int]] = defaultdict(set)
        for route in routes:
            for output in route.outputs:
                colors[route.rect[0], route.rect[1], output].add(route.color)
        shared = [place for place, used in colors.items() if len(used) > 1]
        assert found.ramps == sum(direction == DIRECTIONS[-1] for _, _, direction in shared)
        assert found.links == len(shared) - found.ramps
        pairs = sum(len(used) * (len(used) - 1) // 2 for used in colors.values())
        assert pairs == sum(pair.links + pair.ramps for pair in found.pairs)
        most = max(most, pairs)

        cores = np.arange(WIDTH * HEIGHT, dtype=np.int32)
        network = stream_network(WIDTH, HEIGHT, routes, QueueDepths(2, 2, 3, 4), cores)
        assert network.resources == found.links + found.ramps
    assert most > 5
