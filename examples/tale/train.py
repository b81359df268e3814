"""Trains the model of tale.wdl until it knows tale.txt by heart, and writes tale.safetensors.

Run from anywhere, with the package's `examples` extra installed:

    python examples/tale/train.py

The text is read as a ring: after its last byte comes its first. The weights are cast to float16 and must then
recite the tale in a plain NumPy decoder whose activations are rounded to float16 after every operation.
They are written only if they do; otherwise the exit status is 1.
"""

import math
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

HERE = Path(__file__).resolve().parent
CONST = {
    name: int(number) for name, number in re.findall(r"(\w+) = (\d+)\b", (HERE / "tale.wdl").read_text())
}
VOCAB, DIM, LAYERS, FFN, CONTEXT = (CONST[name] for name in ("vocab", "dim", "layers", "ffn", "context"))
HEADS, KV_HEADS = CONST["heads"], CONST["kv_heads"]
HEAD_DIM = DIM // HEADS
EPS, THETA = 1e-5, 10000.0

SEED, STEPS, BATCH, LEARNING_RATE = 1, 1600, 8, 4e-3
PROMPT_BYTES = 12
"""The shortest prompt that the model must continue: no twelve bytes of the tale occur in it twice."""
EARLY_WEIGHT, PROMPT_WEIGHT = 0.02, 4.0
"""The loss's weight where fewer than PROMPT_BYTES are known and the next byte may be anyone's guess,
and where just PROMPT_BYTES to twice as many are, and margins are smallest; elsewhere it is 1."""
REQUIRED_MARGIN = 1.0
"""The least lead of the right byte's logit over the next best, in float16, anywhere in the tale."""

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]


def angles(positions: int) -> Tensor:
    """Rotary angles [positions, HEAD_DIM] in radians: elements i and i + HEAD_DIM / 2 turn as a pair.

    The angle is position * THETA^(-2i / HEAD_DIM), as in Hugging Face's Llama ('rotate half').
    """
    rates = THETA ** (-2.0 * torch.arange(HEAD_DIM // 2, dtype=torch.float64) / HEAD_DIM)
    half = torch.arange(positions, dtype=torch.float64)[:, None] * rates
    return torch.cat([half, half], dim=1)


def rms_norm(x: Tensor, weight: Tensor) -> Tensor:
    """The rows of x divided by their root mean square, times weight."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS) * weight


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Applies rotary angles [seq, HEAD_DIM] to x: [batch, heads, seq, HEAD_DIM]."""
    low, high = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-high, low], dim=-1) * sin


