"""Trains the classifier of mlp.wdl on noisy little digits; writes mlp.safetensors and digits.npz.

Run from anywhere, with the package's `examples` extra installed:

    python examples/mlp/train.py

The pictures are the ten glyphs below, moved by up to one pixel, faded and covered with noise. The weights are
cast to float16 and tried in plain NumPy whose activations are rounded to float16 after every operation. The
files are written only if all clean glyphs and nearly all noisy ones are told right; otherwise the exit status
is 1.
"""

import re
import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).resolve().parent
CONST = {name: int(number) for name, number in re.findall(r"(\w+) = (\d+)\b", (HERE / "mlp.wdl").read_text())}
INPUTS, HIDDEN, CLASSES = CONST["inputs"], CONST["hidden"], CONST["classes"]
SIDE = 8

SEED, STEPS, BATCH, LEARNING_RATE = 1, 2000, 128, 3e-3
NOISE = 0.25
"""Standard deviation of the noise on each pixel; ink is 1 and paper 0."""
REQUIRED_ACCURACY, REQUIRED_MARGIN = 0.98, 4.0
"""The least share of noisy pictures told right, and the least lead of the right logit on a clean glyph."""

GLYPHS = """
..####..  ...##...  ..####..  ..####..  ....##..
.##..##.  ..###...  .##..##.  .##..##.  ...###..
.##.###.  ...##...  .....##.  .....##.  ..#.##..
.###.##.  ...##...  ....##..  ...###..  .#..##..
.##..##.  ...##...  ...##...  .....##.  .######.
.##..##.  ...##...  ..##....  .##..##.  ....##..
..####..  .######.  .######.  ..####..  ....##..
........  ........  ........  ........  ........

.######.  ..####..  .######.  ..####..  ..####..
.##.....  .##.....  .....##.  .##..##.  .##..##.
.#####..  .##.....  ....##..  .##..##.  .##..##.
.....##.  .#####..  ...##...  ..####..  ..#####.
.....##.  .##..##.  ..##....  .##..##.  .....##.
.##..##.  .##..##.  ..##....  .##..##.  .....##.
..####..  ..####..  ..##....  ..####..  ..####..
........  ........  ........  ........  ........
"""

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]


def glyphs() -> Floats:
    """The ten clean digits, [CLASSES, SIDE, SIDE], ink 1 and paper 0."""
    rows = [line.split() for line in GLYPHS.split("\n") if line]
    digits = [[row[column] for row in rows[top : top + SIDE]] for top in (0, SIDE) for column in range(5)]
    return np.array([[[dot == "#" for dot in row] for row in digit] for digit in digits], dtype=np.float32)


def noisy(clean: Floats, labels: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    """A picture for each label, [len(labels), INPUTS]: moved by up to one pixel, faded, with noise on it."""
    count = len(labels)
    framed = np.pad(clean, ((0, 0), (1, 1), (1, 1)))
    down, right = rng.integers(0, 3, (2, count, 1, 1))
    rows = np.arange(SIDE)[:, None] + down
    columns = np.arange(SIDE) + right
    moved = framed[labels[:, None, None], rows, columns]
    faded = moved * rng.uniform(0.6, 1.0, (count, 1, 1))
    return (faded + rng.normal(0.0, NOISE, faded.shape)).reshape(count, INPUTS).astype(np.float32)


class Classifier(nn.Module):
    """Pictures [batch, INPUTS] to logits [batch, CLASSES]; parameters named and shaped as in mlp.wdl."""

    def __init__(self) -> None:
        super().__init__()
        self.w1, self.b1 = matrix(INPUTS, HIDDEN), nn.Parameter(torch.zeros(HIDDEN))
        self.w2, self.b2 = matrix(HIDDEN, HIDDEN), nn.Parameter(torch.zeros(HIDDEN))
        self.w3, self.b3 = matrix(HIDDEN, CLASSES), nn.Parameter(torch.zeros(CLASSES))

    def forward(self, x: Tensor) -> Tensor:
        h = functional.relu(x @ self.w1 + self.b1)
        g = functional.relu(h @ self.w2 + self.b2)
        return g @ self.w3 + self.b3


def matrix(rows: int, columns: int) -> nn.Parameter:
    """A weight [rows, columns] that keeps its input's variance through a ReLU."""
    return nn.Parameter(torch.randn(rows, columns) * (2.0 / rows) ** 0.5)


def train(clean: Floats, rng: np.random.Generator) -> dict[str, Halves]:
    """Fits the classifier to fresh pictures in every step; returns its weights by name in float16."""
    torch.manual_seed(SEED)
    model = Classifier()
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, STEPS)
    for step in range(1, STEPS + 1):
        labels = rng.integers(0, CLASSES, BATCH)
        logits = model(torch.from_numpy(noisy(clean, labels, rng)))
        loss = functional.cross_entropy(logits, torch.from_numpy(labels))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        if step % 400 == 0:
            print(f"step {step:5d}  loss {loss.item():.4f}", flush=True)
    return {name: value.detach().numpy().astype(np.float16) for name, value in model.named_parameters()}


def classify(weights: dict[str, Halves], x: Floats) -> Floats:
    """The logits of pictures [count, INPUTS] in NumPy: float16 between operations, float32 within one."""
    w = {name: value.astype(np.float32) for name, value in weights.items()}
    h = np.maximum(rounded(rounded(rounded(x) @ w["w1"]) + w["b1"]), 0.0)
    g = np.maximum(rounded(rounded(h @ w["w2"]) + w["b2"]), 0.0)
    return rounded(rounded(g @ w["w3"]) + w["b3"])


def rounded(x: Floats) -> Floats:
    """The nearest float16 numbers, kept as float32."""
    return x.astype(np.float16).astype(np.float32)


def main() -> int:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    rng = np.random.default_rng(SEED)
    clean = glyphs()
    weights = train(clean, rng)

    digits = np.arange(CLASSES)
    logits = classify(weights, clean.reshape(CLASSES, INPUTS))
    second, first = np.partition(logits, -2, axis=-1)[:, -2:].T
    margin = float((first - second).min())
    right = int((logits.argmax(-1) == digits).sum())
    labels = rng.integers(0, CLASSES, 10_000)
    accuracy = float((classify(weights, noisy(clean, labels, rng)).argmax(-1) == labels).mean())
    print(f"clean glyphs: {right} of {CLASSES} told right in float16, smallest logit margin {margin:.3f}")
    print(f"noisy pictures never seen: {accuracy:.2%} told right")
    if right < CLASSES or margin < REQUIRED_MARGIN or accuracy < REQUIRED_ACCURACY:
        need = f"all clean glyphs by {REQUIRED_MARGIN}, noisy pictures {REQUIRED_ACCURACY:.0%}"
        print(f"not learned: {need} needed; nothing written", file=sys.stderr)
        return 1
    (HERE / "mlp.safetensors").write_bytes(save(weights))
    np.savez(HERE / "digits.npz", x=clean.reshape(CLASSES, INPUTS).astype(np.float16), label=digits)
    for name in ("mlp.safetensors", "digits.npz"):
        print(f"wrote {name}, {(HERE / name).stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
