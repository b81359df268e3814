"""Mistakes and what is said about them, word for word: each mistake is one error.

A mistake is an edit of a model without fault: what is replaced (the first of it), and by what.
"""

from __future__ import annotations

import re

import pytest

from ...golden import Golden
from ...support.wdl import messages, replaced

MODEL = """model small {
  const dim = 8, heads = 2, context = 16, layers = 3, scale = 0.5, masked = true
  const head_dim = dim / heads
  dtype f16 accumulate f32

  weight embed: [32, dim], norm: [dim], head: [dim, 32]

  gate(x: [seq, dim], w: [dim, 12]) -> [seq, 12] {
    return silu(x @ w) * scale
  }

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight wq: [dim, dim], up: [dim, 12], down: [12, dim]
    cache  keys: [context, heads, head_dim], values: [context, heads, head_dim]

    q = reshape(x @ wq, [seq, heads, head_dim])
    k = append(keys, rope(q, theta = 500.0))
    v = append(values, q)
    a = attention(rope(q, theta = 500.0), k, v, causal = masked)
    x = x + reshape(a, [seq, dim])
    return x + gate(x, up) @ down
  }

  forward(tokens: [seq] index) -> [seq, 32] {
    x = embed[tokens]
    x = repeat(layers, block, x)
    return rmsnorm(x, norm, eps = 1e-5) @ head
  }

  decode = greedy(forward)
  train  = minimize(cross_entropy(forward), adam(lr = 1e-3))

  names {
    embed    = "wte.weight"
    head     = transpose("lm_head.weight")
    block.wq = "h.{}.attn.weight"[:, 0 : dim]
  }
}
"""

Edit = tuple[str, str]
MISTAKES: dict[str, tuple[Edit, ...]] = {
    "syntax": (
        ("model small", "modle small"),
        ("dim = 8,", "dim 8,"),
        ("dtype f16", "dtype float16"),
        ("weight embed: [32", "weight embed [32"),
        ("weight wq", "wieght wq"),
        ("[seq, dim], w:", "[seq, dim, w:"),
        ("-> [seq, 12] {", "[seq, 12] {"),
        ("silu(x @ w)", "silu(x @ w"),
        ("x @ wq, [", "x @ , ["),
        ("x @ w) * scale", "x ** w) * scale"),
        ("theta = 500.0)", "theta: 500.0)"),
        ("return x + gate", "retrun x + gate"),
        ("    return x + gate(x, up) @ down\n  }", "    return x + gate(x, up) @ down"),
        ("    return x + gate(x, up) @ down\n  }", "    return x + gate(x, up) @ down\n  }\n  }"),
        ("x = x + reshape(a", "index = x + reshape(a"),
        ("a = attention", "let a = attention"),
        ("x = x + reshape(a, [seq, dim])", "x = x + reshape(a, [seq, dim]);"),
        ("x = x + reshape(a, [seq, dim])", "x += reshape(a, [seq, dim])"),
        ("x = embed[tokens]", "x = embed[tokens]  # rows"),
        ('"wte.weight"', '"wte.weight'),
        ('"wte.weight"', "wte"),
        ("names {", "nmaes {"),
        ("[:, 0 : dim]", "[:, 0]"),
    ),
    "names": (
        ("head_dim = dim / heads", "head_dim = dim / haeds"),
        ("heads = 2", "heads = head_dim"),
        ("x @ wq", "x @ wk"),
        ("embed[tokens]", "embd[tokens]"),
        ("embed[tokens]", "embed(tokens)"),
        ("silu(x @ w)", "sliu(x @ w)"),
        ("gate(x, up)", "gaet(x, up)"),
        ("block, x)", "blok, x)"),
        ("append(keys", "append(kyes"),
        ("eps = 1e-5", "esp = 1e-5"),
        ("causal = masked", "causal = maskd"),
        ("decode =", "decoed ="),
        ("greedy(forward)", "gredy(forward)"),
        ("greedy(forward)", "greedy(froward)"),
        ("greedy(forward)", "forward(tokens)"),
        ("block.wq =", "block.qw ="),
        ("transpose(", "transposed("),
        ("weight wq: [dim, dim]", "weight wq: [dim, dim], wq: [dim, dim]"),
        ("  gate(x:", "  silu(y: [seq, 12]) -> [seq, 12] { return y }\n  gate(x:"),
        ("  gate(x:", "  rope(y: [seq, 8], t: [8]) -> [seq, 8] { return y * t }\n  gate(x:"),
        ("x = x + reshape(a", "dim = x + reshape(a"),
        ("x = x + reshape(a", "x = reshape(a"),
    ),
    "shapes": (
        ("heads = 2", "heads = 3"),
        ("down: [12, dim]", "down: [12, 6]"),
        ("wq: [dim, dim]", "wq: [0, dim]"),
        ("wq: [dim, dim]", "wq: [seq, dim]"),
        ("x @ wq", "wq @ x"),
        ("x + reshape(a", "x + reshape(wq"),
        ("up: [dim, 12]", "up: [dim, 10]"),
        ("silu(x @ w) * scale", "x @ w @ w"),
        ("norm: [dim]", "norm: [12]"),
        ("[seq, heads, head_dim])", "[seq, heads, 3])"),
        ("keys: [context, heads, head_dim]", "keys: [context, heads, 3]"),
        ("head_dim = dim / heads", "head_dim = 5"),
        ("-> [seq, 32] {", "-> [seq, 16] {"),
        ("embed[tokens]", "embed[embed]"),
        ("tokens: [seq] index", "tokens: [seq]"),
    ),
    "meaning": (
        ("dtype f16", "dtype f64"),
        ("accumulate f32", "accumulate f16"),
        ("eps = 1e-5", "eps = -1"),
        ("eps = 1e-5", "causal = true"),
        ("causal = masked", "causal = 1"),
        ("rmsnorm(x, norm, eps = 1e-5)", "rmsnorm(x, eps = 1e-5)"),
        ("rmsnorm(x, norm, eps = 1e-5)", "rmsnorm(x, eps = 1e-5, norm)"),
        ("gate(x, up)", "gate(x)"),
        ("gate(x, up)", "gate(x, up, scale = 2)"),
        ("silu(x @ w) * scale", "gate(x, w)"),
        ("append(values, q)", "append(keys, q)"),
        ("append(values, q)", "append(wq, q)"),
        ("repeat(layers, block, x)", "repeat(layers, block)"),
        ("repeat(layers, block, x)", "block(x)"),
        ("repeat(layers, block, x)", "repeat(scale, block, x)"),
        ("x = embed[tokens]", "x = embed[0]"),
        ("return silu(x @ w) * scale", "weight b: [12] return silu(x @ w) + b"),
        ("return silu(x @ w) * scale", "y = silu(x @ w)"),
        ("adam(lr = 1e-3)", "adam(1e-3)"),
        ('"h.{}.attn.weight"', '"h.attn.weight"'),
    ),
}


def test_the_model_is_without_fault() -> None:
    assert messages(MODEL) == ""


@pytest.mark.parametrize("kind", MISTAKES)
def test_what_is_said(golden: Golden, kind: str) -> None:
    parts: list[str] = []
    for old, new in MISTAKES[kind]:
        title = " / ".join(line.strip() for line in f"{old} ==> {new}".splitlines())
        said = messages(replaced(MODEL, (old, new)))
        # One mistake is one error.
        assert re.findall("^error: ", said, re.MULTILINE) == ["error: "], f"{title}\n\n{said}"
        parts.append(f"#### {title}\n\n{said}\n")
    golden("\n".join(parts), suffix=".txt")
