"""Runs on which engines are compared: the examples, compiled, and collectives."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from wsc.compiler.cli.main import main as wsc
from wsc.ir.program_file import Program, read_program
from wsc.ir.weights import load_weights
from wsc.runtime.session import Session

from .compare import Outcome, compare

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
Run = tuple[str, Callable[[], Outcome]]


@dataclass(frozen=True, slots=True)
class Example:
    """An example, compiled with some options."""

    name: str
    options: tuple[str, ...] = ()
    entry: str = "decode"

    @property
    def title(self) -> str:
        return " ".join((self.name, *self.options))


_TALE, _GPT2, _MOE = Example("tale"), Example("gpt2"), Example("moe")
_ENCODER, _MLP = Example("encoder", entry="encode"), Example("mlp")
EXAMPLE_RUNS: dict[str, tuple[tuple[Example, ...], tuple[int, ...]]] = {
    "quick": ((Example("tale", ("--grid", "5x7")),), (0, 3)),
    "medium": ((_TALE, _GPT2, _MOE, _ENCODER, _MLP), (0, 1, 9)),
    "full": (
        (
            *(_TALE, _GPT2, _MOE, _ENCODER, _MLP),
            *(Example("tale", ("--grid", "9x7")), Example("tale", ("--grid", "24x24", "--target", "wse2"))),
            *(Example("gpt2", ("--grid", "9x7")), Example("moe", ("--grid", "13x11"))),
            Example("encoder", ("--grid", "11x13"), "encode"),
            Example("mlp", ("--grid", "5x4")),
        ),
        (0, 1, 2, 9, 30),
    ),
}
"""Examples and positions by size."""


def compiled(example: Example, folder: Path) -> Program:
    """Compile an example. Raises `RuntimeError` if that does not work."""
    path = folder / "program.wsx"
    model = EXAMPLES / example.name / f"{example.name}.wdl"
    options = ("--entry", example.entry, *example.options)
    if wsc(["compile", str(model), "-o", str(path), *options, "--quiet"]) != 0:
        raise RuntimeError(f"{example.title} does not compile")
    return read_program(path)


def examples(size: str, number: int) -> Iterator[Run]:
    """Yield the steps of example `number` of that size, at several positions if it decodes."""
    models, positions = EXAMPLE_RUNS[size]
    example = models[number]
    with tempfile.TemporaryDirectory() as folder:
        program = compiled(example, Path(folder))
    weights = load_weights(program.model, EXAMPLES / example.name / f"{example.name}.safetensors")
    sessions = Session(program.module, weights), Session(program.module, weights)
    last = (sessions[0].context or 1) - 1
    one_step = sessions[0].window is not None or not sessions[0].takes_tokens
    for position in sorted({min(position, last) for position in positions}):
        place = 0 if one_step else position
        yield f"{example.title} at {position}", partial(compare_step, sessions, place, position)


def compare_step(sessions: tuple[Session, Session], position: int, seed: int) -> Outcome:
    """Give both sessions the same input and compare one step."""
    first = sessions[0]
    rng = np.random.default_rng(seed)
    rows = first.window or 1
    if first.takes_tokens:
        value = rng.integers(1, 20, rows if first.window else ())
    else:
        value = rng.uniform(-1, 1, rows * first.input_size).astype(np.float32)
    for session in sessions:
        session.feed(np.asarray(value))
    return compare(sessions[0].machine, sessions[1].machine, position)
