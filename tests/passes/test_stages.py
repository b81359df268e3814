"""What the stages of the pipeline make of small models: one golden file a stage."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..support.compiled import SMALL_MLP, PassTexts, compile_shaped
from ..support.wdl import EXAMPLES

SMALLEST_TALE = {
    "dim": "8",
    "heads": "2",
    "kv_heads": "1",
    "ffn": "6",
    "vocab": "8",
    "layers": "2",
    "context": "4",
}
SMALLEST_GPT2 = {"dim": "4", "heads": "2", "vocab": "6", "context": "3"}
STAGES = (
    "specialize",
    "fuse",
    "partition",
    "combine-collectives",
    "place",
    "route",
    "schedule",
    "allocate",
    "dce",
)
"""Passes whose result is kept; the last `dce` cleans up what `emit` made."""


def stages(example: str, shape: tuple[int, int], overrides: dict[str, str]) -> dict[str, str]:
    text = (EXAMPLES / example / f"{example}.wdl").read_text("utf-8")
    watcher = PassTexts()
    compile_shaped(text, shape, overrides, stages=0 if example == "mlp" else 1, watchers=[watcher])
    return watcher.texts


@pytest.fixture(scope="module")
def tale() -> dict[str, str]:
    """Regions of one PE: all work, no wires but the hand-overs."""
    return stages("tale", (1, 1), SMALLEST_TALE)


@pytest.fixture(scope="module")
def mlp() -> dict[str, str]:
    """One region of 2 x 2 PEs: four classes, collectives both ways."""
    return stages("mlp", (2, 2), SMALL_MLP)


@pytest.mark.parametrize("stage", STAGES)
def test_tale(tale: dict[str, str], golden: Callable[[str], None], stage: str) -> None:
    golden(tale[stage])


@pytest.mark.parametrize("stage", STAGES)
def test_mlp(mlp: dict[str, str], golden: Callable[[str], None], stage: str) -> None:
    golden(mlp[stage])


@pytest.mark.parametrize("stage", ["fuse", "partition"])
def test_gpt2(golden: Callable[[str], None], stage: str) -> None:
    """Fused matrices, learned positions and a tied head."""
    golden(stages("gpt2", (2, 2), SMALLEST_GPT2)[stage])
