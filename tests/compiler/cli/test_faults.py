"""What stops a run, as a user sees it: exit status, a message that says where, no file left half-written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from wsc.ir.defects import Defects
from wsc.ir.target import Target, load_target

from ...support.compiled import SMALL_TALE
from ...support.ring_program import (
    AWAIT,
    DATA,
    END,
    FIRST,
    NEXT,
    RECEIVE,
    ROUTES,
    SEND,
    START_RECEIVE,
    START_SEND,
    TILES,
    ring_text,
    route,
    tile,
    write_ring,
)
from ...support.wdl import TALE, replaced
from .conftest import Command

TINY = load_target("tiny").target.with_grid(3, 2)
ENGINES = ("wavelet", "stream")
DEFECTS = Defects.of([(1, 0)], [(1, 0, "W"), (2, 1, "N")])


@dataclass(frozen=True)
class Case:
    """A program file that is wrong, and what `wsc run` ends with."""

    status: int
    text: str
    target: Target = TINY
    options: tuple[str, ...] = ()


CASES = {
    "right": Case(0, ring_text()),
    "all wait": Case(4, ring_text(first=NEXT)),
    "a core ends without sending": Case(4, ring_text(next_=replaced(NEXT, (SEND, "")))),
    "nobody takes": Case(4, ring_text(first=DATA + SEND + END)),
    "a send without room": Case(4, ring_text(first=DATA + 6 * SEND + END, next_=DATA + RECEIVE + END)),
    "no route goes on": Case(4, ring_text(routes=replaced(ROUTES, (route(2, 1, "E", "W"), "")))),
    "the next router takes from elsewhere": Case(
        4, ring_text(routes=replaced(ROUTES, (route(2, 1, "E", "W"), route(2, 1, "S", "W"))))
    ),
    "no route begins": Case(4, ring_text(routes=replaced(ROUTES, (route(0, 0, "RAMP", "E"), "")))),
    "no route arrives": Case(
        4, ring_text(routes=replaced(ROUTES, (route(2, 0, "E", "RAMP"), route(2, 0, "E", "S"))))
    ),
    "a route leads off the wafer": Case(
        4, ring_text(routes=replaced(ROUTES, (route(0, 0, "RAMP", "E"), route(0, 0, "RAMP", "N"))))
    ),
    "a route leads back": Case(
        4, ring_text(routes=replaced(ROUTES, (route(2, 1, "E", "W"), route(2, 1, "W", "W"))))
    ),
    "memory": Case(4, ring_text(first=replaced(FIRST, ("8 : i64", "20 : i64")))),
    "a receive beside a started stream": Case(1, ring_text(first=DATA + START_SEND + RECEIVE + AWAIT + END)),
    "two started sends": Case(1, ring_text(first=DATA + 2 * START_SEND + AWAIT + RECEIVE + END)),
    "nothing to await": Case(1, ring_text(first=DATA + AWAIT + SEND + RECEIVE + END)),
    "a stream that is not awaited": Case(1, ring_text(first=DATA + SEND + START_RECEIVE + END)),
    "streams over one memory": Case(4, ring_text(first=DATA + START_SEND + START_RECEIVE + AWAIT + END)),
    "cycle limit": Case(4, ring_text(), options=("--cycle-limit", "20")),
    "a route lies off the wafer": Case(1, ring_text(routes=ROUTES + route(3, 3, "W", "RAMP"))),
    "two routes": Case(1, ring_text(routes=ROUTES + route(2, 1, "E", "RAMP"))),
    "two programs": Case(1, ring_text(tiles=TILES + tile(2, "first", "1, 2"))),
    "no program": Case(1, ring_text(tiles=replaced(TILES, (tile(2, "next", "1, 2"), "")))),
    "a channel without color": Case(
        1, ring_text(tiles=replaced(TILES, (tile(0, "first", "2, 0"), tile(0, "first", "2, -1"))))
    ),
    "a color too many": Case(1, ring_text(routes=ROUTES + route(21, 0, "W", "RAMP"))),
    "no SRAM": Case(1, replaced(ring_text(), ("bytes = 32 : i64", "bytes = 50000 : i64"))),
    "defects of its own wafer": Case(1, ring_text(), replace(TINY, defects=DEFECTS)),
}


def run(wsc: Command, folder: Path, case: Case, *options: str) -> tuple[int, str]:
    """Run a case; return the exit status and what stderr says of what is wrong."""
    write_ring(folder / "ring.wsx", case.text, case.target)
    np.savez(folder / "x.npz", x=np.array([[1, 2, 3]], np.float32))
    before = {path: path.read_bytes() for path in folder.iterdir()}
    arguments = ("run", "ring.wsx", "--random-weights", "1", "--input", "x.npz", "--quiet")
    done = wsc(*arguments, *case.options, *options)
    assert "Traceback" not in done.err
    if done.status:
        assert done.out == ""
        assert {path: path.read_bytes() for path in folder.iterdir()} == before
    return done.status, done.err


def test_messages(wsc: Command, folder: Path, golden: Callable[..., None]) -> None:
    """What is said of each mistake, all in one golden file to read."""
    texts: list[str] = []
    for name, case in CASES.items():
        status, message = run(wsc, folder, case)
        assert status == case.status, (name, message)
        texts.append(f"---- {name}: exit status {status}\n{message}")
    golden("\n".join(texts), suffix=".txt")


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.status == 4])
def test_the_stream_engine_stops_for_the_same(wsc: Command, folder: Path, name: str) -> None:
    kinds, places = zip(
        *(fault_in(run(wsc, folder, CASES[name], "--engine", e)[1]) for e in ENGINES), strict=True
    )
    assert kinds[0] == kinds[1]
    assert set(places[1]) <= set(places[0])


def fault_in(message: str) -> tuple[str, list[str]]:
    """The kind of a fault, and the PEs that its lines begin with."""
    first, *details = message.splitlines()
    return first.split("the machine stopped: ")[1].split(":")[0], [d.split(")")[0] for d in details]


def test_no_trace_and_no_picture_is_left_half_written(wsc: Command, folder: Path) -> None:
    case = CASES["all wait"]
    status, message = run(wsc, folder, case, "--trace", "t.json", "--heat-map", "h.svg", "--json")
    assert status == 4
    assert "deadlock" in message


# ---- another wafer


def wafer(folder: Path, lines: str) -> None:
    (folder / "wafer.toml").write_text(f'name = "wafer12"\nbase = "tiny"\n{lines}', "utf-8")


def test_a_program_made_for_another_wafer(wsc: Command, folder: Path, golden: Callable[..., None]) -> None:
    wafer(folder, '[defects]\npes = [[1, 0]]\nlinks = [[1, 0, "E"], [2, 1, "N"]]\nsource = "a test"\n')
    status, message = run(wsc, folder, CASES["right"], "--target", "wafer.toml")
    assert status == 4
    golden(message, suffix=".txt")


def test_a_wafer_whose_defects_are_elsewhere_will_do(wsc: Command, folder: Path) -> None:
    wafer(folder, '[defects]\npes = [[1, 1], [7, 7]]\nlinks = [[2, 0, "S"]]\nsource = "a test"\n')
    assert run(wsc, folder, CASES["right"], "--target", "wafer.toml") == (0, "")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (
            '[numbers]\nramp_cycles = { value = 3, source = "a test" }\n',
            "the program was compiled for 'tiny', of which 'wafer12' differs in ramp_cycles",
        ),
        (
            '[numbers]\nwidth = { value = 2, source = "a test" }\n',
            "the program takes 3 x 2 PEs; 'wafer12' has 2 x 16",
        ),
    ],
)
def test_a_wafer_that_is_another_machine(wsc: Command, folder: Path, lines: str, says: str) -> None:
    wafer(folder, lines)
    status, message = run(wsc, folder, CASES["right"], "--target", "wafer.toml")
    assert status == 2
    assert says in message


def test_a_model_runs_right_on_a_wafer_with_defects(wsc: Command, folder: Path) -> None:
    """Regions and hand-overs find their places around the defects, and the numbers are those of NumPy."""
    (folder / "tale.wdl").write_text(TALE, "utf-8")
    np.savez(folder / "tokens.npz", tokens=np.array([3, 1, 2], np.int32))
    wafer(
        folder, '[defects]\npes = [[1, 1], [6, 4]]\nlinks = [[4, 0, "S"], [3, 3, "E"]]\nsource = "a test"\n'
    )
    sizes = [option for key, value in SMALL_TALE.items() for option in ("--set", f"{key}={value}")]
    done = wsc(
        *("run", "tale.wdl", "--target", "wafer.toml", "--grid", "8x6", "--random-weights", "1"),
        *("--input", "tokens.npz", "--tokens", "3", "--check", "--quiet", *sizes),
    )
    assert done.status == 0, done.err


def test_a_wafer_without_room(wsc: Command, folder: Path, golden: Callable[..., None]) -> None:
    (folder / "tale.wdl").write_text(TALE, "utf-8")
    dead = ", ".join(f"[{x}, {y}]" for x in (1, 3, 4, 6) for y in range(6))
    wafer(folder, f'[defects]\npes = [{dead}]\nsource = "a test"\n')
    sizes = SMALL_TALE | {"dim": "64", "ffn": "512", "vocab": "512"}
    options = [option for key, value in sizes.items() for option in ("--set", f"{key}={value}")]
    done = wsc("compile", "tale.wdl", "--target", "wafer.toml", "--grid", "8x6", "-o", "t.wsx", *options)
    assert done.status == 1
    assert not (folder / "t.wsx").exists()
    golden(done.err[done.err.index("error: ") :], suffix=".txt")
