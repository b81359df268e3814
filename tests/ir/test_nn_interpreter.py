"""The interpreter of the nn level against plain NumPy: each operation, whole models, steps and prompts."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wsc.compiler.frontend import compile_wdl
from wsc.ir.diagnostics import DiagnosticError
from wsc.ir.interpreter.nn import NnInterpreter
from wsc.ir.interpreter.variables import initial_variables, module_variables, variable_type
from wsc.ir.operation import Operation
from wsc.ir.parser import parse_module
from wsc.ir.weights import load_weights, random_weights

from ..support.wdl import EXAMPLES, MLP, TALE, small

Array = NDArray[Any]
SIZES = {
    "vocab": "32",
    "dim": "24",
    "heads": "6",
    "kv_heads": "2",
    "ffn": "40",
    "context": "16",
    "layers": "2",
}


def numbers(seed: int, *shape: int) -> NDArray[np.float64]:
    """Even numbers from -2 to 2 that float16 holds exactly."""
    return np.random.default_rng(seed).integers(-512, 513, shape) / 256.0


def run(text: str, inputs: Array, **variables: Array) -> Array:
    module = compile_wdl(text, "m.wdl")
    (result,) = NnInterpreter(module, variables).step("decode", inputs, 0)
    return result


# ---- operations, in float64 by other formulas


def sigmoid(x: Array) -> Array:
    return 0.5 * (1 + np.tanh(x / 2))


ELEMENTWISE: dict[str, Callable[[Array], Array]] = {
    "silu": lambda x: x * sigmoid(x),
    "gelu": lambda x: x * sigmoid(2 * math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)),
    "relu": lambda x: np.where(x > 0, x, 0.0),
    "tanh": lambda x: (np.exp(2 * x) - 1) / (np.exp(2 * x) + 1),
    "sigmoid": sigmoid,
    "exp": lambda x: np.e**x,
    "rsqrt": lambda x: x**-0.5,
}


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_elementwise(name: str) -> None:
    x = np.abs(numbers(1, 5, 4)) + 0.25 if name == "rsqrt" else numbers(1, 5, 4)
    text = small(f"return {name}(x)").replace("f16", "f32").replace("weight w: [4, 4], b: [4]", "")
    result = run(text, x)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, ELEMENTWISE[name](x), rtol=2e-6)


@pytest.mark.parametrize("name", ["silu", "sigmoid", "tanh", "gelu", "relu"])
def test_elementwise_far_out(name: str) -> None:
    """No overflow on the way to a result that fits."""
    text = small(f"return {name}(x)").replace("f16", "f32").replace("weight w: [4, 4], b: [4]", "")
    result = run(text, np.array([[-1e30, -200.0, 200.0, 1e4]]))
    assert np.isfinite(result).all()


def test_infix_operators_and_broadcasts() -> None:
    x, w, b = numbers(2, 3, 4), numbers(3, 4, 4), numbers(4, 4)
    text = small("return (1 - x * scale) @ w / 2 - b + (b - x) * b").replace("f16", "f32")
    result = run(text, x, w=w.astype(np.float32), b=b.astype(np.float32))
    np.testing.assert_allclose(result, (1 - x * 0.5) @ w / 2 - b + (b - x) * b, rtol=1e-5, atol=1e-6)


def test_a_result_is_rounded_once() -> None:
    """A sum of products beyond float16's precision, and a product beyond its range, exist inside of an op."""
    w = np.array([[1024.0] * 4, [0.5] * 4, [-1024.0] * 4, [0.25] * 4], np.float16)
    ones = np.ones((1, 4), np.float16)
    text = small("return x @ w + b")
    result = run(text, ones, w=w, b=np.zeros(4, np.float16))
    assert result.dtype == np.float16
    np.testing.assert_array_equal(result, [[0.75] * 4])
    # The product is rounded before the sum is taken: 2049 is no float16.
    w = np.array([[2049.0 - 1] * 4, [1] * 4, [0] * 4, [0] * 4], np.float16)
    result = run(text, ones, w=w, b=np.full(4, -2048, np.float16))
    np.testing.assert_array_equal(result, [[0.0] * 4])


