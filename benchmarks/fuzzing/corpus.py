"""What mutations start from: the repository's own models, tests, documents, and small compiled programs."""

from __future__ import annotations

import re
from pathlib import Path

from wsc.compiler.frontend import compile_wdl
from wsc.ir.printer import print_operation
from wsc.ir.program_file import program_bytes
from wsc.ir.target import load_target
from wsc.passes.base import TARGET_ATTRIBUTE, Pass
from wsc.passes.manager import Instrumentation, PassManager
from wsc.passes.pipeline import default_pipeline

from .mutations import MOST_CHARACTERS

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w+)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

# Small enough that a program is read in a few milliseconds, and together they use most operations.
MODELS = (
    """model one {
  const n = 3
  dtype f16 accumulate f32
  weight w: [n, 2]
  forward(x: [seq, n]) -> [seq, 2] { return relu(x @ w) }
  decode = forward
}
""",
    """model two {
  const n = 4, layers = 2
  dtype f16 accumulate f32
  layer block(x: [seq, n]) -> [seq, n] {
    weight w: [n, n], g: [n]
    return x + silu(rmsnorm(x, g) @ w)
  }
  weight table: [5, n], head: [n, 5]
  forward(tokens: [seq] index) -> [seq, 5] {
    return repeat(layers, block, table[tokens]) @ head
  }
  decode = greedy(forward)
}
""",
    """model three {
  const n = 4, heads = 2, context = 4
  dtype f16 accumulate f32
  weight wq: [n, n], wk: [n, n], wv: [n, n]
  cache keys: [context, heads, n / heads], values: [context, heads, n / heads]
  forward(x: [seq, n]) -> [seq, n] {
    q = rope(reshape(x @ wq, [seq, heads, n / heads]))
    k = append(keys, rope(reshape(x @ wk, [seq, heads, n / heads])))
    v = append(values, reshape(x @ wv, [seq, heads, n / heads]))
    return reshape(attention(q, k, v), [seq, n])
  }
  decode = forward
}
""",
)


class _Dumps(Instrumentation):
    """Keeps the text after each pass."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def after(self, pass_: Pass, module: object, changed: bool) -> None:
        """Keep the module, every other time with locations."""
        self.texts.append(print_operation(module, locations=len(self.texts) % 2 == 1))  # type: ignore[arg-type]


def compiled(text: str, width: int, height: int) -> tuple[bytes, list[str]]:
    """Return the program file of a model, and its dumps after each pass."""
    module = compile_wdl(text, "m.wdl")
    model = module.clone()
    module.attributes[TARGET_ATTRIBUTE] = load_target("tiny").target.with_grid(width, height).to_attribute()
    dumps = _Dumps()
    PassManager(default_pipeline(), instrumentations=[dumps]).run(module)
    return program_bytes(module, model, "m", "decode", {"cycles_per_token": 100.0}), dumps.texts


def programs() -> list[tuple[bytes, list[str]]]:
    """Return the program files to start from, smallest first, each with its dumps."""
    one, two, three = MODELS
    return [compiled(one, 2, 1), compiled(one, 2, 2), compiled(two, 4, 1), compiled(three, 1, 2)]


def wdl_texts() -> list[str]:
    """Return whole models, correct ones and wrong ones."""
    texts = [*MODELS, *(path.read_text("utf-8") for path in sorted((ROOT / "examples").rglob("*.wdl")))]
    return _small(texts + _blocks("wdl"))


def mlir_texts() -> list[str]:
    """Return modules of all levels, correct ones and wrong ones."""
    texts = [dump for _, dumps in programs() for dump in dumps]
    for path in sorted((ROOT / "tests").rglob("*.mlir")):
        whole = path.read_text("utf-8")
        parts = whole.split("\n// -----\n")
        # Of a long golden file some windows, which need not be whole modules.
        texts += parts if len(parts) > 1 or len(whole) < MOST_CHARACTERS else _windows(whole)
    return _small(texts + _blocks("mlir"))


def toml_texts() -> list[str]:
    """Return descriptions of machines, correct ones and wrong ones."""
    files = sorted((ROOT / "ir" / "targets").glob("*.toml"))
    return [path.read_text("utf-8")[:MOST_CHARACTERS] for path in files] + _blocks("toml")


def _windows(text: str) -> list[str]:
    lines = text.split("\n")
    return ["\n".join(lines[start : start + 40]) for start in range(0, len(lines), 400)]


def _blocks(language: str) -> list[str]:
    """Return the documents' code blocks in a language."""
    documents = [path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md"))]
    return [match[2] for document in documents for match in _BLOCK.finditer(document) if match[1] == language]


def _small(texts: list[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if len(text) <= MOST_CHARACTERS]