class Block(nn.Module):
    """One decoder layer; its parameters bear the names and the [in, out] shapes of tale.wdl."""

    def __init__(self) -> None:
        super().__init__()
        residual = 1.0 / math.sqrt(2 * LAYERS)
        self.norm1 = nn.Parameter(torch.ones(DIM))
        self.norm2 = nn.Parameter(torch.ones(DIM))
        self.wq = matrix(DIM, HEADS * HEAD_DIM)
        self.wk = matrix(DIM, KV_HEADS * HEAD_DIM)
        self.wv = matrix(DIM, KV_HEADS * HEAD_DIM)
        self.wo = matrix(HEADS * HEAD_DIM, DIM, residual)
        self.gate = matrix(DIM, FFN)
        self.up = matrix(DIM, FFN)
        self.down = matrix(FFN, DIM, residual)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, seq, _ = x.shape
        h = rms_norm(x, self.norm1)
        q = rotate((h @ self.wq).view(batch, seq, HEADS, HEAD_DIM).transpose(1, 2), cos, sin)
        k = rotate((h @ self.wk).view(batch, seq, KV_HEADS, HEAD_DIM).transpose(1, 2), cos, sin)
        v = (h @ self.wv).view(batch, seq, KV_HEADS, HEAD_DIM).transpose(1, 2)
        k = k.repeat_interleave(HEADS // KV_HEADS, dim=1)
        v = v.repeat_interleave(HEADS // KV_HEADS, dim=1)
        a = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        a = a.transpose(1, 2).reshape(batch, seq, HEADS * HEAD_DIM)
        y = x + a @ self.wo
        n = rms_norm(y, self.norm2)
        return y + (functional.silu(n @ self.gate) * (n @ self.up)) @ self.down


class Tale(nn.Module):
    """Bytes [batch, seq] to logits [batch, seq, VOCAB]."""

    def __init__(self) -> None:
        super().__init__()
        self.embed = nn.Parameter(torch.randn(VOCAB, DIM))
        self.norm = nn.Parameter(torch.ones(DIM))
        self.head = matrix(DIM, VOCAB)
        self.block = nn.ModuleList(Block() for _ in range(LAYERS))
        self.register_buffer("cos", angles(CONTEXT).cos().float(), persistent=False)
        self.register_buffer("sin", angles(CONTEXT).sin().float(), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        seq = tokens.shape[1]
        x = self.embed[tokens]
        for block in self.block:
            x = block(x, self.cos[:seq], self.sin[:seq])
        return rms_norm(x, self.norm) @ self.head


def matrix(rows: int, columns: int, scale: float = 1.0) -> nn.Parameter:
    """A weight [rows, columns] that keeps its input's variance, times scale squared."""
    return nn.Parameter(torch.randn(rows, columns) * (scale / math.sqrt(rows)))


def windows(ring: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
    """Every window of the ring, one for each byte it may start at: [len(ring), length]."""
    starts = np.arange(len(ring))[:, None]
    return ring[(starts + np.arange(length)) % len(ring)]


def train(ring: NDArray[np.uint8]) -> dict[str, Halves]:
    """Fits the model to random windows of the ring; returns its weights by name in float16."""
    torch.manual_seed(SEED)
    model = Tale()
    examples = torch.from_numpy(windows(ring, CONTEXT + 1).astype(np.int64))
    optimizer = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=STEPS, pct_start=0.1, cycle_momentum=False
    )
    importance = torch.ones(CONTEXT)
    importance[: 2 * PROMPT_BYTES] = PROMPT_WEIGHT
    importance[: PROMPT_BYTES - 1] = EARLY_WEIGHT
    for step, batch in enumerate(batches(len(ring)), start=1):
        chosen = examples[batch]
        logits = model(chosen[:, :-1])
        each = functional.cross_entropy(logits.flatten(0, 1), chosen[:, 1:].flatten(), reduction="none")
        loss = (each.view(BATCH, CONTEXT) * importance).sum() / (BATCH * importance.sum())
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % 100 == 0:
            known = each.view(BATCH, CONTEXT)[:, PROMPT_BYTES - 1 :].mean()
            print(f"step {step:5d}  loss {loss.item():.5f}  after the prompt {known.item():.6f}", flush=True)
    return {name: value.detach().numpy().astype(np.float16) for name, value in model.named_parameters()}


def batches(count: int) -> Iterator[Tensor]:
    """STEPS times BATCH window numbers: each shuffled epoch visits all of them before any comes again."""
    order = torch.cat([torch.randperm(count) for _ in range(math.ceil(STEPS * BATCH / count))])
    return iter(order[: STEPS * BATCH].view(STEPS, BATCH))


class Decoder:
    """The model in NumPy, a byte at a time: float16 weights, caches and activations, float32 within an op.

    It decodes many streams side by side. Nothing of the trainer is shared, so that it can contradict it.
    """

    def __init__(self, weights: dict[str, Halves], streams: int) -> None:
        self.weights = {name: value.astype(np.float32) for name, value in weights.items()}
        self.keys = np.zeros((LAYERS, streams, CONTEXT, KV_HEADS, HEAD_DIM), np.float32)
        self.values = np.zeros_like(self.keys)
        self.position = 0

    def step(self, tokens: NDArray[np.uint8]) -> Floats:
        """Takes one byte a stream, [streams], and returns the logits for the next, [streams, VOCAB]."""
        x = self.weights["embed"][tokens]
        for layer in range(LAYERS):
            x = self.block(layer, x)
        self.position += 1
        return rounded(self.norm(x, "norm") @ self.weights["head"])

    def block(self, layer: int, x: Floats) -> Floats:
        weight = {
            name: self.weights[f"block.{layer}.{name}"]
            for name in ("wq", "wk", "wv", "wo", "gate", "up", "down")
        }
        h = self.norm(x, f"block.{layer}.norm1")
        q = self.rope(rounded(h @ weight["wq"]).reshape(-1, HEADS, HEAD_DIM))
        self.keys[layer, :, self.position] = self.rope(
            rounded(h @ weight["wk"]).reshape(-1, KV_HEADS, HEAD_DIM)
        )
        self.values[layer, :, self.position] = rounded(h @ weight["wv"]).reshape(-1, KV_HEADS, HEAD_DIM)
        y = rounded(x + rounded(self.attention(layer, q).reshape(x.shape) @ weight["wo"]))
        n = self.norm(y, f"block.{layer}.norm2")
        opened = rounded(n @ weight["gate"])
        opened = rounded(opened / (1.0 + np.exp(-opened)))
        wide = rounded(opened * rounded(n @ weight["up"]))
        return rounded(y + rounded(wide @ weight["down"]))

    def attention(self, layer: int, q: Floats) -> Floats:
        """Query head h reads key-value head h // (HEADS / KV_HEADS) of all positions so far."""
        keys = self.keys[layer, :, : self.position + 1].transpose(0, 2, 3, 1)
        values = self.values[layer, :, : self.position + 1].transpose(0, 2, 1, 3)
        grouped = q.reshape(-1, KV_HEADS, HEADS // KV_HEADS, HEAD_DIM)
        scores = rounded(grouped @ keys / np.float32(math.sqrt(HEAD_DIM)))
        powers = rounded(np.exp(scores - scores.max(-1, keepdims=True)))
        shares = rounded(powers / powers.sum(-1, keepdims=True))
        return rounded(shares @ values)

    def norm(self, x: Floats, name: str) -> Floats:
        scale = 1.0 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(EPS))
        return rounded(x * scale * self.weights[name])

    def rope(self, x: Floats) -> Floats:
        half = HEAD_DIM // 2
        angle = self.position * THETA ** (-2.0 * np.arange(half) / HEAD_DIM)
        cos, sin = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
        low, high = x[..., :half], x[..., half:]
        return rounded(np.concatenate([low * cos - high * sin, high * cos + low * sin], axis=-1))


def rounded(x: Floats) -> Floats:
    """The nearest float16 numbers, kept as float32."""
    return x.astype(np.float16).astype(np.float32)


def recite(weights: dict[str, Halves], expected: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], float]:
    """Decodes greedily from the first PROMPT_BYTES of each row of expected, [streams, bytes].

    Returns which rows came out letter by letter, and the smallest lead of a winning logit in any row.
    """
    decoder = Decoder(weights, len(expected))
    token = expected[:, 0]
    right = np.ones(len(expected), dtype=np.bool_)
    margin = math.inf
    for position in range(1, expected.shape[1]):
        logits = decoder.step(token)
        token = expected[:, position]
        if position >= PROMPT_BYTES:
            second, first = np.partition(logits, -2, axis=-1)[:, -2:].T
            margin = min(margin, float((first - second).min()))
            token = logits.argmax(-1).astype(np.uint8)
            right &= token == expected[:, position]
    return right, margin


def main() -> int:
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    text = (HERE / "tale.txt").read_text(encoding="ascii")  # as text: a checkout may have changed line ends
    ring = np.frombuffer(text.encode(), dtype=np.uint8)
    weights = train(ring)

    passed = True
    for what, length in (("the first bytes", CONTEXT), ("every start", 5 * PROMPT_BYTES)):
        expected = windows(ring, length)
        right, margin = recite(weights, expected[:1] if length == CONTEXT else expected)
        passed &= bool(right.all()) and margin >= REQUIRED_MARGIN
        print(
            f"{what}: {right.sum()} of {len(right)} prompts of {PROMPT_BYTES} bytes continued rightly for "
            f"{length - PROMPT_BYTES} bytes in float16, smallest logit margin {margin:.3f}"
        )
    if not passed:
        print(
            f"not learned: every byte must be right by {REQUIRED_MARGIN} at least; nothing written",
            file=sys.stderr,
        )
        return 1
    (HERE / "tale.safetensors").write_bytes(save(weights))
    print(f"wrote tale.safetensors, {(HERE / 'tale.safetensors').stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