def test_norms() -> None:
    x, b = numbers(5, 3, 4), numbers(6, 4)
    text = small("return rmsnorm(x, b, eps = 0.5)").replace("f16", "f32").replace("w: [4, 4], ", "")
    expected = x / np.sqrt(np.square(x).mean(1, keepdims=True) + 0.5) * b
    np.testing.assert_allclose(run(text, x, b=b.astype(np.float32)), expected, rtol=2e-6)
    text = text.replace("rmsnorm(x, b, eps", "layernorm(x, b, c, eps").replace("b: [4]", "b: [4], c: [4]")
    c = numbers(7, 4)
    result = run(text, x, b=b.astype(np.float32), c=c.astype(np.float32))
    expected = (x - x.mean(1, keepdims=True)) / np.sqrt(x.var(1, keepdims=True) + 0.5) * b + c
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("position", [0, 5])
def test_rope_turns_pairs_as_complex_numbers(position: int) -> None:
    x = numbers(8, 3, 12)
    text = """model m { dtype f32 forward(x: [seq, 12]) -> [seq, 12] {
      return reshape(rope(reshape(x, [seq, 2, 6]), theta = 100.0), [seq, 12]) } decode = forward }"""
    (result,) = NnInterpreter(compile_wdl(text, "m.wdl"), {}).step("decode", x, position)
    heads = x.reshape(3, 2, 6)
    turned = (heads[..., :3] + 1j * heads[..., 3:]) * np.exp(
        1j * (position + np.arange(3))[:, None, None] / 100.0 ** (np.arange(3) / 3)
    )
    expected = np.concatenate([turned.real, turned.imag], axis=-1).reshape(3, 12)
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-6)


def looped_attention(q: Array, k: Array, v: Array, causal: bool) -> Array:
    """Attention in loops over rows and heads, softmax by its definition."""
    rows, heads, head_dim = q.shape
    total, kv_heads, _ = k.shape
    result = np.zeros_like(q)
    for row in range(rows):
        seen = total - rows + row + 1 if causal else total
        for head in range(heads):
            group = head * kv_heads // heads
            powers = [math.exp(q[row, head] @ k[t, group] / math.sqrt(head_dim)) for t in range(seen)]
            for t in range(seen):
                result[row, head] += powers[t] / sum(powers) * v[t, group]
    return result


@pytest.mark.parametrize("causal", [True, False])
def test_attention(causal: bool) -> None:
    text = f"""model m {{ dtype f32 weight wq: [6, 24], wk: [6, 8], wv: [6, 8]
      cache ck: [9, 2, 4], cv: [9, 2, 4]
      forward(x: [seq, 6]) -> [seq, 24] {{
        k = append(ck, reshape(x @ wk, [seq, 2, 4])) v = append(cv, reshape(x @ wv, [seq, 2, 4]))
        a = attention(reshape(x @ wq, [seq, 6, 4]), k, v, causal = {str(causal).lower()})
        return reshape(a, [seq, 24])
      }} decode = forward }}"""
    x, wq, wk, wv = numbers(9, 9, 6), numbers(10, 6, 24), numbers(11, 6, 8) / 4, numbers(12, 6, 8)
    weights = {"wq": wq.astype(np.float32), "wk": wk.astype(np.float32), "wv": wv.astype(np.float32)}
    interpreter = NnInterpreter(compile_wdl(text, "m.wdl"), weights)
    q, k, v = (x @ wq).reshape(9, 6, 4), (x @ wk).reshape(9, 2, 4), (x @ wv).reshape(9, 2, 4)
    for first, last in [(0, 4), (4, 5), (5, 9)]:
        (result,) = interpreter.step("decode", x[first:last], first)
        expected = looped_attention(q[first:last], k[:last], v[:last], causal).reshape(last - first, 24)
        np.testing.assert_allclose(result, expected, rtol=1e-4, atol=1e-5)


