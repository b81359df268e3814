"""Entry `encode` through all passes: the final module computes what the nn module says, for all rows."""

import pytest

from ..support.windows import check_window

SHAPES = [(1, 1), (3, 2), (5, 3)]

MLP = """model mlp {
  const inputs = 6, hidden = 5, classes = 3, window = 4
  dtype f16 accumulate f32
  weight w1: [inputs, hidden], b1: [hidden], w2: [hidden, classes]
  forward(x: [seq, inputs]) -> [seq, classes] { return relu(x @ w1 + b1) @ w2 }
  encode = forward
}
"""

BERT = """model bert {
  const vocab = 11, dim = 12, layers = 2, heads = 3, kv_heads = 3, head_dim = 4, ffn = 10, window = 5
  const causal_rows = false
  dtype f16 accumulate f32

  layer block(x: [seq, dim]) -> [seq, dim] {
    weight n1: [dim], m1: [dim], n2: [dim], m2: [dim]
    weight wq: [dim, heads * head_dim], wk: [dim, kv_heads * head_dim], wv: [dim, kv_heads * head_dim]
    weight bq: [heads * head_dim], wo: [heads * head_dim, dim], bo: [dim]
    weight up: [dim, ffn], bu: [ffn], down: [ffn, dim], bd: [dim]

    h = layernorm(x, n1, m1)
    q = rope(reshape(h @ wq + bq, [seq, heads, head_dim]))
    k = rope(reshape(h @ wk, [seq, kv_heads, head_dim]))
    v = reshape(h @ wv, [seq, kv_heads, head_dim])
    a = attention(q, k, v, causal = causal_rows)
    y = x + reshape(a, [seq, heads * head_dim]) @ wo + bo
    n = layernorm(y, n2, m2)
    return y + gelu(n @ up + bu) @ down + bd
  }

  weight embed: [vocab, dim], norm: [dim], head: [dim, vocab]

  forward(tokens: [seq] index) -> [seq, vocab] {
    x = embed[tokens]
    x = repeat(layers, block, x)
    return rmsnorm(x, norm) @ head
  }

  encode = greedy(forward)
}
"""


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("window", ["1", "4", "9"])
def test_rows_of_numbers(shape: tuple[int, int], window: str) -> None:
    check_window(MLP, shape, {"window": window}, verify_each=True)


@pytest.mark.parametrize("shape", SHAPES)
def test_a_whole_encoder(shape: tuple[int, int]) -> None:
    check_window(BERT, shape, stages=1, verify_each=True)
