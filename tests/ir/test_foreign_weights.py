"""Weights from files that call their tensors otherwise: as Llama and GPT-2 are published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file

from wsc.compiler.frontend import compile_wdl
from wsc.ir.diagnostics import Diagnostic, DiagnosticError, render
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.verifier import verify
from wsc.ir.weights import load_weights, random_weights

from ..support.wdl import TALE, replaced
from ..support.weight_files import cut_to_bfloat16, write_bfloat16

Array = NDArray[Any]
SIZES = {"vocab": "8", "dim": "4", "heads": "2", "kv_heads": "1", "ffn": "6", "context": "8", "layers": "2"}
LLAMA_NAMES = """
  names {
    embed       = "model.embed_tokens.weight"
    norm        = "model.norm.weight"
    head        = transpose("lm_head.weight")
    block.norm1 = "model.layers.{}.input_layernorm.weight"
    block.norm2 = "model.layers.{}.post_attention_layernorm.weight"
    block.wq    = transpose("model.layers.{}.self_attn.q_proj.weight")
    block.wk    = transpose("model.layers.{}.self_attn.k_proj.weight")
    block.wv    = transpose("model.layers.{}.self_attn.v_proj.weight")
    block.wo    = transpose("model.layers.{}.self_attn.o_proj.weight")
    block.gate  = transpose("model.layers.{}.mlp.gate_proj.weight")
    block.up    = transpose("model.layers.{}.mlp.up_proj.weight")
    block.down  = transpose("model.layers.{}.mlp.down_proj.weight")
  }
}
"""
LLAMA = TALE.rstrip().removesuffix("}") + LLAMA_NAMES
GPT2 = """model gpt2 {
  const dim = 4, heads = 2, layers = 3, context = 8
  dtype f16 accumulate f32

  weight wte: [10, dim], ln_f: [dim], ln_f_bias: [dim]

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight wq: [dim, dim], wk: [dim, dim], wv: [dim, dim], bq: [dim], bv: [dim]
    cache keys: [context, heads, dim / heads], values: [context, heads, dim / heads]
    q = reshape(x @ wq + bq, [seq, heads, dim / heads])
    k = append(keys, reshape(x @ wk, [seq, heads, dim / heads]))
    v = append(values, reshape(x @ wv + bv, [seq, heads, dim / heads]))
    return x + reshape(attention(q, k, v), [seq, dim])
  }

  forward(tokens: [seq] index) -> [seq, dim] {
    return layernorm(repeat(layers, block, wte[tokens]), ln_f, ln_f_bias)
  }

  decode = forward

  names {
    wte       = "transformer.wte.weight"
    ln_f      = "transformer.ln_f.weight"
    ln_f_bias = "transformer.ln_f.bias"
    block.wq  = "transformer.h.{}.attn.c_attn.weight"[:, 0 : dim]
    block.wk  = "transformer.h.{}.attn.c_attn.weight"[:, dim : 2 * dim]
    block.wv  = "transformer.h.{}.attn.c_attn.weight"[:, 2 * dim : 3 * dim]
    block.bq  = "transformer.h.{}.attn.c_attn.bias"[0 : dim]
    block.bv  = "transformer.h.{}.attn.c_attn.bias"[2 * dim : 3 * dim]
  }
}
"""


def llama(overrides: dict[str, str] = SIZES) -> Operation:
    return compile_wdl(LLAMA, "llama.wdl", overrides)


def as_published(weights: dict[str, Array]) -> dict[str, Array]:
    """Return the tale's weights as the tensors of a Llama checkpoint: other names, matrices `[out, in]`."""
    names = dict[str, str]()
    for line in LLAMA_NAMES.splitlines():
        weight, equals, tensor = line.partition(" = ")
        if equals:
            names[weight.strip()] = tensor.split('"')[1]
    tensors: dict[str, Array] = {}
    for weight, name in names.items():
        parts = weights[weight] if "{}" in name else weights[weight][None]
        for index, part in enumerate(parts):
            is_turned = part.ndim == 2 and weight != "embed"
            tensors[name.replace("{}", str(index))] = np.ascontiguousarray(part.T if is_turned else part)
    return tensors


@pytest.mark.parametrize("dtype", [np.float16, np.float32, None])
def test_llama(tmp_path: Path, dtype: Any) -> None:
    module = llama()
    # What bfloat16 can hold: then each of the three types gives the same.
    found = random_weights(module, 1).items()
    weights = {name: cut_to_bfloat16(value).astype(np.float16) for name, value in found}
    path = tmp_path / "model.safetensors"
    tensors = as_published(weights)
    if dtype is None:
        write_bfloat16(path, tensors)
    else:
        save_file({name: value.astype(dtype) for name, value in tensors.items()}, path)
    loaded = load_weights(module, path)
    assert loaded.keys() == weights.keys()
    for name, value in weights.items():
        assert loaded[name].dtype == np.float16
        assert np.array_equal(loaded[name], value)