FUSED = """"builtin.module"() ({
  "nn.func"() ({
  ^bb0(%x: tensor<?x1xf16>):
    %c = "nn.constant"() {value = dense<0.000244140625> : tensor<f16>} : () -> tensor<f16>
    BODY
    "nn.return"(%r) : (tensor<?x1xf16>) -> ()
  }) {sym_name = "f", function_type = (tensor<?x1xf16>) -> tensor<?x1xf16>} : () -> ()
}) : () -> ()"""
ADD = '"nn.add"(%a, %b) : (tensor<?x1xf16>, tensor<f16>) -> tensor<?x1xELEMENT>'
SUBTRACT = '"nn.sub"(%s, %a) : (tensor<?x1xELEMENT>, tensor<?x1xf16>) -> tensor<?x1xf16>'


@pytest.mark.parametrize("element", ["f16", "f32"])
def test_fused_bodies_are_not_rounded(element: str) -> None:
    """1 + 2^-12 is no float16; inside of a group it is kept, whatever type the value is given there."""
    group = f"""%r = "nn.fused"(%x, %c) ({{
      ^bb0(%a: tensor<?x1xf16>, %b: tensor<f16>):
        %s = {ADD}
        %d = {SUBTRACT}
        "nn.yield"(%d) : (tensor<?x1xf16>) -> ()
      }}) : (tensor<?x1xf16>, tensor<f16>) -> tensor<?x1xf16>"""
    module = parse_module(FUSED.replace("BODY", group.replace("ELEMENT", element)))
    (result,) = NnInterpreter(module, {}).step("f", np.ones((2, 1)), 0)
    np.testing.assert_array_equal(result, np.full((2, 1), 2.0**-12, np.float16))


def test_without_a_group_each_result_is_rounded() -> None:
    apart = f"%s = {ADD} %r = {SUBTRACT}".replace("ELEMENT", "f16").replace("%a", "%x").replace("%b", "%c")
    (result,) = NnInterpreter(parse_module(FUSED.replace("BODY", apart)), {}).step("f", np.ones((2, 1)), 0)
    np.testing.assert_array_equal(result, np.zeros((2, 1), np.float16))


def test_what_leaves_a_group_is_rounded() -> None:
    group = f"""%r = "nn.fused"(%x, %c) ({{
      ^bb0(%a: tensor<?x1xf16>, %b: tensor<f16>):
        %s = {ADD}
        "nn.yield"(%s) : (tensor<?x1xf32>) -> ()
      }}) : (tensor<?x1xf16>, tensor<f16>) -> tensor<?x1xf16>"""
    module = parse_module(FUSED.replace("BODY", group.replace("ELEMENT", "f32")))
    (result,) = NnInterpreter(module, {}).step("f", np.ones((1, 1)), 0)
    np.testing.assert_array_equal(result, np.ones((1, 1), np.float16))


# ---- whole models


class PlainLlama:
    """The model of tale.wdl in float64, over whole texts: no cache, no rounding, no code in common."""

    def __init__(self, weights: dict[str, Array], sizes: dict[str, str]) -> None:
        self.weights = {name: value.astype(np.float64) for name, value in weights.items()}
        self.sizes = {name: int(value) for name, value in sizes.items()}

    def norm(self, x: Array, name: str, layer: int | None = None) -> Array:
        weight = self.weights[name] if layer is None else self.weights[name][layer]
        return x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-5) * weight

    def turned(self, x: Array) -> Array:
        half = x.shape[-1] // 2
        angles = np.outer(np.arange(len(x)), 10000.0 ** (-np.arange(half) / half))[:, None, :]
        turned = (x[..., :half] + 1j * x[..., half:]) * np.exp(1j * angles)
        return np.concatenate([turned.real, turned.imag], axis=-1)

    def block(self, x: Array, layer: int) -> Array:
        w = {
            name: self.weights[f"block.{name}"][layer]
            for name in ("wq", "wk", "wv", "wo", "gate", "up", "down")
        }
        heads, kv_heads = self.sizes["heads"], self.sizes["kv_heads"]
        h = self.norm(x, "block.norm1", layer)
        q = self.turned((h @ w["wq"]).reshape(len(x), heads, -1))
        k = self.turned((h @ w["wk"]).reshape(len(x), kv_heads, -1))
        a = looped_attention(q, k, (h @ w["wv"]).reshape(len(x), kv_heads, -1), causal=True)
        y = x + a.reshape(len(x), -1) @ w["wo"]
        n = self.norm(y, "block.norm2", layer)
        gate = n @ w["gate"]
        return y + (gate / (1 + np.exp(-gate)) * (n @ w["up"])) @ w["down"]

    def logits(self, tokens: Array) -> Array:
        x = self.weights["embed"][tokens]
        for layer in range(self.sizes["layers"]):
            x = self.block(x, layer)
        return self.norm(x, "norm") @ self.weights["head"]


