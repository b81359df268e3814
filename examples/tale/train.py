"""Trains the model of tale.wdl until it knows tale.txt by heart, and writes tale.safetensors.

Run from anywhere, with the package's `examples` extra installed:

    python examples/tale/train.py

How a model learns and proves what it knows stands in examples/training.py.
"""

import sys
from pathlib import Path

from torch import Tensor
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training import (
    Block,
    Decoder,
    Floats,
    Lessons,
    Model,
    Sizes,
    constants,
    learn_by_heart,
    matrix,
    rounded,
    silu,
)

HERE = Path(__file__).resolve().parent
CONST = constants(HERE / "tale.wdl")
SIZES = Sizes.of(CONST)
FFN = CONST["ffn"]


class TaleBlock(Block):
    """A layer whose second half is SwiGLU."""

    def __init__(self) -> None:
        super().__init__(SIZES)
        self.gate = matrix(SIZES.dim, FFN)
        self.up = matrix(SIZES.dim, FFN)
        self.down = matrix(FFN, SIZES.dim, self.residual)

    def feed_forward(self, n: Tensor) -> Tensor:
        return (functional.silu(n @ self.gate) * (n @ self.up)) @ self.down


class TaleDecoder(Decoder):
    """The model in NumPy."""

    def feed_forward(self, layer: int, n: Floats) -> Floats:
        gate, up, down = (self.weights[f"block.{layer}.{name}"] for name in ("gate", "up", "down"))
        return rounded(rounded(silu(rounded(n @ gate)) * rounded(n @ up)) @ down)


def main() -> int:
    return learn_by_heart(
        HERE / "tale.txt",
        SIZES.context,
        lambda: Model(SIZES, TaleBlock),
        lambda weights, streams: TaleDecoder(SIZES, weights, streams),
        Lessons(steps=1600, batch=8, learning_rate=4e-3),
    )


if __name__ == "__main__":
    sys.exit(main())
