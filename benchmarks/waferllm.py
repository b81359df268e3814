"""Decode of one layer beside WaferLLM's published times, on grids of the same size: a comparison, not a fit.

The file has rows model, layers, dim, ffn, heads, grid, tokens_per_s, cycles_per_layer (WSE-2, batch 1,
sequence 4096). For each one wsc compiles one layer for grid x grid PEs of the target and runs it, timing
only, at the last position: once as they measured it (one head as wide as the model, keys and values as
well), once with the model's heads. Nothing of the target is fitted to these rows. What differs all the same
is printed.

    python benchmarks/waferllm.py PUBLISHED.csv [--grid P] [--target wse2] [--engine NAME] [--json FILE]
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from unittest import mock

from wsc.compiler.frontend import compile_wdl
from wsc.ir.layout import Split
from wsc.ir.operation import Operation
from wsc.ir.target import Target, load_target
from wsc.passes.fabric import place
from wsc.passes.manager import PassManager
from wsc.passes.pipeline import default_pipeline
from wsc.runtime.critical_path import Breakdown, breakdown_of
from wsc.runtime.module import machine_from_module
from wsc.runtime.stream_step import ENGINES
from wsc.runtime.wavelet.state import LOG_RUNS

LAYER = """\
model one_layer {
  const dim = 4096, heads = 32, kv_heads = 8, ffn = 14336, context = 4096
  const head_dim = dim / heads
  dtype f16 accumulate f32

  weight norm1: [dim], norm2: [dim]
  weight wq: [dim, dim], wk: [dim, kv_heads * head_dim], wv: [dim, kv_heads * head_dim], wo: [dim, dim]
  weight gate: [dim, ffn], up: [dim, ffn], down: [ffn, dim]
  cache  keys: [context, kv_heads, head_dim], values: [context, kv_heads, head_dim]

  forward(x: [seq, dim]) -> [seq, dim] {
    h = rmsnorm(x, norm1, eps = 1e-5)
    q = rope(reshape(h @ wq, [seq, heads, head_dim]), theta = 500000.0)
    k = append(keys, rope(reshape(h @ wk, [seq, kv_heads, head_dim]), theta = 500000.0))
    v = append(values, reshape(h @ wv, [seq, kv_heads, head_dim]))
    a = attention(q, k, v, causal = true)
    y = x + reshape(a, [seq, dim]) @ wo
    n = rmsnorm(y, norm2, eps = 1e-5)
    return y + (silu(n @ gate) * (n @ up)) @ down
  }

  decode = forward
}
"""
SEQUENCE = 4096
KEY_HEADS: Mapping[str, int] = {"LLaMA3-8B": 8}
"""Key heads of the models that have fewer of them than heads."""
COLUMNS = ("model", "layers", "dim", "ffn", "heads", "grid", "tokens_per_s", "cycles_per_layer")
SAME = (
    "shapes of the layer and its f16 weights; one layer on P x P PEs, batch 1, at position 4095",
    "no embedding, no head, no sampling, no way between layers",
    "cycles are compared, so that the clock does not matter",
)
DIFFERENT = (
    "theirs was measured on silicon, ours is simulated with the target's numbers, some of them assumed",
    "ours accumulates in f32 and has rotary positions and the append to the cache; theirs is f16 throughout, "
    "without an append",
    "their collectives are two-level reductions with 20 to 22 groups; ours are what the compiler chose",
    "their exp and SiLU are scalar loops of unknown cost; ours cost special_function_cycles an element",
    "their kernel was written by hand for this layer",
)


@dataclass(frozen=True, slots=True)
class Published:
    """A published row."""

    model: str
    dim: int
    ffn: int
    heads: int
    grid: int
    cycles: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """A simulated layer: what it took, and its critical path."""

    heads: int
    kv_heads: int
    cycles: int
    breakdown: Breakdown


def read_published(lines: Iterable[str]) -> list[Published]:
    """Return the rows of a CSV file whose comments start with #. Raises `ValueError` for a bad row."""
    reader = csv.DictReader(line for line in lines if line.strip() and not line.startswith("#"))
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise ValueError(f"the columns are {reader.fieldnames}, not {', '.join(COLUMNS)}")
    result: list[Published] = []
    for number, row in enumerate(reader, 1):
        try:
            values = (int(row[name]) for name in ("dim", "ffn", "heads", "grid", "cycles_per_layer"))
            result.append(Published(row["model"], *values))
        except (TypeError, ValueError) as error:
            raise ValueError(f"row {number}: {error}") from error
    return result