def small_tale(element: str) -> Operation:
    return compile_wdl(TALE.replace("dtype f16", f"dtype {element}"), "tale.wdl", SIZES)


TOKENS = np.array([3, 1, 4, 1, 5, 9, 2, 6, 5, 31, 0])


@pytest.mark.parametrize(("element", "tolerance"), [("f32", 2e-5), ("f16", 3e-2)])
def test_llama_against_plain_numpy(element: str, tolerance: float) -> None:
    module = small_tale(element)
    weights = random_weights(module, seed=7)
    chosen, logits = NnInterpreter(module, weights).step("decode", TOKENS, 0)
    expected = PlainLlama(weights, SIZES).logits(TOKENS)
    assert logits.dtype == (np.float32 if element == "f32" else np.float16)
    np.testing.assert_allclose(logits, expected, rtol=tolerance, atol=tolerance)
    assert chosen.dtype == np.int32
    np.testing.assert_array_equal(chosen, logits.argmax(-1))


@pytest.mark.parametrize("cuts", [range(12), (0, 11), (0, 5, 6, 11)])
def test_a_prompt_at_once_or_in_steps(cuts: tuple[int, ...]) -> None:
    module = small_tale("f32")
    weights = random_weights(module, seed=8)
    interpreter = NnInterpreter(module, weights)
    pieces = [interpreter.step("decode", TOKENS[a:b], a)[1] for a, b in pairwise(cuts)]
    expected = PlainLlama(weights, SIZES).logits(TOKENS)
    np.testing.assert_allclose(np.concatenate(pieces), expected, rtol=2e-5, atol=2e-5)


def test_the_tale_is_told() -> None:
    module = compile_wdl(TALE, "tale.wdl")
    interpreter = NnInterpreter(module, load_weights(module, EXAMPLES / "tale" / "tale.safetensors"))
    text = (EXAMPLES / "tale" / "tale.txt").read_bytes()
    told = bytearray(text[:12])
    chosen, _ = interpreter.step("decode", np.frombuffer(text[:12], np.uint8), 0)
    for position in range(12, 60):
        told.append(int(chosen[-1]))
        chosen, _ = interpreter.step("decode", np.array([told[-1]]), position)
    assert bytes(told) == text[:60]


def test_mlp() -> None:
    module = compile_wdl(MLP, "mlp.wdl")
    weights = load_weights(module, EXAMPLES / "mlp" / "mlp.safetensors")
    digits = np.load(EXAMPLES / "mlp" / "digits.npz")
    x = digits["x"]
    chosen, logits = NnInterpreter(module, weights).step("decode", x, 0)
    w = {name: value.astype(np.float64) for name, value in weights.items()}
    h = np.maximum(x.astype(np.float64) @ w["w1"] + w["b1"], 0)
    expected = np.maximum(h @ w["w2"] + w["b2"], 0) @ w["w3"] + w["b3"]
    np.testing.assert_allclose(logits, expected, rtol=2e-2, atol=2e-2)
    np.testing.assert_array_equal(chosen, digits["label"])


def test_the_first_of_equal_logits_is_chosen() -> None:
    text = small("return x").replace("decode = forward", "decode = greedy(forward)")
    text = text.replace("weight w: [4, 4], b: [4]", "")
    chosen, _ = NnInterpreter(compile_wdl(text, "m.wdl"), {}).step("decode", np.array([[1.0, 3, 3, 2]]), 0)
    assert chosen.tolist() == [1]


