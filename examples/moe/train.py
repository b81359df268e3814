"""Trains the model of moe.wdl until it knows moe.txt by heart, and writes moe.safetensors.

Run from anywhere, with the package's `examples` extra installed:

    python examples/moe/train.py

How a model learns and proves what it knows stands in examples/training.py; here is what a mixture of experts
adds. While it learns, all experts compute everything and the gates of those that are not chosen are zero.
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training import (
    Block,
    Decoder,
    Floats,
    Lessons,
    Model,
    Sizes,
    Weights,
    constants,
    learn_by_heart,
    matrix,
    rounded,
    silu,
    softmax,
)

HERE = Path(__file__).resolve().parent
CONST = constants(HERE / "moe.wdl")
SIZES = Sizes.of(CONST)
EXPERTS, CHOSEN, FFN = CONST["experts"], CONST["chosen"], CONST["ffn"]
BALANCE, DECISION = 0.02, 0.1
"""The weights of the losses that keep the experts equally busy, and choices clear."""
CLEAR_GAP, REQUIRED_GAP = 1.0, 0.05
"""How far the last score chosen should lead the first one not chosen, and how far it must in float16: else
another order of rounding, as on a wafer, may call another expert."""


def stacked(rows: int, columns: int, scale: float = 1.0) -> nn.Parameter:
    """A matrix for each expert, [EXPERTS, rows, columns]."""
    return nn.Parameter(torch.randn(EXPERTS, rows, columns) * (scale / math.sqrt(rows)))


class MixtureBlock(Block):
    """A layer whose second half is a mixture of SwiGLU experts."""

    def __init__(self) -> None:
        super().__init__(SIZES)
        self.router = matrix(SIZES.dim, EXPERTS)
        self.gate = stacked(SIZES.dim, FFN)
        self.up = stacked(SIZES.dim, FFN)
        self.down = stacked(FFN, SIZES.dim, self.residual)
        self.trouble = torch.zeros(())

    def feed_forward(self, n: Tensor) -> Tensor:
        scores = n @ self.router
        best, which = scores.topk(CHOSEN + 1, dim=-1)
        gates = torch.zeros_like(scores).scatter(-1, which[..., :-1], best[..., :-1].softmax(-1))
        # How often an expert is chosen times how likely it is: least where all are equal (arXiv:2101.03961).
        often = (gates > 0).float().mean((0, 1)) / CHOSEN
        imbalance = EXPERTS * (often * scores.softmax(-1).mean((0, 1))).sum()
        gap = best[..., -2] - best[..., -1]
        self.trouble = BALANCE * imbalance + DECISION * functional.relu(CLEAR_GAP - gap).mean()
        each = n.unsqueeze(1)  # [batch, 1, seq, dim]
        wide = functional.silu(each @ self.gate) * (each @ self.up)
        return torch.einsum("besd,bse->bsd", wide @ self.down, gates)


def trouble(model: nn.Module) -> Tensor:
    """The loss that grows when few experts do the work of all, or choices are close."""
    return torch.stack([block.trouble for block in model.modules() if isinstance(block, MixtureBlock)]).sum()


def by_expert(trained: Weights) -> Weights:
    """The tensors of the file: `block.0.gate` of all experts becomes `block.0.expert.0.gate` and so on."""
    found: Weights = {}
    for name, value in trained.items():
        block, _, own = name.rpartition(".")
        if own in ("gate", "up", "down"):
            found |= {f"{block}.expert.{number}.{own}": part for number, part in enumerate(value)}
        else:
            found[name] = value
    return found


class MixtureDecoder(Decoder):
    """The model in NumPy; each row is computed by its experts alone. `gap` is that of the closest choice."""

    gap = math.inf

    def feed_forward(self, layer: int, n: Floats) -> Floats:
        scores = rounded(n @ self.weights[f"block.{layer}.router"])
        order = np.argsort(-scores, axis=-1, kind="stable")
        ranked = np.take_along_axis(scores, order, axis=-1)
        self.gap = min(self.gap, float((ranked[:, CHOSEN - 1] - ranked[:, CHOSEN]).min()))
        best = order[:, :CHOSEN]
        shares = softmax(np.take_along_axis(scores, best, axis=-1))
        result = np.zeros_like(n)
        for place in range(CHOSEN):
            for expert in range(EXPERTS):
                rows = best[:, place] == expert
                given = self.expert(f"block.{layer}.expert.{expert}", n[rows])
                result[rows] += shares[rows, place, None] * given
        return rounded(result)

    def is_sure(self) -> bool:
        print(f"smallest gap between the scores of who is chosen and who is not {self.gap:.3f}")
        return self.gap >= REQUIRED_GAP

    def expert(self, at: str, n: Floats) -> Floats:
        wide = rounded(silu(rounded(n @ self.weights[f"{at}.gate"])) * rounded(n @ self.weights[f"{at}.up"]))
        return rounded(wide @ self.weights[f"{at}.down"])


def main() -> int:
    lessons = Lessons(steps=1500, batch=8, learning_rate=4e-3, extra=trouble)
    return learn_by_heart(
        HERE / "moe.txt",
        SIZES.context,
        lambda: Model(SIZES, MixtureBlock),
        lambda weights, streams: MixtureDecoder(SIZES, weights, streams),
        lessons,
        by_expert,
    )


if __name__ == "__main__":
    sys.exit(main())
