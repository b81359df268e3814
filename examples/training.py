"""What the examples' trainers share: learning a text by heart, and reciting it in float16 to prove it.

A text is read as a ring: after its last byte comes its first. Weights are cast to float16 and must then
recite the text in a plain NumPy decoder whose activations are rounded to float16 after every operation.
They are written only if they do.
"""

import math
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.numpy import save
from torch import Tensor, nn
from torch.nn import functional

EPS, THETA = 1e-5, 10000.0
SEED = 1
PROMPT_BYTES = 12
"""The shortest prompt that a model must continue: no twelve bytes of its text occur in it twice."""
EARLY_WEIGHT, PROMPT_WEIGHT = 0.02, 4.0
"""The loss's weight where fewer than PROMPT_BYTES are known and the next byte may be anyone's guess,
and where just PROMPT_BYTES to twice as many are, and margins are smallest; elsewhere it is 1."""
REQUIRED_MARGIN = 1.0
"""The least lead of the right byte's logit over the next best, in float16, anywhere in the text."""

Floats = NDArray[np.float32]
Halves = NDArray[np.float16]
Weights = dict[str, Halves]


def constants(model: Path) -> dict[str, int]:
    """The integer consts of a `.wdl` file."""
    return {name: int(number) for name, number in re.findall(r"(\w+) = (\d+)\b", model.read_text())}


@dataclass(frozen=True)
class Sizes:
    """The sizes of a Llama-style decoder over bytes."""

    vocab: int
    dim: int
    layers: int
    heads: int
    kv_heads: int
    context: int

    @staticmethod
    def of(consts: dict[str, int]) -> "Sizes":
        """The sizes among a model's consts."""
        return Sizes(**{name: consts[name] for name in Sizes.__annotations__})

    @property
    def head_dim(self) -> int:
        return self.dim // self.heads


# ---- the model in PyTorch --------------------------------------------------------------------------


def matrix(rows: int, columns: int, scale: float = 1.0) -> nn.Parameter:
    """A weight [rows, columns] that keeps its input's variance, times scale squared."""
    return nn.Parameter(torch.randn(rows, columns) * (scale / math.sqrt(rows)))


