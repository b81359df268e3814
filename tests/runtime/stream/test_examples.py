"""Both engines on the examples: the same cycles of each operation, the same critical path and bits."""

from __future__ import annotations

import numpy as np
import pytest

from wsc.ir.weights import random_weights
from wsc.runtime.session import Session

from ...support.agreement import compare
from ...support.compiled import SMALL_MLP, SMALL_TALE, compile_model, compile_shaped
from ...support.wdl import MLP, TALE, example


def steps(session: Session, positions: int) -> list[str | None]:
    """Compare that many steps, each from where the last one ended; return their certificates."""
    rng = np.random.default_rng(3)
    rows = session.window or 1
    found: list[str | None] = []
    for position in range(positions):
        if session.takes_tokens:
            session.feed(rng.integers(0, 3, rows))
        else:
            session.feed(rng.standard_normal(rows * session.input_size))
        found.append(compare(session.machine, position).certificate)
    return found


@pytest.mark.parametrize(
    ("text", "overrides", "shape", "stages"),
    [(TALE, SMALL_TALE, (4, 4), 1), (TALE, SMALL_TALE, (3, 5), 2), (MLP, SMALL_MLP, (2, 3), 0)],
)
def test_small_models(text: str, overrides: dict[str, str], shape: tuple[int, int], stages: int) -> None:
    compiled = compile_shaped(text, shape, overrides, stages=stages)
    certificates = steps(Session(compiled.module, random_weights(compiled.model, 1)), 3)
    assert None not in certificates


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tale", "mlp", "moe", "gpt2", "encoder"])
def test_examples(name: str) -> None:
    text, entry = example(name)
    compiled = compile_model(text, (16, 16), entry=entry, verify_each=False)
    certificates = steps(Session(compiled.module, random_weights(compiled.model, 1)), 4)
    assert certificates.count(None) <= 1