# ---- state and wrong input


def test_caches_are_kept_and_can_be_gone_on_from() -> None:
    module = small_tale("f16")
    weights = random_weights(module, seed=9)
    one, other = NnInterpreter(module, weights), NnInterpreter(module, weights)
    one.step("decode", TOKENS[:6], 0)
    other.step("decode", TOKENS[:6], 0)
    assert one.variable("block.keys").dtype == np.float16
    assert np.any(one.variable("block.keys")[:, :6])
    assert not np.any(one.variable("block.keys")[:, 6:])
    state = {name: one.variable(name) for name in module_variables(module)}
    resumed = NnInterpreter(module, state)
    for found, expected in zip(
        resumed.step("decode", TOKENS[6:], 6), other.step("decode", TOKENS[6:], 6), strict=True
    ):
        np.testing.assert_array_equal(found, expected)
    assert set(weights) < set(state)


def test_what_is_given_is_not_changed() -> None:
    module = small_tale("f32")
    state = initial_variables(module, random_weights(module, seed=10))
    before = {name: value.copy() for name, value in state.items()}
    NnInterpreter(module, state).step("decode", TOKENS, 0)
    for name, value in state.items():
        np.testing.assert_array_equal(value, before[name])


def test_caches_start_at_zero() -> None:
    module = small_tale("f16")
    state = initial_variables(module, random_weights(module, seed=11))
    assert list(state) == list(module_variables(module))
    assert all(state[name].shape == variable_type(op).shape for name, op in module_variables(module).items())
    assert not state["block.keys"].any()


def test_wrong_variables_are_all_reported() -> None:
    module = small_tale("f16")
    weights = random_weights(module, seed=12)
    del weights["head"]
    weights["norm"] = weights["norm"][:-1]
    weights["block.wq"] = weights["block.wq"].astype(np.float32)
    weights["block.wk2"] = weights["block.wk"]
    with pytest.raises(DiagnosticError) as caught:
        initial_variables(module, weights)
    assert str(caught.value).splitlines() == [
        "tale.wdl:24:31: error: weight 'norm' must be [24], not [23]",
        "tale.wdl:24:44: error: no value for weight 'head' [24, 32]",
        "tale.wdl:9:12: error: weight 'block.wq' must have elements float16, not float32",
        "tale.wdl:2:7: error: the module has no variable 'block.wk2'; did you mean 'block.wk'?",
    ]


@pytest.mark.parametrize(
    ("inputs", "position", "expected"),
    [
        (np.array([1, 32]), 0, "27:9: error: index 32 is outside a table of 32 rows"),
        (np.array([-1]), 0, "27:9: error: index -1 is outside a table of 32 rows"),
        (np.array([1.0]), 0, "32:3: error: the input must be integers, not float64"),
        (np.array([[1]]), 0, "32:3: error: the input must be [seq], not [1, 1]"),
        (np.array([], np.int32), 0, "32:3: error: the input must be [seq], not [0]"),
        (np.array([1]), 16, "12:12: error: row 16 cannot be kept in cache 'block.keys', which holds 16 rows"),
        (np.array([1]), -1, "12:12: error: row -1 cannot be kept in cache 'block.keys', which holds 16 rows"),
        (
            TOKENS,
            8,
            "12:12: error: rows 8 to 18 cannot be kept in cache 'block.keys', which holds 16 rows",
        ),
    ],
)
def test_wrong_input(inputs: Array, position: int, expected: str) -> None:
    module = small_tale("f16")
    interpreter = NnInterpreter(module, random_weights(module, seed=13))
    with pytest.raises(DiagnosticError) as caught:
        interpreter.step("decode", inputs, position)
    assert str(caught.value) == f"tale.wdl:{expected}"


def test_an_unknown_entry() -> None:
    module = small_tale("f16")
    with pytest.raises(KeyError):
        NnInterpreter(module, random_weights(module, seed=14)).step("prefill", TOKENS, 0)
