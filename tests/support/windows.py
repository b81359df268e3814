"""Models that take a whole window of rows, compiled for tests and compared with the nn interpreter."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from wsc.ir.variable_values import DTYPES
from wsc.runtime import host

from .compiled import TOLERANCE, Runner, compile_shaped


def compare_window(runner: Runner, tokens: int = 3) -> float:
    """Run one window of random rows on both; return the largest error, relative to the largest result.

    Tokens are below `tokens`; chosen ones must be the same where the two best candidates are not as close
    as the error allows.
    """
    kind, shape = runner.variables.type(runner.input), runner.variables.shape(runner.input)
    if len(shape) == 1:
        rows = runner.random.integers(0, tokens, shape).astype(np.int32)
    else:
        rows = runner.random.standard_normal(shape[::-1]).astype(DTYPES[str(kind.element)])
    host.scatter(runner.wafer, runner.variables, runner.input, rows.T)
    got = runner.launch(0)
    expected = runner.reference.step("encode", rows, 0)
    right = np.asarray(expected[-1], np.float32).reshape(shape[-1], -1)
    (name,) = got.keys() - {"token"}
    assert got[name].shape == right.T.shape
    scale = float(np.abs(right).max())
    if "token" in got:
        best = np.sort(right, axis=1)[:, -2:]
        close = best[:, 1] - best[:, 0] <= 2 * TOLERANCE * scale
        assert np.all((got["token"] == expected[0]) | close)
    runner.check_memory(0)
    return float(np.abs(got[name].T.astype(np.float32) - right).max()) / scale


def check_window(
    text: str,
    shape: tuple[int, int],
    overrides: Mapping[str, str] | None = None,
    *,
    stages: int = 0,
    verify_each: bool = False,
) -> None:
    """Compile entry `encode` of `text` with regions of `shape`, and compare a window with the nn
    interpreter.
    """
    compiled = compile_shaped(text, shape, overrides, stages=stages, verify_each=verify_each, entry="encode")
    assert compare_window(Runner(compiled)) <= TOLERANCE
