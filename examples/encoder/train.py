"""Trains the model of encoder.wdl to restore lost letters of encoder.txt, and writes encoder.safetensors.

Run from anywhere, with the package's `examples` extra installed:

    python examples/encoder/train.py

The text is read as a ring: after its last byte comes its first. The weights are cast to float16 and must then
restore nearly every window that lost letters, in the interpreter of encoder.wdl itself, whose values are
rounded to float16 as on the wafer. They are written only if they do; otherwise the exit status is 1.
"""

import math
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

from wsc.compiler.frontend import compile_wdl
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.weights import load_weights

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from training import Descent, Weights, constants, halves, matrix, windows  # noqa: E402

MODEL = HERE / "encoder.wdl"
CONST = constants(MODEL)
VOCAB, DIM, LAYERS, HEADS, FFN, WINDOW = (
    CONST[name] for name in ("vocab", "dim", "layers", "heads", "ffn", "window")
)
HEAD_DIM = DIM // HEADS
EPS = 1e-5
LOST = ord("_")

SEED, STEPS, BATCH, LEARNING_RATE = 1, 4000, 48, 4e-3
MOST_LOST = 0.4
"""The largest share of letters that a window loses in training; each window's own is drawn below it."""
KNOWN_WEIGHT = 0.1
"""The loss's weight where the letter is there and need only be copied; where it is lost it is 1."""
TRIED_SHARE = 0.25
"""The share of letters that windows lose in the second trial; in the first it is one letter."""
REQUIRED_ONE, REQUIRED_SEVERAL = 0.999, 0.8
"""The least share of windows restored whole, to the last letter, in the two trials."""


class Block(nn.Module):
    """One layer; its parameters bear the names and the [in, out] shapes of encoder.wdl."""

    def __init__(self) -> None:
        super().__init__()
        residual = 1.0 / math.sqrt(2 * LAYERS)
        for number in (1, 2):
            setattr(self, f"norm{number}", nn.Parameter(torch.ones(DIM)))
            setattr(self, f"shift{number}", nn.Parameter(torch.zeros(DIM)))
        self.wq, self.wk, self.wv = (matrix(DIM, DIM) for _ in range(3))
        self.bq, self.bk, self.bv, self.bo, self.bd = (nn.Parameter(torch.zeros(DIM)) for _ in range(5))
        self.wo = matrix(DIM, DIM, residual)
        self.up, self.bu = matrix(DIM, FFN), nn.Parameter(torch.zeros(FFN))
        self.down = matrix(FFN, DIM, residual)

    def forward(self, x: Tensor) -> Tensor:
        batch, seq, _ = x.shape
        h = functional.layer_norm(x, (DIM,), self.norm1, self.shift1, EPS)
        q, k, v = (
            (h @ weight + bias).view(batch, seq, HEADS, HEAD_DIM).transpose(1, 2)
            for weight, bias in ((self.wq, self.bq), (self.wk, self.bk), (self.wv, self.bv))
        )
        a = functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(batch, seq, DIM)
        y = x + a @ self.wo + self.bo
        n = functional.layer_norm(y, (DIM,), self.norm2, self.shift2, EPS)
        return y + functional.gelu(n @ self.up + self.bu, approximate="tanh") @ self.down + self.bd


class Encoder(nn.Module):
    """Bytes [batch, WINDOW] to logits [batch, WINDOW, VOCAB]."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Parameter(torch.randn(VOCAB, DIM))
        self.places = nn.Parameter(torch.randn(WINDOW, DIM))
        self.norm, self.shift = nn.Parameter(torch.ones(DIM)), nn.Parameter(torch.zeros(DIM))
        self.head, self.bias = matrix(DIM, VOCAB), nn.Parameter(torch.zeros(VOCAB))
        self.block = nn.ModuleList(Block() for _ in range(LAYERS))

    def forward(self, tokens: Tensor) -> Tensor:
        x = self.embed[tokens] + self.places
        for block in self.block:
            x = block(x)
        return functional.layer_norm(x, (DIM,), self.norm, self.shift, EPS) @ self.head + self.bias


def train(examples: NDArray[np.uint8]) -> Weights:
    """Fits the model to random windows that lose random letters; returns its weights in float16."""
    torch.manual_seed(SEED)
    model, whole = Encoder(), torch.from_numpy(examples.astype(np.int64))
    descent = Descent(model, LEARNING_RATE, STEPS)
    for step in range(1, STEPS + 1):
        chosen = whole[torch.randint(len(whole), (BATCH,))]
        lost = torch.rand(BATCH, WINDOW) < torch.rand(BATCH, 1) * MOST_LOST
        logits = model(chosen.masked_fill(lost, LOST))
        each = functional.cross_entropy(logits.flatten(0, 1), chosen.flatten(), reduction="none")
        importance = torch.where(lost.flatten(), 1.0, KNOWN_WEIGHT)
        loss = (each * importance).sum() / importance.sum()
        descent.step(loss)
        if step % 200 == 0:
            print(f"step {step:5d}  loss {loss.item():.5f}", flush=True)
    return halves(model)


class Restorer:
    """encoder.wdl in its own interpreter."""

    def __init__(self, weights: Path) -> None:
        module = compile_wdl(MODEL.read_text("utf-8"), MODEL.name, entries=["encode"])
        self.interpreter = NnInterpreter(module, load_weights(module, str(weights)))

    def right(self, window: NDArray[np.uint8], lost: NDArray[np.bool_]) -> bool:
        """Whether all of a window comes back."""
        given = np.where(lost, LOST, window).astype(np.int32)
        return bool(np.array_equal(self.interpreter.step("encode", given, 0)[0], window))


def restore(weights: Path, examples: NDArray[np.uint8]) -> bool:
    """Whether the weights do what they must; says how well."""
    restorer, random = Restorer(weights), np.random.default_rng(SEED)
    single = [
        restorer.right(window, np.arange(WINDOW) == place) for window in examples for place in range(WINDOW)
    ]
    several = [restorer.right(window, random.random(WINDOW) < TRIED_SHARE) for window in examples]
    print(f"one letter lost: {sum(single)} of {len(single)} windows restored")
    print(f"{TRIED_SHARE:.0%} of the letters lost: {sum(several)} of {len(several)} windows restored")
    return sum(single) >= REQUIRED_ONE * len(single) and sum(several) >= REQUIRED_SEVERAL * len(several)


def main() -> int:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    text = (HERE / "encoder.txt").read_text("ascii")  # as text: a checkout may have changed line ends
    examples = windows(np.frombuffer(text.encode(), np.uint8), WINDOW)
    draft, final = HERE / "encoder.draft.safetensors", HERE / "encoder.safetensors"
    draft.write_bytes(save(train(examples)))
    if not restore(draft, examples):
        draft.unlink()
        print("not learned; nothing written", file=sys.stderr)
        return 1
    draft.replace(final)
    print(f"wrote {final.name}, {final.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