def test_gpt2_in_one_fused_matrix(tmp_path: Path) -> None:
    module = compile_wdl(GPT2, "gpt2.wdl")
    generator = np.random.Generator(np.random.PCG64(0))
    tensors = {
        "transformer.wte.weight": generator.random((10, 4), np.float32),
        "transformer.ln_f.weight": generator.random(4, np.float32),
        "transformer.ln_f.bias": generator.random(4, np.float32),
        "transformer.h.0.attn.bias": np.ones((1, 1, 8, 8), np.float32),
    }
    for i in range(3):
        tensors[f"transformer.h.{i}.attn.c_attn.weight"] = generator.random((4, 12), np.float32)
        tensors[f"transformer.h.{i}.attn.c_attn.bias"] = generator.random(12, np.float32)
    path = tmp_path / "model.safetensors"
    save_file(tensors, path)
    notes: list[Diagnostic] = []
    loaded = load_weights(module, path, notes)
    for i in range(3):
        fused = tensors[f"transformer.h.{i}.attn.c_attn.weight"].astype(np.float16)
        for name, part in zip(("block.wq", "block.wk", "block.wv"), np.split(fused, 3, axis=1), strict=True):
            assert np.array_equal(loaded[name][i], part)
        bias = tensors[f"transformer.h.{i}.attn.c_attn.bias"].astype(np.float16)
        assert np.array_equal(loaded["block.bq"][i], bias[:4])
        assert np.array_equal(loaded["block.bv"][i], bias[8:])
    assert [str(note) for note in notes] == [
        f"note: the model does not use tensor 'transformer.h.0.attn.bias' of '{path}'"
    ]


def test_random_weights_do_not_depend_on_the_table() -> None:
    """Three parts of one matrix are three different matrices, and those of a model without a table."""
    plain = compile_wdl(GPT2[: GPT2.index("  names")] + "}", "gpt2.wdl")
    with_table, without = random_weights(compile_wdl(GPT2, "gpt2.wdl"), 1), random_weights(plain, 1)
    assert all(np.array_equal(value, without[name]) for name, value in with_table.items())
    assert not np.array_equal(with_table["block.wq"], with_table["block.wk"])


def test_all_that_is_wrong_is_shown_with_the_line_of_the_table(tmp_path: Path) -> None:
    module = llama({**SIZES, "layers": "1"})
    tensors = as_published(random_weights(module, 1))
    layer = "model.layers.0"
    tensors["model.norm.wieght"] = tensors.pop("model.norm.weight")
    tensors[f"{layer}.mlp.up_proj.weight"] = np.ascontiguousarray(tensors[f"{layer}.mlp.up_proj.weight"].T)
    tensors[f"{layer}.self_attn.q_proj.weight"] = np.zeros((2, 4, 2), np.float16)
    tensors[f"{layer}.self_attn.k_proj.weight"] = np.zeros((2, 3), np.float16)
    path = tmp_path / "w.safetensors"
    save_file(tensors, path)
    with pytest.raises(DiagnosticError) as caught:
        load_weights(module, path)
    text = render(caught.value.diagnostics, {"llama.wdl": LLAMA}).replace(str(path), "w.safetensors")
    first, *others = text.split("\n\n")
    assert first.splitlines()[0] == (
        "error: 'w.safetensors' has no tensor 'model.norm.weight' [4]; did you mean 'model.norm.wieght'?"
    )
    assert '  norm        = "model.norm.weight"' in first
    assert [error.splitlines()[0] for error in others] == [
        f"error: tensor '{layer}.self_attn.q_proj.weight' of 'w.safetensors' is [2, 4, 2]: "
        "only a matrix can be transposed, not [2, 4, 2]",
        f"error: tensor '{layer}.self_attn.k_proj.weight' of 'w.safetensors' is [2, 3], "
        "which gives [3, 2], not [4, 2]",
        f"error: tensor '{layer}.mlp.up_proj.weight' of 'w.safetensors' is [4, 6], "
        "which gives [6, 4], not [4, 6]",
    ]
    assert others[-1].endswith(
        "= note: its transpose fits: write 'transpose(...)' around it in the model's table of names"
    )


@pytest.mark.parametrize(
    ("source", "shape", "expected"),
    [
        ('"e"[0 : 4]', (3, 4), "is [3, 4]: 0 : 4 reaches behind the 3 elements of axis 0 of [3, 4]"),
        ('"e"[:, 0 : 4]', (4,), "is [4]: [4] has no axis 1 to cut"),
        (
            'reshape(reshape("e", [2, 8]), [4, 4])',
            (4, 3),
            "[4, 3] cannot be reshaped to [2, 8]: that is 12 elements and 16",
        ),
        ('"e"', (2, 8), "is [2, 8], not [4, 4]\n= it has as many elements: 'reshape(..., [4, 4])' in"),
        ('transpose("e")', (4, 3), "is [4, 3], which gives [3, 4], not [4, 4]"),
    ],
)
def test_a_tensor_that_does_not_fit(
    tmp_path: Path, source: str, shape: tuple[int, ...], expected: str
) -> None:
    text = f"""model m {{
  dtype f16
  weight w: [4, 4]
  forward(x: [seq, 4]) -> [seq, 4] {{ return x @ w }}
  decode = forward
  names {{ w = {source} }}
}}
"""
    path = tmp_path / "w.safetensors"
    save_file({"e": np.zeros(shape, np.float32)}, path)
    with pytest.raises(DiagnosticError) as caught:
        load_weights(compile_wdl(text, "m.wdl"), path)
    (error,) = caught.value.diagnostics
    assert expected in "\n= ".join([error.message, *map(str, error.notes)])


def test_a_step_in_the_ir_is_checked() -> None:
    text = str(compile_wdl(GPT2, "gpt2.wdl"))
    assert "source_steps = [{cut = array<i64: 1, 0, 4>}]" in text
    for wrong in ("{cut = array<i64: 1, 4, 4>}", "{turn}", "{transpose, reshape = array<i64: 1>}", "7 : i64"):
        module = parse_module(replaced(text, ("{cut = array<i64: 1, 0, 4>}", wrong)), "m.mlir")
        (problem,) = verify(module)
        assert "a step is cut, transpose or reshape, not" in problem.message
