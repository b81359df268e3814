"""Models to test with, and the front end's messages as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from wsc.compiler.frontend import compile_wdl
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, render

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
TALE = (EXAMPLES / "tale" / "tale.wdl").read_text("utf-8")
MLP = (EXAMPLES / "mlp" / "mlp.wdl").read_text("utf-8")
EXAMPLE_NAMES = tuple(sorted(path.stem for path in EXAMPLES.glob("*/*.wdl")))


def example(name: str) -> tuple[str, str]:
    """Return the text of an example and the entry that it is for."""
    text = (EXAMPLES / name / f"{name}.wdl").read_text("utf-8")
    return text, "encode" if "\n  encode = " in text else "decode"


LLAMA = """
// 'seq' is symbolic.
model llama {
  const vocab = 128256, dim = 4096, layers = 32, heads = 32, kv_heads = 8, ffn = 14336, context = 8192
  const head_dim = dim / heads
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight norm1: [dim], norm2: [dim]
    weight wq: [dim, heads * head_dim], wk: [dim, kv_heads * head_dim], wv: [dim, kv_heads * head_dim]
    weight wo: [heads * head_dim, dim]
    weight gate: [dim, ffn], up: [dim, ffn], down: [ffn, dim]
    cache  keys: [context, kv_heads, head_dim], values: [context, kv_heads, head_dim]

    h = rmsnorm(x, norm1, eps = 1e-5)
    q = rope(reshape(h @ wq, [seq, heads, head_dim]), theta = 500000.0)
    k = append(keys, rope(reshape(h @ wk, [seq, kv_heads, head_dim]), theta = 500000.0))
    v = append(values, reshape(h @ wv, [seq, kv_heads, head_dim]))
    a = attention(q, k, v, causal = true)
    y = x + reshape(a, [seq, dim]) @ wo
    n = rmsnorm(y, norm2, eps = 1e-5)
    return y + (silu(n @ gate) * (n @ up)) @ down
  }

  weight embed: [vocab, dim], norm: [dim], head: [dim, vocab]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens]
    x = repeat(layers, block, x)
    return rmsnorm(x, norm) @ head
  }

  decode  = greedy(forward)            // the next token, cache kept on the wafer
  prefill = greedy(forward)            // the prompt, then the first new token
  train   = minimize(cross_entropy(forward), adam(lr = 1e-3))
}
"""


def replaced(text: str, *edits: tuple[str, str]) -> str:
    """Return `text` with each edit's first string, which must be there, replaced by its second, once."""
    for old, new in edits:
        assert old in text, f"not in the text: {old}"
        text = text.replace(old, new, 1)
    return text


def small(body: str, declarations: str = "", result: str = "[seq, 4]") -> str:
    """Return a model whose `forward`, one statement a line from line 6 on, takes x: [seq, 4]."""
    statements = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return f"""model small {{
  const n = 4, scale = 0.5, half = n / 2
  dtype f16 accumulate f32
  weight w: [4, 4], b: [4] {declarations}
  forward(x: [seq, 4]) -> {result} {{
{statements}
  }}
  decode = forward
}}
"""


def messages(
    text: str, overrides: Mapping[str, str] | None = None, entries: Sequence[str] = ("decode",)
) -> str:
    """Return all that the front end says about `text`, errors and warnings, as a person sees it."""
    warnings: list[Diagnostic] = []
    try:
        compile_wdl(text, "m.wdl", overrides or {}, entries, warnings)
    except DiagnosticError as error:
        return render(error.diagnostics, {"m.wdl": text})
    return render(warnings, {"m.wdl": text})


def headlines(
    text: str, overrides: Mapping[str, str] | None = None, entries: Sequence[str] = ("decode",)
) -> list[str]:
    """Return the first line of every message about `text`, with its place: `17:3 error: ...`."""
    lines = messages(text, overrides, entries).splitlines()
    found: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith(("error: ", "warning: ")):
            _, arrow, place = following.partition("--> m.wdl:")
            found.append(f"{place} {line}" if arrow else line)
    return found
