"""What two stages of the pipeline make of attention over a window: how it is split, and its instructions."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ..support.compiled import PassTexts, compile_shaped

ATTEND = """model attend {
  const dim = 4, heads = 2, window = 3
  dtype f16 accumulate f32
  weight w: [dim, dim], b: [dim]

  forward(x: [seq, dim]) -> [seq, dim] {
    h = reshape(x @ w + b, [seq, heads, dim / heads])
    return reshape(attention(h, h, h, causal = true), [seq, dim])
  }

  encode = forward
}
"""


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    """After each pass, for one PE: nothing but the work."""
    watcher = PassTexts()
    compile_shaped(ATTEND, (1, 1), watchers=[watcher], entry="encode")
    return watcher.texts


@pytest.mark.parametrize("stage", ["partition", "dce"])
def test_attention(texts: dict[str, str], golden: Callable[[str], None], stage: str) -> None:
    golden(texts[stage])