def angles(positions: int, head_dim: int) -> Tensor:
    """Rotary angles [positions, head_dim] in radians: elements i and i + head_dim / 2 turn as a pair.

    The angle is position * THETA^(-2i / head_dim), as in Hugging Face's Llama ('rotate half').
    """
    rates = THETA ** (-2.0 * torch.arange(head_dim // 2, dtype=torch.float64) / head_dim)
    half = torch.arange(positions, dtype=torch.float64)[:, None] * rates
    return torch.cat([half, half], dim=1)


def rms_norm(x: Tensor, weight: Tensor) -> Tensor:
    """The rows of x divided by their root mean square, times weight."""
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + EPS) * weight


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Applies rotary angles [seq, head_dim] to x: [batch, heads, seq, head_dim]."""
    low, high = x.chunk(2, dim=-1)
    return x * cos + torch.cat([-high, low], dim=-1) * sin


class Block(nn.Module, ABC):
    """A decoder layer but for its second half; its parameters are named and shaped as in the `.wdl` file."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        self.residual = 1.0 / math.sqrt(2 * sizes.layers)
        dim, kv_dim = sizes.dim, sizes.kv_heads * sizes.head_dim
        self.norm1 = nn.Parameter(torch.ones(dim))
        self.norm2 = nn.Parameter(torch.ones(dim))
        self.wq = matrix(dim, dim)
        self.wk = matrix(dim, kv_dim)
        self.wv = matrix(dim, kv_dim)
        self.wo = matrix(dim, dim, self.residual)

    @abstractmethod
    def feed_forward(self, n: Tensor) -> Tensor:
        """The second half, from normed rows [batch, seq, dim] to what is added to the rows."""

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, seq, dim = x.shape
        sizes = self.sizes
        h = rms_norm(x, self.norm1)
        q = rotate((h @ self.wq).view(batch, seq, sizes.heads, sizes.head_dim).transpose(1, 2), cos, sin)
        k = rotate((h @ self.wk).view(batch, seq, sizes.kv_heads, sizes.head_dim).transpose(1, 2), cos, sin)
        v = (h @ self.wv).view(batch, seq, sizes.kv_heads, sizes.head_dim).transpose(1, 2)
        k = k.repeat_interleave(sizes.heads // sizes.kv_heads, dim=1)
        v = v.repeat_interleave(sizes.heads // sizes.kv_heads, dim=1)
        a = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        y = x + a.transpose(1, 2).reshape(batch, seq, dim) @ self.wo
        return y + self.feed_forward(rms_norm(y, self.norm2))


class Model(nn.Module):
    """Bytes [batch, seq] to logits [batch, seq, vocab]."""

    def __init__(self, sizes: Sizes, block: Callable[[], Block]) -> None:
        super().__init__()
        self.embed = nn.Parameter(torch.randn(sizes.vocab, sizes.dim))
        self.norm = nn.Parameter(torch.ones(sizes.dim))
        self.head = matrix(sizes.dim, sizes.vocab)
        self.block = nn.ModuleList(block() for _ in range(sizes.layers))
        turns = angles(sizes.context, sizes.head_dim)
        self.register_buffer("cos", turns.cos().float(), persistent=False)
        self.register_buffer("sin", turns.sin().float(), persistent=False)

    def forward(self, tokens: Tensor) -> Tensor:
        seq = tokens.shape[1]
        x = self.embed[tokens]
        for block in self.block:
            x = block(x, self.cos[:seq], self.sin[:seq])
        return rms_norm(x, self.norm) @ self.head


# ---- learning --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Lessons:
    """How long a model learns, and how fast; `extra` gives a loss beside that of the next byte."""

    steps: int
    batch: int
    learning_rate: float
    extra: Callable[[nn.Module], Tensor] | None = None


def windows(ring: NDArray[np.uint8], length: int) -> NDArray[np.uint8]:
    """Every window of the ring, one for each byte it may start at: [len(ring), length]."""
    starts = np.arange(len(ring))[:, None]
    return ring[(starts + np.arange(length)) % len(ring)]


class Descent:
    """AdamW whose rate rises to `rate` and falls again within `steps` steps; gradients are clipped."""

    def __init__(self, model: nn.Module, rate: float, steps: int) -> None:
        self.model = model
        self.optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=0.01)
        self.schedule = torch.optim.lr_scheduler.OneCycleLR(
            self.optimizer, rate, total_steps=steps, pct_start=0.1, cycle_momentum=False
        )

    def step(self, loss: Tensor) -> None:
        """Change the model so that the loss becomes smaller."""
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()


def halves(model: nn.Module) -> Weights:
    """The weights of a model by name, in float16."""
    return {name: value.detach().numpy().astype(np.float16) for name, value in model.named_parameters()}


def train(make: Callable[[], nn.Module], ring: NDArray[np.uint8], context: int, lessons: Lessons) -> Weights:
    """Fits a model to random windows of the ring; returns its weights by name in float16."""
    torch.manual_seed(SEED)
    model = make()
    batch_size, descent = lessons.batch, Descent(model, lessons.learning_rate, lessons.steps)
    examples = torch.from_numpy(windows(ring, context + 1).astype(np.int64))
    importance = torch.ones(context)
    importance[: 2 * PROMPT_BYTES] = PROMPT_WEIGHT
    importance[: PROMPT_BYTES - 1] = EARLY_WEIGHT
    for step, batch in enumerate(batches(len(ring), lessons), start=1):
        chosen = examples[batch]
        logits = model(chosen[:, :-1])
        each = functional.cross_entropy(logits.flatten(0, 1), chosen[:, 1:].flatten(), reduction="none")
        loss = (each.view(batch_size, context) * importance).sum() / (batch_size * importance.sum())
        descent.step(loss if lessons.extra is None else loss + lessons.extra(model))
        if step % 100 == 0:
            known = each.view(batch_size, context)[:, PROMPT_BYTES - 1 :].mean()
            print(f"step {step:5d}  loss {loss.item():.5f}  after the prompt {known.item():.6f}", flush=True)
    return halves(model)


def batches(count: int, lessons: Lessons) -> Iterator[Tensor]:
    """For each step the numbers of its windows: each shuffled epoch visits all before any comes again."""
    wanted = lessons.steps * lessons.batch
    order = torch.cat([torch.randperm(count) for _ in range(math.ceil(wanted / count))])
    return iter(order[:wanted].view(lessons.steps, lessons.batch))


# ---- the model in NumPy ----------------------------------------------------------------------------


def rounded(x: Floats) -> Floats:
    """The nearest float16 numbers, kept as float32."""
    return x.astype(np.float16).astype(np.float32)


def silu(x: Floats) -> Floats:
    return rounded(x / (1.0 + np.exp(-x)))


class Reciter(ABC):
    """A model in NumPy, a byte at a time: float16 weights, caches and activations, float32 within an op.

    It decodes many streams side by side. Nothing of the trainer is shared, so that it can contradict it.
    """

    @abstractmethod
    def step(self, tokens: NDArray[np.uint8]) -> Floats:
        """Takes one byte a stream, [streams], and returns the logits for the next, [streams, vocab]."""

    def is_sure(self) -> bool:
        """Whether nothing on the way hung on a rounding; says what came closest to it."""
        return True


class Decoder(Reciter):
    """A Llama-style decoder but for the second half of its layers."""

    def __init__(self, sizes: Sizes, weights: Weights, streams: int) -> None:
        self.sizes = sizes
        self.weights = {name: value.astype(np.float32) for name, value in weights.items()}
        shape = (sizes.layers, streams, sizes.context, sizes.kv_heads, sizes.head_dim)
        self.keys, self.values = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.position = 0

    @abstractmethod
    def feed_forward(self, layer: int, n: Floats) -> Floats:
        """The second half of a layer on normed rows [streams, dim], rounded."""

    def step(self, tokens: NDArray[np.uint8]) -> Floats:
        x = self.weights["embed"][tokens]
        for layer in range(self.sizes.layers):
            x = self.block(layer, x)
        self.position += 1
        return rounded(self.norm(x, "norm") @ self.weights["head"])

    def block(self, layer: int, x: Floats) -> Floats:
        sizes, at = self.sizes, f"block.{layer}"
        wq, wk, wv, wo = (self.weights[f"{at}.{name}"] for name in ("wq", "wk", "wv", "wo"))
        h = self.norm(x, f"{at}.norm1")
        q = self.rope(rounded(h @ wq).reshape(-1, sizes.heads, sizes.head_dim))
        k = self.rope(rounded(h @ wk).reshape(-1, sizes.kv_heads, sizes.head_dim))
        self.keys[layer, :, self.position] = k
        self.values[layer, :, self.position] = rounded(h @ wv).reshape(k.shape)
        y = rounded(x + rounded(self.attention(layer, q).reshape(x.shape) @ wo))
        return rounded(y + self.feed_forward(layer, self.norm(y, f"{at}.norm2")))

    def attention(self, layer: int, q: Floats) -> Floats:
        """Query head h reads key-value head h // (heads / kv_heads) of all positions so far."""
        sizes = self.sizes
        keys = self.keys[layer, :, : self.position + 1].transpose(0, 2, 3, 1)
        values = self.values[layer, :, : self.position + 1].transpose(0, 2, 1, 3)
        grouped = q.reshape(-1, sizes.kv_heads, sizes.heads // sizes.kv_heads, sizes.head_dim)
        scores = rounded(grouped @ keys / np.float32(math.sqrt(sizes.head_dim)))
        return rounded(softmax(scores) @ values)

    def norm(self, x: Floats, name: str) -> Floats:
        scale = 1.0 / np.sqrt(np.mean(x * x, axis=-1, keepdims=True) + np.float32(EPS))
        return rounded(x * scale * self.weights[name])

    def rope(self, x: Floats) -> Floats:
        head_dim = self.sizes.head_dim
        half = head_dim // 2
        angle = self.position * THETA ** (-2.0 * np.arange(half) / head_dim)
        cos, sin = np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)
        low, high = x[..., :half], x[..., half:]
        return rounded(np.concatenate([low * cos - high * sin, high * cos + low * sin], axis=-1))


def softmax(x: Floats) -> Floats:
    """Shares over the last dimension, rounded after each step."""
    powers = rounded(np.exp(x - x.max(-1, keepdims=True)))
    return rounded(powers / powers.sum(-1, keepdims=True))


# ---- the proof -------------------------------------------------------------------------------------


def recite(decoder: Reciter, expected: NDArray[np.uint8]) -> tuple[NDArray[np.bool_], float]:
    """Decodes greedily from the first PROMPT_BYTES of each row of expected, [streams, bytes].

    Returns which rows came out letter by letter, and the smallest lead of a winning logit in any row.
    """
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


def learn_by_heart(
    text: Path,
    context: int,
    model: Callable[[], nn.Module],
    decoder: Callable[[Weights, int], Reciter],
    lessons: Lessons,
    names: Callable[[Weights], Weights] = dict,
) -> int:
    """Trains a model on `text` and writes `.safetensors` beside it if it recites; returns the exit status.

    `names` turns the trained parameters into the tensors of the file, which `decoder` gets as well.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    # Read as text: a checkout may have changed line ends.
    ring = np.frombuffer(text.read_text(encoding="ascii").encode(), dtype=np.uint8)
    weights = names(train(model, ring, context, lessons))

    passed = True
    for what, length in (("the first bytes", context), ("every start", 5 * PROMPT_BYTES)):
        expected = windows(ring, length)
        expected = expected[:1] if length == context else expected
        reciter = decoder(weights, len(expected))
        right, margin = recite(reciter, expected)
        passed &= bool(right.all()) and margin >= REQUIRED_MARGIN and reciter.is_sure()
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
    target = text.with_suffix(".safetensors")
    target.write_bytes(save(weights))
    print(f"wrote {target.name}, {target.stat().st_size} bytes")
    return 0