def compile_layer(consts: Mapping[str, int], grid: int, target: Target) -> Operation:
    """Return the final module of one layer that takes all of grid x grid PEs."""
    overrides = {name: str(value) for name, value in consts.items()}
    module = compile_wdl(LAYER, "one_layer.wdl", overrides, ("decode",), [])
    module.attributes["fabric.target"] = target.with_grid(grid, grid).to_attribute()

    def whole_grid(splits: list[Split], limit: int) -> list[int]:
        return [limit]

    # The compiler would choose the shape; the published kernel takes the whole square.
    with mock.patch.object(place, "useful_sizes", whole_grid):
        PassManager(default_pipeline("decode"), verify_each=False).run(module)
    return module


def simulate(consts: Mapping[str, int], grid: int, target: Target, engine: str = "auto") -> Simulated:
    """Return what one layer takes at the last position of its context, timing only."""
    module = compile_layer(consts, grid, target)
    machine = machine_from_module(module, target.with_grid(grid, grid))
    result = machine.run_step(
        {"position": consts["context"] - 1}, engine=engine, data=False, log_level=LOG_RUNS
    )
    return Simulated(consts["heads"], consts["kv_heads"], result.cycles, breakdown_of(machine, result))


def both(
    row: Published, target: Target, engine: str = "auto", context: int = SEQUENCE
) -> tuple[Simulated, Simulated]:
    """Return the layer as it was measured, and with the model's own heads."""
    shape = {"dim": row.dim, "ffn": row.ffn, "context": context}
    as_measured = simulate({**shape, "heads": 1, "kv_heads": 1}, row.grid, target, engine)
    kv_heads = KEY_HEADS.get(row.model, row.heads)
    return as_measured, simulate(
        {**shape, "heads": row.heads, "kv_heads": kv_heads}, row.grid, target, engine
    )


def print_row(row: Published, found: Simulated, what: str) -> None:
    """Print one line of the table."""
    path = found.breakdown
    print(
        f"{row.model:12s} {row.grid:4d} {what:14s} {row.cycles:9d} {found.cycles:9d} "
        f"{found.cycles / row.cycles:6.2f}   {path.compute:7d} {path.software:8d} {path.hops:6d} "
        f"{path.serialization:7d} {path.wait:6d}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("published", type=Path, help="CSV file of published rows")
    parser.add_argument("--grid", type=int, metavar="P", help="only rows of this grid")
    parser.add_argument("--target", default="wse2", help="a target's name or file (default wse2)")
    parser.add_argument(
        "--engine", choices=ENGINES, default="auto", help="what executes the layer (default auto)"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything as JSON")
    options = parser.parse_args()
    try:
        with options.published.open(encoding="utf-8") as lines:
            rows = [row for row in read_published(lines) if options.grid in (None, row.grid)]
    except (OSError, ValueError) as error:
        parser.error(f"{options.published}: {error}")
    target = load_target(options.target).target
    print("                                 cycles a layer          critical path, simulated")
    print(
        "model        grid heads          published simulated  ratio   compute software   hops  stream   wait"
    )
    report: list[dict[str, object]] = []
    for row in rows:
        measured, own = both(row, target, options.engine)
        print_row(row, measured, "1, as measured")
        print_row(row, own, f"{own.heads} on {own.kv_heads}")
        report.append({"published": asdict(row), "as_measured": asdict(measured), "own_heads": asdict(own)})
    print("\nthe same on both sides:", *SAME, sep="\n  ")
    print("not the same:", *DIFFERENT, sep="\n  ")
    if options.json is not None:
        options.json.write_text(json.dumps({"target": target.name, "rows": report}, indent=1) + "\n")


if __name__ == "__main__":
    main()
