"""Small models through all passes: the final module computes what the nn module says."""

import numpy as np
import pytest

from ..support.compiled import SMALL_MLP, SMALL_TALE, TOLERANCE, Runner, check_model, compile_model
from ..support.wdl import MLP, TALE, replaced

SHAPES = [(1, 1), (1, 4), (4, 1), (2, 2), (3, 2), (5, 7)]

GPT = """model gpt {
  const dim = 10, heads = 2, head_dim = 5, ffn = 13, vocab = 9, layers = 2, context = 6
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight n1: [dim], m1: [dim], n2: [dim], m2: [dim]
    weight wq: [dim, heads * head_dim], wk: [dim, heads * head_dim], wv: [dim, heads * head_dim]
    weight bq: [heads * head_dim], bv: [heads * head_dim], wo: [heads * head_dim, dim], bo: [dim]
    weight up: [dim, ffn], bu: [ffn], down: [ffn, dim], bd: [dim]
    cache keys: [context, heads, head_dim], values: [context, heads, head_dim]

    h = layernorm(x, n1, m1)
    q = reshape(h @ wq + bq, [seq, heads, head_dim])
    k = append(keys, reshape(h @ wk, [seq, heads, head_dim]))
    v = append(values, reshape(h @ wv + bv, [seq, heads, head_dim]))
    a = attention(q, k, v, causal = true)
    y = x + reshape(a, [seq, dim]) @ wo + bo
    n = layernorm(y, n2, m2)
    return y + gelu(n @ up + bu) @ down + bd
  }

  weight embed: [vocab, dim], norm: [dim], bias: [dim], head: [dim, vocab]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens]
    x = repeat(layers, block, x)
    return layernorm(x, norm, bias) @ head
  }

  decode = greedy(forward)
}
"""


def repeated(layer: str = "block", first: str = "w1", second: str = "w2", last: str = "last") -> str:
    """A model with a repeated layer, whose names can be chosen."""
    return f"""model repeated {{
  const n = 4, count = 3
  dtype f16 accumulate f32
  layer {layer}(x: [seq, n]) -> [seq, n] {{
    weight {first}: [n, n], {second}: [n, n]
    return x + relu(x @ {first}) @ {second}
  }}
  weight {last}: [n, n]
  forward(x: [seq, n]) -> [seq, n] {{
    y = repeat(count, {layer}, x)
    return y @ {last} @ {last} + y
  }}
  decode = forward
}}
"""


def vector_model(expression: str, declarations: str = "") -> str:
    """A model of a vector x of 6 elements that returns `expression`."""
    return f"""model vector {{
  dtype f16 accumulate f32
  weight w: [6, 6], u: [6, 2], b: [6], c: [6] {declarations}
  forward(x: [seq, 6]) -> [seq, 6] {{
    return {expression}
  }}
  decode = forward
}}
"""


# ---- models


