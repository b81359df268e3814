"""Trains the model of gpt2.wdl until it knows gpt2.txt by heart, and writes gpt2.safetensors.

Run from anywhere, with the package's `examples` extra installed:

    python examples/gpt2/train.py

How a model learns and proves what it knows stands in examples/training.py; here is this one, twice.
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from training import (
    EPS,
    Floats,
    Lessons,
    Reciter,
    Weights,
    constants,
    learn_by_heart,
    matrix,
    rounded,
    softmax,
)

HERE = Path(__file__).resolve().parent
CONST = constants(HERE / "gpt2.wdl")
VOCAB, DIM, LAYERS, HEADS, CONTEXT = (CONST[name] for name in ("vocab", "dim", "layers", "heads", "context"))
HEAD_DIM, FFN = DIM // HEADS, 4 * DIM


# ---- the model in PyTorch --------------------------------------------------------------------------


def zeros(extent: int) -> nn.Parameter:
    return nn.Parameter(torch.zeros(extent))


def layer_norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return functional.layer_norm(x, (DIM,), weight, bias, EPS)


class Block(nn.Module):
    """One layer; its parameters are named and shaped as in the `.wdl` file."""

    def __init__(self) -> None:
        super().__init__()
        residual = 1.0 / math.sqrt(2 * LAYERS)
        self.ln1, self.ln1_bias = nn.Parameter(torch.ones(DIM)), zeros(DIM)
        self.ln2, self.ln2_bias = nn.Parameter(torch.ones(DIM)), zeros(DIM)
        self.attn, self.attn_bias = matrix(DIM, 3 * DIM), zeros(3 * DIM)
        self.proj, self.proj_bias = matrix(DIM, DIM, residual), zeros(DIM)
        self.up, self.up_bias = matrix(DIM, FFN), zeros(FFN)
        self.down, self.down_bias = matrix(FFN, DIM, residual), zeros(DIM)

    def forward(self, x: Tensor) -> Tensor:
        batch, seq, _ = x.shape
        qkv = layer_norm(x, self.ln1, self.ln1_bias) @ self.attn + self.attn_bias
        q, k, v = (part.view(batch, seq, HEADS, HEAD_DIM).transpose(1, 2) for part in qkv.split(DIM, dim=-1))
        a = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = x + a.transpose(1, 2).reshape(batch, seq, DIM) @ self.proj + self.proj_bias
        n = layer_norm(y, self.ln2, self.ln2_bias)
        wide = functional.gelu(n @ self.up + self.up_bias, approximate="tanh")
        return y + wide @ self.down + self.down_bias


class Gpt(nn.Module):
    """Bytes [batch, seq] to logits [batch, seq, VOCAB]."""

    def __init__(self) -> None:
        super().__init__()
        self.wte = matrix(VOCAB, DIM, math.sqrt(VOCAB / DIM))
        self.wpe = matrix(CONTEXT, DIM, math.sqrt(CONTEXT / DIM))
        self.ln, self.ln_bias = nn.Parameter(torch.ones(DIM)), zeros(DIM)
        self.block = nn.ModuleList(Block() for _ in range(LAYERS))

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.wte[tokens] + self.wpe[: tokens.shape[1]]
        for block in self.block:
            x = block(x)
        return layer_norm(x, self.ln, self.ln_bias) @ self.wte.T


# ---- the model in NumPy ----------------------------------------------------------------------------


class GptReciter(Reciter):
    """The same, rounded to float16 after every operation."""

    def __init__(self, weights: Weights, streams: int) -> None:
        self.weights = {name: value.astype(np.float32) for name, value in weights.items()}
        shape = (LAYERS, streams, CONTEXT, HEADS, HEAD_DIM)
        self.keys, self.values = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.position = 0

    def step(self, tokens: NDArray[np.uint8]) -> Floats:
        x = rounded(self.weights["wte"][tokens] + self.weights["wpe"][self.position])
        for layer in range(LAYERS):
            x = self.block(layer, x)
        self.position += 1
        return rounded(self.norm(x, "ln") @ self.weights["wte"].T)

    def block(self, layer: int, x: Floats) -> Floats:
        at = f"block.{layer}"
        q, k, v = (
            part.reshape(-1, HEADS, HEAD_DIM)
            for part in np.split(self.linear(self.norm(x, f"{at}.ln1"), f"{at}.attn"), 3, axis=-1)
        )
        self.keys[layer, :, self.position] = k
        self.values[layer, :, self.position] = v
        y = rounded(x + self.linear(self.attention(layer, q).reshape(x.shape), f"{at}.proj"))
        wide = gelu(self.linear(self.norm(y, f"{at}.ln2"), f"{at}.up"))
        return rounded(y + self.linear(wide, f"{at}.down"))

    def attention(self, layer: int, q: Floats) -> Floats:
        keys = self.keys[layer, :, : self.position + 1].transpose(0, 2, 3, 1)
        values = self.values[layer, :, : self.position + 1].transpose(0, 2, 1, 3)
        scores = rounded(q[:, :, None] @ keys / np.float32(math.sqrt(HEAD_DIM)))
        return rounded(softmax(scores) @ values)

    def linear(self, x: Floats, name: str) -> Floats:
        return rounded(rounded(x @ self.weights[name]) + self.weights[f"{name}_bias"])

    def norm(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        scale = 1.0 / np.sqrt(np.mean(centred * centred, axis=-1, keepdims=True) + np.float32(EPS))
        return rounded(centred * scale * self.weights[name] + self.weights[f"{name}_bias"])


def gelu(x: Floats) -> Floats:
    inner = np.float32(math.sqrt(2.0 / math.pi)) * (x + np.float32(0.044715) * x * x * x)
    return rounded(np.float32(0.5) * x * (1 + np.tanh(inner)))


def main() -> int:
    lessons = Lessons(steps=1500, batch=8, learning_rate=4e-3)
    return learn_by_heart(HERE / "gpt2.txt", CONTEXT, Gpt, GptReciter, lessons)


if __name__ == "__main__":
    sys.exit(main())