@pytest.mark.parametrize("shape", SHAPES)
def test_tale(shape: tuple[int, int]) -> None:
    check_model(TALE, shape, SMALL_TALE, stages=1, positions=4, verify_each=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_mlp(shape: tuple[int, int]) -> None:
    check_model(MLP, shape, SMALL_MLP, verify_each=True)


@pytest.mark.parametrize("shape", [(1, 1), (3, 2), (2, 5)])
def test_layernorm_biases_and_odd_heads(shape: tuple[int, int]) -> None:
    check_model(GPT, shape, stages=2, positions=4)


@pytest.mark.parametrize(
    ("heads", "kv_heads", "head_dim", "shape"),
    [(1, 1, 6, (2, 5)), (6, 2, 4, (3, 2)), (3, 3, 2, (4, 3)), (4, 1, 6, (5, 2)), (10, 5, 2, (2, 3))],
)
def test_groups_of_query_heads(heads: int, kv_heads: int, head_dim: int, shape: tuple[int, int]) -> None:
    sizes = {"dim": heads * head_dim, "heads": heads, "kv_heads": kv_heads, "ffn": 5, "vocab": 7}
    overrides = {name: str(value) for name, value in sizes.items()} | {"layers": "1", "context": "5"}
    check_model(TALE, shape, overrides, stages=1, positions=4)


@pytest.mark.parametrize("stages", [1, 2, 3])
def test_stages_share_the_layers(stages: int) -> None:
    check_model(TALE, (2, 2), SMALL_TALE | {"layers": "3"}, stages=stages, positions=2)
    check_model(repeated(), (3, 2), stages=stages)


@pytest.mark.parametrize(
    "grid", [(2, 1), (1, 2), (4, 3), (3, 5), pytest.param((16, 16), marks=pytest.mark.slow)]
)
def test_a_floor_plan_of_the_solver(grid: tuple[int, int]) -> None:
    compiled = compile_model(TALE, grid, SMALL_TALE)
    assert Runner(compiled).compare(2) <= TOLERANCE


def test_the_cache_fills_to_its_end() -> None:
    check_model(TALE, (2, 3), SMALL_TALE | {"layers": "1"}, stages=1, positions=8)


def test_the_wafer_keeps_its_own_token() -> None:
    """After the first position nobody puts a token in: the PEs go on with the one that they chose."""
    compiled = compile_model(TALE, (4, 3), SMALL_TALE)
    fed, left = Runner(compiled), Runner(compiled)
    token = np.array([5], np.int32)
    outputs = left.step(token, 0)
    for position in range(4):
        expected = fed.step(token, position)
        token = expected["token"].reshape(1)
        assert outputs["token"] == token
        outputs = left.launch(position + 1)


# ---- single operations


ELEMENTWISE = [
    *("x + b", "x - b", "b * x", "x * x", "-x", "x * 2.0", "0.5 * x", "1.0 - x", "x / 3.0", "x + 0.25"),
    *("tanh(x) + sigmoid(x)", "exp(x) - relu(x)", "silu(x) * gelu(x)", "x / rsqrt(x * x + 0.5)"),
]
ON_BOTH_AXES = [
    "x + x @ w",
    "x @ w + x",
    "(x @ w) * x - x @ w",
    "x / (x @ w * (x @ w) + 1.0)",
    "x @ w @ w @ w",
    "x @ w @ w + x @ w",
    "x @ w + b + b",
    "rmsnorm(x, b) @ w + rmsnorm(x @ w, b)",
    "layernorm(x @ w, b, c) + layernorm(x, b, c)",
]
ONE_HEAD = "cache k: [4, 1, 6], v: [4, 1, 6]"
SHARED_HEAD = "cache k: [4, 1, 2], v: [4, 1, 2]"
HEADS = [
    ("reshape(rope(reshape(x @ w, [seq, 3, 2])), [seq, 6])", ""),
    ("reshape(rope(reshape(x, [seq, 1, 6])), [seq, 6]) @ w @ w + x", ""),
    ("reshape(reshape(x, [seq, 2, 3]) * reshape(x @ w @ w, [seq, 2, 3]), [seq, 6])", ""),
    (
        "reshape(attention(reshape(x, [seq, 1, 6]), append(k, reshape(x, [seq, 1, 6])),"
        " append(v, reshape(x, [seq, 1, 6])), causal = true), [seq, 6])",
        ONE_HEAD,
    ),
    (
        "reshape(attention(reshape(x @ w, [seq, 3, 2]), append(k, rope(reshape(x @ u, [seq, 1, 2]))),"
        " append(v, reshape(x @ u, [seq, 1, 2])), causal = true), [seq, 6]) @ w + x",
        SHARED_HEAD,
    ),
]


@pytest.mark.parametrize("expression", ELEMENTWISE)
def test_elementwise(expression: str) -> None:
    check_model(vector_model(expression), (2, 4))


@pytest.mark.parametrize("expression", ON_BOTH_AXES)
@pytest.mark.parametrize("shape", [(3, 2), (1, 1), (2, 7)])
def test_values_on_both_axes(expression: str, shape: tuple[int, int]) -> None:
    check_model(vector_model(expression), shape)


@pytest.mark.parametrize(("expression", "declarations"), HEADS)
@pytest.mark.parametrize("shape", [(3, 2), (1, 1), (2, 7)])
def test_heads(expression: str, declarations: str, shape: tuple[int, int]) -> None:
    check_model(vector_model(expression, declarations), shape, positions=4)


# ---- names


@pytest.mark.parametrize(
    "names",
    [
        *({"last": "io"}, {"last": "link0"}, {"last": "copy1"}, {"first": "copy1"}, {"second": "message"}),
        *({"layer": "io"}, {"layer": "decode"}, {"layer": "link"}, {"layer": "last", "last": "top"}),
        {"layer": "end", "first": "inner", "second": "root"},
        {"layer": "output", "first": "output0"},
        {"layer": "last", "first": "copy1", "last": "block"},
    ],
    ids=lambda names: "-".join(f"{key}-{value}" for key, value in names.items()),
)
def test_a_model_may_use_any_name(names: dict[str, str]) -> None:
    check_model(repeated(**names), (3, 3), stages=2, positions=2)


def test_a_weight_may_be_called_like_a_rotation_table() -> None:
    text = replaced(TALE, ("weight wq:", "weight rope0:"), ("h @ wq", "h @ rope0"))
    check_model(text, (2, 2), SMALL_TALE, stages=1)
